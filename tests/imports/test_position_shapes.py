"""Lines and areas that rows bring: kept, offered repaired, or drawn only."""

from __future__ import annotations

import dataclasses
import struct
from typing import Any

import numpy as np
import pytest
import shapely
from sqlalchemy.orm import Session

from assets.imports.models import ImportAnswer
from spatial.crs import from_storage
from spatial.datums import from_storage_datum
from tests import factories
from tests.imports.place_desk import ASSETS, Desk, open_desk

BOW = [(106.805, 34.805), (106.815, 34.815), (106.815, 34.805), (106.805, 34.815), (106.805, 34.805)]
TURN = np.linspace(0, 2 * np.pi, 100_001)
CIRCLE = shapely.Polygon(np.column_stack([106.81 + 0.005 * np.cos(TURN), 34.81 + 0.005 * np.sin(TURN)]))
SQUARE = shapely.box(106.805, 34.805, 106.815, 34.815)


@pytest.fixture
def desk(session: Session) -> Desk:
    return open_desk(session)


def layer(*shapes: Any) -> list[dict[str, Any]]:
    return [{"geometry": one if isinstance(one, bytes) else shapely.to_wkb(one), "region": 0} for one in shapes]


def polygon(*rings: list[tuple[float, float]]) -> bytes:
    """Well-known binary that no library would make."""
    value = struct.pack("<BII", 1, 3, len(rings))
    for ring in rings:
        value += struct.pack("<I", len(ring)) + b"".join(struct.pack("<dd", *one) for one in ring)
    return value


def test_areas_and_lines_are_kept(desk: Desk) -> None:
    line = shapely.LineString([(106.801, 34.801), (106.81, 34.81)])
    found = desk.locate(layer(SQUARE, line, shapely.Point(106.81, 34.81)), srid=4490)
    assert found.told() == []
    assert [one.geom_type for one in found.geometries] == ["Polygon", "LineString", "Point"]
    assert found.geometries[0].equals(SQUARE)


def test_a_crossing_border_is_drawn_and_its_repair_taken_only_on_demand(desk: Desk) -> None:
    found = desk.locate(layer(shapely.Polygon(BOW)), srid=4490)
    ((_, code, severity, suggestion),) = found.told("severity", "suggestion")
    assert (code, severity) == ("geometry_repaired", "doubt")
    assert suggestion.startswith("SRID=4490;MULTIPOLYGON")
    assert found.geometries == [None]
    assert found.drawn[0].equals_exact(shapely.Polygon(BOW), 1e-9)
    said = ImportAnswer(kind="confirm", code="geometry_repaired")
    found = desk.locate(layer(shapely.Polygon(BOW)), srid=4490, answers=[said])
    assert found.geometries[0].is_valid
    assert found.geometries[0].geom_type == "MultiPolygon"
    assert found.drawn == [None]
    taken = ImportAnswer(kind="cell", number=1, field="position", answer=suggestion)
    found = desk.locate(layer(shapely.Polygon(BOW)), srid=4490, answers=[taken])
    assert found.told() == []
    assert found.geometries[0].geom_type == "MultiPolygon"


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (polygon([(106.805, 34.805), (106.815, 34.815)]), "geometry_too_few_points"),
        (polygon([(106.805, 34.805), (106.815, 34.815), (106.815, 34.805)]), "geometry_unclosed"),
        (polygon([(106.805, 34.805), (106.81, 34.805), (106.815, 34.805), (106.805, 34.805)]), "geometry_no_area"),
        (polygon([(106.805, 34.805), (np.nan, 34.81), (106.81, 34.83), (106.805, 34.805)]), "geometry_not_finite"),
        (b"\x01\x03\x00", "geometry_unreadable"),
        (b"rubbish", "geometry_unreadable"),
        (struct.pack("<BIIId", 1, 3, 1, 4_000_000_000, 1.0), "geometry_unreadable"),
        (shapely.Polygon(), "geometry_empty"),
        (shapely.Point(), "geometry_empty"),
        (shapely.LineString([(106.805, 34.805)] * 2), "geometry_too_few_points"),
        (shapely.GeometryCollection([SQUARE, shapely.Point(106.81, 34.81)]), "geometry_wrong_type"),
        (shapely.box(2, 48, 3, 49), "geometry_outside_china"),
        (shapely.box(1e9, 1e9, 2e9, 2e9), "geometry_out_of_range"),
        (CIRCLE, "geometry_too_many_vertices"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_drawn_as_far_as_it_can_be(desk: Desk, shape: Any, code: str) -> None:
    found = desk.locate(layer(shape), srid=4490)
    assert found.told("severity") == [(1, code, "error")]
    assert found.geometries == [None]
    hidden = {"geometry_unreadable", "geometry_empty", "geometry_out_of_range"}
    assert (found.drawn == [None]) == (code in hidden)


def test_a_polygon_of_two_points_in_a_cell_is_drawn_as_a_line(desk: Desk) -> None:
    found = desk.locate([{"position": "POLYGON((106.805 34.805, 106.815 34.815))", "region": 0}])
    assert [code for _, code in found.told()] == ["geometry_unclosed"]
    assert found.drawn[0].geom_type == "LineString"


def test_a_type_that_the_kind_does_not_have_is_refused(desk: Desk) -> None:
    kind = dataclasses.replace(ASSETS, geometry=("LineString",))
    found = desk.locate(
        [*layer(SQUARE), {"longitude": "106.81", "latitude": "34.81", "region": 0}], kind=kind, srid=4490
    )
    assert found.codes == {"geometry_wrong_type": [1, 2]}
    assert found.data("geometry_wrong_type") == {"found": "Polygon", "allowed": "LineString"}


def test_heights_are_dropped_and_repeated_vertices_left_out(desk: Desk) -> None:
    ring = [(106.805, 34.805, 900), (106.815, 34.805, 901), (106.815, 34.805, 901), (106.81, 34.815, 905)]
    found = desk.locate(layer(shapely.Polygon(ring)), srid=4490)
    assert found.told("severity") == [(1, "geometry_repeated", "note")]
    assert not found.geometries[0].has_z
    assert len(found.geometries[0].exterior.coords) == 4
    assert found.evidence["heights_left"] == 1


@pytest.mark.parametrize("srid", [4524, 4545])
def test_areas_of_a_survey_land_where_they_are(desk: Desk, srid: int) -> None:
    def convert(xy: Any) -> Any:
        return np.column_stack(from_storage(xy[:, 0], xy[:, 1], srid))

    found = desk.locate(
        layer(shapely.transform(SQUARE, convert), shapely.transform(SQUARE, lambda xy: convert(xy)[:, ::-1]))
    )
    assert found.geometries[0].symmetric_difference(SQUARE).area < 1e-12
    assert found.geometries[1].symmetric_difference(SQUARE).area < 1e-12


def test_areas_on_a_shifted_datum_are_brought_back(desk: Desk) -> None:
    boxes = [shapely.box(x, y, x + 0.001, y + 0.001) for x, y in desk.points(0, 60, inset=0.0006) - 0.0005]
    shifted = [
        shapely.transform(one, lambda xy: np.column_stack(from_storage_datum(xy[:, 0], xy[:, 1], "gcj02")))
        for one in boxes
    ]
    found = desk.locate(layer(*shifted))
    assert found.told() == []
    assert set(found.datums) == {"gcj02"}
    assert all(
        shapely.hausdorff_distance(one, other) < 1e-5 for one, other in zip(found.geometries, boxes, strict=True)
    )


def test_an_exported_area_comes_back_as_it_is(desk: Desk, session: Session) -> None:
    ring = shapely.Point(106.81, 34.81).buffer(0.004)
    kept = factories.asset(session, desk.tree.villages[0], geom=f"SRID=4490;{ring.wkt}")
    text = f"SRID=4490;{shapely.to_wkt(ring, rounding_precision=7)}"
    found = desk.locate([{"position": text, "record_id": kept.id, "region": 0}])
    assert found.told() == []
    assert found.geometries[0].equals_exact(ring, 0)


def test_an_area_that_touches_its_village_lies_there_and_one_beside_it_is_doubted(desk: Desk) -> None:
    _, south, east, north = desk.box(0)
    over = shapely.box(east - 0.001, south + 0.001, east + 0.005, north - 0.001)
    beside = shapely.box(east + 0.001, south + 0.001, east + 0.005, north - 0.001)
    found = desk.locate(layer(over, beside), srid=4490)
    assert found.codes == {"position_outside": [2]}
    assert found.data("position_outside")["where"] == "八渡村"


def test_a_group_of_one_point_is_a_point(desk: Desk) -> None:
    found = desk.locate(layer(shapely.MultiPoint([(106.81, 34.81)])), srid=4490)
    assert (found.told(), found.geometries[0].geom_type) == ([], "Point")


def test_a_broken_area_of_a_survey_is_drawn_where_it_lies(desk: Desk) -> None:
    east, north = from_storage([106.805, 106.815], [34.805, 34.815], 4524)
    found = desk.locate(layer(polygon(list(zip(north.tolist(), east.tolist(), strict=True)))))
    assert [code for _, code in found.told()] == ["geometry_too_few_points"]
    assert shapely.get_coordinates(found.drawn[0]) == pytest.approx(np.array([[106.805, 34.805], [106.815, 34.815]]))


def test_many_areas_outside_are_told_with_where_they_lie(desk: Desk) -> None:
    beside = [shapely.box(x, y, x + 1e-4, y + 1e-4) for x, y in desk.points(1, 30, inset=0.001)]
    found = desk.locate(layer(*beside), srid=4490)
    assert found.codes["position_outside"] == list(range(1, 31))
