"""Ledgers that go back to whoever brought them: what is wrong marked where it stands, with the reasons."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from assets.imports import rejected
from assets.imports.fields import Kind
from assets.imports.headings import Headings
from assets.imports.marking import NotMarkable, SheetMarks, mark_book
from assets.imports.sheets import Sheet

# A larger ledger goes back as the rejected rows alone.
MOST_ROWS: Final = 20_000
# The heading of the reasons, in every language; whatever bears it was written by an earlier return.
REASONS: Final = {"zh": "问题说明", "en": "Problems"}
# What is told of a position as a whole shows at both of its columns.
_POSITION: Final = ("longitude", "latitude")
_OF_POSITION: Final = frozenset({"position", "geom", "geometry", "drawn"})


@dataclass(frozen=True)
class Mark:
    """One thing that is wrong with one row, as a sentence for whoever reads it; no personal value in it."""

    field: str | None
    severity: str
    sentence: str


@dataclass(frozen=True)
class Ledger:
    """One sheet with what its headings mean and what is wrong with its rows, by the spreadsheet's numbers."""

    sheet: Sheet
    heads: Headings
    wrong: Mapping[int, Sequence[Mark]]


def return_workbook(
    path: Path, name: str, form: str, ledgers: Sequence[Ledger], target: IO[bytes], *, kind: Kind, language: str
) -> bool:
    """Write what goes back.

    To 20,000 rows of an .xlsx it is the workbook that was brought, with all that is in it: faulty cells
    filled and commented, the reasons at the right of the headings, rows without problems hidden by a
    filter; marks of an earlier return are taken off first. Anything else goes back as a new workbook
    of the rejected rows.

    Parameters
    ----------
    path : Path
        The file that was brought.
    name : str
        What its owner calls it.
    form : str
        Its format, as :class:`assets.imports.sheets.Source` names it.
    ledgers : sequence of Ledger
        Its sheets that hold rows.
    target : binary file
        Where the workbook goes.
    kind : Kind
        What the ledger is of.
    language : {"zh", "en"}
        In which the reasons are written.

    Returns
    -------
    bool
        Whether it is the workbook that was brought.
    """
    if form == "xlsx" and sum(rows_below(one) for one in ledgers) <= MOST_ROWS:
        try:
            mark_book(path, name, [_marks(one, language) for one in ledgers], target)
        except NotMarkable:
            target.seek(0)
            target.truncate()
        else:
            return True
    rejected.write_rejected(
        [
            rejected.Rejected(
                one.sheet,
                one.heads,
                cells={row: marked_cells(one, marks) for row, marks in one.wrong.items()},
                reasons={row: sentences(one, marks) for row, marks in one.wrong.items()},
                numeric=_numeric(one, kind),
                left_out=reasons_column(one),
            )
            for one in ledgers
        ],
        target,
        title=REASONS[language],
    )
    return False


def rows_below(ledger: Ledger) -> int:
    """How many rows stand below the headings."""
    return max(0, len(ledger.sheet.rows) - ledger.heads.first)


def reasons_column(ledger: Ledger) -> int | None:
    """Where the reasons of an earlier return stand."""
    known = {title.lower() for title in REASONS.values()}
    for column, text in enumerate(ledger.heads.texts):
        if unicodedata.normalize("NFKC", text).strip(" '").lower() in known:
            return column
    return None


def marked_cells(ledger: Ledger, marks: Sequence[Mark]) -> dict[int, str]:
    """The severity of each cell of a row that is wrong, by column."""
    columns = {key: column for column, key in sorted(ledger.heads.columns.items(), reverse=True) if key}
    found: dict[int, str] = {}
    for mark in marks:
        keys = (mark.field,) if mark.field in columns else _POSITION if mark.field in _OF_POSITION else ()
        for key in keys:
            if key in columns and found.get(columns[key]) != "error":
                found[columns[key]] = mark.severity
    return found


def sentences(ledger: Ledger, marks: Sequence[Mark]) -> str:
    """All that is wrong with a row, a line each, with the heading it is about."""
    headings = {key: ledger.heads.texts[column] for column, key in ledger.heads.columns.items() if key}
    lines = [
        f"{heading}: {mark.sentence}" if (heading := headings.get(mark.field or "", "").strip()) else mark.sentence
        for mark in marks
    ]
    return "\n".join(dict.fromkeys(lines))


def _numeric(ledger: Ledger, kind: Kind) -> frozenset[int]:
    """The columns of numbers."""
    keys = {field.key for field in kind.fields if field.type in ("money", "number", "integer", "place", "year")}
    return frozenset(column for column, key in ledger.heads.columns.items() if key in keys)


def _marks(ledger: Ledger, language: str) -> SheetMarks:
    sheet, heads, former = ledger.sheet, ledger.heads, reasons_column(ledger)
    if not heads.rows:
        raise NotMarkable
    comments: dict[tuple[int, int], list[str]] = {}
    for row, marks in ledger.wrong.items():
        for mark in marks:
            for column in marked_cells(ledger, [mark]):
                comments.setdefault((row, column), []).append(mark.sentence)
    return SheetMarks(
        name=sheet.name,
        cells={row: marked_cells(ledger, marks) for row, marks in ledger.wrong.items()},
        reasons={row: sentences(ledger, marks) for row, marks in ledger.wrong.items()},
        heading=(sheet.rows[heads.rows[0]], sheet.rows[heads.rows[-1]]),
        last=sheet.rows[-1],
        column=sheet.cells.num_columns if former is None else former,
        title=REASONS[language],
        returned=former is not None,
        comments={place: "\n".join(said) for place, said in comments.items()},
    )
