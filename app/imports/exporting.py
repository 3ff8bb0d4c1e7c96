"""Whole ledgers going out: every record of a kind in an area with every field, to be worked on and brought back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request
from sqlalchemy import Select
from werkzeug.wrappers import Response

from app import db
from app.area import current_area
from app.exports import note_export
from app.frame import demonstration
from app.i18n import gettext as _
from app.ledger_words import DATUMS, context_of
from app.lists.files import FORMS, LOOK, Form, form_of, hand_over
from app.lists.losses import ENCODINGS
from app.lists.page import MOST_EXPORTED
from app.lists.sending import tell_losses, told_left_out
from app.lists.tables import MOST_IN_A_CELL, Head, Holds, Portion, Table
from app.lists.writing import Writer
from app.words import WORDS, label
from assets.errors import InvalidValue
from assets.imports.fields import Field, Kind
from assets.imports.kinds import kind_of
from assets.imports.ledgers import gather_ledger
from assets.imports.models import KINDS
from assets.masks import mask_identity, mask_name, mask_phone

bp = Blueprint("ledgers", __name__, url_prefix="/imports/export")
_HOLDS: dict[str, Holds] = {"money": "number", "number": "number", "integer": "whole", "year": "whole", "date": "date"}
_LOOKS = {"money": "money", "number": "number", "integer": "number", "year": "bare", "date": "date", "name": "name"}
# Written from the geometry, or stated by it.
_OF_POSITION = frozenset({"longitude", "latitude", "position", "source_datum"})
# Borders are large: so many are held at a time.
_AT_ONCE, _AT_ONCE_OF_SHAPES = 2_000, 100


@bp.get("/")
def index() -> str:
    """The kinds of ledgers with the forms they are offered in."""
    return render_template(
        "imports/export.html",
        area=current_area(),
        ledgers=[(key, kind_of(key).title, _forms(kind_of(key))) for key in KINDS],
        back="imports.index" if "imports.index" in current_app.view_functions else None,
    )


@bp.get("/<ledger>.<form>")
def send(ledger: str, form: str) -> Response | str:
    """The ledger of one kind in the area, as a file of that form."""
    if ledger not in KINDS:
        abort(404)
    kind, spatial = kind_of(ledger), bool(_positions(kind_of(ledger)))
    look = form == LOOK and spatial
    chosen = None if look else form_of(form, spatial=spatial)
    encoding = request.args.get("encoding", ENCODINGS[0]).upper()
    if encoding not in ENCODINGS:
        raise InvalidValue("Please choose one of the list.", field="encoding")
    table, total = _read(kind, chosen)
    if chosen is None:
        return tell_losses(table, total, endpoint="ledgers.send", back="ledgers.index", ledger=ledger)
    response = hand_over(table, chosen, name=f"{table.title}-{db.current_day()}", encoding=encoding)
    note_export(f"{table.title}.{chosen.key}", total)
    return response


def _forms(kind: Kind) -> list[tuple[str, Any]]:
    spatial = bool(_positions(kind))
    return [(LOOK if form.key == "zip" else form.key, form) for form in FORMS if spatial or not form.spatial]


def _positions(kind: Kind) -> str:
    """The type of geometry its records have; empty where they have none."""
    if kind.field("position") is None:
        return ""
    if set(kind.geometry) == {"Point"}:
        return "POINT"
    return "GEOMETRY" if "Point" in kind.geometry else "SHAPE"


def _read(kind: Kind, form: Form | None) -> tuple[Table, int]:
    area, day = current_area(), db.current_day()
    context = context_of(db.session, kind.key, today=day)
    ledger = gather_ledger(db.session, kind, context, area, most=MOST_EXPORTED)
    there = {column.key for column in ledger.rows.selected_columns}
    known = [field for field in kind.fields if not field.derived and field.key not in _OF_POSITION]
    fields = [field for field in known if field.key in there or field.key == "record_number"]
    writer = Writer()
    heads = tuple(_head(field, writer) for field in fields)
    positions = _positions(kind) if "shape" in there else ""
    notes = [
        _("As of %(day)s, %(total)s rows.", day=day, total=ledger.total),
        _("This ledger can be worked on and brought back. An empty cell leaves what is recorded as it is."),
    ]
    if form and not form.spatial and positions not in ("", "POINT"):
        notes += told_left_out(ledger.count_intricate(db.session, MOST_IN_A_CELL))
    if demonstration():
        notes.append(_("Demonstration data: persons, operators, figures and faults are invented."))
    title = f"{area.short_name}{_(kind.title)}"
    portions = _portions(ledger.rows, fields, heads, positions)
    return Table(title, notes, heads, portions, {}, positions), ledger.total


def _portions(
    statement: Select[Any], fields: list[Field], heads: tuple[Head, ...], positions: str
) -> Iterator[Portion]:
    size = _AT_ONCE if positions in ("", "POINT") else _AT_ONCE_OF_SHAPES
    keys = ["record_id" if field.key == "record_number" else field.key for field in fields]
    rows = db.session.execute(statement.execution_options(yield_per=size)).mappings()
    coming = iter(rows)
    while some := list(islice(coming, size)):
        values = [
            [None if row[key] is None else head.exact(row[key]) for key, head in zip(keys, heads, strict=True)]
            for row in some
        ]
        yield Portion(values, [row["shape"] for row in some] if positions else ())


def _head(field: Field, writer: Writer) -> Head:
    title = str(_(field.title))
    if field.unit:
        title += f"（{_(field.unit)}）"
    holds = _HOLDS.get(field.type, "text")
    return Head(field.key, title, holds, _LOOKS.get(field.type, "text"), _exact(field, writer))


def _exact(field: Field, writer: Writer) -> Callable[[Any], Any]:
    """How a staged value is written so that it reads as the same again; what names people is masked."""
    if field.personal:
        masks = {"phone": mask_phone, "id_number": mask_identity}
        mask = masks.get(field.type, mask_name)
        return lambda value: "、".join(mask(one) for one in str(value).split("、"))
    if field.type in ("money", "number"):
        return Decimal
    if field.type in ("integer", "year"):
        return int
    if field.type == "date":
        return lambda value: value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
    if field.type == "yes":
        return lambda value: _("Yes") if value else _("No")
    if field.type in ("word", "term"):
        return lambda code: _word(field.words, code, writer)
    return str


def _word(kind: str, code: str, writer: Writer) -> str:
    if kind in WORDS and code in WORDS[kind]:
        return label(kind, code)
    return DATUMS.get(code, code) if kind == "datum" else writer.term(kind, code)
