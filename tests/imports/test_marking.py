"""Marks in workbooks of every make: the parts stay well-formed and in the order spreadsheets ask for."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from assets.imports.marking import NotMarkable, SheetMarks, mark_book
from assets.imports.marking.grid import Grid
from assets.imports.marking.markup import attribute, column_of, letters_of, with_attribute
from assets.imports.marking.styles import Styles

# As the schema of spreadsheets lists what may stand in a sheet.
_ORDER = (
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios "
    "autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting "
    "dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties "
    "cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF picture oleObjects controls "
    "webPublishItems tableParts extLst"
)
ORDER = _ORDER.split()
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STYLES = (
    '<styleSheet><fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<cellXfs count="2"><xf fillId="0" fontId="0"/><xf fillId="0" fontId="1"><alignment wrapText="1"/></xf></cellXfs>'
    "</styleSheet>"
)


def marks(**more: Any) -> SheetMarks:
    given: dict[str, Any] = {
        "name": "台账",
        "cells": {3: {1: "error", 5: "doubt"}},
        "reasons": {3: "原因 <&>\n第二行"},
        "heading": (1, 1),
        "last": 4,
        "column": 7,
        "title": "问题说明",
        "comments": {(3, 1): "原因 <&>"},
    }
    return SheetMarks(**(given | more))


def furnished(path: Path, *, table: bool = False) -> Path:
    """A workbook with nearly everything an office puts into one."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("台账")
        for place in range(7):
            sheet.write(0, place, f"栏{place}")
        for line in range(1, 4):
            sheet.write(line, 0, line)
            sheet.write_formula(line, 1, f"=A{line + 1}*2", None, line * 2)
        sheet.set_column(0, 2, 20)
        sheet.conditional_format("A2:A4", {"type": "cell", "criteria": ">", "value": 1})
        sheet.data_validation("C2:C4", {"validate": "list", "source": ["甲", "乙"]})
        sheet.merge_range("D2:D3", "合并")
        sheet.set_header("&C台账")
        sheet.write_url("E2", "internal:台账!A1")
        sheet.insert_chart("J2", _chart(book))
        sheet.write_comment("A2", "别人的批注")
        if table:
            sheet.add_table("A1:C4", {"columns": [{"header": f"栏{place}"} for place in range(3)]})
        else:
            sheet.protect("x")
            sheet.autofilter("A1:G4")
        book.add_worksheet("其他").write_comment("A1", "另一页")
    return path


def _chart(book: Any) -> Any:
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=台账!$A$2:$A$4"})
    return chart


@pytest.mark.parametrize("table", [False, True])
def test_a_furnished_workbook_stays_well_formed_and_in_order(table: bool, tmp_path: Path) -> None:
    path = furnished(tmp_path / "book.xlsx", table=table)
    target = io.BytesIO()
    mark_book(path, "book.xlsx", [marks()], target)
    with zipfile.ZipFile(target) as book, zipfile.ZipFile(path) as before:
        assert set(book.namelist()) == set(before.namelist())
        for member in book.namelist():
            if member.endswith((".xml", ".rels", ".vml")):
                ElementTree.fromstring(book.read(member))
        root = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        assert b"<v>2</v>" in book.read("xl/worksheets/sheet1.xml")
    found = [element.tag.removeprefix(MAIN) for element in root]
    assert found == sorted(found, key=ORDER.index)
    assert len([name for name in found if name == "autoFilter"]) == (0 if table else 1)
    rows = root.findall(f"{MAIN}sheetData/{MAIN}row")
    assert [row.get("hidden") for row in rows] == ([None] * 4 if table else [None, "1", None, "1"])
    for row in rows:
        columns = [column_of(re.sub(r"\d", "", cell.get("r", ""))) for cell in row]
        assert columns == sorted(set(columns))
    sheet: Any = openpyxl.load_workbook(target)["台账"]
    assert sheet["H3"].value == "原因 <&>\n第二行"
    assert sheet["B3"].comment.text == "原因 <&>"
    assert sheet["A2"].comment.text == "别人的批注"
    assert sheet["B3"].value == "=A3*2"


def test_a_workbook_whose_tags_bear_a_prefix_is_marked_as_well() -> None:
    text = (
        '<x:worksheet xmlns:x="m"><x:sheetData><x:row r="1"><x:c r="A1"/></x:row><x:row r="3" spans="1:2"><x:c r="B3">'
        '<x:v>1</x:v></x:c></x:row><x:row r="4"/></x:sheetData><x:mergeCells/></x:worksheet>'
    )
    written = Grid(text, marks(), Styles(STYLES)).written()
    root = ElementTree.fromstring(written)
    cells = {cell.get("r"): cell for cell in root.iter("{m}c")}
    assert list(cells) == ["A1", "H1", "B3", "F3", "H3"]
    assert [row.get("hidden") for row in root.iter("{m}row")] == [None, None, "1"]
    assert [one.tag for one in root] == [
        "{m}sheetPr",
        "{m}cols",
        "{m}sheetData",
        "{m}autoFilter",
        "{m}mergeCells",
    ]


def test_formats_are_made_once_and_taken_back_to_what_they_were() -> None:
    styles = Styles(STYLES)
    red, yellow = styles.marked(1, "error"), styles.marked(1, "doubt")
    assert styles.marked(1, "error") == red != yellow
    again = Styles(styles.written())
    assert again.unmarked(red) == again.unmarked(yellow) == 1
    assert again.marked(red, "error") == red or again.unmarked(again.marked(red, "error")) == 1
    assert 'count="4"' in styles.written()
    ElementTree.fromstring(styles.written())


@pytest.mark.parametrize(
    "text", ["", "<worksheet></worksheet>", "<worksheet><sheetData/></worksheet>", "<chartsheet/>", "\x00"]
)
def test_what_is_no_sheet_of_rows_cannot_be_marked(text: str) -> None:
    with pytest.raises(NotMarkable):
        Grid(text, marks(), Styles(STYLES))


@pytest.mark.parametrize("text", ["", "<a/>", "<styleSheet/>", "<styleSheet><fills></fills></styleSheet>"])
def test_what_has_no_formats_cannot_be_marked(text: str) -> None:
    with pytest.raises(NotMarkable):
        Styles(text)


@given(st.integers(0, 16_383))
def test_columns_keep_their_letters(column: int) -> None:
    assert column_of(letters_of(column)) == column


@given(st.text("abc<>&\"' ", max_size=8))
def test_an_attribute_is_set_and_taken_away(value: str) -> None:
    for element in ("<c r='1'/>", '<c s="0" r="A1">x</c>', "<c>y</c>"):
        once = with_attribute(element, "s", value)
        ElementTree.fromstring(once)
        assert ElementTree.fromstring(once).get("s") == value
        assert attribute(with_attribute(once, "s", None), "s") is None
