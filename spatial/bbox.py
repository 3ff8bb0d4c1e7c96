"""Extents: west, south, east, north in degrees."""

from __future__ import annotations

import math
from typing import Final, TypeAlias

from spatial.errors import BBoxError

BBox: TypeAlias = tuple[float, float, float, float]

WORLD: Final[BBox] = (-180.0, -90.0, 180.0, 90.0)
_LONGEST: Final = 200


def read_bbox(text: str) -> BBox:
    """Read ``west,south,east,north``.

    Parameters
    ----------
    text
        Four numbers separated by commas, degrees.

    Returns
    -------
    BBox
        The extent, cut to the range of longitude and latitude (maps can be panned past it).

    Raises
    ------
    BBoxError
        If these are no four finite numbers, the sides are exchanged, or nothing of the
        extent lies on the map.
    """
    try:
        # Split once too often only, so that a flood of commas costs nothing.
        numbers = [float(part) for part in text[:_LONGEST].split(",", 4)]
    except ValueError:
        numbers = []
    if len(numbers) != 4 or len(text) > _LONGEST or not all(map(math.isfinite, numbers)):
        raise BBoxError("not_four_numbers")
    west, south, east, north = numbers
    shown = f"{west:g},{south:g},{east:g},{north:g}"
    if north < south:
        raise BBoxError("upside_down", bbox=shown)
    if east < west:
        raise BBoxError("inside_out", bbox=shown)
    cut = clamp_bbox((west, south, east, north), WORLD)
    if cut is None:
        raise BBoxError("out_of_range", bbox=shown)
    return cut


def clamp_bbox(bbox: BBox, within: BBox) -> BBox | None:
    """Cut an extent to another.

    Parameters
    ----------
    bbox, within
        West, south, east, north in degrees.

    Returns
    -------
    BBox or None
        What they share; None if they share nothing.
    """
    west, south = max(bbox[0], within[0]), max(bbox[1], within[1])
    east, north = min(bbox[2], within[2]), min(bbox[3], within[3])
    return (west, south, east, north) if west <= east and south <= north else None
