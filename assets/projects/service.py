"""Registering, correcting and withdrawing projects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Sequence as NumberSequence
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from assets import audit, editing
from assets.checking import Checks
from assets.editing import assign, check_reason, hold
from assets.errors import InvalidValue
from assets.projects import queries
from assets.projects.doubts import spoken
from assets.projects.models import Allocation, Project, ProjectArea, ProjectStage
from assets.projects.plausibility import check_project, tidied
from assets.projects.stages import FIRST_DAY
from assets.regions.models import Region
from assets.review.proposing import reviewed
from assets.scope import viewer_of


@reviewed("project")
def register_project(
    session: Session,
    *,
    planned_on: dt.date,
    served: Sequence[int] = (),
    today: dt.date,
    confirmed: Collection[str] = (),
    **values: Any,
) -> Project:
    """Enter a planned project.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    planned_on : date
        The day of its first step; the others follow with
        :func:`assets.projects.stages.advance_project`.
    served : sequence of int
        The regions it serves besides its own.
    today : date
        The office's day.
    confirmed : collection of str
        Doubts that were confirmed.
    **values : Any
        The columns of :class:`Project`; ``geom`` a geometry in EPSG:4490, ``code`` None to have
        one made.

    Returns
    -------
    Project
        With its id.

    Raises
    ------
    Unacceptable
        With everything that is wrong.
    NotAllowed
        When the editor holds no writing role over the place and sector.
    """
    checks = Checks(confirmed)
    values = tidied(values)
    if not FIRST_DAY <= planned_on <= today:
        checks.refuse("planned_on", "Choose a day from {first} to {last}.", first=FIRST_DAY, last=today)
    region = check_project(session, checks, values, served, today=today)
    checks.settle()

    editor = viewer_of(session).account_id
    values["code"] = values.get("code") or _new_code(session, region, values["year"])
    project = Project(**values, stage="planned", created_by=editor)
    session.add(project)
    audit.record(session, "projects.register", project, served=sorted(served))
    begun = ProjectStage(project_id=project.id, stage="planned", reached_on=planned_on, created_by=editor)
    session.add(begun)
    audit.record(session, "projects.advance", begun)
    _serve(session, project, served)
    session.flush()
    return project


@reviewed("project")
def correct_project(
    session: Session,
    project_id: int,
    *,
    revision: int,
    served: Sequence[int] | None = None,
    reason: str,
    today: dt.date,
    confirmed: Collection[str] = (),
    **values: Any,
) -> Project:
    """Put right what is recorded of a project.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    project_id, revision : int
        Which version of which project was corrected.
    served : sequence of int, optional
        The regions it serves besides its own, as far as the editor sees them; None leaves them.
    reason : str
        Why; needed.
    today : date
        The office's day.
    confirmed : collection of str
        Doubts that were confirmed.
    **values : Any
        The columns of :class:`Project` as they should be.

    Raises
    ------
    Unacceptable, NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile
        See their messages.
    """
    project = hold(session, Project, project_id, revision=revision)
    checks = Checks(confirmed)
    values = tidied(values)
    try:
        reason = check_reason(reason)
    except InvalidValue as refusal:
        checks.refuse("reason", refusal.message, **refusal.data)
    values["code"] = values.get("code") or project.code
    check_project(session, checks, values, served or (), project=project, today=today)
    checks.settle()

    before = sorted(queries.regions_served(session, project_id))
    changed = assign(project, values)
    facts: dict[str, Any] = {}
    if served is not None and sorted(set(served) - {project.region_id}) != before:
        facts["served"] = [before, sorted(served)]
    if changed or facts:
        project.updated_by = viewer_of(session).account_id
        audit.record(session, "projects.correct", project, reason=reason, **facts)
    if facts:
        _serve(session, project, served or ())
    session.flush()
    return project


@reviewed("project")
def retire_project(
    session: Session, project_id: int, *, revision: int, on: dt.date, reason: str, today: dt.date
) -> Project:
    """Withdraw a project that was entered by mistake or twice; one with money cannot be.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    project_id, revision : int
        Which version of which project.
    on : date
        From when.
    reason : str
        Why; needed.
    today : date
        The office's day.

    Raises
    ------
    InvalidValue
        When money is arranged for it.
    NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile, ReasonNeeded
        See their messages.
    """
    money = session.scalar(select(func.sum(Allocation.arranged_yuan)).where(Allocation.project_id == project_id))
    if money:
        raise InvalidValue(
            "{amount} yuan are arranged for it. Return the money first, or end the project.", amount=spoken(money)
        )
    return editing.retire(
        session, Project, project_id, revision=revision, on=on, reason=reason, today=today, action="projects.retire"
    )


@reviewed("project")
def explain_missing_assets(
    session: Session, project_id: int, *, revision: int, no_assets_reason: str | None
) -> Project:
    """Say why an accepted project leaves no assets behind, or take that back with None.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    project_id, revision : int
        Which version of which project.
    no_assets_reason : str or None
        In words.

    Raises
    ------
    ReasonNeeded, NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile
        See their messages.
    """
    text = check_reason(no_assets_reason, field="no_assets_reason") if no_assets_reason else None
    project = hold(session, Project, project_id, revision=revision)
    if assign(project, {"no_assets_reason": text}):
        project.updated_by = viewer_of(session).account_id
        audit.record(session, "projects.explain_missing_assets", project)
    return project


def _serve(session: Session, project: Project, served: Sequence[int]) -> None:
    """Make the served regions that the editor sees these; those of others stay."""
    wanted = set(served) - {project.region_id}
    seen = set(queries.regions_served(session, project.id))
    if gone := seen - wanted:
        session.execute(
            delete(ProjectArea).where(ProjectArea.project_id == project.id, ProjectArea.region_id.in_(gone))
        )
    if new := sorted(wanted - seen):
        rows = [{"project_id": project.id, "region_id": number} for number in new]
        session.execute(insert(ProjectArea).values(rows).on_conflict_do_nothing())


def _new_code(session: Session, region: Region, year: int) -> str:
    number = session.scalar(NumberSequence("project_code_seq").next_value())
    return f"XM{region.code[:6]}-{year}-{number:05d}"
