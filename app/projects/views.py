"""The project library and the page of one project."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from app import db
from app.i18n import language
from app.lists.answers import send_list, show_list
from app.projects.columns import PROJECTS
from app.records.locator import locate
from app.records.trail import trail_of
from assets.places.queries import villages_of_regions
from assets.projects import queries
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.registry.queries import assets_of_project
from assets.terms import queries as terms
from assets.vocabulary import STAGES

bp = Blueprint("projects", __name__, url_prefix="/projects")


@bp.get("/")
def index() -> str | Response:
    """The library."""
    return show_list(PROJECTS)


@bp.get("/export.xlsx")
def export() -> Response:
    """The library as a workbook."""
    return send_list(PROJECTS)


@bp.get("/<int:project_id>")
def show(project_id: int) -> str:
    """One project: money, stages, the villages it serves, the assets it left."""
    session, day = db.session, db.current_day()
    project = queries.get_project(session, project_id)
    above = regions.ancestors(session, session.get_one(Region, project.region_id))
    money = queries.money_of(session, project_id)
    reached = queries.stages_of(session, project_id)
    return render_template(
        "projects/show.html",
        project=project,
        above=above,
        money=money,
        arranged=sum(row.arranged_yuan for row in money),
        paid=sum(row.paid_yuan for row in money),
        steps=[(stage, reached.get(stage)) for stage in STAGES if stage != "terminated" or stage in reached],
        behind=queries.is_behind(project, day),
        served=villages_of_regions(session, queries.regions_served(session, project_id)),
        assets=assets_of_project(session, project_id),
        missing=[name for name in queries.CARD_FIELDS if getattr(project, name) in (None, "")],
        asked=len(queries.CARD_FIELDS),
        names={
            kind: terms.names(session, kind, day=day, language=language())
            for kind in ("sector", "fund_source", "four_batch")
        },
        day=day,
        drawings=locate(session, above[-1], project.geom, day=day),
        trail=trail_of(session, project, project_id),
    )
