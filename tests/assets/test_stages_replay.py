"""Any history of steps equals a plain replay, and the stage of a past day comes from the steps."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from assets.errors import Unacceptable
from assets.filters import Filter
from assets.projects import queries
from assets.projects.models import Project
from assets.projects.stages import NotTheLastStep, take_back_step
from assets.projects.templates import stage_reached, steps_taken
from tests import factories
from tests.assets.stage_desk import DAY, LADDER, climb, planned_in, take

pytestmark = pytest.mark.usefixtures("dated_terms")


def test_the_stage_of_a_past_day_comes_from_the_steps(session: Session, tree: factories.Tree, planned: Project) -> None:
    climb(session, planned, "finished")

    def stages(day: dt.date) -> list[str]:
        asked = Filter(day=day, past=True, area_path=tree.county.region_path)
        return list(session.scalars(queries.matching(asked, queries.stage(asked))))

    assert stages(dt.date(2026, 1, 4)) == []
    assert stages(dt.date(2026, 1, 5)) == ["planned"]
    assert stages(dt.date(2026, 2, 5)) == ["approved"]
    assert stages(dt.date(2026, 12, 1)) == ["finished"]


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(("advance", "advance", "advance", "back")),
        st.sampled_from((*LADDER, "tendered", "declared", "settled", "final_accounts", "terminated")),
        st.integers(0, 300),
    ),
    max_size=25,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(actions=ACTIONS)
def test_any_history_of_steps_equals_a_plain_replay(
    session: Session, tree: factories.Tree, actions: list[tuple[str, str, int]]
) -> None:
    project = planned_in(session, tree)
    replay: dict[str, dt.date] = {"planned": dt.date(2026, 1, 5)}
    for verb, milestone, offset in actions:
        day = dt.date(2026, 1, 5) + dt.timedelta(days=offset)
        with session.begin_nested() as savepoint:
            try:
                if verb == "advance":
                    take(session, project, milestone, day, note="停建停办")
                    replay[milestone] = day
                else:
                    take_back_step(session, project.id, milestone, reason="录入有误", today=DAY)
                    del replay[milestone]
            except (Unacceptable, NotTheLastStep):
                savepoint.rollback()
    taken = steps_taken(session, project.id)
    assert {name: row.reached_on for name, row in taken.items()} == replay
    assert project.stage == stage_reached(replay)
    in_order = [replay[step] for step in LADDER if step in replay]
    assert in_order == sorted(in_order)
    assert list(LADDER[: sum(step in replay for step in LADDER)]) == [step for step in LADDER if step in replay]
    for day in (dt.date(2026, 3, 1), dt.date(2026, 6, 1), DAY):
        asked = Filter(day=day, past=True, area_path=tree.county.region_path)
        row = session.scalar(queries.matching(asked, queries.stage(asked)).where(Project.id == project.id))
        assert row == stage_reached({name for name, on in replay.items() if on <= day})
