"""Reference systems: zones, axis order, projections."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatial import crs
from spatial.errors import CRSError


@pytest.mark.parametrize(("lon", "prefixed", "plain"), [(75.0, 4513, 4534), (106.86, 4524, 4545), (135.0, 4533, 4554)])
def test_a_longitude_names_its_zone_with_and_without_prefix(lon: float, prefixed: int, plain: int) -> None:
    assert crs.gauss_kruger_srid(lon) == prefixed
    assert crs.gauss_kruger_srid(lon, zone_in_easting=False) == plain


@pytest.mark.parametrize("srid", [*crs.PREFIXED_ZONES, *crs.PLAIN_ZONES])
def test_every_zone_puts_its_central_meridian_in_the_middle(srid: int) -> None:
    meridian = crs.central_meridian(srid)
    east, north = crs.from_storage([meridian], [35.0], srid)
    assert east[0] % 1e6 == pytest.approx(500_000, abs=1e-3)
    assert (east[0] > 1e6) == (srid in crs.PREFIXED_ZONES)
    lon, lat = crs.to_storage(east, north, srid)
    assert (lon[0], lat[0]) == pytest.approx((meridian, 35.0), abs=1e-9)


@pytest.mark.parametrize("lon", [73.0, 137.0, float("nan"), -100.0])
def test_a_longitude_outside_the_zones_is_refused(lon: float) -> None:
    with pytest.raises(CRSError) as caught:
        crs.gauss_kruger_srid(lon)
    assert caught.value.key == "crs.no_zone"


def test_the_central_meridian_of_another_system_is_refused() -> None:
    with pytest.raises(CRSError) as caught:
        crs.central_meridian(4490)
    assert caught.value.key == "crs.not_gauss_kruger"


LONGITUDES = st.floats(106.4, 107.3)
LATITUDES = st.floats(34.6, 35.2)


@given(lon=LONGITUDES, lat=LATITUDES, swapped=st.booleans())
def test_surveyed_coordinates_tell_their_zone_and_order(lon: float, lat: float, swapped: bool) -> None:
    srid = crs.gauss_kruger_srid(lon)
    east, north = crs.from_storage([lon], [lat], srid)
    pair = (north, east) if swapped else (east, north)
    assert crs.read_axes(*pair) == crs.AxisReading(srid, swapped)


@given(lon=LONGITUDES, lat=LATITUDES, swapped=st.booleans())
def test_degrees_tell_their_order(lon: float, lat: float, swapped: bool) -> None:
    pair = ([lat], [lon]) if swapped else ([lon], [lat])
    assert crs.read_axes(*pair) == crs.AxisReading(crs.STORAGE_SRID, swapped)


@given(lon=LONGITUDES, lat=LATITUDES)
def test_eastings_without_a_zone_must_be_asked_for(lon: float, lat: float) -> None:
    east, north = crs.from_storage([lon], [lat], crs.gauss_kruger_srid(lon, zone_in_easting=False))
    with pytest.raises(CRSError) as caught:
        crs.read_axes(east, north)
    assert caught.value.key == "crs.zone_missing"


@pytest.mark.parametrize(("x", "y"), [([1.0], [2.0]), ([], []), ([36_500_000.0, 40_500_000.0], [3.8e6, 3.8e6])])
def test_numbers_that_fit_no_single_system_are_refused(x: list[float], y: list[float]) -> None:
    with pytest.raises(CRSError) as caught:
        crs.read_axes(x, y)
    assert caught.value.key == "crs.cannot_tell"


def test_an_unknown_system_is_refused() -> None:
    with pytest.raises(CRSError) as caught:
        crs.to_storage([1.0], [2.0], 999_999)
    assert caught.value.key == "crs.unknown_srid"


def test_a_position_the_system_cannot_hold_is_refused_by_its_number() -> None:
    with pytest.raises(CRSError) as caught:
        crs.to_storage([500_000.0, 1e12], [3.8e6, 1e12], 4545)
    assert caught.value.key == "crs.transform_failed"
    assert caught.value.params["x"] == 1e12


@given(lon=st.floats(-180, 180), lat=st.floats(-85, 85))
def test_web_mercator_returns_to_where_it_came_from(lon: float, lat: float) -> None:
    back = crs.lonlat_from_mercator(*crs.mercator_from_lonlat(lon, lat))
    assert np.allclose(back, (lon, lat), atol=1e-9)


def test_web_mercator_agrees_with_proj() -> None:
    lon, lat = np.array([106.86, 73.5, 135.0]), np.array([34.9, 18.2, 53.5])
    assert np.allclose(crs.mercator_from_lonlat(lon, lat), crs.from_storage(lon, lat, 3857), atol=1e-3)
