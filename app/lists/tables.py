"""What a file of a list holds, whatever its form: titled columns, exact values, positions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import islice
from typing import Any, Literal

import shapely
from sqlalchemy import Integer

from app.i18n import gettext as _
from app.lists.columns import Column
from app.lists.page import Row
from app.lists.writing import Writer
from assets.filters import Filter

Holds = Literal["text", "whole", "number", "date"]
# What is worked out has no end of digits; what is kept has four at most.
_SCALE = Decimal("0.000001")
# As text, so many pairs of coordinates are sure to fit into one cell of a spreadsheet.
MOST_IN_A_CELL = 800
AT_ONCE = 500


@dataclass(frozen=True)
class Head:
    """One column of a file: its title with the unit, what it holds, and how a value becomes that.

    ``look`` is how a workbook shows it.
    """

    key: str
    title: str
    holds: Holds = "text"
    look: str = "text"
    exact: Callable[[Any], Any] = lambda value: value


@dataclass(frozen=True)
class Portion:
    """Some rows with exact values, and beside them their positions as well-known binary."""

    rows: Sequence[Sequence[Any]]
    shapes: Sequence[bytes | None] = ()


@dataclass(frozen=True)
class Table:
    """A list on its way into a file: read once, in portions.

    ``positions`` is the type its geometries have: ``POINT``, ``SHAPE`` (lines or areas, no points),
    ``GEOMETRY`` (any); empty for things without any.
    """

    title: str
    notes: Sequence[str]
    heads: tuple[Head, ...]
    portions: Iterable[Portion]
    totals: Mapping[str, Any] = field(default_factory=dict)
    positions: str = ""


def head_of(column: Column, writer: Writer, *, kept_as: Any = None) -> Head:
    """The column of a file that stands for a column of a list; ``kept_as`` is its type in the database."""
    unit = str(column.unit)
    title = f"{column.title}（{unit}）" if unit else str(column.title)
    if column.show == "wan":
        return Head(column.key, title, "number", "wan", lambda yuan: _number(Decimal(yuan) / 10_000))
    if column.show == "number":
        whole = isinstance(kept_as, Integer)
        return Head(column.key, title, "whole" if whole else "number", "number", int if whole else _number)
    if column.show in ("year", "bare"):
        return Head(column.key, title, "whole", "bare", int)
    if column.show == "date":
        return Head(column.key, title, "date", "date")
    if column.show == "yes":
        return Head(column.key, title, "text", "word", lambda value: _("Yes") if value else _("No"))
    return Head(column.key, title, "text", column.show, lambda value: writer.text(column, value))


def table_of(
    title: str,
    notes: Sequence[str],
    columns: tuple[Column, ...],
    rows: Iterable[Row],
    totals: Mapping[str, Any] | None = None,
    *,
    asked: Filter | None = None,
    positions: str = "",
) -> Table:
    """The table of rows as lists have them.

    Parameters
    ----------
    title, notes : str and sequence of str
        What it is; area, day, filters and provenance, one line each.
    columns : tuple of Column
        In the order of the cells.
    rows : iterable of Row
        Fetched as they are written.
    totals : mapping, optional
        Sums by column.
    asked : Filter, optional
        What was asked, to know the types of the columns.
    positions : str
        The type of geometry that stands behind the last cell of each row.
    """
    writer = Writer()
    kept = [column.value(asked) if asked is not None else None for column in columns]
    heads = tuple(
        head_of(column, writer, kept_as=getattr(what, "type", None)) for column, what in zip(columns, kept, strict=True)
    )
    exact = {head.key: head.exact for head in heads}
    sums = {key: exact[key](value) for key, value in (totals or {}).items() if key in exact and value is not None}
    return Table(title, notes, heads, _portions(heads, rows, bool(positions)), sums, positions)


def _portions(heads: tuple[Head, ...], rows: Iterable[Row], with_shapes: bool) -> Iterator[Portion]:
    exact = [head.exact for head in heads]
    coming = iter(rows)
    while some := list(islice(coming, AT_ONCE)):
        values = [
            [None if value is None else make(value) for make, value in zip(exact, row.cells, strict=False)]
            for row in some
        ]
        yield Portion(values, [row.cells[-1] for row in some] if with_shapes else ())


def flat(table: Table) -> Table:
    """The table for forms that hold no geometry: positions become columns of their own.

    Points are written as longitude and latitude, anything else as text; what is too long for a cell
    is left empty, which means on the way in that nothing is to change.
    """
    if not table.positions:
        return table
    pair = (
        Head("longitude", _("Longitude"), "number", "degrees"),
        Head("latitude", _("Latitude"), "number", "degrees"),
    )
    text = (Head("position", _("Position"), "text", "text"),)
    datum = (Head("source_datum", _("Coordinates recorded in"), "text", "text"),)
    with_pair, with_text = table.positions != "SHAPE", table.positions != "POINT"
    return replace(
        table,
        heads=table.heads + (pair if with_pair else ()) + (text if with_text else ()) + datum,
        portions=(Portion(_beside(portion, with_pair, with_text)) for portion in table.portions),
        positions="",
    )


def _beside(portion: Portion, with_pair: bool, with_text: bool) -> list[list[Any]]:
    shapes = shapely.from_wkb(portion.shapes)
    is_point = shapely.get_type_id(shapes) == 0
    lon, lat = shapely.get_x(shapes), shapely.get_y(shapes)
    rows = []
    for place, row in enumerate(portion.rows):
        where: list[Any] = []
        if with_pair:
            where += [float(lon[place]), float(lat[place])] if is_point[place] else [None, None]
        if with_text:
            where.append(None if is_point[place] else _as_text(shapes[place]))
        where.append("CGCS2000" if any(one is not None for one in where) else None)
        rows.append([*row, *where])
    return rows


def _as_text(shape: Any) -> str | None:
    if shape is None or shapely.get_num_coordinates(shape) > MOST_IN_A_CELL:
        return None
    return str(shapely.to_wkt(shape, rounding_precision=-1))


def _number(value: Any) -> Decimal:
    exact = Decimal(value)
    return exact.quantize(_SCALE) if exact.is_finite() and exact.as_tuple().exponent < -6 else exact  # type: ignore[operator]


def shown(value: Any) -> str:
    """A value as a text file holds it: all digits, no marks between them, dates by ISO."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, dt.date):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value)
