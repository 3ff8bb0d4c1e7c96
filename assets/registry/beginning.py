"""The first day of an asset, and what was recorded with it on that day."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from assets import audit
from assets.checking import Checks
from assets.db import OFFICE_ZONE
from assets.registry.models import Asset, OperatingPeriod, ValueEvent
from assets.scope import viewer_of

FIRST_DAY = dt.date(2012, 1, 1)


def start_of(asset: Asset) -> dt.date:
    """The first day of an asset: built, or else handed over, or else entered."""
    return asset.built_on or asset.handed_over_on or asset.created_at.astimezone(OFFICE_ZONE).date()


def check_beginning(checks: Checks, session: Session, asset: Asset, old: dt.date, new: dt.date) -> None:
    """Whether everything recorded of the asset still lies within its time when it begins on ``new``.

    What was recorded on the old first day itself moves along (:func:`move_beginning`).
    """
    if new <= old:
        return
    value = select(ValueEvent.occurred_on).where(
        ValueEvent.asset_id == asset.id, ValueEvent.occurred_on > old, ValueEvent.occurred_on < new
    )
    status = select(OperatingPeriod.valid_from).where(
        OperatingPeriod.asset_id == asset.id, OperatingPeriod.valid_from > old, OperatingPeriod.valid_from <= new
    )
    for statement in (value, status):
        day = session.scalars(statement.limit(1)).first()
        if day is not None:
            message = "Its value or operating status is recorded for {day} already; set that right first."
            checks.refuse("built_on", message, day=day)
            return


def move_beginning(session: Session, asset: Asset, old: dt.date, new: dt.date, *, reason: str) -> None:
    """Let what was recorded on the old first day begin on the new one."""
    me = viewer_of(session).account_id
    for event in session.scalars(
        select(ValueEvent).where(ValueEvent.asset_id == asset.id, ValueEvent.occurred_on == old)
    ).all():
        event.occurred_on, event.updated_by = new, me
        audit.record(session, "registry.correct_value", event, reason=reason)
    first = select(OperatingPeriod).where(OperatingPeriod.asset_id == asset.id)
    period = session.scalars(
        first.where(or_(OperatingPeriod.valid_from == old, OperatingPeriod.valid_from < new))
        .order_by(OperatingPeriod.valid_from)
        .limit(1)
    ).first()
    if period is not None and period.valid_from == old:
        period.valid_from, period.updated_by = new, me
        audit.record(session, "registry.set_operating_status", period, reason=reason)
