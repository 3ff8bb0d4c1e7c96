"""Where the columns of a sheet begin and what they mean."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from assets.imports import titles, totals
from assets.imports.fields import Context, Kind
from assets.imports.heading_rows import LEAST_KNOWN, Place, find, joined, row_of
from assets.imports.problems import Fault, declare
from assets.imports.settings import Reading
from assets.imports.sheets import Sheet
from assets.imports.titles import Guess, Vocabulary

declare(
    {
        "headings_not_found": "No row of headings was found in sheet {sheet}. Its first rows are: {rows}. Please say in"
        " which row the headings stand, or put the ledger into the template.",
        "layer_not_understood": "None of the columns of layer {sheet} was understood: {columns}. Please say which"
        " column is which, or name them as the template does.",
        "headings_row_lacking": "Row {row} of sheet {sheet}, given as headings, is blank. Please choose another.",
        "headings_unknown": "Columns that were not understood are left out: {columns}.",
        "heading_like": "Column {column} ({heading}) was not understood and is left out. Is it “{field}”?",
        "heading_twice": "Columns {columns} all say “{field}”; the first of them is taken.",
        "heading_lacking": "No column says “{field}”. Please add it, or choose which column it is.",
        "unit_from_title": "Amounts were read in the unit written above the table: {text}.",
        "rows_passed_total": "Rows of totals were passed over: {rows}.",
        "rows_passed_heading": "Headings printed again were passed over: {rows}.",
        "rows_passed_note": "Notes below the table were passed over: {rows}.",
        "rows_passed_example": "Rows of examples were passed over: {rows}.",
    }
)

_SHOWN_ROWS: Final = 5
_SHOWN_NUMBERS: Final = 30
_LONGEST_SHOWN: Final = 80
_LONGEST_HEADING: Final = 60
# Passed over without a word.
_UNTOLD: Final = frozenset({"blank", "title", "numbering"})


@dataclass(frozen=True)
class Headings:
    """What the columns of one sheet mean, and which of its rows are records.

    ``columns`` by number: the key of a field, "" for one that is passed over on demand. ``units`` by
    number: the scale that its heading names. ``rows`` are the indexes of the headings' own rows,
    ``first`` that of the first row below. ``passed`` are rows below that are no records, and why;
    ``footers`` the same without reasons. ``problems`` are of the sheet as a whole (their number is 0).
    """

    columns: dict[int, str]
    units: dict[int, str]
    first: int
    passed: dict[int, str]
    texts: list[str]
    problems: list[Fault]
    fingerprint: str
    score: float = 0.0
    rows: tuple[int, ...] = ()

    @property
    def footers(self) -> frozenset[int]:
        """The indexes of rows below the headings that are no records."""
        return frozenset(self.passed)


def understand(
    sheet: Sheet, kind: Kind, context: Context, reading: Reading, saved: Mapping[str, Any] | None = None
) -> Headings:
    """Find the headings of a sheet and what they mean.

    Parameters
    ----------
    sheet : Sheet
        As it was read.
    kind : Kind
        Whose fields the columns may name.
    context : Context
        The fields' titles in every language.
    reading : Reading
        What people have said: the rows of the headings, columns and units.
    saved : mapping, optional
        What they said of a former ledger with the same headings: ``columns`` and ``units`` as in ``reading``.

    Returns
    -------
    Headings
        Also where none were found; its problems say so.
    """
    words = Vocabulary(kind, context)
    place, problems = _place(sheet, words, reading)
    guesses = [words.joined(parts) or (words.cut(parts[-1]) if sheet.names else []) for parts in place.parts]
    columns, doubled = _assigned(guesses)
    said = {**(saved or {}).get("columns", {}), **reading.columns}
    columns, doubled = _corrected(columns, doubled, said, words, len(place.parts))
    texts = ["".join(part for part in parts) for parts in place.parts]
    first = (place.rows[-1] + 1) if place.rows else 0
    above = _above(sheet, place)
    units, unit_note = _units(place, columns, words, above)
    said_units = {**(saved or {}).get("units", {}), **reading.units}
    units |= {int(at): unit for at, unit in said_units.items() if at.isdecimal() and int(at) in columns}
    raw = [row_of(sheet, row) for row in place.rows]
    passed = totals.rows_passed(sheet.cells, first=first, headings=raw, titles=above, columns=columns)
    if sheet.geometry is not None:
        passed = {}
    problems += unit_note
    if sum(1 for key in columns.values() if key) < least_known(sheet):
        problems.append(not_found(sheet))
    else:
        problems += _told(columns, doubled, texts, kind, words)
    problems += _passed_over(passed, sheet)
    return Headings(columns, units, first, passed, texts, problems, fingerprint_of(texts), place.score, place.rows)


def fingerprint_of(texts: Sequence[str]) -> str:
    """What tells the headings of one source from those of another."""
    return hashlib.sha256("\n".join(titles.plain(text) for text in texts).encode()).hexdigest()[:32]


def _place(sheet: Sheet, words: Vocabulary, reading: Reading) -> tuple[Place, list[Fault]]:
    """Where the headings stand: where people say, else where the most fields are named."""
    if sheet.names:
        return Place((), tuple((name,) for name in sheet.names), float(len(sheet.names))), []
    if reading.heading_rows:
        wanted = sorted(set(reading.heading_rows))
        index = {number: at for at, number in enumerate(sheet.rows)}
        rows = tuple(index[row] for row in wanted if row in index)
        data = {"sheet": sheet.name}
        faults = [
            Fault(0, None, "headings_row_lacking", data={**data, "row": row}) for row in wanted if row not in index
        ]
        texts = [row_of(sheet, row) for row in rows]
        empty = Place((), tuple(("",) for _ in sheet.cells.columns))
        return (joined(texts, rows) if rows else empty), faults
    return find(sheet, words), []


def least_known(sheet: Sheet) -> int:
    """How many columns have to be known; a geometry is as good as one."""
    return LEAST_KNOWN if sheet.geometry is None else LEAST_KNOWN - 1


def not_found(sheet: Sheet) -> Fault:
    """That nothing looks like headings, with a look at what stands there instead."""
    if sheet.names:
        columns = "、".join(name for name in sheet.names if name)
        return Fault(0, None, "layer_not_understood", data={"sheet": sheet.name, "columns": columns})
    shown = "；".join(
        f"{sheet.rows[at]}: " + " | ".join(text for text in row_of(sheet, at) if text)[:_LONGEST_SHOWN]
        for at in range(min(_SHOWN_ROWS, sheet.cells.num_rows))
    )
    return Fault(0, None, "headings_not_found", data={"sheet": sheet.name, "rows": shown})


def _assigned(guesses: Sequence[Sequence[Guess]]) -> tuple[dict[int, str], dict[str, list[int]]]:
    """Each field to the column that names it best; who comes too late takes what else its heading may mean."""
    columns: dict[int, str] = {}
    taken: dict[str, int] = {}
    offers = sorted((guess.rank, at, guess.key) for at, one in enumerate(guesses) for guess in one)
    for _, at, key in offers:
        if at not in columns and key not in taken:
            columns[at] = key
            taken[key] = at
    doubled: dict[str, list[int]] = {}
    for at, one in enumerate(guesses):
        if one and at not in columns:
            doubled.setdefault(one[0].key, [taken[one[0].key]]).append(at)
    return dict(sorted(columns.items())), doubled


def _corrected(
    columns: dict[int, str], doubled: dict[str, list[int]], said: Mapping[str, str], words: Vocabulary, width: int
) -> tuple[dict[int, str], dict[str, list[int]]]:
    """With what people said of single columns."""
    given: dict[int, str] = {}
    for at, key in sorted((int(at), key) for at, key in said.items() if at.isdecimal()):
        if at < width and (not key or (key in words.fields and key not in given.values())):
            given[at] = key
    keys = {key for key in given.values() if key}
    kept = {at: key for at, key in columns.items() if at not in given and key not in keys}
    doubled = {key: at for key, at in doubled.items() if key not in keys and not set(at) & set(given)}
    return dict(sorted({**kept, **given}.items())), doubled


def _above(sheet: Sheet, place: Place) -> list[str]:
    rows = range(place.rows[0]) if place.rows else range(0)
    return [text for row in rows for text in row_of(sheet, row) if text]


def _units(
    place: Place, columns: Mapping[int, str], words: Vocabulary, above: Sequence[str]
) -> tuple[dict[int, str], list[Fault]]:
    units: dict[int, str] = {}
    general, text = next(((unit, text) for text in above if (unit := titles.unit_above(text))), (None, ""))
    used = False
    for at, key in columns.items():
        if not key or words.fields[key].type != "money":
            continue
        own = next((unit for part in reversed(place.parts[at]) if (unit := titles.unit_of(part))), None)
        if own or general:
            units[at] = own or str(general)
            used |= not own
    return units, [Fault(0, None, "unit_from_title", "note", data={"text": text[:80]})] if used else []


def _told(
    columns: Mapping[int, str],
    doubled: Mapping[str, Sequence[int]],
    texts: Sequence[str],
    kind: Kind,
    words: Vocabulary,
) -> list[Fault]:
    """What people should know of the columns: said twice, not understood, lacking."""
    faults = [
        Fault(0, key, "heading_twice", "note", data={"columns": "、".join(letters(at) for at in places)})
        for key, places in doubled.items()
    ]
    known = {at for places in doubled.values() for at in places} | set(columns)
    given = set(columns.values())
    strange = []
    for at, text in enumerate(texts):
        if at in known or titles.plain(text) in ("", *titles.SILENT):
            continue
        heading = text.strip()[:_LONGEST_HEADING]
        near = words.nearest(text)
        if near and near not in given:
            data = {"column": letters(at), "heading": heading}
            faults.append(Fault(0, near, "heading_like", "note", heading, near, data))
        else:
            strange.append(f"{letters(at)} ({heading})")
    if strange:
        faults.append(Fault(0, None, "headings_unknown", "note", data={"columns": "、".join(strange)}))
    # A ledger that only changes what is there names records by a code and needs nothing else.
    by_code = any(way in given for way in kind.identities)
    faults += [
        Fault(0, one.key, "heading_lacking", "note" if by_code else "error")
        for one in kind.fields
        if one.required and not one.derived and one.key not in given
    ]
    return faults


def _passed_over(passed: Mapping[int, str], sheet: Sheet) -> list[Fault]:
    by_reason: dict[str, list[int]] = {}
    for index, why in sorted(passed.items()):
        by_reason.setdefault(why, []).append(sheet.rows[index])
    faults = []
    for why, numbers in by_reason.items():
        if why in _UNTOLD:
            continue
        shown = "、".join(str(number) for number in numbers[:_SHOWN_NUMBERS])
        more = "…" if len(numbers) > _SHOWN_NUMBERS else ""
        faults.append(Fault(0, None, f"rows_passed_{why}", "note", data={"rows": shown + more, "number": len(numbers)}))
    return faults


def letters(column: int) -> str:
    """The letters by which a spreadsheet names a column."""
    found = ""
    number = column + 1
    while number:
        number, left = divmod(number - 1, 26)
        found = chr(65 + left) + found
    return found
