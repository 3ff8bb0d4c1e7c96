"""Who took which list, sheet or map along as a file: noted in the trail."""

from __future__ import annotations

from flask import g, request

from app import db
from app.area import KEPT, current_area
from assets import audit
from assets.scope import Viewer

LONGEST = 200
# Words that were looked for may be a person's name: the trail tells that there were some, not which.
TYPED = ("q", "words")


def note_export(what: str, rows: int | None = None, **chosen: str) -> None:
    """Note that a file is handed over: what it is called, by which filter, how many rows; commits."""
    told = {name: ",".join(request.args.getlist(name))[:LONGEST] for name in (*KEPT, "ids", "all")} | chosen
    told |= {name: "…" for name in TYPED if told.get(name)}
    audit.note(
        db.session,
        f"{request.blueprint}.export",
        region_path=_where(),
        what=what[:LONGEST],
        filter={name: value for name, value in told.items() if value},
        rows=rows,
    )
    db.session.commit()


def _where() -> str | None:
    """The area that was open; where the person works if it reaches beyond what they see, so that it is noted there."""
    path = current_area().region_path
    viewer: Viewer = g.viewer
    seen = viewer.unbounded or any(reach.covers(path) for reach in viewer.reaches)
    return path if seen else None
