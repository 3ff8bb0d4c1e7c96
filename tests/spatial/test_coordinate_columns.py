"""Columns of coordinates, read at once and as each text would be read alone."""

from __future__ import annotations

import math
import string

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from spatial.coordinate_columns import read_binary, read_one_column, read_two_columns
from spatial.coordinate_text import read_angle, read_pair
from spatial.errors import GeometryError, SpatialError
from spatial.written import combined

LON, LAT = st.floats(73, 135), st.floats(3.9, 53.9)
DEGREE, MINUTE, SECOND = (
    st.sampled_from("°º˚度"),
    st.sampled_from("'′’分"),
    st.sampled_from(["''", '"', "″", "”", "秒", "′′"]),
)
ANYTHING = st.text(alphabet=string.printable + "°′″度分秒东经北纬，；、．１２３", max_size=40)


def texts(*values: str | None) -> pa.Array:
    return pa.array(values, pa.string())


@st.composite
def angles(draw: st.DrawFn, low: float, high: float) -> tuple[str, float]:
    """A coordinate as somebody would write it, and what it means."""
    value = draw(st.floats(low, high))
    degrees = int(value)
    minutes = (value - degrees) * 60
    match draw(st.sampled_from(["decimal", "comma", "minutes", "seconds", "hyphens", "spaces"])):
        case "decimal":
            text = f"{value:.7f}"
            return draw(st.sampled_from([text, f"{text}°", f" {text} ", f"+{text}"])), float(text)
        case "comma":
            text = f"{value:.7f}"
            return text.replace(".", ","), float(text)
        case "minutes":
            shown = f"{min(minutes, 59.99999):.5f}"
            return f"{degrees}{draw(DEGREE)}{shown}{draw(MINUTE)}", degrees + float(shown) / 60
        case kind:
            whole, seconds = int(minutes), f"{min(minutes % 1 * 60, 59.999):.3f}"
            sure = degrees + whole / 60 + float(seconds) / 3600
            between = {"hyphens": "-", "spaces": " "}.get(kind)
            if between:
                return f"{degrees}{between}{whole:02d}{between}{seconds}", sure
            return f"{degrees}{draw(DEGREE)}{whole:02d}{draw(MINUTE)}{seconds}{draw(SECOND)}", sure


@given(written=angles(73, 135))
def test_an_angle_means_the_same_however_it_is_written(written: tuple[str, float]) -> None:
    text, value = written
    assert read_angle(text)[0] == pytest.approx(value, abs=1e-9)


@given(lon=angles(73, 135), lat=angles(4, 53))
def test_two_columns_say_what_each_of_their_texts_says(lon: tuple[str, float], lat: tuple[str, float]) -> None:
    found = read_two_columns(texts(lon[0], None), texts(lat[0], None))
    assert found.first[0] == pytest.approx(lon[1], abs=1e-9)
    assert found.second[0] == pytest.approx(lat[1], abs=1e-9)
    assert np.isnan(found.first[1])
    assert not found.faults
    assert not found.half.size


@given(lon=angles(73, 135), lat=angles(4, 53), north_first=st.booleans(), after=st.booleans())
def test_named_axes_come_in_any_order(
    lon: tuple[str, float], lat: tuple[str, float], north_first: bool, after: bool
) -> None:
    if any("," in text or "-" in text or " " in text.strip() for text in (lon[0], lat[0])):
        return
    east, north = (f"{lon[0]}E", f"{lat[0]}N") if after else (f"E{lon[0]}", f"N{lat[0]}")
    found = read_one_column(texts(f"{north}, {east}" if north_first else f"{east}, {north}"))
    assert (found.first[0], found.second[0]) == (pytest.approx(lon[1], abs=1e-9), pytest.approx(lat[1], abs=1e-9))
    assert found.named[0]
    crossed = read_two_columns(texts(north), texts(east))
    assert crossed.first[0] == pytest.approx(lon[1], abs=1e-9)


@given(text=ANYTHING)
def test_a_column_reads_a_text_as_it_is_read_alone(text: str) -> None:
    """Fast ways through a column must not read what the careful one refuses, or otherwise."""
    column = read_two_columns(texts(text), texts("34.5"))
    try:
        value = read_angle(text)[0]
    except SpatialError:
        assert 0 in column.faults or np.isnan(column.first[0]) or column.srid[0] or _is_pair(text)
    else:
        assert column.first[0] == value or math.isclose(column.first[0], value, rel_tol=1e-12) or 34.5 in column.first


def _is_pair(text: str) -> bool:
    try:
        read_pair(text)
    except SpatialError:
        return False
    return True


@given(text=st.one_of(ANYTHING, st.text(max_size=60)))
def test_no_text_breaks_a_column(text: str) -> None:
    found = read_one_column(texts(text, "106.8, 34.8"))
    assert (found.first[1], found.second[1]) == (106.8, 34.8)
    assert 0 in found.faults or not np.isinf(found.first[0])


@given(value=st.binary(max_size=120))
def test_no_binary_breaks_a_column(value: bytes) -> None:
    good = shapely.to_wkb(shapely.Point(106.8, 34.8))
    found = read_binary(pa.array([value, good], pa.binary()))
    assert (found.first[1], found.second[1]) == (106.8, 34.8)


@pytest.mark.parametrize("nothing", ["", " ", "—", "无", "/", "N/A", "null", None])
def test_signs_for_nothing_say_nothing(nothing: str | None) -> None:
    assert not read_two_columns(texts(nothing), texts(nothing)).given[0]
    assert not read_one_column(texts(nothing)).given[0]
    assert read_two_columns(texts(nothing), texts("34.8")).half.tolist() == [0]


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("106,861 34,893", (106.861, 34.893)),
        ("１０６．８６１，３４．８９３", (106.861, 34.893)),
        ("（106.861，34.893）", (106.861, 34.893)),
        ("[106.861, 34.893]", (106.861, 34.893)),
        ("34.893N 106.861E", (106.861, 34.893)),
        ("东经106度51分39.6秒，北纬34度53分34.8秒", (106.861, 34.893)),
        ("106 51 39.6, 34 53 34.8", (106.861, 34.893)),
        ("106.861,34.893,912.5", (106.861, 34.893)),
        ("34.893 106.861 912", (34.893, 106.861)),
        ("X=3864123.5,Y=36512345.2", (3864123.5, 36512345.2)),
        ("POINT Z (106.861 34.893 900)", (106.861, 34.893)),
        ("srid=4490; point(106.861 34.893)", (106.861, 34.893)),
        ('{"type":"Feature","geometry":{"type":"Point","coordinates":[106.861,34.893]}}', (106.861, 34.893)),
        ("POINT(1.06861e2 3.4893E+1)", (106.861, 34.893)),
    ],
)
def test_a_pair_in_one_cell_is_read(text: str, pair: tuple[float, float]) -> None:
    found = read_one_column(texts(text))
    assert (found.first[0], found.second[0]) == pytest.approx(pair, abs=1e-9)


@pytest.mark.parametrize("text", ["107°61′", "107°6′75″", "E106.8 E34.8", "106.8, 34.8, 900, 7", "大力村", "1-2-3-4"])
def test_what_is_no_position_is_a_fault_that_says_so(text: str) -> None:
    assert isinstance(read_one_column(texts(text)).faults[0], GeometryError)


def test_lines_and_areas_are_kept_as_they_are_and_broken_ones_sketched() -> None:
    found = read_one_column(texts("LINESTRING(106 34, 107 35)", "POLYGON((106 34, 107 35))", "SRID=4545;POLYGON EMPTY"))
    assert found.geometry[0].geom_type == "LineString"
    assert found.faults[1].code == "unclosed"
    assert found.sketches[1].tolist() == [[106, 34], [107, 35]]
    assert (found.geometry[2].is_empty, found.srid[2]) == (True, 4545)


def test_a_whole_position_among_longitudes_counts_alone() -> None:
    found = read_two_columns(texts("106.8, 34.8", "POINT(1 2)", "106,8"), texts("99", None, "34,8"))
    assert found.first.tolist() == [106.8, 1.0, 106.8]
    assert found.second.tolist() == [34.8, 2.0, 34.8]
    assert not found.faults


def test_the_first_layer_that_says_something_is_believed() -> None:
    typed, cells = (
        read_one_column(texts(None, "106.1, 34.1", None)),
        read_two_columns(texts("x", "y", "106.3"), texts("34", "34", "34.3")),
    )
    found = combined([typed, cells])
    assert found.first[1:].tolist() == [106.1, 106.3]
    assert list(found.faults) == [0]


def test_columns_encoded_by_their_distinct_texts_are_read_alike() -> None:
    plain = texts("106.8", "E106.9", None)
    encoded = pa.chunked_array([plain.dictionary_encode(), plain.dictionary_encode()])
    found = read_two_columns(encoded, pa.chunked_array([texts("34", "35", None)] * 2))
    assert found.first[[0, 1, 3, 4]].tolist() == [106.8, 106.9, 106.8, 106.9]
