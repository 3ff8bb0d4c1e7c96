"""The project library and the page of one project."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from werkzeug.wrappers import Response

from app import db
from app.area import current_filter
from app.i18n import gettext as _
from app.i18n import language
from app.i18n import lazy_gettext as _l
from app.lists.answers import show_list
from app.lists.sending import send_list
from app.projects import batches, progress, registering, steps, targets
from app.projects.columns import PROJECTS
from app.records.answering import may_write
from app.records.locator import locate
from app.records.trail import trail_of
from assets.places.queries import villages_of_regions
from assets.projects import labels, queries
from assets.projects.templates import ladder_of, steps_taken, template_of
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.registry.queries import assets_of_project
from assets.terms import queries as terms

bp = Blueprint("projects", __name__, url_prefix="/projects")
BOTH = ["GET", "POST"]
TABS = (
    ("projects.index", _l("Project library")),
    ("projects.progress", _l("Progress")),
    ("projects.targets", _l("Targets")),
    ("projects.four_batches", _l("Four batches")),
)
for address, name, view in (
    ("/new", "register", registering.register),
    ("/<int:project_id>/correct", "correct", registering.correct),
    ("/<int:project_id>/retire", "retire", registering.retire),
    ("/<int:project_id>/no-assets", "explain", registering.explain),
    ("/<int:project_id>/steps/<milestone>", "advance", steps.advance),
    ("/<int:project_id>/steps/<milestone>/correct", "correct_step", steps.correct),
    ("/<int:project_id>/steps/<milestone>/take-back", "take_back_step", steps.take_back),
    ("/<int:project_id>/sort", "sort", batches.sort),
    ("/bulk/sort", "sort_many", batches.sort_many),
):
    bp.add_url_rule(address, name, view, methods=BOTH)
bp.add_url_rule("/four-batches", "four_batches", batches.overview)
bp.add_url_rule("/targets", "targets", targets.overview)
bp.add_url_rule("/progress", "progress", progress.overview)


@bp.get("/")
def index() -> str | Response:
    """The library."""
    new = url_for("projects.register", area=request.args.get("area")) if may_write() else None
    return show_list(PROJECTS, tabs=TABS, tabs_name=_("Projects"), new=new)


@bp.get("/export.<form>")
def export(form: str) -> str | Response:
    """The library as a file of that form."""
    return send_list(PROJECTS, form)


@bp.get("/<int:project_id>")
def show(project_id: int) -> str:
    """One project: what it is, its steps and money, the villages it serves, the assets it left."""
    session, asked = db.session, current_filter()
    day = asked.day
    project = queries.get_project(session, project_id)
    above = regions.ancestors(session, session.get_one(Region, project.region_id))
    money = queries.money_of(session, project_id, day)
    taken = steps_taken(session, project_id, day if asked.past else None)
    template = template_of(session, project.kind, day)
    assets = assets_of_project(session, project_id)
    in_assets = sum(row.amount_yuan for row in assets)
    arranged = sum(row.arranged_yuan for row in money)
    return render_template(
        "projects/show.html",
        project=project,
        stage=queries.stage_of(session, project, asked),
        above=above,
        money=money,
        open_documents={row.id for row in money if g.viewer.may(g.viewer.roles, row.region_path)},
        arranged=arranged,
        paid=sum(row.paid_yuan for row in money),
        rungs=ladder_of(template, taken),
        step_name=steps.step_name,
        document_name=steps.document_name,
        behind=queries.is_behind(project, day) and not asked.past,
        unbooked=queries.is_unbooked(session, project_id, day),
        served=villages_of_regions(session, queries.regions_served(session, project_id)),
        assets=assets,
        in_assets=in_assets,
        beyond_cost=max(in_assets - (arranged or project.budget_yuan), 0),
        labels=labels.labels_of(session, project_id),
        missing=[name for name in queries.CARD_FIELDS if getattr(project, name) in (None, "")],
        asked=len(queries.CARD_FIELDS),
        names=_names(day),
        day=day,
        past=asked.past,
        drawings=locate(session, above[-1], project.geom, day=day),
        trail=trail_of(session, project, project_id),
    )


def _names(day: Any) -> dict[str, Any]:
    return {
        kind: terms.names(db.session, kind, day=day, language=language())
        for kind in ("sector", "fund_source", "four_batch")
    }
