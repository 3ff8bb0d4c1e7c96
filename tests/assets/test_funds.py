"""Fund documents, what is arranged from them and paid, to the cent; excesses are told until explained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.audit import AuditEntry
from assets.editing import ReasonNeeded
from assets.errors import InvalidValue, NotAllowed, NotFound, Unacceptable
from assets.projects import money
from assets.projects.allocations import adjust_allocation, arrange_money, return_money, withdraw_line
from assets.projects.carry_over import balance_of, close_year, open_year
from assets.projects.documents import correct_document, register_document, retire_document
from assets.projects.exceptions import exceptions, explain_excess
from assets.projects.models import Allocation, FundDocument, Payment, Project
from assets.projects.payments import correct_payment, pay, withdraw_payment
from assets.scope import Reach, ScopedSession, Viewer, bind_viewer
from assets.terms.defaults import load_defaults
from tests import factories

DAY = factories.DAY
MARCH = dt.date(2026, 3, 1)


@pytest.fixture
def tree(session: Session) -> factories.Tree:
    load_defaults(session)
    return factories.tree(session)


def received(session: Session, tree: factories.Tree, amount: int | str = 1_000_000, **values: Any) -> FundDocument:
    values = {
        "region_id": tree.county.id,
        "number": f"陇财农〔2026〕{len(session.scalars(select(FundDocument)).all()) + 1}号",
        "title": "关于下达2026年中央资金的通知",
        "budget_year": 2026,
        "batch": None,
        "source": "central",
        "fund_name": None,
        "purpose": None,
        "received_on": dt.date(2026, 2, 1),
        "received_yuan": Decimal(amount),
    } | values
    return register_document(session, today=DAY, **values)


@pytest.fixture
def document(session: Session, tree: factories.Tree) -> FundDocument:
    return received(session, tree)


@pytest.fixture
def project(session: Session, tree: factories.Tree) -> Project:
    return factories.project(session, tree.north_villages[0], name="大力村产业路")


def arrange(session: Session, paper: FundDocument, project: Project, amount: int | str, **values: Any) -> Allocation:
    values = {"arranged_on": MARCH} | values
    return arrange_money(session, paper.id, project_id=project.id, arranged_yuan=Decimal(amount), today=DAY, **values)


def paid(session: Session, line: Allocation, amount: int | str, **values: Any) -> Payment:
    values = {"paid_on": dt.date(2026, 6, 1), "voucher": f"记-{amount}", "payee": "陕西某公司"} | values
    return pay(session, line.id, paid_yuan=Decimal(amount), today=DAY, **values)


def problem(refused: pytest.ExceptionInfo[Unacceptable]) -> Any:
    [only] = refused.value.problems
    return only


def told(session: Session, tree: factories.Tree, **values: Any) -> list[tuple[str, Decimal]]:
    return [(row.kind, row.excess_yuan) for row in exceptions(session, tree.county.region_path, DAY, **values)]


# Documents


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", " "),
        ("title", None),
        ("source", "moon"),
        ("received_on", dt.date(2026, 11, 21)),
        ("received_on", dt.date(2011, 12, 31)),
        ("received_on", None),
        ("budget_year", 2011),
        ("budget_year", None),
        ("received_yuan", Decimal(0)),
        ("received_yuan", Decimal(-1)),
        ("received_yuan", None),
        ("fund_name", "unheard"),
        ("batch", "批" * 41),
    ],
)
def test_a_document_with_a_wrong_entry_is_refused_at_its_field(
    session: Session, tree: factories.Tree, field: str, value: object
) -> None:
    with pytest.raises(Unacceptable) as refused:
        received(session, tree, **{field: value})
    assert field in {problem.field for problem in refused.value.problems}


def test_everything_wrong_with_a_document_is_told_at_once(session: Session, tree: factories.Tree) -> None:
    with pytest.raises(Unacceptable) as refused:
        received(session, tree, number="", source="moon", received_yuan=None)
    assert {problem.field for problem in refused.value.problems} == {"number", "source", "received_yuan"}


def test_a_number_that_is_there_already_is_refused(
    session: Session, tree: factories.Tree, document: FundDocument
) -> None:
    with pytest.raises(Unacceptable, match="entered already"):
        received(session, tree, number=document.number)


def test_money_is_received_by_a_county_not_by_a_village(session: Session, tree: factories.Tree) -> None:
    with pytest.raises(Unacceptable) as refused:
        received(session, tree, region_id=tree.north_villages[0].id)
    assert problem(refused).field == "region_id"


def test_an_amount_in_the_wrong_unit_is_doubted(session: Session, tree: factories.Tree, document: FundDocument) -> None:
    with pytest.raises(Unacceptable) as refused:
        received(session, tree, 120)
    assert (problem(refused).field, problem(refused).doubt) == ("received_yuan", "unit")
    assert received(session, tree, 120, confirmed={"unit"}).received_yuan == 120


def test_the_name_of_a_fund_is_that_of_its_day(session: Session, tree: factories.Tree) -> None:
    assert received(session, tree, fund_name="linkage").fund_name == "linkage"
    with pytest.raises(Unacceptable):
        received(session, tree, fund_name="poverty")


@pytest.mark.parametrize("role", ["clerk", "leader", "viewer", "auditor", "approver"])
def test_money_is_entered_by_planner_administrator_or_department_only(
    session: Session, tree: factories.Tree, role: str
) -> None:
    with pytest.raises(NotAllowed):
        received(seen_by(session, role, tree.county.region_path), tree)


def test_a_planner_of_a_town_enters_no_money_of_the_county(session: Session, tree: factories.Tree) -> None:
    with pytest.raises(NotAllowed):
        received(seen_by(session, "planner", tree.north.region_path), tree)


@pytest.mark.parametrize("role", ["planner", "administrator", "department"])
def test_those_responsible_for_the_county_enter_its_money(session: Session, tree: factories.Tree, role: str) -> None:
    assert received(seen_by(session, role, tree.county.region_path), tree).id


def test_a_document_is_corrected_with_a_reason(session: Session, tree: factories.Tree, document: FundDocument) -> None:
    values = {
        name: getattr(document, name)
        for name in ("region_id", "number", "title", "budget_year", "batch", "source", "fund_name", "purpose")
    } | {"received_on": document.received_on}
    arrange(session, document, factories.project(session, tree.north), 900_000)
    with pytest.raises(Unacceptable) as refused:
        correct_document(
            session,
            document.id,
            revision=document.revision,
            reason="",
            received_yuan=Decimal(800_000),
            today=DAY,
            **values,
        )
    assert {problem.field for problem in refused.value.problems} == {"reason", "received_yuan"}
    assert refused.value.problems[1].data["excess"] == "100,000"
    made = correct_document(
        session,
        document.id,
        revision=document.revision,
        reason="上级收回",
        received_yuan=Decimal(950_000),
        today=DAY,
        **values,
    )
    assert made.received_yuan == 950_000


def test_a_document_with_money_arranged_is_not_withdrawn(
    session: Session, document: FundDocument, project: Project
) -> None:
    line = arrange(session, document, project, 1_000)
    with pytest.raises(InvalidValue, match="arranged"):
        retire_document(session, document.id, revision=document.revision, on=DAY, reason="重复录入", today=DAY)
    withdraw_line(session, line.id, revision=line.revision, reason="录入有误")
    retire_document(session, document.id, revision=document.revision, on=DAY, reason="重复录入", today=DAY)
    assert document.retired_on == DAY


# Arranging


def test_more_than_was_received_is_refused_with_the_exact_excess(
    session: Session, tree: factories.Tree, document: FundDocument, project: Project
) -> None:
    arrange(session, document, project, "999999.99")
    other = factories.project(session, tree.north)
    with pytest.raises(Unacceptable) as refused:
        arrange(session, document, other, "300000.02")
    assert problem(refused).data == {"free": "0.01", "excess": "300,000.01"}
    assert problem(refused).doubt == "excess"
    assert told(session, tree) == []


def test_an_unexplained_excess_is_told_until_it_is_explained(
    session: Session, tree: factories.Tree, document: FundDocument, project: Project
) -> None:
    line = arrange(session, document, project, 1_000_001, confirmed={"excess"})
    assert told(session, tree) == [("arranged_over_received", Decimal(1))]
    with pytest.raises(ReasonNeeded):
        explain_excess(session, "arranged_over_received", line.id, revision=line.revision, excess_reason="?")
    explain_excess(session, "arranged_over_received", line.id, revision=line.revision, excess_reason="待下达第二批")
    assert told(session, tree) == []
    assert told(session, tree, explained=True) == [("arranged_over_received", Decimal(1))]


def test_an_excess_with_a_reason_is_saved_at_once(
    session: Session, tree: factories.Tree, document: FundDocument, project: Project
) -> None:
    arrange(session, document, project, 1_000_001, excess_reason="待下达第二批")
    assert told(session, tree) == []


def test_an_excess_that_was_given_back_is_none_any_more(
    session: Session, tree: factories.Tree, document: FundDocument, project: Project
) -> None:
    line = arrange(session, document, project, 1_000_001, confirmed={"excess"})
    return_money(session, line.id, arranged_on=DAY, arranged_yuan=Decimal(1), today=DAY)
    assert told(session, tree, explained=True) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"arranged_on": dt.date(2026, 1, 31)}, "arranged_on"),
        ({"arranged_on": dt.date(2026, 11, 21)}, "arranged_on"),
        ({"document": "文" * 501}, "document"),
    ],
)
def test_money_is_arranged_between_its_receipt_and_today(
    session: Session, document: FundDocument, project: Project, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Unacceptable) as refused:
        arrange(session, document, project, 1_000, **values)
    assert problem(refused).field == field


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_or_less_cannot_be_arranged(
    session: Session, document: FundDocument, project: Project, amount: int
) -> None:
    with pytest.raises(Unacceptable) as refused:
        arrange(session, document, project, amount)
    assert problem(refused).field == "arranged_yuan"


def test_a_project_that_was_ended_or_withdrawn_gets_no_money(
    session: Session, tree: factories.Tree, document: FundDocument
) -> None:
    ended = factories.project(session, tree.north, stage="terminated")
    gone = factories.project(session, tree.north, retired_on=DAY, retired_reason="重复")
    for project in (ended, gone):
        with pytest.raises(Unacceptable) as refused:
            arrange(session, document, project, 1_000)
        assert problem(refused).field == "project_id"


def test_a_project_gets_one_first_line_of_a_document(
    session: Session, document: FundDocument, project: Project
) -> None:
    line = arrange(session, document, project, 300_000)
    with pytest.raises(Unacceptable, match="adjust that instead"):
        arrange(session, document, project, 1_000)
    adjust_allocation(session, line.id, arranged_on=DAY, arranged_yuan=Decimal(50_000), today=DAY)
    assert money.arranged_for(session, document.id, project.id) == 350_000


def test_what_is_paid_cannot_be_taken_away(session: Session, document: FundDocument, project: Project) -> None:
    line = arrange(session, document, project, 300_000)
    paid(session, line, "200000.01")
    with pytest.raises(Unacceptable) as refused:
        return_money(session, line.id, arranged_on=DAY, arranged_yuan=Decimal(100_000), today=DAY)
    assert problem(refused).data["left"] == "99,999.99"
    return_money(session, line.id, arranged_on=DAY, arranged_yuan=Decimal("99999.99"), today=DAY)
    assert money.standing(session, document).free == Decimal("799999.99")


def test_what_comes_back_is_arranged_anew(
    session: Session, tree: factories.Tree, document: FundDocument, project: Project
) -> None:
    line = arrange(session, document, project, 1_000_000, confirmed={"unit"})
    back = return_money(session, line.id, arranged_on=DAY, arranged_yuan=Decimal(400_000), today=DAY)
    other = arrange(session, document, factories.project(session, tree.south), 400_000, arranged_on=DAY)
    with pytest.raises(Unacceptable, match="arranged for others already"):
        withdraw_line(session, back.id, revision=back.revision, reason="录入有误")
    assert other.arranged_yuan == 400_000


def test_a_line_with_payments_is_not_struck(session: Session, document: FundDocument, project: Project) -> None:
    line = arrange(session, document, project, 300_000)
    payment = paid(session, line, 1_000)
    with pytest.raises(Unacceptable, match="strike the payments first"):
        withdraw_line(session, line.id, revision=line.revision, reason="录入有误")
    withdraw_payment(session, payment.id, revision=payment.revision, reason="录入有误")
    withdraw_line(session, line.id, revision=line.revision, reason="录入有误")
    assert money.standing(session, document).arranged == 0


# Management fee


def test_a_management_fee_above_the_share_of_its_source_is_an_exception(session: Session, tree: factories.Tree) -> None:
    fee = factories.project(session, tree.county, category="management_fee", budget_yuan=30_000)
    central, province = received(session, tree), received(session, tree, source="province")
    arrange(session, province, fee, 30_000)
    with pytest.raises(Unacceptable) as refused:
        arrange(session, central, fee, "10000.01")
    assert (problem(refused).doubt, problem(refused).data) == ("fee", {"most": "10,000", "excess": "0.01"})
    arrange(session, central, fee, "10000.01", confirmed={"fee"})
    assert told(session, tree) == [("fee_over_share", Decimal("0.01"))]


def test_money_of_the_county_itself_has_no_such_limit(session: Session, tree: factories.Tree) -> None:
    fee = factories.project(session, tree.county, category="management_fee", budget_yuan=30_000)
    assert arrange(session, received(session, tree, source="county"), fee, 500_000)


# Paying


def test_more_than_was_arranged_is_refused_with_the_exact_excess(
    session: Session, tree: factories.Tree, document: FundDocument, project: Project
) -> None:
    line = arrange(session, document, project, 300_000)
    paid(session, line, "299999.99")
    with pytest.raises(Unacceptable) as refused:
        paid(session, line, "1000.00")
    assert problem(refused).data == {"left": "0.01", "arranged": "300,000", "excess": "999.99"}
    paid(session, line, "1000.00", confirmed={"excess"})
    assert told(session, tree) == [("paid_over_arranged", Decimal("999.99"))]
    [row] = exceptions(session, tree.county.region_path, DAY)
    explain_excess(session, row.kind, row.line_id, revision=row.revision, excess_reason="决算审减前预付")
    assert told(session, tree) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"paid_on": dt.date(2026, 2, 28)}, "paid_on"),
        ({"paid_on": dt.date(2026, 11, 21)}, "paid_on"),
        ({"voucher": " "}, "voucher"),
        ({"payee": None}, "payee"),
    ],
)
def test_a_payment_has_its_day_voucher_and_payee(
    session: Session, document: FundDocument, project: Project, values: dict[str, Any], field: str
) -> None:
    line = arrange(session, document, project, 300_000)
    with pytest.raises(Unacceptable) as refused:
        paid(session, line, 1_000, **values)
    assert problem(refused).field == field


def test_the_same_voucher_twice_is_doubted(session: Session, document: FundDocument, project: Project) -> None:
    line = arrange(session, document, project, 300_000)
    paid(session, line, 1_000)
    with pytest.raises(Unacceptable) as refused:
        paid(session, line, 1_000)
    assert problem(refused).doubt == "twin"


@pytest.mark.parametrize("amount", ["12.5", "125000000"])
def test_a_payment_ten_thousand_times_off_is_doubted(session: Session, tree: factories.Tree, amount: str) -> None:
    document = received(session, tree, 900_000_000)
    project = factories.project(session, tree.north, budget_yuan=600_000_000)
    line = arrange(session, document, project, 600_000_000)
    paid(session, line, 125_000 if amount == "12.5" else 12_500, confirmed={"unit"})
    with pytest.raises(Unacceptable) as refused:
        paid(session, line, amount)
    assert problem(refused).doubt == "unit"


def test_a_payment_is_corrected_within_what_was_arranged(
    session: Session, document: FundDocument, project: Project
) -> None:
    payment = paid(session, arrange(session, document, project, 300_000), 300_000)
    same: dict[str, Any] = {"paid_on": payment.paid_on, "voucher": "记-2", "payee": "陕西某公司", "today": DAY}
    with pytest.raises(Unacceptable) as refused:
        correct_payment(
            session, payment.id, revision=payment.revision, paid_yuan=Decimal("300000.01"), reason="笔误", **same
        )
    assert problem(refused).data["excess"] == "0.01"
    made = correct_payment(
        session, payment.id, revision=payment.revision, paid_yuan=Decimal(250_000), reason="笔误", **same
    )
    assert (made.paid_yuan, made.voucher) == (250_000, "记-2")


def seen_by(session: Session, role: str, where: str, *, sectors: frozenset[str] | None = None) -> ScopedSession:
    other = ScopedSession(session.connection(), join_transaction_mode="create_savepoint")
    bind_viewer(other, Viewer(account_id=1, reaches=(Reach(role, 0, where, sectors),)))
    return other


def test_a_clerk_of_the_town_sees_the_money_and_pays_nothing(
    session: Session, tree: factories.Tree, document: FundDocument, project: Project
) -> None:
    line = arrange(session, document, project, 300_000)
    session.flush()
    with pytest.raises(NotAllowed):
        paid(seen_by(session, "clerk", tree.north.region_path), line, 1_000)
    with pytest.raises(NotFound):
        paid(seen_by(session, "clerk", tree.south.region_path), line, 1_000)


def test_a_department_cannot_spend_what_others_were_given(
    session: Session, tree: factories.Tree, document: FundDocument, project: Project
) -> None:
    project.sector = "transport"
    arrange(session, document, project, 900_000)
    water = factories.project(session, tree.north, sector="water")
    session.flush()
    department = seen_by(session, "department", tree.county.region_path, sectors=frozenset({"water"}))
    with pytest.raises(Unacceptable) as refused:
        arrange(department, document, water, 200_000)
    assert problem(refused).data["free"] == "100,000"


# The end of the year


@pytest.fixture
def last_year(session: Session, tree: factories.Tree, project: Project) -> FundDocument:
    """A million of 2025, 300,000 arranged and 200,000 paid that year."""
    document = received(session, tree, received_on=dt.date(2025, 2, 1), budget_year=2025)
    line = arrange(session, document, project, 300_000, arranged_on=dt.date(2025, 3, 1))
    paid(session, line, 200_000, paid_on=dt.date(2025, 12, 31))
    return document


def closed(session: Session, paper: FundDocument, carried: int | str, back: int | str, **values: Any) -> Any:
    values = {"year": 2025, "decided_on": dt.date(2026, 1, 20), "document": "陇财〔2026〕1号"} | values
    return close_year(
        session,
        paper.id,
        carried_yuan=Decimal(carried),
        taken_back_yuan=Decimal(back),
        today=DAY,
        **values,
    )


def test_what_is_carried_over_and_taken_back_is_the_balance(session: Session, last_year: FundDocument) -> None:
    with pytest.raises(Unacceptable) as refused:
        closed(session, last_year, 100_000, 699_999)
    assert problem(refused).data == {"balance": "800,000", "year": 2025, "sum": "799,999"}
    closed(session, last_year, 100_000, 700_000)
    assert money.standing(session, last_year).free == 0
    assert balance_of(session, last_year, 2026) == 100_000


def test_only_what_is_not_arranged_goes_back(session: Session, last_year: FundDocument) -> None:
    with pytest.raises(Unacceptable) as refused:
        closed(session, last_year, "99999.99", "700000.01")
    assert problem(refused).data["free"] == "700,000"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"year": 2026}, "year"),
        ({"year": 2024}, "year"),
        ({"decided_on": dt.date(2025, 12, 31)}, "decided_on"),
        ({"decided_on": dt.date(2026, 11, 21)}, "decided_on"),
        ({"document": None}, "document"),
    ],
)
def test_a_year_is_closed_after_its_end_and_with_a_document(
    session: Session, last_year: FundDocument, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Unacceptable) as refused:
        closed(session, last_year, 100_000, 700_000, **values)
    assert field in {problem.field for problem in refused.value.problems}


def test_a_closed_year_takes_no_payments_until_it_is_opened_again(
    session: Session, last_year: FundDocument, project: Project
) -> None:
    closed(session, last_year, 800_000, 0)
    [line] = session.scalars(select(Allocation).where(Allocation.fund_document_id == last_year.id))
    with pytest.raises(Unacceptable, match="was closed"):
        paid(session, line, 1_000, paid_on=dt.date(2025, 12, 30))
    with pytest.raises(Unacceptable, match="closed already"):
        closed(session, last_year, 800_000, 0)
    open_year(session, last_year.id, 2025, reason="漏记一笔支付")
    paid(session, line, 1_000, paid_on=dt.date(2025, 12, 30))
    with pytest.raises(NotFound):
        open_year(session, last_year.id, 2025, reason="漏记一笔支付")


# Sums


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("arrange", "adjust", "return", "pay")),
        st.integers(0, 2),
        st.integers(1, 60_000_000).map(lambda cents: Decimal(cents) / 100),
    ),
    max_size=20,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=STEPS)
def test_sums_of_any_history_equal_a_plain_replay_to_the_cent(
    session: Session, tree: factories.Tree, steps: list[tuple[str, int, Decimal]]
) -> None:
    document = received(session, tree)
    projects = [factories.project(session, tree.north, budget_yuan=500_000) for _ in range(3)]
    lines: dict[int, Allocation] = {}
    arranged, spent = [Decimal(0)] * 3, [Decimal(0)] * 3
    for number, (verb, which, amount) in enumerate(steps):
        with session.begin_nested() as savepoint:
            try:
                if verb == "arrange":
                    lines[which] = arrange(session, document, projects[which], str(amount), confirmed={"unit"})
                    arranged[which] += amount
                elif which not in lines:
                    continue
                elif verb == "adjust":
                    adjust_allocation(
                        session,
                        lines[which].id,
                        arranged_on=DAY,
                        arranged_yuan=amount,
                        today=DAY,
                        confirmed={"unit"},
                    )
                    arranged[which] += amount
                elif verb == "return":
                    return_money(session, lines[which].id, arranged_on=DAY, arranged_yuan=amount, today=DAY)
                    arranged[which] -= amount
                else:
                    paid(session, lines[which], str(amount), voucher=f"记-{number}", confirmed={"unit"})
                    spent[which] += amount
            except Unacceptable:
                savepoint.rollback()
    now = money.standing(session, document)
    assert (now.arranged, now.paid) == (sum(arranged), sum(spent))
    assert now.paid <= now.arranged <= now.received
    assert all(gone <= given for gone, given in zip(spent, arranged, strict=True))
    rows = {row.project_id: row for row in money.allocations_of(session, document.id, DAY)}
    assert [rows[p.id].arranged_yuan if p.id in rows else 0 for p in projects] == arranged
    assert [rows[p.id].paid_yuan if p.id in rows else 0 for p in projects] == spent
    ledger = money.ledger_of(session, document.id, DAY)
    if ledger:
        assert (ledger[-1].arranged_so_far, ledger[-1].paid_so_far) == (now.arranged, now.paid)
    assert exceptions(session, tree.county.region_path, DAY) == []


@pytest.fixture
def entries(session: Session) -> Iterator[Any]:
    def count() -> int:
        return session.scalar(select(func.count()).select_from(AuditEntry)) or 0

    yield count


def test_each_action_leaves_one_entry(
    session: Session, tree: factories.Tree, project: Project, last_year: FundDocument, entries: Any
) -> None:
    document = received(session, tree)
    before = entries()
    line = arrange(session, document, project, 300_000)
    payment = paid(session, line, 1_000)
    adjust_allocation(session, line.id, arranged_on=DAY, arranged_yuan=Decimal(1_000), today=DAY)
    back = return_money(session, line.id, arranged_on=DAY, arranged_yuan=Decimal(1_000), today=DAY)
    withdraw_line(session, back.id, revision=back.revision, reason="录入有误")
    withdraw_payment(session, payment.id, revision=payment.revision, reason="录入有误")
    closed(session, last_year, 800_000, 0)
    open_year(session, last_year.id, 2025, reason="漏记一笔支付")
    assert entries() == before + 8
