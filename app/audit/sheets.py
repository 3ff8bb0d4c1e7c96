"""The trail as a workbook."""

from __future__ import annotations

import io
from collections.abc import Sequence

from app.audit.reading import Told
from app.audit.words import RESULTS
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.lists.columns import Column
from app.lists.page import Row
from app.lists.tables import table_of
from app.lists.workbook import workbook_of


def _nothing(_asked: object) -> None:
    """Entries are read along their own way, not by columns."""


COLUMNS = tuple(
    Column(key, title, _nothing)
    for key, title in (
        ("at", _l("Time")),
        ("who", _l("Who")),
        ("username", _l("Account name")),
        ("action", _l("Action")),
        ("record", _l("Record")),
        ("name", _l("Name")),
        ("area", _l("Area")),
        ("changes", _l("Before → after")),
        ("reason", _l("Reason")),
        ("address", _l("From where")),
        ("result", _l("Result")),
    )
)


def write_trail(title: str, notes: Sequence[str], entries: Sequence[Told]) -> io.BytesIO:
    """The workbook of entries, one a line."""
    rows = (Row(entry.id, _cells(entry)) for entry in entries)
    return workbook_of(table_of(title, notes, COLUMNS, rows))


def _cells(entry: Told) -> list[str]:
    changes = "\n".join(
        f"{name}: {after}"
        if before is None
        else _("%(name)s: %(before)s → %(after)s", name=name, before=before, after=after)
        for name, before, after in entry.changes
    )
    return [
        f"{entry.at:%Y-%m-%d %H:%M:%S}",
        entry.who,
        entry.username,
        entry.action,
        entry.record,
        entry.name,
        entry.area,
        changes,
        entry.reason,
        entry.address,
        str(RESULTS.get(entry.result, entry.result)),
    ]
