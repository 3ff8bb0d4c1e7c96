"""Entering fund documents, what is arranged from them, and what is paid."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Table, and_, case, func, insert, literal, or_, select, update
from sqlalchemy import Text as TextType
from sqlalchemy.orm import aliased

from assets.imports import auditing
from assets.imports.staging import Staging
from assets.projects.models import Allocation, FundDocument, Payment
from assets.scope import viewer_of


def write_money(staging: Staging, funds: Table, money: Table) -> None:
    """New documents first, then the lines of money, then payments out of them; each with its entry."""
    rows = staging.rows
    written = select(rows.c.number).where(or_(staging.new, staging.changed))
    _hold(staging, funds)
    _register(staging, funds, written)
    _arrange(staging, funds, money, written)
    _pay(staging, funds, money, written)


def _hold(staging: Staging, funds: Table) -> None:
    """Lock the documents, as arranging from one of them does, so that two at once see each other's sums."""
    held = (
        select(FundDocument.id)
        .where(FundDocument.id.in_(select(funds.c.document_id)))
        .order_by(FundDocument.id)
        .with_for_update(key_share=True, of=FundDocument)
        .subquery("held")
    )
    staging.session.execute(select(func.count()).select_from(held))


def _register(staging: Staging, funds: Table, written: Any) -> None:
    session, rows = staging.session, staging.rows
    me = viewer_of(session).account_id
    named = select(func.plain_name(rows.c.fund_number)).where(rows.c.number.in_(written))
    new = and_(funds.c.is_new, funds.c.key.in_(named))
    session.execute(
        update(funds)
        .values(document_id=func.nextval(func.pg_get_serial_sequence("fund_document", "id")))
        .where(new, funds.c.document_id.is_(None))
    )
    said: dict[str, Any] = {
        "id": funds.c.document_id,
        **{name: funds.c[name] for name in ("region_id", "number", "title", "source", "budget_year")},
        **{name: funds.c[name] for name in ("received_on", "received_yuan")},
        "created_by": literal(me, BigInteger),
    }
    chosen = select(*said.values()).where(new).order_by(funds.c.lead)
    session.execute(insert(FundDocument).from_select([getattr(FundDocument, name) for name in said], chosen))
    auditing.note_added(
        session,
        staging.batch,
        "funds.register_document",
        FundDocument,
        FundDocument.id.in_(select(funds.c.document_id).where(new)),
        path=FundDocument.region_path,
    )


def _lines(staging: Staging, funds: Table, money: Table) -> Any:
    rows = staging.rows
    return rows.join(money, money.c.row_number == rows.c.number).join(funds, funds.c.key == money.c.key)


def _arrange(staging: Staging, funds: Table, money: Table, written: Any) -> None:
    rows, session = staging.rows, staging.session
    more = money.c.arranged - money.c.was_arranged
    kind = case((money.c.first_id.is_(None), "arranged"), else_="adjusted")
    said: dict[str, Any] = {
        "fund_document_id": funds.c.document_id,
        "project_id": rows.c.record_id,
        "kind": kind,
        "arranged_on": rows.c.arranged_on,
        "arranged_yuan": more,
        "excess_reason": rows.c.excess_reason,
        "created_by": literal(viewer_of(session).account_id, BigInteger),
    }
    before = session.scalar(select(func.coalesce(func.max(Allocation.id), 0))) or 0
    chosen = select(*said.values()).select_from(_lines(staging, funds, money))
    chosen = chosen.where(more != 0, rows.c.number.in_(written)).order_by(rows.c.number)
    session.execute(insert(Allocation).from_select([getattr(Allocation, name) for name in said], chosen))
    mine = and_(Allocation.id > before, Allocation.project_id.in_(select(rows.c.record_id)))
    for word, action in (("arranged", "funds.arrange"), ("adjusted", "funds.adjust")):
        auditing.note_added(session, staging.batch, action, Allocation, mine, Allocation.kind == word)


def _pay(staging: Staging, funds: Table, money: Table, written: Any) -> None:
    rows, session = staging.rows, staging.session
    more = money.c.paid - money.c.was_paid
    first = aliased(Allocation)
    said: dict[str, Any] = {
        "allocation_id": first.id,
        "paid_on": rows.c.paid_on,
        "paid_yuan": more,
        "voucher": func.trim(rows.c.voucher, type_=TextType),
        "payee": func.trim(rows.c.payee, type_=TextType),
        "excess_reason": rows.c.excess_reason,
        "created_by": literal(viewer_of(session).account_id, BigInteger),
    }
    line = and_(
        first.fund_document_id == funds.c.document_id, first.project_id == rows.c.record_id, first.kind == "arranged"
    )
    before = session.scalar(select(func.coalesce(func.max(Payment.id), 0))) or 0
    chosen = select(*said.values()).select_from(_lines(staging, funds, money).join(first, line))
    chosen = chosen.where(more > 0, rows.c.number.in_(written)).order_by(rows.c.number)
    session.execute(insert(Payment).from_select([getattr(Payment, name) for name in said], chosen))
    lines = select(first.id).where(first.project_id.in_(select(rows.c.record_id)))
    mine = and_(Payment.id > before, Payment.allocation_id.in_(lines))
    auditing.note_added(session, staging.batch, "funds.pay", Payment, mine)
