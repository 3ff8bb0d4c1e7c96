"""The ground: cells without gaps, towns in one piece, every village on a road."""

from __future__ import annotations

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely

from demo.county import County
from demo.land import read_outline
from spatial.tessellation import coverage_faults


@pytest.fixture(scope="module")
def villages(county: County) -> pd.DataFrame:
    regions = county["region"]
    return regions[regions["level"] == "village"]


def test_villages_tile_the_county_without_gaps_or_overlaps(villages: pd.DataFrame) -> None:
    cells = gpd.GeoSeries(list(villages["geom"]), crs=4490)
    assert coverage_faults(cells, read_outline()) == []


def test_the_county_keeps_its_outline(county: County) -> None:
    regions = county["region"]
    whole = shapely.union_all(regions.loc[regions["level"] == "village", "geom"].to_numpy(dtype=object))
    border = regions.loc[regions["level"] == "county", "geom"].iloc[0]
    assert whole.equals(border)
    assert shapely.hausdorff_distance(border, read_outline()) < 2e-7


def test_a_town_is_the_union_of_its_villages_in_one_piece(county: County, villages: pd.DataFrame) -> None:
    regions = county["region"]
    for town in regions[regions["level"] == "town"].itertuples():
        parts = villages.loc[villages["parent_id"] == town.id, "geom"].to_numpy(dtype=object)
        assert len(town.shape.geoms) == 1
        assert shapely.union_all(parts).symmetric_difference(town.shape).area < 1e-9


def test_a_village_lies_in_its_own_border_and_height(county: County, villages: pd.DataFrame) -> None:
    places = county["village"].set_index("region_id").loc[villages["id"]]
    inside = shapely.contains(villages["geom"].to_numpy(dtype=object), places["geom"].to_numpy(dtype=object))
    assert inside.all()
    assert places["elevation_m"].between(800, 2466).all()


def test_mountain_villages_are_huge_and_valley_villages_small(villages: pd.DataFrame) -> None:
    area = shapely.area(villages["geom"].to_numpy(dtype=object))
    assert area.max() > 20 * np.quantile(area, 0.1)


def test_every_village_is_reached_by_road(county: County) -> None:
    graph = nx.Graph()
    for line in county["road"]["geom"]:
        graph.add_edge(line.coords[0], line.coords[-1])
    homes = [(p.x, p.y) for p in county["village"]["geom"]]
    reached = nx.node_connected_component(graph, homes[0])
    assert set(homes) <= reached


def test_roads_stay_in_the_county_and_meet_only_at_their_ends(county: County) -> None:
    lines = county["road"]["geom"].to_numpy(dtype=object)
    assert shapely.covered_by(lines, read_outline().buffer(1e-6)).all()
    left, right = shapely.STRtree(lines).query(lines, predicate="crosses")
    assert left.size == 0
    assert right.size == 0


def test_most_assets_with_a_position_lie_in_their_village(county: County, villages: pd.DataFrame) -> None:
    assets = county["asset"]
    placed = assets[assets["geom"].notna()]
    cells = villages.set_index("id")["geom"].loc[placed["region_id"]].to_numpy(dtype=object)
    inside = shapely.intersects(shapely.buffer(cells, 1e-5), placed["geom"].to_numpy(dtype=object))
    assert inside.all()
    assert 0.9 < len(placed) / len(assets) < 0.99
