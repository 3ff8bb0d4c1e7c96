"""Fund documents as they come in, what is arranged from them and paid, with every entry right."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.errors import Unacceptable
from assets.projects.allocations import arrange_money
from assets.projects.carry_over import close_year
from assets.projects.documents import register_document
from assets.projects.exceptions import exceptions
from assets.projects.models import Allocation, FundDocument, Payment, Project
from assets.projects.payments import pay
from tests import factories

DAY = factories.DAY
MARCH = dt.date(2026, 3, 1)


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
