"""Registering, correcting and withdrawing projects."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from app import db
from app.area import current_area
from app.i18n import gettext as _
from app.projects.forms import NewProjectForm, NoAssetsForm, ProjectForm
from app.records.answering import answer_form
from app.records.form import RetireForm
from assets.projects import queries, service
from assets.projects.models import Project


def register() -> Any:
    """Register a project."""
    area, day = current_area(), db.current_day()
    start: dict[str, Any] = {"kind": "works", "year": day.year + (day.month > 8), "planned_on": day}
    if area.level in ("village", "town"):
        start["region_id"] = area.id
    return answer_form(
        NewProjectForm,
        title=_("Register a project"),
        intro=_("It starts as planned; the other steps are entered on its page."),
        save=lambda form: service.register_project(
            db.session, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys()
        ),
        done=address,
        saved=lambda project: _("“%(name)s” is registered.", name=project.name),
        start=start,
        back=url_for("projects.index", area=request.args.get("area")),
    )


def correct(project_id: int) -> Any:
    """Correct a project."""
    project = queries.get_project(db.session, project_id)
    return answer_form(
        ProjectForm,
        record=project,
        title=_("Correct “%(name)s”", name=project.name),
        start={"served": tuple(queries.regions_served(db.session, project_id))},
        save=lambda form: service.correct_project(
            db.session,
            project_id,
            revision=form.revision.data,
            reason=form.reason.data,
            **form.values(),
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        done=address,
        saved=lambda made: _("“%(name)s” is corrected.", name=made.name),
    )


def retire(project_id: int) -> Any:
    """Withdraw a project that was entered by mistake."""
    project = queries.get_project(db.session, project_id)
    return answer_form(
        RetireForm,
        record=project,
        title=_("Withdraw “%(name)s”", name=project.name),
        intro=_("For projects entered by mistake or twice. One that is not carried out is ended instead."),
        start={"on": db.current_day()},
        button=_("Withdraw"),
        save=lambda form: service.retire_project(
            db.session,
            project_id,
            revision=form.revision.data,
            on=form.on.data,
            reason=form.reason.data,
            today=db.current_day(),
        ),
        done=address,
        saved=lambda made: _("“%(name)s” is withdrawn.", name=made.name),
    )


def explain(project_id: int) -> Any:
    """Say why an accepted project leaves no assets."""
    project = queries.get_project(db.session, project_id)
    return answer_form(
        NoAssetsForm,
        record=project,
        title=_("“%(name)s” leaves no assets", name=project.name),
        save=lambda form: service.explain_missing_assets(
            db.session,
            project_id,
            revision=form.revision.data,
            no_assets_reason=form.no_assets_reason.data,
        ),
        done=address,
    )


def address(project: Project) -> str:
    """The page of a project."""
    return url_for("projects.show", project_id=project.id)
