"""Money is paid from what was arranged, with its day, voucher and payee."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assets.errors import NotAllowed, NotFound, Unacceptable
from assets.projects.exceptions import exceptions, explain_excess
from assets.projects.models import FundDocument, Project
from assets.projects.payments import correct_payment
from tests import factories
from tests.assets.desk import seen_by
from tests.assets.fund_desk import DAY, arrange, paid, problem, received, told

pytestmark = pytest.mark.usefixtures("dated_terms")


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


def test_a_clerk_of_the_town_sees_the_money_and_pays_nothing(
    session: Session, tree: factories.Tree, document: FundDocument, project: Project
) -> None:
    line = arrange(session, document, project, 300_000)
    session.flush()
    with pytest.raises(NotAllowed):
        paid(seen_by(session, "clerk", tree.north.region_path), line, 1_000)
    with pytest.raises(NotFound):
        paid(seen_by(session, "clerk", tree.south.region_path), line, 1_000)
