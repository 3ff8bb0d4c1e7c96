"""Fund documents: what cannot be is refused, and who may enter and correct them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from assets.errors import InvalidValue, NotAllowed, Unacceptable
from assets.projects.allocations import withdraw_line
from assets.projects.documents import correct_document, retire_document
from assets.projects.models import FundDocument, Project
from tests import factories
from tests.assets.desk import seen_by
from tests.assets.fund_desk import DAY, arrange, problem, received

pytestmark = pytest.mark.usefixtures("dated_terms")


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
