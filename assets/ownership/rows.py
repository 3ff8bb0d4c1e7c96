"""Rows of rights: the asset they belong to, held for a change, and new ones."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets import audit, editing
from assets.errors import NotFound
from assets.ownership.models import Right
from assets.registry.holding import hold_asset
from assets.registry.models import Asset
from assets.scope import viewer_of


def asset_of(session: Session, right_id: int) -> Asset:
    """The asset of a right, locked, and the viewer's to change."""
    asset_id = session.scalar(select(Right.asset_id).where(Right.id == right_id))
    if asset_id is None:
        raise NotFound
    return hold_asset(session, asset_id)


def share_row(share: Fraction, valid_from: dt.date, valid_to: dt.date | None) -> Right:
    """A right to reckon with, not to keep."""
    return Right(
        share_numerator=share.numerator, share_denominator=share.denominator, valid_from=valid_from, valid_to=valid_to
    )


def add_right(
    session: Session,
    asset_id: int,
    kind: str,
    party_id: int | None,
    share: Fraction,
    valid_from: dt.date,
    valid_to: dt.date | None,
    document: str | None,
    action: str,
    *,
    reason: str | None = None,
) -> Right:
    """Enter a right that was found to be in order; leaves its audit entry."""
    me = viewer_of(session).account_id
    right = share_row(share, valid_from, valid_to)
    editing.assign(
        right,
        {"asset_id": asset_id, "kind": kind, "party_id": party_id, "document": document}
        | {"created_by": me, "updated_by": me},
    )
    session.add(right)
    audit.record(session, action, right, reason=reason)
    return right
