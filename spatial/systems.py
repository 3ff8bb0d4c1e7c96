"""Pairs of numbers of many rows: in which system each was written, told from its size.

The systems used in China leave each other alone: a pair fits one of them, and one order of its
two numbers, or none. What size cannot tell is the zone of eastings without a zone number and
the datum of degrees; both are found by fit (:mod:`spatial.fitting`) or asked for.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spatial.crs import (
    MERCATOR_HALF_M,
    PLAIN_ZONES,
    PREFIXED_ZONES,
    FloatArray,
    lonlat_from_mercator,
    to_storage,
)
from spatial.errors import CRSError

LON: Final = (73.0, 136.0)
LAT: Final = (3.0, 54.0)
FIRST_ZONE: Final = 25
_EASTING: Final = (1e5, 9e5)
_NORTHING: Final = (0.3e6, 6.0e6)
# Below 900 km a northing could be an easting too, but no county of ours lies there.
_PLAIN_NORTHING: Final = (1.8e6, 6.0e6)
_MERCATOR_X: Final = (LON[0] * MERCATOR_HALF_M / 180, LON[1] * MERCATOR_HALF_M / 180)
_MERCATOR_Y: Final = (0.33e6, 7.17e6)


class System(IntEnum):
    """How the two numbers of a pair are to be understood."""

    UNKNOWN = 0
    DEGREES = 1
    PREFIXED = 2
    """Gauss-Kruger, the zone in front of the easting."""
    PLAIN = 3
    """Gauss-Kruger, six-digit eastings: the zone must be known from elsewhere."""
    MERCATOR = 4
    """Web mercator metres."""
    MICRODEGREES = 5
    """Degrees times a million."""
    TENTH_MICRODEGREES = 6
    """Degrees times ten million."""


SCALES: Final = {System.MICRODEGREES: 1e6, System.TENTH_MICRODEGREES: 1e7}
GEOGRAPHIC: Final = (System.DEGREES, System.MERCATOR, System.MICRODEGREES, System.TENTH_MICRODEGREES)
"""Systems that may stand on a shifted datum: they come from web maps as well as from surveys."""


def tell_systems(first: ArrayLike, second: ArrayLike) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Tell for each pair in which system it was written, and in which order.

    Parameters
    ----------
    first, second
        The two numbers of each pair, shape (n,); not finite where there is none.

    Returns
    -------
    tuple[NDArray[np.int8], NDArray[np.bool_]]
        A :class:`System` for each pair, and whether its second number is the one that goes
        east.
    """
    one, two = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    system = np.zeros(one.shape, dtype=np.int8)
    swapped = np.zeros(one.shape, dtype=bool)
    for is_swapped, (east, north) in ((False, (one, two)), (True, (two, one))):
        for name, fits in _fits(east, north):
            new = fits & (system == System.UNKNOWN)
            system[new] = name
            swapped[new] = is_swapped
    return system, swapped


def zone_numbers(eastings: ArrayLike) -> NDArray[np.int64]:
    """Read the zone in front of eastings of eight digits.

    Parameters
    ----------
    eastings
        Metres, the zone number in the millions.

    Returns
    -------
    NDArray[np.int64]
        25 to 45 for the 3-degree zones of China.
    """
    return np.floor(np.asarray(eastings, dtype=float) / 1e6).astype(np.int64)


def plain_srid(longitude: float) -> int | None:
    """Name the 3-degree zone of a longitude, without zone number in the easting; None outside China."""
    zone = int(np.floor((longitude + 1.5) / 3.0)) - FIRST_ZONE if np.isfinite(longitude) else -1
    return PLAIN_ZONES[zone] if 0 <= zone < len(PLAIN_ZONES) else None


def degrees_of(
    system: ArrayLike, east: ArrayLike, north: ArrayLike, *, zone_srid: int | None = None
) -> tuple[FloatArray, FloatArray]:
    """Convert pairs of many systems to longitude and latitude.

    Parameters
    ----------
    system
        A :class:`System` for each pair, shape (n,).
    east, north
        The numbers that go east and north, shape (n,).
    zone_srid
        EPSG number (4534 to 4554) for eastings without zone number.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        Degrees; a datum is not undone yet. NaN where the system is unknown, a zone is missing
        or a position lies outside its use.
    """
    which = np.asarray(system)
    x, y = np.asarray(east, dtype=float), np.asarray(north, dtype=float)
    lon, lat = np.full(x.shape, np.nan), np.full(x.shape, np.nan)

    def put(chosen: NDArray[np.bool_], found: tuple[FloatArray, FloatArray]) -> None:
        lon[chosen], lat[chosen] = found

    degrees = which == System.DEGREES
    put(degrees, (x[degrees], y[degrees]))
    for name, scale in SCALES.items():
        chosen = which == name
        put(chosen, (x[chosen] / scale, y[chosen] / scale))
    mercator = which == System.MERCATOR
    put(mercator, lonlat_from_mercator(x[mercator], y[mercator]))
    prefixed = which == System.PREFIXED
    for zone in np.unique(zone_numbers(x[prefixed])):
        chosen = prefixed & (zone_numbers(np.where(prefixed, x, 0.0)) == zone)
        put(chosen, convert(x[chosen], y[chosen], PREFIXED_ZONES[int(zone) - FIRST_ZONE]))
    if zone_srid is not None:
        plain = which == System.PLAIN
        put(plain, convert(x[plain], y[plain], zone_srid))
    return lon, lat


def convert(x: ArrayLike, y: ArrayLike, srid: int) -> tuple[FloatArray, FloatArray]:
    """Convert to longitude and latitude as :func:`spatial.crs.to_storage` does, losing single pairs at most.

    Parameters
    ----------
    x, y
        Easting and northing (or longitude and latitude), shape (n,).
    srid
        EPSG number of the system they are in.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        Degrees; NaN for a pair that cannot be converted.

    Raises
    ------
    CRSError
        ``unknown_srid`` if the system is unknown.
    """
    east, north = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    lon, lat = np.full(east.shape, np.nan), np.full(east.shape, np.nan)
    finite = np.isfinite(east) & np.isfinite(north)
    try:
        lon[finite], lat[finite] = to_storage(east[finite], north[finite], srid)
    except CRSError as error:
        if error.code != "transform_failed":
            raise
        for at in np.flatnonzero(finite):
            try:
                lon[at], lat[at] = to_storage(east[at], north[at], srid)
            except CRSError:
                continue
    return lon, lat


def _fits(east: FloatArray, north: FloatArray) -> list[tuple[System, NDArray[np.bool_]]]:
    with np.errstate(invalid="ignore"):
        zone = np.floor(east / 1e6)
        in_zone = _between(zone, (FIRST_ZONE, FIRST_ZONE + len(PREFIXED_ZONES) - 1)) & _between(east % 1e6, _EASTING)
    found = [
        (System.DEGREES, _between(east, LON) & _between(north, LAT)),
        (System.PREFIXED, in_zone & _between(north, _NORTHING)),
        (System.PLAIN, _between(east, _EASTING) & _between(north, _PLAIN_NORTHING)),
        (System.MERCATOR, _between(east, _MERCATOR_X) & _between(north, _MERCATOR_Y)),
    ]
    for name, scale in SCALES.items():
        found.append((name, _between(east / scale, LON) & _between(north / scale, LAT)))
    return found


def _between(values: FloatArray, bounds: tuple[float, float]) -> NDArray[np.bool_]:
    return np.asarray((values >= bounds[0]) & (values <= bounds[1]))
