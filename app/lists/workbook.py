"""A list as a workbook: the chosen columns in the chosen order, and where it comes from."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter

from app.i18n import gettext as _
from app.lists.columns import Column
from app.lists.page import Row
from app.lists.writing import Writer

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
_LONGEST_CELL = 32_000
_WIDTHS = {"name": 36, "text": 16, "term": 16, "badge": 14, "missing": 18, "date": 12, "wan": 14, "number": 12}


def write_workbook(
    title: str,
    notes: Sequence[str],
    columns: tuple[Column, ...],
    rows: Iterable[Row],
    totals: Mapping[str, Any],
) -> io.BytesIO:
    """Write the rows as they come; only the packed file is held.

    Parameters
    ----------
    title : str
        First line and name of the sheet.
    notes : sequence of str
        Area, day, filters, provenance: one line each.
    columns, rows, totals
        As the page shows them.

    Returns
    -------
    BytesIO
        The file, at its start.
    """
    target = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        font = {"font_name": "Noto Sans CJK SC", "font_size": 10}
        plain = book.add_format(font)
        head = book.add_format(font | {"bold": True, "bottom": 1, "bg_color": "#E3EEF1", "text_wrap": True})
        formats = {
            "date": book.add_format(font | {"num_format": "yyyy-mm-dd"}),
            "wan": book.add_format(font | {"num_format": "#,##0.00"}),
            "number": book.add_format(font | {"num_format": "#,##0.##"}),
        }
        for place, column in enumerate(columns):
            sheet.set_column(place, place, _WIDTHS.get(column.show, 12))
        sheet.write_string(0, 0, _plain(title), book.add_format(font | {"bold": True, "font_size": 15}))
        for line, note in enumerate(notes, start=1):
            sheet.write_string(line, 0, _plain(note), plain)
        top = len(notes) + 1
        for place, column in enumerate(columns):
            unit = f"（{column.unit}）" if str(column.unit) else ""
            sheet.write_string(top, place, f"{column.title}{unit}", head)
        writer = Writer()
        line = top
        for row in rows:
            line += 1
            for place, (column, value) in enumerate(zip(columns, row.cells, strict=True)):
                _write(sheet, line, place, column, value, writer, formats, plain)
        sheet.autofilter(top, 0, max(line, top + 1), len(columns) - 1)
        line += 1
        for place, column in enumerate(columns):
            if place == 0:
                sheet.write_string(line, place, _("Total"), head)
            elif totals.get(column.key) is not None:
                _write(sheet, line, place, column, totals[column.key], writer, formats, plain)
        sheet.freeze_panes(top + 1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
        sheet.set_footer("&P / &N")
    target.seek(0)
    return target


def _sheet_name(title: str) -> str:
    """What a workbook takes as the name of a sheet: 31 characters, without its own signs."""
    return re.sub(r"[\[\]:*?/\\\x00-\x1f]+", " ", title)[:31].strip(" '") or "1"


def _write(
    sheet: Any, line: int, place: int, column: Column, value: Any, writer: Writer, formats: Any, plain: Any
) -> None:
    if value is None:
        return
    if column.show == "date" and isinstance(value, dt.date):
        sheet.write_datetime(line, place, dt.datetime.combine(value, dt.time()), formats["date"])
    elif column.show in ("wan", "number"):
        number = float(value) / 10_000 if column.show == "wan" else float(value)
        sheet.write_number(line, place, number, formats[column.show])
    else:
        sheet.write_string(line, place, _plain(writer.text(column, value)), plain)


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula, short enough for a cell."""
    text = "".join(sign for sign in text if sign >= " " or sign in "\t\n")[:_LONGEST_CELL]
    return "'" + text if text.startswith(_FORMULA_SIGNS) else text
