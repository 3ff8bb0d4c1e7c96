"""A table of texts, whatever it came from: what reading hands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook, one text file or one layer of geometries.

    ``cells`` has a column of texts (null where empty) for each column, named "0", "1" …; ``rows``
    the number of each row as the spreadsheet numbers it. ``names`` are the columns' names where
    the format has them apart from its rows (layers); a workbook's headings are still among the cells.
    ``geometry`` is well-known binary as it was given; ``srid`` the system it says it is in.
    """

    name: str
    cells: pa.Table
    rows: Sequence[int]
    names: tuple[str, ...] = ()
    # First row, first column, last row, last column of merged cells; as rows counts, columns from 0.
    merged: tuple[tuple[int, int, int, int], ...] = ()
    # By row (as rows counts) and column: the error a formula left there.
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)
    geometry: pa.Array | None = None
    srid: int | None = None
    # What else is known of it, told to people: encoding, driver, dates from 1904 …
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """A file that could be read: its format and the sheets that hold anything."""

    format: str
    sheets: tuple[Sheet, ...]
    # Problems of the file as a whole that do not keep it from being read: code and data.
    notes: tuple[tuple[str, Mapping[str, Any]], ...] = ()
