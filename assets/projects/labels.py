"""Sorting projects by a scheme such as 四个一批: one label at a time, from a day on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from assets import audit
from assets.checking import Checks
from assets.editing import WRITERS
from assets.errors import NotFound
from assets.projects.models import Project, ProjectLabel
from assets.projects.queries import FOUR_BATCH
from assets.projects.stages import FIRST_DAY
from assets.scope import viewer_of
from assets.terms.queries import names

SORTED_AT_MOST = 2_000


def labels_of(session: Session, project_id: int) -> Sequence[ProjectLabel]:
    """How a project was sorted over time, the latest first."""
    return session.scalars(
        select(ProjectLabel).where(ProjectLabel.project_id == project_id).order_by(ProjectLabel.valid_from.desc())
    ).all()


def sort_projects(
    session: Session,
    ids: Select[Any] | Collection[int],
    *,
    code: str,
    on: dt.date,
    document: str | None,
    scheme: str = FOUR_BATCH,
    today: dt.date,
    confirmed: Collection[str] = (),
) -> int:
    """Give one or many projects a label from a day on; the one before ends there.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    ids : Select or collection of int
        Which projects.
    code : str
        A term of the scheme in force on ``on``.
    on : date
        The first day of the label; a label that began on the same day is replaced.
    document : str
        What it was decided with; needed.
    scheme : str
        ``four_batch``.
    today : date
        The office's day.
    confirmed : collection of str
        Doubts that were confirmed; ``not_industry`` for projects of other categories.

    Returns
    -------
    int
        How many projects have another label than before.

    Raises
    ------
    Unacceptable
        With everything that is wrong.
    NotFound
        When a project is not there, or not the viewer's to see.
    """
    projects = _locked(session, ids)
    checks = Checks(confirmed)
    document = " ".join((document or "").replace("\x00", " ").split()) or None
    if code not in names(session, scheme, day=on, language="zh"):
        checks.refuse("code", "Please choose one of the labels in force on that day.")
    if not FIRST_DAY <= on <= today:
        checks.refuse("on", "Choose a day from {first} to {last}.", first=FIRST_DAY, last=today)
    if not document or len(document) > 200:
        checks.refuse("document", "Please enter the document it was decided with, in up to 200 characters.")
    _check_projects(session, checks, projects)
    known = [project.id for project in projects]
    later = session.execute(
        select(Project.name, ProjectLabel.valid_from)
        .join(Project, Project.id == ProjectLabel.project_id)
        .where(ProjectLabel.project_id.in_(known), ProjectLabel.scheme == scheme, ProjectLabel.valid_from > on)
        .order_by(ProjectLabel.valid_from.desc())
    ).first()
    if later:
        checks.refuse(
            "on", "“{name}” was sorted anew on {day}; the day must not be earlier.", name=later[0], day=later[1]
        )
    checks.settle()
    return _relabel(session, projects, scheme, code, on, document)


def _relabel(
    session: Session, projects: Sequence[Project], scheme: str, code: str, on: dt.date, document: str | None
) -> int:
    editor = viewer_of(session)
    held = {
        row.project_id: row
        for row in session.scalars(
            select(ProjectLabel).where(
                ProjectLabel.project_id.in_([project.id for project in projects]),
                ProjectLabel.scheme == scheme,
                ProjectLabel.valid_to.is_(None),
            )
        )
    }
    changed: list[tuple[ProjectLabel, dict[str, Any]]] = []
    made: list[ProjectLabel] = []
    for project in projects:
        row = held.get(project.id)
        if row is not None and row.code == code:
            continue
        if row is not None and row.valid_from == on:
            changed.append((row, {"code": [row.code, code], "document": [row.document, document]}))
            row.code, row.document, row.updated_by = code, document, editor.account_id
            continue
        if row is not None:
            row.valid_to, row.updated_by = on, editor.account_id
            changed.append((row, {"valid_to": [None, str(on)]}))
        made.append(
            ProjectLabel(
                project_id=project.id,
                scheme=scheme,
                code=code,
                document=document,
                valid_from=on,
                created_by=editor.account_id,
            )
        )
    # What ends must be written before what begins, or the two would overlap.
    session.flush()
    session.add_all(made)
    session.flush()
    changed += [(row, {"code": [None, code], "valid_from": [None, str(on)]}) for row in made]
    touched = {row.project_id for row, _changes in changed}
    batch = f"projects.sort {on} {code}" if len(touched) > 1 else None
    told = {row.id: changes | {"project_id": row.project_id} for row, changes in changed}
    audit.record_each(session, "projects.sort", ProjectLabel, told, batch=batch)
    if batch:
        audit.record(session, "projects.sort_many", batch=batch, code=code, projects=len(touched))
    session.flush()
    return len(touched)


def _locked(session: Session, ids: Select[Any] | Collection[int]) -> Sequence[Project]:
    statement = select(Project).where(Project.id.in_(ids)).order_by(Project.id).limit(SORTED_AT_MOST + 1)
    found = session.scalars(statement.with_for_update(key_share=True, of=Project)).all()
    if not found or (not isinstance(ids, Select) and len(found) < len(set(ids))):
        raise NotFound
    return found


def _check_projects(session: Session, checks: Checks, projects: Sequence[Project]) -> None:
    viewer = viewer_of(session)
    if len(projects) > SORTED_AT_MOST:
        checks.refuse("code", "Sort {limit} projects at once at most.", limit=SORTED_AT_MOST)
    for project in projects:
        if not viewer.may(WRITERS, project.region_path, project.sector):
            checks.refuse("code", "“{name}” is not yours to sort.", name=project.name)
            return
        if project.retired_on is not None:
            checks.refuse("code", "“{name}” was withdrawn.", name=project.name)
            return
    others = [project.name for project in projects if project.category != "industry"]
    if others:
        checks.doubt(
            "not_industry",
            "code",
            "{count} of them are not industry projects, such as “{name}”.",
            count=len(others),
            name=others[0],
        )
