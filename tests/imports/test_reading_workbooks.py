"""Workbooks are read as they stand: each cell in its row and column, nothing worked out and nothing lost."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.imports.problems import Unreadable
from assets.imports.reading import pieces, read_source, workbooks
from assets.imports.reading.limits import Limits
from assets.imports.settings import Reading
from assets.imports.sheets import Sheet, Source
from tests.imports import old_workbooks


def read(path: Path, **reading: Any) -> Source:
    return read_source(path, path.name, Reading(**reading))


def texts(sheet: Sheet) -> list[list[str | None]]:
    return [list(row.values()) for row in sheet.cells.to_pylist()]


@pytest.fixture
def book(tmp_path: Path) -> Any:
    """An empty workbook; its first sheet, and a way to read it back."""

    class Book:
        def __init__(self) -> None:
            self.book = openpyxl.Workbook()
            self.sheet: Any = self.book.active

        def read(self, **reading: Any) -> Source:
            self.book.save(tmp_path / "台账.xlsx")
            return read(tmp_path / "台账.xlsx", **reading)

    return Book()


def test_rows_keep_the_numbers_the_spreadsheet_shows_though_blank_ones_are_left_out(book: Any) -> None:
    book.sheet["B3"], book.sheet["C3"], book.sheet["B7"] = "名称", "原值", "大力村水塔"
    sheet = book.read().sheets[0]
    assert list(sheet.rows) == [3, 7]
    assert texts(sheet) == [[None, "名称", "原值"], [None, "大力村水塔", None]]


def test_values_come_as_the_texts_that_stand_for_them(book: Any) -> None:
    days = (dt.datetime(2024, 3, 5, 10, 11, 12), dt.date(2024, 3, 5))
    book.sheet.append((12, 12.5, -3, 0.1 + 0.2, 1234567890.12, True, "001", *days))
    assert texts(book.read().sheets[0]) == [
        ["12", "12.5", "-3", "0.3", "1234567890.12", "true", "001", "2024-03-05 10:11:12", "2024-03-05 00:00:00"]
    ]


def test_days_counted_from_1904_are_the_same_days(book: Any) -> None:
    book.book.epoch = dt.datetime(1904, 1, 1)
    book.sheet["A1"] = dt.date(2024, 3, 5)
    source = book.read()
    assert texts(source.sheets[0]) == [["2024-03-05 00:00:00"]]
    assert source.notes == (("dates_from_1904", {}),)


def test_errors_of_formulas_are_told_with_their_cell_even_where_nothing_else_stands_in_the_row(book: Any) -> None:
    for cell, text in (("A1", "名称"), ("B1", "原值"), ("B2", "#REF!"), ("A4", "桥"), ("B4", "#N/A")):
        book.sheet[cell] = text
    sheet = book.read().sheets[0]
    assert sheet.errors == {(2, 1): "#REF!", (4, 1): "#N/A"}
    assert list(sheet.rows) == [1, 2, 4]


def test_formulas_give_what_they_last_showed(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as written:
        sheet = written.add_worksheet("台账")
        sheet.write_formula("A1", '=CMD|"/c calc"!A1', None, "120")
        sheet.write_formula("A2", "=1/0", None, "#DIV/0!")
    sheet = read(tmp_path / "a.xlsx").sheets[0]
    assert texts(sheet)[0] == ["120"]
    assert sheet.errors == {(2, 0): "#DIV/0!"}


def test_merged_cells_are_told_by_row_and_column(book: Any) -> None:
    book.sheet.append(["八渡镇", "大力村"])
    book.sheet.merge_cells("A1:A3")
    book.sheet.merge_cells("B1:D2")
    assert set(book.read().sheets[0].merged) == {(1, 0, 3, 0), (1, 1, 2, 3)}


def test_hidden_sheets_are_passed_over_and_said_so(book: Any) -> None:
    book.sheet["A1"] = "a"
    hidden = book.book.create_sheet("字典")
    hidden["A1"], hidden.sheet_state = "b", "hidden"
    book.book.create_sheet("空")
    source = book.read()
    assert [sheet.name for sheet in source.sheets] == ["Sheet"]
    assert source.notes == (("sheets_hidden", {"sheets": "字典"}),)


def test_a_hidden_sheet_that_is_named_is_read(book: Any) -> None:
    book.sheet["A1"] = "a"
    hidden = book.book.create_sheet("字典")
    hidden["A1"], hidden.sheet_state = "b", "hidden"
    assert [sheet.name for sheet in book.read(sheets=("字典",)).sheets] == ["字典"]


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(book: Any) -> None:
    book.sheet["A1"] = "a"
    with pytest.raises(Unreadable) as refusal:
        book.read(sheets=("二月",))
    assert refusal.value.code == "sheet_unknown"
    assert refusal.value.data["sheets"] == "Sheet"


def test_formats_that_reach_to_the_last_column_are_no_columns(book: Any) -> None:
    book.sheet["A1"] = "名称"
    book.sheet["XFD1"].number_format = "0.00"
    assert texts(book.read().sheets[0]) == [["名称"]]


def test_a_value_beyond_the_columns_taken_is_refused_with_its_column(book: Any) -> None:
    book.sheet["A1"], book.sheet["XFD1"] = "名称", "x"
    with pytest.raises(Unreadable) as refusal:
        book.read()
    assert (refusal.value.code, refusal.value.data["column"]) == ("sheet_too_wide", "XFD")


def test_a_hundred_sheets_are_refused(book: Any) -> None:
    for number in range(100):
        book.book.create_sheet(f"{number}")
    with pytest.raises(Unreadable) as refusal:
        book.read()
    assert refusal.value.code == "sheets_too_many"


def test_a_stray_cell_in_the_last_row_costs_no_memory(book: Any) -> None:
    book.sheet["A1"], book.sheet["Z2"], book.sheet["A1048576"] = "名称", "大力村", "x"
    sheet = book.read().sheets[0]
    assert list(sheet.rows) == [1, 2, 1048576]


def test_images_are_passed_over(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as written:
        sheet = written.add_worksheet()
        sheet.write("A1", "名称")
        picture = tmp_path / "p.png"
        picture.write_bytes(
            bytes.fromhex(
                "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c626001000000"
                "ffff03000006000557bfabd40000000049454e44ae426082"
            )
        )
        sheet.insert_image("B2", str(picture))
    assert texts(read(tmp_path / "a.xlsx").sheets[0]) == [["名称"]]


def test_an_old_workbook_is_read_like_a_new_one(tmp_path: Path) -> None:
    rows = [["帮扶资产台账"], [], ["名称", "原值", None, "入账"], ["大力村水塔", 12.5, None, True], [None, "#REF!"]]
    blocks = {"台账": [(1, 0, 1, 3), (4, 0, 5, 0)]}
    path = old_workbooks.write(tmp_path / "a.xls", {"台账": rows, "藏": [["x"]]}, merged=blocks, hidden=["藏"])
    source = read(path)
    sheet = source.sheets[0]
    assert (source.format, sheet.name, list(sheet.rows)) == ("xls", "台账", [1, 3, 4, 5])
    assert texts(sheet)[2] == ["大力村水塔", "12.5", None, "true"]
    assert sheet.errors == {(5, 1): "#REF!"}
    assert sheet.merged == ((1, 0, 1, 3), (4, 0, 5, 0))
    assert source.notes == (("sheets_hidden", {"sheets": "藏"}),)


CELLS = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=20).filter(
        lambda text: text.strip() and "_x" not in text
    ),
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**6), 10**6, places=2, allow_nan=False).map(float),
)
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=8).filter(
    lambda rows: any(cell is not None for row in rows for cell in row)
)


def told(rows: dict[int, list[str | None]]) -> dict[int, list[str | None]]:
    """Blanks around a text are not compared: one reader leaves them, the other takes them off."""
    return {number: [text and text.strip() for text in row] for number, row in rows.items()}


def expected(rows: list[list[Any]]) -> dict[int, list[str | None]]:
    """What must come back: by row number, without blank rows, padded to one width."""
    width = max(at for row in rows for at, cell in enumerate(row, start=1) if cell is not None)
    found: dict[int, list[str | None]] = {}
    for number, row in enumerate(rows, start=1):
        texts = [None if cell is None else cell if isinstance(cell, str) else f"{cell:.15g}" for cell in row]
        texts = ["0" if text == "-0" else text for text in texts]
        if any(texts):
            found[number] = (texts + [None] * width)[:width]
    return found


@given(rows=TABLES, old=st.booleans(), way=st.sampled_from(["at once", "by row", "in pieces"]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_table_comes_back_cell_by_cell(
    rows: list[list[Any]], old: bool, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xlsx"
    if old:
        old_workbooks.write(path, {"台账": rows})
    else:
        with xlsxwriter.Workbook(path, {"strings_to_numbers": False}) as written:
            sheet = written.add_worksheet("台账")
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(number, column, cell)
                    elif cell is not None:
                        sheet.write_number(number, column, cell)
    with monkeypatch.context() as patch:
        if way != "at once":
            patch.setattr(workbooks, "LIMITS", Limits(cells_at_once=0, cells_by_row=10**9 if way == "by row" else 0))
            patch.setattr(pieces, "LIMITS", Limits(cells_per_piece=4))
            patch.setattr(pieces, "MEGABYTE", 1)
        found = read(path).sheets[0]
    assert told(dict(zip(found.rows, texts(found), strict=True))) == told(expected(rows))


def test_a_workbook_without_its_book_is_told_as_damaged(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/styles.xml", "<styleSheet/>")
    with pytest.raises(Unreadable) as refusal:
        read(tmp_path / "a.xlsx")
    assert refusal.value.code == "file_damaged"
