"""Rows of a ledger that are none of its records: totals, headings printed again, notes and examples."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_TOTAL: Final = r"^(?:.{0,15})?(?:合计|小计|总计|共计|累计|总合计|(?i:sub-?total|grand ?total|total))[:：]?$"
_BLANKS: Final = r"[\s　 ]+"
_NOTE: Final = (
    r"^(?:填表人|填报人|填报单位|填表单位|填报日期|填表日期|制表人?|制表单位|制表日期|审核人?|审批人?|复核人?|负责人"
    r"|单位负责人|主要领导|分管领导|经办人|联系人|联系电话|填表说明|填报说明|说明|备注|附注|注\d*|附|单位\(?盖章\)?"
    r"|(?i:notes?|prepared by))\s*(?:\([^)]*\)|（[^）]*）)?\s*[:：]"
    r"|^(?:注|说明|填表说明|备注)\d*[:：.．、]?$|^（?\(?单位盖章|^第\s*\d+\s*页|^共\s*\d+\s*页"
)
_EXAMPLE: Final = r"^(?:示例|样例|举例|填写示例|例)(?:[:：行]|\d*$)|^(?i:example)\b"
# Totals are named at the left of a table, or where a record's name or place would stand.
_LEFT_COLUMNS: Final = 4
_FEW_CELLS: Final = 2
_NUMBERED: Final = 3
_COUNTED = "甲乙丙丁戊己庚辛"

Mask = NDArray[np.bool_]


def rows_passed(
    cells: pa.Table,
    *,
    first: int,
    headings: Sequence[Sequence[str]],
    titles: Collection[str],
    columns: Mapping[int, str],
) -> dict[int, str]:
    """Find the rows below the headings that are no records.

    Parameters
    ----------
    cells : pa.Table
        The whole sheet.
    first : int
        The index of the first row below the headings.
    headings : sequence of rows of texts
        The rows of the headings, as they stand there.
    titles : collection of str
        What stands above them.
    columns : mapping
        The fields of the columns.

    Returns
    -------
    dict
        Index of a row → ``total``, ``heading``, ``title``, ``note``, ``example``, ``numbering`` or ``blank``.
    """
    below = cells.slice(first)
    count = below.num_rows
    if not count or not below.num_columns:
        return {}
    arrays = [column.combine_chunks() for column in below.columns]
    filled = np.sum([array.is_valid().to_numpy(zero_copy_only=False) for array in arrays], axis=0)
    reasons: list[tuple[str, Mask]] = [
        ("blank", filled == 0),
        ("heading", _repeated(arrays, headings, filled)),
        ("title", _titles(arrays, titles, filled)),
        ("example", _begins(arrays, _EXAMPLE)),
        ("total", _totals(arrays, columns)),
        ("note", _notes(arrays, filled)),
    ]
    passed: dict[int, str] = {}
    for reason, mask in reasons:
        for index in np.flatnonzero(mask):
            passed.setdefault(first + int(index), reason)
    if _counts_columns(below):
        passed.setdefault(first, "numbering")
    return passed


def _true(array: Any) -> Mask:
    found: Mask = pc.fill_null(array, False).to_numpy(zero_copy_only=False)
    return found


def _repeated(arrays: Sequence[Any], headings: Sequence[Sequence[str]], filled: Any) -> Mask:
    found = np.zeros(len(filled), dtype=bool)
    for row in headings:
        same = np.zeros(len(filled), dtype=np.int32)
        texts = 0
        for array, text in zip(arrays, row, strict=False):
            if text:
                texts += 1
                same += _true(pc.equal(array, text))
        found |= (same >= _FEW_CELLS) & (same * 10 >= np.maximum(filled, 1) * 6) if texts else False
    return found


def _titles(arrays: Sequence[Any], titles: Collection[str], filled: NDArray[np.int64]) -> Mask:
    found = np.zeros(len(filled), dtype=bool)
    rows = np.flatnonzero(filled <= _FEW_CELLS)
    if not titles or not len(rows):
        return found
    wanted = pa.array(sorted(titles), pa.string())
    for array in arrays:
        found[rows] |= _true(pc.is_in(array.take(pa.array(rows)), wanted))
    return found


def _begins(arrays: Sequence[Any], pattern: str) -> Mask:
    return _true(pc.match_substring_regex(arrays[0], pattern))


def _totals(arrays: Sequence[Any], columns: Mapping[int, str]) -> Mask:
    found = np.zeros(len(arrays[0]), dtype=bool)
    named = np.zeros(len(arrays[0]), dtype=bool)
    for at, array in enumerate(arrays):
        key = columns.get(at, "")
        if at >= _LEFT_COLUMNS and key not in ("name", "town", "village", "county"):
            continue
        # A plain search first: the pattern is looked for in hardly any of a million rows.
        likely = _true(pc.match_substring(array, "计")) | _true(pc.match_substring(array, "total", ignore_case=True))
        rows = np.flatnonzero(likely)
        texts = pc.replace_substring_regex(array.take(pa.array(rows)), _BLANKS, "")
        words = rows[_true(pc.match_substring_regex(texts, _TOTAL))]
        found[words] = True
        if key == "name":
            named = _true(array.is_valid())
            named[words] = False
    return found & ~named


def _notes(arrays: Sequence[Any], filled: NDArray[np.int64]) -> Mask:
    """Lines under the table: those with a word of office, and from there on whatever fills one cell."""
    marked = np.zeros(len(filled), dtype=bool)
    few = np.flatnonzero(filled <= max(_FEW_CELLS, len(arrays) // 3))
    for array in arrays[:_LEFT_COLUMNS]:
        marked[few] |= _true(pc.match_substring_regex(array.take(pa.array(few)), _NOTE))
    full = np.flatnonzero((filled > _FEW_CELLS) & ~marked)
    tail = int(full[-1]) + 1 if len(full) else 0
    noted = np.flatnonzero(marked[tail:])
    if len(noted) and len(arrays) > _NUMBERED:
        marked[tail + int(noted[0]) :] |= filled[tail + int(noted[0]) :] <= _FEW_CELLS
    return marked


def _counts_columns(below: pa.Table) -> bool:
    """Whether the first row only counts the columns: 1 2 3, or 甲 乙 1 2."""
    row = [text.strip() for text in below.slice(0, 1).to_pylist()[0].values() if text]
    digits = [text.strip("()（）") for text in row if not set(text) <= set(_COUNTED) and text != "栏次"]
    counted = all(re.fullmatch(r"\d{1,3}", text) for text in digits)
    return (
        counted
        and len(digits) >= _NUMBERED
        and [int(text) for text in digits] == list(range(int(digits[0]), int(digits[0]) + len(digits)))
    )
