"""A planned project, and the steps it takes with every entry right."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from assets.errors import Unacceptable
from assets.projects.models import Project, ProjectStage
from assets.projects.stages import advance_project
from tests import factories

DAY = factories.DAY
LADDER = ("library", "listed", "approved", "contracted", "started", "finished", "accepted", "handed_over")


def planned_in(session: Session, tree: factories.Tree, kind: str = "works") -> Project:
    """A project planned on 2026-01-05 with a goal."""
    made = factories.project(
        session, tree.north_villages[0], stage="planned", kind=kind, performance_goal="新增灌溉面积300亩"
    )
    session.add(ProjectStage(project_id=made.id, stage="planned", reached_on=dt.date(2026, 1, 5)))
    session.flush()
    return made


def take(session: Session, project: Project, milestone: str, day: dt.date, **values: object) -> ProjectStage:
    values = {"document": "陇农发〔2026〕8号"} | values
    return advance_project(session, project.id, milestone, reached_on=day, today=DAY, **values)  # type: ignore[arg-type]


def climb(session: Session, project: Project, until: str) -> None:
    """Every required step up to one, ten days apart."""
    for number, step in enumerate(LADDER[: LADDER.index(until) + 1], start=1):
        take(session, project, step, dt.date(2026, 1, 5) + dt.timedelta(days=10 * number))


def problems(refused: pytest.ExceptionInfo[Unacceptable]) -> list[tuple[str, str]]:
    return [(problem.field, problem.message) for problem in refused.value.problems]
