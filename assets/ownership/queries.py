"""Reading rights, contracts and income of assets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Text, and_, case, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from assets.errors import NotFound
from assets.ownership.models import Contract, Income, Right
from assets.parties.models import Party
from assets.registry.models import Asset
from assets.vocabulary import RIGHT_KINDS

_KIND_ORDER = case({kind: place for place, kind in enumerate(RIGHT_KINDS)}, value=Right.kind)


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


def owner_shares(asset_id: Any, day: dt.date) -> ScalarSelect[str]:
    """The owners of an asset on ``day``, where there are several each with its share: 甲村集体 1/2、乙村集体 1/2."""
    name = Party.name.collate("C")
    share = func.concat(Party.name, " ", Right.share_numerator, "/", Right.share_denominator)
    shares = func.string_agg(share, aggregate_order_by(literal("、"), name), type_=Text())
    return (
        select(case((func.count() == 1, func.min(Party.name)), else_=shares))
        .select_from(Right)
        .join(Party, Right.party_id == Party.id)
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


def rights_of(session: Session, asset_id: int, *, limit: int = 200) -> Sequence[Any]:
    """The rights in an asset with their holders, those in force and the latest first."""
    return session.execute(
        _holders(Right.asset_id == asset_id)
        .order_by(Right.valid_to.desc().nulls_first(), _KIND_ORDER, Right.valid_from.desc(), Right.id)
        .limit(limit)
    ).all()


def holders_on(session: Session, asset_id: int, day: dt.date) -> Sequence[Any]:
    """Who held which right in an asset on ``day``, as far as is known today; the largest share first.

    Each row: id, kind, party_id, holder, holder_type, share_numerator, share_denominator,
    valid_from, valid_to, document, revision, successor_id and successor (what a holder that has
    ended became).
    """
    share = Right.share_numerator * 1.0 / Right.share_denominator
    return session.execute(
        _holders(Right.asset_id == asset_id, in_force(Right, day)).order_by(
            _KIND_ORDER, share.desc(), Party.name.collate("zh-x-icu"), Right.id
        )
    ).all()


def assets_held_by(
    session: Session, party_id: int, *, day: dt.date | None = None, limit: int = 100, offset: int = 0
) -> Sequence[Any]:
    """The rights of one holder with the assets the viewer sees; those in force and the latest first.

    Each row: id, asset_id, code, asset, asset_class, kind, share_numerator, share_denominator,
    valid_from, valid_to, document. With ``day`` only those that held on it.
    """
    statement = (
        select(
            Right.id,
            Asset.id.label("asset_id"),
            Asset.code,
            Asset.name.label("asset"),
            Asset.asset_class,
            Right.kind,
            Right.share_numerator,
            Right.share_denominator,
            Right.valid_from,
            Right.valid_to,
            Right.document,
        )
        .join(Asset, Asset.id == Right.asset_id)
        .where(Right.party_id == party_id)
        .order_by(Right.valid_to.desc().nulls_first(), Right.valid_from.desc(), Asset.code, _KIND_ORDER)
        .limit(limit)
        .offset(offset)
    )
    return session.execute(statement if day is None else statement.where(in_force(Right, day))).all()


def rights_held_by(session: Session, party_id: int, day: dt.date) -> dict[str, int]:
    """How many rights a holder has on ``day``, by kind, in assets the viewer sees."""
    rows = session.execute(
        select(Right.kind, func.count().label("rights"))
        .where(Right.party_id == party_id, in_force(Right, day))
        .group_by(Right.kind)
        .order_by(_KIND_ORDER)
    )
    return {row.kind: row.rights for row in rows}


def get_right(session: Session, right_id: int) -> Right:
    """One right.

    Raises
    ------
    NotFound
        When there is none, or its asset is not the viewer's to see.
    """
    found = session.scalars(select(Right).where(Right.id == right_id)).first()
    if found is None:
        raise NotFound
    return found


def _holders(*criteria: ColumnElement[bool]) -> Any:
    successor = aliased(Party)
    return (
        select(
            Right.id,
            Right.kind,
            Right.party_id,
            Party.name.label("holder"),
            Party.type.label("holder_type"),
            Right.share_numerator,
            Right.share_denominator,
            Right.valid_from,
            Right.valid_to,
            Right.document,
            Right.revision,
            successor.id.label("successor_id"),
            successor.name.label("successor"),
        )
        .join(Party, Party.id == Right.party_id)
        .outerjoin(successor, successor.id == Party.successor_id)
        .where(*criteria)
    )


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
