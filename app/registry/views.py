"""The asset ledger and the page of one asset."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request, url_for
from werkzeug.wrappers import Response

from app import db
from app.i18n import gettext as _
from app.lists.answers import show_list
from app.lists.sending import send_list
from app.records.locator import locate
from app.registry import changing, history, registering, selections, sheets
from app.registry.card import read_card
from app.registry.chronicle import read_steps
from app.registry.columns import ASSETS
from app.registry.wording import tell
from assets import filters
from assets.editing import WRITERS
from assets.scope import Viewer

STEPS_SHOWN = 6
bp = Blueprint("registry", __name__, url_prefix="/registry")


@bp.get("/")
def index() -> str | Response:
    """The ledger."""
    viewer: Viewer = g.viewer
    create = (url_for("registry.register"), _("Register an asset")) if viewer.roles & WRITERS else None
    return show_list(ASSETS, create=create)


@bp.get("/export.<form>")
def export(form: str) -> str | Response:
    """The ledger as a file of that form."""
    return send_list(ASSETS, form)


@bp.get("/<int:asset_id>")
def show(asset_id: int) -> str:
    """One asset: facts, value, rights, upkeep, what is missing, what was done; on a past day as it was then."""
    today = db.current_day()
    day = filters.parse({"on": request.args.getlist("on")}, day=today, area_path="/").day
    card = read_card(db.session, asset_id, day=day)
    return render_template(
        "registry/show.html",
        card=card,
        asset=card.asset,
        day=day,
        today=today,
        drawings=locate(db.session, card.above[-1], card.asset.geom, day=day),
        told=tell(db.session, read_steps(db.session, asset_id, size=STEPS_SHOWN)[0], day=today),
    )


for _part in (registering, changing, selections, sheets, history):
    _part.add_to(bp)
