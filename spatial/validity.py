"""What a geometry must be to be stored, and what a faulty one probably meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any, Final, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiLineString, MultiPoint, MultiPolygon
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from spatial.crs import CHINA_BBOX, FloatArray
from spatial.errors import GeometryError

Types: TypeAlias = Collection[str]

POINTS: Final = ("Point",)
LINES: Final = ("LineString", "MultiLineString")
AREAS: Final = ("Polygon", "MultiPolygon")
ANY_TYPE: Final = ("Point", "MultiPoint", *LINES, *AREAS)

MAX_VERTICES: Final = 100_000
MAX_PARTS: Final = 1_000

_LEAST_POINTS: Final = {"LineString": 2, "MultiLineString": 2, "Polygon": 3, "MultiPolygon": 3}
_REASON: Final = re.compile(r"^(?P<what>[^[]*)(?:\[(?P<x>\S+) (?P<y>\S+)\])?")
_AREA_TYPES: Final = frozenset({"Polygon", "MultiPolygon", "GeometryCollection"})
_MULTI: Final[dict[str, Callable[[list[Any]], BaseGeometry]]] = {
    "Point": MultiPoint,
    "LineString": MultiLineString,
    "Polygon": MultiPolygon,
}


def checked(
    geometry: BaseGeometry | None,
    *,
    allowed: Types = ANY_TYPE,
    in_china: bool = True,
    max_vertices: int = MAX_VERTICES,
) -> BaseGeometry:
    """Refuse a geometry that cannot be stored.

    Parameters
    ----------
    geometry
        Longitude and latitude in degrees, EPSG:4490.
    allowed, in_china, max_vertices
        As for :func:`spatial.geometry.read_geometry`.

    Returns
    -------
    BaseGeometry
        The same place in two dimensions, of an accepted type, rings oriented alike.

    Raises
    ------
    GeometryError
        Saying what is wrong and where; ``repaired`` holds what was probably meant.
    """
    if geometry is None:
        raise GeometryError("missing")
    check_numbers(geometry, max_vertices)
    parts = shapely.get_num_geometries(geometry)
    if parts > MAX_PARTS:
        raise GeometryError("too_many_parts", size=int(parts), limit=MAX_PARTS)
    flat = _as_allowed(shapely.force_2d(geometry), allowed)
    _check_position(flat, in_china)
    _check_points(flat)
    _check_validity(flat)
    return shapely.orient_polygons(flat)


def repaired(geometry: BaseGeometry) -> BaseGeometry | None:
    """Make a valid geometry of the same kind from a crossing or collapsed one.

    Parameters
    ----------
    geometry
        Any geometry with finite coordinates.

    Returns
    -------
    BaseGeometry or None
        Areas stay areas (a bow tie becomes two), others are returned as they are made
        valid; None if nothing of that kind is left.
    """
    try:
        valid = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    except GEOSException:
        return None
    if geometry.geom_type in _AREA_TYPES:
        parts = shapely.get_parts(shapely.get_parts(valid))
        areas = parts[(shapely.get_dimensions(parts) == 2) & (shapely.area(parts) > 0.0)]
        # Pieces may share an edge, which one multipolygon may not.
        whole = shapely.union_all(areas)
        return None if whole.is_empty else whole
    return None if valid.is_empty else valid


def check_numbers(geometry: BaseGeometry, max_vertices: int) -> None:
    """Refuse what no later step can handle.

    Parameters
    ----------
    geometry
        In any system.
    max_vertices
        Most vertices that are accepted.

    Raises
    ------
    GeometryError
        If it is empty, has too many vertices or one that is not finite.
    """
    if geometry.is_empty:
        raise GeometryError("empty")
    xy = shapely.get_coordinates(geometry)
    if len(xy) > max_vertices:
        raise GeometryError("too_many_vertices", size=len(xy), limit=max_vertices)
    lost = np.flatnonzero(~np.isfinite(xy).all(axis=1))
    if lost.size:
        raise GeometryError("not_finite", vertex=int(lost[0]) + 1)


def _as_allowed(geometry: BaseGeometry, allowed: Types) -> BaseGeometry:
    found = geometry.geom_type
    if found in allowed:
        return geometry
    parts = shapely.get_parts(geometry)
    if len(parts) == 1 and parts[0].geom_type in allowed:
        only: BaseGeometry = parts[0]
        return only
    if f"Multi{found}" in allowed:
        return _MULTI[found]([geometry])
    raise GeometryError("wrong_type", found=found, allowed=", ".join(allowed))


def _check_position(geometry: BaseGeometry, in_china: bool) -> None:
    lon, lat = shapely.get_coordinates(geometry).T
    off_earth = (np.abs(lon) > 180.0) | (np.abs(lat) > 90.0)
    foreign = ~_in_china(lon, lat)
    wrong = np.flatnonzero(off_earth | foreign if in_china else off_earth)
    if not wrong.size:
        return
    at = int(wrong[0])
    place = {"vertex": at + 1, "lon": float(lon[at]), "lat": float(lat[at])}
    if np.all(_in_china(lat, lon)):
        error = GeometryError("swapped", **place, swapped_lon=place["lat"], swapped_lat=place["lon"])
        error.repaired = shapely.transform(geometry, lambda xy: xy[:, ::-1])
        raise error
    raise GeometryError("out_of_range" if off_earth[at] else "outside_china", **place)


def _in_china(lon: FloatArray, lat: FloatArray) -> NDArray[np.bool_]:
    west, south, east, north = CHINA_BBOX
    return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


def _check_points(geometry: BaseGeometry) -> None:
    needed = _LEAST_POINTS.get(geometry.geom_type, 1)
    pieces = shapely.get_parts(geometry)
    rings = shapely.get_rings(pieces) if needed == 3 else pieces
    for ring in rings:
        size = len(np.unique(shapely.get_coordinates(ring), axis=0))
        if size < needed:
            found = geometry.geom_type
            raise GeometryError("too_few_points", found=found, needed=needed, size=size)


def _check_validity(geometry: BaseGeometry) -> None:
    if geometry.is_valid:
        if geometry.geom_type in AREAS and geometry.area == 0.0:
            raise GeometryError("no_area")
        return
    reason = _REASON.match(shapely.is_valid_reason(geometry))
    what = reason["what"] if reason else ""
    better = repaired(geometry)
    if better is None:
        raise GeometryError("no_area")
    lon, lat = (float(reason[k] or 0.0) if reason else 0.0 for k in "xy")
    place = {"lon": round(lon, 7), "lat": round(lat, 7)}
    crossing = "intersection" in what.lower()
    error = (
        GeometryError("self_crossing", **place) if crossing else GeometryError("invalid", **place, detail=what.strip())
    )
    error.repaired = better
    raise error
