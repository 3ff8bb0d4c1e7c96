"""What comes from outside: read, refused with a reason, or offered repaired."""

import json
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box

from spatial import crs, datums
from spatial.errors import CRSError, GeometryError
from spatial.geometry import AREAS, LINES, POINTS, checked, read_geometry, repaired

LON, LAT = 106.861, 34.893
SQUARE = box(106.8, 34.8, 106.9, 34.9)
#  (1,1)  (2,1)
#      \  /        a bow tie crosses itself in the middle
#      /  \
#  (1,0)  (2,0)
BOW_TIE = Polygon([(106.8, 34.8), (106.9, 34.9), (106.9, 34.8), (106.8, 34.9)])


def refused(text: str | None, **options: Any) -> GeometryError:
    with pytest.raises(GeometryError) as caught:
        read_geometry(text, **options)
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        f"POINT ({LON} {LAT})",
        f"point z({LON} {LAT} 812)",
        f"SRID=4490;POINT({LON} {LAT})",
        f"{LON},{LAT}",
        f"  {LON}\t{LAT}\n",
        f"{LON}，{LAT}",
        "１０６．８６１，３４．８９３",
        f"东经{LON}度，北纬{LAT}度",
        f"纬度:{LAT} 经度:{LON}",
        f"lat={LAT}, lng={LON}",
        f"{LAT}N{LON}E",
        "34°53'34.8\"N 106°51'39.6\"E",
        "106°51′39.6″E，34°53′34.8″N",
        "北纬34度53分34.8秒、东经106度51分39.6秒",
        f"N{LAT} E{LON}",
        json.dumps({"type": "Point", "coordinates": [LON, LAT]}),
        json.dumps(
            {
                "type": "Feature",
                "properties": None,
                "geometry": {"type": "Point", "coordinates": [LON, LAT, 3]},
            }
        ),
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [LON, LAT]}}],
            }
        ),
    ],
)
def test_a_point_is_read_however_it_is_written(text: str) -> None:
    found = read_geometry(text, allowed=POINTS)
    assert isinstance(found, Point)
    assert not found.has_z
    assert (found.x, found.y) == pytest.approx((LON, LAT), abs=1e-9)


def test_pairs_of_coordinates_become_a_line_or_a_closed_area() -> None:
    text = "106.8,34.8; 106.9,34.8; 106.9,34.9"
    assert read_geometry(text).geom_type == "LineString"
    assert read_geometry(text, allowed=AREAS).geom_type == "Polygon"
    assert read_geometry(text + "; 106.8,34.8").geom_type == "Polygon"
    assert read_geometry(text, allowed=("MultiPoint",)).geom_type == "MultiPoint"
    assert read_geometry("106.8,34.8\n106.9,34.8", allowed=("MultiPoint",)) == shapely.MultiPoint(
        [(106.8, 34.8), (106.9, 34.8)]
    )


def test_a_ring_left_open_in_geojson_is_closed() -> None:
    ring = [[106.8, 34.8], [106.9, 34.8], [106.9, 34.9]]
    found = read_geometry(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    assert shapely.get_num_coordinates(found) == 4


@pytest.mark.parametrize("srid", [None, 4524])
def test_surveyed_coordinates_are_brought_to_longitude_and_latitude(srid: int | None) -> None:
    (east,), (north,) = crs.from_storage([LON], [LAT], 4524)
    found = read_geometry(f"{east} {north}", srid=srid)
    assert shapely.get_coordinates(found)[0] == pytest.approx((LON, LAT), abs=1e-9)


def test_surveyed_coordinates_may_put_the_northing_first() -> None:
    (east,), (north,) = crs.from_storage([LON], [LAT], 4524)
    found = read_geometry(f"{north},{east}", srid=None)
    assert shapely.get_coordinates(found)[0] == pytest.approx((LON, LAT), abs=1e-9)


def test_a_system_named_in_the_text_counts() -> None:
    (east,), (north,) = crs.from_storage([LON], [LAT], 3857)
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    document = {"type": "Point", "coordinates": [east, north], "crs": named}
    for text in (f"SRID=3857;POINT({east} {north})", json.dumps(document)):
        found = read_geometry(text)
        assert shapely.get_coordinates(found)[0] == pytest.approx((LON, LAT), abs=1e-6)


def test_points_of_a_phone_map_are_shifted_back() -> None:
    x, y = datums.gcj02_from_wgs84(LON, LAT)
    found = read_geometry(f"{float(x)!r} {float(y)!r}", datum="gcj02")
    assert shapely.get_coordinates(found)[0] == pytest.approx((LON, LAT), abs=1e-9)


@pytest.mark.parametrize("text", [None, "", "  \n"])
def test_nothing_is_refused_as_missing(text: str | None) -> None:
    assert refused(text).key == "geometry.missing"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("POLYGON EMPTY", "empty"),
        ('{"type":"Polygon","coordinates":[]}', "empty"),
        ('{"type":"Feature","geometry":null}', "missing"),
        ('{"type":"FeatureCollection","features":[]}', "several"),
        ("POINT(nan 34)", "not_finite"),
        ('{"type":"Point","coordinates":[NaN,34]}', "not_finite"),
        ('{"type":"Point","coordinates":[1e999,34]}', "not_finite"),
        ("POLYGON((106 34,107 35,106 34))", "too_few_points"),
        ('{"type":"Polygon","coordinates":[[[106,34],[107,35]]]}', "too_few_points"),
        ("POLYGON((106 34,107 35,106 34,106 34))", "too_few_points"),
        ("LINESTRING(106 34)", "too_few_points"),
        ("LINESTRING(106 34,106 34)", "too_few_points"),
        ("POLYGON((106 34,107 35,107 34,106 34.5))", "unclosed"),
        ("POLYGON((106 34,106.5 34.5,107 35,106 34))", "no_area"),
        ("POINT(200 34)", "out_of_range"),
        ("POINT(500000 3860000)", "out_of_range"),
        ("POINT(2.35 48.85)", "outside_china"),
        ("POINT(106 34", "unreadable"),
        ("POINT(106)", "unreadable"),
        ("八渡镇大力村", "no_coordinates"),
        ("106.8", "odd_numbers"),
        ("106.8,34.8,106.9", "odd_numbers"),
        ("106.8E 34.8E", "same_axis"),
        ("106°61'E 34°N", "no_coordinates"),
        ("106.8 34.8 <script>alert(1)</script>", "no_coordinates"),
        ("{", "unreadable"),
        ("{}", "unreadable"),
        ('{"type":"Point","coordinates":["a","b"]}', "unreadable"),
        ('{"type":"Point","coordinates":7}', "unreadable"),
        ('{"type":"Feature","geometry":[1]}', "unreadable"),
        ('{"crs":3,"type":"Point","coordinates":[106,34]}', "unreadable"),
        ('{"type":"X","coordinates":' + "[" * 100_000, "unreadable"),
        ("GEOMETRYCOLLECTION(POINT(106 34),LINESTRING(106 34,107 34))", "wrong_type"),
        ("CIRCULARSTRING(106 34,106.5 34.5,107 34)", "unreadable"),
    ],
)
def test_each_fault_is_named(text: str, code: str) -> None:
    assert refused(text).code == code


@given(text=st.text(max_size=60))
def test_no_text_at_all_causes_anything_but_a_clear_refusal(text: str) -> None:
    try:
        found = read_geometry(text, srid=None)
    except (GeometryError, CRSError) as error:
        assert str(error)
    else:
        assert found.is_valid


NUMBERS = st.floats() | st.integers() | st.text(max_size=3) | st.none()
COORDINATES = st.recursive(NUMBERS, lambda inner: st.lists(inner, max_size=5), max_leaves=20)


@given(
    kind=st.sampled_from(["Point", "LineString", "Polygon", "MultiPolygon", "Feature", "x"]),
    coordinates=COORDINATES,
)
def test_no_geojson_causes_anything_but_a_clear_refusal(kind: str, coordinates: Any) -> None:
    try:
        found = read_geometry(json.dumps({"type": kind, "coordinates": coordinates}))
    except GeometryError as error:
        assert str(error)
    else:
        assert found.is_valid


def test_swapped_coordinates_are_recognised_and_offered_in_order() -> None:
    error = refused(f"POLYGON(({LAT} {LON},34.9 106.9,34.8 106.9,{LAT} {LON}))")
    assert error.key == "geometry.swapped"
    assert error.params["swapped_lon"] == LON
    assert error.repaired is not None
    assert checked(error.repaired).bounds[0] == pytest.approx(LON)


def test_a_self_crossing_border_says_where_and_offers_the_repaired_one() -> None:
    error = refused(BOW_TIE.wkt)
    assert error.key == "geometry.self_crossing"
    assert (error.params["lon"], error.params["lat"]) == pytest.approx((106.85, 34.85))
    assert isinstance(error.repaired, MultiPolygon)
    assert checked(error.repaired).area == pytest.approx(0.005)


def test_a_hole_outside_its_shell_says_so() -> None:
    outside = "(107.5 34.8,107.6 34.8,107.6 34.9,107.5 34.8)"
    error = refused(f"POLYGON((106.8 34.8,106.9 34.8,106.9 34.9,106.8 34.8),{outside})")
    assert error.key == "geometry.invalid"
    assert error.repaired is not None


@given(st.lists(st.tuples(st.floats(106, 107), st.floats(34, 35)), min_size=4, max_size=12))
def test_whatever_is_offered_can_be_stored(points: list[tuple[float, float]]) -> None:
    try:
        read_geometry(Polygon(points).wkt, allowed=AREAS)
    except GeometryError as error:
        if error.repaired is not None:
            assert error.repaired.is_valid
            assert error.repaired.geom_type in AREAS


def test_limits_of_size_are_named_with_the_size() -> None:
    circle = Point(LON, LAT).buffer(0.1, 100)
    error = refused(circle.wkt, max_vertices=100)
    assert error.params == {"size": 401, "limit": 100}
    assert refused("POINT" + " " * 4_000_000 + "(1 2)").code == "too_long"
    many = shapely.MultiPoint(np.column_stack([np.linspace(106, 107, 1001), np.full(1001, 34.0)]))
    assert refused(many.wkt).code == "too_many_parts"


def test_a_single_part_fits_its_multi_type_and_back() -> None:
    assert read_geometry(SQUARE.wkt, allowed=("MultiPolygon",)) == MultiPolygon([SQUARE])
    assert read_geometry(MultiPolygon([SQUARE]).wkt, allowed=("Polygon",)).equals(SQUARE)
    line = "LINESTRING(106 34,107 34)"
    assert read_geometry(line, allowed=("MultiLineString",)).geom_type == "MultiLineString"


def test_another_type_than_wanted_is_refused_with_the_wanted_ones() -> None:
    error = refused(SQUARE.wkt, allowed=LINES)
    assert error.params == {"found": "Polygon", "allowed": "LineString, MultiLineString"}


def test_places_abroad_are_accepted_where_asked_for() -> None:
    assert read_geometry("POINT(2.35 48.85)", in_china=False) == Point(2.35, 48.85)


def test_rings_are_oriented_alike() -> None:
    backwards = Polygon(list(SQUARE.exterior.coords)[::-1])
    for given_ring in (SQUARE, backwards):
        found = read_geometry(given_ring.wkt)
        assert isinstance(found, Polygon)
        assert found.exterior.is_ccw


def test_an_unknown_system_is_refused() -> None:
    with pytest.raises(CRSError):
        read_geometry("SRID=999999;POINT(1 2)")


def test_a_geometry_that_is_not_there_is_refused() -> None:
    with pytest.raises(GeometryError) as caught:
        checked(None)
    assert caught.value.code == "missing"


def test_a_collapsed_area_cannot_be_repaired() -> None:
    assert repaired(Polygon([(0, 0), (1, 1), (0, 0), (0, 0)])) is None
    assert repaired(Polygon()) is None
