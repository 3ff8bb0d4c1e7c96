"""Where the rows of a ledger lie, whatever their coordinates were written in."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod
from sqlalchemy.orm import Session

from spatial.crs import FloatArray, from_storage, mercator_from_lonlat
from spatial.datums import from_storage_datum
from tests.imports.place_desk import Desk, open_desk, two_columns

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
    assert found.evidence["swapped"] == {"rows": 160, "of": 160, "odd": 0}


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
    assert len(found.codes["places_datum_misfit"]) == len(rows)
    assert found.data("places_datum_misfit")["better"] == "gcj02"
    assert set(found.datums) == {"wgs84"}
    assert metres_off(found.lonlat, truth) > 100


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
