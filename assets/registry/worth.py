"""What assets are worth on a day: original value, net value, and whose money it was."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Numeric, ScalarSelect, and_, case, cast, func, literal, or_, select

from assets.registry.models import Asset, ValueEvent
from assets.terms.models import Term


@dataclass(frozen=True)
class FundShare:
    """What one source paid of an asset: yuan, and its part of all that was paid in."""

    fund_source: str | None
    amount_yuan: Decimal
    whole_yuan: Decimal


def original_value(events: Sequence[Any], day: dt.date) -> Decimal:
    """What the events up to ``day`` add up to."""
    return sum((event.amount_yuan for event in events if event.occurred_on <= day), Decimal(0))


def net_value(asset: Asset, events: Sequence[Any], day: dt.date) -> Decimal | None:
    """Original value less depreciation as of ``day``; None where no useful life is set, or no value.

    Each event is written off evenly over the useful life from its own day, by whole months; an
    asset whose rule is ``none`` (land, breeding stock on revolving terms) keeps its value.
    """
    known = [event for event in events if event.occurred_on <= day]
    if not known or (asset.useful_life_years is None and asset.depreciation != "none"):
        return None
    if asset.depreciation == "none" or asset.useful_life_years is None:
        return original_value(known, day)
    months = asset.useful_life_years * 12
    kept = Decimal(0)
    for event in known:
        passed = (day.year - event.occurred_on.year) * 12 + day.month - event.occurred_on.month
        kept += event.amount_yuan * max(0, months - passed) / months
    return kept.quantize(Decimal("0.01"))


def net_value_of(day: dt.date) -> ScalarSelect[Any]:
    """The net value of :class:`Asset` on ``day`` in SQL, as :func:`net_value` says it."""
    months = Asset.useful_life_years * 12
    passed = (literal(day.year) - func.extract("year", ValueEvent.occurred_on)) * 12 + (
        literal(day.month) - func.extract("month", ValueEvent.occurred_on)
    )
    left = ValueEvent.amount_yuan * func.greatest(0, months - passed) / months
    kept = case((Asset.depreciation == "none", ValueEvent.amount_yuan), else_=left)
    return (
        select(func.round(cast(func.sum(kept), Numeric), 2))
        .where(ValueEvent.asset_id == Asset.id, ValueEvent.occurred_on <= day)
        .correlate(Asset)
        .scalar_subquery()
    )


def fund_shares(events: Sequence[Any], day: dt.date) -> list[FundShare]:
    """Whose money was put in up to ``day``, the largest part first; losses are nobody's."""
    paid: dict[str | None, Decimal] = defaultdict(Decimal)
    for event in events:
        if event.occurred_on <= day and event.amount_yuan > 0:
            paid[event.fund_source] += event.amount_yuan
    whole = sum(paid.values(), Decimal(0))
    shares = [FundShare(source, amount, whole) for source, amount in paid.items()]
    return sorted(shares, key=lambda share: (-share.amount_yuan, share.fund_source or ""))


def fund_shares_of(day: dt.date, *, language: str) -> ScalarSelect[Any]:
    """The sources of :class:`Asset` on ``day`` in SQL, in one text: 中央 60%、县级 40%."""
    label: Any = Term.name_en if language == "en" else Term.name_zh
    paid = (
        select(
            ValueEvent.fund_source.label("source"),
            func.sum(ValueEvent.amount_yuan).label("amount"),
            func.sum(func.sum(ValueEvent.amount_yuan)).over().label("whole"),
        )
        .where(ValueEvent.asset_id == Asset.id, ValueEvent.occurred_on <= day, ValueEvent.amount_yuan > 0)
        .group_by(ValueEvent.fund_source)
        .correlate(Asset)
        .subquery("paid")
    )
    named: ColumnElement[Any] = func.coalesce(label, paid.c.source, "?")
    percent = func.round(100 * paid.c.amount / paid.c.whole, 0)
    # A whole number of percent is written without decimals.
    part = named + " " + cast(percent, Numeric(5, 0)).cast(Term.code.type) + "%"
    return (
        select(func.string_agg(part, literal("、")).filter(paid.c.amount > 0))
        .select_from(paid)
        .outerjoin(
            Term,
            and_(
                Term.kind == "fund_source",
                Term.code == paid.c.source,
                Term.valid_from <= day,
                or_(Term.valid_to.is_(None), Term.valid_to > day),
            ),
        )
        .scalar_subquery()
    )
