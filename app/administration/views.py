"""Dated rows: lists with their periods, new versions, corrections, ends."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, abort, g, render_template, request, url_for

from app import db
from app.administration.forms import EndForm
from app.administration.sections import SECTIONS, Section
from app.area import current_filter
from app.i18n import gettext as _
from app.records.answering import answer_form
from app.words import label
from assets.administration import queries
from assets.administration import versions as service
from assets.administration.effects import limits_of, uses
from assets.administration.reach import ADMINISTRATORS, may_administer
from assets.regions.models import Region

bp = Blueprint("administration", __name__, url_prefix="/administration")
FORM = "administration/form.html"


@bp.get("/")
def index() -> str:
    """The labels: where most changes happen."""
    return show("terms")


@bp.get("/<section>/")
def show(section: str) -> str:
    """All versions of one kind of rows, with the days from and to which they hold."""
    here = _section(section)
    chosen = _part(here)
    day = current_filter().day
    rows = queries.versions(db.session, here.entity, {here.part: chosen} if here.part else {})
    return render_template(
        "administration/index.html",
        here=here,
        sections=SECTIONS.values(),
        chosen=chosen,
        day=day,
        rows=[(row, here.naming(row), here.cells(row), _period(row, day)) for row in rows],
        may_change=lambda row: may_administer(db.session, getattr(row, "region_id", None), today=db.current_day()),
        may_add=may_administer(db.session, None, today=db.current_day()) or _may_add_for_area(here),
    )


@bp.route("/<section>/new", methods=["GET", "POST"])
def new(section: str) -> Any:
    """Something that was not there before."""
    here = _section(section)
    chosen = _part(here)
    start = {"valid_from": db.current_day()} | ({here.part: chosen} if here.part else {})
    return answer_form(
        here.new_form(chosen if here.name == "terms" else ""),
        title=_("New: %(kind)s", kind=label(here.part_kind, chosen) if here.part else str(here.title)),
        save=lambda form: service.add_version(
            db.session,
            here.entity,
            **(here.given(chosen) | form.values()),
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        done=lambda row: _list(here, row),
        saved=lambda row: _("“%(name)s” is entered.", name=here.naming(row)),
        start=start,
        back=_back(here, chosen),
        roles=ADMINISTRATORS,
        template=FORM,
    )


@bp.route("/<section>/<int:row_id>/version", methods=["GET", "POST"])
def add_version(section: str, row_id: int) -> Any:
    """Another version of something, from a day on."""
    here = _section(section)
    row: Any = queries.get_row(db.session, here.entity, row_id)
    kept = {name: getattr(row, name) for name in service.IDENTITY[here.entity]}
    form_class = here.form_of(row)
    start = {name: getattr(row, name) for name in _columns(form_class) if hasattr(row, name)}
    return answer_form(
        form_class,
        title=_("New version of “%(name)s”", name=here.naming(row)),
        save=lambda form: service.add_version(
            db.session,
            here.entity,
            **(_whole(here, row) | kept | form.values()),
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        done=lambda made: _list(here, made),
        saved=lambda made: _("“%(name)s” holds from %(day)s on.", name=here.naming(made), day=made.valid_from),
        start=start | {"valid_from": db.current_day()},
        back=_list(here, row),
        roles=ADMINISTRATORS,
        template=FORM,
        intro=_("The version before it ends on that day; earlier days keep showing it."),
        **_effect(row),
    )


@bp.route("/<section>/<int:row_id>/correct", methods=["GET", "POST"])
def correct(section: str, row_id: int) -> Any:
    """Set right what one version says."""
    here = _section(section)
    row: Any = queries.get_row(db.session, here.entity, row_id)
    return answer_form(
        here.form_of(row),
        record=row,
        title=_("Correct “%(name)s”", name=here.naming(row)),
        save=lambda form: service.correct_version(
            db.session,
            here.entity,
            row_id,
            revision=form.revision.data,
            reason=form.reason.data,
            **form.values(),
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        done=lambda made: _list(here, made),
        saved=lambda made: _("“%(name)s” is corrected.", name=here.naming(made)),
        roles=ADMINISTRATORS,
        template=FORM,
        intro=_("A correction shows on all days of this version. What changes only from a day on is a new version."),
        **_effect(row),
    )


@bp.route("/<section>/<int:row_id>/end", methods=["GET", "POST"])
def end(section: str, row_id: int) -> Any:
    """Let something hold no longer."""
    here = _section(section)
    row: Any = queries.get_row(db.session, here.entity, row_id)
    return answer_form(
        EndForm,
        record=row,
        title=_("End “%(name)s”", name=here.naming(row)),
        save=lambda form: service.end_version(
            db.session,
            here.entity,
            row_id,
            revision=form.revision.data,
            on=form.on.data,
            reason=form.reason.data,
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        done=lambda made: _list(here, made),
        saved=lambda made: _("“%(name)s” ends on %(day)s.", name=here.naming(made), day=made.valid_to),
        start={"on": db.current_day()},
        button=_("End"),
        roles=ADMINISTRATORS,
        template=FORM,
        **_effect(row),
    )


def _section(name: str) -> Section:
    if name not in SECTIONS:
        abort(404)
    return SECTIONS[name]


def _part(here: Section) -> str:
    asked = request.args.get("kind", "")
    return asked if asked in here.parts else here.parts[0] if here.parts else ""


def _back(here: Section, chosen: str) -> str:
    return url_for("administration.show", section=here.name, kind=chosen or None)


def _list(here: Section, row: Any) -> str:
    return f"{_back(here, getattr(row, here.part) if here.part else '')}#row-{row.id}"


def _period(row: Any, day: dt.date) -> str:
    if row.valid_from > day:
        return "future"
    return "past" if row.valid_to is not None and row.valid_to <= day else "current"


def _may_add_for_area(here: Section) -> bool:
    return "region_id" in service.IDENTITY[here.entity] and bool(g.viewer.roles & ADMINISTRATORS)


def _columns(form_class: Any) -> list[str]:
    return [name for _title, names, *_rest in form_class.sections for name in names]


def _whole(here: Section, row: Any) -> dict[str, Any]:
    """The columns that a form of versions does not ask, such as the class of a type."""
    return {name: getattr(row, name) for name in service.columns_of(here.entity)}


def _effect(row: Any) -> dict[str, Any]:
    """What depends on a row, for the page to show before anything is saved."""
    region = db.session.get(Region, row.region_id) if getattr(row, "region_id", None) else None
    return {
        "used": uses(db.session, row),
        "outcome": limits_of(db.session, row, path=region.region_path if region else "/", day=db.current_day()),
        "limit_code": getattr(row, "code", "") if hasattr(row, "value") else "",
    }
