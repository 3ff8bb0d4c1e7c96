"""What depends on a dated row: how many records use a code, what a limit decides today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import and_, func, literal, or_, select
from sqlalchemy.orm import Session

from assets.db import Base
from assets.filters import Filter
from assets.indicators.villages import STRONG, WEAK, village_ratios
from assets.ownership.models import Contract, Right
from assets.places import queries as places
from assets.places.models import Facility, NaturalVillage, Village
from assets.projects.models import FundDocument, Project, ProjectLabel, ProjectStage
from assets.registry.models import Asset, OutsideCode, ValueEvent
from assets.terms.models import ChecklistItem, FacilityStandard, StageStep, Term, Threshold

# Where the codes of each kind of terms stand.
_COLUMNS: Final[dict[str, tuple[Any, ...]]] = {
    "sector": (Asset.sector, Project.sector),
    "fund_source": (FundDocument.source, ValueEvent.fund_source),
    "fund_name": (FundDocument.fund_name,),
    "project_category": (Project.category,),
    "four_batch": (ProjectLabel.code,),
    "village_class": (Village.village_class,),
    "facility_type": (Facility.type, FacilityStandard.type),
    "asset_type": (Asset.type, ChecklistItem.asset_type),
    "right_kind": (Right.kind,),
    "code_system": (OutsideCode.system,),
}


@dataclass(frozen=True)
class Use:
    """How many records of one table use a code today."""

    table: str
    count: int


@dataclass(frozen=True)
class Outcome:
    """What a limit decides today: so many of so many."""

    part: int
    whole: int


def uses(session: Session, row: Base) -> list[Use]:
    """The records, in the viewer's reach, that use a label or take a step; none for other rows."""
    if isinstance(row, Term):
        return term_uses(session, row.kind, row.code)
    if isinstance(row, StageStep):
        taken = (
            select(func.count())
            .select_from(ProjectStage)
            .join(Project, Project.id == ProjectStage.project_id)
            .where(Project.kind == row.kind, ProjectStage.stage == row.milestone)
        )
        count = session.scalar(taken) or 0
        return [Use("project", count)] if count else []
    return []


def term_uses(session: Session, kind: str, code: str) -> list[Use]:
    """The records that use a code of a kind."""
    found = []
    for column in _COLUMNS[kind]:
        table = column.class_
        counted = select(func.count()).select_from(table).where(column == code)
        if hasattr(table, "retired_on"):
            counted = counted.where(table.retired_on.is_(None))
        if count := session.scalar(counted) or 0:
            found.append(Use(table.__tablename__, count))
    return found


def outcome(session: Session, code: str, value: Decimal, *, path: str, day: dt.date) -> Outcome | None:
    """What a limit of ``value`` decides on ``day`` below ``path``; None where that cannot be counted."""
    count = _OUTCOMES.get(code)
    return None if count is None else count(session, Filter(day=day, area_path=path), value)


def _villages(session: Session, asked: Filter, condition: Any) -> Outcome:
    part, whole = session.execute(
        places.villages(asked, func.count().filter(condition), func.count(Village.collective_income)).where(
            Village.kind == "village"
        )
    ).one()
    return Outcome(part, whole)


def _strong(session: Session, asked: Filter, value: Decimal) -> Outcome:
    return _villages(session, asked, Village.collective_income >= value)


def _weak(session: Session, asked: Filter, value: Decimal) -> Outcome:
    return _villages(session, asked, Village.collective_income < value)


def _far(session: Session, asked: Filter, value: Decimal) -> Outcome:
    away = func.ST_DistanceSphere(NaturalVillage.geom, Village.geom)
    part, whole = session.execute(
        places.natural_villages(asked, func.count().filter(away > value), func.count(away)).join(
            Village, Village.region_id == NaturalVillage.region_id
        )
    ).one()
    return Outcome(part, whole)


def _contracts(session: Session, asked: Filter, value: Decimal) -> Outcome:
    until = asked.day + dt.timedelta(int(value))
    running = and_(
        Contract.starts_on <= asked.day,
        Contract.ends_on >= asked.day,
        or_(Contract.ended_early_on.is_(None), Contract.ended_early_on > asked.day),
    )
    part, whole = session.execute(
        select(func.count().filter(Contract.ends_on <= until), func.count()).select_from(Contract).where(running)
    ).one()
    return Outcome(part, whole)


def _work_relief(session: Session, asked: Filter, value: Decimal) -> Outcome:
    del value
    part, whole = session.execute(
        select(func.count().filter(Project.is_work_relief), func.count())
        .select_from(Project)
        .where(Project.year == literal(asked.day.year), Project.retired_on.is_(None))
    ).one()
    return Outcome(part, whole)


def _ratio(code: str) -> Callable[[Session, Filter, Decimal], Outcome]:
    def count(session: Session, asked: Filter, value: Decimal) -> Outcome:
        del value
        ratio = village_ratios(session, asked)[code]
        return Outcome(ratio.part, ratio.whole)

    return count


_OUTCOMES: Final[dict[str, Callable[[Session, Filter, Decimal], Outcome]]] = {
    STRONG: _strong,
    WEAK: _weak,
    "natural_village_distance_m": _far,
    "contract_expiring_days": _contracts,
    "work_relief_projects": _work_relief,
    "natural_village_waste_share": _ratio("natural_village_waste_share"),
    "sanitary_toilet_share": _ratio("sanitary_toilet_share"),
    "village_plans_target": _ratio("village_plans_target"),
}


def limits_of(session: Session, row: Base, *, path: str, day: dt.date) -> Outcome | None:
    """What a stored limit decides on ``day``."""
    return outcome(session, row.code, row.value, path=path, day=day) if isinstance(row, Threshold) else None
