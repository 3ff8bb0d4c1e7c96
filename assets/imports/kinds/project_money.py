"""The money that rows give to projects, by fund document: each row says what is arranged and paid in all."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Integer,
    Numeric,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from assets.imports.beside import beside
from assets.imports.region_keys import home_of
from assets.imports.staging import Staging
from assets.projects.models import Allocation, FundDocument, Payment
from assets.projects.standings import standings

FUNDS, MONEY = "staged_fund", "staged_money"
_YUAN = Numeric(18, 2)


def gather_funds(staging: Staging) -> Table:
    """The fund documents that rows name, and what stands behind them; ``document_id`` is null for a new one.

    A new one is received by the county of the ledger, for the year that rows say, else that of its day.
    ``differs`` is the first field in which rows speak of it differently.
    """
    rows = staging.rows
    key = func.plain_name(rows.c.fund_number)
    named = ("fund_number", "fund_title", "fund_source", "fund_year", "received_on", "received_yuan")
    words: list[Any] = []
    for name in named:
        first: Any = func.array_agg(aggregate_order_by(rows.c[name], rows.c.number))
        words.append(first.filter(rows.c[name].is_not(None))[1].label(name))
    differs = case(
        *((func.min(cast(rows.c[name], Text)) != func.max(cast(rows.c[name], Text)), name) for name in named[2:])
    )
    said = (
        select(key.label("key"), func.min(rows.c.number).label("lead"), *words, differs.label("differs"))
        .where(rows.c.fund_number.is_not(None))
        .group_by(key)
        .subquery("said")
    )
    kept, stands = FundDocument, standings()
    home = home_of(staging)
    received = func.coalesce(kept.received_on, said.c.received_on)
    columns: dict[str, tuple[Any, Any]] = {
        "key": (Text(), said.c.key),
        "lead": (Integer(), said.c.lead),
        "document_id": (BigInteger(), kept.id),
        "is_new": (Boolean(), kept.id.is_(None)),
        "region_id": (BigInteger(), func.coalesce(kept.region_id, home.id)),
        "region_path": (Text(collation="C"), func.coalesce(kept.region_path, home.region_path)),
        "number": (Text(), func.coalesce(kept.number, said.c.fund_number)),
        "title": (Text(), func.coalesce(kept.title, said.c.fund_title, said.c.fund_number)),
        "source": (Text(), func.coalesce(kept.source, said.c.fund_source)),
        "budget_year": (Integer(), func.coalesce(kept.budget_year, said.c.fund_year, func.extract("year", received))),
        "received_on": (Date(), received),
        "received_yuan": (_YUAN, func.coalesce(kept.received_yuan, said.c.received_yuan)),
        "said_source": (Text(), said.c.fund_source),
        "said_yuan": (_YUAN, said.c.received_yuan),
        "retired_on": (Date(), kept.retired_on),
        "differs": (Text(), said.c.differs),
        "arranged": (_YUAN, func.coalesce(stands.c.arranged, 0)),
        "paid": (_YUAN, func.coalesce(stands.c.paid, 0)),
        "taken_back": (_YUAN, func.coalesce(stands.c.taken_back, 0)),
    }
    same = and_(func.plain_name(kept.number) == said.c.key, staging.seen(kept))
    source = said.outerjoin(kept, same).outerjoin(stands, stands.c.document_id == kept.id)
    return _kept(staging, FUNDS, columns, select(*(value for _, value in columns.values())).select_from(source))


def gather_money(staging: Staging, groups: Table, funds: Table, work: Table) -> Table:
    """By row with a fund document: what it arranges and pays for its project beyond what is recorded."""
    rows = staging.rows
    pairs = (
        select(
            Allocation.project_id,
            Allocation.fund_document_id,
            func.min(case((Allocation.kind == "arranged", Allocation.id))).label("first_id"),
            func.min(case((Allocation.kind == "arranged", Allocation.arranged_on))).label("first_on"),
            func.sum(Allocation.arranged_yuan).label("arranged"),
        )
        .where(staging.seen(Allocation))
        .group_by(Allocation.project_id, Allocation.fund_document_id)
        .subquery("pairs")
    )
    paid = (
        select(Allocation.project_id, Allocation.fund_document_id, func.sum(Payment.paid_yuan).label("paid"))
        .join(Payment, Payment.allocation_id == Allocation.id)
        .where(staging.seen(Allocation))
        .group_by(Allocation.project_id, Allocation.fund_document_id)
        .subquery("paid")
    )
    was_arranged, was_paid = func.coalesce(pairs.c.arranged, 0), func.coalesce(paid.c.paid, 0)
    columns: dict[str, tuple[Any, Any]] = {
        "row_number": (Integer(), rows.c.number),
        "lead": (Integer(), groups.c.lead),
        "project_id": (BigInteger(), work.c.record_id),
        "key": (Text(), funds.c.key),
        "first_id": (BigInteger(), pairs.c.first_id),
        "first_on": (Date(), func.coalesce(pairs.c.first_on, rows.c.arranged_on)),
        "was_arranged": (_YUAN, was_arranged),
        "was_paid": (_YUAN, was_paid),
        "arranged": (_YUAN, func.coalesce(rows.c.arranged_yuan, was_arranged)),
        "paid": (_YUAN, func.coalesce(rows.c.paid_yuan, was_paid)),
    }
    here = and_(pairs.c.project_id == work.c.record_id, pairs.c.fund_document_id == funds.c.document_id)
    spent = and_(paid.c.project_id == work.c.record_id, paid.c.fund_document_id == funds.c.document_id)
    source = (
        rows.join(groups, groups.c.number == rows.c.number)
        .join(funds, funds.c.key == func.plain_name(rows.c.fund_number))
        .join(work, work.c.number == groups.c.lead)
        .outerjoin(pairs, here)
        .outerjoin(paid, spent)
    )
    return _kept(staging, MONEY, columns, select(*(value for _, value in columns.values())).select_from(source))


def _kept(staging: Staging, name: str, columns: dict[str, tuple[Any, Any]], chosen: Any) -> Table:
    table = beside(staging, name, *(Column(key, kind) for key, (kind, _) in columns.items()), of=chosen)
    staging.session.info[name] = table
    return table


def tell_differences(staging: Staging, money: Table) -> None:
    """Add to what differs from a recorded project what is arranged and paid for it beyond what was."""
    rows = staging.rows
    for name, column in (("arranged", "arranged_yuan"), ("paid", "paid_yuan")):
        before, after = money.c[f"was_{name}"], money.c[name]
        told = func.jsonb_build_object(literal(column, Text), func.jsonb_build_array(before, after))
        staging.set(
            {"differences": rows.c.differences.op("||")(told)},
            rows.c.number == money.c.row_number,
            rows.c.record_id.is_not(None),
            or_(before != after),
        )
