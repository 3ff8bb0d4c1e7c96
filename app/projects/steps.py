"""Taking, correcting and taking back the steps of a project."""

from __future__ import annotations

from typing import Any

from flask import url_for

from app import db
from app.i18n import gettext as _
from app.i18n import language
from app.projects.forms import CorrectStepForm, EndForm, ReasonForm, StepForm
from app.records.answering import answer_form, may_write
from app.words import label
from assets.errors import NotAllowed, NotFound
from assets.projects import queries, stages
from assets.projects.models import Project
from assets.projects.templates import steps_taken, template_of
from assets.terms.models import StageStep


def advance(project_id: int, milestone: str) -> Any:
    """Enter a step that was taken."""
    project = _own_project(project_id)
    ending = milestone == "terminated"
    step = template_of(db.session, project.kind, db.current_day()).step(milestone)
    if step is None and not ending:
        raise NotFound
    return answer_form(
        EndForm if ending else StepForm,
        title=_("End the project") if ending else _("Step: %(step)s", step=step_name(step)),
        intro=_step_intro(project, step),
        save=lambda form: stages.advance_project(
            db.session,
            project_id,
            milestone,
            **form.values(),
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        start={"reached_on": db.current_day()},
        done=lambda _step: url_for("projects.show", project_id=project_id),
        saved=lambda _step: _("“%(name)s”: step entered.", name=project.name),
        back=url_for("projects.show", project_id=project_id),
        button=_("End the project") if ending else None,
    )


def correct(project_id: int, milestone: str) -> Any:
    """Correct day, document or remark of a step."""
    project = _own_project(project_id)
    row = steps_taken(db.session, project_id).get(milestone)
    if row is None:
        raise NotFound
    step = template_of(db.session, project.kind, row.reached_on).step(milestone)
    return answer_form(
        CorrectStepForm,
        record=row,
        title=_("Correct step: %(step)s", step=step_name(step) if step else label("milestone", milestone)),
        intro=_step_intro(project, step),
        save=lambda form: stages.correct_step(
            db.session,
            project_id,
            milestone,
            **form.values(),
            reason=form.reason.data,
            revision=form.revision.data,
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        done=lambda _row: url_for("projects.show", project_id=project_id),
    )


def take_back(project_id: int, milestone: str) -> Any:
    """Take the last step back."""
    project = _own_project(project_id)
    row = steps_taken(db.session, project_id).get(milestone)
    if row is None:
        raise NotFound
    step = template_of(db.session, project.kind, db.current_day()).step(milestone)
    return answer_form(
        ReasonForm,
        title=_("Take back step: %(step)s", step=step_name(step) if step else label("milestone", milestone)),
        intro=f"{project.name} · {row.reached_on}" + (f" · {row.document}" if row.document else ""),
        save=lambda form: stages.take_back_step(
            db.session, project_id, milestone, reason=form.reason.data, today=db.current_day()
        ),
        done=lambda _project: url_for("projects.show", project_id=project_id),
        saved=lambda _project: _("“%(name)s”: step taken back.", name=project.name),
        back=url_for("projects.show", project_id=project_id),
        button=_("Take back"),
    )


def step_name(step: StageStep | None) -> str:
    """What the template calls a step, in the reader's language."""
    if step is None:
        return ""
    return step.name_en if language() == "en" else step.name_zh


def document_name(step: StageStep | None) -> str:
    """What the template calls the document of a step."""
    if step is None:
        return ""
    return (step.document_en if language() == "en" else step.document_zh) or ""


def _step_intro(project: Project, step: StageStep | None) -> str:
    paper = document_name(step)
    needed = _("Document needed: %(document)s", document=paper) if paper else ""
    return f"{project.name}{' · ' if needed else ''}{needed}"


def _own_project(project_id: int) -> Project:
    project = queries.get_project(db.session, project_id)
    if not may_write(project):
        raise NotAllowed
    return project
