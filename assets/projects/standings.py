"""All the money of many fund documents at once."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, func, select

from assets.projects.models import Allocation, CarryOver, FundDocument, Payment

# A limit counts every line of a document, whoever looks.
_lines = cast(Table, Allocation.__table__)
_payments = cast(Table, Payment.__table__)


def standings() -> Any:
    """What is arranged and paid from each document, and what those above took back.

    For one document see :func:`assets.projects.money.standing`.

    Returns
    -------
    Subquery
        ``document_id``, ``arranged``, ``paid``, ``taken_back``; zero where there is nothing.
    """
    arranged = _total(_lines.c.arranged_yuan, _lines.c.fund_document_id == FundDocument.id)
    paid = _total(
        _payments.c.paid_yuan,
        _payments.c.allocation_id == _lines.c.id,
        _lines.c.fund_document_id == FundDocument.id,
    )
    back = _total(CarryOver.taken_back_yuan, CarryOver.fund_document_id == FundDocument.id)
    return select(
        FundDocument.id.label("document_id"),
        arranged.label("arranged"),
        paid.label("paid"),
        back.label("taken_back"),
    ).subquery("standing")


def _total(amount: Any, *where: Any) -> Any:
    total = select(func.sum(amount)).where(*where).correlate(FundDocument)
    return func.coalesce(total.scalar_subquery(), 0)
