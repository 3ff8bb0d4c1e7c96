"""A list as a workbook: the chosen columns in the chosen order, and where it comes from."""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from app.i18n import gettext as _
from app.lists.guard import fit, guarded
from app.lists.tables import Head, Table, flat

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_CELL = 32_767
_WIDTHS = {"name": 36, "text": 16, "term": 16, "badge": 14, "missing": 18, "date": 12, "wan": 14, "degrees": 12}
_NUMBERS = {"date": "yyyy-mm-dd", "wan": "#,##0.00", "number": "#,##0.##", "bare": "0", "degrees": "0.000000"}


def workbook_of(table: Table) -> io.BytesIO:
    """The workbook of a short table, at its start."""
    target = io.BytesIO()
    write_workbook(table, target)
    target.seek(0)
    return target


def write_workbook(table: Table, target: Path | IO[bytes]) -> None:
    """Write the rows as they come; only the packed file is held.

    Parameters
    ----------
    table : Table
        Its title is the first line and the name of the sheet; sums stand in the last line.
    target : Path or binary file
        Where it goes.
    """
    table = flat(table)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_sheet_name(table.title))
        font = {"font_name": "Noto Sans CJK SC", "font_size": 10}
        plain = book.add_format(font)
        head = book.add_format(font | {"bold": True, "bottom": 1, "bg_color": "#E3EEF1", "text_wrap": True})
        formats = {look: book.add_format(font | {"num_format": shown}) for look, shown in _NUMBERS.items()}
        formats |= {"text": plain}
        for place, column in enumerate(table.heads):
            sheet.set_column(place, place, _WIDTHS.get(column.look, 12))
        sheet.write_string(0, 0, _plain(table.title), book.add_format(font | {"bold": True, "font_size": 15}))
        for line, note in enumerate(table.notes, start=1):
            sheet.write_string(line, 0, _plain(note), plain)
        top = len(table.notes) + 1
        for place, column in enumerate(table.heads):
            sheet.write_string(top, place, column.title, head)
        line = top
        for portion in table.portions:
            for row in portion.rows:
                line += 1
                for place, (column, value) in enumerate(zip(table.heads, row, strict=True)):
                    _write(sheet, line, place, column, value, formats)
        sheet.autofilter(top, 0, max(line, top + 1), len(table.heads) - 1)
        if table.totals:
            sheet.write_string(line + 1, 0, _("Total"), head)
            for place, column in enumerate(table.heads[1:], start=1):
                _write(sheet, line + 1, place, column, table.totals.get(column.key), formats)
        sheet.freeze_panes(top + 1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
        sheet.set_footer("&P / &N")


def _sheet_name(title: str) -> str:
    """What a workbook takes as the name of a sheet: 31 characters, without its own signs."""
    return re.sub(r"[\[\]:*?/\\\x00-\x1f]+", " ", title)[:31].strip(" '") or "1"


def _write(sheet: Any, line: int, place: int, column: Head, value: Any, formats: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, dt.date):
        sheet.write_datetime(line, place, dt.datetime.combine(value, dt.time()), formats["date"])
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(line, place, float(value), formats.get(column.look, formats["number"]))
    else:
        sheet.write_string(line, place, _plain(value), formats["text"])


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula, short enough for a cell."""
    return guarded(fit(text))[:_LONGEST_CELL]
