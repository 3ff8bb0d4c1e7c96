"""Lists as files: the same rows in every form, exact, guarded, and with all that leads back to the record."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import tempfile
import zipfile
from decimal import Decimal
from html import unescape
from pathlib import Path

import fastexcel
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.lists import page as pages
from app.lists.guard import fit, guarded
from assets.audit.models import AuditEntry
from assets.parties.models import Person
from assets.places.models import Facility, Village
from tests import factories
from tests.people import Browser, Office

SPATIAL = ("gpkg", "geojson", "zip", "shp")
PLACED = ("/registry", "/projects", "/places/villages", "/places/natural-villages", "/places/sites")
BARE = ("/parties", "/posts", "/funds", "/review/submitted", "/review/all", "/accounts")
POINT = shapely.Point(106.87123456789012, 34.893)
ROAD = shapely.LineString([(106.8712345678, 34.8930001), (106.88, 34.9)])
FIELD = shapely.Polygon([(106.87, 34.89), (106.88, 34.89), (106.88, 34.9), (106.87, 34.89)])


@pytest.fixture
def clerk(office: Office) -> Browser:
    return office.browser("clerk")


@pytest.fixture
def four(office: Office) -> list[str]:
    """A point, a line, an area and a record without a position; the codes."""
    village = office.tree.north_villages[0]
    with office.session() as session:
        made = [
            factories.asset(session, village, name=name, geom=f"SRID=4490;{shape.wkt}" if shape else None)
            for name, shape in (("甲塔", POINT), ("乙渠", ROAD), ("丙园", FIELD), ("丁库", None))
        ]
        return [asset.code for asset in made]


def texts(browser: Browser, address: str) -> list[dict[str, str]]:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def layer(content: bytes, ending: str) -> list[dict[str, object]]:
    with tempfile.NamedTemporaryFile(suffix=f".{ending}") as file:
        file.write(content)
        file.flush()
        info, _fid, shapes, columns = pyogrio.raw.read(file.name)
    rows = zip(*columns, shapely.from_wkb(shapes), strict=True)
    return [dict(zip([*info["fields"], "geom"], row, strict=True)) for row in rows]


def test_every_form_holds_the_rows_of_the_page_in_its_order(clerk: Browser, four: list[str]) -> None:
    expected = ["丙园", "丁库", "甲塔", "乙渠"]
    address = "/registry/export.{}?sort=name"
    assert [row["名称"] for row in texts(clerk, address.format("csv"))] == expected
    for ending in ("gpkg", "geojson"):
        assert [row["名称"] for row in layer(clerk.get(address.format(ending)).data, ending)] == expected
    sheet = fastexcel.read_excel(clerk.get(address.format("xlsx")).data).load_sheet(0, header_row=None)
    names = sheet.to_arrow().column(1).to_pylist()
    assert [name for name in names if name in expected] == expected
    with zipfile.ZipFile(io.BytesIO(clerk.get(address.format("zip")).data)) as book:
        assert sum(name.endswith(".dbf") for name in book.namelist()) == 4


def test_filter_selection_and_columns_hold_for_every_form(office: Office, clerk: Browser, four: list[str]) -> None:
    with office.session() as session:
        first, second = session.scalars(select(factories.Asset).where(factories.Asset.code.in_(four[:2])))
        first.operating_status = "idle"
        ids = f"{second.id}"
    clerk.get("/registry/?columns=name&columns=unit")
    for asked, names in (("operating=idle", ["甲塔"]), (f"ids={ids}", ["乙渠"])):
        assert [row["名称"] for row in texts(clerk, f"/registry/export.csv?{asked}")] == names
        features = json.loads(clerk.get(f"/registry/export.geojson?{asked}").data)["features"]
        assert [feature["properties"]["名称"] for feature in features] == names
        assert [*features[0]["properties"]] == ["名称", "单位", "资产编码", "区划代码"]


def test_positions_are_kept_to_the_last_digit(clerk: Browser, four: list[str]) -> None:
    by_name = {"甲塔": POINT, "乙渠": ROAD, "丙园": FIELD, "丁库": None}
    for ending, system in (("gpkg", "CGCS2000"), ("geojson", None)):
        content = clerk.get(f"/registry/export.{ending}").data
        for row in layer(content, ending):
            expected = by_name[str(row["名称"])]
            assert row["geom"] == expected or shapely.equals(row["geom"], expected)
        assert system is None or system.encode() in content
    assert b'"crs"' not in clerk.get("/registry/export.geojson").data
    for row in texts(clerk, "/registry/export.csv"):
        shape = by_name[row["名称"]]
        if shape is POINT:
            assert (float(row["经度"]), float(row["纬度"]), row["位置"]) == (POINT.x, POINT.y, "")
        else:
            assert (row["经度"], row["纬度"]) == ("", "")
            assert (shapely.from_wkt(row["位置"]) if row["位置"] else None) == shape
        assert row["坐标系"] == ("CGCS2000" if shape else "")


def test_a_line_with_too_many_corners_is_left_out_of_cells_and_said_so(office: Office, clerk: Browser) -> None:
    river = shapely.LineString([(106.8 + step / 10_000, 34.9 + step % 2 / 10_000) for step in range(801)])
    with office.session() as session:
        factories.asset(session, office.tree.north_villages[0], name="长渠", geom=f"SRID=4490;{river.wkt}")
    [row] = texts(clerk, "/registry/export.csv")
    assert (row["经度"], row["位置"], row["坐标系"]) == ("", "", "")
    book = fastexcel.read_excel(clerk.get("/registry/export.xlsx").data).load_sheet(0, header_row=None)
    assert "有 1 条记录的图形顶点过多" in str(book.to_arrow().column(0).to_pylist()[:4])
    [kept] = layer(clerk.get("/registry/export.gpkg").data, "gpkg")
    assert kept["geom"] == river


def test_amounts_are_written_to_the_cent(office: Office, clerk: Browser) -> None:
    with office.session() as session:
        factories.asset(session, office.tree.north_villages[0], name="泵房", value_yuan=Decimal("123456.78"))
    [row] = texts(clerk, "/registry/export.csv")
    assert row["原值（万元）"] == "12.345678"
    [feature] = json.loads(clerk.get("/registry/export.geojson").data)["features"]
    assert feature["properties"]["原值（万元）"] == 12.345678
    sheet = fastexcel.read_excel(clerk.get("/registry/export.xlsx").data).load_sheet(0, header_row=None)
    assert "12.345678" in str(sheet.to_arrow().to_pylist())


@pytest.mark.parametrize("name", ["=1+1", "+86", "-1", "@SUM(A1)", "'=1", "=cmd|' /C calc'!A0"])
def test_a_text_file_guards_what_looks_like_a_formula_and_layers_need_no_guard(office: Office, name: str) -> None:
    with office.session() as session:
        factories.asset(session, office.tree.north_villages[0], name=name)
    clerk = office.browser("clerk")
    assert [row["名称"] for row in texts(clerk, "/registry/export.csv")] == ["'" + name]
    assert [row["名称"] for row in layer(clerk.get("/registry/export.gpkg").data, "gpkg")] == [name]


@given(st.text())
def test_a_guard_never_lets_a_formula_begin_and_leaves_other_texts_alone(text: str) -> None:
    shown = guarded(fit(text))
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert shown in (fit(text), "'" + fit(text))


def test_negative_numbers_are_numbers(office: Office) -> None:
    with office.session() as session:
        session.add(
            Village(
                name="大力村",
                kind="village",
                village_class="clustered",
                region_id=office.tree.north_villages[0].id,
                elevation_m=-12,
            )
        )
    clerk = office.browser("clerk")
    clerk.get("/places/villages/?columns=name&columns=elevation")
    [row] = texts(clerk, "/places/villages/export.csv")
    assert row["海拔（米）"] == "-12"
    assert row["区划代码"] == office.tree.north_villages[0].code
    assert "系统编号" not in row and "记录编号" not in row


def test_what_has_no_code_is_told_by_its_number(office: Office, clerk: Browser) -> None:
    village = office.tree.north_villages[0]
    with office.session() as session:
        clinic = Facility(name="卫生室", type="clinic", level="village", region_id=village.id)
        session.add(clinic)
        session.flush()
        number = clinic.id
    [row] = texts(clerk, "/places/facilities/export.csv")
    assert row["记录编号"] == str(number)
    assert row["区划代码"] == village.code
    [row] = texts(office.browser("clerk", "en"), "/places/facilities/export.csv")
    assert row["Record number"] == str(number)
    assert row["Facility status"] == "In use"


def test_persons_stay_masked_in_every_form(office: Office) -> None:
    with office.session() as session:
        asset = factories.asset(session, office.tree.north_villages[0])
        post = factories.post(session, office.tree.north_villages[0])
        person = Person(name="王建军", phone="16100001234", id_number="610327199001011234")
        session.add(person)
        session.flush()
        factories.holding(session, post, person)
        factories.duty(session, asset, post_id=post.id)
    clerk = office.browser("clerk")
    clerk.get("/registry/?columns=name&columns=person&columns=phone")
    for ending in ("csv", "geojson", "gpkg", "xlsx", "zip"):
        content = clerk.get(f"/registry/export.{ending}").data
        assert "王建军".encode() not in content and b"16100001234" not in content
    assert [row["联系电话"] for row in texts(clerk, "/registry/export.csv")] == ["161****1234"]


@pytest.mark.parametrize("room", PLACED)
@pytest.mark.parametrize("ending", SPATIAL)
def test_lists_of_places_are_offered_as_layers_even_when_empty(clerk: Browser, room: str, ending: str) -> None:
    assert clerk.get(f"{room}/export.{ending}").status_code == 200


@pytest.mark.parametrize("room", BARE)
def test_lists_of_things_without_places_are_offered_as_tables_only(office: Office, room: str) -> None:
    reader = office.browser("administrator")
    page = reader.text(f"{room}/", follow_redirects=True)
    assert f"{room}/export.csv" in page and f"{room}/export.gpkg" not in page
    assert reader.get(f"{room}/export.csv").status_code == 200
    assert [reader.get(f"{room}/export.{ending}").status_code for ending in SPATIAL] == [404] * 4


def test_the_menu_names_every_form_in_both_languages(office: Office, four: list[str]) -> None:
    for language, words in (("zh", "导出所选"), ("en", "Export selection")):
        page = office.browser("clerk", language).text("/registry/?operating=operating&sort=name")
        assert words in page
        for ending in ("xlsx", "csv", "gpkg", "geojson", "shp"):
            assert f'href="/registry/export.{ending}?operating=operating&sort=name"' in page
            assert f'formaction="/registry/export.{ending}"' in page


@pytest.mark.parametrize("ending", ["exe", "XLSX", "csv.php", "x"])
def test_an_unknown_form_is_no_page(clerk: Browser, ending: str) -> None:
    assert clerk.get(f"/registry/export.{ending}").status_code == 404


def test_an_unknown_encoding_is_answered_in_words(office: Office) -> None:
    answer = office.browser("clerk", "en").get("/registry/export.zip?encoding=latin1")
    assert answer.status_code == 400
    assert "Please choose one of the list." in unescape(answer.text)


def test_more_than_a_file_should_hold_is_refused_in_every_form(
    office: Office, four: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_EXPORTED", 3)
    for ending in ("xlsx", "csv", *SPATIAL):
        answer = office.browser("clerk").get(f"/registry/export.{ending}")
        assert answer.status_code == 409
        assert "共 4 行，一个文件最多导出 3 行" in unescape(answer.text)


def test_each_file_leaves_its_note_and_looking_leaves_none(office: Office, clerk: Browser, four: list[str]) -> None:
    for ending in ("csv", "gpkg", "geojson", "zip", "shp"):
        clerk.get(f"/registry/export.{ending}")
    with office.session() as session:
        notes = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "registry.export").order_by(AuditEntry.id)
        )
        told = [(entry.changes["what"], entry.changes["rows"]) for entry in notes]
    assert told == [(f"八渡镇资产台账.{ending}", 4) for ending in ("csv", "gpkg", "geojson", "zip")]


def test_a_neighbours_records_are_in_no_file(office: Office, four: list[str]) -> None:
    with office.session() as session:
        factories.asset(session, office.tree.south_villages[0], name="邻镇冷库")
    clerk = office.browser("clerk")
    assert len(texts(clerk, "/registry/export.csv")) == 4
    for ending in ("gpkg", "geojson"):
        assert len(layer(clerk.get(f"/registry/export.{ending}").data, ending)) == 4
    assert clerk.get(f"/registry/export.geojson?area={office.tree.south.code}").status_code == 404


def test_a_geopackage_is_sound(office: Office, clerk: Browser, four: list[str], tmp_path: Path) -> None:
    path = tmp_path / "list.gpkg"
    path.write_bytes(clerk.get("/registry/export.gpkg").data)
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        [(srs, kind)] = database.execute("SELECT srs_id, geometry_type_name FROM gpkg_geometry_columns").fetchall()
    database.close()
    assert (srs, kind) == (4490, "GEOMETRY")


def test_titles_that_stand_twice_are_told_apart(office: Office, clerk: Browser) -> None:
    from app.lists.layers import distinct

    assert distinct(["状态", "fid", "状态", "Name", "name"]) == ["状态", "fid 2", "状态 2", "Name", "name 2"]
    with office.session() as session:
        session.add(Facility(name="站", type="x", level="village", region_id=office.tree.north_villages[0].id))
    assert len(layer(clerk.get("/places/facilities/export.gpkg").data, "gpkg")) == 1
