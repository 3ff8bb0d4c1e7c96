"""What waits for somebody: missing fields, and assets that need a hand now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, not_, select
from sqlalchemy.orm import Session

from assets.filters import Filter
from assets.maintenance.models import UpkeepPeriod
from assets.maintenance.queries import matching, status_on
from assets.regions.models import Region
from assets.registry.models import Asset

MISSING = ("position", "owner", "body", "person", "money", "papers")
WEEK_DAYS = 7
SHOWN = 8


@dataclass(frozen=True)
class Item:
    """One asset of a list."""

    asset_id: int
    name: str
    place: str
    status: str
    due_on: dt.date | None
    asset_class: str
    value_yuan: Any


@dataclass(frozen=True)
class Worklist:
    """The first assets of a list and how many there are."""

    key: str
    count: int
    items: Sequence[Item]


def missing_counts(session: Session, asked: Filter) -> dict[str, int]:
    """How many assets lack each field of :data:`MISSING`."""
    found = {}
    for field in MISSING:
        statement = matching(replace(asked, missing=frozenset({field})), func.count())
        found[field] = session.scalar(statement) or 0
    return found


def clerk_worklists(session: Session, asked: Filter) -> list[Worklist]:
    """A town clerk's lists: returned, no position, no duty, due this week.

    Parameters
    ----------
    session : Session
        Bound to the viewer.
    asked : Filter
        Area and day.
    """
    return [
        _listed(session, "returned", replace(asked, flag=frozenset({"returned"}))),
        _listed(session, "position", replace(asked, missing=frozenset({"position"}))),
        _listed(session, "unarranged", replace(asked, status=frozenset({"unarranged"}))),
        due_this_week(session, asked),
    ]


def due_this_week(session: Session, asked: Filter) -> Worklist:
    """The assets whose next inspection is due from the day to six days later."""
    last = asked.day + dt.timedelta(days=WEEK_DAYS - 1)
    arranged = (not_(UpkeepPeriod.exempt), UpkeepPeriod.missing == 0)
    return _listed(session, "due_this_week", asked, *arranged, UpkeepPeriod.due_on.between(asked.day, last))


def longest_overdue(session: Session, asked: Filter, *, limit: int = SHOWN) -> Worklist:
    """The overdue assets, those first that have waited longest."""
    return _listed(session, "overdue", replace(asked, status=frozenset({"overdue"})), limit=limit)


def sample(session: Session, asked: Filter, *, limit: int = 12) -> Worklist:
    """An auditor's random sample of collective assets, the same all day, dear ones more likely.

    Each asset draws a number u from its code and the day; the greatest u^(1/value) are taken
    (Efraimidis and Spirakis 2006), which is sampling by value without replacement.
    """
    drawn = func.hashtextextended(Asset.code + asked.day.isoformat(), 0)
    share = (func.abs(drawn % 1_000_003) + 1) / 1_000_004.0
    weight = func.greatest(UpkeepPeriod.value_yuan, 1)
    order = (func.ln(share) / weight).desc()
    return _listed(session, "sample", asked, UpkeepPeriod.asset_class != "household", order=order, limit=limit)


def _listed(
    session: Session, key: str, asked: Filter, *criteria: Any, order: Any = None, limit: int = SHOWN
) -> Worklist:
    count = session.scalar(matching(asked, func.count()).where(*criteria)) or 0
    statement = matching(
        asked,
        Asset.id,
        Asset.name,
        _place(),
        status_on(asked.day),
        UpkeepPeriod.due_on,
        UpkeepPeriod.asset_class,
        UpkeepPeriod.value_yuan,
    ).where(*criteria)
    order = UpkeepPeriod.due_on.nulls_last() if order is None else order
    rows = session.execute(statement.order_by(order, Asset.code).limit(limit)) if count else ()
    return Worklist(key, count, [Item(*row) for row in rows])


def _place() -> Any:
    return select(Region.short_name).where(Region.id == UpkeepPeriod.region_id).scalar_subquery()
