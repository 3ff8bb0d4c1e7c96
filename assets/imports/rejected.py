"""The rejected rows of a ledger as a workbook of their own, for what is too large or of another format."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

import numpy as np
import pyarrow as pa
import shapely
import xlsxwriter

from assets.imports.cells.texts import guarded
from assets.imports.headings import Headings
from assets.imports.marking.comments import MOST as MOST_COMMENTS
from assets.imports.marking.styles import FILLS
from assets.imports.sheets import Sheet

_FONT: Final = {"font_name": "Noto Sans CJK SC", "font_size": 10}
_HEAD: Final = _FONT | {"bold": True, "bottom": 1, "bg_color": "#E3EEF1", "text_wrap": True}
_LONGEST: Final = 32_000
_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# As a spreadsheet keeps it without changing a digit.
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,10})(?:\.\d{1,4})?")
_PORTION: Final = 10_000
_GEOMETRY: Final = "wkt"


@dataclass(frozen=True)
class Rejected:
    """One sheet: severities by row and column, reasons by row.

    ``numeric`` are the columns whose numbers go back as numbers; codes and days stay texts.
    ``left_out`` is a column of former reasons.
    """

    sheet: Sheet
    heads: Headings
    cells: Mapping[int, Mapping[int, str]]
    reasons: Mapping[int, str]
    numeric: frozenset[int] = frozenset()
    left_out: int | None = None


def write_rejected(ledgers: Sequence[Rejected], target: IO[bytes], *, title: str) -> None:
    """Write the rows that have reasons, as they were, a portion at a time.

    Parameters
    ----------
    ledgers : sequence of Rejected
        Their sheets.
    target : binary file
        Where the workbook goes.
    title : str
        The heading of the reasons.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        names: set[str] = set()
        for one in ledgers:
            _Writer(book, _name_of(one.sheet.name, names), one).write(title)


class _Writer:
    """One sheet in the making."""

    def __init__(self, book: Any, name: str, ledger: Rejected) -> None:
        self.ledger = ledger
        self.sheet = book.add_worksheet(name)
        self.plain, self.head = book.add_format(_FONT), book.add_format(_HEAD)
        self.wrapped = book.add_format(_FONT | {"text_wrap": True, "valign": "top"})
        self.marked = {name: book.add_format(_FONT | {"bg_color": f"#{fill[2:]}"}) for name, fill in FILLS.items()}
        self.columns = [column for column in range(ledger.sheet.cells.num_columns) if column != ledger.left_out]
        self.comments = 0

    def write(self, title: str) -> None:
        """What stands above the rows as it was, then the rows that have a reason."""
        ledger = self.ledger
        last = len(self.columns) + (ledger.sheet.geometry is not None)
        self.sheet.set_column(0, max(0, last - 1), 14)
        self.sheet.set_column(last, last, 60)
        top = self._headings(title, last)
        rows = np.asarray(ledger.sheet.rows, dtype=np.int64)
        places = np.flatnonzero(np.isin(rows, list(ledger.reasons)))
        line = top
        for start in range(0, len(places), _PORTION):
            portion = places[start : start + _PORTION]
            texts = self._texts(portion)
            shapes = self._shapes(portion)
            for at, place in enumerate(portion):
                line += 1
                self._row(line, int(rows[place]), [column[at] for column in texts], shapes[at] if shapes else None)
        self.sheet.freeze_panes(top + 1, 0)
        self.sheet.autofilter(top, 0, max(line, top + 1), last)

    def _headings(self, title: str, last: int) -> int:
        """Everything above the first row; the line that the rows begin below."""
        sheet, heads = self.ledger.sheet, self.ledger.heads
        above: list[Sequence[str | None]] = [*zip(*self._texts(np.arange(heads.first)), strict=True)]
        titled = heads.rows[0] if heads.rows else max(0, len(above) - 1)
        if sheet.names or not above:
            above, titled = [[heads.texts[column] for column in self.columns]], 0
        for line, texts in enumerate(above):
            style = self.head if line >= titled else self.plain
            for place, text in enumerate(texts):
                if text:
                    self.sheet.write_string(line, place, _fit(text), style)
            if line == titled:
                if sheet.geometry is not None:
                    self.sheet.write_string(line, last - 1, _GEOMETRY, style)
                self.sheet.write_string(line, last, _fit(title), style)
        return len(above) - 1

    def _texts(self, places: Any) -> list[list[str | None]]:
        cells = self.ledger.sheet.cells.take(pa.array(places, pa.int64()))
        return [cells.column(str(column)).to_pylist() for column in self.columns]

    def _row(self, line: int, number: int, texts: Sequence[str | None], shape: str | None) -> None:
        wrong, reason = self.ledger.cells.get(number, {}), self.ledger.reasons[number]
        for place, (column, text) in enumerate(zip(self.columns, texts, strict=True)):
            severity = wrong.get(column)
            style = self.marked[severity] if severity else self.plain
            if text is None:
                if severity:
                    self.sheet.write_blank(line, place, None, style)
            elif column in self.ledger.numeric and _NUMBER.fullmatch(text):
                self.sheet.write_number(line, place, float(text), style)
            else:
                self.sheet.write_string(line, place, _fit(text), style)
            if severity and self.comments < MOST_COMMENTS:
                self.comments += 1
                self.sheet.write_comment(line, place, _fit(reason)[:1000])
        last = len(self.columns)
        if self.ledger.sheet.geometry is not None:
            if shape:
                self.sheet.write_string(line, last, shape, self.plain)
            last += 1
        self.sheet.write_string(line, last, _fit(reason), self.wrapped)

    def _shapes(self, portion: Any) -> list[str | None]:
        geometry = self.ledger.sheet.geometry
        if geometry is None:
            return []
        found = shapely.from_wkb(geometry.take(pa.array(portion)).to_numpy(zero_copy_only=False), on_invalid="ignore")
        texts = shapely.to_wkt(found, rounding_precision=8)
        return [text if text is not None and len(text) <= _LONGEST else None for text in texts]


def _fit(text: str) -> str:
    return guarded(_UNFIT.sub("", text)[:_LONGEST])


def _name_of(name: str, taken: set[str]) -> str:
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]+", " ", name)[:28].strip(" '") or "1"
    found, number = plain, 1
    while found.lower() in taken:
        number += 1
        found = f"{plain}{number}"
    taken.add(found.lower())
    return found
