"""Reading single texts and small sheets in tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pyarrow as pa

from assets.imports.cells import Parsed, read_cells
from assets.imports.cells.columns import read_cell
from assets.imports.cells.found import Cell, Column
from assets.imports.cells.words import plain_labels
from assets.imports.fields import CellType, Context, Field, Kind
from assets.imports.models import ImportAnswer
from assets.imports.sheets import Sheet

TODAY = dt.date(2026, 11, 22)
LABELS = {
    "class": {
        "经营性": "earning",
        "公益性": "public",
        "到户类": "household",
        "Earning": "earning",
        "Public-benefit": "public",
        "Household": "household",
        "经营性资产": "earning",
        "earning": "earning",
        "public": "public",
        "household": "household",
    }
}
CONTEXT = Context(TODAY, LABELS)
FIELDS = (
    Field("code", "Asset code", "code", most=60),
    Field("name", "Name", "name", required=True, most=20),
    Field("asset_class", "Asset class", "word", words="class"),
    Field("quantity", "Quantity", "number"),
    Field("unit", "Unit", "text"),
    Field("life", "Useful life", "integer", unit="years"),
    Field("worth", "Original value", "money", unit="yuan"),
    Field("built_on", "Built on", "date"),
    Field("valid_to", "Until", "date"),
    Field("booked", "Booked", "yes"),
    Field("owner", "Owner", "shares"),
    Field("person", "Person responsible", "name", personal=True),
    Field("phone", "Telephone", "phone", personal=True),
    Field("note", "Remarks", "text", most=500),
    Field("longitude", "Longitude", "place"),
    Field("status", "Status", "text", derived=True),
)
KIND: Kind = Kind("asset", "Assets", FIELDS, ("code",), None, None, None)  # type: ignore[arg-type]


def read(type: CellType, text: str, *, scale: str = "", takes_unit: bool = False, **field: Any) -> Cell:
    """One text as a cell of a type."""
    own = Field(field.pop("key", "it"), "It", type, **field)
    known = plain_labels(LABELS.get(own.words, {}))
    return read_cell(text, Column(own, CONTEXT, scale=scale, known=known, takes_unit=takes_unit))


def code_of(cell: Cell) -> str | None:
    """What is wrong with a cell, or told of it."""
    return cell.finding.code if cell.finding else None


def sheet(columns: Mapping[str, Sequence[str | None]], **more: Any) -> tuple[Sheet, Any]:
    """A sheet of these columns, whose headings stand in its first row, and what is known of them."""
    tables = {str(place): pa.array([key, *texts], pa.string()) for place, (key, texts) in enumerate(columns.items())}
    count = 1 + max((len(texts) for texts in columns.values()), default=0)
    units = more.pop("units", {})
    footers = more.pop("footers", [])
    made = Sheet("资产", pa.table(tables), range(1, count + 1), **more)
    places = {key: place for place, key in enumerate(columns)}
    heads = SimpleNamespace(
        columns=dict(enumerate(columns)),
        units={places[key]: unit for key, unit in units.items()},
        first=1,
        footers=footers,
    )
    return made, heads


def parse(columns: Mapping[str, Sequence[str | None]], answers: Iterable[ImportAnswer] = (), **more: Any) -> Parsed:
    """What a sheet of these columns says."""
    made, heads = sheet(columns, **more)
    return read_cells(made, heads, KIND, CONTEXT, list(answers))


def faults(parsed: Parsed) -> list[tuple[int, str | None, str]]:
    """Number, field and code of everything that is told."""
    return [(one.number, one.field, one.code) for one in parsed.faults]
