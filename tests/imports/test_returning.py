"""Ledgers that go back: the owner's workbook with exactly the faulty cells marked, and nothing else changed."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pyarrow as pa
import pytest
import shapely
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from assets.imports import headings, returning
from assets.imports.cells import read_cells
from assets.imports.marking.markup import plain_text
from assets.imports.marking.styles import FILLS
from assets.imports.reading import read_source
from assets.imports.returning import Ledger, Mark
from assets.imports.settings import Reading
from assets.imports.sheets import Sheet
from tests.imports.cell_desk import CONTEXT, KIND
from tests.imports.test_templates import titles_of

ROWS = [
    ["资产编码", "名称", "资产类别", "原值(万元)", "购建日期", "联系电话"],
    ["A1", "大力村饮水工程", "公益性", 12.5, "2024-03-05", "13909171234"],
    ["A2", "大力村广场", "其他类", 45, "2024年2月30日", None],
    ["A3", None, "经营性", "若干", "2024.3.5", "1390917"],
    ["A4", "桃园村道路", "公益性", 60, "2024/5/6", None],
]


def workbook(folder: Path, rows: list[list[Any]] | None = None) -> Path:
    """A ledger with a title, colours, a formula with its result, a comment, a picture's place, a second sheet."""
    path = folder / "ledger.xlsx"
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "资产台账"
    sheet.append(["2024年度帮扶项目资产台账"])
    sheet.merge_cells("A1:F1")
    for row in rows or ROWS:
        sheet.append(row)
    sheet["D3"].number_format = "0.00"
    sheet["C4"].fill = PatternFill("solid", fgColor="FFFFFF00")
    sheet["B3"].comment = Comment("请核对", "李主任")
    sheet.column_dimensions["B"].width = 33
    other: Any = book.create_sheet("底稿")
    other["A1"] = "=1+1"
    book.save(path)
    return path


def brought(path: Path) -> tuple[Any, list[Ledger]]:
    """The ledger as it is understood, with what is wrong with its cells and one row that lacks its name."""
    source = read_source(path, "ledger.xlsx", Reading())
    ledgers = []
    for sheet in source.sheets:
        heads = headings.understand(sheet, KIND, titles_of(KIND), Reading())
        if sum(1 for key in heads.columns.values() if key) < 2:
            continue
        parsed = read_cells(sheet, heads, KIND, CONTEXT, [])
        rows = dict(
            zip(parsed.columns.column("number").to_pylist(), parsed.columns.column("row").to_pylist(), strict=True)
        )
        wrong: dict[int, list[Mark]] = {}
        for fault in parsed.faults:
            if fault.severity != "note":
                wrong.setdefault(rows[fault.number], []).append(Mark(fault.field, fault.severity, f"错误 {fault.code}"))
        for row in parsed.columns.to_pylist():
            if not row["name"]:
                wrong.setdefault(row["row"], []).append(Mark("name", "error", "=此项必填"))
        ledgers.append(Ledger(sheet, heads, wrong))
    return source, ledgers


def returned(path: Path, folder: Path, name: str = "returned.xlsx", language: str = "zh") -> tuple[Path, bool]:
    source, ledgers = brought(path)
    target = folder / name
    with target.open("w+b") as file:
        own = returning.return_workbook(path, path.name, source.format, ledgers, file, kind=KIND, language=language)
    return target, own


def marked(sheet: Any) -> dict[str, str]:
    """The cells that bear the filling of a mark."""
    names = {colour: name for name, colour in FILLS.items()}
    return {
        cell.coordinate: names[cell.fill.fgColor.rgb]
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb in names
    }


FAULTY = {"C4": "error", "E4": "error", "B5": "error", "D5": "error", "F5": "error"}


def test_exactly_the_faulty_cells_are_marked_and_said_why(tmp_path: Path) -> None:
    target, own = returned(workbook(tmp_path), tmp_path)
    assert own
    sheet: Any = openpyxl.load_workbook(target)["资产台账"]
    assert marked(sheet) == FAULTY
    assert {cell for row in sheet.iter_rows() for cell in [c.coordinate for c in row if c.comment]} == {*FAULTY, "B3"}
    assert "word_unknown" in sheet["C4"].comment.text
    assert sheet["B3"].comment.text == "请核对"
    assert sheet["G2"].value == "问题说明"
    assert sheet["G4"].value.splitlines() == ["资产类别: 错误 word_unknown", "购建日期: 错误 day_impossible"]
    assert sheet["G5"].value.splitlines()[0].startswith("原值(万元): ")
    assert "1390917" not in sheet["G5"].value
    assert sheet["G3"].value is None


def test_rows_without_problems_are_hidden_by_a_filter_on_the_reasons(tmp_path: Path) -> None:
    target, _ = returned(workbook(tmp_path), tmp_path)
    sheet: Any = openpyxl.load_workbook(target)["资产台账"]
    hidden = [number for number in range(1, sheet.max_row + 1) if sheet.row_dimensions[number].hidden]
    assert hidden == [3, 6]
    assert sheet.auto_filter.ref == "A2:G6"
    assert [one.colId for one in sheet.auto_filter.filterColumn] == [6]


def test_everything_else_of_the_workbook_stays(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    target, _ = returned(path, tmp_path)
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(target) as after:
        assert set(before.namelist()) <= set(after.namelist())
        for member in before.namelist():
            if "sheet1" not in member and not member.startswith(
                ("xl/styles", "xl/comments", "[Content", "xl/drawings")
            ):
                assert before.read(member) == after.read(member), member
    old, new = openpyxl.load_workbook(path), openpyxl.load_workbook(target)
    for row in old["资产台账"].iter_rows():
        for cell in row:
            assert new["资产台账"][cell.coordinate].value == cell.value
            assert new["资产台账"][cell.coordinate].number_format == cell.number_format
    assert new["底稿"]["A1"].value == "=1+1"
    assert new["资产台账"].column_dimensions["B"].width == 33
    assert str(new["资产台账"].merged_cells.ranges.pop()) == "A1:F1"


def test_marks_of_an_earlier_return_are_taken_off_first(tmp_path: Path) -> None:
    first, _ = returned(workbook(tmp_path), tmp_path, "first.xlsx")
    book = openpyxl.load_workbook(first)
    sheet: Any = book["资产台账"]
    sheet["C4"], sheet["E4"], sheet["B5"] = "公益性", "2024-02-28", "有名字了"
    book.save(tmp_path / "mended.xlsx")
    second, own = returned(tmp_path / "mended.xlsx", tmp_path, "second.xlsx", "en")
    assert own
    again: Any = openpyxl.load_workbook(second)["资产台账"]
    assert marked(again) == {"D5": "error", "F5": "error"}
    assert [cell.value for cell in again["G"]] == [None, "Problems", None, None, again["G5"].value, None]
    assert again["H2"].value is None
    assert {c.coordinate for row in again.iter_rows() for c in row if c.comment} == {"B3", "D5", "F5"}
    hidden = [number for number in range(1, again.max_row + 1) if again.row_dimensions[number].hidden]
    assert hidden == [3, 4, 6]
    with zipfile.ZipFile(second) as archive:
        drawing = next(one for one in archive.namelist() if one.endswith(".vml"))
        assert archive.read(drawing).count(b":shape ") == 3
        ElementTree.fromstring(archive.read(drawing))


def test_a_returned_workbook_that_was_not_touched_is_understood_as_before(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    target, _ = returned(path, tmp_path)
    _, (before,) = brought(path)
    _, (after,) = brought(target)
    assert before.heads.columns == after.heads.columns
    assert before.wrong == after.wrong
    twice, _ = returned(target, tmp_path, "twice.xlsx")
    assert marked(openpyxl.load_workbook(twice)["资产台账"]) == FAULTY


def test_texts_that_look_like_formulas_are_guarded(tmp_path: Path) -> None:
    rows = [ROWS[0], ["A1", None, "=cmd", 1, "2024-03-05", None]]
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            for place, value in enumerate(row):
                if value is not None:
                    sheet.write(line, place, value)
    _, (ledger,) = brought(path)
    own = Ledger(ledger.sheet, ledger.heads, {2: [Mark(None, "error", '=HYPERLINK("x")')]})
    target = io.BytesIO()
    assert returning.return_workbook(path, "book.xlsx", "xlsx", [own], target, kind=KIND, language="zh")
    found: Any = openpyxl.load_workbook(target).worksheets[0]
    assert found["G2"].value == '\'=HYPERLINK("x")'
    assert found["G2"].data_type == "s"


@pytest.mark.parametrize("form", ["xls", "csv"])
def test_of_other_formats_the_rejected_rows_go_back_in_a_workbook_that_reads_the_same(
    form: str, tmp_path: Path
) -> None:
    path = workbook(tmp_path)
    _, ledgers = brought(path)
    target = tmp_path / "rejected.xlsx"
    with target.open("w+b") as file:
        assert not returning.return_workbook(path, "ledger", form, ledgers, file, kind=KIND, language="zh")
    sheet: Any = openpyxl.load_workbook(target).worksheets[0]
    assert [cell.value for cell in sheet[2]] == [*ROWS[0], "问题说明"]
    assert [sheet.cell(row, 1).value for row in range(3, sheet.max_row + 1)] == ["A2", "A3"]
    assert set(marked(sheet)) == {"C3", "E3", "B4", "D4", "F4"}
    assert sheet["D3"].value == 45
    _, (again,) = brought(target)
    assert [[one.field for one in marks] for marks in again.wrong.values()] == [
        [one.field for one in marks] for marks in ledgers[0].wrong.values()
    ]
    assert again.heads.units == ledgers[0].heads.units


def test_a_large_workbook_goes_back_as_its_rejected_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returning, "MOST_ROWS", 3)
    target, own = returned(workbook(tmp_path), tmp_path)
    assert not own
    assert openpyxl.load_workbook(target).worksheets[0].max_row == 4


def test_a_workbook_written_in_an_unknown_way_goes_back_as_its_rejected_rows(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    _, ledgers = brought(path)
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts["xl/styles.xml"] = b"<nothing/>"
    with zipfile.ZipFile(path, "w") as book:
        for name, part in parts.items():
            book.writestr(name, part)
    target = io.BytesIO(b"")
    assert not returning.return_workbook(path, "ledger.xlsx", "xlsx", ledgers, target, kind=KIND, language="zh")
    assert openpyxl.load_workbook(target).worksheets[0].max_row == 4


def test_layers_go_back_with_their_geometry_as_text(tmp_path: Path) -> None:
    cells = pa.table({"0": pa.array(["甲", None]), "1": pa.array(["12", "13"])})
    shape = pa.array([shapely.to_wkb(shapely.Point(106.5, 34.5)), b"broken"])
    sheet = Sheet("layer", cells, [1, 2], names=("名称", "原值"), geometry=shape)
    heads = headings.understand(sheet, KIND, titles_of(KIND), Reading())
    ledger = Ledger(sheet, heads, {1: [Mark("position", "error", "位置有误")], 2: [Mark("name", "error", "必填")]})
    target = io.BytesIO()
    returning.return_workbook(tmp_path, "layer.gpkg", "gpkg", [ledger], target, kind=KIND, language="zh")
    found: Any = openpyxl.load_workbook(target).worksheets[0]
    assert [[cell.value for cell in row] for row in found.iter_rows()] == [
        ["名称", "原值", "wkt", "问题说明"],
        ["甲", 12, "POINT (106.5 34.5)", "位置有误"],
        [None, 13, None, "名称: 必填"],
    ]


def test_what_is_wrong_with_a_position_shows_at_both_coordinates() -> None:
    cells = pa.table({"0": pa.array(["名称", "甲"]), "1": pa.array(["经度", "1"]), "2": pa.array(["纬度", "2"])})
    sheet = Sheet("s", cells, [1, 2])
    kind = KIND
    heads = headings.understand(sheet, kind, titles_of(kind), Reading())
    heads = type(heads)(**{**vars(heads), "columns": {0: "name", 1: "longitude", 2: "latitude"}})
    marks = returning.marked_cells(
        Ledger(sheet, heads, {}), [Mark("position", "doubt", "?"), Mark("latitude", "error", "!")]
    )
    assert marks == {1: "doubt", 2: "error"}


def test_signs_that_xml_does_not_know_are_left_out() -> None:
    assert plain_text("甲\x00\x0b\ud800\ufffe\uffff<乙>\n𠮷") == "甲&lt;乙&gt;\n𠮷"
