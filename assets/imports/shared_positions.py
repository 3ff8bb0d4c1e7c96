"""One position for many records: the committee building's coordinates, written down for everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from sqlalchemy import Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from assets.imports.identities import entity_of
from assets.imports.position_claims import Claims, IntArray
from assets.imports.position_problems import PositionProblems
from assets.imports.staging import Staging
from assets.places.models import Village
from assets.regions.models import Region
from assets.scope import within
from spatial.crs import METRES_PER_DEGREE, STORAGE_SRID, FloatArray

MOST_NAMES: Final = 3
"""As many records of different names may share a position before it is a question."""
NEAR_M: Final = 1.0
# A village has one committee building: more groups than this are a fault of another kind.
_MOST_LOOKED_UP: Final = 2_000
_CELL_DEG: Final = 1e-5


@dataclass(frozen=True)
class _Group:
    """Rows that share a position."""

    rows: IntArray
    names: int
    lon: float
    lat: float


def tell_shared(
    staging: Staging,
    claims: Claims,
    lon: FloatArray,
    lat: FloatArray,
    new: NDArray[np.bool_],
    problems: PositionProblems,
) -> None:
    """Tell rows whose position is that of many others, in the ledger or in the register.

    Parameters
    ----------
    staging
        The ledger.
    claims
        The rows' names.
    lon, lat
        Where the rows that are points lie; NaN for all others.
    new
        Rows whose position the register does not hold already: only these are questioned.
    problems
        Gathers what is wrong.
    """
    entity = entity_of(staging)
    if not (hasattr(entity, "name") and hasattr(entity, "geom")):
        return
    groups = find_groups(claims.name, lon, lat)
    told = np.zeros(len(lon), dtype=bool)
    looked_up = groups[:_MOST_LOOKED_UP]
    known = _names_at(staging, looked_up)
    for at, group in enumerate(groups):
        rows = group.rows[new[group.rows]]
        told[rows] = True
        data: dict[str, Any] = {"count": len(group.rows), "names": group.names}
        if at in known:
            problems.tell("position_shared_with", rows, severity="doubt", data=data | {"place": known[at]})
        else:
            problems.tell("position_shared", rows, severity="doubt", data=data)
    _tell_registered(staging, lon, lat, new & ~told, problems)


def find_groups(names: NDArray[Any], lon: FloatArray, lat: FloatArray) -> list[_Group]:
    """Find positions that more than :data:`MOST_NAMES` different names share, within a metre.

    Parameters
    ----------
    names
        The name of each row.
    lon, lat
        Degrees; NaN for a row without position.

    Returns
    -------
    list
        The largest first.
    """
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    if known.size <= MOST_NAMES:
        return []
    x = lon[known] * np.cos(np.radians(np.median(lat[known]))) * METRES_PER_DEGREE
    y = lat[known] * METRES_PER_DEGREE
    # Cells of a metre first: a thousand rows at one point would make half a million pairs.
    cells, cell = np.unique(np.column_stack([np.round(x / NEAR_M), np.round(y / NEAR_M)]), axis=0, return_inverse=True)
    cell = cell.ravel()
    size = np.bincount(cell)
    middle = np.column_stack([np.bincount(cell, x) / size, np.bincount(cell, y) / size])
    pairs = cKDTree(middle).query_pairs(NEAR_M, output_type="ndarray")
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(cells), len(cells)))
    _, part = connected_components(graph, directed=False)
    group = part[cell]
    crowded = np.flatnonzero(np.bincount(group) > MOST_NAMES)
    inside = np.isin(group, crowded)
    order = np.flatnonzero(inside)[np.argsort(group[inside], kind="stable")]
    starts = np.flatnonzero(np.diff(group[order])) + 1
    found = []
    for places in np.split(order, starts) if order.size else []:
        rows = known[places]
        different = len(set(names[rows].tolist()) - {""})
        if different > MOST_NAMES:
            found.append(_Group(rows, different, float(np.median(lon[rows])), float(np.median(lat[rows]))))
    return sorted(found, key=lambda one: -len(one.rows))


def _names_at(staging: Staging, groups: list[_Group]) -> dict[int, str]:
    """What stands at these positions: a village's own point, or else a record of the register."""
    if not groups:
        return {}
    points = shapely.points([(one.lon, one.lat) for one in groups])
    listed = func.unnest(cast([one.wkb_hex for one in points], ARRAY(Text)))
    values = listed.table_valued("wkb", with_ordinality="place", name="asked").render_derived()
    asked = select(
        (values.c.place - 1).label("place"),
        func.ST_GeomFromWKB(func.decode(values.c.wkb, "hex"), STORAGE_SRID).label("geom"),
    ).subquery("at")
    found: dict[int, str] = {}
    for entity in (entity_of(staging), Village):
        rows = staging.session.execute(
            select(asked.c.place, func.min(entity.name))
            .join(entity, func.ST_DWithin(entity.geom, asked.c.geom, _CELL_DEG))
            .where(entity.geom.is_not(None))
            .group_by(asked.c.place)
        )
        found |= {int(place): name for place, name in rows}
    return found


def _tell_registered(
    staging: Staging, lon: FloatArray, lat: FloatArray, new: NDArray[np.bool_], problems: PositionProblems
) -> None:
    entity = entity_of(staging)
    home = select(Region.region_path).where(Region.id == staging.batch.region_id)
    path = staging.session.scalar(home) or "/"
    rows = np.flatnonzero(new & np.isfinite(lon) & np.isfinite(lat))
    if not rows.size:
        return
    east, north = (func.round(func.ST_X(entity.geom) / _CELL_DEG), func.round(func.ST_Y(entity.geom) / _CELL_DEG))
    marked = [entity.position_quality.is_distinct_from("village_point")] if hasattr(entity, "position_quality") else []
    crowded = staging.session.execute(
        select(east, north, func.count(entity.name.distinct()), func.min(entity.name))
        .where(func.GeometryType(entity.geom) == "POINT", within(entity.region_path, path), *marked)
        .group_by(east, north)
        .having(func.count(entity.name.distinct()) >= MOST_NAMES)
    ).all()
    if not crowded:
        return
    at = {(int(x), int(y)): (count, name) for x, y, count, name in crowded}
    keys = np.column_stack([np.round(lon[rows] / _CELL_DEG), np.round(lat[rows] / _CELL_DEG)]).astype(np.int64)
    hits = [(row, at[key]) for row, key in zip(rows.tolist(), map(tuple, keys.tolist()), strict=True) if key in at]
    problems.tell(
        "position_registered",
        [row for row, _ in hits],
        severity="note",
        data=[{"count": count, "place": name} for _, (count, name) in hits],
    )
