"""The table of status by area as a workbook that says what it is, of when, and how it is computed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from app.i18n import gettext as _
from app.lists.guard import guarded
from app.maintenance.table import Row, Table

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMATS = {"count": "#,##0", "wan": "#,##0.0", "share": '0.0" %"', "rank": "0"}


def workbook(table: Table, *, title: str, notes: Sequence[str]) -> bytes:
    """The workbook.

    Parameters
    ----------
    table : Table
        What the page shows.
    title : str
        The heading, and the first words of the sheet.
    notes : sequence of str
        As-of date, filters, formulas, provenance: one line each below the heading.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("Status by area"))
    looks = _Looks(book)
    sheet.write_string(0, 0, guarded(title), looks.title)
    for line, note in enumerate(notes, start=1):
        sheet.write_string(line, 0, guarded(note), looks.note)
    top = len(notes) + 2
    _write_heading(sheet, table, top, looks)
    at = top + 2
    for row in (*table.rows, table.own):
        _write_row(sheet, row, at, looks, total=False)
        at += 1
    _write_row(sheet, table.total, at, looks, total=True)
    sheet.freeze_panes(top + 2, 1)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, len(table.columns), 11)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top, top + 1)
    sheet.set_footer("&P / &N")
    book.close()
    return buffer.getvalue()


class _Looks:
    def __init__(self, book: Any) -> None:
        font = {"font_name": "Noto Sans CJK SC", "font_size": 10}
        head = {**font, "bold": True, "border": 1, "bg_color": "#E3EEF1", "align": "center", "valign": "vcenter"}
        self.title = book.add_format({**font, "bold": True, "font_size": 15})
        self.note = book.add_format({**font, "font_color": "#53636B"})
        self.head = book.add_format({**head, "text_wrap": True})
        self.name = {total: book.add_format({**font, "border": 1, "bold": total}) for total in (False, True)}
        self.number = {
            (show, total): book.add_format({**font, "border": 1, "bold": total, "num_format": shown})
            for show, shown in _FORMATS.items()
            for total in (False, True)
        }
        self.none = book.add_format({**font, "border": 1, "align": "right"})


def _write_heading(sheet: Any, table: Table, top: int, looks: _Looks) -> None:
    sheet.merge_range(top, 0, top + 1, 0, _("Area"), looks.head)
    groups: dict[str, list[int]] = {}
    for place, column in enumerate(table.columns, start=1):
        unit = f"（{column.unit}）" if column.unit else ""
        if column.group:
            groups.setdefault(column.group, []).append(place)
            sheet.write_string(top + 1, place, guarded(column.name), looks.head)
        else:
            sheet.merge_range(top, place, top + 1, place, guarded(column.name + unit), looks.head)
    for name, places in groups.items():
        sheet.merge_range(top, places[0], top, places[-1], guarded(name), looks.head)


def _write_row(sheet: Any, row: Row, at: int, looks: _Looks, *, total: bool) -> None:
    sheet.write_string(at, 0, guarded(row.name), looks.name[total])
    for place, cell in enumerate(row.cells, start=1):
        if cell.number is None:
            sheet.write_string(at, place, "—", looks.none)
        else:
            number = float(cell.number) if isinstance(cell.number, Decimal) else cell.number
            sheet.write_number(at, place, number, looks.number[cell.column.show, total])
