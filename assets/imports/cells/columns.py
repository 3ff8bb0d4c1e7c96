"""One column at a time: each distinct text is read once, and plain ones by the column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.imports.cells import codes, days, money, numbers, people, shares, texts, words
from assets.imports.cells.found import Cell, Column, Finding, Reader
from assets.imports.fields import CellType

READERS: Final[Mapping[CellType, Reader]] = {
    "text": texts.read_text,
    "name": texts.read_name,
    "code": codes.read_code,
    "money": money.read_money,
    "number": numbers.read_number,
    "integer": numbers.read_integer,
    "date": days.read_date,
    "year": days.read_year,
    "yes": words.read_yes,
    "word": words.read_word,
    "term": words.read_word,
    "share": shares.read_share,
    "shares": shares.read_shares,
    "phone": people.read_phone,
    "id_number": people.read_identity,
}
TYPES: Final[Mapping[CellType, pa.DataType]] = {
    "money": pa.decimal128(18, 2),
    "number": pa.decimal128(20, 4),
    "integer": pa.int64(),
    "date": pa.date32(),
    "year": pa.int32(),
    "yes": pa.bool_(),
}
# Texts that say plainly what they mean; all others are read one by one.
_PLAIN: Final[Mapping[CellType, str]] = {
    "money": r"^-?\d{1,8}(\.\d{1,2})?$",
    "number": r"^-?\d{1,15}(\.\d{1,4})?$",
    "integer": r"^-?\d{1,15}$",
    # The last days of a month are looked up in the calendar.
    "date": r"^[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$",
    "year": r"^(19|20)\d{2}$",
    "phone": r"^1\d{10}$",
    "code": r"^[A-Za-z\d](?:[A-Za-z\d_/.()\-]{0,13}[A-Za-z\d_/()\-])?$",
}
# Nothing to take off, no digits or letters in full width, no blanks, no mask.
_NOT_PLAIN: Final = rf"\s*０-９Ａ-Ｚａ-ｚ\x{{a0}}\x{{3000}}{texts.UNSEEN}"
_TIDY: Final = rf"^[^{_NOT_PLAIN}'\-—–/\\#][^{_NOT_PLAIN}]*$"
_CODE_OF_A_NUMBER: Final = r"^\d+\.0+$"
_CLEARED: Final = Finding("cell_cleared", "note")


@dataclass(frozen=True)
class Read:
    """A column as it was read: a value for each distinct text, and which of them each row says."""

    values: pa.Array
    says: np.ndarray[Any, np.dtype[np.int64]]
    texts: pa.Array
    # By the place of a distinct text.
    findings: Mapping[int, Finding]
    units: Mapping[int, str]
    # The text as it stood there, by the place of those that were read one by one.
    cells: Mapping[int, str]

    def rows(self) -> pa.Array:
        """A value for every row; −1 says that nothing stands there."""
        return self.values.take(pa.array(self.says, mask=self.says < 0))

    def places(self, distinct: Mapping[int, Any]) -> Iterator[tuple[int, int]]:
        """The rows that say any of these texts: row and place of the text."""
        if not distinct:
            return
        wanted = np.zeros(len(self.texts) + 1, dtype=bool)
        wanted[list(distinct)] = True
        for row in np.flatnonzero(wanted[self.says]):
            yield int(row), int(self.says[row])


def read_column(texts_of_rows: pa.Array, column: Column) -> Read:
    """Read the texts of one column.

    Parameters
    ----------
    texts_of_rows : pa.Array
        A text for every row, null where empty.
    column : Column
        What they are read by.
    """
    encoded = texts_of_rows.dictionary_encode()
    distinct: pa.Array = encoded.dictionary
    says = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    type_ = TYPES.get(column.field.type, pa.string())
    plain = _plainly(distinct, column)
    values, rest = _cast(distinct, plain, column, type_)
    findings: dict[int, Finding] = {}
    units: dict[int, str] = {}
    cells: dict[int, str] = {}
    read: list[Any] = []
    for place, text in zip(rest.tolist(), distinct.take(pa.array(rest)).to_pylist(), strict=True):
        cell = read_cell(text, column)
        read.append(cell.value)
        cells[place] = text
        if cell.finding is not None:
            findings[place] = cell.finding
        if cell.unit:
            units[place] = cell.unit
    if len(rest):
        order = np.arange(len(distinct), dtype=np.int64)
        order[rest] = len(distinct) + np.arange(len(rest))
        values = pa.concat_arrays([values, pa.array(read, type_)]).take(pa.array(order))
    return Read(values, says, distinct, findings, units, cells)


def read_cell(text: str, column: Column) -> Cell:
    """Read one text, whatever it is."""
    tidy = texts.tidy(text)
    if not tidy:
        return Cell()
    if texts.asks_to_clear(tidy):
        return Cell(None, _CLEARED)
    if error := texts.formula_error(tidy):
        return error
    type_ = column.field.type
    if type_ not in ("text", "yes") and texts.is_nothing(tidy) and words.plain_label(tidy) not in column.known:
        return Cell()
    if type_ in ("text", "yes") and texts.is_dash(tidy):
        return Cell()
    return READERS[type_](tidy, column)


def _plainly(distinct: pa.Array, column: Column) -> pa.Array:
    """Which texts mean what they say."""
    type_ = column.field.type
    if type_ == "money" and money.SCALES.get(column.scale, 1) > money.SCALES["wan"]:
        return pa.array(np.zeros(len(distinct), dtype=bool))
    if type_ in _PLAIN:
        plain = pc.match_substring_regex(distinct, _PLAIN[type_])
        if type_ == "code":
            plain = pc.and_not(plain, pc.match_substring_regex(distinct, _CODE_OF_A_NUMBER))
    elif type_ in ("text", "name"):
        plain = pc.and_not(pc.match_substring_regex(distinct, _TIDY), pc.is_in(distinct, pa.array(texts.SPOKEN)))
        plain = pc.and_not(plain, pc.match_substring(distinct, "_x000", ignore_case=True))
    else:
        return pa.array(np.zeros(len(distinct), dtype=bool))
    most = column.field.most
    if most and type_ in ("text", "name", "code"):
        plain = pc.and_(plain, pc.less_equal(pc.utf8_length(distinct), most))
    elif most:
        plain = pc.and_(plain, pc.less_equal(pc.utf8_length(distinct), len(str(most)) - 1))
    return plain


def _cast(distinct: pa.Array, plain: pa.Array, column: Column, type_: pa.DataType) -> tuple[pa.Array, Any]:
    """The values of plain texts, null for the others, and the places of these."""
    rest = np.flatnonzero(~plain.to_numpy(zero_copy_only=False))
    kept = distinct if not len(rest) else pc.if_else(plain, distinct, pa.scalar(None, distinct.type))
    scale = money.SCALES.get(column.scale, 1)
    if column.field.type == "money" and scale > 1:
        amounts = pc.multiply(pc.cast(kept, pa.decimal128(20, 2)), pa.scalar(scale, pa.decimal128(9, 0)))
        return pc.cast(amounts, type_), rest
    return pc.cast(kept, type_), rest
