"""Money beyond a limit: allowed only with an explanation, and told until there is one.

A line is beyond its limit where the running sum up to it is. Three limits are watched: what a
document received, what was arranged for a project, and the share of management fees.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from assets import audit
from assets.editing import check_reason, hold
from assets.errors import InvalidValue
from assets.projects import money
from assets.projects.allocations import hold_document_of
from assets.projects.fees import FEE_SOURCES
from assets.projects.models import Allocation, FundDocument, Payment, Project
from assets.projects.payments import get_payment
from assets.scope import viewer_of, within
from assets.terms.thresholds import threshold_at

KINDS = ("arranged_over_received", "paid_over_arranged", "fee_over_share")


@dataclass(frozen=True)
class Exceeding:
    """One line beyond its limit: by how much the sum up to it exceeds it."""

    kind: str
    line_id: int
    revision: int
    day: dt.date
    amount_yuan: Decimal
    excess_yuan: Decimal
    reason: str | None
    document_id: int
    number: str
    project_id: int
    project: str


def exceptions(
    session: Session, path: str, day: dt.date, *, explained: bool = False, document_id: int | None = None
) -> list[Exceeding]:
    """The lines beyond their limits on ``day`` that nobody explained, or (``explained``) all.

    Parameters
    ----------
    session : Session
        Bound to the viewer; only lines within reach are counted.
    path : str
        The ``region_path`` of the area that received the money.
    day : date
        Lines after it do not count.
    explained : bool
        Whether to tell of the explained ones too.
    document_id : int, optional
        Only of this document.
    """
    here = [within(FundDocument.region_path, path), FundDocument.kept_on(day)]
    if document_id is not None:
        here.append(FundDocument.id == document_id)
    parts = [_over_received(day, here), _over_arranged(day, here), _over_share(day, here)]
    rows = union_all(*parts).subquery("beyond")
    statement = (
        select(
            *(rows.c[name] for name in ("kind", "line_id", "revision", "day", "amount_yuan", "excess_yuan", "reason")),
            FundDocument.id,
            FundDocument.number,
            Project.id,
            Project.name,
        )
        .join(FundDocument, FundDocument.id == rows.c.document_id)
        .join(Project, Project.id == rows.c.project_id)
        .order_by(rows.c.day.desc(), rows.c.line_id.desc())
        .limit(500)
    )
    if not explained:
        statement = statement.where(rows.c.reason.is_(None))
    return [Exceeding(*row) for row in session.execute(statement)]


def explain_excess(
    session: Session, kind: str, line_id: int, *, revision: int, excess_reason: str
) -> Allocation | Payment:
    """Say why a line is beyond its limit.

    Parameters
    ----------
    session : Session
        Bound to the editor: a planner, administrator or department where the money is received.
    kind : str
        One of :data:`KINDS`.
    line_id, revision : int
        Which version of which payment (``paid_over_arranged``) or line of an allocation.
    excess_reason : str
        In words; needed.

    Raises
    ------
    InvalidValue, NotFound, NotAllowed, ChangedMeanwhile, ReasonNeeded
        See their messages.
    """
    if kind not in KINDS:
        raise InvalidValue("“{value}” cannot be used for {field}.", value=kind[:40], field="kind")
    reason = check_reason(excess_reason, field="excess_reason")
    line: Allocation | Payment
    if kind == "paid_over_arranged":
        hold_document_of(session, get_payment(session, line_id).allocation_id)
        line = hold(session, Payment, line_id, revision=revision)
    else:
        hold_document_of(session, line_id)
        line = hold(session, Allocation, line_id, revision=revision)
    if line.excess_reason != reason:
        line.excess_reason, line.updated_by = reason, viewer_of(session).account_id
        audit.record(session, "funds.explain", line)
    return line


def count_unexplained(session: Session, path: str, day: dt.date) -> int:
    """How many lines beyond a limit wait for an explanation."""
    return len(exceptions(session, path, day))


def _line(kind: str, line: Any, day: Any, amount: Any, excess: Any) -> tuple[Any, ...]:
    return (
        literal(kind).label("kind"),
        line.id.label("line_id"),
        line.revision.label("revision"),
        day.label("day"),
        amount.label("amount_yuan"),
        excess.label("excess_yuan"),
        line.excess_reason.label("reason"),
        FundDocument.id.label("document_id"),
        Allocation.project_id.label("project_id"),
    )


def _reached(amount: Any, apart: Any, order: Any) -> Any:
    """The sum up to a line, or the sum of all lines where later ones took some back."""
    running = func.sum(amount).over(partition_by=apart, order_by=order, rows=(None, 0))
    return func.least(running, func.sum(amount).over(partition_by=apart))


def _beyond(inner: Select[Any]) -> Select[Any]:
    rows = inner.subquery()
    return select(*rows.c).where(rows.c.excess_yuan > 0, rows.c.amount_yuan > 0)


def _over_received(day: dt.date, here: Sequence[Any]) -> Select[Any]:
    order = (Allocation.arranged_on, Allocation.id)
    running = _reached(Allocation.arranged_yuan, Allocation.fund_document_id, order)
    usable = FundDocument.received_yuan - money.taken_back_from(FundDocument.id, day)
    inner = (
        select(*_line(KINDS[0], Allocation, Allocation.arranged_on, Allocation.arranged_yuan, running - usable))
        .join(FundDocument, FundDocument.id == Allocation.fund_document_id)
        .where(Allocation.arranged_on <= day, *here)
    )
    return _beyond(inner)


def _over_arranged(day: dt.date, here: Sequence[Any]) -> Select[Any]:
    pair = (Allocation.fund_document_id, Allocation.project_id)
    sums = (
        select(*pair, func.sum(Allocation.arranged_yuan).label("arranged"))
        .where(Allocation.arranged_on <= day)
        .group_by(*pair)
        .subquery("given")
    )
    running = _reached(Payment.paid_yuan, pair, (Payment.paid_on, Payment.id))
    inner = (
        select(*_line(KINDS[1], Payment, Payment.paid_on, Payment.paid_yuan, running - sums.c.arranged))
        .join(Allocation, Allocation.id == Payment.allocation_id)
        .join(FundDocument, FundDocument.id == Allocation.fund_document_id)
        .join(
            sums,
            and_(sums.c.fund_document_id == Allocation.fund_document_id, sums.c.project_id == Allocation.project_id),
        )
        .where(Payment.paid_on <= day, *here)
    )
    return _beyond(inner)


def _over_share(day: dt.date, here: Sequence[Any]) -> Select[Any]:
    running = _reached(Allocation.arranged_yuan, Allocation.fund_document_id, (Allocation.arranged_on, Allocation.id))
    share = case(
        {
            source: threshold_at(f"management_fee_share_{source}", FundDocument.region_path, day)
            for source in FEE_SOURCES
        },
        value=FundDocument.source,
    )
    most = func.trunc(share * FundDocument.received_yuan, 2)
    inner = (
        select(*_line(KINDS[2], Allocation, Allocation.arranged_on, Allocation.arranged_yuan, running - most))
        .join(FundDocument, FundDocument.id == Allocation.fund_document_id)
        .join(Project, Project.id == Allocation.project_id)
        .where(
            Allocation.arranged_on <= day,
            Project.category == "management_fee",
            FundDocument.source.in_(FEE_SOURCES),
            *here,
        )
    )
    return _beyond(inner)
