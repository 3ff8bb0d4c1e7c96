"""Lines, areas and whatever else is more than a point: what of it can be kept, and what must be drawn only."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from assets.imports.position_claims import IntArray, Stored
from assets.imports.position_problems import PositionProblems
from assets.imports.position_readings import Positions
from spatial.crs import STORAGE_SRID
from spatial.drawable import drawn_parts
from spatial.errors import GeometryError
from spatial.systems import System, tell_systems
from spatial.validity import MAX_VERTICES, checked

_CROSSING: Final = frozenset({"self_crossing", "invalid"})


def keep_shapes(
    found: Positions,
    stored: Stored,
    allowed: Collection[str],
    confirmed: NDArray[np.bool_],
    problems: PositionProblems,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Check the geometries of rows that hold more than a point.

    Parameters
    ----------
    found
        How the coordinates are to be understood.
    stored
        What the register holds: it is kept where a row repeats it.
    allowed
        Types that records of the kind may have.
    confirmed
        Rows whose repaired shape somebody has accepted.
    problems
        Gathers what is wrong.

    Returns
    -------
    tuple[NDArray[Any], NDArray[Any]]
        By row, the geometry to be kept and the one to be drawn instead; None where there is
        none.
    """
    size = len(found.lon)
    kept, drawn = np.full(size, None, dtype=object), np.full(size, None, dtype=object)
    rows = np.flatnonzero(found.written.has_geometry)
    same = rows[found.unchanged[rows]]
    kept[same] = stored.geometry[same]
    rows = rows[~found.unchanged[rows]]
    if not rows.size:
        return kept, drawn
    shapes = _converted(found, rows)
    sound = _sound(shapes, allowed)
    kept[rows[sound]] = _tidied(shapes[sound], rows[sound], problems)
    for at in np.flatnonzero(~sound):
        row = int(rows[at])
        kept[row], drawn[row] = _look_at(shapes[at], row, allowed, bool(confirmed[row]), problems)
    return kept, drawn


def _converted(found: Positions, rows: IntArray) -> NDArray[Any]:
    """Every geometry in stored degrees; those that are understood alike together."""
    shapes = shapely.force_2d(found.written.geometry[rows])
    had_heights = shapely.has_z(found.written.geometry[rows])
    keys = [
        (int(found.system[row]), bool(found.swapped[row]), int(found.srid[row]), str(found.datum[row])) for row in rows
    ]
    for key in set(keys):
        if key[0] == System.UNKNOWN and not key[2]:
            continue
        alike = np.array([one == key for one in keys])
        first = int(rows[int(np.flatnonzero(alike)[0])])
        shapes[alike] = shapely.transform(shapes[alike], partial(found.degrees, first))
    found.evidence["heights_left"] = int(had_heights.sum())
    return np.asarray(shapes)


def _sound(shapes: NDArray[Any], allowed: Collection[str]) -> NDArray[np.bool_]:
    """Those about which nothing at all needs saying."""
    types = np.array([shape.geom_type in allowed for shape in shapes])
    xy, index = shapely.get_coordinates(shapes, return_index=True)
    told, swapped = tell_systems(xy[:, 0], xy[:, 1])
    lost = np.bincount(index, (told != System.DEGREES) | swapped, minlength=len(shapes)) > 0
    count = np.bincount(index, minlength=len(shapes))
    fine = types & ~lost & (count > 0) & (count <= MAX_VERTICES)
    fine[fine] = shapely.is_valid(shapes[fine])
    areas = fine & (shapely.get_dimensions(shapes) == 2)
    fine[areas] = shapely.area(shapes[areas]) > 0
    return np.asarray(fine)


def _tidied(shapes: NDArray[Any], rows: IntArray, problems: PositionProblems) -> NDArray[Any]:
    """Without vertices that repeat the one before, rings oriented alike."""
    clean = shapely.remove_repeated_points(shapes, 0.0)
    repeated = shapely.get_num_coordinates(shapes) - shapely.get_num_coordinates(clean)
    at = np.flatnonzero(repeated > 0)
    problems.tell(
        "geometry_repeated",
        rows[at],
        severity="note",
        data=[{"count": int(one)} for one in repeated[at]],
    )
    return np.asarray(shapely.orient_polygons(clean))


def _look_at(
    shape: BaseGeometry, row: int, allowed: Collection[str], confirmed: bool, problems: PositionProblems
) -> tuple[BaseGeometry | None, BaseGeometry | None]:
    try:
        return checked(shape, allowed=allowed), None
    except GeometryError as error:
        better = _as_allowed(error.repaired, allowed)
        if error.code in _CROSSING and better is not None:
            problems.tell(
                "geometry_repaired",
                [row],
                severity="doubt",
                suggestions=[_ewkt(better)],
                data=[{"lon": float(str(error.params["lon"])), "lat": float(str(error.params["lat"]))}],
            )
            if confirmed:
                return better, None
        else:
            problems.refuse(row, error)
        return None, drawn_parts(shape)


def _as_allowed(shape: BaseGeometry | None, allowed: Collection[str]) -> BaseGeometry | None:
    if shape is None:
        return None
    try:
        return checked(shape, allowed=allowed)
    except GeometryError:
        return None


def _ewkt(shape: BaseGeometry) -> str:
    return f"SRID={STORAGE_SRID};{shapely.to_wkt(shape, rounding_precision=9)}"
