"""The asset ledger and the page of one asset."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from app import db
from app.lists.answers import send_list, show_list
from app.records.locator import locate
from app.records.trail import trail_of
from app.registry.card import read_card
from app.registry.columns import ASSETS

bp = Blueprint("registry", __name__, url_prefix="/registry")


@bp.get("/")
def index() -> str | Response:
    """The ledger."""
    return show_list(ASSETS)


@bp.get("/export.xlsx")
def export() -> Response:
    """The ledger as a workbook."""
    return send_list(ASSETS)


@bp.get("/<int:asset_id>")
def show(asset_id: int) -> str:
    """One asset: facts, value, rights, upkeep, what is missing, what was done."""
    day = db.current_day()
    card = read_card(db.session, asset_id, day=day)
    return render_template(
        "registry/show.html",
        card=card,
        asset=card.asset,
        day=day,
        drawings=locate(db.session, card.above[-1], card.asset.geom, day=day),
        steps=trail_of(db.session, card.asset, asset_id),
    )
