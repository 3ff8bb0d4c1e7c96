"""Layers come in with the values, the geometries and the system that they state, however they were saved."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import CRS

from assets.imports.problems import Unreadable
from assets.imports.reading import read_source
from assets.imports.reading.systems import srid_of
from assets.imports.settings import Reading
from assets.imports.sheets import Sheet, Source
from tests.imports.layer_desk import frame, kml, mark, shapefile

ROADS = {"资产名称": ["大力村产业路", "八渡镇水塔"], "原值": [12.5, 3.0]}


def read(path: Path, **reading: Any) -> Source:
    return read_source(path, path.name, Reading(**reading))


def texts(sheet: Sheet) -> list[list[str | None]]:
    return [list(row.values()) for row in sheet.cells.to_pylist()]


def geojson(path: Path, *features: dict[str, Any], **members: Any) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **members}, ensure_ascii=False))
    return path


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
@pytest.mark.parametrize("stated", [None, "UTF-8", "GBK", "无", ""])
@pytest.mark.parametrize("lacking", [(), ("cpg",), ("cpg", "shx", "prj")])
def test_a_shapefile_is_read_in_the_encoding_it_has_whatever_it_states(
    encoding: str, stated: str | None, lacking: tuple[str, ...], tmp_path: Path
) -> None:
    path = shapefile(tmp_path / "资产.zip", frame(ROADS), encoding=encoding, stated=stated, lacking=lacking)
    sheet = read(path).sheets[0]
    assert sheet.name == "资产"
    assert texts(sheet) == [["大力村产业路", "12.5"], ["八渡镇水塔", "3"]]
    assert sheet.names == (("资产名称" if encoding == "GBK" else "资产名"), "原值")


def test_a_shapefile_without_parts_says_which_and_is_read(tmp_path: Path) -> None:
    source = read(shapefile(tmp_path / "a.zip", frame(ROADS), lacking=("shx", "prj")))
    assert [code for code, _ in source.notes] == ["shape_index_rebuilt", "shape_system_missing"]
    assert source.sheets[0].srid is None
    assert source.sheets[0].geometry is not None
    assert len(source.sheets[0].geometry) == 2


def test_a_shapefile_without_its_table_still_has_its_shapes(tmp_path: Path) -> None:
    source = read(shapefile(tmp_path / "a.zip", frame(ROADS), lacking=("dbf",)))
    assert "shape_attributes_missing" in [code for code, _ in source.notes]
    assert source.sheets[0].cells.num_rows == 2


def test_texts_cut_in_the_middle_of_a_character_lose_that_character_alone(tmp_path: Path) -> None:
    long = {"资产名称": ["村" * 100, "路"], "备注": ["a" + "村" * 100, "路"]}
    sheet = read(shapefile(tmp_path / "a.zip", frame(long), encoding="UTF-8", lacking=("cpg",))).sheets[0]
    row = texts(sheet)[0]
    assert set(row[0] or "") == {"村"}
    assert set(row[1] or "") == {"a", "村"}


def test_several_shapefiles_in_one_archive_are_several_layers(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "全部.zip", "w") as archive:
        for name in ("道路", "水塔"):
            part = shapefile(tmp_path / f"{name}.zip", frame(ROADS), name=name)
            with zipfile.ZipFile(part) as one:
                for member in one.namelist():
                    archive.writestr(member, one.read(member))
        archive.writestr("__MACOSX/._道路.shp", b"x")
    assert sorted(sheet.name for sheet in read(tmp_path / "全部.zip").sheets) == ["水塔", "道路"]
    assert [sheet.name for sheet in read(tmp_path / "全部.zip", sheets=("水塔",)).sheets] == ["水塔"]


@pytest.mark.parametrize(
    ("srid", "style"), [(srid, style) for srid in (4513, 4524, 4545, 4554, 4490, 4326) for style in ("ESRI", "GDAL")]
)
def test_the_system_of_a_layer_is_told_by_its_figures(srid: int, style: str) -> None:
    text = CRS.from_epsg(srid).to_wkt(f"WKT1_{style}")
    assert srid_of(text) == srid
    renamed = text.replace("CGCS2000_3_Degree_GK_", "独立").replace("CGCS2000 / 3-degree Gauss-Kruger", "我的")
    assert srid_of(renamed) == srid


def test_a_system_with_heights_is_the_system_of_its_plan() -> None:
    assert srid_of(CRS("EPSG:4545+5737").to_wkt()) == 4545


@pytest.mark.parametrize("text", [None, "", "unknown", "PROJCS[", 'LOCAL_CS["矿区独立坐标系",UNIT["m",1]]'])
def test_a_system_nobody_knows_is_none(text: str | None) -> None:
    assert srid_of(text) is None


def test_layers_of_a_database_keep_their_names_systems_and_types(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(frame(ROADS), path, layer="道路")
    pyogrio.write_dataframe(frame(ROADS).to_crs(4545), path, layer="平面")
    mixed = frame({"名称": ["点", "空", "无"]}, [shapely.Point(1, 2), shapely.Polygon(), None])
    pyogrio.write_dataframe(mixed, path, layer="混合")
    roads, plane, mixed_sheet = read(path).sheets
    assert (roads.name, roads.srid, plane.srid) == ("道路", 4490, 4545)
    assert texts(roads) == [["大力村产业路", "12.5"], ["八渡镇水塔", "3"]]
    assert mixed_sheet.geometry is not None
    assert [shapely.from_wkb(one).geom_type if one else None for one in mixed_sheet.geometry.to_pylist()] == [
        "Point",
        "Polygon",
        None,
    ]


def test_views_of_a_database_are_programs_and_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(frame(ROADS), path, layer="道路")
    with sqlite3.connect(path) as database:
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
        database.execute(f"CREATE VIEW 无尽 AS {endless}")
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('无尽', 'attributes', 'x')"
        )
    database.close()
    source = read(path)
    assert [sheet.name for sheet in source.sheets] == ["道路"]
    assert source.notes == (("layers_derived", {"sheets": "无尽"}),)


def test_a_database_of_another_kind_is_told_as_such(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.gpkg") as database:
        database.execute("CREATE TABLE a (b)")
    database.close()
    with pytest.raises(Unreadable) as refusal:
        read(tmp_path / "a.gpkg")
    assert (refusal.value.code, refusal.value.data["what"]) == ("file_foreign", "SQLite")


def test_a_geojson_states_its_system_or_none(tmp_path: Path) -> None:
    point = feature({"type": "Point", "coordinates": [106.8, 34.9]}, 名称="桥")
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    assert read(geojson(tmp_path / "a.geojson", point, crs=crs)).sheets[0].srid == 4490
    assert read(geojson(tmp_path / "b.geojson", point)).sheets[0].srid is None


def test_broken_shapes_come_through_and_spoil_no_other_row(tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "a.geojson",
        feature({"type": "Point", "coordinates": [106.8, 34.9]}, 名称="好"),
        feature({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, 名称="两点"),
        feature({"type": "Polygon", "coordinates": []}, 名称="空"),
        feature({"type": "Point", "coordinates": [float("nan"), 1]}, 名称="非数"),
        feature({"type": "Nonsense", "coordinates": [1]}, 名称="乱"),
        feature({"type": "Point", "coordinates": ["a", 2]}, 名称="字"),
        feature(None, 名称="无"),
    )
    sheet = read(path).sheets[0]
    assert [row[0] for row in texts(sheet)] == ["好", "两点", "空", "非数", "乱", "字", "无"]
    assert sheet.geometry is not None
    shapes = sheet.geometry.to_pylist()
    assert [shape is None for shape in shapes] == [False] * 6 + [True]
    assert shapes[4] == shapes[5] == b"\x00"


def test_values_of_every_type_are_texts(tmp_path: Path) -> None:
    place = {"type": "Point", "coordinates": [1, 2]}
    path = geojson(
        tmp_path / "a.geojson",
        feature(place, 编码="001", 数=12, 值=12.5, 有=True, 日="2024-03-05", 表=[1, 2], 物={"a": 1}),
        feature(place, 编码="002", 数=None, 值=1234567890.12, 有=False, 日=None, 表=None, 物=None),
    )
    assert texts(read(path).sheets[0]) == [
        ["001", "12", "12.5", "true", "2024-03-05", "[1, 2]", '{ "a": 1 }'],
        ["002", None, "1234567890.12", "false", None, None, None],
    ]


def test_a_file_that_asks_for_a_program_to_be_run_is_refused(tmp_path: Path) -> None:
    secret = geojson(tmp_path / "secret.geojson", feature({"type": "Point", "coordinates": [1, 2]}, a=1))
    command = f"gdal vector pipeline ! read {secret}"
    (tmp_path / "a.json").write_text(json.dumps({"type": "gdal_streamed_alg", "command_line": command}))
    with pytest.raises(Unreadable) as refusal:
        read(tmp_path / "a.json")
    assert (refusal.value.code, refusal.value.data["what"]) == ("file_foreign", "JSON")


def test_folders_of_a_kml_are_layers_and_chinese_names_of_its_data_stay(tmp_path: Path) -> None:
    line = "<LineString><coordinates>106.8,34.9,0 106.9,34.9,0</coordinates></LineString>"
    body = mark("根") + f"<Folder><name>道路</name>{mark('路', line, 编码='001', 原值='12.5')}</Folder>"
    (tmp_path / "a.kml").write_text(kml(body))
    root, roads = read(tmp_path / "a.kml").sheets
    assert (root.name, roads.name, roads.srid) == ("a", "道路", 4326)
    assert roads.names == ("name", "编码", "原值")
    assert texts(roads) == [["路", "001", "12.5"]]
    assert roads.geometry is not None
    assert shapely.from_wkb(roads.geometry[0].as_py()).wkt == "LINESTRING (106.8 34.9, 106.9 34.9)"


def test_shapes_of_a_kml_come_as_they_were_drawn(tmp_path: Path) -> None:
    outer = "<outerBoundaryIs><LinearRing><coordinates>{}</coordinates></LinearRing></outerBoundaryIs>"
    hole = (
        "<innerBoundaryIs><LinearRing><coordinates>1,.2 1.2,.2 1.2,.4 1,.2</coordinates></LinearRing></innerBoundaryIs>"
    )
    shapes = (
        f"<Polygon>{outer.format('0,0 2,0 2,2 0,0')}{hole}</Polygon>",
        "<MultiGeometry><Point><coordinates>1,2</coordinates></Point><Point><coordinates>3,4</coordinates></Point>"
        "</MultiGeometry>",
        f"<Polygon>{outer.format('0,0 1,1')}</Polygon>",
        "<Point><coordinates>a,b</coordinates></Point>",
        "<Point><coordinates>106.8 , 34.9</coordinates></Point>",
        "",
    )
    (tmp_path / "a.kml").write_text(kml("".join(mark("x", shape) for shape in shapes)))
    geometry = read(tmp_path / "a.kml").sheets[0].geometry
    assert geometry is not None
    area, points, short, wrong, point, none = geometry.to_pylist()
    assert len(shapely.from_wkb(area).interiors) == 1
    assert shapely.from_wkb(points).geom_type == "MultiPoint"
    assert short
    assert wrong == b"\x00"
    assert shapely.from_wkb(point).wkt == "POINT (106.8 34.9)"
    assert none is None


@pytest.mark.parametrize("encoding", ["gbk", "gb2312", "utf-16", "utf-8-sig"])
def test_a_kml_in_another_encoding_is_read(encoding: str, tmp_path: Path) -> None:
    declared = "utf-8" if encoding.startswith("utf-8") else encoding
    (tmp_path / "a.kml").write_bytes(kml(mark("水塔"), f'<?xml version="1.0" encoding="{declared}"?>').encode(encoding))
    assert texts(read(tmp_path / "a.kml").sheets[0]) == [["水塔"]]


def test_a_kmz_is_a_kml(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.writestr("doc.kml", kml(mark("水塔")))
        archive.writestr("files/icon.png", b"x")
    assert texts(read(tmp_path / "a.kmz").sheets[0]) == [["水塔"]]


def test_a_kml_that_only_links_elsewhere_is_refused(tmp_path: Path) -> None:
    link = "<NetworkLink><Link><href>http://example.org/a.kml</href></Link></NetworkLink>"
    (tmp_path / "a.kml").write_text(kml(link))
    with pytest.raises(Unreadable) as refusal:
        read(tmp_path / "a.kml")
    assert refusal.value.code == "kml_linked"


TEXT = st.text("大力村产业路aB1 ", min_size=1, max_size=12).map(str.strip).filter(bool)
NUMBER = st.integers(-(10**9), 10**9).map(lambda cents: cents / 100)
ROWS = st.lists(st.tuples(TEXT, NUMBER, st.floats(73, 135), st.floats(4, 53)), min_size=1, max_size=6)


@given(rows=ROWS, form=st.sampled_from(["gpkg", "geojson", "gbk", "utf8"]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_layer_comes_back_value_by_value(
    rows: list[Any], form: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    features = frame(
        {"名": [row[0] for row in rows], "值": [row[1] for row in rows]}, [shapely.Point(*row[2:]) for row in rows]
    )
    folder = tmp_path_factory.mktemp("layer")
    if form in ("gbk", "utf8"):
        path = shapefile(folder / "a.zip", features, encoding="GBK" if form == "gbk" else "UTF-8", lacking=("cpg",))
    else:
        path = folder / f"a.{form}"
        pyogrio.write_dataframe(features, path, **({"layer_options": {"RFC7946": "NO"}} if form == "geojson" else {}))
    sheet = read(path).sheets[0]
    assert [row[0] for row in texts(sheet)] == [row[0] for row in rows]
    assert [float(row[1] or "nan") for row in texts(sheet)] == [row[1] for row in rows]
    assert sheet.geometry is not None
    shapes = shapely.from_wkb(sheet.geometry.to_pylist())
    assert shapely.equals_exact(shapes, list(features.geometry), tolerance=1e-6).all()
