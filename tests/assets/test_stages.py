"""The steps of a project: in the order of its template, each with its day and document."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.audit import AuditEntry
from assets.editing import ReasonNeeded
from assets.errors import NotAllowed, NotFound, Unacceptable
from assets.projects.models import Project
from assets.projects.stages import NotTheLastStep, correct_step, take_back_step
from assets.projects.templates import ladder_of, steps_taken, template_of
from assets.terms.models import StageStep
from tests import factories
from tests.assets.desk import seen_by
from tests.assets.stage_desk import DAY, climb, planned_in, problems, take

pytestmark = pytest.mark.usefixtures("dated_terms")


def test_a_project_climbs_its_ladder_and_each_step_has_its_day(session: Session, planned: Project) -> None:
    climb(session, planned, "handed_over")
    assert planned.stage == "handed_over"
    taken = steps_taken(session, planned.id)
    assert [taken[step].reached_on.day for step in ("library", "listed")] == [15, 25]
    assert taken["approved"].document == "陇农发〔2026〕8号"


def test_a_leap_is_refused_and_the_steps_between_are_named(session: Session, planned: Project) -> None:
    take(session, planned, "library", dt.date(2026, 2, 1))
    with pytest.raises(Unacceptable) as refused:
        take(session, planned, "started", dt.date(2026, 3, 1))
    [problem] = refused.value.problems
    assert problem.data["steps"] == "列入计划、批复、签订合同"
    assert problem.data["steps_en"] == "Listed in the plan, Approved, Contract signed"
    assert planned.stage == "library"


def test_steps_that_the_template_does_not_require_may_be_left_out_and_entered_later(
    session: Session, planned: Project
) -> None:
    climb(session, planned, "contracted")
    take(session, planned, "tendered", dt.date(2026, 2, 8))
    assert planned.stage == "contracted"
    with pytest.raises(Unacceptable) as refused:
        take(session, planned, "declared", dt.date(2026, 1, 20))
    assert problems(refused) == [("reached_on", "It cannot be after {step} on {day}.")]


@pytest.mark.parametrize(
    ("day", "message"),
    [
        (dt.date(2026, 11, 21), "{day} is still to come; a step is recorded once it was taken."),
        (dt.date(2011, 12, 31), "{day} is before {first}, when assistance projects began."),
        (dt.date(2026, 1, 4), "It cannot be before {step} on {day}."),
    ],
)
def test_a_day_to_come_too_early_or_out_of_order_is_refused(
    session: Session, planned: Project, day: dt.date, message: str
) -> None:
    with pytest.raises(Unacceptable) as refused:
        take(session, planned, "library", day)
    assert ("reached_on", message) in problems(refused)


def test_a_step_without_its_document_is_refused(session: Session, planned: Project) -> None:
    with pytest.raises(Unacceptable) as refused:
        take(session, planned, "library", dt.date(2026, 2, 1), document=" ")
    [problem] = refused.value.problems
    assert (problem.field, problem.data["document"]) == ("document", "入库审定文件")


def test_approval_needs_a_performance_goal(session: Session, planned: Project) -> None:
    climb(session, planned, "listed")
    planned.performance_goal = "  "
    session.flush()
    with pytest.raises(Unacceptable, match="performance goal"):
        take(session, planned, "approved", dt.date(2026, 3, 1))


def test_approval_needs_library_entry(session: Session, planned: Project) -> None:
    with pytest.raises(Unacceptable) as refused:
        take(session, planned, "approved", dt.date(2026, 3, 1))
    assert "入库" in refused.value.problems[0].data["steps"]


def test_handover_needs_acceptance_but_not_final_accounts(session: Session, planned: Project) -> None:
    climb(session, planned, "finished")
    with pytest.raises(Unacceptable) as refused:
        take(session, planned, "handed_over", dt.date(2026, 5, 1))
    assert ("milestone", "Nothing is handed over before acceptance.") in problems(refused)
    take(session, planned, "accepted", dt.date(2026, 5, 1))
    take(session, planned, "handed_over", dt.date(2026, 5, 2))
    assert "final_accounts" not in steps_taken(session, planned.id)


def test_accounts_run_on_their_own_clock(session: Session, planned: Project) -> None:
    climb(session, planned, "finished")
    with pytest.raises(Unacceptable) as refused:
        take(session, planned, "final_accounts", dt.date(2026, 10, 1))
    assert ("milestone", "The accounts of this step can only follow the stage before it.") in problems(refused)
    take(session, planned, "settled", dt.date(2026, 10, 1))
    assert planned.stage == "finished"
    take(session, planned, "accepted", dt.date(2026, 6, 1))
    take(session, planned, "final_accounts", dt.date(2026, 11, 1))
    assert planned.stage == "accepted"


def test_a_kind_of_project_takes_the_steps_of_its_own_template(session: Session, tree: factories.Tree) -> None:
    reward = planned_in(session, tree, "reward")
    for step, day in (("library", 1), ("listed", 2), ("approved", 3), ("started", 4)):
        take(session, reward, step, dt.date(2026, 3, day))
    with pytest.raises(Unacceptable) as refused:
        take(session, reward, "handed_over", dt.date(2026, 4, 1))
    assert problems(refused)[0][1] == "The template of this kind of project has no such step on that day."


def test_a_template_changed_by_decree_counts_from_its_day(session: Session, planned: Project) -> None:
    rows = session.scalars(select(StageStep).where(StageStep.kind == "works", StageStep.milestone == "appraised")).all()
    for row in rows:
        row.valid_to = dt.date(2026, 2, 1)
        session.add(
            StageStep(
                **{
                    name: getattr(row, name)
                    for name in ("kind", "milestone", "stage", "position", "name_zh", "name_en", "document_zh")
                },
                required=True,
                valid_from=dt.date(2026, 2, 1),
            )
        )
    session.flush()
    with pytest.raises(Unacceptable) as refused:
        take(session, planned, "library", dt.date(2026, 2, 1))
    assert refused.value.problems[0].data["steps"] == "论证"
    take(session, planned, "library", dt.date(2026, 1, 31))


def test_an_end_needs_a_reason_and_stops_everything(session: Session, planned: Project) -> None:
    climb(session, planned, "listed")
    with pytest.raises(Unacceptable, match="why the project ends"):
        take(session, planned, "terminated", dt.date(2026, 4, 1))
    take(session, planned, "terminated", dt.date(2026, 4, 1), note="村民代表会议决定不再实施")
    assert planned.stage == "terminated"
    with pytest.raises(Unacceptable, match="was ended on"):
        take(session, planned, "approved", dt.date(2026, 5, 1))
    take_back_step(session, planned.id, "terminated", reason="恢复实施", today=DAY)
    assert planned.stage == "listed"


def test_the_same_step_twice_is_refused(session: Session, planned: Project) -> None:
    take(session, planned, "library", dt.date(2026, 2, 1))
    with pytest.raises(Unacceptable, match="already taken"):
        take(session, planned, "library", dt.date(2026, 2, 2))


def test_only_the_last_step_is_taken_back_and_with_a_reason(session: Session, planned: Project) -> None:
    climb(session, planned, "approved")
    with pytest.raises(NotTheLastStep):
        take_back_step(session, planned.id, "library", reason="录入有误", today=DAY)
    with pytest.raises(ReasonNeeded):
        take_back_step(session, planned.id, "approved", reason=" ", today=DAY)
    take_back_step(session, planned.id, "approved", reason="录入有误", today=DAY)
    assert planned.stage == "listed"
    for step in ("listed", "library"):
        take_back_step(session, planned.id, step, reason="录入有误", today=DAY)
    with pytest.raises(NotTheLastStep):
        take_back_step(session, planned.id, "planned", reason="录入有误", today=DAY)


def test_what_accounts_rest_on_is_not_taken_back(session: Session, planned: Project) -> None:
    climb(session, planned, "finished")
    take(session, planned, "settled", dt.date(2026, 10, 1))
    with pytest.raises(NotTheLastStep):
        take_back_step(session, planned.id, "finished", reason="录入有误", today=DAY)
    take_back_step(session, planned.id, "settled", reason="录入有误", today=DAY)
    take_back_step(session, planned.id, "finished", reason="录入有误", today=DAY)
    assert planned.stage == "started"


def test_a_step_is_corrected_within_its_neighbours(session: Session, planned: Project) -> None:
    climb(session, planned, "approved")
    with pytest.raises(Unacceptable) as refused:
        correct_step(
            session,
            planned.id,
            "listed",
            reached_on=dt.date(2026, 3, 1),
            document="X",
            note=None,
            reason="笔误",
            today=DAY,
        )
    assert problems(refused) == [("reached_on", "It cannot be after {step} on {day}.")]
    row = correct_step(
        session,
        planned.id,
        "listed",
        reached_on=dt.date(2026, 1, 26),
        document="X",
        note=None,
        reason="笔误",
        today=DAY,
    )
    assert (row.reached_on, row.document) == (dt.date(2026, 1, 26), "X")


def test_each_changed_record_leaves_one_entry(session: Session, planned: Project) -> None:
    def entries() -> int:
        return session.scalar(select(func.count()).select_from(AuditEntry)) or 0

    before = entries()
    take(session, planned, "library", dt.date(2026, 2, 1))
    assert entries() == before + 2
    take(session, planned, "appraised", dt.date(2026, 1, 20))
    assert entries() == before + 3
    take_back_step(session, planned.id, "library", reason="录入有误", today=DAY)
    assert entries() == before + 5


@pytest.mark.parametrize(
    ("role", "area", "error"),
    [("viewer", "county", NotAllowed), ("leader", "county", NotAllowed), ("clerk", "south", NotFound)],
)
def test_who_may_not_write_there_takes_no_step(
    session: Session, tree: factories.Tree, planned: Project, role: str, area: str, error: type[Exception]
) -> None:
    other = seen_by(session, role, getattr(tree, area).region_path)
    with pytest.raises(error):
        take(other, planned, "library", dt.date(2026, 2, 1))


def test_the_ladder_tells_what_is_open_and_what_may_be_taken_back(session: Session, planned: Project) -> None:
    climb(session, planned, "approved")
    rungs = {
        rung.milestone: rung for rung in ladder_of(template_of(session, "works", DAY), steps_taken(session, planned.id))
    }
    assert [name for name, rung in rungs.items() if rung.open and rung.step and rung.step.required] == ["contracted"]
    assert [name for name, rung in rungs.items() if rung.takes_back] == ["approved"]
