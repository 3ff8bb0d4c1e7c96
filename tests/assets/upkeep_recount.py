"""The upkeep figures counted again in plain Python, one asset and one day at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.maintenance.models import Duty, Inspection
from assets.maintenance.sums import Sums
from assets.parties.models import PostHolding
from assets.registry.models import Asset, ValueEvent
from assets.vocabulary import NO_BODY, NO_MONEY, NO_PERSON

FOREVER = dt.date(9999, 12, 31)


@dataclass(frozen=True)
class Records:
    """What the database says of all assets, read once."""

    assets: Sequence[Asset]
    duties: Sequence[Duty]
    visits: Sequence[Inspection]
    holdings: Sequence[PostHolding]
    values: Sequence[ValueEvent]

    @classmethod
    def read(cls, session: Session) -> Records:
        """Read everything."""
        session.expire_all()
        kinds = (Asset, Duty, Inspection, PostHolding, ValueEvent)
        return cls(*(session.scalars(select(kind)).all() for kind in kinds))

    def total(self, path: str, day: dt.date, sectors: Iterable[str] | None = None) -> Sums:
        """The sums of the assets below ``path`` on ``day``."""
        return Sums.total(
            self._one(asset, day)
            for asset in self.assets
            if asset.region_path.startswith(path)
            and (sectors is None or asset.sector is None or asset.sector in sectors)
        )

    def status(self, asset: Asset, day: dt.date) -> tuple[str, int] | None:
        """Status and what is missing; None when there is no such asset on ``day``."""
        starts = _starts(asset)
        if not starts <= day < (asset.disposed_on or FOREVER):
            return None
        if asset.asset_class == "household" or asset.operating_status == "under_construction":
            return "exempt", 0
        duties = [duty for duty in self.duties if duty.asset_id == asset.id and _holds(duty, day)]
        persons = {holding.post_id for holding in self.holdings if _holds(holding, day)}
        missing = 0 if any(duty.body_party_id for duty in duties) else NO_BODY
        missing |= 0 if any(duty.post_id in persons for duty in duties) else NO_PERSON
        missing |= 0 if any(duty.fund_source for duty in duties) else NO_MONEY
        if missing:
            return "unarranged", missing
        visits = [
            visit.inspected_on for visit in self.visits if visit.asset_id == asset.id and visit.inspected_on <= day
        ]
        since = max(starts, min(duty.valid_from for duty in duties))
        interval = min(duty.interval_days for duty in duties)
        notice = max(duty.notice_days for duty in duties if duty.interval_days == interval)
        left = ((max(visits) if visits else since) + dt.timedelta(days=interval) - day).days
        return ("overdue" if left < 0 else "due_soon" if left <= notice else "in_order"), 0

    def _one(self, asset: Asset, day: dt.date) -> Sums:
        status = self.status(asset, day)
        if status is None:
            return Sums()
        amounts = (
            event.amount_yuan
            for event in self.values
            if event.asset_id == asset.id and max(event.occurred_on, _starts(asset)) <= day
        )
        return Sums.of_cell(asset.asset_class == "household", *status, 1, sum(amounts, Decimal(0)))


def _starts(asset: Asset) -> dt.date:
    return asset.built_on or asset.handed_over_on or asset.created_at.date()


def _holds(dated: Duty | PostHolding, day: dt.date) -> bool:
    return dated.valid_from <= day and (dated.valid_to is None or day < dated.valid_to)
