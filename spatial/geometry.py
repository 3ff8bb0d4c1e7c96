"""Geometries from outside, read into valid shapely geometries in EPSG:4490.

What is wrong is refused with the place and the remedy; a repaired geometry is offered with
the error and never taken unasked.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from spatial.bbox import BBox, clamp_bbox, read_bbox
from spatial.coordinate_text import read_coordinates
from spatial.crs import (
    PLAIN_ZONES,
    STORAGE_SRID,
    WGS84_SRID,
    FloatArray,
    northing_first,
    read_axes,
    to_storage,
)
from spatial.datums import Datum, to_storage_datum
from spatial.errors import GeometryError
from spatial.validity import (
    ANY_TYPE,
    AREAS,
    LINES,
    MAX_VERTICES,
    POINTS,
    Types,
    check_numbers,
    checked,
    repaired,
)

__all__ = [
    "ANY_TYPE",
    "AREAS",
    "LINES",
    "POINTS",
    "BBox",
    "checked",
    "clamp_bbox",
    "parse_geometry",
    "read_bbox",
    "read_geometry",
    "repaired",
]

MAX_CHARACTERS: Final = 4_000_000

_SRID_PREFIX: Final = re.compile(r"^\s*SRID\s*=\s*(\d{1,6})\s*;", re.IGNORECASE)
_EPSG: Final = re.compile(r"EPSG:+(?:[\d.]*:)?(\d{4,6})$", re.IGNORECASE)
_RING_TOO_SHORT: Final = re.compile(r"LinearRing found (\d+)|LinearRing requires", re.IGNORECASE)


def read_geometry(
    text: str | None,
    *,
    allowed: Types = ANY_TYPE,
    srid: int | None = STORAGE_SRID,
    datum: Datum | str = Datum.CGCS2000,
    in_china: bool = True,
    max_vertices: int = MAX_VERTICES,
) -> BaseGeometry:
    """Read WKT, EWKT, GeoJSON or coordinates as people write them.

    Parameters
    ----------
    text
        What was typed, drawn or pasted.
    allowed
        Names of the geometry types that are accepted; a single part is taken out of or put
        into its multi type where only the other is accepted.
    srid
        System of the coordinates, unless the text names it; None to tell it from their size.
    datum
        Datum in which longitude and latitude were recorded.
    in_china
        Whether the place must lie in China.
    max_vertices
        Most vertices that are accepted.

    Returns
    -------
    BaseGeometry
        Valid, two-dimensional, in EPSG:4490, of an accepted type.

    Raises
    ------
    GeometryError
        If the text is no such geometry; the error names the vertex or the place.
    CRSError
        If the system or the datum is unknown or cannot be told.
    """
    if text is None or not text.strip():
        raise GeometryError("missing")
    geometry, named_srid = parse_geometry(text, allowed)
    check_numbers(geometry, max_vertices)
    stored = _stored(geometry, named_srid or srid, datum)
    return checked(stored, allowed=allowed, in_china=in_china, max_vertices=max_vertices)


def parse_geometry(
    text: str, allowed: Types = ANY_TYPE, *, max_characters: int = MAX_CHARACTERS
) -> tuple[BaseGeometry, int | None]:
    """Parse WKT, EWKT, GeoJSON or coordinates without looking at where they lie.

    Parameters
    ----------
    text
        What was typed, drawn or pasted.
    allowed
        Geometry types that unnamed pairs may become.
    max_characters
        Longest text that is read.

    Returns
    -------
    tuple[BaseGeometry, int or None]
        The geometry as written, and the system the text names.

    Raises
    ------
    GeometryError
        If the text is no geometry.
    """
    if len(text) > max_characters:
        raise GeometryError("too_long", size=len(text), limit=max_characters)
    text = text.strip()
    if text.startswith("{"):
        return _from_geojson(text)
    named = _SRID_PREFIX.match(text)
    if named or re.match(r"(?:MULTI|POINT|LINE|POLY|GEOM|CIRC|COMP|CURVE|TIN|TRI)", text, re.I):
        body = text[named.end() :] if named else text
        return _from_wkt(body), int(named[1]) if named else None
    return _from_pairs(read_coordinates(text), allowed), None


def _from_wkt(text: str) -> BaseGeometry:
    try:
        return shapely.from_wkt(text)
    except (ShapelyError, ValueError, TypeError, NotImplementedError) as error:
        raise _construction_error(error, "WKT") from None


def _from_geojson(text: str) -> tuple[BaseGeometry, int | None]:
    try:
        document: Any = json.loads(text)
        named = _EPSG.search(str(document.get("crs", {}).get("properties", {}).get("name", "")))
        features = document.get("features")
        if document.get("type") == "FeatureCollection" and isinstance(features, list):
            if len(features) != 1:
                raise GeometryError("several", size=len(features))
            document = features[0]
        if document.get("type") == "Feature":
            document = document.get("geometry")
        if document is None:
            raise GeometryError("missing")
        return shape(document), int(named[1]) if named else None
    except GeometryError:
        raise
    except (ShapelyError, ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
        raise _construction_error(error, "GeoJSON") from None
    except RecursionError:
        detail = "nested too deeply"
        raise GeometryError("unreadable", format="GeoJSON", detail=detail) from None


def _from_pairs(pairs: FloatArray, allowed: Types) -> BaseGeometry:
    if len(pairs) == 1:
        return Point(pairs[0])
    closed = bool(np.array_equal(pairs[0], pairs[-1])) and len(pairs) > 3
    if not closed and not set(allowed).isdisjoint(LINES):
        return LineString(pairs)
    if set(allowed).isdisjoint(AREAS):
        return shapely.MultiPoint(pairs) if "MultiPoint" in allowed else LineString(pairs)
    if len(pairs) < 3:
        raise GeometryError("too_few_points", found="Polygon", needed=3, size=len(pairs))
    return Polygon(pairs)


def _construction_error(error: Exception, text_format: str) -> GeometryError:
    message = str(error)
    if short := _RING_TOO_SHORT.search(message):
        size = max(int(short[1]) - 1, 1) if short[1] else 2
        return GeometryError("too_few_points", found="Polygon", needed=3, size=size)
    if "point array must contain" in message or "LineStrings must have" in message:
        return GeometryError("too_few_points", found="LineString", needed=2, size=1)
    if "closed linestring" in message:
        return GeometryError("unclosed")
    detail = message.removeprefix("ParseException: ").strip(" .")[:120]
    return GeometryError("unreadable", format=text_format, detail=detail or "syntax")


def _stored(geometry: BaseGeometry, srid: int | None, datum: Datum | str) -> BaseGeometry:
    swapped = False
    if srid is None:
        reading = read_axes(*shapely.get_coordinates(geometry).T)
        srid, swapped = reading.srid, reading.swapped
    elif srid in PLAIN_ZONES:
        swapped = northing_first(*shapely.get_coordinates(geometry).T)

    def convert(xy: FloatArray) -> FloatArray:
        x, y = (xy[:, 1], xy[:, 0]) if swapped else (xy[:, 0], xy[:, 1])
        lon, lat = to_storage(x, y, srid)
        if srid in (STORAGE_SRID, WGS84_SRID):
            lon, lat = to_storage_datum(lon, lat, datum)
        return np.column_stack([lon, lat])

    return shapely.transform(shapely.force_2d(geometry), convert)
