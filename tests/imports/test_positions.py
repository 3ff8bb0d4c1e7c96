"""Where the rows of a ledger lie, whatever their coordinates were written in."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest
import shapely
from pyproj import Geod
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.imports import positions
from assets.imports.keeping import keep_rows
from assets.imports.kinds import kind_of
from assets.imports.models import KINDS, ImportAnswer
from assets.imports.position_claims import one_of
from assets.places.models import Village
from assets.regions.borders import attach_borders
from assets.regions.models import Region
from spatial.crs import FloatArray, from_storage, mercator_from_lonlat
from spatial.datums import from_storage_datum
from tests import factories
from tests.imports.kind_desk import told
from tests.imports.place_desk import ASSETS, Desk, open_desk, two_columns

GEOD = Geod(ellps="GRS80")


@pytest.fixture
def desk(session: Session) -> Desk:
    return open_desk(session)


def rows_of(points: FloatArray, village: int, digits: int = 7) -> list[dict[str, object]]:
    return [
        {"longitude": f"{x:.{digits}f}", "latitude": f"{y:.{digits}f}", "region": village} for x, y in points.tolist()
    ]


def county_rows(desk: Desk, convert: object = None, count: int = 40, digits: int = 7) -> tuple[FloatArray, list]:
    """Positions all over the four villages, and the rows that say them after ``convert``."""
    truth, rows = [], []
    for village in range(4):
        points = desk.points(village, count)
        written = points if convert is None else np.column_stack(convert(points[:, 0], points[:, 1]))
        truth.append(points)
        rows += rows_of(written, village, digits)
    return np.vstack(truth), rows


def village_at(desk: Desk, point: FloatArray) -> Village:
    """The first village's facts, with its own point."""
    region = desk.tree.villages[0]
    return Village(
        name="大力村",
        region_id=region.id,
        kind="village",
        village_class="clustered",
        geom=f"SRID=4490;POINT({point[0]} {point[1]})",
    )


def metres_off(one: FloatArray, other: FloatArray) -> float:
    return float(np.max(GEOD.inv(*one.T, *other.T)[2]))


@pytest.mark.parametrize("datum", ["cgcs2000", "gcj02", "bd09"])
def test_the_borders_tell_the_datum_and_rows_land_within_a_metre(desk: Desk, datum: str) -> None:
    truth, rows = county_rows(desk, lambda lon, lat: from_storage_datum(lon, lat, datum))
    found = desk.locate(rows)
    assert metres_off(found.lonlat, truth) < 1
    assert set(found.datums) == {datum}
    assert found.told() == []
    (evidence,) = found.evidence["datums"]
    assert (evidence["datum"], evidence["by"]) == (datum, "borders")
    assert evidence["readings"][datum]["inside"] == len(rows)


def test_two_readings_that_fit_are_a_question_with_its_evidence(desk: Desk) -> None:
    rows = [row for village in range(4) for row in rows_of(desk.points(village, 5, inset=0.009), village)]
    found = desk.locate(rows)
    assert set(found.codes) == {"places_datum_open"}
    assert len(found.codes["places_datum_open"]) == 20
    (question,) = found.evidence["questions"]
    assert question["code"] == "places_datum_open"
    assert question["data"]["readings"]["gcj02"] == {"rows": 20, "inside": 20, "metres": 0, "telling": 0}


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09"])
def test_whoever_is_asked_and_answers_is_believed(desk: Desk, datum: str) -> None:
    truth = desk.points(0, 5, inset=0.008)
    written = np.column_stack(from_storage_datum(truth[:, 0], truth[:, 1], datum))
    found = desk.locate(rows_of(written, 0), datum=datum)
    assert metres_off(found.lonlat, truth) < 1
    assert set(found.datums) == {datum}
    assert found.told() == []


@pytest.mark.parametrize("srid", [4524, 4545, 4544])
@pytest.mark.parametrize("north_first", [False, True])
def test_eastings_with_and_without_their_zone_land_within_a_metre(desk: Desk, srid: int, north_first: bool) -> None:
    def convert(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
        east, north = from_storage(lon, lat, srid)
        return (north, east) if north_first else (east, north)

    truth, rows = county_rows(desk, convert, 10, 3)
    found = desk.locate(rows)
    assert metres_off(found.lonlat, truth) < 1
    assert found.told() == []
    assert set(found.datums) == {"cgcs2000"}
    assert set(found.qualities) == {"surveyed"}


@pytest.mark.parametrize("scale", [1e6, 1e7])
def test_degrees_in_millionths_are_degrees(desk: Desk, scale: float) -> None:
    truth, rows = county_rows(desk, lambda lon, lat: (lon * scale, lat * scale), digits=0)
    found = desk.locate(rows)
    assert metres_off(found.lonlat, truth) < 1
    assert found.told() == []


def test_web_mercator_is_told_by_its_size(desk: Desk) -> None:
    truth, rows = county_rows(desk, mercator_from_lonlat)
    found = desk.locate(rows)
    assert metres_off(found.lonlat, truth) < 1
    assert found.told() == []


def test_a_file_that_gives_latitude_first_is_read_so(desk: Desk) -> None:
    truth, rows = county_rows(desk, lambda lon, lat: (lat, lon))
    found = desk.locate(rows)
    assert metres_off(found.lonlat, truth) < 1
    assert found.told() == []
    assert found.evidence["swapped"] == {"rows": 160, "of": 160}


def test_a_single_swapped_row_is_shown_with_the_swapped_values(desk: Desk) -> None:
    truth, rows = county_rows(desk)
    rows[3]["longitude"], rows[3]["latitude"] = rows[3]["latitude"], rows[3]["longitude"]
    found = desk.locate(rows)
    assert found.codes == {"position_swapped": [4]}
    ((_, _, severity, suggestion),) = found.told("severity", "suggestion")
    assert severity == "doubt"
    assert np.allclose([float(part) for part in suggestion.split(",")], truth[3], atol=1e-7)
    assert metres_off(found.lonlat, truth) < 1


def test_what_fits_badly_is_said_though_it_is_believed(desk: Desk) -> None:
    truth, rows = county_rows(desk, lambda lon, lat: from_storage_datum(lon, lat, "gcj02"))
    found = desk.locate([row | {"source_datum": "WGS84"} for row in rows])
    assert len(found.codes["position_misfit"]) == len(rows)
    assert found.data("position_misfit")["better"] == "GCJ-02"
    assert set(found.datums) == {"wgs84"}
    assert metres_off(found.lonlat, truth) > 100


def test_whoever_answered_against_the_evidence_is_only_told(desk: Desk) -> None:
    _, rows = county_rows(desk, lambda lon, lat: from_storage_datum(lon, lat, "gcj02"))
    found = desk.locate(rows, datum="wgs84")
    assert {severity for _, code, severity in found.told("severity") if code == "position_misfit"} == {"note"}
    assert [one["severity"] for one in found.evidence["questions"]] == ["note"]


def test_a_column_that_names_the_datum_is_believed_row_by_row(desk: Desk) -> None:
    truth = desk.points(1, 30)
    rows = []
    for point, (datum, name) in zip(
        truth, [("gcj02", "高德"), ("bd09", "百度"), ("cgcs2000", "国家2000")] * 10, strict=True
    ):
        lon, lat = from_storage_datum(point[0], point[1], datum)
        rows += [row | {"source_datum": name} for row in two_columns(np.array([[lon, lat]]), region=1)]
    found = desk.locate(rows)
    assert metres_off(found.lonlat, truth) < 1
    assert found.datums == ["gcj02", "bd09", "cgcs2000"] * 10
    assert found.told() == []


@pytest.mark.parametrize(
    "text",
    [
        "{lon:.7f}, {lat:.7f}",
        "({lon:.7f},{lat:.7f})",
        "N{lat:.7f} E{lon:.7f}",
        "{lat:.7f}N, {lon:.7f}E",
        "POINT({lon:.7f} {lat:.7f})",
        "SRID=4490;POINT({lon:.7f} {lat:.7f})",
        '{{"type": "Point", "coordinates": [{lon:.7f}, {lat:.7f}]}}',
        "经度{lon:.7f}，纬度{lat:.7f}",
    ],
)
def test_a_position_in_one_cell_is_read_however_it_is_written(desk: Desk, text: str) -> None:
    truth = desk.points(2, 3)
    rows = [{"position": text.format(lon=lon, lat=lat), "region": 2} for lon, lat in truth.tolist()]
    found = desk.locate(rows, datum="cgcs2000")
    assert metres_off(found.lonlat, truth) < 1
    assert found.told() == []


def test_eastings_without_a_zone_and_without_borders_are_a_question(session: Session) -> None:
    desk = Desk(session, factories.tree(session))
    truth = desk.points(0, 3)
    east, north = from_storage(truth[:, 0], truth[:, 1], 4545)
    rows = rows_of(np.column_stack([east, north]), 0, 3)
    found = desk.locate(rows)
    assert found.codes == {"places_zone_open": [1, 2, 3]}
    assert found.evidence["questions"][0]["severity"] == "doubt"
    assert metres_off(desk.locate(rows, srid=4545).lonlat, truth) < 1


def test_a_description_of_the_file_names_the_zone(session: Session) -> None:
    desk = Desk(session, factories.tree(session))
    truth = desk.points(0, 3)
    east, north = from_storage(truth[:, 0], truth[:, 1], 4545)
    found = desk.locate(rows_of(np.column_stack([north, east]), 0, 3), srid=4524)
    assert metres_off(found.lonlat, truth) < 1
    assert found.told() == []


def test_numbers_that_cannot_be_what_the_file_says_are_read_by_size_and_doubted(desk: Desk) -> None:
    truth, rows = county_rows(desk, lambda lon, lat: from_storage(lon, lat, 4524), digits=3)
    found = desk.locate(rows, srid=4326)
    assert set(found.codes) == {"position_misstated"}
    assert metres_off(found.lonlat, truth) < 1


def test_another_known_system_is_converted_when_it_is_named(desk: Desk) -> None:
    # Xian 1980 in its 108th meridian's zone: the datum shift is the projection library's.
    truth = desk.points(0, 3)
    east, north = from_storage(truth[:, 0], truth[:, 1], 2381)
    found = desk.locate(rows_of(np.column_stack([east, north]), 0, 3), srid=2381)
    assert metres_off(found.lonlat, truth) < 1


def test_a_position_outside_its_region_is_doubted_with_the_distance_and_the_place(desk: Desk) -> None:
    _, rows = county_rows(desk)
    west, south, *_ = desk.box(1)
    rows[0] |= {"longitude": f"{west + 0.005:.7f}", "latitude": f"{south + 0.01:.7f}"}
    rows[1] |= {"longitude": "106.7", "latitude": "34.5"}
    found = desk.locate(rows)
    assert found.codes == {"position_outside": [1], "position_outside_all": [2]}
    data = found.data("position_outside")
    assert (data["region"], data["where"]) == ("大力村", "八渡村")
    assert data["distance_m"] == pytest.approx(0.005 * 111_320 * np.cos(np.radians(34.81)), abs=3)


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        ("0", "0", "position_zero"),
        ("2.35", "48.85", "position_strange"),
        ("nan", "34.8", "geometry_no_coordinates"),
        ("inf", "34.8", "geometry_no_coordinates"),
        ("1e300", "34.8", "position_strange"),
        ("约106度", "34.8", "geometry_no_coordinates"),
        ("106.8", None, "position_half"),
        ("106.8", "—", "position_half"),
    ],
)
def test_what_is_no_position_in_china_is_refused(desk: Desk, lon: str, lat: str | None, code: str) -> None:
    found = desk.locate([{"longitude": lon, "latitude": lat, "region": 0}], datum="cgcs2000")
    assert found.told("severity") == [(1, code, "error")]
    assert found.geometries == [None]


def test_the_committee_building_is_told_with_the_village_it_stands_for(desk: Desk, session: Session) -> None:
    truth, rows = county_rows(desk)
    spot = truth[0]
    session.add(village_at(desk, spot))
    session.flush()
    for row in rows[:5]:
        row |= {"longitude": f"{spot[0]:.7f}", "latitude": f"{spot[1]:.7f}"}
    rows[5] |= {"longitude": f"{spot[0] + 4e-6:.7f}", "latitude": f"{spot[1]:.7f}"}
    found = desk.locate(rows)
    assert found.codes == {"position_shared_with": [1, 2, 3, 4, 5, 6]}
    assert found.data("position_shared_with") == {"count": 6, "names": 6, "place": "大力村"}


def test_several_things_of_one_name_may_share_a_position(desk: Desk) -> None:
    _, rows = county_rows(desk)
    for row in rows[:8]:
        row |= rows[0] | {"name": "太阳能路灯"}
    assert desk.locate(rows).told() == []


def test_what_the_register_has_at_a_point_is_told(desk: Desk, session: Session) -> None:
    truth, rows = county_rows(desk)
    for name in ("村委会", "卫生室", "文化广场"):
        factories.asset(session, desk.tree.villages[0], name=name, geom=f"SRID=4490;POINT({truth[0][0]} {truth[0][1]})")
    found = desk.locate(rows)
    assert found.told("severity") == [(1, "position_registered", "note")]
    assert found.data("position_registered")["count"] == 3


def test_without_coordinates_the_village_stands_in(desk: Desk, session: Session) -> None:
    session.add(village_at(desk, np.array([106.805, 34.815])))
    session.flush()
    found = desk.locate([{"region": 0, "longitude": None, "latitude": "—"}, {"region": 1, "longitude": None}])
    assert found.told("severity") == [(1, "position_of_village", "note"), (2, "position_of_village", "note")]
    assert found.lonlat[0] == pytest.approx([106.805, 34.815])
    assert shapely.box(*desk.box(1)).contains(found.geometries[1])
    assert found.qualities == ["village_point"] * 2


def test_a_record_keeps_its_position_where_the_row_gives_none(desk: Desk, session: Session) -> None:
    kept = factories.asset(session, desk.tree.villages[0], geom="SRID=4490;POINT(106.805 34.805)", source_datum="gcj02")
    found = desk.locate([{"region": 0, "longitude": None, "latitude": None, "record_id": kept.id}])
    assert found.told() == []
    assert found.lonlat[0] == pytest.approx([106.805, 34.805])
    assert (found.qualities, found.datums) == (["surveyed"], ["gcj02"])


def test_a_kind_that_needs_a_position_refuses_rows_without(desk: Desk) -> None:
    kind = dataclasses.replace(ASSETS, position_needed=True)
    found = desk.locate([{"region": 0, "longitude": None, "latitude": None}], kind=kind)
    assert found.told("severity") == [(1, "position_missing", "error")]


def test_an_exported_position_comes_back_unchanged_whatever_it_was_recorded_in(desk: Desk, session: Session) -> None:
    truth = desk.points(0, 12, inset=0.008)
    rows = []
    for lon, lat in truth.tolist():
        kept = factories.asset(
            session, desk.tree.villages[0], geom=f"SRID=4490;POINT({lon} {lat})", source_datum="gcj02"
        )
        said = {"source_datum": "gcj02", "position_quality": "surveyed", "record_id": kept.id, "region": 0}
        rows.append({"longitude": f"{lon:.7f}", "latitude": f"{lat:.7f}", **said})
    found = desk.locate(rows)
    assert found.told() == []
    assert np.array_equal(found.lonlat, truth)
    assert set(found.datums) == {"gcj02"}


def test_records_that_are_known_tell_the_datum(desk: Desk, session: Session) -> None:
    truth = desk.points(0, 12, inset=0.008)
    rows = []
    for lon, lat in truth.tolist():
        kept = factories.asset(session, desk.tree.villages[0], geom=f"SRID=4490;POINT({lon} {lat})")
        x, y = from_storage_datum(lon, lat, "bd09")
        rows.append({"longitude": f"{x:.7f}", "latitude": f"{y:.7f}", "record_id": kept.id, "region": 0})
    found = desk.locate(rows)
    assert found.told() == []
    assert metres_off(found.lonlat, truth) < 1
    assert found.evidence["datums"][0]["by"] == "register"


def test_a_position_typed_in_the_preview_is_read_instead(desk: Desk) -> None:
    rows = [{"longitude": "x", "latitude": "34.8", "region": 0}]
    answer = ImportAnswer(kind="cell", number=1, field="position", answer="106.81, 34.81")
    found = desk.locate(rows, datum="cgcs2000", answers=[answer])
    assert found.told() == []
    assert found.lonlat[0] == pytest.approx([106.81, 34.81])


def test_a_border_that_has_moved_since_the_preview_is_noticed(desk: Desk, session: Session) -> None:
    _, rows = county_rows(desk)
    staging = desk.locate(rows).staging
    staging.set({"verdict": "new"})
    staging.batch.checked_at = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    keep_rows(staging)
    positions.recheck(staging)
    assert told(staging) == []
    attach_borders(
        session,
        {desk.tree.villages[0].code: shapely.box(107, 34, 107.1, 34.1)},
        level="village",
        day=factories.DAY,
        source="test",
        schematic=False,
    )
    positions.recheck(staging)
    assert [number for number, code, *_ in told(staging)] == list(range(1, 41))


def test_swapped_values_that_are_taken_end_the_doubt(desk: Desk) -> None:
    truth, rows = county_rows(desk)
    rows[3]["longitude"], rows[3]["latitude"] = rows[3]["latitude"], rows[3]["longitude"]
    ((_, _, field, suggestion),) = desk.locate(rows).told("field", "suggestion")
    rows[3][field] = suggestion
    found = desk.locate(rows)
    assert found.told() == []
    assert metres_off(found.lonlat, truth) < 1


def test_a_datum_nobody_knows_is_doubted(desk: Desk) -> None:
    _, rows = county_rows(desk)
    rows[0]["source_datum"] = "老坐标"
    found = desk.locate(rows)
    assert found.told("field", "severity") == [(1, "crs_unknown_datum", "source_datum", "doubt")]


@pytest.mark.parametrize("key", KINDS)
def test_every_kind_is_located_or_says_what_it_needs(desk: Desk, key: str) -> None:
    """A column of geometries is passed on for every kind, whether or not anything stands in it."""
    kind = kind_of(key)
    shape = shapely.box(106.805, 34.805, 106.81, 34.81)
    if "Polygon" not in kind.geometry:
        line = "LineString" in kind.geometry
        shape = shapely.LineString([(106.805, 34.805), (106.81, 34.81)]) if line else shapely.Point(106.805, 34.805)
    found = desk.locate(
        [{"geometry": shapely.to_wkb(shape), "region": 0}, {"geometry": None, "region": 0}], kind=kind, srid=4490
    )
    assert found.geometries[0] is not None
    assert [row for row, code in found.told() if code not in ("position_missing", "position_of_village")] == []
    assert ("position_missing" in found.codes) == kind.position_needed
    assert desk.locate([{"region": 0}], kind=kind).geometries[0] is None or kind.field("position_quality")


def test_a_ledger_may_name_more_regions_than_a_statement_has_parameters(desk: Desk, session: Session) -> None:
    village = desk.tree.villages[0].id
    asked = select(Region.id).where(one_of(Region.id, {*range(village + 1_000_000, village + 1_070_000), village}))
    assert session.scalars(asked).all() == [village]
