"""Reading what changes by decree: labels, limits, standards, each as of a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from assets.terms.models import ChecklistItem, FacilityStandard, Term


def in_force(entity: Any, day: dt.date) -> ColumnElement[bool]:
    """The criterion that a dated row holds on ``day``."""
    return and_(entity.valid_from <= day, or_(entity.valid_to.is_(None), entity.valid_to > day))


def names(session: Session, kind: str, *, day: dt.date, language: str) -> dict[str, str]:
    """Code to label of one kind on ``day``, in their order; ``language`` is ``zh`` or ``en``."""
    label = Term.name_en if language == "en" else Term.name_zh
    rows = session.execute(
        select(Term.code, label).where(Term.kind == kind, in_force(Term, day)).order_by(Term.position, Term.code)
    )
    return {row[0]: row[1] for row in rows}


def find_term(session: Session, kind: str, code: str, *, day: dt.date) -> Term | None:
    """The label in force for ``code`` on ``day``."""
    return session.scalars(select(Term).where(Term.kind == kind, Term.code == code, in_force(Term, day))).first()


def standards(session: Session, *, day: dt.date, path: str = "/") -> list[FacilityStandard]:
    """What facilities must be on ``day`` at the region of ``path``, by type and level."""
    rows = session.scalars(
        select(FacilityStandard)
        .where(in_force(FacilityStandard, day), _at_or_above(FacilityStandard, path))
        .order_by(FacilityStandard.id)
    ).all()
    nearest: dict[tuple[str, str], FacilityStandard] = {}
    for row in sorted(rows, key=lambda row: _distance(row, path)):
        nearest.setdefault((row.type, row.level), row)
    return sorted(nearest.values(), key=lambda row: row.id)


def checklist(session: Session, asset_type: str | None, *, day: dt.date) -> Sequence[ChecklistItem]:
    """What an inspection of a type asks on ``day``: its own questions first, then those of every type."""
    return session.scalars(
        select(ChecklistItem)
        .where(
            in_force(ChecklistItem, day),
            or_(ChecklistItem.asset_type.is_(None), ChecklistItem.asset_type == asset_type),
        )
        .order_by(ChecklistItem.asset_type.is_(None), ChecklistItem.position)
    ).all()


def _at_or_above(entity: Any, path: str) -> ColumnElement[bool]:
    steps = [int(step) for step in path.strip("/").split("/") if step]
    return or_(entity.region_id.is_(None), entity.region_id.in_(steps))


def _distance(row: Any, path: str) -> int:
    """How far above ``path`` a row is set; what holds everywhere is farthest."""
    steps = [int(step) for step in path.strip("/").split("/") if step]
    return len(steps) if row.region_id is None else len(steps) - 1 - steps.index(row.region_id)
