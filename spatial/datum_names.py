"""Names of datums and coordinate systems as ledgers and surveys write them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from spatial.crs import PLAIN_ZONES, PREFIXED_ZONES, STORAGE_SRID, WEB_MERCATOR_SRID, WGS84_SRID
from spatial.datums import Datum

_FIRST_ZONE: Final = 25
_LAST_ZONE: Final = 45
_EPSG: Final = re.compile(r"(?:epsg)?:*(\d{4,6})")
_MERIDIAN: Final = re.compile(r"(?:cm|gk|中央经线|中央子午线|子午线|l0=?)[^0-9]{0,3}(\d{2,3})(?:e|度|°)?(?![0-9])")
_ZONE: Final = re.compile(r"(?:zone|带号)[^0-9]{0,3}(\d{2})(?![0-9])|(?<![0-9])(\d{2})带")
# Looked for in this order: a name may speak of a map maker and of WGS 84 in one breath.
_NAMES: Final[tuple[tuple[Datum, tuple[str, ...]], ...]] = (
    (Datum.BD09, ("bd09", "bdo9", "百度", "baidu")),
    (Datum.GCJ02, ("gcj02", "gcj", "火星", "国测局", "高德", "腾讯", "谷歌中国", "amap", "gaode", "mars")),
    (Datum.CGCS2000, ("cgcs2000", "cgcs", "国家2000", "2000国家", "大地2000", "2000坐标", "2000大地", "国家大地坐标")),
    (Datum.WGS84, ("wgs84", "gps", "北斗", "奥维")),
)


@dataclass(frozen=True)
class Stated:
    """What a text says of its coordinates: their datum, and their system where it is no plain degrees."""

    datum: Datum
    srid: int | None = None


def read_datum_name(text: str) -> Stated | None:
    """Understand the name of a datum or coordinate system.

    Parameters
    ----------
    text
        As it stands in a column “坐标系”, a file's description or an EPSG number.

    Returns
    -------
    Stated or None
        None where the text names none that is known. Gauss-Kruger zones and web mercator
        carry their EPSG number.
    """
    plain = re.sub(r"[\s_\-—()/.,、]+", "", unicodedata.normalize("NFKC", text).lower())
    if numbered := _EPSG.fullmatch(plain):
        return _of_srid(int(numbered[1]))
    if plain == "gk":
        return Stated(Datum.CGCS2000)
    datum = next((known for known, names in _NAMES if any(name in plain for name in names)), None)
    if datum in (None, Datum.CGCS2000):
        if (meridian := _MERIDIAN.search(plain)) and int(meridian[1]) in range(75, 136, 3):
            return Stated(Datum.CGCS2000, PLAIN_ZONES[(int(meridian[1]) - 75) // 3])
        zone = _ZONE.search(plain)
        number = int(zone[1] or zone[2]) if zone else 0
        if _FIRST_ZONE <= number <= _LAST_ZONE:
            return Stated(Datum.CGCS2000, PREFIXED_ZONES[number - _FIRST_ZONE])
    if "墨卡托" in plain or "mercator" in plain:
        return Stated(datum or Datum.WGS84, WEB_MERCATOR_SRID)
    return Stated(datum) if datum else None


def _of_srid(srid: int) -> Stated | None:
    if srid == STORAGE_SRID:
        return Stated(Datum.CGCS2000)
    if srid == WGS84_SRID:
        return Stated(Datum.WGS84)
    if srid in PREFIXED_ZONES or srid in PLAIN_ZONES:
        return Stated(Datum.CGCS2000, srid)
    return Stated(Datum.WGS84, srid) if srid == WEB_MERCATOR_SRID else None
