"""Workbooks, .xlsx and .xls: every cell as the text that stands in it, formulas as what they last showed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc

from assets.imports.problems import Unreadable, declare
from assets.imports.reading import biff, grids, pieces, sheet_xml, streams
from assets.imports.reading.archives import Archive
from assets.imports.reading.limits import LIMITS
from assets.imports.reading.naming import under_name
from assets.imports.settings import Reading
from assets.imports.sheets import Sheet, Source

declare(
    {
        "sheet_unknown": "{file} has no sheet named {sheet}. Please choose one of these: {sheets}.",
        "sheets_hidden": "Hidden sheets were passed over: {sheets}.",
        "dates_from_1904": "This workbook counts its days from 1904, which was taken into account.",
    }
)

_ERRORS: Final = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "GettingData": "#GETTING_DATA",
}
# Longer than fifteen digits with point and sign: what floating point adds to 1234567890.12.
_PRECISE: Final = r"^-?\d+\.\d{8,}$"
_LONGEST_NUMBER: Final = 15


def read_new(path: Path, name: str, reading: Reading) -> Source:
    """Read an .xlsx."""
    archive = Archive(path, name)
    outline = sheet_xml.outline(archive)
    chosen = _chosen([(part.name, part.visible) for part in outline.parts], name, reading)
    members = {part.member for part in outline.parts}
    sheet_xml.refuse_entities(
        archive, [one for one in archive.members if one.endswith((".xml", ".rels")) and one not in members]
    )
    extents = {
        number: sheet_xml.extent(archive, part)
        for number, part in enumerate(outline.parts)
        if part.member in archive.members
    }
    sheets = []
    with under_name(path, "book.xlsx") as link:
        book: Any = None
        for number in chosen:
            part, extent = outline.parts[number], extents.get(number)
            if extent is None or not extent.rows:
                continue
            if extent.cells <= LIMITS.cells_at_once:
                book = book or fastexcel.read_excel(link)
                sheets.append(_sheet(book, book.sheet_names.index(part.name), tuple(extent.merged)))
            elif extent.filled <= LIMITS.cells_by_row:
                sheets.append(streams.read_sheet(path, part.name, extent))
            else:
                early = outline.from_1904
                sheets.append(pieces.read_sheet(archive, part, extent, from_1904=early, parse=_piece))
    notes: list[Any] = [("dates_from_1904", {})] if outline.from_1904 else []
    return _source("xlsx", sheets, [(part.name, part.visible) for part in outline.parts], notes, reading)


def read_old(path: Path, name: str, reading: Reading) -> Source:
    """Read an .xls."""
    merged = biff.merged_blocks(biff.book_of(path))
    with under_name(path, "book.xls") as link:
        book = fastexcel.read_excel(link)
        names = book.sheet_names
        if len(names) > LIMITS.sheets:
            raise Unreadable("sheets_too_many", file=name, number=len(names), most=LIMITS.sheets)
        if len(merged) != len(names):
            merged = [()] * len(names)
        states = [(one, _is_visible(book, number)) for number, one in enumerate(names)]
        sheets = [_sheet(book, number, merged[number]) for number in _chosen(states, name, reading)]
    return _source("xls", sheets, states, [], reading)


def _is_visible(book: Any, number: int) -> bool:
    empty = book.load_sheet(number, header_row=None, skip_rows=0, n_rows=0, dtypes="string")
    return bool(empty.visible == "visible")


def _chosen(states: list[tuple[str, bool]], file: str, reading: Reading) -> list[int]:
    """The sheets to read: those that are named, else all that are visible."""
    if not reading.sheets:
        return [number for number, (_, visible) in enumerate(states) if visible]
    names = [name for name, _ in states]
    for sheet in reading.sheets:
        if sheet not in names:
            raise Unreadable("sheet_unknown", file=file, sheet=sheet, sheets="、".join(names))
    return [number for number, name in enumerate(names) if name in reading.sheets]


def _source(
    form: str, sheets: Iterable[Sheet], states: list[tuple[str, bool]], notes: list[Any], reading: Reading
) -> Source:
    hidden = [name for name, visible in states if not visible and name not in reading.sheets]
    if hidden:
        notes.append(("sheets_hidden", {"sheets": "、".join(hidden)}))
    return Source(form, tuple(sheet for sheet in sheets if sheet.cells.num_rows), tuple(notes))


def _piece(path: Path, from_top: bool) -> Sheet:
    return _sheet(fastexcel.read_excel(str(path)), 0, (), from_top=from_top)


def _sheet(book: Any, number: int, merged: tuple[tuple[int, int, int, int], ...], *, from_top: bool = True) -> Sheet:
    skipped = 0 if from_top else None
    loaded = book.load_sheet(number, header_row=None, skip_rows=skipped, dtypes="string", whitespace_as_null=True)
    if loaded.width > LIMITS.columns:
        raise Unreadable("sheet_too_wide", sheet=loaded.name, column=loaded.width, most=LIMITS.columns)
    if not loaded.height:
        return Sheet(loaded.name, pa.table({}), ())
    batch, failures = loaded.to_arrow_with_errors()
    name, at = loaded.name, [column.absolute_index for column in loaded.available_columns()]
    # The cells as they were parsed take four times the room of the texts.
    del loaded
    columns = [pa.nulls(batch.num_rows, pa.string())] * (max(at) + 1)
    for index, column in zip(at, batch.columns, strict=True):
        columns[index] = _tidied(column)
    errors = {}
    for failure in failures.errors if failures else ():
        found = re.search(r"Error\((\w+)\)", failure.detail)
        row, column = failure.position
        errors[row + 1, at[column]] = _ERRORS.get(found.group(1), "#ERROR") if found else "#ERROR"
    wrong = {row for row, _ in errors}
    cells, rows = grids.compact(columns, range(1, batch.num_rows + 1), kept=wrong)
    return Sheet(name, cells, rows, merged=merged, errors=errors)


def _tidied(column: pa.Array) -> pa.Array:
    """Numbers with the fifteen digits a spreadsheet knows and shows."""
    long = pc.greater(pc.binary_length(column), _LONGEST_NUMBER)
    if not pc.any(long).as_py():
        return column
    precise = pc.and_(long, pc.match_substring_regex(column, _PRECISE))
    if not pc.any(precise).as_py():
        return column
    rounded = [_fifteen_digits(text) for text in column.filter(precise).to_pylist()]
    return pc.replace_with_mask(column, pc.fill_null(precise, False), pa.array(rounded, pa.string()))


def _fifteen_digits(text: str) -> str:
    return f"{float(text):.15g}"
