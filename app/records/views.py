"""What forms ask for while they are filled in, and undoing what was saved."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, flash, g, jsonify, redirect, request
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from app import db
from app.i18n import gettext as _
from app.i18n import translated
from app.records.answering import may_write
from app.records.choices import offered
from app.records.phrases import form_words
from app.records.saved import now
from app.returning import own_page
from assets.errors import RegistryError
from assets.undo import undo as take_back
from assets.undo import undoable

bp = Blueprint("records", __name__, url_prefix="/records")


def init_app(app: Flask) -> None:
    """Give templates what forms and saved records need."""
    app.jinja_env.globals |= {"form_words": form_words, "can_undo": can_undo, "may_write": may_write}


def can_undo(transaction: int) -> bool:
    """Whether what was saved in a transaction may still be taken back by the viewer."""
    return undoable(db.session, transaction, now=now()) is not None


@bp.get("/ready.json")
def ready() -> Response:
    """The server answers, and the account is signed in: asked before a form is sent; with a fresh token."""
    return jsonify({"csrf_token": generate_csrf(), "account": g.viewer.account_id})


@bp.get("/choices/<kind>.json")
def choices(kind: str) -> Response:
    """What may be meant by a name that is being typed: regions, parties or projects."""
    found = offered(kind, request.args.get("q", ""))
    if found is None:
        abort(404)
    return jsonify(found)


@bp.post("/undo")
def undo() -> Response:
    """Take back what was saved a moment ago, as far as nobody has built on it."""
    text = request.form.get("transaction", "")
    transaction = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    try:
        take_back(db.session, transaction, now=now())
        db.session.commit()
        flash(_("Undone; everything is as it was before."), "saved")
    except RegistryError as refusal:
        db.session.rollback()
        flash(translated(refusal.message, refusal.data), "error")
        return redirect(own_page(request.form.get("stay", "")), 303)
    return redirect(own_page(request.form.get("next", "")), 303)
