"""Shifted datums, there and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pyproj import Geod

from spatial import datums
from spatial.crs import FloatArray
from spatial.datums import Datum
from spatial.errors import CRSError

GEOD = Geod(ellps="GRS80")
LON = arrays(float, 7, elements=st.floats(73.0, 135.5))
LAT = arrays(float, 7, elements=st.floats(3.0, 53.9))


@given(lon=LON, lat=LAT, datum=st.sampled_from(list(Datum)))
def test_a_position_returns_within_a_centimetre(lon: FloatArray, lat: FloatArray, datum: Datum) -> None:
    shifted = datums.from_storage_datum(lon, lat, datum)
    back = datums.to_storage_datum(*shifted, datum)
    assert np.max(np.abs(np.subtract(back, (lon, lat)))) < 1e-8
    assert np.max(GEOD.inv(lon, lat, *back)[2]) < 0.01


@given(lon=LON, lat=LAT)
def test_gcj02_lies_up_to_seven_hundred_metres_off(lon: FloatArray, lat: FloatArray) -> None:
    distance_m = GEOD.inv(lon, lat, *datums.gcj02_from_wgs84(lon, lat))[2]
    assert np.all(distance_m > 20)
    assert np.all(distance_m < 1000)


def test_the_offset_of_known_places_is_the_published_one() -> None:
    """Beijing, Tian'anmen; Xi'an, the bell tower; Long county."""
    lon, lat = np.array([116.391349, 108.942317, 106.861]), np.array([39.907375, 34.261013, 34.893])
    gcj = datums.gcj02_from_wgs84(lon, lat)
    assert (gcj[0][0], gcj[1][0]) == pytest.approx((116.397590, 39.908778), abs=2e-5)
    distance_m = GEOD.inv(lon, lat, *gcj)[2]
    assert np.all((distance_m > 100) & (distance_m < 700))
    bd = datums.bd09_from_gcj02(*gcj)
    assert np.all(GEOD.inv(*gcj, *bd)[2] > 500)


@given(lon=st.floats(-179, 71.9), lat=st.floats(-80, 80))
def test_a_position_outside_china_is_left_alone(lon: float, lat: float) -> None:
    for datum in Datum:
        x, y = datums.from_storage_datum(lon, lat, datum)
        assert (float(x), float(y)) == (lon, lat)
        x, y = datums.to_storage_datum(lon, lat, datum)
        assert (float(x), float(y)) == (lon, lat)


def test_a_missing_number_stays_missing_and_harms_no_other() -> None:
    lon, _ = datums.to_storage_datum([np.nan, 106.9], [34.9, 34.9], Datum.GCJ02)
    assert np.isnan(lon[0])
    assert lon[1] == pytest.approx(106.9, abs=0.01)


def test_an_unknown_datum_is_refused_with_the_known_ones() -> None:
    with pytest.raises(CRSError) as caught:
        datums.to_storage_datum(106.9, 34.9, "beijing54")
    assert caught.value.key == "crs.unknown_datum"
    assert "gcj02" in str(caught.value)
