"""A person's own data as a workbook: the values, what refers to them, who has seen them."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from app.i18n import gettext as _
from app.records.trail import ACTIONS
from app.words import label
from assets.db import OFFICE_ZONE
from assets.personal.finding import File
from assets.personal.reading import Values


def write_file(values: Values, file: File, day: dt.date) -> io.BytesIO:
    """The workbook, at its start."""
    target = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, {"in_memory": True} | options) as book:
        head = book.add_format({"bold": True, "bg_color": "#E3EEF1", "bottom": 1})
        own = [
            (_("Full name"), values.name),
            (_("Telephone"), values.phone),
            (_("Identity number"), values.id_number),
            (_("As of"), day),
        ]
        _sheet(book, head, _("Personal values"), (_("What"), _("Value")), own)
        ties = [(label("tie", tie.kind), tie.name, tie.since, tie.until, tie.kept_until) for tie in file.ties]
        titles = (_("As"), _("Record"), _("From"), _("Until"), _("Kept until"))
        _sheet(book, head, _("What refers to the person"), titles, ties)
        entries = [
            (
                entry.at.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M"),
                entry.display_name,
                ACTIONS.get(entry.action, entry.action),
                entry.reason,
            )
            for entry in file.entries
        ]
        _sheet(book, head, _("Who did what with them"), (_("When"), _("Who"), _("What"), _("Reason")), entries)
    target.seek(0)
    return target


def _sheet(book: Any, head: Any, name: str, titles: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    sheet = book.add_worksheet(name[:31])
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, len(titles) - 1, 30)
    for place, title in enumerate(titles):
        sheet.write_string(0, place, title, head)
    for line, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            sheet.write_string(line, place, "" if value is None else str(value))
