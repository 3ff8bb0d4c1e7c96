"""Which reading fits: rows that tell two apart decide, and only clearly."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from spatial.datums import from_storage_datum, to_storage_datum
from spatial.drawable import drawable, drawn_parts, pairs_in, vertices_of_broken_wkb
from spatial.fitting import LEAST_TELLING, beats, choose, compare, holding_shape, metres_outside

GEOD = Geod(ellps="GRS80")
SQUARE = shapely.box(106.8, 34.8, 106.82, 34.82)
INSIDE, OUTSIDE = 0.0, 300.0


@given(lon=st.floats(106.7, 106.9), lat=st.floats(34.7, 34.9))
def test_metres_outside_are_those_to_the_nearest_point_of_the_border(lon: float, lat: float) -> None:
    metres = metres_outside([SQUARE], [0], [lon], [lat])[0]
    near = shapely.Point(np.clip(lon, 106.8, 106.82), np.clip(lat, 34.8, 34.82))
    expected = GEOD.inv(lon, lat, near.x, near.y)[2]
    assert metres == pytest.approx(expected, rel=0.01, abs=0.5)
    assert (metres == 0) == SQUARE.intersects(shapely.Point(lon, lat))


def test_a_row_without_area_or_position_is_not_measured() -> None:
    metres = metres_outside([SQUARE, None], [-1, 1, 0, 0], [106.81] * 3 + [np.nan], [34.81] * 4)
    assert np.isnan(metres[[0, 1, 3]]).all()
    assert metres[2] == 0


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60))
def test_of_two_readings_at_most_one_is_chosen_and_never_one_that_fits_worse(rows: list[tuple[bool, bool]]) -> None:
    one, two = (np.array([OUTSIDE if row[at] else INSIDE for row in rows]) for at in (0, 1))
    chosen, fits = choose({"one": one, "two": two})
    assert not (beats(one, two) and beats(two, one))
    if chosen is not None:
        other = "two" if chosen == "one" else "one"
        assert fits[chosen].inside > fits[other].inside
        assert fits[chosen].telling >= LEAST_TELLING


@pytest.mark.parametrize(
    ("telling", "against", "both_out", "chosen"),
    [
        (LEAST_TELLING, 0, 0, "one"),
        (LEAST_TELLING - 1, 0, 0, None),
        (LEAST_TELLING, 2, 0, "one"),
        (LEAST_TELLING, 3, 0, None),
        (LEAST_TELLING, 0, 5, "one"),
        (LEAST_TELLING, 0, 40, None),
    ],
)
def test_the_rule_counts_rows_that_tell(telling: int, against: int, both_out: int, chosen: str | None) -> None:
    alike = 50
    one = np.array([INSIDE] * (telling + alike) + [OUTSIDE] * (against + both_out))
    two = np.array([OUTSIDE] * telling + [INSIDE] * (alike + against) + [OUTSIDE] * both_out)
    assert choose({"one": one, "two": two})[0] == chosen


def test_nothing_to_compare_chooses_nothing() -> None:
    assert choose({}) == (None, {})
    assert choose({"one": np.array([np.nan]), "two": np.array([0.0])})[0] is None
    assert compare({"one": np.array([0.0, 5.0])})["one"].share == 0.5


@given(seed=st.integers(0, 1000), datum=st.sampled_from(["cgcs2000", "gcj02", "bd09"]))
def test_a_hundred_positions_in_villages_tell_their_datum_or_ask(seed: int, datum: str) -> None:
    random = np.random.default_rng(seed)
    shapes = [shapely.box(106.8 + 0.02 * at, 34.8, 106.82 + 0.02 * at, 34.82) for at in range(5)]
    which = random.integers(0, 5, 100)
    lon, lat = 106.8 + 0.02 * (which + random.random(100)), 34.8 + 0.02 * random.random(100)
    x, y = from_storage_datum(lon, lat, datum)
    readings = {
        one: metres_outside(shapes, which, *to_storage_datum(x, y, one)) for one in ("cgcs2000", "gcj02", "bd09")
    }
    assert choose(readings)[0] == datum


def test_the_smaller_area_that_holds_a_position_is_found() -> None:
    inner = shapely.box(106.805, 34.805, 106.81, 34.81)
    assert holding_shape([inner, SQUARE], [106.806, 106.815, 107], [34.806, 34.815, 35]).tolist() == [0, 1, -1]
    assert holding_shape([], [106.8], [34.8]).tolist() == [-1]


@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=8))
def test_whatever_vertices_there_are_something_valid_is_drawn(pairs: list[tuple[float, float]]) -> None:
    drawn = drawable(np.array(pairs, dtype=float).reshape(-1, 2))
    assert drawn is None or (not drawn.is_empty and np.isfinite(shapely.get_coordinates(drawn)).all())


def test_a_crossing_polygon_is_drawn_as_it_is_and_a_broken_one_by_its_vertices() -> None:
    bow = shapely.Polygon([(106, 34), (107, 35), (107, 34), (106, 35)])
    assert drawn_parts(bow) == bow
    assert drawn_parts(shapely.Polygon([(106, 34), (107, 35), (1e9, 34)])).geom_type == "LineString"
    assert drawn_parts(shapely.Polygon()) is None


@given(st.text(max_size=80))
def test_pairs_are_found_in_any_text(text: str) -> None:
    assert pairs_in(text).shape[1] == 2


@given(st.binary(max_size=200))
def test_no_binary_breaks_the_walk(value: bytes) -> None:
    xy, error = vertices_of_broken_wkb(value)
    assert xy.shape[1] == 2
    assert error.code in ("unreadable", "too_few_points", "unclosed")
