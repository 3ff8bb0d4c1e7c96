"""Sums of money after any history equal a plain replay, and each action leaves one entry."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.audit import AuditEntry
from assets.errors import Unacceptable
from assets.projects import money
from assets.projects.allocations import adjust_allocation, return_money, withdraw_line
from assets.projects.carry_over import open_year
from assets.projects.exceptions import exceptions
from assets.projects.models import Allocation, FundDocument, Project
from assets.projects.payments import withdraw_payment
from tests import factories
from tests.assets.fund_desk import DAY, arrange, closed, paid, received

pytestmark = pytest.mark.usefixtures("dated_terms")

STEPS = st.lists(
    st.tuples(
        st.sampled_from(("arrange", "adjust", "return", "pay")),
        st.integers(0, 2),
        st.integers(1, 60_000_000).map(lambda cents: Decimal(cents) / 100),
    ),
    max_size=20,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
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


def test_each_action_leaves_one_entry(
    session: Session, tree: factories.Tree, project: Project, last_year: FundDocument
) -> None:
    def entries() -> int:
        return session.scalar(select(func.count()).select_from(AuditEntry)) or 0

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
