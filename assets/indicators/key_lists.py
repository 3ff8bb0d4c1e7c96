"""How many counties, towns and villages stand in the dated lists, by who made the list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.filters import Filter
from assets.maintenance.areas import regions_below, steps_through
from assets.places import queries as places
from assets.places.models import RelocationSite
from assets.regions.models import Designation, Region
from assets.regions.queries import valid_on
from assets.scope import within
from assets.terms.queries import in_force


@dataclass(frozen=True)
class ListCounts:
    """Of one area: how many stand in a list, by the level of the list; and its relocation sites."""

    listed: Mapping[str, int] = field(default_factory=dict)
    sites: int = 0

    @property
    def total(self) -> int:
        """In the lists of all levels together; one in two lists counts in each."""
        return sum(self.listed.values())


@dataclass(frozen=True)
class KeyLists:
    """The counts of an area and of what lies below it."""

    total: ListCounts
    own: ListCounts
    rows: Sequence[tuple[Region, ListCounts]]


def key_lists(session: Session, area: Region, asked: Filter, *, kind: str, of: str) -> KeyLists:
    """Count the regions of level ``of`` below ``area`` that stand in the list ``kind`` on ``asked.day``.

    Parameters
    ----------
    session : Session
        Bound to the viewer; the lists are open to everyone, sites are not.
    area : Region
        The area, whose direct children are the rows.
    asked : Filter
        Its day counts.
    kind : str
        ``key_assistance`` or ``demonstration``.
    of : str
        ``county``, ``town`` or ``village``.
    """
    below = regions_below(session, area, None)
    steps, belongs = steps_through(Region.region_path, area, below)
    listed: dict[int, dict[str, int]] = {}
    counted = (
        select(steps, Designation.level, func.count())
        .join(Region, Region.id == Designation.region_id)
        .where(
            Designation.kind == kind,
            Region.level == of,
            in_force(Designation, asked.day),
            valid_on(asked.day),
            within(Region.region_path, area.region_path),
        )
        .group_by(steps, Designation.level)
    )
    for through, level, number in session.execute(counted):
        at = listed.setdefault(belongs(through), {})
        at[level] = at.get(level, 0) + number
    steps, belongs = steps_through(RelocationSite.region_path, area, below)
    sites: dict[int, int] = {}
    everywhere = places.sites(Filter(day=asked.day, area_path=area.region_path), steps, func.count())
    for through, number in session.execute(everywhere.group_by(steps)):
        sites[belongs(through)] = sites.get(belongs(through), 0) + number

    def counts(region_id: int) -> ListCounts:
        return ListCounts(listed.get(region_id, {}), sites.get(region_id, 0))

    levels: dict[str, int] = {}
    for part in listed.values():
        for level, number in part.items():
            levels[level] = levels.get(level, 0) + number
    total = ListCounts(levels, sum(sites.values()))
    rows = [(region, counts(region.id)) for region in below]
    # A region that has ended is shown only where something is still filed under it.
    there = [pair for pair in rows if pair[1] != ListCounts() or _in_force(pair[0], asked.day)]
    return KeyLists(total, counts(area.id), there)


def _in_force(region: Region, day: dt.date) -> bool:
    return region.valid_from <= day and (region.valid_to is None or region.valid_to > day)
