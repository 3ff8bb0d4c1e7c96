"""The rows of a ledger on the map, before anything of them is in the register."""

from __future__ import annotations

import hashlib
import json

from flask import Response, g, jsonify, make_response, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import db
from app.imports.preview import Asked, matching
from assets.imports.fields import Kind
from assets.imports.models import ImportBatch, ImportRow
from assets.regions.models import Region
from spatial.tiles import CONTENT_TYPE, TileAddress, TileOptions, tile

LAYER = "rows"
# What needs a hand is kept where a tile is crowded.
_RANK = {"rejected": 0, "changed": 1, "new": 2, "same": 3, "left_out": 4}
OPTIONS = TileOptions(mixed=True, rank="rank", max_features=10_000)
BORDER_DEGREES = 0.0002


def cut(batch: ImportBatch, kind: Kind, address: TileAddress) -> Response:
    """One tile of the rows that the address asks for; those that cannot be kept as they are drawn too."""
    asked = Asked.of(request.args)
    parts = [_part(batch, kind, asked, address, drawn) for drawn in (False, True)]
    body = b"".join(bytes(part or b"") for part in parts)
    response = make_response(body)
    response.headers["Content-Type"] = CONTENT_TYPE
    response.headers["Cache-Control"] = "private, no-cache"
    seen = f"{batch.id} {g.viewer.account_id} {g.viewer.fingerprint}".encode()
    response.set_etag(hashlib.sha256(body + seen).hexdigest()[:32])
    response.make_conditional(request)
    return response


def _part(batch: ImportBatch, kind: Kind, asked: Asked, address: TileAddress, drawn: bool) -> bytes | None:
    geom = ImportRow.drawn if drawn else ImportRow.geom
    rank = func.array_position(list(_RANK), ImportRow.verdict)
    chosen = select(
        ImportRow.number.label("id"),
        geom.label("geom"),
        ImportRow.verdict.label("verdict"),
        (func.cardinality(ImportRow.codes) > 0).label("told"),
        func.coalesce(ImportRow.position_quality == "village_point", False).label("rough"),
        rank.label("rank"),
    ).where(geom.is_not(None), *matching(batch.id, asked, kind))
    if not drawn:
        chosen = chosen.where(ImportRow.drawn.is_(None))
    return db.session.scalar(tile(chosen, address, "faulty" if drawn else LAYER, OPTIONS))


def extent(session: Session, batch: ImportBatch, kind: Kind, asked: Asked) -> list[float] | None:
    """West, south, east and north of the rows that are asked for."""
    shape = func.ST_Extent(func.coalesce(ImportRow.geom, ImportRow.drawn))
    sides = session.execute(
        select(*(getattr(func, f"ST_{side}")(shape) for side in ("XMin", "YMin", "XMax", "YMax"))).where(
            *matching(batch.id, asked, kind)
        )
    ).one()
    # Somewhere on earth, or the map would show nothing of what is right.
    if sides[0] is None:
        return None
    return [max(-180, sides[0]), max(-85, sides[1]), min(180, sides[2]), min(85, sides[3])]


def place_of(row: ImportRow) -> Response:
    """One row's position and the border of the region it claims, for the map beside the list."""
    position = func.ST_AsGeoJSON(func.coalesce(ImportRow.geom, ImportRow.drawn), 7)
    border = func.ST_AsGeoJSON(func.ST_SimplifyPreserveTopology(Region.shape, BORDER_DEGREES), 6)
    found = db.session.execute(
        select(position, border)
        .select_from(ImportRow)
        .outerjoin(Region, Region.id == ImportRow.region_id)
        .where(ImportRow.batch_id == row.batch_id, ImportRow.number == row.number)
    ).one()
    at, claimed = (text and json.loads(text) for text in found)
    return jsonify(number=row.number, position=at, border=claimed)
