"""All columns of one sheet: answers taken over, texts read, faults told of every row that says them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa

from assets.imports.cells import masking, mixing, quantities, texts, words
from assets.imports.cells.answers import answered
from assets.imports.cells.columns import Read, read_column
from assets.imports.cells.found import Column, Finding
from assets.imports.fields import Context, Field, Kind
from assets.imports.models import ImportAnswer
from assets.imports.problems import Fault
from assets.imports.sheets import Sheet

# Passed on as they stand: assets.imports.positions reads them together.
RAW: Final = ("longitude", "latitude", "position")


class Heads(Protocol):
    """What is known of the columns of a sheet."""

    @property
    def columns(self) -> Mapping[int, str]:
        """Fields by column."""

    @property
    def units(self) -> Mapping[int, str]:
        """Scales by column."""

    @property
    def first(self) -> int:
        """The first row that is not a heading."""

    @property
    def footers(self) -> Any:
        """Rows that are none: totals and blank ones."""


@dataclass(frozen=True)
class Parsed:
    """The rows of a sheet, each value in its type.

    ``columns`` has ``number``, ``sheet``, ``row`` and every field that was there; ``places`` has
    ``number``, the texts ``longitude``, ``latitude`` and ``position``, the ``geometry`` as given and
    the ``srid`` that is stated for it (0: none).
    """

    columns: pa.Table
    faults: list[Fault]
    places: pa.Table
    srid: int | None = None


def read_cells(
    sheet: Sheet,
    heads: Heads,
    kind: Kind,
    context: Context,
    answers: Sequence[ImportAnswer] = (),
) -> Parsed:
    """Read the rows of one sheet.

    Parameters
    ----------
    sheet : Sheet
        A table of texts.
    heads : Headings
        Which field each column is, and where the rows begin.
    kind : Kind
        What the fields are.
    context : Context
        The words they may hold.
    answers : sequence of ImportAnswer
        What people said in the preview; those about cells stand in place of the texts.

    Returns
    -------
    Parsed
        Rows numbered from 1.
    """
    rows = row_places(sheet, heads)
    own = [one for one in answers if one.kind == "cell"]
    said = {key: sheet.cells.column(str(place)).take(rows) for place, key in _chosen(heads, sheet)}
    numbers = np.arange(1, len(rows) + 1, dtype=np.int32)
    lines = np.asarray(sheet.rows, dtype=np.int32)[rows.to_numpy()] if len(rows) else np.empty(0, dtype=np.int32)
    columns: dict[str, Any] = {
        "number": pa.array(numbers),
        "sheet": pa.repeat(sheet.name, len(rows)),
        "row": pa.array(lines),
    }
    faults: list[Fault] = []
    reads: dict[str, Read] = {}
    places: dict[str, Any] = {"number": columns["number"]}
    scales = {key: heads.units.get(place, "") for place, key in _chosen(heads, sheet)}
    errors = _errors(sheet, heads)
    for field in kind.fields:
        if field.derived:
            continue
        texts_here = answered(said.get(field.key), field, own, numbers)
        if field.key in RAW:
            places[field.key] = pa.nulls(len(rows), pa.string()) if texts_here is None else texts_here
            continue
        if texts_here is None:
            continue
        column = _column(field, kind, context, scales.get(field.key, ""))
        read = read_column(texts_here, column)
        reads[field.key] = read
        columns[field.key] = read.rows()
        wrong = dict(_faults(read, field, numbers))
        wrong |= mixing.faults(read, column, numbers)
        wrong |= _of_formulas(errors.get(field.key, {}), field, lines, numbers, own)
        faults += wrong.values()
    quantities.take_units(kind, columns, reads, numbers, faults)
    for key in RAW:
        places.setdefault(key, pa.nulls(len(rows), pa.string()))
    places["geometry"] = pa.nulls(len(rows), pa.binary()) if sheet.geometry is None else sheet.geometry.take(rows)
    # Layers of one file may each state their own system.
    places["srid"] = pa.array(np.full(len(rows), sheet.srid or 0, dtype=np.int32))
    faults.sort(key=lambda one: one.number)
    return Parsed(pa.table(columns), faults, pa.table(places), sheet.srid)


def row_places(sheet: Sheet, heads: Heads) -> pa.Array:
    """The places of the rows among the cells: neither headings nor totals nor blank."""
    count = sheet.cells.num_rows
    kept = np.ones(count, dtype=bool)
    kept[: heads.first] = False
    footers = np.asarray(sorted(heads.footers), dtype=np.int64)
    kept[footers[footers < count]] = False
    return pa.array(np.flatnonzero(kept))


def _chosen(heads: Heads, sheet: Sheet) -> Iterator[tuple[int, str]]:
    """Column and field, of each field the first column."""
    taken: set[str] = set()
    for place, key in sorted(heads.columns.items()):
        if key and key not in taken and str(place) in sheet.cells.column_names:
            taken.add(key)
            yield place, key


def _column(field: Field, kind: Kind, context: Context, scale: str) -> Column:
    known = words.plain_labels(context.labels.get(field.words, {})) if field.words else {}
    return Column(
        field,
        context,
        scale=scale,
        known=known,
        takes_unit=quantities.unit_field(field, kind) is not None,
    )


def _faults(read: Read, field: Field, numbers: Any) -> Iterator[tuple[int, Fault]]:
    """What was found of the distinct texts, for every row that says them; by row."""
    told: dict[int, str] = {}
    for row, place in read.places(read.findings):
        finding = read.findings[place]
        if place not in told:
            told[place] = masking.told(texts.shown(texts.tidy(read.cells[place])), field)
        yield row, fault_of(finding, int(numbers[row]), field, told[place])


def fault_of(finding: Finding, number: int, field: Field, value: str | None) -> Fault:
    """What was found, of one row."""
    suggestion = None if field.personal else finding.suggestion
    return Fault(number, field.key, finding.code, finding.severity, value, suggestion, finding.data)


def _errors(sheet: Sheet, heads: Heads) -> dict[str, dict[int, str]]:
    """Errors of formulas by field and row."""
    fields = dict(_chosen(heads, sheet))
    found: dict[str, dict[int, str]] = {}
    for (row, place), error in sheet.errors.items():
        if place in fields:
            found.setdefault(fields[place], {})[row] = error
    return found


def _of_formulas(
    errors: Mapping[int, str], field: Field, lines: Any, numbers: Any, answers: Sequence[ImportAnswer]
) -> dict[int, Fault]:
    """The rows of one field where a formula left an error and nobody has said yet what should stand there."""
    if not errors:
        return {}
    mended = {one.number for one in answers if one.field == field.key and one.number is not None}
    finding = Finding("cell_formula")
    here = np.flatnonzero(np.isin(lines, list(errors)))
    return {
        int(row): fault_of(finding, int(numbers[row]), field, errors[int(lines[row])])
        for row in here
        if int(numbers[row]) not in mended
    }
