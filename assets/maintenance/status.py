"""Status by area: the sub-areas of a region with the sums of their assets on a day.

Two ways lead to the same figures. At city level and above, cells kept per region are added up
from the last checkpoint to the day, together with changes not yet folded. Below, or where
the viewer sees only a part, or where a filter asks for what no cell knows, the assets' own
periods are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, String, cast, func, select, union_all
from sqlalchemy.orm import Session, aliased

from assets.filters import Filter
from assets.maintenance.areas import regions_below, steps_through
from assets.maintenance.models import RollupCheckpoint, RollupDay, RollupDelta, RollupMonth, UpkeepPeriod
from assets.maintenance.queries import criteria, status_on
from assets.maintenance.sums import Sums
from assets.regions.models import Region
from assets.registry.models import Asset
from assets.scope import Viewer, viewer_of
from assets.vocabulary import MISSING_FIELDS

SUMMED_LEVELS = frozenset({"nation", "province", "city"})
_CELL_FILTERS = frozenset({"day", "area_path", "account_id", "asset_class", "sector", "status", "missing"})


@dataclass(frozen=True)
class AreaStatus:
    """The figures of an area: ``rows`` and ``own`` add up to ``total`` exactly.

    ``own`` (本级) is what belongs to the area itself and to none of the rows. ``partial`` says
    that the viewer sees only a part of the area, and that nothing else is counted.
    """

    area: Region
    rows: Sequence[tuple[Region, Sums]]
    own: Sums
    total: Sums
    partial: bool
    from_cells: bool


def status_by_area(session: Session, area: Region, asked: Filter, *, level: str | None = None) -> AreaStatus:
    """The assets of ``area`` on ``asked.day`` by sub-area.

    Parameters
    ----------
    session : Session
        Bound to the viewer, who gets what lies within reach and nothing else.
    area : Region
        The area; ``asked.area_path`` is not looked at.
    asked : Filter
        Day and filters.
    level : str, optional
        The level of the rows; the regions directly below when None.

    Raises
    ------
    InvalidValue
        For a level that is none or not below the area, or with more than 5,000 regions.
    """
    viewer = viewer_of(session)
    below = regions_below(session, area, level)
    seen = [region for region in below if viewer.touches(region.region_path)]
    partial = not viewer.covers(area.region_path) and _sectors(viewer, area.region_path) is _ONLY_PART
    sectors = _cell_sectors(viewer, area, below, asked)
    if sectors is _ONLY_PART:
        cells, total = _from_periods(session, area, seen, asked)
    else:
        cells, total = _from_cells(session, area, seen, asked, sectors)
    rows = [
        (region, sums)
        for region in seen
        if (sums := cells.get(region.id, Sums())) or region.valid_to is None or region.valid_to > asked.day
        if sums or region.valid_from <= asked.day
    ]
    own = total - Sums.total(sums for _, sums in rows)
    return AreaStatus(area, rows, own, total, partial, from_cells=sectors is not _ONLY_PART)


def kept_sums(session: Session, area: Region, asked: Filter) -> Sums | None:
    """The sums of ``area`` from its cells alone; None where they cannot tell, and counting must."""
    if area.level not in SUMMED_LEVELS or not _known_to_cells(asked):
        return None
    sectors = _sectors(viewer_of(session), area.region_path)
    if sectors is _ONLY_PART:
        return None
    return _from_cells(session, area, (), asked, sectors)[1]


class _Part:
    """Stands for "the viewer sees only some of the records here"."""


_ONLY_PART = _Part()


def _sectors(viewer: Viewer, path: str) -> frozenset[str] | _Part | None:
    """The sectors seen in the whole subtree: None is all of them."""
    if viewer.unbounded:
        return None
    covering = [reach for reach in viewer.reaches if reach.covers(path)]
    if any(reach.sectors is None for reach in covering):
        return None
    found = frozenset[str]().union(*(reach.sectors or () for reach in covering))
    inside = [reach for reach in viewer.reaches if reach.path.startswith(path) and reach not in covering]
    more = any(reach.sectors is None or reach.sectors - found for reach in inside)
    return _ONLY_PART if more or not covering else found


def _cell_sectors(
    viewer: Viewer, area: Region, below: Iterable[Region], asked: Filter
) -> frozenset[str] | _Part | None:
    """The sectors to add up from the cells, or that the cells cannot answer."""
    if area.level not in SUMMED_LEVELS - {"city"} or any(region.level not in SUMMED_LEVELS for region in below):
        return _ONLY_PART
    return _sectors(viewer, area.region_path) if _known_to_cells(asked) else _ONLY_PART


def _known_to_cells(asked: Filter) -> bool:
    beyond = (name for name in vars(asked) if name not in _CELL_FILTERS)
    return not any(getattr(asked, name) for name in beyond) and not asked.missing - set(MISSING_FIELDS)


def _from_cells(
    session: Session, area: Region, below: Sequence[Region], asked: Filter, sectors: Any
) -> tuple[dict[int, Sums], Sums]:
    ids = [area.id, *(region.id for region in below)]
    start = select(func.max(RollupCheckpoint.month)).where(RollupCheckpoint.month <= asked.day).scalar_subquery()
    above, at = aliased(Region), aliased(Region)
    path = func.string_to_array(func.btrim(at.region_path, "/"), "/")
    parts = (
        _cells(RollupMonth, RollupMonth.region_id, asked, sectors).where(
            RollupMonth.region_id.in_(ids), RollupMonth.month == start
        ),
        _cells(RollupDay, RollupDay.region_id, asked, sectors).where(
            RollupDay.region_id.in_(ids),
            RollupDay.day >= func.coalesce(start, func.make_date(1900, 1, 1)),
            RollupDay.day <= asked.day,
        ),
        _cells(RollupDelta, above.id, asked, sectors)
        .join(at, at.id == RollupDelta.region_id)
        .join(above, cast(above.id, String) == func.any(path))
        .where(above.id.in_(ids), RollupDelta.day <= asked.day),
    )
    cells = union_all(*parts).subquery()
    rows = session.execute(
        select(
            cells.c.region_id,
            cells.c.household,
            cells.c.status,
            cells.c.missing,
            cast(func.sum(cells.c.assets), BigInteger),
            func.sum(cells.c.value_yuan),
        ).group_by(cells.c.region_id, cells.c.household, cells.c.status, cells.c.missing)
    )
    found = _gathered((region_id, *cell) for region_id, *cell in rows)
    return found, found.pop(area.id, Sums())


def _cells(table: Any, region_id: Any, asked: Filter, sectors: frozenset[str] | None) -> Any:
    statement = select(
        region_id.label("region_id"),
        (table.asset_class == "household").label("household"),
        table.status,
        table.missing,
        table.assets,
        table.value_yuan,
    ).select_from(table)
    if sectors is not None:
        statement = statement.where(table.sector.in_(["", *sorted(sectors)]))
    if asked.asset_class:
        statement = statement.where(table.asset_class.in_(sorted(asked.asset_class)))
    if asked.sector:
        statement = statement.where(table.sector.in_(sorted(asked.sector)))
    if asked.status:
        statement = statement.where(table.status.in_(sorted(asked.status)))
    if asked.missing:
        bits = sum(MISSING_FIELDS[field] for field in asked.missing)
        statement = statement.where(table.status == "unarranged", table.missing.op("&")(bits) != 0)
    return statement


def _from_periods(
    session: Session, area: Region, below: Sequence[Region], asked: Filter
) -> tuple[dict[int, Sums], Sums]:
    steps, belongs = steps_through(UpkeepPeriod.region_path, area, below)
    status = status_on(asked.day)
    household = UpkeepPeriod.asset_class == "household"
    keys = (steps, household, status, UpkeepPeriod.missing)
    statement = select(*keys, func.count(), func.sum(UpkeepPeriod.value_yuan)).group_by(*keys)
    if _asks_the_asset(asked):
        statement = statement.join(Asset, Asset.id == UpkeepPeriod.asset_id)
    rows = session.execute(statement.where(*criteria(asked.in_area(area.region_path))))
    found = _gathered((belongs(through), *cell) for through, *cell in rows)
    total = Sums.total(found.values())
    found.pop(area.id, None)
    return found, total


def _asks_the_asset(asked: Filter) -> bool:
    return bool(asked.year or asked.words or asked.flag - {"mine"} or asked.missing & {"position", "papers"})


def _gathered(cells: Iterable[Any]) -> dict[int, Sums]:
    parts: dict[int, list[Sums]] = {}
    for region_id, household, status, missing, assets, value_yuan in cells:
        parts.setdefault(region_id, []).append(
            Sums.of_cell(household, status, missing, assets, value_yuan or Decimal(0))
        )
    return {region_id: Sums.total(listed) for region_id, listed in parts.items()}
