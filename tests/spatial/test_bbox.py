"""Extents from the address line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spatial.bbox import WORLD, clamp_bbox, read_bbox
from spatial.errors import BBoxError


def test_an_extent_is_west_south_east_north() -> None:
    assert read_bbox("106.4, 34.6,107.3,35.2") == (106.4, 34.6, 107.3, 35.2)


def test_an_extent_panned_past_the_edge_is_cut() -> None:
    assert read_bbox("-200,-91,200,91") == WORLD


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_four_numbers"),
        ("1,2,3", "not_four_numbers"),
        ("1,2,3,4,5", "not_four_numbers"),
        ("1,2,3,x", "not_four_numbers"),
        ("1,2,nan,4", "not_four_numbers"),
        ("1,2,inf,4", "not_four_numbers"),
        ("1,2,3,4" + " " * 300, "not_four_numbers"),
        ("," * 10**6, "not_four_numbers"),
        ("1,4,3,2", "upside_down"),
        ("3,2,1,4", "inside_out"),
        ("200,2,210,4", "out_of_range"),
    ],
)
def test_what_is_no_extent_is_refused(text: str, code: str) -> None:
    with pytest.raises(BBoxError) as caught:
        read_bbox(text)
    assert caught.value.code == code


@given(st.text(max_size=30))
def test_no_text_causes_anything_but_a_clear_refusal(text: str) -> None:
    try:
        west, south, east, north = read_bbox(text)
    except BBoxError as error:
        assert str(error)
    else:
        assert -180 <= west <= east <= 180
        assert -90 <= south <= north <= 90


def test_extents_that_share_nothing_cut_to_nothing() -> None:
    assert clamp_bbox((0, 0, 1, 1), (2, 0, 3, 1)) is None
    assert clamp_bbox((0, 0, 2, 2), (1, 1, 3, 3)) == (1, 1, 2, 2)
