"""Who did what, when and from where; under seal since when."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from flask import Blueprint, render_template, request, send_file
from werkzeug.wrappers import Response

from app import db
from app.area import current_area
from app.audit.reading import Question, read_question, tell, written_place
from app.audit.sheets import write_trail
from app.audit.words import FACTS, RESULTS, TABLES, actions_by_room
from app.exports import note_export
from app.i18n import gettext as _
from app.lists.workbook import CONTENT_TYPE
from assets.audit.queries import Page, read_entries, read_many, seal_state
from assets.db import OFFICE_ZONE

bp = Blueprint("audit", __name__, url_prefix="/audit")
FIELDS = ("who", "from", "to", "action", "table", "record", "address", "result", "words", "batch")
MOST_EXPORTED = 20_000


@bp.get("/")
def index() -> str:
    """Entries of the area, the latest first."""
    question = _question()
    page = Page([]) if question.problems else read_entries(db.session, question.asked, before=question.before)
    state = seal_state(db.session)
    return render_template(
        "audit/index.html",
        rows=tell(db.session, page.entries, day=db.current_day()),
        question=question,
        further=written_place(page.further) if page.further else "",
        looked_back_to=page.looked_back_to.astimezone(OFFICE_ZONE) if page.looked_back_to else None,
        state=state,
        sealed_at=state.seal.sealed_at.astimezone(OFFICE_ZONE) if state.seal else None,
        checked_at=state.checked_at.astimezone(OFFICE_ZONE) if state.checked_at else None,
        actions=actions_by_room(),
        tables=sorted(((code, str(name)) for code, name in TABLES.items()), key=lambda one: one[1]),
        results=RESULTS,
        chosen=_chosen(),
        narrowed=any(_chosen().values()),
        most=MOST_EXPORTED,
    )


@bp.get("/export.xlsx")
def export() -> Response:
    """The entries that match as a workbook; taking them along is an entry itself."""
    question = _question()
    page = Page([]) if question.problems else read_many(db.session, question.asked, most=MOST_EXPORTED)
    entries = page.entries
    area = current_area()
    title = _("%(area)s: audit trail", area=area.short_name)
    notes = [_("As of %(day)s, %(total)s rows.", day=db.current_day(), total=len(entries)), *_told_filter()]
    if page.looked_back_to:
        moment = f"{page.looked_back_to.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"
        notes.append(_("Looked back to %(moment)s so far.", moment=moment))
    elif page.further:
        notes.append(_("Only the latest %(n)s entries are here; please narrow the days.", n=f"{MOST_EXPORTED:,}"))
    file = write_trail(title, notes, tell(db.session, entries, day=db.current_day()))
    note_export(title, len(entries), **_chosen())
    response = send_file(file, mimetype=CONTENT_TYPE, max_age=0)
    name = re.sub(r"[\s/\\:*?\"<>|]+", "-", f"{title}-{db.current_day()}.xlsx")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"audit.xlsx\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    return response


def _question() -> Question:
    return read_question(db.session, request.args, current_area().region_path)


def _chosen() -> dict[str, Any]:
    return {name: value for name in FIELDS if (value := request.args.get(name, "").strip()[:100])}


def _told_filter() -> list[str]:
    chosen = "；".join(f"{FACTS.get(name, name)}：{value}" for name, value in _chosen().items())
    return [_("Filter") + " — " + chosen] if chosen else []
