"""Coverages: exact tilings, their natural borders, their unions."""

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from spatial.errors import TessellationError
from spatial.tessellation import (
    Outline,
    coverage_faults,
    on_grid,
    roughen,
    union_by,
    voronoi_partition,
)

#   (0,4)-(1,4)       (3,4)-(4,4)     two towers on one foot: a cell of the left
#     |     |           |     |       tower can reach over into the right one
#     |   (1,1)-------(3,1)   |
#   (0,0)-----------------(4,0)
TWO_TOWERS = Polygon([(0, 0), (4, 0), (4, 4), (3, 4), (3, 1), (1, 1), (1, 4), (0, 4)])
COUNTY = shapely.affinity.translate(shapely.affinity.scale(TWO_TOWERS, 0.13, 0.13, origin=(0, 0)), 106.5, 34.6)
WITH_LAKE = box(106.5, 34.6, 107.0, 35.0).difference(box(106.7, 34.75, 106.8, 34.85))
ISLANDS = shapely.MultiPolygon([box(106.5, 34.6, 106.7, 34.8), box(106.8, 34.6, 107.0, 34.8)])
OUTLINES = st.sampled_from([COUNTY, WITH_LAKE, ISLANDS])


def scattered(outline: Outline, n: int, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    west, south, east, north = outline.bounds
    xy = rng.uniform((west, south), (east, north), (n * 20, 2)).round(5)
    xy = np.unique(xy[shapely.contains_xy(outline, xy[:, 0], xy[:, 1])], axis=0)
    return shapely.points(rng.permutation(xy)[:n])


@settings(max_examples=40, deadline=None)
@given(outline=OUTLINES, n=st.integers(1, 60), seed=st.integers(0, 2**32 - 1))
def test_cells_tile_the_outline_and_each_holds_its_point(outline: Outline, n: int, seed: int) -> None:
    points = scattered(outline, n, seed)
    cells = voronoi_partition(points, outline)
    assert len(cells) == len(points)
    assert coverage_faults(cells, outline) == []
    assert shapely.intersects(cells.to_numpy(), points).all()


@settings(max_examples=30, deadline=None)
@given(
    outline=OUTLINES,
    n=st.integers(2, 60),
    seed=st.integers(0, 2**32 - 1),
    amplitude=st.floats(0.0, 0.5),
)
def test_bent_borders_still_tile_the_outline(outline: Outline, n: int, seed: int, amplitude: float) -> None:
    cells = voronoi_partition(scattered(outline, n, seed), outline)
    bent = roughen(cells, rng=np.random.default_rng(seed), amplitude=amplitude)
    assert bent.is_valid.all()
    assert coverage_faults(bent, outline) == []
    labels = np.arange(len(cells)) % 5
    towns = union_by(bent, labels)
    assert coverage_faults(towns, outline) == []
    assert towns.index.tolist() == sorted(set(labels.tolist()))


@settings(max_examples=20, deadline=None)
@given(n=st.integers(2, 60), seed=st.integers(0, 2**32 - 1))
def test_cells_of_a_convex_outline_hold_what_is_nearest(n: int, seed: int) -> None:
    outline = box(106.5, 34.6, 107.0, 35.0)
    points = scattered(outline, n, seed)
    cells = voronoi_partition(points, outline)
    probes = shapely.get_coordinates(scattered(outline, 50, seed + 1))
    stretch = np.array([np.cos(np.radians(34.8)), 1.0])
    gaps = (probes[:, None] - shapely.get_coordinates(points)[None]) * stretch
    distance = np.hypot(gaps[..., 0], gaps[..., 1])
    holds = shapely.intersects_xy(cells.to_numpy()[None, :], probes[:, :1], probes[:, 1:])
    best = distance.min(axis=1, keepdims=True)
    assert np.all(np.where(holds, distance, best) <= best + 1e-6)


def test_a_border_is_bent_for_real_and_the_outline_is_not() -> None:
    cells = voronoi_partition([(106.6, 34.8), (106.9, 34.8)], box(106.5, 34.6, 107.0, 35.0))
    bent = roughen(cells, rng=np.random.default_rng(7))
    border = shapely.intersection(bent.iloc[0], bent.iloc[1])
    assert shapely.length(border) > 0.405
    assert len(shapely.get_coordinates(border)) > 100
    assert bent.union_all().equals(cells.union_all())


def test_the_same_seed_gives_the_same_course() -> None:
    cells = voronoi_partition(scattered(COUNTY, 30, 5), COUNTY)
    first, second, other = (roughen(cells, rng=np.random.default_rng(seed)) for seed in (11, 11, 12))
    assert first.to_wkb().tolist() == second.to_wkb().tolist()
    assert first.to_wkb().tolist() != other.to_wkb().tolist()


def test_a_piece_cut_off_from_its_point_goes_to_the_neighbour() -> None:
    points = shapely.points([(106.565, 34.8), (106.955, 35.1)])
    cells = voronoi_partition(points, COUNTY)
    assert set(cells.geom_type) == {"Polygon"}
    assert coverage_faults(cells, COUNTY) == []


def test_cells_keep_the_index_of_their_points() -> None:
    points = gpd.GeoSeries(scattered(COUNTY, 6, 3), index=list("abcdef"), crs=4490)
    cells = voronoi_partition(points, COUNTY)
    assert cells.index.tolist() == list("abcdef")
    assert roughen(cells, rng=np.random.default_rng(0)).index.tolist() == list("abcdef")
    assert cells.crs == "EPSG:4490"


def test_coordinates_lie_on_the_grid() -> None:
    cells = roughen(voronoi_partition(scattered(COUNTY, 20, 4), COUNTY), rng=np.random.default_rng(4))
    xy = shapely.get_coordinates(cells.to_numpy())
    assert np.array_equal(xy, xy.round(7))


@pytest.mark.parametrize(
    ("points", "code"),
    [
        (np.zeros((0, 2)), "no_points"),
        ([(106.7, 34.9)], "outside"),
        ([(106.55, 34.65), (106.6, 34.65), (106.55, 34.65)], "duplicate"),
    ],
)
def test_points_that_make_no_partition_are_refused(points: object, code: str) -> None:
    with pytest.raises(TessellationError) as caught:
        voronoi_partition(np.asarray(points), COUNTY)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "outline",
    [
        shapely.LineString([(0, 0), (1, 1)]),
        Polygon(),
        Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),
        box(0, 0, 1e-9, 1e-9),
    ],
)
def test_an_outline_without_a_clear_inside_is_refused(outline: Polygon) -> None:
    with pytest.raises(TessellationError) as caught:
        voronoi_partition([(0.5, 0.5)], outline)
    assert caught.value.code == "bad_outline"


def test_as_many_labels_as_cells_are_needed() -> None:
    cells = voronoi_partition([(106.6, 34.65), (106.9, 34.65)], COUNTY)
    with pytest.raises(TessellationError) as caught:
        union_by(cells, ["a"])
    assert caught.value.params == {"cells": 2, "labels": 1}


LEFT, RIGHT, BOTH = box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 0, 2, 1)


@pytest.mark.parametrize(
    ("cells", "kinds"),
    [
        ([LEFT, RIGHT], set()),
        ([LEFT, box(1.1, 0, 2, 1)], {"gap"}),
        ([LEFT, box(0.9, 0, 2, 1)], {"edge", "overlap"}),
        ([LEFT, box(1, 0, 2.1, 1)], {"outside"}),
        ([LEFT, Polygon([(1, 0), (1, 0.5), (1, 1), (2, 1), (2, 0)])], {"edge"}),
        ([LEFT, Polygon()], {"empty"}),
        ([LEFT, Polygon([(1, 0), (2, 1), (2, 0), (1, 1)])], {"invalid"}),
    ],
)
def test_every_fault_of_a_coverage_is_named(cells: list[Polygon], kinds: set[str]) -> None:
    found = coverage_faults(gpd.GeoSeries(cells, crs=4490), BOTH)
    assert {fault.kind for fault in found} == kinds


def test_rounding_to_the_grid_keeps_polygons_valid() -> None:
    sliver = Polygon([(0, 0), (1, 0), (1, 1), (0.5, 1e-8)])
    assert shapely.is_valid(on_grid(sliver))
