"""What people say in the preview, and what is to be done with a ledger."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, jsonify, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from app import db
from app.i18n import translated
from app.imports.preview import Asked
from app.imports.showing import TABS, batch_page, state_key
from app.jobs.asking import ask_commit, ask_undo, check_again
from assets.errors import InvalidValue, NotAllowed, NotFound, RegistryError
from assets.imports import answering
from assets.imports.holding import NotNow, get_batch
from assets.imports.models import ImportBatch
from assets.imports.settings import Reading

LONGEST_ANSWER = 2_000
MOST_COLUMNS = 400
MOST_SHEETS = 60
# Such a number still fits where numbers of records are kept.
_MOST_DIGITS = 18
_MOST_ROW = 1_048_576
_SYSTEM = re.compile(r"[1-9][0-9]{3,5}")


def add_to(bp: Blueprint) -> None:
    """Give the room its forms."""
    for name, address, view in (
        ("correct", "cells", correct),
        ("confirm", "confirm", confirm),
        ("same_as", "same", same_as),
        ("leave_out", "leave-out", leave_out),
        ("columns", "columns", columns),
        ("settings", "settings", settings),
        ("places", "places", places),
        ("commit", "commit", commit),
        ("undo", "undo", undo),
        ("cancel", "cancel", cancel),
        ("drop", "drop", drop),
    ):
        bp.add_url_rule(f"/<int:batch_id>/{address}", name, view, methods=["POST"])


def correct(batch_id: int) -> Response:
    """Read something else in one cell, or in all that say the same."""
    number, field, answer = _number("number"), _text("field"), _text("answer")

    def save() -> None:
        if number is not None:
            answering.correct_cell(db.session, batch_id, number=number, field=field, answer=answer)
        else:
            answering.correct_all(db.session, batch_id, field=field, found=_text("found"), answer=answer)

    return _answered(batch_id, save)


def confirm(batch_id: int) -> Response:
    """Say that a doubt is right as it is: in one row, in all that say the same, or in all."""
    return _answered(
        batch_id,
        lambda: answering.confirm(
            db.session,
            batch_id,
            code=_text("code"),
            number=_number("number"),
            field=_text("field") or None,
            found=request.form.get("found"),
        ),
    )


def same_as(batch_id: int) -> Response:
    """Say which record a row is; none: it is another, new one."""
    number = _row_number()

    def save() -> None:
        answering.same_as(db.session, batch_id, number=number, record_id=_number("record"))
        if "confirms" in request.form:
            answering.confirm(db.session, batch_id, code="duplicate", number=number)

    return _answered(batch_id, save)


def leave_out(batch_id: int) -> Response:
    """Leave a row outside, or take it in again."""
    number, out = _row_number(), bool(_text("out"))
    return _answered(batch_id, lambda: answering.leave_out(db.session, batch_id, number=number, out=out))


def columns(batch_id: int) -> Response:
    """Say what the columns mean."""
    batch = get_batch(db.session, batch_id)
    chosen, units = _changed_columns(batch)
    return _answered(batch_id, lambda: answering.choose_headings(db.session, batch_id, columns=chosen, units=units))


def _changed_columns(batch: ImportBatch) -> tuple[dict[str, str], dict[str, str]]:
    """What was chosen otherwise than it was found; only that is kept as said by somebody."""
    columns: dict[str, str] = {}
    units: dict[str, str] = {}
    sheets = batch.found.get("sheets", ())
    for place, sheet in enumerate(sheets):
        for index in range(min(len(sheet.get("texts", ())), MOST_COLUMNS)):
            for name, kept in (("column", columns), ("unit", units)):
                said = request.form.get(f"{name}-{place}-{index}")
                if said is not None and said != (sheet.get(f"{name}s", {}).get(str(index)) or ""):
                    kept[str(index)] = said[:80]
    return columns, units


def settings(batch_id: int) -> Response:
    """Say how the ledger is to be read; what the form does not ask stays as it is."""
    batch = get_batch(db.session, batch_id)
    before = Reading.of(batch.settings)

    def save() -> None:
        answering.change_settings(db.session, batch_id, reading=_reading(before))

    # Whether rows with problems stay outside changes nothing of what was found.
    if not set(request.form) - {"csrf_token", "back", "rejected"}:
        return _done(batch_id, save)
    return _answered(batch_id, save)


def _reading(now: Reading) -> Reading:
    form = request.form
    changes: dict[str, Any] = {
        name: _text(name) for name in ("rejected", "identity", "blank", "encoding", "datum") if name in form
    }
    if "whole" in form:
        changes["sheets"] = tuple(name[:200] for name in form.getlist("sheets")[:MOST_SHEETS])
        changes["heading_rows"] = _heading_rows(_text("heading_rows"))
    if "srid" in form:
        changes["srid"] = _system(_text("srid"))
    if "swapped" in form:
        changes["swapped"] = {"yes": True, "no": False}.get(_text("swapped"))
    return replace(now, **changes)


def _system(text: str) -> int | None:
    if text and not _SYSTEM.fullmatch(text):
        raise InvalidValue("Please choose one of the list.", field="srid")
    return int(text) if text else None


def _heading_rows(text: str) -> tuple[int, ...]:
    parts = text.replace("，", ",").replace("、", ",").replace(" ", ",").split(",")
    rows = [part for part in parts if part]
    if any(
        not part.isascii() or not part.isdecimal() or len(part) > 7 or not 0 < int(part) <= _MOST_ROW
        for part in rows[:9]
    ):
        raise InvalidValue("Please give the rows of the headings as numbers, such as 3 or 3,4.", field="heading_rows")
    return tuple(int(part) for part in rows[:9])


def places(batch_id: int) -> Response:
    """Choose among readings of the coordinates."""
    return settings(batch_id)


def commit(batch_id: int) -> Response:
    """Enter what the preview shows, or submit it."""
    seen = _text("seen")

    def save() -> None:
        batch = get_batch(db.session, batch_id)
        if seen and seen != state_key(batch):
            raise NotNow(name=batch.file_name)
        ask_commit(db.session, batch_id, today=db.current_day())

    return _done(batch_id, save)


def undo(batch_id: int) -> Response:
    """Take everything back that this ledger has entered."""
    return _done(batch_id, lambda: ask_undo(db.session, batch_id, today=db.current_day()))


def cancel(batch_id: int) -> Response:
    """Stop the work that goes on."""
    return _done(batch_id, lambda: answering.cancel(db.session, batch_id))


def drop(batch_id: int) -> Response:
    """Give the ledger up."""

    def save() -> None:
        answering.drop(db.session, batch_id)

    return _done(batch_id, save)


def _answered(batch_id: int, save: Callable[[], Any]) -> Response:
    """Keep an answer and check the rows again; several that are sent together are checked once."""

    def both() -> None:
        save()
        if "more" not in request.form:
            check_again(db.session, batch_id, today=db.current_day())

    return _done(batch_id, both)


def _done(batch_id: int, save: Callable[[], Any]) -> Response:
    try:
        save()
        db.session.commit()
    except NotFound:
        raise
    except RegistryError as refusal:
        db.session.rollback()
        return _refused(batch_id, refusal)
    batch = get_batch(db.session, batch_id)
    if _wants_json():
        return jsonify(state=state_key(batch))
    return redirect(_back(batch_id), 303)


def _refused(batch_id: int, refusal: RegistryError) -> Response:
    status = 403 if isinstance(refusal, NotAllowed) else 400 if isinstance(refusal, InvalidValue) else 409
    if _wants_json():
        return make_response(jsonify(error=translated(refusal.message, refusal.data), status=status), status)
    return make_response(batch_page(get_batch(db.session, batch_id), refusal=refusal), status)


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _back(batch_id: int) -> str:
    """The page with the filter it had."""
    asked = Asked.of(dict(parse_qsl(_text("back"))))
    query = asked.query(after=asked.after, before=asked.before)
    tab = _text("tab")
    address = url_for("imports.show", batch_id=batch_id, tab=tab if tab in TABS else None)
    return f"{address}{'&' if '?' in address else '?'}{query}" if query else address


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\x00", "").strip()[:LONGEST_ANSWER]


def _number(name: str) -> int | None:
    """A number; None where none is given, for that means all rows, or no record."""
    text = _text(name)
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > _MOST_DIGITS:
        raise NotFound
    return int(text)


def _row_number() -> int:
    number = _number("number")
    if number is None:
        raise NotFound
    return number
