"""A list as a table of texts, for whatever reads comma-separated values."""

from __future__ import annotations

import csv
from pathlib import Path

from app.lists.guard import fit, guarded
from app.lists.tables import Table, flat, shown

CONTENT_TYPE = "text/csv; charset=utf-8"


def write_csv(table: Table, path: Path) -> None:
    """Write heading and rows as UTF-8 with a mark at its start, by which spreadsheets know it.

    Parameters
    ----------
    table : Table
        Its title, notes and sums stay out: the first line is the heading, each further one a row.
    path : Path
        Where it goes.
    """
    table = flat(table)
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as texts:
        writer = csv.writer(texts)
        writer.writerow([head.title for head in table.heads])
        for portion in table.portions:
            writer.writerows([_cell(value) for value in row] for row in portion.rows)


def _cell(value: object) -> str:
    return guarded(fit(value)) if isinstance(value, str) else shown(value)
