"""Shapefiles: what they can hold is right, and what they cannot is told, in the file and before it is taken."""

from __future__ import annotations

import csv
import io
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from app.lists.losses import ENCODINGS, MOST_NAME_BYTES, short_names
from app.lists.tables import Head
from tests import factories
from tests.people import Browser, Office

ROAD = shapely.LineString([(106.8712345678, 34.8930001), (106.88, 34.9)])
MIXED = shapely.GeometryCollection([shapely.Point(106.9, 34.9), ROAD])
LONG = "长" * 140


@pytest.fixture
def clerk(office: Office) -> Browser:
    """A clerk with a tower, a channel, a store without a position and a garden of mixed shape."""
    village = office.tree.north_villages[0]
    shapes = (("塔", shapely.Point(106.87, 34.9)), ("渠", ROAD), ("库", None), ("园", MIXED))
    with office.session() as session:
        for name, shape in shapes:
            geom = f"SRID=4490;{shape.wkt}" if shape else None
            factories.asset(session, village, name=name, geom=geom, value_yuan=Decimal("12345.67"))
    return office.browser("clerk")


def unpacked(content: bytes, folder: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        book.extractall(folder)
        return {name: book.read(name) for name in book.namelist()}


def rows(path: Path, encoding: str) -> list[dict[str, Any]]:
    info, _fid, shapes, columns = pyogrio.raw.read(path, encoding=encoding)
    geometry = shapely.from_wkb(shapes) if shapes is not None else [None] * len(columns[0])
    return [dict(zip([*info["fields"], "geom"], row, strict=True)) for row in zip(*columns, geometry, strict=True)]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_each_kind_of_geometry_has_its_own_file(clerk: Browser, tmp_path: Path, encoding: str) -> None:
    files = unpacked(clerk.get(f"/registry/export.zip?encoding={encoding}").data, tmp_path)
    stem = "八渡镇资产台账"
    pieces = {f"{stem}-{kind}.{end}" for kind in ("点", "线") for end in ("shp", "shx", "dbf", "prj", "cpg")}
    assert {*files} == pieces | {f"{stem}-无位置.dbf", f"{stem}-无位置.cpg", "字段对照.csv", "说明.txt"}
    assert files[f"{stem}-点.cpg"].decode() == encoding
    [tower] = rows(tmp_path / f"{stem}-点.shp", encoding)
    [channel] = rows(tmp_path / f"{stem}-线.shp", encoding)
    assert (tower["名称"], tower["geom"]) == ("塔", shapely.Point(106.87, 34.9))
    assert (channel["名称"], channel["geom"]) == ("渠", ROAD)
    assert {row["名称"] for row in rows(tmp_path / f"{stem}-无位置.dbf", encoding)} == {"库", "园"}
    assert "China_2000" in files[f"{stem}-点.prj"].decode()
    amount = "原值(万元)" if encoding == "GBK" else "原值"
    assert tower[amount] == pytest.approx(1.234567, abs=1e-12)


def test_the_short_names_are_explained(clerk: Browser, tmp_path: Path) -> None:
    files = unpacked(clerk.get("/registry/export.zip").data, tmp_path)
    told = dict(csv.reader(io.StringIO(files["字段对照.csv"].decode("utf-8-sig"))))
    assert told["原值(万元)"] == "原值（万元）"
    [tower] = rows(tmp_path / "八渡镇资产台账-点.shp", "GBK")
    assert {*tower} - {"geom"} == {*told} - {"字段名"}


def test_what_is_lost_is_told_before_and_in_the_file(office: Office, clerk: Browser, tmp_path: Path) -> None:
    with office.session() as session:
        factories.asset(session, office.tree.north_villages[0], name="𬬭厂²", unit=LONG)
    clerk.get("/registry/?columns=name&columns=unit&columns=certified_on&columns=quantity")
    page = clerk.text("/registry/export.shp?sort=name")
    said = (
        "“单位”：有 1 处文字超过 254 字节，已截断。",
        "GBK 编码没有",
        "以下各列有空值：",
        "点、线、面分别存为不同文件",
        "有 1 条记录没有位置，单独存为一张表。",
        "有 1 条记录的位置混有点、线、面",
    )
    files = unpacked(clerk.get("/registry/export.zip?sort=name").data, tmp_path)
    note = files["说明.txt"].decode("utf-8-sig")
    for sentence in said:
        assert sentence in page
        assert sentence in note
    assert "/registry/export.zip?encoding=UTF-8&sort=name" in page
    unit = next(row["单位"] for row in rows(tmp_path / "八渡镇资产台账-点.shp", "GBK") if row["单位"])
    assert unit == "长" * 127
    assert "GBK 编码没有" not in unpacked(clerk.get("/registry/export.zip?encoding=utf-8").data, tmp_path)[
        "说明.txt"
    ].decode("utf-8-sig")


def test_the_page_speaks_english(office: Office, clerk: Browser) -> None:
    page = office.browser("clerk", "en").text("/registry/export.shp?class=public")
    assert "1 records without a position are in a table of their own." in page
    assert "Export in GBK" in page and "Export in UTF-8" in page
    assert "/registry/export.gpkg?class=public" in page


def test_nothing_at_all_is_an_empty_table(office: Office, tmp_path: Path) -> None:
    files = unpacked(office.browser("clerk").get("/registry/export.zip").data, tmp_path)
    assert [name for name in files if name.endswith(".dbf")] == ["八渡镇资产台账-无位置.dbf"]


@given(titles=st.lists(st.text(st.characters(codec="gbk"), min_size=1, max_size=14), max_size=30))
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_short_names_fit_and_stand_once(encoding: str, titles: list[str]) -> None:
    names = short_names([Head(str(place), title) for place, title in enumerate(titles)], encoding)
    assert len(names) == len(titles)
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name.encode(encoding)) <= MOST_NAME_BYTES for name in names)
