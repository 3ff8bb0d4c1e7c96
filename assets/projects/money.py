"""Reading fund documents, what is arranged from them, and what is paid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Table,
    case,
    extract,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from assets.errors import NotFound
from assets.filters import Filter
from assets.projects.models import Allocation, CarryOver, FundDocument, Payment, Project
from assets.scope import within

ZERO = Decimal(0)
# A rule counts every line of a document, whoever looks.
_lines = cast(Table, Allocation.__table__)
_payments = cast(Table, Payment.__table__)


@dataclass(frozen=True)
class Standing:
    """All the money of one document, whoever sees it; exact to the cent."""

    received: Decimal
    arranged: Decimal
    paid: Decimal
    taken_back: Decimal

    @property
    def usable(self) -> Decimal:
        """What was received and not taken back by those above."""
        return self.received - self.taken_back

    @property
    def free(self) -> Decimal:
        """What may still be arranged; below zero where too much is."""
        return self.usable - self.arranged


def standing(session: Session, document: FundDocument) -> Standing:
    """What stands behind a document now; lock the document first to rely on it."""
    arranged = session.scalar(select(func.sum(_lines.c.arranged_yuan)).where(_lines.c.fund_document_id == document.id))
    paid = session.scalar(
        select(func.sum(_payments.c.paid_yuan))
        .join(_lines, _lines.c.id == _payments.c.allocation_id)
        .where(_lines.c.fund_document_id == document.id)
    )
    back = session.scalar(select(func.sum(CarryOver.taken_back_yuan)).where(CarryOver.fund_document_id == document.id))
    return Standing(document.received_yuan, arranged or ZERO, paid or ZERO, back or ZERO)


def paid_until(session: Session, document_id: int, day: dt.date) -> Decimal:
    """All that was paid from a document until ``day``, whoever sees it."""
    return (
        session.scalar(
            select(func.sum(_payments.c.paid_yuan))
            .join(_lines, _lines.c.id == _payments.c.allocation_id)
            .where(_lines.c.fund_document_id == document_id, _payments.c.paid_on <= day)
        )
        or ZERO
    )


def usual_payment(session: Session, document_id: int, *, but: int | None = None) -> Decimal | None:
    """The middle of the other payments from a document; None where there are none."""
    statement = (
        select(func.percentile_disc(0.5).within_group(_payments.c.paid_yuan))
        .join(_lines, _lines.c.id == _payments.c.allocation_id)
        .where(_lines.c.fund_document_id == document_id)
    )
    if but is not None:
        statement = statement.where(_payments.c.id != but)
    return session.scalar(statement)


def get_document(session: Session, document_id: int) -> FundDocument:
    """One fund document.

    Raises
    ------
    NotFound
        When there is none, or it is not the viewer's to see.
    """
    found = session.scalars(select(FundDocument).where(FundDocument.id == document_id)).first()
    if found is None:
        raise NotFound
    return found


def get_line(session: Session, allocation_id: int) -> Allocation:
    """The first line of the allocation that a line belongs to; raises ``NotFound`` like :func:`get_document`."""
    own = aliased(Allocation)
    found = session.scalars(
        select(Allocation)
        .join(
            own,
            (own.fund_document_id == Allocation.fund_document_id) & (own.project_id == Allocation.project_id),
        )
        .where(own.id == allocation_id, Allocation.kind == "arranged")
    ).first()
    if found is None:
        raise NotFound
    return found


def arranged_for(session: Session, document_id: int, project_id: int) -> Decimal:
    """What a document gives to a project by now."""
    return (
        session.scalar(
            select(func.sum(Allocation.arranged_yuan)).where(
                Allocation.fund_document_id == document_id, Allocation.project_id == project_id
            )
        )
        or ZERO
    )


def paid_for(session: Session, document_id: int, project_id: int) -> Decimal:
    """What was paid of it by now."""
    return (
        session.scalar(
            select(func.sum(Payment.paid_yuan))
            .join(Allocation, Allocation.id == Payment.allocation_id)
            .where(Allocation.fund_document_id == document_id, Allocation.project_id == project_id)
        )
        or ZERO
    )


def documents(asked: Filter, *columns: Any) -> Select[Any]:
    """The fund documents that ``asked`` describes: received by its day, for its budget years."""
    return select(*columns).select_from(FundDocument).where(*document_criteria(asked))


def document_criteria(asked: Filter) -> list[ColumnElement[bool]]:
    """What ``asked`` demands of a document; those of the areas above are told to nobody below."""
    found: list[ColumnElement[bool]] = [
        within(FundDocument.region_path, asked.area_path),
        FundDocument.kept_on(asked.day),
        FundDocument.received_on <= asked.day,
    ]
    if asked.year:
        found.append(FundDocument.budget_year.in_(sorted(asked.year)))
    if asked.fund:
        found.append(FundDocument.source.in_(sorted(asked.fund)))
    if asked.words:
        like = "%" + asked.words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        found.append(or_(FundDocument.number.ilike(like), FundDocument.title.ilike(like)))
    return found


def arranged_from(document_id: Any, day: dt.date) -> ScalarSelect[Any]:
    """What was arranged from a document until ``day``, as far as the viewer sees it."""
    return (
        select(func.coalesce(func.sum(Allocation.arranged_yuan), 0))
        .where(Allocation.fund_document_id == document_id, Allocation.arranged_on <= day)
        .scalar_subquery()
    )


def paid_from(document_id: Any, day: dt.date) -> ScalarSelect[Any]:
    """What was paid from a document until ``day``, as far as the viewer sees it."""
    return (
        select(func.coalesce(func.sum(Payment.paid_yuan), 0))
        .join(Allocation, Allocation.id == Payment.allocation_id)
        .where(Allocation.fund_document_id == document_id, Payment.paid_on <= day)
        .scalar_subquery()
    )


def taken_back_from(document_id: Any, day: dt.date) -> ScalarSelect[Any]:
    """What those above took back of a document until ``day``."""
    return (
        select(func.coalesce(func.sum(CarryOver.taken_back_yuan), 0))
        .where(CarryOver.fund_document_id == document_id, CarryOver.decided_on <= day)
        .scalar_subquery()
    )


def allocations_of(session: Session, document_id: int, day: dt.date) -> Sequence[Any]:
    """What each project gets of a document and what is paid of it, on ``day``; the largest first."""
    paid = (
        select(
            Allocation.project_id, func.sum(Payment.paid_yuan).label("paid"), func.max(Payment.paid_on).label("last")
        )
        .join(Payment, Payment.allocation_id == Allocation.id)
        .where(Allocation.fund_document_id == document_id, Payment.paid_on <= day)
        .group_by(Allocation.project_id)
        .subquery()
    )
    first = func.min(case((Allocation.kind == "arranged", Allocation.id)))
    arranged = func.sum(Allocation.arranged_yuan)
    return session.execute(
        select(
            Project.id.label("project_id"),
            Project.name,
            Project.category,
            Project.stage,
            first.label("allocation_id"),
            func.min(Allocation.arranged_on).label("arranged_on"),
            arranged.label("arranged_yuan"),
            func.count().label("lines"),
            func.coalesce(func.min(paid.c.paid), 0).label("paid_yuan"),
            func.min(paid.c.last).label("last_paid_on"),
        )
        .join(Allocation, Allocation.project_id == Project.id)
        .outerjoin(paid, paid.c.project_id == Project.id)
        .where(Allocation.fund_document_id == document_id, Allocation.arranged_on <= day)
        .group_by(Project.id)
        .order_by(arranged.desc(), Project.id)
        .limit(500)
    ).all()


def ledger_of(session: Session, document_id: int, day: dt.date, *, project_id: int | None = None) -> Sequence[Any]:
    """Every movement of a document until ``day`` with running sums: received, arranged, paid, taken back.

    ``change`` is what came in or went; ``arranged_so_far`` and ``paid_so_far`` run along. With a
    project, only the lines of that project.
    """
    of_project = [Allocation.project_id == project_id] if project_id is not None else []
    arranged = select(
        Allocation.arranged_on.label("day"),
        literal(1).label("turn"),
        Allocation.id.label("id"),
        Allocation.kind.label("kind"),
        Allocation.arranged_yuan.label("change"),
        Project.id.label("project_id"),
        Project.name.label("project"),
        Allocation.document.label("paper"),
        null().label("payee"),
        Allocation.excess_reason.label("excess_reason"),
    ).join(Project, Project.id == Allocation.project_id)
    paid = (
        select(
            Payment.paid_on,
            literal(2),
            Payment.id,
            literal("paid"),
            Payment.paid_yuan,
            Project.id,
            Project.name,
            Payment.voucher,
            Payment.payee,
            Payment.excess_reason,
        )
        .join(Allocation, Allocation.id == Payment.allocation_id)
        .join(Project, Project.id == Allocation.project_id)
    )
    rows = union_all(
        arranged.where(Allocation.fund_document_id == document_id, Allocation.arranged_on <= day, *of_project),
        paid.where(Allocation.fund_document_id == document_id, Payment.paid_on <= day, *of_project),
    ).subquery("movement")
    order = (rows.c.day, rows.c.turn, rows.c.id)

    def running(kinds: Any) -> Any:
        return func.sum(case((kinds, rows.c.change), else_=0)).over(order_by=order, rows=(None, 0))

    return session.execute(
        select(
            *rows.c,
            running(rows.c.kind != "paid").label("arranged_so_far"),
            running(rows.c.kind == "paid").label("paid_so_far"),
        )
        .order_by(*order)
        .limit(2_000)
    ).all()


def years_closed(session: Session, document_id: int) -> Sequence[CarryOver]:
    """How a document's years were closed, the first first."""
    return session.scalars(
        select(CarryOver).where(CarryOver.fund_document_id == document_id).order_by(CarryOver.year)
    ).all()


def paid_by_year(session: Session, document_id: int, day: dt.date) -> dict[int, Decimal]:
    """What was paid from a document in each year."""
    year = extract("year", Payment.paid_on)
    rows = session.execute(
        select(year, func.sum(Payment.paid_yuan))
        .join(Allocation, Allocation.id == Payment.allocation_id)
        .where(Allocation.fund_document_id == document_id, Payment.paid_on <= day)
        .group_by(year)
    )
    return {int(number): amount for number, amount in rows}
