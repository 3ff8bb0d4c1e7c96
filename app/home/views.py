"""The first view after signing in, by role; the town ranking to hand out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import db
from app.area import current_area, current_filter
from app.exports import note_export
from app.figures import FORMULAS, NAMES, change_shown, shown
from app.frame import demonstration
from app.home import circular as circulars
from app.home.roles import Desk, desk_of
from app.i18n import gettext as _
from app.i18n import language
from assets.errors import InvalidValue
from assets.filters import Filter
from assets.indicators import overview, worklists
from assets.indicators.ranking import Review, review
from assets.maintenance import duties
from assets.maintenance.service import UNDO_WITHIN, undoable
from assets.maintenance.status import status_by_area
from assets.regions import queries as regions
from assets.terms import queries as terms

bp = Blueprint("home", __name__)
RANKING = ("overdue_share", "arranged_share", "idle_share", "certified_share", "paid_share")


@bp.get("/")
def index() -> str | AnyResponse:
    """The viewer's first view."""
    desk = desk_of(g.viewer)
    if desk.role == "planner":
        return redirect(url_for("map.index", preset="planner"))
    view: Callable[[Desk], str] = _VIEWS.get(desk.role, _leader)
    return view(desk)


def _asked(desk: Desk) -> Filter:
    return replace(current_filter(), area_path=desk.area.region_path, account_id=g.viewer.account_id)


def _figure() -> str:
    key = request.args.get("figure", RANKING[0])
    if key not in RANKING:
        raise InvalidValue("“{value}” is not a choice of the filter “{field}”.", value=key[:40], field="figure")
    return key


def _review(desk: Desk) -> Review:
    return review(db.session, desk.area, _asked(desk), _figure())


def _leader(desk: Desk) -> str:
    found = _review(desk)
    levels = [row.region.level for row in found.rows]
    return render_template(
        "home/leader.html",
        desk=desk,
        area=desk.area,
        review=found,
        day=found.now.day,
        ranking=RANKING,
        names=NAMES,
        formulas=FORMULAS,
        shown=shown,
        change_shown=change_shown,
        picture=circulars.picture(desk.area, found, levels) if levels else None,
    )


def _clerk(desk: Desk) -> str:
    asked = _asked(desk)
    return render_template(
        "home/clerk.html",
        desk=desk,
        area=desk.area,
        day=asked.day,
        status=status_by_area(db.session, desk.area, asked),
        missing=worklists.missing_counts(db.session, asked),
        lists=worklists.clerk_worklists(db.session, asked),
    )


def _caretaker(desk: Desk) -> str:
    day = db.current_day()
    recorded = request.args.get("recorded", type=int)
    return render_template(
        "home/caretaker.html",
        desk=desk,
        area=desk.area,
        day=day,
        duties=duties.own_duties(db.session, g.viewer.account_id, day),
        key=lambda: uuid4().hex,
        undo=undoable(db.session, recorded, now=dt.datetime.now(dt.UTC)) if recorded else None,
        undo_minutes=int(UNDO_WITHIN.total_seconds() // 60),
    )


def _department(desk: Desk) -> str:
    asked = _asked(desk)
    sectors = terms.names(db.session, "sector", day=db.current_day(), language=language())
    found = _review(desk)
    return render_template(
        "home/department.html",
        desk=desk,
        area=desk.area,
        day=asked.day,
        sectors=[sectors.get(code, code) for code in sorted(desk.sectors or ())],
        review=found,
        status=found.now.total.sums,
        names=NAMES,
        formulas=FORMULAS,
        shown=shown,
        change_shown=change_shown,
        overdue=worklists.longest_overdue(db.session, asked),
        due=worklists.due_this_week(db.session, asked),
    )


def _auditor(desk: Desk) -> str:
    asked = _asked(desk)
    return render_template(
        "home/auditor.html",
        desk=desk,
        area=desk.area,
        day=asked.day,
        missing=worklists.missing_counts(db.session, asked),
        sample=worklists.sample(db.session, asked),
        unbooked=overview.accepted_without_assets(db.session, desk.area, asked.day),
    )


def _administrator(desk: Desk) -> str:
    return render_template(
        "home/administrator.html",
        desk=desk,
        area=desk.area,
        day=db.current_day(),
        counts=overview.office(db.session, desk.area, now=dt.datetime.now(dt.UTC)),
    )


_VIEWS: dict[str, Callable[[Desk], str]] = {
    "clerk": _clerk,
    "approver": _clerk,
    "caretaker": _caretaker,
    "department": _department,
    "auditor": _auditor,
    "administrator": _administrator,
}


@bp.get("/circular")
def circular() -> str:
    """The town ranking to read and print."""
    return render_template("home/circular.html", **_circular())


@bp.get("/circular.pdf")
def circular_file() -> Response:
    """The town ranking as a PDF."""
    known = _circular()
    page = render_template("home/circular_sheet.html", **known, style=circulars.style())
    response = make_response(circulars.pdf(page))
    note_export(_("Circular"))
    name = f"{known['area'].short_name}-{_('Circular')}-{known['day']}"
    if demonstration():
        name = f"{_('Demonstration data')}-{name}"
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = (
        f"inline; filename=circular.pdf; filename*=UTF-8''{quote(name, safe='')}.pdf"
    )
    return response


def _circular() -> dict[str, Any]:
    area = current_area()
    asked = current_filter()
    if asked.day > db.current_day():
        raise InvalidValue("A circular tells what has been: {value} is still to come.", value=asked.day, field="on")
    found = review(db.session, area, asked, _figure())
    return {
        "area": area,
        "day": asked.day,
        "review": found,
        "names": NAMES,
        "formulas": FORMULAS,
        "shown": shown,
        "change_shown": change_shown,
        "handle": regions.handle(area),
        "words": circulars.summary(found),
    }
