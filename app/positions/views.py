"""Reading a position while a form is filled in: where it lies, and what is wrong with it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, jsonify, request
from werkzeug.wrappers import Response

from app import db
from app.i18n import gettext as _
from app.records.positions import geojson, read_position, written
from assets.editing import WRITERS
from assets.regions.directory import full_names, home_path
from assets.regions.models import Region
from assets.regions.positions import lies_in, region_at
from spatial.geometry import ANY_TYPE

bp = Blueprint("positions", __name__, url_prefix="/positions")


@bp.post("/read.json")
def read() -> Response:
    """What typed or drawn coordinates mean: geometry, region, and every problem with its remedy."""
    allowed = [name for name in request.form.get("allowed", "").split(",") if name in ANY_TYPE] or list(ANY_TYPE)
    text, datum = request.form.get("text", ""), request.form.get("datum", "cgcs2000")
    reading = read_position(text, datum, allowed)
    answer: dict[str, Any] = {"geometry": geojson(reading.geometry), "region": None, "problems": []}
    if reading.geometry is not None:
        there = region_at(db.session, reading.geometry, day=db.current_day())
        if there is not None:
            answer["region"] = _described(there)
        answer["outside"] = _outside(reading.geometry, request.form.get("region", ""), there)
    else:
        answer["problems"].append(
            {
                "code": reading.code,
                "message": reading.message,
                "repaired": geojson(reading.repaired),
                "repaired_text": written(reading.repaired) if reading.repaired is not None else "",
                "at": reading.at,
            }
        )
    return jsonify(answer)


def _described(region: Region) -> dict[str, Any]:
    name = full_names(db.session, [region], home=home_path(g.viewer))[region.id]
    return {"id": region.id, "name": name, "open": g.viewer.may(WRITERS, region.region_path)}


def _outside(geometry: Any, chosen: str, there: Region | None) -> str:
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 19):
        return ""
    region = db.session.get(Region, int(chosen))
    if region is None or lies_in(db.session, geometry, region):
        return ""
    names = full_names(db.session, [region, *([there] if there else [])], home=home_path(g.viewer))
    if there is None:
        return str(_("The position lies outside %(region)s.", region=names[region.id]))
    told = _("The position lies outside %(region)s: in %(where)s.", region=names[region.id], where=names[there.id])
    return str(told)
