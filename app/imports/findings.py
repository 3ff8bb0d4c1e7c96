"""What was found of a ledger as a whole, as its panels show it: columns, coordinates, and how it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from app.i18n import figure, translated
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.imports.wording import in_words
from app.ledger_words import DATUMS
from assets.imports.fields import Field, Kind
from assets.imports.kinds import kind_of
from assets.imports.models import ImportBatch
from assets.imports.problems import sentence_of
from assets.imports.settings import Reading
from assets.imports.titles import SILENT, plain

# Units a heading may name; what a bare number means otherwise.
UNITS = {"yuan": _l("yuan"), "wan": _l("10,000 yuan"), "yi": _l("100 million yuan")}
ENCODINGS = ("utf-8", "gb18030")
SYSTEMS = {
    "degrees": _l("Degrees"),
    "prefixed": _l("Metres, with the zone before the easting"),
    "plain": _l("Metres, without a zone"),
    "mercator": _l("Metres of a web map"),
    "microdegrees": _l("Degrees times a million"),
    "tenth_microdegrees": _l("Degrees times ten million"),
}
# The Gauss-Kruger zones of three degrees without a zone number: 75° E to 135° E.
_FIRST_ZONE, _FIRST_MERIDIAN, _ZONES = 4534, 75, 21
_LETTERS = 26
_FEW_TEXTS = 4


@dataclass(frozen=True)
class ColumnRow:
    """One column of a sheet and what it is taken for."""

    index: int
    letter: str
    heading: str
    field: str
    unit: str
    is_money: bool


@dataclass(frozen=True)
class SheetColumns:
    """The columns of one sheet."""

    name: str
    rows: int
    fingerprint: str
    columns: tuple[ColumnRow, ...]


def tabs_of(batch: ImportBatch, kind: Kind) -> list[tuple[str, str, str]]:
    """The parts of a preview: their words, and how much of each wants to be looked at."""
    passed = sum(
        not one.field and plain(one.heading) not in ("", *SILENT)
        for sheet in sheets_of(batch, kind)
        for one in sheet.columns
    )
    asked = len(questions_of(batch))
    return [
        ("rows", _("Rows of the ledger"), ""),
        ("columns", _("Columns"), figure(passed) if passed else ""),
        ("places", _("Coordinates"), figure(asked) if asked else ""),
        ("settings", _("How it is read"), ""),
    ]


def findings_of(batch: ImportBatch, kind: Kind) -> dict[str, Any]:
    """What the panels need."""
    fields = [one for one in kind.fields if not one.derived]
    return {
        "sheets": sheets_of(batch, kind),
        "passed_over": batch.found.get("passed_over", []),
        "fields": fields,
        "derived": [one for one in kind.fields if one.derived],
        "units": UNITS,
        "reading": Reading.of(batch.settings),
        "questions": questions_of(batch),
        "notes": notes_of(batch),
        "places": batch.found.get("places") or {},
        "identities": [(key, identity_name(key, kind)) for key in kind.identities],
        "datums": DATUMS,
        "systems": SYSTEMS,
        "zones": [(_FIRST_ZONE + step, _FIRST_MERIDIAN + 3 * step) for step in range(_ZONES)],
        "encodings": ENCODINGS,
        "all_sheets": [one.name for one in sheets_of(batch, kind)] + list(batch.found.get("passed_over", [])),
    }


def sheets_of(batch: ImportBatch, kind: Kind) -> list[SheetColumns]:
    """The sheets that were read, column by column."""
    known = {one.key: one for one in kind.fields}
    return [_sheet(one, known) for one in batch.found.get("sheets", ())]


def _sheet(found: Mapping[str, Any], known: Mapping[str, Field]) -> SheetColumns:
    columns, units = found.get("columns", {}), found.get("units", {})
    rows = []
    for index, heading in enumerate(found.get("texts", ())):
        key = columns.get(str(index)) or ""
        field = known.get(key)
        unit = units.get(str(index), "")
        rows.append(ColumnRow(index, letter_of(index), heading or "", key, unit, bool(field and field.type == "money")))
    return SheetColumns(found.get("name", ""), found.get("rows", 0), found.get("fingerprint", ""), tuple(rows))


def letter_of(index: int) -> str:
    """The letters a spreadsheet names a column by: 0 is A, 26 is AA."""
    letters, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def identity_name(key: str, kind: Kind) -> str:
    """By what rows find their records, in words."""
    named = {"name_place_year": "name+region_id+year"}.get(key, key).split("+")
    titles = {one.key: str(gettext(one.title)) for one in kind.fields}
    own = {"region_id": _("Place"), "year": _("Year")}
    return " + ".join(titles.get(one) or own.get(one, one) for one in named)


def questions_of(batch: ImportBatch) -> list[dict[str, Any]]:
    """What must be answered about the ledger as a whole before it can be entered."""
    return [_told(one, batch) for one in batch.problems if one.get("severity") in ("error", "doubt")]


def notes_of(batch: ImportBatch) -> list[dict[str, Any]]:
    """What is told of the ledger as a whole."""
    return [_told(one, batch) for one in batch.problems if one.get("severity") == "note"]


def _told(problem: Mapping[str, Any], batch: ImportBatch) -> dict[str, Any]:
    field = kind_of(batch.kind).field(problem.get("field") or "")
    data = {"value": problem.get("value") or "", "sheet": problem.get("sheet") or ""}
    data |= {"field": str(gettext(field.title)) if field else ""} | in_words(problem.get("data"))
    return {**problem, "sentence": translated(sentence_of(problem["code"]), data)}


def facts_of(batch: ImportBatch, kind: Kind) -> Iterable[tuple[str, str]]:
    """What the page of an entered ledger tells of its file."""
    yield _("File"), batch.file_name
    if batch.found.get("format"):
        yield _("Format"), str(batch.found["format"])
    sheets = [one.name for one in sheets_of(batch, kind) if one.name]
    if sheets:
        yield _("Sheets"), "、".join(sheets[:_FEW_TEXTS])
    if batch.counts.get("rows"):
        yield _("Rows"), figure(batch.counts["rows"])
