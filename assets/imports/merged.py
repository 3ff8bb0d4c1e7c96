"""Cells merged among the rows of a ledger: a place is meant for all of them, anything else is asked about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa

from assets.imports.fields import REGION_FIELDS
from assets.imports.headings import Headings
from assets.imports.problems import Fault, declare
from assets.imports.sheets import Sheet

declare(
    {
        "merged_place": "“{value}” was taken from the merged cell that begins in row {row}.",
        "merged_cell": "This cell is merged over rows {first} to {last}, so it is not clear which of them “{value}” is"
        " meant for. Please unmerge it and fill in each row, or confirm that it stands in row {first} alone.",
        "merged_columns": "This cell is merged over several columns, so it is not clear which of them “{value}” is"
        " meant for. Please unmerge it and fill in each column, or confirm that it stands in the first alone.",
    }
)

_PLACES: Final = frozenset(one.key for one in REGION_FIELDS)
_LONGEST_SHOWN: Final = 60


@dataclass(frozen=True)
class _Block:
    """A merged block among the records: indexes of its rows that are records, and its columns."""

    rows: list[int]
    left: int
    right: int


def unmerged(sheet: Sheet, heads: Headings) -> tuple[Sheet, list[Fault]]:
    """Give each row what a cell merged over it says of its place, and tell all other merged cells.

    Parameters
    ----------
    sheet : Sheet
        As it was read: a merged cell's text stands in its first row and column.
    heads : Headings
        Which column is which field, and which rows are records.

    Returns
    -------
    Sheet
        With the places filled in.
    list of Fault
        Numbered by the sheet's records, from 1.
    """
    if not sheet.merged:
        return sheet, []
    numbers = _numbers(sheet, heads)
    texts = {at: sheet.cells.column(at).to_pylist() for at in heads.columns if at < sheet.cells.num_columns}
    filled: set[int] = set()
    faults: list[Fault] = []
    for block in _blocks(sheet, numbers):
        if block.right > block.left:
            faults += _asked_across(block, texts, heads.columns, numbers)
        key = heads.columns.get(block.left, "")
        if len(block.rows) < 2 or not key:
            continue
        value = texts[block.left][block.rows[0]]
        if value is None:
            continue
        if key in _PLACES:
            for row in block.rows[1:]:
                texts[block.left][row] = value
                faults.append(_taken(numbers[row], key, value, sheet.rows[block.rows[0]]))
            filled.add(block.left)
        else:
            faults += _asked(block, key, value, sheet, numbers)
    cells = sheet.cells
    for at in filled:
        cells = cells.set_column(at, str(at), pa.array(texts[at], pa.string()))
    return (replace(sheet, cells=cells) if filled else sheet), faults


def _numbers(sheet: Sheet, heads: Headings) -> dict[int, int]:
    """Index of each record's row → its number."""
    passed = heads.footers
    rows = (index for index in range(heads.first, sheet.cells.num_rows) if index not in passed)
    return {index: number for number, index in enumerate(rows, start=1)}


def _blocks(sheet: Sheet, numbers: Mapping[int, int]) -> Iterator[_Block]:
    rows = np.asarray(sheet.rows)
    for top, left, bottom, right in sheet.merged:
        first, last = np.searchsorted(rows, (top, bottom + 1))
        within = [index for index in range(int(first), int(last)) if index in numbers]
        # A block whose first row is no record (a heading, a title) says nothing of one.
        if within and rows[within[0]] == top:
            yield _Block(within, left, right)


def _taken(number: int, key: str, value: str, row: int) -> Fault:
    return Fault(number, key, "merged_place", "note", value, data={"value": value[:_LONGEST_SHOWN], "row": row})


def _asked(block: _Block, key: str, value: str, sheet: Sheet, numbers: Mapping[int, int]) -> list[Fault]:
    first, last = sheet.rows[block.rows[0]], sheet.rows[block.rows[-1]]
    data = {"first": first, "last": last, "value": value[:_LONGEST_SHOWN]}
    return [
        Fault(numbers[row], key, "merged_cell", "doubt", value if row == block.rows[0] else None, value, data)
        for row in block.rows
    ]


def _asked_across(
    block: _Block, texts: Mapping[int, list[str | None]], columns: Mapping[int, str], numbers: Mapping[int, int]
) -> list[Fault]:
    across = [columns[at] for at in range(block.left, block.right + 1) if columns.get(at)]
    if len(across) < 2 or not columns.get(block.left):
        return []
    value = texts[block.left][block.rows[0]]
    if value is None:
        return []
    data = {"value": value[:_LONGEST_SHOWN]}
    return [Fault(numbers[block.rows[0]], columns[block.left], "merged_columns", "doubt", value, data=data)]
