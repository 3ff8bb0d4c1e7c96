"""Pairs of numbers: told apart by their size, and brought to degrees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from spatial.crs import PLAIN_ZONES, PREFIXED_ZONES, FloatArray, from_storage, mercator_from_lonlat
from spatial.datum_names import read_datum_name
from spatial.datums import Datum
from spatial.errors import CRSError
from spatial.systems import SCALES, System, convert, degrees_of, plain_srid, tell_systems, zone_numbers

GEOD = Geod(ellps="GRS80")
# Where Chinese counties lie; the zones of a survey reach no further.
LON, LAT = st.floats(75.0, 134.5), st.floats(18.2, 53.5)


def in_zone(lon: float, offset: int = 0) -> int:
    found = plain_srid(lon + 3 * offset)
    return found or plain_srid(lon) or 0


def written(system: System, lon: float, lat: float) -> tuple[FloatArray, FloatArray, int | None]:
    """The two numbers of a place, and the zone that must be known for them."""
    x, y = np.array([lon]), np.array([lat])
    if system in SCALES:
        return x * SCALES[system], y * SCALES[system], None
    if system is System.MERCATOR:
        return *mercator_from_lonlat(x, y), None
    if system is System.PLAIN:
        return *from_storage(x, y, in_zone(lon)), in_zone(lon)
    if system is System.PREFIXED:
        return *from_storage(x, y, PREFIXED_ZONES[PLAIN_ZONES.index(in_zone(lon))]), None
    return x, y, None


@given(lon=LON, lat=LAT, system=st.sampled_from([one for one in System if one]), swapped=st.booleans())
def test_every_system_is_told_by_size_in_either_order_and_lands_within_a_metre(
    lon: float, lat: float, system: System, swapped: bool
) -> None:
    east, north, zone = written(system, lon, lat)
    found, turned = tell_systems(*((north, east) if swapped else (east, north)))
    assert (System(found[0]), bool(turned[0])) == (system, swapped)
    x, y = degrees_of(found, east, north, zone_srid=zone)
    assert GEOD.inv(lon, lat, x[0], y[0])[2] < 0.1


@given(lon=LON, lat=LAT)
def test_many_systems_in_one_column_do_not_disturb_each_other(lon: float, lat: float) -> None:
    systems = [System.DEGREES, System.MERCATOR, System.PREFIXED, System.MICRODEGREES]
    pairs = np.array([[*written(one, lon, lat)[0], *written(one, lon, lat)[1]] for one in systems] + [[np.nan, 1.0]])
    found, turned = tell_systems(pairs[:, 0], pairs[:, 1])
    assert found.tolist() == [*systems, System.UNKNOWN]
    assert not turned.any()
    x, y = degrees_of(found, pairs[:, 0], pairs[:, 1])
    assert np.allclose(x[:-1], lon, atol=1e-6)
    assert np.allclose(y[:-1], lat, atol=1e-6)
    assert np.isnan(x[-1])


@given(pair=st.tuples(st.floats(allow_nan=True), st.floats(allow_nan=True)))
def test_no_pair_of_numbers_breaks_the_telling(pair: tuple[float, float]) -> None:
    system, swapped = tell_systems([pair[0]], [pair[1]])
    east, north = (pair[1], pair[0]) if swapped[0] else pair
    lon, lat = degrees_of(system, [east], [north])
    assert system[0] in (System.UNKNOWN, System.PLAIN) or (np.isfinite(lon[0]) and np.isfinite(lat[0]))


@pytest.mark.parametrize(
    "pair", [(0.0, 0.0), (2.35, 48.85), (-106.0, 34.0), (1e300, 34.0), (np.inf, 34.0), (500.0, 34.0)]
)
def test_what_lies_nowhere_in_china_has_no_system(pair: tuple[float, float]) -> None:
    assert tell_systems([pair[0]], [pair[1]])[0][0] == System.UNKNOWN


def test_a_pair_that_cannot_be_converted_spoils_no_other() -> None:
    east, north = from_storage([106.8], [34.8], 4545)
    lon, lat = convert([east[0], 1e30, np.nan], [north[0], 1e30, 1.0], 4545)
    assert (lon[0], lat[0]) == (pytest.approx(106.8), pytest.approx(34.8))
    assert np.isnan(lon[1:]).all()
    with pytest.raises(CRSError):
        convert([1.0], [1.0], 999_999)


def test_zones_follow_from_eastings_and_longitudes() -> None:
    assert zone_numbers([36512345.0, 35500000.0]).tolist() == [36, 35]
    assert [plain_srid(one) for one in (108.0, 106.4, 75.0, 60.0, np.nan)] == [4545, 4544, 4534, None, None]


@pytest.mark.parametrize(
    ("text", "datum", "srid"),
    [
        ("国家2000", "cgcs2000", None),
        ("CGCS2000", "cgcs2000", None),
        ("WGS-84", "wgs84", None),
        ("EPSG:4326", "wgs84", None),
        ("GCJ－02", "gcj02", None),
        ("高德地图", "gcj02", None),
        ("百度坐标", "bd09", None),
        ("CGCS2000_3_Degree_GK_CM_108E", "cgcs2000", 4545),
        ("CGCS2000 / 3-degree Gauss-Kruger zone 36", "cgcs2000", 4524),
        ("中央子午线108°", "cgcs2000", 4545),
        ("36带", "cgcs2000", 4524),
        ("4545", "cgcs2000", 4545),
        ("Web墨卡托", "wgs84", 3857),
        ("gk-108", "cgcs2000", 4545),
    ],
)
def test_names_of_datums_and_zones_are_understood(text: str, datum: str, srid: int | None) -> None:
    found = read_datum_name(text)
    assert found is not None
    assert (found.datum, found.srid) == (Datum(datum), srid)


@given(text=st.text(max_size=30))
def test_no_text_breaks_the_names(text: str) -> None:
    found = read_datum_name(text)
    assert found is None or found.datum in Datum


@pytest.mark.parametrize("text", ["", "北京54", "西安80", "老坐标", "12345678", "99带"])
def test_what_is_no_name_is_none(text: str) -> None:
    assert read_datum_name(text) is None
