"""Villages below the standard of the day: by facility, which of them lack what."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from flask import Blueprint, render_template, request, send_file
from werkzeug.wrappers import Response

from app import db
from app.area import current_area, current_filter
from app.exports import note_export
from app.i18n import gettext as _
from app.i18n import language
from app.i18n import lazy_gettext as _l
from app.lists.columns import Column
from app.lists.page import Row
from app.lists.tables import table_of
from app.lists.workbook import CONTENT_TYPE, workbook_of
from app.places.tabs import TABS
from app.words import label
from assets.indicators.villages import village_ratios
from assets.places import standards as judging
from assets.terms import queries as terms


def add_to(bp: Blueprint) -> None:
    """Give the room its page of villages below standard."""
    bp.add_url_rule("/standards/", "standards", show)
    bp.add_url_rule("/standards/export.xlsx", "export_standards", export)


def show() -> str:
    """Every standard with how many villages meet it, and the villages below the chosen one."""
    asked = current_filter()
    required = judging.requirements(db.session, asked)
    chosen, fault = _chosen(required)
    return render_template(
        "places/standards.html",
        tabs=TABS,
        required=required,
        chosen=chosen,
        fault=fault,
        rows=judging.villages_below(db.session, asked, chosen.type, fault=fault) if chosen else [],
        names=terms.names(db.session, "facility_type", day=asked.day, language=language()),
        day=asked.day,
        faults=judging.FAULTS,
        ratios=village_ratios(db.session, asked),
    )


def export() -> Response:
    """The villages below the chosen standard as a workbook."""
    asked = current_filter()
    required = judging.requirements(db.session, asked)
    chosen, fault = _chosen(required)
    names = terms.names(db.session, "facility_type", day=asked.day, language=language())
    type_name = names.get(chosen.type, chosen.type) if chosen else ""
    rows = judging.villages_below(db.session, asked, chosen.type, fault=fault) if chosen else []
    title = f"{current_area().short_name}{type_name}{_('Villages below standard')}"
    notes = [_("As of %(day)s, %(total)s rows.", day=asked.day, total=len(rows))]
    if chosen and chosen.basis:
        notes.append(_("Basis") + "：" + chosen.basis)
    file = workbook_of(table_of(title, notes, _COLUMNS, (Row(row.id, _cells(row)) for row in rows)))
    note_export(title, len(rows))
    response = send_file(file, mimetype=CONTENT_TYPE, max_age=0)
    name = re.sub(r"[\s/\\:*?\"<>|]+", "-", f"{title}-{asked.day}.xlsx")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"list.xlsx\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    return response


def _chosen(required: list[judging.Required]) -> tuple[judging.Required | None, str]:
    """The standard asked for, else the one with most villages below."""
    asked, fault = request.args.get("type", ""), request.args.get("fault", "")
    found = next((row for row in required if row.type == asked), None)
    if found is None:
        found = max((row for row in required if row.mandatory), key=lambda row: row.below, default=None)
    return found, fault if fault in judging.FAULTS else ""


def _plain(key: str, title: Any, show: Any = "text", unit: Any = "", decimals: int = 0) -> Column:
    return Column(key, title, lambda _asked: None, show=show, unit=unit, decimals=decimals)


_COLUMNS = (
    _plain("code", _l("Region code")),
    _plain("name", _l("Village"), "name"),
    _plain("town", _l("Town")),
    _plain("class", _l("Village class")),
    _plain("households", _l("Households"), "number"),
    _plain("fault", _l("What is lacking")),
    _plain("facility", _l("Facility"), "name"),
    _plain("area", _l("Floor area"), "number", _l("m²"), 1),
    _plain("least_area", _l("Least area"), "number", _l("m²"), 1),
    _plain("staff", _l("Staff"), "number"),
    _plain("least_staff", _l("Least staff"), "number"),
)


def _cells(row: Any) -> tuple[Any, ...]:
    return (
        *(row.code, row.name, row.town, label("village_class", row.village_class), row.households),
        *(label("fault", row.fault), row.facility, row.area_m2, row.min_area_m2, row.staff, row.min_staff),
    )
