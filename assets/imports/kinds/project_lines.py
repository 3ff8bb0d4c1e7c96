"""The money of projects as a ledger that goes out says it: a line for each fund document."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, case, func, select

from assets.imports.staging import Staging
from assets.projects.models import Allocation, FundDocument, Payment


def fund_lines(staging: Staging) -> Select[Any]:
    """What each document has given to each of the staged projects, in the form that rows say it."""
    here = Allocation.project_id.in_(select(staging.rows.c.record_id))
    paid = (
        select(Allocation.project_id, Allocation.fund_document_id, func.sum(Payment.paid_yuan).label("paid"))
        .join(Payment, Payment.allocation_id == Allocation.id)
        .where(here)
        .group_by(Allocation.project_id, Allocation.fund_document_id)
        .subquery("paid")
    )
    arranged = (
        select(
            Allocation.project_id,
            Allocation.fund_document_id,
            func.min(case((Allocation.kind == "arranged", Allocation.arranged_on))).label("arranged_on"),
            func.sum(Allocation.arranged_yuan).label("arranged"),
        )
        .where(here)
        .group_by(Allocation.project_id, Allocation.fund_document_id)
        .subquery("arranged")
    )
    # What was given back whole says nothing any more.
    given = func.nullif(arranged.c.arranged, 0)
    return (
        select(
            arranged.c.project_id.label("record_id"),
            FundDocument.number.label("fund_number"),
            FundDocument.title.label("fund_title"),
            FundDocument.source.label("fund_source"),
            FundDocument.budget_year.label("fund_year"),
            FundDocument.received_on,
            FundDocument.received_yuan,
            arranged.c.arranged_on,
            given.label("arranged_yuan"),
            func.nullif(paid.c.paid, 0).label("paid_yuan"),
        )
        .join(FundDocument, FundDocument.id == arranged.c.fund_document_id)
        .outerjoin(
            paid,
            (paid.c.project_id == arranged.c.project_id) & (paid.c.fund_document_id == arranged.c.fund_document_id),
        )
        .where(given.is_not(None))
    )
