"""What was typed or drawn as a position, read with everything that can be said about it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from app.i18n import lazy_gettext as _l
from app.i18n import translated
from spatial.crs import PLAIN_ZONES, central_meridian
from spatial.datums import Datum
from spatial.errors import GeometryError, SpatialError
from spatial.geometry import read_geometry

LON_LAT = (
    (Datum.CGCS2000.value, _l("CGCS2000 or WGS 84")),
    (Datum.GCJ02.value, _l("GCJ-02: Gaode, Tencent and phone maps")),
    (Datum.BD09.value, _l("BD-09: Baidu map")),
)
PREFIXED = "gk"
MERIDIANS = tuple((f"gk-{central_meridian(srid)}", central_meridian(srid)) for srid in PLAIN_ZONES)
KNOWN = frozenset({code for code, _name in LON_LAT} | {PREFIXED} | {code for code, _degrees in MERIDIANS})
DIGITS = 7


@dataclass(frozen=True)
class Reading:
    """A position as read: a geometry, or what is wrong with it and what was probably meant."""

    geometry: BaseGeometry | None
    message: str = ""
    code: str = ""
    repaired: BaseGeometry | None = None
    at: tuple[float, float] | None = None


def read_position(text: str, datum: str, allowed: Sequence[str]) -> Reading:
    """Read coordinates, WKT or GeoJSON written in ``datum`` (one of :data:`KNOWN`)."""
    options: dict[str, Any] = {"datum": datum}
    if datum == PREFIXED:
        options = {"srid": None}
    elif datum.startswith("gk-") and datum in KNOWN:
        options = {"srid": PLAIN_ZONES[(int(datum[3:]) - 75) // 3]}
    elif datum not in KNOWN:
        options = {}
    try:
        return Reading(read_geometry(text, allowed=allowed, **options))
    except SpatialError as refusal:
        lon, lat = refusal.params.get("lon"), refusal.params.get("lat")
        here = (lon, lat) if isinstance(lon, float) and isinstance(lat, float) else None
        repaired = refusal.repaired if isinstance(refusal, GeometryError) else None
        if repaired is not None and repaired.geom_type not in allowed and "Multi" in repaired.geom_type:
            repaired = None
        return Reading(None, translated(refusal.template, refusal.params), refusal.code, repaired, here)


def written(geometry: BaseGeometry) -> str:
    """A geometry as it is typed: pairs a line, or WKT where there are several parts."""
    if geometry.geom_type in ("Point", "LineString") or (
        geometry.geom_type == "Polygon" and not shapely.get_num_interior_rings(geometry)
    ):
        pairs = shapely.get_coordinates(geometry)
        return "\n".join(f"{_number(lon)}, {_number(lat)}" for lon, lat in pairs)
    return shapely.to_wkt(geometry, rounding_precision=DIGITS)


def geojson(geometry: BaseGeometry | None) -> dict[str, Any] | None:
    """The geometry as a GeoJSON object, as plain lists."""
    if geometry is None:
        return None
    return json.loads(shapely.to_geojson(geometry))  # type: ignore[no-any-return]


def _number(degrees: float) -> str:
    return f"{degrees:.{DIGITS}f}".rstrip("0").rstrip(".")
