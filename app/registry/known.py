"""What the registry knew of an asset at a moment, field by field beside what it knows now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.registry.chronicle import Step
from app.registry.wording import FIELDS, ToldStep, tell
from assets.known import known_at, record_known_at
from assets.ownership.models import Right
from assets.parties.models import Party
from assets.registry.models import Asset, ValueEvent

_TOLD = tuple(name for name in FIELDS if hasattr(Asset, name) and name not in ("geom", "code"))


@dataclass(frozen=True)
class Known:
    """The asset at a moment: its fields as (name, then, now), its value and its owners; None if unknown then."""

    fields: Sequence[tuple[str, str | None, str]]
    value_yuan: Decimal
    owners: Sequence[Any]


def read_known(session: Session, asset: Asset, moment: dt.datetime, *, today: dt.date) -> Known | None:
    """What was known of ``asset`` at ``moment``; None when it was not registered yet."""
    then = record_known_at(session, Asset, asset.id, moment)
    if then is None:
        return None
    changes = [(name, _plain(then.get(name)), _plain(getattr(asset, name))) for name in _TOLD]
    told: ToldStep = tell(
        session, [Step(moment, "", None, Asset.__tablename__, asset.id, None, changes, first=False)], day=today
    )[0]
    day = moment.date()
    events: Any = known_at(ValueEvent, moment)
    amounts = session.scalars(
        select(events.amount_yuan).where(events.asset_id == asset.id, events.occurred_on <= day)
    ).all()
    rights: Any = known_at(Right, moment)
    owners = session.execute(
        select(Party.name, rights.share_numerator, rights.share_denominator)
        .join(Party, Party.id == rights.party_id)
        .where(
            rights.asset_id == asset.id,
            rights.kind == "ownership",
            rights.valid_from <= day,
            (rights.valid_to.is_(None)) | (rights.valid_to > day),
        )
        .order_by(rights.id)
    ).all()
    return Known(told.changes, sum(amounts, Decimal(0)), owners)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | None) else str(value)
