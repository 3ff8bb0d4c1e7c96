"""Borders and roads come in as layers; what lies across its neighbours is asked about."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from shapely import LineString, MultiLineString, MultiPolygon, Point, box
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.audit import Deed
from assets.imports.kinds import border, road
from assets.places.models import Road
from assets.regions.borders import attach_borders
from assets.regions.models import Region
from assets.regions.positions import to_column
from tests import factories
from tests.imports.kind_desk import DAY, Ledgers, columns_of, entered, looked_at, told, verdicts


@pytest.fixture
def tree(session: Session) -> factories.Tree:
    made = factories.tree(session)
    attach_borders(session, {"610327": box(106.4, 34.6, 107.2, 35.2)}, level="county", day=DAY, source="测试")
    return made


@pytest.fixture
def county(session: Session, tree: factories.Tree) -> Ledgers:
    made = Ledgers(session, tree.county)
    made.seat("planner", tree.county)
    return made


def drawn(code: str, shape: BaseGeometry, **values: Any) -> dict[str, Any]:
    return {"region_code": code, "geom": to_column(shape)} | values


NORTH, SOUTH = "610327101", "610327102"


def test_a_border_is_attached_as_the_command_does(county: Ledgers, session: Session, tree: factories.Tree) -> None:
    shapes = {NORTH: box(106.5, 34.9, 107.0, 35.1), SOUTH: box(106.5, 34.7, 107.0, 34.9)}
    with session.begin_nested() as outer:
        attach_borders(session, shapes, level="town", day=DAY, source="规划图", schematic=True)
        session.flush()
        both = (tree.north.id, tree.south.id, tree.county.id, tree.city.id)
        expected = [columns_of(session.get_one(Region, number), "geom", "shape") for number in both]
        shown = [session.scalar(select(Region.shape).where(Region.id == number)) for number in both]
        outer.rollback()
    session.expire_all()
    rows = [drawn(code, shape, schematic=True, source="规划图") for code, shape in shapes.items()]
    entered(county, border.KIND, rows)
    assert [columns_of(session.get_one(Region, number), "geom", "shape") for number in both] == expected
    assert [session.scalar(select(Region.shape).where(Region.id == number)) for number in both] == shown
    deeds = session.scalars(select(Deed).where(Deed.action == "regions.attach_borders", Deed.record_id.is_not(None)))
    assert {deed.record_id: (deed.changes or {}).get("source") for deed in deeds} == {
        tree.north.id: "规划图",
        tree.south.id: "规划图",
    }
    assert verdicts(looked_at(county, border.KIND, rows)) == ["same", "same"]


def test_a_border_outside_the_county_is_a_doubt(county: Ledgers) -> None:
    staging = looked_at(county, border.KIND, [drawn(NORTH, box(106.9, 34.9, 107.5, 35.0))])
    assert told(staging) == [(1, "border_outside", "doubt", None)]


def test_borders_across_each_other_are_doubts_in_one_file_and_over_time(county: Ledgers) -> None:
    rows = [drawn(NORTH, box(106.5, 34.8, 107.0, 35.1)), drawn(SOUTH, box(106.5, 34.7, 107.0, 34.9))]
    assert [one[:2] for one in told(looked_at(county, border.KIND, rows))] == [
        (1, "border_overlap"),
        (2, "border_overlap"),
    ]
    entered(county, border.KIND, rows[:1])
    assert [one[1] for one in told(looked_at(county, border.KIND, rows[1:]))] == ["border_overlap"]


def test_a_sliver_between_neighbours_is_none(county: Ledgers) -> None:
    rows = [drawn(NORTH, box(106.5, 34.8999, 107.0, 35.1)), drawn(SOUTH, box(106.5, 34.7, 107.0, 34.9))]
    assert told(looked_at(county, border.KIND, rows)) == []


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (drawn(NORTH, Point(106.6, 34.8)), "border_area"),
        ({"region_code": NORTH}, "border_area"),
        ({"geom": to_column(box(106.5, 34.7, 107.0, 34.9))}, "border_not_named"),
        (drawn("610328", box(106.5, 34.7, 107.0, 34.9)), "region_outside"),
    ],
)
def test_what_is_no_border_of_a_region_is_refused(county: Ledgers, row: dict[str, Any], code: str) -> None:
    staging = looked_at(county, border.KIND, [row])
    assert ([one[1] for one in told(staging)], verdicts(staging)) == ([code], ["rejected"])


def test_a_clerk_brings_no_borders(county: Ledgers, tree: factories.Tree) -> None:
    county.seat("clerk", tree.county)
    staging = looked_at(county, border.KIND, [drawn(NORTH, box(106.5, 34.9, 107.0, 35.1))])
    assert [one[1] for one in told(staging)] == ["region_unreachable"]


LINE = LineString([(106.5, 34.8), (106.6, 34.85)])
ROAD: dict[str, Any] = {"name": "八渡路", "code": "X301", "road_class": "county", "geom": to_column(LINE)}


def test_a_road_is_entered_where_it_is_named(county: Ledgers, session: Session, tree: factories.Tree) -> None:
    [number] = entered(county, road.KIND, [ROAD | {"width_m": Decimal("4.5"), "surface": "混凝土", "town": "八渡镇"}])
    made = session.get_one(Road, number)
    assert (made.region_id, made.width_m, made.surface, made.geom) == (
        tree.north.id,
        Decimal("4.5"),
        "混凝土",
        ROAD["geom"],
    )
    again = looked_at(county, road.KIND, [ROAD | {"width_m": Decimal("4.50"), "town": "八渡镇"}])
    assert verdicts(again) == ["same"]


def test_pieces_of_one_road_bear_one_code(county: Ledgers, session: Session) -> None:
    other = to_column(LineString([(106.7, 34.8), (106.8, 34.85)]))
    rows = [ROAD, ROAD | {"geom": other}]
    one, two = entered(county, road.KIND, rows)
    assert one != two
    assert verdicts(looked_at(county, road.KIND, rows)) == ["same", "same"]
    assert verdicts(looked_at(county, road.KIND, [ROAD | {"geom": other, "surface": "砂石"}])) == ["changed"]


def test_a_code_that_means_one_road_finds_it_where_its_line_was_drawn_anew(county: Ledgers, session: Session) -> None:
    [number] = entered(county, road.KIND, [ROAD])
    anew = to_column(LineString([(106.5, 34.8), (106.55, 34.83), (106.6, 34.85)]))
    assert entered(county, road.KIND, [ROAD | {"geom": anew}]) == [number]
    assert session.get_one(Road, number).geom == anew


def test_one_road_in_two_rows_is_refused(county: Ledgers) -> None:
    entered(county, road.KIND, [ROAD])
    assert [one[1] for one in told(looked_at(county, road.KIND, [ROAD, ROAD]))] == ["road_twice"] * 2


def test_parts_that_meet_become_one_line(county: Ledgers, session: Session) -> None:
    parts = MultiLineString([[(106.5, 34.8), (106.55, 34.82)], [(106.55, 34.82), (106.6, 34.85)]])
    [number] = entered(county, road.KIND, [ROAD | {"geom": to_column(parts)}])
    assert session.get_one(Road, number).region_id == county.area.id


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (
            {"geom": to_column(MultiLineString([[(106.5, 34.8), (106.6, 34.8)], [(106.5, 34.9), (106.6, 34.9)]]))},
            "road_parts",
        ),
        ({"geom": None}, "road_line"),
        ({"width_m": Decimal(0)}, "road_width"),
        ({"width_m": Decimal(10**10)}, "road_width"),
        ({"road_class": None}, "cell_required"),
        ({"record_number": "987654321"}, "record_unknown"),
    ],
)
def test_what_is_no_road_is_refused(county: Ledgers, row: dict[str, Any], code: str) -> None:
    staging = looked_at(county, road.KIND, [ROAD | row])
    assert ([one[1] for one in told(staging)], verdicts(staging)) == ([code], ["rejected"])


def test_a_polygon_border_and_one_of_parts_are_both_kept_whole(county: Ledgers, session: Session) -> None:
    parts = MultiPolygon([box(106.5, 34.9, 106.6, 35.0), box(106.7, 34.9, 106.8, 35.0)])
    [number] = entered(county, border.KIND, [drawn(NORTH, parts)])
    kept = session.scalar(select(Region.geom).where(Region.id == number))
    assert kept == to_column(parts)
