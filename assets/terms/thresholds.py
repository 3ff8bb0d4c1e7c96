"""Reading the numbers that rules compare with: the nearest region's own, else everybody's."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import ScalarSelect, String, cast, func, or_, select
from sqlalchemy.orm import Session

from assets.terms.models import Threshold


def threshold_at(code: Any, path: Any, day: dt.date) -> ScalarSelect[Any]:
    """The number ``code`` (or a column of codes) in force on ``day`` at ``path`` (or a column of ``region_path``).

    A region's own number stands before those of the regions above it, and these before the
    one that holds everywhere.
    """
    step = func.strpos(path, "/" + cast(Threshold.region_id, String) + "/")
    return (
        select(Threshold.value)
        .where(
            Threshold.code == code,
            Threshold.valid_from <= day,
            or_(Threshold.valid_to.is_(None), Threshold.valid_to > day),
            or_(Threshold.region_id.is_(None), step > 0),
        )
        .order_by(func.coalesce(step, 0).desc(), Threshold.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )


def find_threshold(session: Session, code: str, path: str, day: dt.date) -> Decimal | None:
    """The number ``code`` in force on ``day`` at ``path``; None where nobody set one."""
    return session.scalar(select(threshold_at(code, path, day)))
