"""What can be drawn of a geometry that cannot be kept, so that people see where it goes wrong."""

from __future__ import annotations

import re
import struct
from typing import Final

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from spatial.crs import FloatArray
from spatial.errors import GeometryError

_PAIR: Final = re.compile(r"(?<![\w.])([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)[,\s]+([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)")
_MOST_PAIRS: Final = 100_000
_POLYGON: Final = 3
_MULTI_POLYGON: Final = 6
_RING_POINTS: Final = 4


def drawable(xy: FloatArray) -> BaseGeometry | None:
    """Draw vertices as they follow each other: a point, or a line through all that are on earth.

    Parameters
    ----------
    xy
        Longitude and latitude of each vertex, shape (n, 2).

    Returns
    -------
    BaseGeometry or None
        None where no vertex can be drawn.
    """
    on_earth = np.isfinite(xy).all(axis=1) & (np.abs(xy) <= (180.0, 90.0)).all(axis=1)
    known = xy[on_earth]
    if not len(known):
        return None
    return Point(known[0]) if len(np.unique(known, axis=0)) == 1 else LineString(known)


def drawn_parts(geometry: BaseGeometry) -> BaseGeometry | None:
    """Draw a geometry that cannot be kept: as it is where it can be, else the way its vertices go.

    Parameters
    ----------
    geometry
        Degrees; anything that a file may hold.

    Returns
    -------
    BaseGeometry or None
        Two-dimensional; None where nothing of it is on earth.
    """
    flat = shapely.force_2d(geometry)
    xy = shapely.get_coordinates(flat)
    if not len(xy):
        return None
    whole = np.isfinite(xy).all() and (np.abs(xy) <= (180.0, 90.0)).all()
    return flat if whole and flat.geom_type != "GeometryCollection" else drawable(xy)


def pairs_in(text: str) -> FloatArray:
    """Find the pairs of numbers in a text that could not be read as a geometry.

    Parameters
    ----------
    text
        Broken WKT, GeoJSON or anything else.

    Returns
    -------
    FloatArray
        Shape (n, 2), in the order they stand.
    """
    found = [(float(one[1]), float(one[2])) for one, _ in zip(_PAIR.finditer(text), range(_MOST_PAIRS), strict=False)]
    return np.array(found, dtype=float).reshape(-1, 2)


def vertices_of_broken_wkb(value: bytes) -> tuple[FloatArray, GeometryError]:
    """Read the vertices of well-known binary that no library takes, and say what is wrong with it.

    Parameters
    ----------
    value
        What a file held as a geometry.

    Returns
    -------
    tuple[FloatArray, GeometryError]
        Vertices, shape (n, 2); ``too_few_points`` or ``unclosed`` where a ring shows it, else
        ``unreadable``.
    """
    walk = _Walk(value)
    try:
        walk.geometry()
    except (struct.error, ValueError, RecursionError):
        walk.fault = walk.fault or GeometryError("unreadable", format="WKB")
    fault = walk.fault or GeometryError("unreadable", format="WKB")
    return np.array(walk.vertices, dtype=float).reshape(-1, 2), fault


class _Walk:
    """Goes through well-known binary of areas, keeping every vertex."""

    def __init__(self, value: bytes) -> None:
        self.value, self.at = value, 0
        self.vertices: list[tuple[float, float]] = []
        self.fault: GeometryError | None = None

    def geometry(self) -> None:
        order = "<" if self.take("<B") == 1 else ">"
        code = self.take(f"{order}I")
        if code & 0x20000000:
            self.take(f"{order}I")
        # Both ways of saying that there are heights and measures.
        size = 2 + bool(code & 0x80000000) + bool(code & 0x40000000) + (0, 1, 1, 2)[code % 10_000 // 1000 % 4]
        kind = code % 1000 & 0xFF
        if kind == _MULTI_POLYGON:
            for _ in range(self.count(order, 9)):
                self.geometry()
        elif kind == _POLYGON:
            for _ in range(self.count(order, 4)):
                self.ring(order, size)
        else:
            raise ValueError("not an area")

    def ring(self, order: str, size: int) -> None:
        points = [self.take_all(f"{order}{size}d")[:2] for _ in range(self.count(order, 8 * size))]
        self.vertices += [(x, y) for x, y in points]
        different = len(set(points))
        if different < _RING_POINTS - 1:
            self.fault = self.fault or GeometryError("too_few_points", found="Polygon", needed=3, size=different)
        elif points[0] != points[-1]:
            self.fault = self.fault or GeometryError("unclosed")

    def count(self, order: str, least_bytes: int) -> int:
        found = int(self.take(f"{order}I"))
        if found * least_bytes > len(self.value) - self.at:
            raise ValueError("cut off")
        return found

    def take(self, layout: str) -> int:
        return int(self.take_all(layout)[0])

    def take_all(self, layout: str) -> tuple[float, ...]:
        found = struct.unpack_from(layout, self.value, self.at)
        self.at += struct.calcsize(layout)
        return found
