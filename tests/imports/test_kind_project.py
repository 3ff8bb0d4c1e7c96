"""Projects come in with their steps and their money, as single forms would enter them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.audit import Deed
from assets.errors import Unacceptable
from assets.imports.kinds import project
from assets.imports.kinds.project_fields import MILESTONES, document_of
from assets.projects.allocations import arrange_money
from assets.projects.models import Allocation, FundDocument, Payment, Project, ProjectArea, ProjectStage
from assets.projects.payments import pay
from assets.projects.service import register_project
from assets.projects.stages import advance_project
from assets.terms.defaults import load_defaults
from tests import factories
from tests.imports.kind_desk import DAY, Ledgers, columns_of, entered, looked_at, told, verdicts

KIND = project.KIND
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def tree(session: Session) -> factories.Tree:
    load_defaults(session)
    return factories.tree(session)


@pytest.fixture
def county(session: Session, tree: factories.Tree) -> Ledgers:
    return Ledgers(session, tree.county)


ROW: dict[str, Any] = {
    "name": "大力村产业路硬化工程",
    "kind": "works",
    "category": "industry",
    "year": 2026,
    "budget_yuan": Decimal(600_000),
    "town": "八渡镇",
    "village": "大力村",
    "planned_on": dt.date(2025, 12, 1),
}
LADDER = ("library", "listed", "approved", "contracted", "started", "finished", "accepted", "handed_over")


def climbed(until: str, **values: Any) -> dict[str, Any]:
    """A project with a goal and every required step up to one, ten days apart."""
    steps: dict[str, Any] = {}
    for number, milestone in enumerate(LADDER[: LADDER.index(until) + 1], start=1):
        steps[f"{milestone}_on"] = dt.date(2026, 1, 5) + dt.timedelta(10 * number)
        steps[f"{milestone}_document"] = f"陇农发〔2026〕{number}号"
    return ROW | {"performance_goal": "硬化道路3.2公里"} | steps | values


FUND: dict[str, Any] = {
    "fund_number": "陇财农〔2026〕1号",
    "fund_source": "central",
    "received_on": dt.date(2026, 2, 1),
    "received_yuan": Decimal(1_000_000),
    "arranged_on": dt.date(2026, 3, 1),
    "arranged_yuan": Decimal(500_000),
}
PAID: dict[str, Any] = {
    "paid_on": dt.date(2026, 6, 1),
    "paid_yuan": Decimal(200_000),
    "voucher": "记-12",
    "payee": "陕西某公司",
}

_projects = st.fixed_dictionaries(
    {
        "code": st.none() | st.just("XM-1"),
        "kind": st.sampled_from(["works", "purchase", "reward", "service"]),
        "category": st.sampled_from(["industry", "employment", "management_fee"]),
        "year": st.integers(2010, 2030),
        "budget_yuan": st.decimals(-1, 200_000_000, places=2) | st.decimals(0, 2_000, places=2),
        "is_lead_industry": st.booleans(),
        "is_work_relief": st.booleans(),
        "wage_share": st.none() | st.integers(0, 120).map(lambda part: f"{part}/100"),
        "households_benefiting": st.none() | st.integers(-1, 200_000),
        "performance_goal": st.none() | st.just("带动增收"),
        "owner_unit": st.none() | st.just("大力村村委会"),
        "source": st.none(),
    }
)


@QUICK
@given(facts=_projects)
def test_a_project_is_entered_as_its_service_would(
    county: Ledgers, session: Session, tree: factories.Tree, facts: dict[str, Any]
) -> None:
    own = {key: value for key, value in ROW.items() if key not in ("town", "village", "planned_on")} | facts
    share = facts["wage_share"]
    own["wage_share"] = Decimal(share.split("/")[0]) / 100 if share else None
    own = {"sector": None, "department": None, "description": None} | own
    where = tree.north_villages[0]
    expected = None
    with session.begin_nested() as outer:
        try:
            made = register_project(
                session, planned_on=ROW["planned_on"], today=DAY, region_id=where.id, geom=None, **own
            )
            session.refresh(made)
            expected = columns_of(made, *(() if facts["code"] else ("code",)))
        except Unacceptable:
            pass
        outer.rollback()
    session.expire_all()
    with session.begin_nested() as outer:
        staging = looked_at(county, KIND, [ROW | facts])
        assert (verdicts(staging) == ["new"]) == (expected is not None), told(staging)
        if expected is not None:
            KIND.write(staging)
            record = session.get_one(Project, session.scalar(select(staging.rows.c.record_id)))
            session.refresh(record)
            assert columns_of(record, *(() if facts["code"] else ("code",))) == expected
            steps = session.scalars(select(ProjectStage).where(ProjectStage.project_id == record.id)).all()
            assert [(step.stage, step.reached_on) for step in steps] == [("planned", ROW["planned_on"])]
        outer.rollback()
    session.expire_all()


_taken = st.lists(
    st.tuples(st.sampled_from(MILESTONES[1:]), st.integers(-20, 320), st.sampled_from([None, "文件", "文件", "文件"])),
    max_size=9,
    unique_by=lambda step: step[0],
)


@QUICK
@given(kind=st.sampled_from(["works", "purchase", "reward", "service"]), taken=_taken, regular=st.integers(0, 8))
def test_steps_are_taken_as_their_service_would(
    county: Ledgers,
    session: Session,
    tree: factories.Tree,
    kind: str,
    taken: list[tuple[str, int, str | None]],
    regular: int,
) -> None:
    """What can be entered step by step, in some order, can be entered at once, and the reverse."""
    row = climbed(LADDER[regular - 1], kind=kind) if regular else ROW | {"kind": kind}
    first = dt.date(2026, 1, 5)
    for milestone, day, document in taken:
        row |= {f"{milestone}_on": first + dt.timedelta(day), document_of(milestone): document}
    given = {one: row.get(f"{one}_on") for one in MILESTONES if row.get(f"{one}_on")}
    with session.begin_nested() as outer:
        made = factories.project(
            session, tree.north_villages[0], stage="planned", kind=kind, performance_goal=row.get("performance_goal")
        )
        session.add(ProjectStage(project_id=made.id, stage="planned", reached_on=ROW["planned_on"]))
        session.flush()
        left = [one for one in given if one not in ("planned", "terminated")]
        moved = True
        while moved and left:
            moved = False
            for one in list(left):
                if _advance(session, made.id, one, given[one], row.get(document_of(one))):
                    left.remove(one)
                    moved = True
        if "terminated" in given and not left:
            ended = _advance(session, made.id, "terminated", given["terminated"], row.get("terminated_document"))
            left += [] if ended else ["terminated"]
        session.refresh(made)
        stage = made.stage
        outer.rollback()
    session.expire_all()
    with session.begin_nested() as outer:
        staging = looked_at(county, KIND, [row])
        wrong = [one for one in told(staging) if one[2] == "error"]
        assert (not wrong) == (not left), (wrong, left)
        if not left:
            KIND.write(staging)
            record = session.get_one(Project, session.scalar(select(staging.rows.c.record_id)))
            session.refresh(record)
            assert record.stage == stage
        outer.rollback()
    session.expire_all()


def _advance(session: Session, number: int, milestone: str, day: dt.date, document: str | None) -> bool:
    said = {"note": document} if milestone == "terminated" else {"document": document}
    try:
        with session.begin_nested():
            advance_project(session, number, milestone, reached_on=day, today=DAY, **said)
            session.flush()
    except Unacceptable:
        session.expire_all()
        return False
    return True


def test_a_project_comes_with_steps_and_money(county: Ledgers, session: Session, tree: factories.Tree) -> None:
    [number] = entered(county, KIND, [climbed("started") | FUND | PAID])
    made = session.get_one(Project, number)
    assert (made.stage, made.code[:14]) == ("started", "XM610327-2026-")
    document = session.scalars(select(FundDocument)).one()
    assert (document.region_id, document.budget_year, document.source) == (tree.county.id, 2026, "central")
    line = session.scalars(select(Allocation)).one()
    assert (line.kind, line.arranged_yuan, line.fund_document_id) == ("arranged", 500_000, document.id)
    payment = session.scalars(select(Payment)).one()
    assert (payment.allocation_id, payment.paid_yuan, payment.payee) == (line.id, 200_000, "陕西某公司")
    actions = session.scalars(select(Deed.action).where(Deed.table_name.is_not(None)).order_by(Deed.id)).all()
    assert actions == [
        "projects.register",
        *["projects.advance"] * 6,
        "funds.register_document",
        "funds.arrange",
        "funds.pay",
    ]


def test_the_same_ledger_again_changes_nothing(county: Ledgers, session: Session) -> None:
    rows = [
        climbed("started", code="P-1", wage_share=None, served="八渡村、天成村") | FUND | PAID,
        {**ROW, "code": "P-1"} | FUND | {"fund_number": "陇财农〔2026〕2号", "arranged_yuan": Decimal(100_000)},
    ]
    one, two = entered(county, KIND, rows)
    assert one == two
    assert session.scalar(select(func.count()).select_from(Project)) == 1
    assert session.scalar(select(func.count()).select_from(Allocation)) == 2
    again = looked_at(county, KIND, rows)
    assert (verdicts(again), told(again)) == (["same", "same"], [])


def test_more_is_arranged_and_paid_by_what_is_more(county: Ledgers, session: Session) -> None:
    row = ROW | FUND | PAID
    entered(county, KIND, [row])
    more = row | {
        "arranged_yuan": Decimal(550_000),
        "arranged_on": dt.date(2026, 7, 1),
        "paid_yuan": Decimal(260_000),
        "paid_on": dt.date(2026, 8, 1),
    }
    staging = looked_at(county, KIND, [more])
    assert verdicts(staging) == ["changed"]
    differences = session.scalar(select(staging.rows.c.differences))
    assert differences == {"arranged_yuan": [500000.0, 550000.0], "paid_yuan": [200000.0, 260000.0]}
    KIND.write(staging)
    lines = session.scalars(select(Allocation).order_by(Allocation.id)).all()
    assert [(line.kind, line.arranged_yuan) for line in lines] == [("arranged", 500_000), ("adjusted", 50_000)]
    paid = session.scalars(select(Payment).order_by(Payment.id)).all()
    assert [(one.allocation_id, one.paid_yuan) for one in paid] == [(lines[0].id, 200_000), (lines[0].id, 60_000)]


def test_sums_without_their_document_come_back_as_no_change(county: Ledgers) -> None:
    entered(county, KIND, [ROW | FUND | PAID])
    bare = ROW | {"arranged_yuan": Decimal(500_000), "paid_yuan": Decimal(200_000)}
    assert verdicts(looked_at(county, KIND, [bare])) == ["same"]
    other = looked_at(county, KIND, [bare | {"paid_yuan": Decimal(300_000)}])
    assert [one[1] for one in told(other)] == ["fund_needed"]


def test_a_correction_and_a_further_step(county: Ledgers, session: Session) -> None:
    [number] = entered(county, KIND, [climbed("started", code="P-1", department="交通局")])
    step = {"finished_on": dt.date(2026, 9, 1), "finished_document": "竣工报告"}
    late = {"started_on": dt.date(2026, 3, 9)}
    assert entered(county, KIND, [ROW | {"code": "P-1", "name": "大力村产业路"} | step | late]) == [number]
    made = session.get_one(Project, number)
    assert (made.name, made.stage, made.department, made.pinyin) == (
        "大力村产业路",
        "finished",
        "交通局",
        "dalicunchanyelu",
    )
    started = session.scalars(select(ProjectStage).where(ProjectStage.stage == "started")).one()
    assert (started.reached_on, started.document) == (dt.date(2026, 3, 9), "陇农发〔2026〕5号")
    actions = session.scalars(select(Deed.action).order_by(Deed.id.desc()).limit(3)).all()
    assert set(actions) == {"projects.correct", "projects.advance", "projects.correct_step"}


def test_villages_served_are_found_by_their_names(county: Ledgers, session: Session, tree: factories.Tree) -> None:
    [number] = entered(county, KIND, [ROW | {"served": "八渡村,天成镇天成村;大力村"}])
    served = session.scalars(select(ProjectArea.region_id).where(ProjectArea.project_id == number)).all()
    assert sorted(served) == sorted([tree.north_villages[1].id, tree.south_villages[1].id])
    entered(county, KIND, [ROW | {"served": "八渡村"}])
    served = session.scalars(select(ProjectArea.region_id).where(ProjectArea.project_id == number)).all()
    assert served == [tree.north_villages[1].id]
    assert [one[1] for one in told(looked_at(county, KIND, [ROW | {"served": "不知村"}]))] == ["served_unknown"]


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        (ROW | {"kind": None}, {"project_kind_guessed"}),
        (ROW | {"planned_on": None}, {"step_planned"}),
        (ROW | {"year": 2011}, {"project_year"}),
        (ROW | {"category": "other", "is_lead_industry": True}, {"project_lead"}),
        (ROW | {"started_on": dt.date(2026, 3, 1), "started_document": "开工令"}, {"step_missing"}),
        (climbed("approved") | {"performance_goal": None}, {"step_goal"}),
        (climbed("approved") | {"approved_document": None}, {"step_document"}),
        (climbed("approved") | {"approved_on": dt.date(2026, 1, 6)}, {"step_before", "step_after"}),
        (climbed("approved") | {"approved_on": None}, {"step_day_needed"}),
        (ROW | {"terminated_on": dt.date(2026, 3, 1)}, {"step_end_reason"}),
        (ROW | FUND | {"received_yuan": None}, {"fund_unknown"}),
        (ROW | FUND | {"arranged_on": None}, {"fund_day_needed"}),
        (ROW | FUND | {"arranged_on": dt.date(2026, 1, 1)}, {"fund_before_received"}),
        (ROW | FUND | {"arranged_yuan": Decimal(1_000_001)}, {"fund_excess"}),
        (ROW | FUND | {"arranged_yuan": Decimal(50)}, {"fund_unit"}),
        (ROW | FUND | PAID | {"paid_yuan": Decimal(500_001)}, {"fund_overpaid"}),
        (ROW | FUND | PAID | {"voucher": None}, {"fund_fill"}),
        (ROW | FUND | PAID | {"paid_on": dt.date(2026, 2, 20)}, {"fund_before_arranged"}),
        (ROW | {"arranged_yuan": Decimal(5)}, {"fund_needed"}),
        (ROW | FUND | {"received_yuan": Decimal(50), "arranged_yuan": Decimal(20_000)}, {"fund_unit", "fund_excess"}),
        (ROW | {"category": "management_fee"} | FUND, {"fund_fee"}),
    ],
)
def test_what_the_services_would_refuse_is_told(county: Ledgers, row: dict[str, Any], codes: set[str]) -> None:
    staging = looked_at(county, KIND, [row])
    assert ({one[1] for one in told(staging)}, verdicts(staging)) == (codes, ["rejected"])


def test_rows_together_do_not_arrange_more_than_was_received(county: Ledgers) -> None:
    rows = [ROW | FUND | {"name": f"大力村项目{n}", "arranged_yuan": Decimal(400_000)} for n in range(3)]
    assert {one[:2] for one in told(looked_at(county, KIND, rows))} == {(n, "fund_excess") for n in (1, 2, 3)}


def test_rows_of_one_project_agree_and_stay_together(county: Ledgers) -> None:
    second = FUND | {"fund_number": "陇财农〔2026〕2号", "arranged_yuan": Decimal(100_000)}
    rows = [ROW | FUND | {"code": "P-1"}, ROW | second | {"code": "P-1", "budget_yuan": Decimal(700_000)}]
    assert {one[:2] for one in told(looked_at(county, KIND, rows))} == {
        (1, "project_rows_differ"),
        (2, "project_other_row"),
    }
    rows[1] |= {"budget_yuan": Decimal(600_000), "arranged_on": None}
    assert {one[:2] for one in told(looked_at(county, KIND, rows))} == {
        (1, "project_other_row"),
        (2, "fund_day_needed"),
    }


def test_a_document_is_spoken_of_as_it_is_recorded(county: Ledgers) -> None:
    entered(county, KIND, [ROW | FUND])
    other = ROW | FUND | {"name": "大力村项目", "received_yuan": Decimal(2_000_000), "arranged_yuan": Decimal(1_000)}
    assert {one[1] for one in told(looked_at(county, KIND, [other]))} == {"fund_recorded"}
    plain = ROW | {"fund_number": "陇财农[2026] 1号", "arranged_yuan": Decimal(500_000)}
    assert verdicts(looked_at(county, KIND, [plain])) == ["same"]


def test_a_clerk_of_a_town_brings_projects_and_no_money(
    county: Ledgers, session: Session, tree: factories.Tree
) -> None:
    county.seat("clerk", tree.north)
    assert verdicts(looked_at(county, KIND, [ROW])) == ["new"]
    assert {one[1] for one in told(looked_at(county, KIND, [ROW | FUND]))} == {"fund_not_yours"}


def test_what_is_arranged_from_one_document_is_seen_by_rows_and_pages_alike(county: Ledgers, session: Session) -> None:
    [number] = entered(county, KIND, [ROW | FUND])
    document = session.scalars(select(FundDocument)).one()
    other = factories.project(session, session.get_one(Project, number) and county.area)
    arrange_money(
        session,
        document.id,
        project_id=other.id,
        arranged_on=dt.date(2026, 3, 1),
        arranged_yuan=Decimal(450_000),
        today=DAY,
    )
    line = session.scalars(select(Allocation).where(Allocation.project_id == number)).one()
    pay(session, line.id, paid_on=DAY, paid_yuan=Decimal(10_000), voucher="1", payee="甲", today=DAY)
    session.flush()
    more = ROW | FUND | {"arranged_yuan": Decimal(560_000)}
    assert {one[1] for one in told(looked_at(county, KIND, [more]))} == {"fund_excess"}
    less = ROW | FUND | {"arranged_yuan": Decimal(9_000)}
    assert {one[1] for one in told(looked_at(county, KIND, [less]))} == {"fund_below_paid"}


def test_a_withdrawn_project_is_not_changed(county: Ledgers, session: Session) -> None:
    [number] = entered(county, KIND, [ROW | {"code": "P-1"}])
    session.get_one(Project, number).retired_on = DAY
    session.flush()
    assert {one[1] for one in told(looked_at(county, KIND, [ROW | {"code": "P-1"}]))} == {"project_withdrawn"}
