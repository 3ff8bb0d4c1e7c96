"""支出率: how much of a budget year's money has been paid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.maintenance.areas import steps_through
from assets.maintenance.sums import ZERO
from assets.projects.models import Allocation, FundDocument, Payment, Project
from assets.regions.models import Region
from assets.scope import within

Money = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Spending:
    """Paid and payable yuan of an area and its sub-areas.

    Where the area itself received fund documents, ``total`` is paid of what was received;
    elsewhere, and for all sub-areas, paid of what was arranged for their projects.
    """

    total: Money = (ZERO, ZERO)
    rows: Mapping[int, Money] = field(default_factory=dict)
    basis: Literal["received", "arranged"] = "arranged"


def spending(session: Session, area: Region, below: Sequence[Region], day: dt.date) -> Spending:
    """The money of ``day``'s budget year, received, arranged and paid until that day.

    Parameters
    ----------
    session : Session
        Bound to the viewer.
    area : Region
        The area.
    below : sequence of Region
        Its sub-areas.
    day : date
        Nothing after it counts.
    """
    steps, belongs = steps_through(Project.region_path, area, below)
    arranged = _by_area(
        session.execute(
            select(steps, func.sum(Allocation.arranged_yuan))
            .join(Project, Project.id == Allocation.project_id)
            .where(within(Project.region_path, area.region_path), *_this_year(day))
            .group_by(steps)
        ),
        belongs,
    )
    paid = _by_area(
        session.execute(
            select(steps, func.sum(Payment.paid_yuan))
            .join(Allocation, Allocation.id == Payment.allocation_id)
            .join(Project, Project.id == Allocation.project_id)
            .where(within(Project.region_path, area.region_path), Payment.paid_on <= day, *_this_year(day))
            .group_by(steps)
        ),
        belongs,
    )
    rows = {key: (paid.get(key, ZERO), arranged.get(key, ZERO)) for key in paid.keys() | arranged.keys()}
    received = _received(session, area, day)
    if received is not None:
        return Spending((_paid_of_received(session, area, day), received), rows, "received")
    return Spending((sum(paid.values(), ZERO), sum(arranged.values(), ZERO)), rows)


def _this_year(day: dt.date) -> tuple[Any, ...]:
    return (Allocation.arranged_on >= day.replace(month=1, day=1), Allocation.arranged_on <= day)


def _received(session: Session, area: Region, day: dt.date) -> Decimal | None:
    return session.scalar(
        select(func.sum(FundDocument.received_yuan)).where(
            within(FundDocument.region_path, area.region_path),
            FundDocument.budget_year == day.year,
            FundDocument.received_on <= day,
            FundDocument.kept_on(day),
        )
    )


def _paid_of_received(session: Session, area: Region, day: dt.date) -> Decimal:
    return session.scalar(
        select(func.sum(Payment.paid_yuan))
        .join(Allocation, Allocation.id == Payment.allocation_id)
        .join(FundDocument, FundDocument.id == Allocation.fund_document_id)
        .where(
            within(FundDocument.region_path, area.region_path),
            FundDocument.budget_year == day.year,
            FundDocument.received_on <= day,
            FundDocument.kept_on(day),
            Payment.paid_on <= day,
        )
    ) or Decimal(0)


def _by_area(rows: Iterable[Any], belongs: Any) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for through, amount in rows:
        key = belongs(through)
        found[key] = found.get(key, ZERO) + amount
    return found
