"""What a verb was given is kept as JSON and comes back the same."""

from __future__ import annotations

import datetime as dt
import json
import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from assets.review.plain import NotPlain, read, written

_coordinates = st.floats(-180, 180, allow_nan=False)
_points = st.builds(lambda x, y: shapely.set_srid(shapely.Point(x, y), 4490), _coordinates, _coordinates)
_lines = st.lists(st.tuples(_coordinates, _coordinates), min_size=2, max_size=5).map(shapely.LineString)
_single = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(st.characters(codec=None, categories=["L", "N", "P", "Z", "C"])),
    st.decimals(allow_nan=False),
    st.fractions(),
    st.dates(),
    st.datetimes().map(lambda moment: moment.replace(fold=0)),
)
_values = st.recursive(
    _single | _points | _lines,
    lambda inner: st.one_of(
        st.lists(inner),
        st.tuples(inner, inner),
        st.dictionaries(st.text(), inner),
        st.frozensets(_single),
    ),
    max_leaves=12,
)


def same(one: object, other: object) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, shapely.geometry.base.BaseGeometry):
        return shapely.to_wkb(one, include_srid=True) == shapely.to_wkb(other, include_srid=True)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))  # type: ignore[arg-type]
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)  # type: ignore[attr-defined,index]
    if isinstance(one, float):
        return one == other and math.copysign(1, one) == math.copysign(1, other)  # type: ignore[arg-type]
    if isinstance(one, frozenset):
        return sorted(map(repr, one)) == sorted(map(repr, other))  # type: ignore[call-overload]
    return one == other if isinstance(one, dt.datetime) else repr(one) == repr(other)


@given(_values)
def test_every_value_comes_back_as_it_was(value: object) -> None:
    assert same(read(json.loads(json.dumps(written(value)))), value)


def test_what_cannot_be_kept_is_refused() -> None:
    with pytest.raises(NotPlain):
        written(object())


def test_a_list_is_not_mistaken_for_one_of_the_kinds() -> None:
    assert read(written(["decimal", "1"])) == ["decimal", "1"]
