"""Reference systems: how coordinates are stored, and what arrives instead.

Stored are CGCS2000 longitude and latitude in degrees (EPSG:4490), longitude first.
WGS 84 agrees with CGCS2000 within centimetres and is taken as the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer
from pyproj.exceptions import CRSError as ProjCRSError

from spatial.errors import CRSError

FloatArray: TypeAlias = NDArray[np.float64]

STORAGE_SRID: Final = 4490
WGS84_SRID: Final = 4326
WEB_MERCATOR_SRID: Final = 3857

GRID_DEG: Final = 1e-7
"""Step of the grid on which made coordinates lie: about a centimetre."""

EARTH_RADIUS_M: Final = 6378137.0
MERCATOR_HALF_M: Final = np.pi * EARTH_RADIUS_M
MERCATOR_MAX_LAT: Final = 85.0511287798066
METRES_PER_DEGREE: Final = MERCATOR_HALF_M / 180.0

CHINA_BBOX: Final = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north of the rectangle in which GCJ-02 is defined."""

PREFIXED_ZONES: Final = range(4513, 4534)
"""SRIDs of the 3-degree zones 25 to 45 with the zone in front of the easting."""

PLAIN_ZONES: Final = range(4534, 4555)
"""SRIDs of the same zones, central meridians 75 to 135, without it."""

_FIRST_ZONE: Final = 25
_LAST_ZONE: Final = 45


@dataclass(frozen=True)
class AxisReading:
    """How pairs of numbers are to be read: their system, and whether north comes first."""

    srid: int
    swapped: bool


def gauss_kruger_srid(lon: float, *, zone_in_easting: bool = True) -> int:
    """Name the 3-degree Gauss-Kruger zone of a longitude.

    Parameters
    ----------
    lon
        Degrees east.
    zone_in_easting
        Whether eastings start with the zone number (8 digits).

    Returns
    -------
    int
        4513 to 4533 with the zone in the easting, 4534 to 4554 without.

    Raises
    ------
    CRSError
        If the longitude lies outside the zones of China.
    """
    zone = int(np.floor((lon + 1.5) / 3.0)) if np.isfinite(lon) else 0
    if not _FIRST_ZONE <= zone <= _LAST_ZONE:
        raise CRSError("no_zone", lon=lon)
    zones = PREFIXED_ZONES if zone_in_easting else PLAIN_ZONES
    return zones[zone - _FIRST_ZONE]


def central_meridian(srid: int) -> int:
    """Give the central meridian of a 3-degree Gauss-Kruger zone, in degrees east.

    Raises
    ------
    CRSError
        If the SRID is none of 4513 to 4554.
    """
    for zones in (PREFIXED_ZONES, PLAIN_ZONES):
        if srid in zones:
            return 3 * (_FIRST_ZONE + zones.index(srid))
    raise CRSError("not_gauss_kruger", srid=srid)


def read_axes(x: ArrayLike, y: ArrayLike) -> AxisReading:
    """Tell from their size in which system pairs of numbers were written.

    Chinese surveys call the northing X and the easting Y, spreadsheets do either.

    Parameters
    ----------
    x, y
        First and second coordinate, shape (n,); numbers that are not finite are ignored.

    Returns
    -------
    AxisReading
        The system, and whether the second coordinate is the one that goes east.

    Raises
    ------
    CRSError
        ``zone_missing`` if eastings have six digits (the zone must be asked for),
        ``cannot_tell`` if the numbers fit no system or several.
    """
    first, second = np.asarray(x, dtype=float).ravel(), np.asarray(y, dtype=float).ravel()
    finite = np.isfinite(first) & np.isfinite(second)
    first, second = first[finite], second[finite]
    if not first.size:
        raise CRSError("cannot_tell", x="-", y="-")
    for east, north, swapped in ((first, second, False), (second, first, True)):
        if _within(east, 73.0, 136.0) and _within(north, 3.0, 54.0):
            return AxisReading(STORAGE_SRID, swapped)
        zone = np.floor(east / 1e6)
        one_zone = bool(np.all(zone == zone[0])) and _FIRST_ZONE <= zone[0] <= _LAST_ZONE
        if one_zone and _within(north, 0.3e6, 6.0e6) and _within(east % 1e6, 1e5, 9e5):
            return AxisReading(PREFIXED_ZONES[int(zone[0]) - _FIRST_ZONE], swapped)
        # Below 900 km a northing could be an easting too, but no county of ours lies there.
        if _within(east, 1e5, 9e5) and _within(north, 1.8e6, 6.0e6):
            raise CRSError("zone_missing", x=f"{east[0]:g}")
    raise CRSError("cannot_tell", x=f"{first[0]:g}", y=f"{second[0]:g}")


def northing_first(x: ArrayLike, y: ArrayLike) -> bool:
    """Tell whether pairs in a zone without number were written north before east.

    Chinese surveys do so; below 900 km a northing could be an easting, but no county lies there.

    Parameters
    ----------
    x, y
        First and second coordinate, shape (n,).

    Returns
    -------
    bool
        True if the first can only be the northing and the second the easting.
    """
    first, second = np.asarray(x, dtype=float).ravel(), np.asarray(y, dtype=float).ravel()
    return bool(first.size) and _within(first, 1.8e6, 6.0e6) and _within(second, 1e5, 9e5)


def to_storage(x: ArrayLike, y: ArrayLike, srid: int) -> tuple[FloatArray, FloatArray]:
    """Convert coordinates of any known system to CGCS2000 longitude and latitude.

    Parameters
    ----------
    x, y
        Easting and northing, or longitude and latitude, shape (n,), in units of ``srid``.
    srid
        EPSG number of the system they are in.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        Longitude and latitude, degrees.

    Raises
    ------
    CRSError
        If the system is unknown, or a position lies outside its use.
    """
    east, north = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if srid in (STORAGE_SRID, WGS84_SRID):
        return east.copy(), north.copy()
    lon, lat = _transformer(srid).transform(east, north)
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    lost = ~(np.isfinite(lon) & np.isfinite(lat))
    if np.any(lost):
        at = int(np.flatnonzero(lost.ravel())[0])
        raise CRSError("transform_failed", x=east.ravel()[at], y=north.ravel()[at], srid=srid)
    return lon, lat


def from_storage(lon: ArrayLike, lat: ArrayLike, srid: int) -> tuple[FloatArray, FloatArray]:
    """Convert CGCS2000 longitude and latitude to another known system.

    Parameters
    ----------
    lon, lat
        Degrees, shape (n,).
    srid
        EPSG number of the wanted system.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        Easting and northing (or longitude and latitude) in units of ``srid``; infinite
        where the system has no such place.

    Raises
    ------
    CRSError
        If the system is unknown.
    """
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    if srid in (STORAGE_SRID, WGS84_SRID):
        return x.copy(), y.copy()
    east, north = _transformer(srid).transform(x, y, direction="INVERSE")
    return np.asarray(east, dtype=float), np.asarray(north, dtype=float)


def mercator_from_lonlat(lon: ArrayLike, lat: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Project longitude and latitude to web mercator (EPSG:3857).

    Parameters
    ----------
    lon, lat
        Degrees; latitudes are clamped to the square of the tile pyramid.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        Metres east and north.
    """
    phi = np.radians(np.clip(np.asarray(lat, dtype=float), -MERCATOR_MAX_LAT, MERCATOR_MAX_LAT))
    east = np.asarray(lon, dtype=float) * METRES_PER_DEGREE
    return east, np.asarray(EARTH_RADIUS_M * np.arctanh(np.sin(phi)))


def lonlat_from_mercator(x: ArrayLike, y: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Bring web mercator metres back to longitude and latitude.

    Parameters
    ----------
    x, y
        Metres east and north.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        Degrees.
    """
    lat = np.degrees(np.arctan(np.sinh(np.asarray(y, dtype=float) / EARTH_RADIUS_M)))
    return np.asarray(x, dtype=float) / METRES_PER_DEGREE, lat


@lru_cache(maxsize=64)
def _transformer(srid: int) -> Transformer:
    try:
        return Transformer.from_crs(srid, STORAGE_SRID, always_xy=True)
    except ProjCRSError:
        raise CRSError("unknown_srid", srid=srid) from None


def _within(values: FloatArray, low: float, high: float) -> bool:
    return bool(np.all((values >= low) & (values <= high)))
