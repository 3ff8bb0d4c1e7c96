"""Sheets too large to be held at once: read row by row, kept as columns."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Final

import numpy as np
import openpyxl
import pyarrow as pa

from assets.imports.reading.limits import LIMITS
from assets.imports.reading.sheet_xml import Extent
from assets.imports.sheets import Sheet

_CHUNK: Final = 20_000


def read_sheet(path: Path, name: str, extent: Extent) -> Sheet:
    """Read one sheet of an .xlsx in bounded memory, some times slower than at once."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    width = min(extent.columns, LIMITS.columns)
    pieces: list[pa.RecordBatch] = []
    numbers: list[int] = []
    errors: dict[tuple[int, int], str] = {}
    waiting: list[list[str | None]] = [[] for _ in range(width)]
    names = [str(number) for number in range(width)]
    try:
        sheet = book[name]
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(max_col=width), start=1):
            if all(cell.value is None for cell in row):
                continue
            numbers.append(number)
            for at in range(width):
                cell: Any = row[at] if at < len(row) else None
                value = None if cell is None else cell.value
                if value is not None and cell.data_type == "e":
                    errors[number, at] = str(value)
                    value = None
                waiting[at].append(text_of(value))
            if len(waiting[0]) >= _CHUNK:
                pieces.append(_piece(waiting, names))
                waiting = [[] for _ in range(width)]
    finally:
        book.close()
    pieces.append(_piece(waiting, names))
    rows = np.asarray(numbers, dtype=np.int32)
    return Sheet(name, pa.Table.from_batches(pieces), rows.tolist(), merged=tuple(extent.merged), errors=errors)


def text_of(value: object) -> str | None:
    """A value as the text that stands for it, the same whichever way a workbook is read."""
    if value is None:
        return None
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(value, ".15g") if value != int(value) else str(int(value))
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.date):
        return value.strftime("%Y-%m-%d 00:00:00")
    return str(value)


def _piece(columns: list[list[str | None]], names: list[str]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array(column, pa.string()) for column in columns], names=names)
