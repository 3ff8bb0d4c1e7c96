"""The steps of a project: taken in the order of its template, each with its day and document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy.orm import Session

from assets import audit
from assets.checking import Checks
from assets.editing import assign, check_reason, hold
from assets.errors import InvalidValue, RegistryError
from assets.projects.models import Project, ProjectStage
from assets.projects.templates import Template, may_take_back, stage_reached, steps_taken, template_of
from assets.review.proposing import reviewed
from assets.scope import viewer_of
from assets.terms.models import StageStep

FIRST_DAY = dt.date(2012, 1, 1)
LONGEST_DOCUMENT = 200


class NotTheLastStep(RegistryError):
    """Steps are taken back in the order opposite to the one they were taken in."""

    message = "Only the last step can be taken back, and a project always stays planned."


@reviewed("project")
def advance_project(
    session: Session,
    project_id: int,
    milestone: str,
    *,
    reached_on: dt.date,
    document: str | None = None,
    note: str | None = None,
    stage_due_on: dt.date | None = None,
    revision: int | None = None,
    today: dt.date,
    confirmed: Collection[str] = (),
) -> ProjectStage:
    """Record that a project took a step of its template, or that it was ended.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    project_id : int
        Which project.
    milestone : str
        The step: one of the template in force on ``reached_on``, or ``terminated``.
    reached_on : date
        When; not before the steps that come earlier, not in the future.
    document : str, optional
        What proves it; needed where the template names a document.
    note : str, optional
        A remark; for an end, the reason, which is needed.
    stage_due_on : date, optional
        When the next step is due.
    revision : int, optional
        The version of the project the editor started from.
    today : date
        The office's day.
    confirmed : collection of str
        Doubts that were confirmed.

    Returns
    -------
    ProjectStage
        The step as recorded.

    Raises
    ------
    Unacceptable
        With everything that is wrong: a leap, days out of order, a missing document.
    NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile
        As :func:`assets.editing.hold`.
    """
    project = hold(session, Project, project_id, revision=revision)
    checks = Checks(confirmed)
    template = template_of(session, project.kind, reached_on)
    taken = steps_taken(session, project_id)
    document, note = _text(checks, "document", document), _text(checks, "note", note)
    _check_day(checks, reached_on, today)
    if "terminated" in taken:
        checks.refuse("milestone", "The project was ended on {day}.", day=taken["terminated"].reached_on)
    elif milestone in taken:
        checks.refuse("milestone", "This step was already taken on {day}.", day=taken[milestone].reached_on)
    elif milestone == "terminated":
        _check_end(checks, taken, reached_on, note)
    else:
        _check_step(checks, project, template, taken, milestone, reached_on, document)
    if stage_due_on is not None and stage_due_on < reached_on:
        checks.refuse("stage_due_on", "The next step cannot be due before this one was taken.")
    checks.settle()

    step = ProjectStage(
        project_id=project_id,
        stage=milestone,
        reached_on=reached_on,
        document=document,
        note=note,
        created_by=viewer_of(session).account_id,
    )
    session.add(step)
    audit.record(session, "projects.advance", step)
    stage = stage_reached({*taken, milestone})
    moved = {"stage": stage}
    if stage != project.stage or stage_due_on is not None:
        moved["stage_due_on"] = None if milestone == "terminated" else stage_due_on  # type: ignore[assignment]
    _move(session, project, moved, "projects.advance")
    return step


@reviewed("project")
def take_back_step(
    session: Session,
    project_id: int,
    milestone: str,
    *,
    reason: str,
    revision: int | None = None,
    today: dt.date,
) -> Project:
    """Take back the step a project took last on its ladder, or last of its accounts.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    project_id, milestone
        Which step of which project.
    reason : str
        Why; needed.
    revision : int, optional
        The version of the project the editor started from.
    today : date
        The office's day.

    Raises
    ------
    NotTheLastStep
        When later steps were taken, or it is the first.
    ReasonNeeded, NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile
        See their messages.
    """
    reason = check_reason(reason)
    project = hold(session, Project, project_id, revision=revision)
    taken = steps_taken(session, project_id)
    row = taken.get(milestone)
    if row is None or not may_take_back(template_of(session, project.kind, today), taken, milestone):
        raise NotTheLastStep
    facts: dict[str, Any] = {"project_id": project_id, "stage": milestone, "reached_on": str(row.reached_on)}
    audit.record(session, "projects.take_back_step", row, reason=reason, **facts)
    session.delete(row)
    session.flush()
    stage = stage_reached(set(taken) - {milestone})
    _move(session, project, {"stage": stage}, "projects.take_back_step", reason=reason)
    return project


@reviewed("project")
def correct_step(
    session: Session,
    project_id: int,
    milestone: str,
    *,
    reached_on: dt.date,
    document: str | None,
    note: str | None,
    reason: str,
    revision: int | None = None,
    today: dt.date,
    confirmed: Collection[str] = (),
) -> ProjectStage:
    """Put right the day, the document or the remark of a step that was taken.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    project_id, milestone
        Which step of which project.
    reached_on, document, note
        As they should be; the days stay in order.
    reason : str
        Why; needed.
    revision : int, optional
        The version of the step the editor started from.
    today : date
        The office's day.
    confirmed : collection of str
        Doubts that were confirmed.

    Raises
    ------
    Unacceptable, InvalidValue, ReasonNeeded, NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile
        See their messages.
    """
    project = hold(session, Project, project_id)
    taken = steps_taken(session, project_id)
    if milestone not in taken:
        raise InvalidValue("This step was not taken yet.", field="milestone")
    row = hold(session, ProjectStage, taken.pop(milestone).id, revision=revision)
    checks = Checks(confirmed)
    reason = _reason(checks, reason)
    document, note = _text(checks, "document", document), _text(checks, "note", note)
    _check_day(checks, reached_on, today)
    template = template_of(session, project.kind, reached_on)
    step = template.step(milestone)
    if milestone == "terminated":
        _check_end(checks, taken, reached_on, note)
    elif step is not None:
        _check_order(checks, template, step, taken, reached_on)
        _check_document(checks, step, document)
    checks.settle()
    changed = assign(row, {"reached_on": reached_on, "document": document, "note": note})
    if changed:
        row.updated_by = viewer_of(session).account_id
        audit.record(session, "projects.correct_step", row, reason=reason)
    return row


def _check_day(checks: Checks, on: dt.date, today: dt.date) -> None:
    if on > today:
        checks.refuse("reached_on", "{day} is still to come; a step is recorded once it was taken.", day=on)
    elif on < FIRST_DAY:
        checks.refuse("reached_on", "{day} is before {first}, when assistance projects began.", day=on, first=FIRST_DAY)


def _check_step(
    checks: Checks,
    project: Project,
    template: Template,
    taken: Mapping[str, ProjectStage],
    milestone: str,
    on: dt.date,
    document: str | None,
) -> None:
    step = template.step(milestone)
    if step is None:
        checks.refuse("milestone", "The template of this kind of project has no such step on that day.")
        return
    if missing := template.missing_before(step, taken):
        names = "、".join(other.name_zh for other in missing)
        names_en = ", ".join(other.name_en for other in missing)
        checks.refuse("milestone", "First these steps are needed: {steps}.", steps=names, steps_en=names_en)
    if milestone == "handed_over" and "accepted" not in taken:
        checks.refuse("milestone", "Nothing is handed over before acceptance.")
    if milestone == "approved" and not (project.performance_goal or "").strip():
        checks.refuse("milestone", "Approval needs a performance goal; please enter it with the project first.")
    if template.too_early(step, taken):
        checks.refuse("milestone", "The accounts of this step can only follow the stage before it.")
    _check_order(checks, template, step, taken, on)
    _check_document(checks, step, document)


def _check_document(checks: Checks, step: StageStep, document: str | None) -> None:
    if step.document_zh and not document:
        checks.refuse(
            "document",
            "Please enter number or name of the document: {document}.",
            document=step.document_zh,
            document_en=step.document_en,
        )


def _check_order(
    checks: Checks, template: Template, step: StageStep, taken: Mapping[str, ProjectStage], on: dt.date
) -> None:
    others = [(other, taken[other.milestone]) for other in template.beside(step) if other.milestone in taken]
    before = [(row.reached_on, other) for other, row in others if other.position < step.position]
    after = [(row.reached_on, other) for other, row in others if other.position > step.position]
    day, other = max(before, key=lambda pair: pair[0], default=(None, None))
    if day is not None and other is not None and on < day:
        checks.refuse(
            "reached_on", "It cannot be before {step} on {day}.", step=other.name_zh, step_en=other.name_en, day=day
        )
    day, other = min(after, key=lambda pair: pair[0], default=(None, None))
    if day is not None and other is not None and on > day:
        checks.refuse(
            "reached_on", "It cannot be after {step} on {day}.", step=other.name_zh, step_en=other.name_en, day=day
        )


def _check_end(checks: Checks, taken: Mapping[str, ProjectStage], on: dt.date, note: str | None) -> None:
    if not note or len(note) < 2:
        checks.refuse("note", "Please say why the project ends.")
    if "handed_over" in taken:
        checks.refuse("milestone", "What was handed over cannot be ended any more.")
    last = max((row.reached_on for row in taken.values()), default=None)
    if last is not None and on < last:
        checks.refuse("reached_on", "It cannot be before the step last taken, on {day}.", day=last)


def _move(
    session: Session, project: Project, values: Mapping[str, object], action: str, *, reason: str | None = None
) -> None:
    if assign(project, values):
        project.updated_by = viewer_of(session).account_id
        audit.record(session, action, project, reason=reason)


def _reason(checks: Checks, reason: str) -> str:
    try:
        return check_reason(reason)
    except InvalidValue as refusal:
        checks.refuse("reason", refusal.message, **refusal.data)
        return ""


def _text(checks: Checks, field: str, text: str | None) -> str | None:
    text = " ".join((text or "").replace("\x00", " ").split())
    if len(text) > LONGEST_DOCUMENT:
        checks.refuse(field, "This is longer than {limit} characters.", limit=LONGEST_DOCUMENT)
    return text or None
