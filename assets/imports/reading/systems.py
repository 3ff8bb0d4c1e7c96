"""The reference system that a layer says it is in."""

from __future__ import annotations

from typing import Final

from pyproj import CRS
from pyproj.exceptions import CRSError

from spatial.crs import PLAIN_ZONES, PREFIXED_ZONES

# Below this share of agreement a system is not taken for one that is known.
_AGREEMENT: Final = 70
_FLATTENING: Final = 298.257222101
_CENTRE_EAST_M: Final = 500_000
_MILLION: Final = 1_000_000
_ZONE_DEG: Final = 3
_FIRST_ZONE: Final = 25
# The figures of a transverse Mercator projection, as EPSG numbers them.
_MERIDIAN, _SCALE, _EAST, _NORTH = "8802", "8805", "8806", "8807"


def srid_of(system: str | None) -> int | None:
    """The EPSG code of a system, as a file spells it; None where it says none or none that is known.

    Zones of CGCS2000 are told by their figures, since programs name them as they like; of a system
    with heights the one of its plan counts.
    """
    if not system:
        return None
    try:
        crs = CRS.from_user_input(system)
        if crs.is_compound:
            crs = crs.sub_crs_list[0]
        if crs.is_bound and crs.source_crs is not None:
            crs = crs.source_crs
        return _zone(crs) or crs.to_epsg(min_confidence=_AGREEMENT)
    except (CRSError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None


def _zone(crs: CRS) -> int | None:
    """The 3-degree zone of CGCS2000 whose figures a system has."""
    ellipsoid, operation = crs.ellipsoid, crs.coordinate_operation
    if ellipsoid is None or operation is None or abs(ellipsoid.inverse_flattening - _FLATTENING) > 1e-7:
        return None
    datum = f"{crs.datum.name if crs.datum else ''} {crs.geodetic_crs.name if crs.geodetic_crs else ''}"
    if not any(word in datum.lower() for word in ("2000", "china", "unknown")):
        return None
    figures = {str(parameter.code): float(parameter.value) for parameter in operation.params}
    meridian, scale = figures.get(_MERIDIAN), figures.get(_SCALE)
    east, north = figures.get(_EAST), figures.get(_NORTH)
    if meridian is None or east is None or scale != 1 or north or meridian % _ZONE_DEG:
        return None
    zone = int(meridian) // _ZONE_DEG
    place = zone - _FIRST_ZONE
    if not 0 <= place < len(PLAIN_ZONES):
        return None
    if east == _CENTRE_EAST_M:
        return PLAIN_ZONES[place]
    return PREFIXED_ZONES[place] if east == zone * _MILLION + _CENTRE_EAST_M else None
