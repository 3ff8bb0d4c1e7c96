"""The pyramid of map tiles: addresses, and what a layer says of itself."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from spatial.crs import EARTH_RADIUS_M, MERCATOR_HALF_M, METRES_PER_DEGREE
from spatial.errors import TileAddressError

MAX_ZOOM: Final = 22


@dataclass(frozen=True)
class TileAddress:
    """Zoom, column and row of a tile, counted from the north-west.

    Raises
    ------
    TileAddressError
        If there is no such tile.
    """

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not 0 <= self.z <= MAX_ZOOM:
            raise TileAddressError("zoom_out_of_range", z=self.z, max_zoom=MAX_ZOOM)
        last = (1 << self.z) - 1
        if not (0 <= self.x <= last and 0 <= self.y <= last):
            raise TileAddressError("out_of_range", z=self.z, x=self.x, y=self.y, last=last)

    @property
    def width_m(self) -> float:
        """Width and height in web mercator metres."""
        return 2.0 * MERCATOR_HALF_M / (1 << self.z)

    @property
    def origin_m(self) -> tuple[float, float]:
        """North-western corner in web mercator metres."""
        return self.x * self.width_m - MERCATOR_HALF_M, MERCATOR_HALF_M - self.y * self.width_m

    def bbox(self, margin: float = 0.0) -> tuple[float, float, float, float]:
        """Give west, south, east, north in degrees.

        Parameters
        ----------
        margin
            What to add on each side, as a share of the tile's width.

        Returns
        -------
        tuple[float, float, float, float]
            Degrees, within -180 to 180 and the latitudes of web mercator.
        """
        left, top = self.origin_m
        more = margin * self.width_m
        west, south = _lonlat(left - more, top - self.width_m - more)
        east, north = _lonlat(left + self.width_m + more, top + more)
        return west, south, east, north


def tilejson(
    *,
    name: str,
    tiles: Sequence[str],
    fields: Mapping[str, str],
    min_zoom: int = 0,
    max_zoom: int = 14,
    bounds: tuple[float, float, float, float] | None = None,
    attribution: str = "",
) -> dict[str, Any]:
    """Describe a layer to a map client (TileJSON 3.0.0).

    Parameters
    ----------
    name
        Name of the layer, in the tiles too.
    tiles
        Address templates with ``{z}/{x}/{y}``.
    fields
        Attribute to what it holds.
    min_zoom, max_zoom
        Zooms that are served; clients enlarge the last one.
    bounds
        West, south, east, north in degrees.
    attribution
        Plain text naming the source.

    Returns
    -------
    dict[str, Any]
        Ready for JSON.

    Raises
    ------
    TileAddressError
        If a zoom is out of range.
    """
    for zoom in (min_zoom, max_zoom):
        if not 0 <= zoom <= MAX_ZOOM:
            raise TileAddressError("zoom_out_of_range", z=zoom, max_zoom=MAX_ZOOM)
    described: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": name,
        "scheme": "xyz",
        "tiles": list(tiles),
        "minzoom": min_zoom,
        "maxzoom": max_zoom,
        "vector_layers": [{"id": name, "fields": dict(fields), "minzoom": min_zoom, "maxzoom": max_zoom}],
    }
    if bounds is not None:
        described["bounds"] = list(bounds)
        described["center"] = [
            (bounds[0] + bounds[2]) / 2,
            (bounds[1] + bounds[3]) / 2,
            min_zoom,
        ]
    if attribution:
        described["attribution"] = attribution
    return described


def tolerance_deg(z: int, pixels: float = 0.25) -> float:
    """Give the length in degrees of some pixels of a 512-pixel tile at a zoom.

    Parameters
    ----------
    z
        Zoom.
    pixels
        Number of pixels.

    Returns
    -------
    float
        Degrees of longitude.
    """
    return 360.0 / (1 << z) * pixels / 512.0


def _lonlat(x: float, y: float) -> tuple[float, float]:
    x, y = (max(-MERCATOR_HALF_M, min(MERCATOR_HALF_M, v)) for v in (x, y))
    return x / METRES_PER_DEGREE, math.degrees(math.atan(math.sinh(y / EARTH_RADIUS_M)))
