"""Money is arranged from what was received, to the cent; excesses are told until explained."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assets.editing import ReasonNeeded
from assets.errors import Unacceptable
from assets.projects import money
from assets.projects.allocations import adjust_allocation, return_money, withdraw_line
from assets.projects.exceptions import explain_excess
from assets.projects.models import FundDocument, Project
from assets.projects.payments import withdraw_payment
from tests import factories
from tests.assets.desk import seen_by
from tests.assets.fund_desk import DAY, arrange, paid, problem, received, told

pytestmark = pytest.mark.usefixtures("dated_terms")


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
