"""Reading the labels that change by decree."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from assets.terms.models import Term


def names(session: Session, kind: str, *, day: dt.date, language: str) -> dict[str, str]:
    """Code to label of one kind on ``day``, in their order; ``language`` is ``zh`` or ``en``."""
    label = Term.name_en if language == "en" else Term.name_zh
    rows = session.execute(
        select(Term.code, label)
        .where(Term.kind == kind, Term.valid_from <= day, or_(Term.valid_to.is_(None), Term.valid_to > day))
        .order_by(Term.position, Term.code)
    )
    return {row[0]: row[1] for row in rows}
