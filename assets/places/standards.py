"""Which villages lack a facility, or have one below the standard of the day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Numeric,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from assets.filters import Filter
from assets.places.models import Facility, Village
from assets.places.queries import facility_status_on, villages
from assets.regions.models import Region
from assets.scope import within
from assets.terms.models import FacilityStandard
from assets.terms.queries import in_force

FAULTS = ("absent", "closed", "area", "staff", "unknown")
"""No facility; none in use; too small; too few at work; what is known does not tell."""


@dataclass(frozen=True)
class Required:
    """What one type of facility must be at the area asked for, and how many villages have it so.

    ``faults`` counts the villages that do not, by :data:`FAULTS`; ``elsewhere`` tells that some
    area below sets other limits.
    """

    type: str
    min_area_m2: Decimal | None
    min_staff: int | None
    mandatory: bool
    basis: str | None
    villages: int
    faults: dict[str, int]
    elsewhere: bool

    @property
    def below(self) -> int:
        """How many villages are below."""
        return sum(self.faults.values())

    @property
    def met(self) -> int:
        """How many villages meet it."""
        return self.villages - self.below


def requirements(session: Session, asked: Filter) -> list[Required]:
    """Every standard for villages in force on ``asked.day``, with the villages of the area judged by it.

    Communities 社区 are not counted: standards of villages are for 行政村. A village is judged
    by the standard of the nearest area that sets one, within its own border.
    """
    rows = _rows(session, asked)
    found = []
    for type_, own in _by_type(rows).items():
        judged = _judged(asked, type_, own)
        tally = session.execute(select(judged.c.fault, func.count()).group_by(judged.c.fault))
        counts: dict[str | None, int] = {row[0]: row[1] for row in tally}
        nearest = next((row for row, path in own if path is None or asked.area_path.startswith(path)), own[0][0])
        found.append(
            Required(
                type=type_,
                min_area_m2=nearest.min_area_m2,
                min_staff=nearest.min_staff,
                mandatory=nearest.mandatory,
                basis=nearest.basis,
                villages=sum(counts.values()),
                faults={fault: counts[fault] for fault in FAULTS if fault in counts},
                elsewhere=any(path is not None and not asked.area_path.startswith(path) for _, path in own),
            )
        )
    return found


def villages_below(session: Session, asked: Filter, type_: str, *, fault: str = "") -> Sequence[Any]:
    """The villages below the standard of one type, in the order of their codes.

    Rows have ``id``, ``name``, ``town``, ``village_class``, ``households``, ``fault``,
    ``min_area_m2``, ``min_staff``, and of the best facility there is ``facility_id``,
    ``facility``, ``area_m2`` and ``staff``.
    """
    own = _by_type(_rows(session, asked)).get(type_)
    if not own:
        return []
    judged = _judged(asked, type_, own)
    statement = select(judged).where(judged.c.fault.is_not(None)).order_by(judged.c.code)
    if fault:
        statement = statement.where(judged.c.fault == fault)
    return session.execute(statement).all()


_Own = list[tuple[FacilityStandard, str | None]]


def _rows(session: Session, asked: Filter) -> Sequence[tuple[FacilityStandard, str | None]]:
    """The standards that concern the area: set for everyone, above it, or below it."""
    reaches = or_(
        Region.id.is_(None),
        literal(asked.area_path).startswith(Region.region_path),
        within(Region.region_path, asked.area_path),
    )
    return [
        (row[0], row[1])
        for row in session.execute(
            select(FacilityStandard, Region.region_path)
            .outerjoin(Region, Region.id == FacilityStandard.region_id)
            .where(in_force(FacilityStandard, asked.day), FacilityStandard.level == "village", reaches)
            .order_by(func.length(Region.region_path).desc().nulls_last(), FacilityStandard.id)
        )
    ]


def _by_type(rows: Sequence[tuple[FacilityStandard, str | None]]) -> dict[str, _Own]:
    """Standards by type, the nearest to a village first."""
    found: dict[str, _Own] = {}
    for row, path in sorted(rows, key=lambda pair: (not pair[0].mandatory, pair[0].id)):
        found.setdefault(row.type, []).append((row, path))
    for own in found.values():
        own.sort(key=lambda pair: -len(pair[1] or ""))
    return found


def _nearest(own: _Own, kind: TypeEngine[Any], value: Callable[[FacilityStandard], Any]) -> ColumnElement[Any]:
    """What the nearest of these standards says for a village; few rows, so a plain choice."""
    special = [(within(Village.region_path, path), cast(literal(value(row)), kind)) for row, path in own if path]
    general = cast(next((literal(value(row)) for row, path in own if path is None), null()), kind)
    return case(*special, else_=general) if special else general


def _judged(asked: Filter, type_: str, own: _Own) -> Any:
    """One row per village that the standard is for; ``fault`` is null where it is met."""
    area = _nearest(own, Numeric(), lambda row: row.min_area_m2)
    staff = _nearest(own, Integer(), lambda row: row.min_staff)
    people = _nearest(own, Integer(), lambda row: row.min_population)
    is_set = _nearest(own, Boolean(), lambda _row: True)
    big = or_(area.is_(None), Facility.area_m2 >= area)
    manned = or_(staff.is_(None), Facility.staff >= staff)
    known = and_(or_(area.is_(None), Facility.area_m2.is_not(None)), or_(staff.is_(None), Facility.staff.is_not(None)))
    used = facility_status_on(asked.day) == "in_use"
    # The best of a village's facilities speaks for it.
    rank = case((~used, 4), (and_(big, manned), 0), (~known, 1), (~big, 3), else_=2)
    best = (
        select(
            Facility.id.label("facility_id"),
            Facility.name.label("facility"),
            Facility.area_m2,
            Facility.staff,
            rank.label("rank"),
        )
        .where(
            Facility.region_path == Village.region_path,
            Facility.type == type_,
            Facility.status != "planned",
            Facility.kept_on(asked.day),
            or_(Facility.opened_on.is_(None), Facility.opened_on <= asked.day),
        )
        .correlate(Village)
        .order_by(rank, Facility.area_m2.desc().nulls_last(), Facility.id)
        .limit(1)
        .lateral("best")
    )
    fault = case({1: "unknown", 2: "staff", 3: "area", 4: "closed"}, value=func.coalesce(best.c.rank, 5), else_=None)
    above = select(Region.id, Region.short_name).subquery("above")
    return (
        villages(
            asked,
            Village.id,
            Region.code,
            Region.short_name.label("name"),
            above.c.short_name.label("town"),
            Village.village_class,
            Village.households,
            area.label("min_area_m2"),
            staff.label("min_staff"),
            best.c.facility_id,
            best.c.facility,
            best.c.area_m2,
            best.c.staff,
            case((best.c.rank.is_(None), "absent"), else_=fault).label("fault"),
        )
        .outerjoin(above, above.c.id == Region.parent_id)
        .outerjoin(best, true())
        .where(
            Village.kind == "village",
            is_set.is_not(None),
            or_(people.is_(None), Village.pop_resident.is_(None), Village.pop_resident >= people),
        )
        .subquery("judged")
    )
