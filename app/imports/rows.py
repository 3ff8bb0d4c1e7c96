"""The rows of a preview as cells in words: which columns there are, what each says and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.imports.wording import Cell, Told, Wording
from app.words import label
from assets.imports.fields import POSITION_FIELDS, REGION_FIELDS

PLACE = tuple(one.key for one in REGION_FIELDS)
POSITION = tuple(one.key for one in POSITION_FIELDS)
POSITION_COLUMN = "position"
_GRAVITY = {"error": 0, "doubt": 1, "note": 3, "": 4}


@dataclass(frozen=True)
class Line:
    """One row as the table shows it; ``whole`` are problems of the row that no column shows."""

    number: int
    sheet: str
    row: int
    verdict: str
    name_cell: Cell
    place_cell: Cell
    cells: tuple[Cell, ...]
    whole: tuple[Told, ...]


def lines_of(rows: Sequence[Any], words: Wording) -> tuple[list[str], list[Line]]:
    """The columns of a page, those with problems first, and its rows."""
    told = {row.number: tuple(words.told(one) for one in row.problems) for row, *_place in rows}
    columns = _columns([row for row, *_place in rows], told, words)
    return columns, [_line(found, columns, told[found[0].number], words) for found in rows]


def _columns(rows: Sequence[Any], told: dict[int, tuple[Told, ...]], words: Wording) -> list[str]:
    """The fields that some row of the page says something of."""
    first: dict[str, int] = {}
    for row in rows:
        for one in told[row.number]:
            key = POSITION_COLUMN if one.field in POSITION else one.field
            if key:
                first[key] = min(first.get(key, 9), _GRAVITY[one.severity])
        if row.verdict == "changed":
            for key in row.differences or {}:
                first[key] = min(first.get(key, 9), 2)
        for key, value in (row.read or {}).items():
            if value not in (None, ""):
                first.setdefault(key, 4)
        if row.geom is not None or row.drawn is not None:
            first.setdefault(POSITION_COLUMN, 4)
    order = {key: place for place, key in enumerate(words.fields)}
    shown = [key for key in first if key not in ("name", *PLACE) and (key in order or key == POSITION_COLUMN)]
    shown = [key for key in shown if key == POSITION_COLUMN or key not in POSITION]
    return sorted(shown, key=lambda key: (first[key], order.get(key, 99)))


def _line(found: Any, columns: list[str], told: tuple[Told, ...], words: Wording) -> Line:
    row, place, level, above = found
    shown = {"name", *PLACE, *POSITION, *columns}
    return Line(
        number=row.number,
        sheet=row.sheet,
        row=row.row,
        verdict=row.verdict,
        name_cell=_name(row, told, words),
        place_cell=_place(row, place, level, above, told, words),
        cells=tuple(_position(row, told) if key == POSITION_COLUMN else words.cell(key, row, told) for key in columns),
        whole=tuple(one for one in told if one.field not in shown),
    )


def _name(row: Any, told: tuple[Told, ...], words: Wording) -> Cell:
    cell = words.cell("name", row, told)
    text = cell.text or row.name or ""
    return Cell("name", text, cell.found or text, False, cell.before, cell.told)


def _place(row: Any, place: str | None, level: str | None, above: str | None, told: Any, words: Wording) -> Cell:
    own = tuple(one for one in told if one.field in PLACE)
    usual = "village" if "village" in words.fields else PLACE[-1]
    field = next((one.field for one in own if one.field), usual)
    read = row.read or {}
    said = " ".join(str(read[key]) for key in ("county", "town", "village", "place") if read.get(key))
    found = next((one.value for one in own if one.value), None) or str(read.get(field) or "")
    resolved = f"{above} {place}" if level == "village" and above else place
    return Cell(field, resolved or said or found or "", found, False, None, own)


def _position(row: Any, told: tuple[Told, ...]) -> Cell:
    own = tuple(one for one in told if one.field in POSITION)
    field = next((one.field for one in own if one.field), None) or POSITION_COLUMN
    found = next((one.value for one in own if one.value), None)
    quality = label("position_quality", row.position_quality) if row.position_quality else ""
    return Cell(field, (found or quality) if own else quality, found or "", False, None, own)
