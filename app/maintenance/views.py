"""Status by area, its figures and file; the inspections of caretakers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from urllib.parse import quote

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import db
from app.area import current_area, current_filter
from app.exports import note_export
from app.figures import FORMULAS, NAMES
from app.frame import demonstration
from app.i18n import gettext as _
from app.i18n import language, translated
from app.maintenance import choropleth
from app.maintenance.forms import InspectionForm
from app.maintenance.table import Table, table_of
from app.maintenance.workbook import CONTENT_TYPE, workbook
from assets.errors import InvalidValue, RegistryError
from assets.filters import Filter
from assets.maintenance import service
from assets.maintenance.status import AreaStatus, status_by_area
from assets.registry.models import Asset
from assets.terms import queries as terms
from assets.vocabulary import MISSING_FIELDS

bp = Blueprint("maintenance", __name__, url_prefix="/maintenance")


def _asked() -> Filter:
    """The filter of the address; statuses and what upkeep lacks are columns here."""
    asked = current_filter()
    return replace(asked, status=frozenset(), missing=asked.missing - set(MISSING_FIELDS))


def _status() -> tuple[AreaStatus, Table]:
    status = status_by_area(db.session, current_area(), _asked())
    return status, table_of(status, request.args.get("sort", ""))


@bp.get("/")
def index() -> str:
    """Status by area."""
    status, table = _status()
    area = current_area()
    return render_template(
        "maintenance/index.html",
        area=area,
        day=_asked().day,
        status=status,
        table=table,
        asked=_asked(),
        sectors=terms.names(db.session, "sector", day=db.current_day(), language=language()),
        picture=choropleth.settings(area, status),
        names=NAMES,
        formulas=FORMULAS,
        narrowed_elsewhere=_narrowed_elsewhere(_asked()),
    )


@bp.get("/status.xlsx")
def status_file() -> Response:
    """The table of the page as a workbook."""
    status, table = _status()
    area, asked = current_area(), _asked()
    title = _("%(area)s: upkeep status by area", area=area.short_name)
    notes = [_("As of %(day)s", day=asked.day), *_narrowing(asked, status)]
    notes += [_says(column.name, column.formula) for column in table.columns if column.formula]
    name = f"{area.short_name}-{_('upkeep status')}-{asked.day}"
    if demonstration():
        notes.insert(0, _("Demonstration data: places are real; persons, operators, figures and faults are invented."))
        name = f"{_('Demonstration data')}-{name}"
    response = make_response(workbook(table, title=title, notes=notes))
    note_export(title, len(table.rows))
    response.headers["Content-Type"] = CONTENT_TYPE
    response.headers["Content-Disposition"] = (
        f"attachment; filename=status.xlsx; filename*=UTF-8''{quote(name, safe='')}.xlsx"
    )
    return response


def _narrowed_elsewhere(asked: Filter) -> bool:
    """Whether a filter is at work that the bar of the page does not show."""
    return replace(asked, asset_class=frozenset(), sector=frozenset()).narrows_beyond_area


def _says(name: str, text: str) -> str:
    return str(_("%(name)s: %(text)s", name=name, text=text))


def _narrowing(asked: Filter, status: AreaStatus) -> list[str]:
    from app.words import label

    sectors = terms.names(db.session, "sector", day=db.current_day(), language=language())
    said = []
    if asked.asset_class:
        said.append(_says(_("Class"), _(", ").join(label("class", code) for code in sorted(asked.asset_class))))
    if asked.sector:
        said.append(_says(_("Sector"), _(", ").join(sectors.get(code, code) for code in sorted(asked.sector))))
    if _narrowed_elsewhere(asked):
        said.append(_("Narrowed by further filters that came along with the address"))
    if status.partial:
        said.append(_("Only what your account may see is counted"))
    return said


@bp.get("/figures.json")
def figures() -> Response:
    """One figure of every area of a level, with class limits for a map."""
    answer = choropleth.figures(
        current_area(),
        current_filter(),
        figure=request.args.get("figure", "overdue_share"),
        level=request.args.get("level") or None,
        breaks=request.args.get("breaks", "natural"),
    )
    response = jsonify(answer)
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


@bp.post("/inspections")
def record_inspection() -> AnyResponse:
    """A caretaker's visit; the same form sent twice is recorded once."""
    form = InspectionForm()
    if not form.validate():
        raise InvalidValue("Something in the form cannot be read. Please open the page again.", field="form")
    visit = service.record_inspection(
        db.session,
        form.asset_id.data or 0,
        on=form.inspected_on.data or db.current_day(),
        result=form.result.data or "",
        today=db.current_day(),
        request_key=form.request_key.data or "",
        note=form.note.data or "",
        position=form.position(),
    )
    db.session.commit()
    name = db.session.get_one(Asset, visit.asset_id).name
    well = visit.result == "all_well"
    flash(
        _("%(name)s: all well, recorded.", name=name) if well else _("%(name)s: problem recorded.", name=name), "saved"
    )
    return redirect(url_for("home.index", recorded=visit.id))


@bp.post("/inspections/<int:inspection_id>/undo")
def undo_inspection(inspection_id: int) -> AnyResponse:
    """Take a visit back within some minutes."""
    try:
        service.undo_inspection(db.session, inspection_id, now=dt.datetime.now(dt.UTC))
        db.session.commit()
        flash(_("Taken back; nothing is recorded."), "saved")
    except RegistryError as refusal:
        db.session.rollback()
        flash(translated(refusal.message, refusal.data), "error")
    return redirect(url_for("home.index"))
