"""The facts of an area and its sub-areas, read with as few statements as the figures need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, not_, select
from sqlalchemy.orm import Session

from assets.filters import Filter
from assets.indicators.figures import FIGURES, Facts
from assets.indicators.spending import Spending, spending
from assets.maintenance.areas import steps_through
from assets.maintenance.models import UpkeepPeriod
from assets.maintenance.queries import criteria
from assets.maintenance.status import AreaStatus, status_by_area
from assets.regions.models import Region
from assets.registry.models import Asset

IDLE = ("idle", "inefficient")


@dataclass(frozen=True)
class AreaFacts:
    """The facts of an area, of what belongs to itself alone, and of each sub-area."""

    area: Region
    total: Facts
    own: Facts
    rows: Sequence[tuple[Region, Facts]]
    day: dt.date
    partial: bool
    paid_of: str


def facts_by_area(
    session: Session, area: Region, asked: Filter, *, figures: Iterable[str], level: str | None = None
) -> AreaFacts:
    """What ``figures`` need to know of ``area`` and the areas below it on ``asked.day``.

    Parameters
    ----------
    session : Session
        Bound to the viewer, beyond whose reach nothing is counted.
    area : Region
        The area.
    asked : Filter
        Day and filters for assets; money is never filtered.
    figures : iterable of str
        Keys of :data:`assets.indicators.figures.FIGURES`.
    level : str, optional
        As for :func:`assets.maintenance.status.status_by_area`.

    Raises
    ------
    InvalidValue
        For a level that cannot be shown.
    """
    needs = frozenset[str]().union(*(FIGURES[key].needs for key in figures))
    status = status_by_area(session, area, asked, level=level)
    below = [region for region, _ in status.rows]
    records = _records(session, area, asked, below) if "records" in needs else {}
    money = spending(session, area, below, asked.day) if "money" in needs else Spending()
    rows = [(region, _facts(sums, region.id, records, money.rows)) for region, sums in status.rows]
    own = _facts(status.own, area.id, records, money.rows)
    return AreaFacts(area, _total(status, records, money), own, rows, asked.day, status.partial, money.basis)


def _facts(sums: Any, region_id: int, records: Mapping[int, tuple[int, int]], money: Mapping[int, Any]) -> Facts:
    certified, idle = records.get(region_id, (0, 0))
    paid, payable = money.get(region_id, (Decimal(0), Decimal(0)))
    return Facts(sums, certified, idle, paid, payable)


def _total(status: AreaStatus, records: Mapping[int, tuple[int, int]], money: Spending) -> Facts:
    certified = sum(part[0] for part in records.values())
    idle = sum(part[1] for part in records.values())
    return Facts(status.total, certified, idle, *money.total)


def _records(session: Session, area: Region, asked: Filter, below: Sequence[Region]) -> dict[int, tuple[int, int]]:
    steps, belongs = steps_through(UpkeepPeriod.region_path, area, below)
    certified = and_(UpkeepPeriod.asset_class != "household", Asset.certified_on <= asked.day)
    idle = and_(not_(UpkeepPeriod.exempt), UpkeepPeriod.operating_status.in_(IDLE))
    rows = session.execute(
        select(steps, func.count().filter(certified), func.count().filter(idle))
        .select_from(UpkeepPeriod)
        .join(Asset, Asset.id == UpkeepPeriod.asset_id)
        .where(*criteria(asked.in_area(area.region_path)))
        .group_by(steps)
    )
    found: dict[int, tuple[int, int]] = {}
    for through, some_certified, some_idle in rows:
        key = belongs(through)
        before = found.get(key, (0, 0))
        found[key] = (before[0] + some_certified, before[1] + some_idle)
    return found
