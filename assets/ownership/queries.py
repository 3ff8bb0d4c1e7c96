"""Reading rights, contracts and income of assets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select
from sqlalchemy.orm import Session

from assets.ownership.models import Contract, Income, Right
from assets.parties.models import Party


def in_force(entity: Any, day: dt.date) -> ColumnElement[bool]:
    """The criterion that a row with ``valid_from`` and ``valid_to`` holds on ``day``."""
    return and_(entity.valid_from <= day, or_(entity.valid_to.is_(None), entity.valid_to > day))


def owner_names(asset_id: Any, day: dt.date) -> ScalarSelect[str]:
    """The owners of an asset on ``day``, in one text."""
    return (
        select(func.string_agg(Party.name, "、"))
        .join(Right, Right.party_id == Party.id)
        .where(Right.asset_id == asset_id, Right.kind == "ownership", in_force(Right, day))
        .scalar_subquery()
    )


def operator_name(asset_id: Any, day: dt.date) -> ScalarSelect[str]:
    """Who operates an asset by contract on ``day``."""
    return (
        select(Party.name)
        .join(Contract, Contract.party_id == Party.id)
        .where(
            Contract.asset_id == asset_id,
            Contract.starts_on <= day,
            Contract.ends_on > day,
            or_(Contract.ended_early_on.is_(None), Contract.ended_early_on > day),
        )
        .order_by(Contract.starts_on.desc())
        .limit(1)
        .scalar_subquery()
    )


def rights_of(session: Session, asset_id: int) -> Sequence[Any]:
    """The rights in an asset with their holders, those in force and the latest first."""
    return session.execute(
        select(
            Right.kind,
            Party.name.label("holder"),
            Party.type.label("holder_type"),
            Right.share_numerator,
            Right.share_denominator,
            Right.valid_from,
            Right.valid_to,
            Right.document,
        )
        .join(Party, Party.id == Right.party_id)
        .where(Right.asset_id == asset_id)
        .order_by(Right.valid_to.desc().nulls_first(), Right.kind, Right.valid_from.desc(), Right.id)
        .limit(100)
    ).all()


def contracts_of(session: Session, asset_id: int) -> Sequence[Any]:
    """The contracts of an asset with their operators, the latest first."""
    return session.execute(
        select(
            Contract.number,
            Contract.mode,
            Party.name.label("operator"),
            Contract.annual_rent_yuan,
            Contract.starts_on,
            Contract.ends_on,
            Contract.ended_early_on,
            Contract.filed_on,
        )
        .join(Party, Party.id == Contract.party_id)
        .where(Contract.asset_id == asset_id)
        .order_by(Contract.ends_on.desc(), Contract.id)
        .limit(50)
    ).all()


def income_of(session: Session, asset_id: int) -> Sequence[Income]:
    """The yearly income of an asset, the latest first."""
    return session.scalars(
        select(Income).where(Income.asset_id == asset_id).order_by(Income.year.desc()).limit(20)
    ).all()
