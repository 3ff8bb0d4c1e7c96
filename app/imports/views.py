"""Bringing ledgers, looking at what they would do, and entering them."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, Response, g, make_response, render_template, request

from app import db
from app.area import current_area
from app.imports import answers, listing, sheets, tiles
from app.imports.kinds import ICONS, offered
from app.imports.marked import send_marked
from app.imports.showing import (
    at_office,
    batch_page,
    counts_of,
    own,
    preview_part,
    progress_context,
    row_context,
    state_key,
)
from app.imports.uploading import ACCEPTED, take_in
from assets.errors import NotAllowed, NotFound
from assets.imports.fields import Kind
from assets.imports.holding import NotNow, get_batch
from assets.imports.kinds import kind_of
from assets.imports.models import KINDS, ImportRow
from assets.imports.receiving import LARGEST_FILE
from spatial.tiles import TileAddress

bp = Blueprint("imports", __name__, url_prefix="/imports")
MOST_ROWS = 1_048_576
answers.add_to(bp)
bp.add_url_rule("/upload", "upload", take_in, methods=["POST"])


@bp.get("/")
def index() -> str:
    """What was brought, and a way to bring more."""
    return index_page()


def index_page(refusal: str | None = None) -> str:
    """The page on which ledgers are brought."""
    kinds, area = offered(), current_area()
    chosen = request.values.get("kind", "")
    return render_template(
        "imports/index.html",
        kinds=kinds,
        kind_icons=ICONS,
        kind_titles={key: kind_of(key).title for key in KINDS},
        chosen=chosen if chosen in KINDS else (kinds[0].key if kinds else ""),
        area=area,
        may_here=any(_may(kind, area.region_path) for kind in kinds),
        accepted=ACCEPTED,
        most=LARGEST_FILE,
        most_rows=MOST_ROWS,
        request_key=uuid4().hex,
        found=listing.ledgers(),
        counts_of=counts_of,
        at_office=at_office,
        refusal=refusal,
    )


def _may(kind: Kind, path: str) -> bool:
    return bool(g.viewer.may(kind.roles, path))


@bp.get("/<int:batch_id>")
def show(batch_id: int) -> str:
    """One ledger, in whatever state it is; ``part=preview`` for its rows alone."""
    batch = get_batch(db.session, batch_id)
    if request.args.get("part") == "preview" and batch.checked_at is not None:
        return preview_part(batch)
    return batch_page(batch)


@bp.get("/<int:batch_id>/progress")
def progress(batch_id: int) -> Response:
    """How far the work is, for a page that waits; the header names the state."""
    batch = get_batch(db.session, batch_id)
    response = make_response(render_template("imports/_progress.html", **progress_context(batch)))
    response.headers["X-Import-State"] = state_key(batch)
    return response


@bp.get("/<int:batch_id>/rows/<int:number>")
def row(batch_id: int, number: int) -> str:
    """Everything about one row: what was read, what is wrong, what can be answered."""
    context = row_context(get_batch(db.session, batch_id), min(number, 2**31 - 1))
    return render_template("imports/_row.html" if request.args.get("part") else "imports/row.html", **context)


@bp.get("/<int:batch_id>/rows/<int:number>.json")
def place(batch_id: int, number: int) -> Response:
    """Where a row lies, and the border of the region it claims."""
    batch = get_batch(db.session, batch_id)
    found = db.session.get(ImportRow, (batch.id, min(number, 2**31 - 1)))
    if found is None:
        raise NotFound
    return tiles.place_of(found)


@bp.get("/<int:batch_id>/tiles/<int:z>/<int:x>/<int:y>.mvt")
def mvt(batch_id: int, z: int, x: int, y: int) -> Response:
    """The rows on the map."""
    batch = get_batch(db.session, batch_id)
    return tiles.cut(batch, kind_of(batch.kind), TileAddress(z, x, y))


@bp.get("/templates/<kind>.xlsx")
def template(kind: str) -> Response:
    """An empty ledger of one kind, with the words and places of the area as drop-downs."""
    return sheets.send_template(_known(kind), current_area())


@bp.get("/<int:batch_id>/returned.xlsx")
def returned(batch_id: int) -> Response:
    """The ledger as it was brought, with the cells marked that are wrong, and the reasons beside them."""
    batch = get_batch(db.session, batch_id)
    # A file says people's numbers in full: it goes back to whoever had them.
    if not own(batch):
        raise NotAllowed
    if batch.status != "checked":
        raise NotNow(name=batch.file_name)
    return send_marked(batch)


def _known(kind: str) -> Kind:
    if kind not in KINDS:
        raise NotFound
    return kind_of(kind)
