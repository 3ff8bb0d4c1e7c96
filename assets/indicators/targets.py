"""What a county's plan promised for a year's money: shares for industry, projects for work relief."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from assets.indicators.ratios import percentage
from assets.maintenance.areas import steps_through
from assets.projects.models import Allocation, Project
from assets.projects.queries import source_of_document, year_of_document
from assets.regions.models import Region
from assets.scope import within
from assets.terms.thresholds import find_threshold

ZERO = Decimal(0)
WATCHED_SOURCES = ("central", "province")
INDUSTRY, LEAD, RELIEF = "industry_share", "lead_share", "work_relief_projects"
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Target:
    """One promise: what counts, of what, the limit, and what is missing to reach it.

    ``limit`` is None where no threshold is in force, and then nothing is judged. ``missing`` is
    money to be moved (yuan) or a number of projects; zero when the target is met.
    """

    code: str
    numerator: Decimal
    denominator: Decimal | None
    limit: Decimal | None

    @property
    def share(self) -> Decimal | None:
        """In percent, rounded for reading only; None where there is nothing to divide by."""
        return None if self.denominator is None else percentage(self.numerator, self.denominator)

    @property
    def missing(self) -> Decimal:
        """How much must be added to the numerator; money up to the next cent."""
        if self.limit is None:
            return ZERO
        if self.denominator is None:
            return max(ZERO, self.limit - self.numerator)
        return max(ZERO, (self.limit * self.denominator - self.numerator).quantize(_CENT, ROUND_UP))

    @property
    def met(self) -> bool | None:
        """Whether it is reached, exactly; None where there is nothing to judge."""
        if self.limit is None or self.denominator == 0:
            return None
        whole = 1 if self.denominator is None else self.denominator
        return self.numerator >= self.limit * whole


@dataclass(frozen=True)
class CountyTargets:
    """The promises of one county for one year."""

    region: Region
    industry: Target
    lead: Target
    lead_of_total: Target
    relief: Target

    @property
    def all(self) -> tuple[Target, ...]:
        """In the order they are read."""
        return (self.industry, self.lead, self.lead_of_total, self.relief)


def targets(session: Session, counties: Sequence[Region], year: int, day: dt.date) -> list[CountyTargets]:
    """How each county stands to its promises for ``year``, by what was arranged until ``day``.

    Parameters
    ----------
    session : Session
        Bound to the viewer.
    counties : sequence of Region
        Side by side, below one region.
    year : int
        The budget year of the money and the year of the projects.
    day : date
        Later arrangements do not count; thresholds are those of this day or, for a past year,
        of its last day.
    """
    if not counties:
        return []
    judged_on = min(day, dt.date(year, 12, 31))
    money, relief = _money(session, counties, year, day), _relief(session, counties, year, day)
    found = []
    for county in counties:
        total, industry, lead = money.get(county.id, (ZERO, ZERO, ZERO))

        def limit(code: str, path: str = county.region_path) -> Decimal | None:
            return find_threshold(session, code, path, judged_on)

        of_industry, of_lead = limit(INDUSTRY), limit(LEAD)
        both = of_industry * of_lead if of_industry is not None and of_lead is not None else None
        found.append(
            CountyTargets(
                county,
                Target(INDUSTRY, industry, total, of_industry),
                Target(LEAD, lead, industry, of_lead),
                Target("lead_of_total", lead, total, both),
                Target(RELIEF, Decimal(relief.get(county.id, 0)), None, limit(RELIEF)),
            )
        )
    return found


def counting_projects(session: Session, area: Region, year: int, day: dt.date, of: str) -> Sequence[Any]:
    """The projects behind one target of an area: id, name, town, and the money that counts."""
    if of == RELIEF:
        statement = select(Project.id, Project.name, Project.stage, Project.budget_yuan.label("counted_yuan")).where(
            *_relief_criteria(area, year, day)
        )
        return session.execute(statement.order_by(Project.budget_yuan.desc(), Project.id).limit(500)).all()
    kinds: dict[str, list[Any]] = {
        INDUSTRY: [Project.category == "industry"],
        LEAD: [Project.category == "industry", Project.is_lead_industry],
        "other": [Project.category != "industry"],
    }
    counted = func.sum(Allocation.arranged_yuan)
    return session.execute(
        select(Project.id, Project.name, Project.stage, counted.label("counted_yuan"))
        .join(Allocation, Allocation.project_id == Project.id)
        .where(within(Project.region_path, area.region_path), *_watched(year, day), *kinds.get(of, []))
        .group_by(Project.id)
        .having(counted != 0)
        .order_by(counted.desc(), Project.id)
        .limit(500)
    ).all()


def _watched(year: int, day: dt.date) -> tuple[Any, ...]:
    return (
        Allocation.arranged_on <= day,
        year_of_document(Allocation.fund_document_id) == year,
        source_of_document(Allocation.fund_document_id).in_(WATCHED_SOURCES),
    )


def _money(
    session: Session, counties: Sequence[Region], year: int, day: dt.date
) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    """Total, industry and lead industry of central and provincial money, by county."""
    steps, belongs = steps_through(Project.region_path, counties[0], counties)
    industry = Project.category == "industry"

    def part(criterion: Any) -> Any:
        return func.sum(case((criterion, Allocation.arranged_yuan), else_=0))

    rows = session.execute(
        select(
            steps,
            func.sum(Allocation.arranged_yuan),
            part(industry),
            part(industry & Project.is_lead_industry.is_(True)),
        )
        .join(Project, Project.id == Allocation.project_id)
        .where(or_(*(within(Project.region_path, county.region_path) for county in counties)), *_watched(year, day))
        .group_by(steps)
    )
    found: dict[int, tuple[Decimal, Decimal, Decimal]] = {}
    for through, *sums in rows:
        key = belongs(through)
        before = found.get(key, (ZERO, ZERO, ZERO))
        found[key] = (before[0] + sums[0], before[1] + sums[1], before[2] + sums[2])
    return found


def _relief_criteria(area: Region, year: int, day: dt.date) -> tuple[Any, ...]:
    return (
        within(Project.region_path, area.region_path),
        Project.year == year,
        Project.is_work_relief.is_(True),
        Project.stage != "terminated",
        Project.kept_on(day),
    )


def _relief(session: Session, counties: Sequence[Region], year: int, day: dt.date) -> dict[int, int]:
    return {
        county.id: session.scalar(select(func.count()).select_from(Project).where(*_relief_criteria(county, year, day)))
        or 0
        for county in counties
    }
