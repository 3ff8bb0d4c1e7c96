"""Vector tiles and their descriptions."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, abort, g, make_response, request, url_for
from sqlalchemy import func, select

from app import db
from app.area import current_area, current_filter
from app.kept import remembered
from app.tiles.layers import LAYERS, Layer, Part, features_from, parts_at
from assets.errors import InvalidValue
from assets.regions.models import Region
from assets.vocabulary import LEVELS
from spatial.tiles import CONTENT_TYPE, TileAddress, tile, tilejson

bp = Blueprint("tiles", __name__, url_prefix="/tiles")
MAX_ZOOM = 16


@bp.get("/<name>.json")
def description(name: str) -> Response:
    """TileJSON of a layer, for the same filters as its tiles."""
    layer = _layer(name)
    area, asked = current_area(), current_filter()
    extent = db.session.execute(
        select(*(getattr(func, f"ST_{side}")(Region.shape) for side in ("XMin", "YMin", "XMax", "YMax"))).where(
            Region.id == area.id
        )
    ).one()
    template = url_for("tiles.mvt", name=name, z=0, x=0, y=0, _external=True).replace("/0/0/0.mvt", "/{z}/{x}/{y}.mvt")
    query = request.query_string.decode()
    document = tilejson(
        name=name,
        tiles=[template + ("?" + query if query else "")],
        fields=layer.fields,
        max_zoom=MAX_ZOOM,
        bounds=None if extent[0] is None else (extent[0], extent[1], extent[2], extent[3]),
    )
    document["minzoom_features"] = features_from(db.session, layer, asked, area)
    response = make_response(document)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.get("/<name>/<int:z>/<int:x>/<int:y>.mvt")
def mvt(name: str, z: int, x: int, y: int) -> Response:
    """One tile of a layer, narrowed to the viewer and the filters of the address."""
    _layer(name)
    address = TileAddress(z, x, y)
    level = request.args.get("level") or None
    if level is not None and level not in LEVELS:
        raise InvalidValue("“{value}” is not a choice of the filter “{field}”.", value=level[:40], field="level")
    asked, area = current_filter(), current_area()
    key = ("tile", name, address, level, asked, g.viewer.fingerprint)
    body = remembered(
        key, lambda: b"".join(_cut(part, address) for part in parts_at(db.session, name, asked, area, z, level))
    )
    response = make_response(body)
    response.headers["Content-Type"] = CONTENT_TYPE
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.sha256(body + g.viewer.fingerprint.encode()).hexdigest()[:32])
    response.make_conditional(request)
    return response


def _cut(part: Part, address: TileAddress) -> bytes:
    return bytes(db.session.scalar(tile(part.statement, address, part.name, part.options)) or b"")


def _layer(name: str) -> Layer:
    if name not in LAYERS:
        abort(404)
    return LAYERS[name]
