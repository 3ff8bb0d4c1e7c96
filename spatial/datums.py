"""Map datums of China: GCJ-02 and BD-09, to and from CGCS2000.

Phones and most Chinese web maps shift every position by 100 to 700 m (GCJ-02), Baidu by
somewhat more again (BD-09). Shifted positions are converted on the way in and never stored.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spatial.crs import CHINA_BBOX, FloatArray
from spatial.errors import CRSError

_INVERSE_TOLERANCE_DEG: Final = 1e-10
_MAX_ROUNDS: Final = 40
# Krasovsky 1940, on which the GCJ-02 offset is defined.
_GCJ_AXIS_M: Final = 6378245.0
_GCJ_ECCENTRICITY: Final = 0.00669342162296594323
_BD_ANGLE: Final = np.pi * 3000.0 / 180.0

Offset: TypeAlias = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]


class Datum(StrEnum):
    """The datum in which longitude and latitude were recorded."""

    CGCS2000 = "cgcs2000"
    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def is_inside_gcj(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Tell which positions lie in the rectangle where GCJ-02 shifts coordinates.

    Parameters
    ----------
    lon, lat
        Degrees, any shapes that broadcast.

    Returns
    -------
    NDArray[np.bool_]
        True inside, of the broadcast shape.
    """
    x, y = _degrees(lon, lat)
    west, south, east, north = CHINA_BBOX
    return (x >= west) & (x <= east) & (y >= south) & (y <= north)


def gcj02_from_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Shift WGS 84 or CGCS2000 positions to GCJ-02.

    Parameters
    ----------
    lon, lat
        Degrees, any shapes that broadcast.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        Longitude and latitude in GCJ-02, degrees; positions outside China are unchanged.

    Notes
    -----
    The published approximation of the national map offset, 100 to 700 m.
    """
    return _with_offset(lon, lat, _gcj_offset)


def wgs84_from_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Undo the GCJ-02 shift, by fixed-point iteration to better than 1e-9 degrees.

    Parameters
    ----------
    lon, lat
        Degrees in GCJ-02, any shapes that broadcast.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        Longitude and latitude in WGS 84 (and CGCS2000), degrees; positions whose origin
        lies outside China are unchanged.
    """
    return _without_offset(lon, lat, _gcj_offset)


def bd09_from_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Shift GCJ-02 positions to BD-09.

    Parameters
    ----------
    lon, lat
        Degrees in GCJ-02, any shapes that broadcast.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        Longitude and latitude in BD-09, degrees; outside China unchanged.
    """
    return _with_offset(lon, lat, _bd_offset)


def gcj02_from_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Undo the BD-09 shift, by fixed-point iteration to better than 1e-9 degrees.

    Parameters
    ----------
    lon, lat
        Degrees in BD-09, any shapes that broadcast.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        Longitude and latitude in GCJ-02, degrees; outside China unchanged.
    """
    return _without_offset(lon, lat, _bd_offset)


def to_storage_datum(lon: ArrayLike, lat: ArrayLike, datum: Datum | str) -> tuple[FloatArray, FloatArray]:
    """Bring longitude and latitude of any recorded datum to CGCS2000.

    Parameters
    ----------
    lon, lat
        Degrees in ``datum``, any shapes that broadcast.
    datum
        The datum in which the positions were recorded.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        Longitude and latitude in CGCS2000, degrees.

    Raises
    ------
    CRSError
        If the datum is unknown.
    """
    known = _datum(datum)
    if known is Datum.GCJ02:
        return wgs84_from_gcj02(lon, lat)
    if known is Datum.BD09:
        return wgs84_from_gcj02(*gcj02_from_bd09(lon, lat))
    return _degrees(lon, lat)


def from_storage_datum(lon: ArrayLike, lat: ArrayLike, datum: Datum | str) -> tuple[FloatArray, FloatArray]:
    """Bring CGCS2000 positions to the datum of somebody else's map.

    Parameters
    ----------
    lon, lat
        Degrees in CGCS2000, any shapes that broadcast.
    datum
        The datum that is wanted.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        Longitude and latitude in ``datum``, degrees.

    Raises
    ------
    CRSError
        If the datum is unknown.
    """
    known = _datum(datum)
    if known is Datum.GCJ02:
        return gcj02_from_wgs84(lon, lat)
    if known is Datum.BD09:
        return bd09_from_gcj02(*gcj02_from_wgs84(lon, lat))
    return _degrees(lon, lat)


def _with_offset(lon: ArrayLike, lat: ArrayLike, offset: Offset) -> tuple[FloatArray, FloatArray]:
    x, y = _degrees(lon, lat)
    d_lon, d_lat = offset(x, y)
    inside = is_inside_gcj(x, y)
    return np.where(inside, x + d_lon, x), np.where(inside, y + d_lat, y)


def _without_offset(lon: ArrayLike, lat: ArrayLike, offset: Offset) -> tuple[FloatArray, FloatArray]:
    x, y = _degrees(lon, lat)
    found_x, found_y = x, y
    # Offsets vary slowly, so each round gains about two digits.
    for _ in range(_MAX_ROUNDS):
        d_lon, d_lat = offset(found_x, found_y)
        next_x, next_y = x - d_lon, y - d_lat
        step = np.fmax(np.abs(next_x - found_x), np.abs(next_y - found_y))
        found_x, found_y = next_x, next_y
        if not np.any(step > _INVERSE_TOLERANCE_DEG):
            break
    inside = is_inside_gcj(found_x, found_y)
    return np.where(inside, found_x, x), np.where(inside, found_y, y)


def _gcj_offset(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = (20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north = north + (20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi / 3.0 * y)) * 2.0 / 3.0
    north = north + (160.0 * np.sin(np.pi / 12.0 * y) + 320.0 * np.sin(np.pi / 30.0 * y)) * (2.0 / 3.0)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east = east + (20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi / 3.0 * x)) * 2.0 / 3.0
    east = east + (150.0 * np.sin(np.pi / 12.0 * x) + 300.0 * np.sin(np.pi / 30.0 * x)) * (2.0 / 3.0)
    phi = np.radians(lat)
    flattening = 1.0 - _GCJ_ECCENTRICITY * np.sin(phi) ** 2
    meridian_m = _GCJ_AXIS_M * (1.0 - _GCJ_ECCENTRICITY) / flattening**1.5
    parallel_m = _GCJ_AXIS_M / np.sqrt(flattening) * np.cos(phi)
    return np.degrees(east / parallel_m), np.degrees(north / meridian_m)


def _bd_offset(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    radius = np.hypot(lon, lat) + 2e-5 * np.sin(lat * _BD_ANGLE)
    angle = np.arctan2(lat, lon) + 3e-6 * np.cos(lon * _BD_ANGLE)
    return radius * np.cos(angle) + 0.0065 - lon, radius * np.sin(angle) + 0.006 - lat


def _degrees(lon: ArrayLike, lat: ArrayLike) -> tuple[FloatArray, FloatArray]:
    x, y = np.broadcast_arrays(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
    return x.copy(), y.copy()


def _datum(name: Datum | str) -> Datum:
    try:
        return Datum(name)
    except ValueError:
        raise CRSError("unknown_datum", datum=name, known=", ".join(Datum)) from None
