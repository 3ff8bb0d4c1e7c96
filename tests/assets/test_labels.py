"""四个一批: one label at a time, from a day on, singly and in bulk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assets.audit import AuditEntry
from assets.errors import NotFound, Unacceptable
from assets.filters import Filter
from assets.indicators.four_batches import four_batches
from assets.projects import queries
from assets.projects.labels import labels_of, sort_projects
from assets.projects.models import Project, ProjectLabel
from assets.regions.queries import children
from assets.scope import Reach, ScopedSession, Viewer, bind_viewer
from assets.terms.defaults import load_defaults
from tests import factories

DAY = factories.DAY
CODES = ("consolidate", "upgrade", "revive", "adjust")


@pytest.fixture
def tree(session: Session) -> factories.Tree:
    load_defaults(session)
    return factories.tree(session)


def sort(session: Session, ids: Collection[int], code: str, on: dt.date = DAY, **values: Any) -> int:
    values = {"document": "陇乡振发〔2026〕31号"} | values
    return sort_projects(session, ids, code=code, on=on, today=DAY, **values)


def held(session: Session, project: Project, day: dt.date) -> str | None:
    return session.scalar(select(queries.label_on(day)).where(Project.id == project.id))


def test_a_new_label_ends_the_one_before(session: Session, tree: factories.Tree) -> None:
    project = factories.project(session, tree.north)
    sort(session, [project.id], "consolidate", dt.date(2024, 5, 1))
    sort(session, [project.id], "revive", dt.date(2026, 5, 1))
    days = (dt.date(2024, 4, 30), dt.date(2024, 5, 1), dt.date(2026, 4, 30), dt.date(2026, 5, 1))
    assert [held(session, project, day) for day in days] == [None, "consolidate", "consolidate", "revive"]
    assert [row.code for row in labels_of(session, project.id)] == ["revive", "consolidate"]


def test_sorted_again_on_the_same_day_the_label_is_replaced(session: Session, tree: factories.Tree) -> None:
    project = factories.project(session, tree.north)
    assert [sort(session, [project.id], code) for code in ("consolidate", "revive", "revive")] == [1, 1, 0]
    assert [row.code for row in labels_of(session, project.id)] == ["revive"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": "moon"}, "code"),
        ({"on": dt.date(2026, 11, 21)}, "on"),
        ({"on": dt.date(2011, 1, 1)}, "on"),
        ({"document": " "}, "document"),
    ],
)
def test_a_wrong_entry_is_refused(session: Session, tree: factories.Tree, values: dict[str, Any], field: str) -> None:
    project = factories.project(session, tree.north)
    chosen = {"code": "revive"} | values
    with pytest.raises(Unacceptable) as refused:
        sort(session, [project.id], **chosen)
    assert field in {problem.field for problem in refused.value.problems}


def test_a_day_before_a_later_sorting_is_refused(session: Session, tree: factories.Tree) -> None:
    project = factories.project(session, tree.north)
    sort(session, [project.id], "consolidate")
    with pytest.raises(Unacceptable, match="must not be earlier"):
        sort(session, [project.id], "revive", dt.date(2026, 1, 1))


def test_projects_of_other_categories_are_doubted(session: Session, tree: factories.Tree) -> None:
    project = factories.project(session, tree.north, category="governance")
    with pytest.raises(Unacceptable) as refused:
        sort(session, [project.id], "revive")
    assert refused.value.problems[0].doubt == "not_industry"
    assert sort(session, [project.id], "revive", confirmed={"not_industry"}) == 1


def test_many_are_sorted_at_once_with_an_entry_each_and_one_for_the_batch(
    session: Session, tree: factories.Tree
) -> None:
    projects = [factories.project(session, tree.north) for _ in range(5)]
    before = session.scalar(select(func.count()).select_from(AuditEntry)) or 0
    chosen = select(Project.id).where(Project.category == "industry")
    assert sort_projects(session, chosen, code="upgrade", on=DAY, document="X", today=DAY) == 5
    assert (session.scalar(select(func.count()).select_from(AuditEntry)) or 0) == before + 6
    assert {held(session, project, DAY) for project in projects} == {"upgrade"}


def test_one_project_that_is_not_ones_own_stops_the_whole(session: Session, tree: factories.Tree) -> None:
    own, other = factories.project(session, tree.north), factories.project(session, tree.south)
    served = factories.project(session, tree.south)
    session.add(queries.ProjectArea(project_id=served.id, region_id=tree.north_villages[0].id))
    session.flush()
    clerk = ScopedSession(session.connection(), join_transaction_mode="create_savepoint")
    bind_viewer(clerk, Viewer(account_id=1, reaches=(Reach("clerk", 0, tree.north.region_path),)))
    with pytest.raises(NotFound):
        sort(clerk, [own.id, other.id], "revive")
    with pytest.raises(Unacceptable, match="not yours"):
        sort(clerk, [own.id, served.id], "revive")
    assert held(session, own, DAY) is None


def test_the_database_alone_refuses_two_labels_at_a_time(session: Session, tree: factories.Tree) -> None:
    project = factories.project(session, tree.north)
    sort(session, [project.id], "consolidate", dt.date(2024, 5, 1))
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(
            ProjectLabel(project_id=project.id, scheme="four_batch", code="revive", valid_from=dt.date(2025, 1, 1))
        )
        session.flush()


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(moves=st.lists(st.tuples(st.sampled_from(CODES), st.integers(0, 900)), max_size=8))
def test_any_history_of_labels_equals_a_plain_replay(
    session: Session, tree: factories.Tree, moves: list[tuple[str, int]]
) -> None:
    project = factories.project(session, tree.north)
    start = dt.date(2024, 1, 1)
    replay: dict[dt.date, str] = {}
    for code, offset in moves:
        day = start + dt.timedelta(days=offset)
        try:
            sort(session, [project.id], code, day)
        except Unacceptable:
            assert any(known > day for known in replay)
            continue
        if not replay or replay[max(replay)] != code:
            replay[day] = code
    for day in (start + dt.timedelta(days=offset) for offset in range(0, 900, 60)):
        before = [known for known in replay if known <= day]
        assert held(session, project, day) == (replay[max(before)] if before else None)


def test_six_hundred_and_twenty_one_projects_add_up_whatever_is_sorted(session: Session, tree: factories.Tree) -> None:
    villages = tree.villages
    projects = [
        factories.project(session, villages[number % 4], year=2013 + number % 10, budget_yuan=10_000 + number)
        for number in range(621)
    ]
    for place, code in enumerate(CODES):
        sort(session, [project.id for project in projects[place * 150 : (place + 1) * 150]], code)
    below = list(children(session, tree.county, day=DAY))
    found = four_batches(session, tree.county, below, (2013, 2022), DAY)
    assert found.total.projects == 621
    assert {code: part.projects for code, part in found.parts.items()} == dict.fromkeys(CODES, 150) | {None: 21}
    assert found.total.budget_yuan == sum(project.budget_yuan for project in projects)
    assert sum(part.projects for parts in found.below.values() for part in parts.values()) == 621
    asked = Filter(day=DAY, area_path=tree.county.region_path, label=frozenset({"unsorted"}))
    assert len(session.scalars(queries.matching(asked, Project.id)).all()) == 21
    asked = Filter(day=DAY, area_path=tree.county.region_path, label=frozenset({"unsorted", "revive"}))
    assert len(session.scalars(queries.matching(asked, Project.id)).all()) == 171
