"""The end of a year: what is left is carried over or goes back, and the year is closed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.errors import NotFound, Unacceptable
from assets.projects import money
from assets.projects.carry_over import balance_of, open_year
from assets.projects.models import Allocation, FundDocument, Project
from tests.assets.fund_desk import closed, paid, problem

pytestmark = pytest.mark.usefixtures("dated_terms")


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
