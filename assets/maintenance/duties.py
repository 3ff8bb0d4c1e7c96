"""Reading duties: one, and a caretaker's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.errors import NotFound
from assets.maintenance.models import Duty, Inspection, UpkeepPeriod
from assets.maintenance.queries import duties_of, status_on, valid_on
from assets.regions.models import Region
from assets.registry.models import Asset


@dataclass(frozen=True)
class OwnDuty:
    """An asset to look after: where it is, and when it was and will be looked at."""

    asset_id: int
    name: str
    code: str
    place: str
    status: str
    last_on: dt.date | None
    due_on: dt.date | None
    longitude: float | None
    latitude: float | None
    inspected_today: bool

    def days_left(self, day: dt.date) -> int | None:
        """Days until the next inspection is due; negative when overdue."""
        return None if self.due_on is None else (self.due_on - day).days


def get_duty(session: Session, duty_id: int) -> Duty:
    """One duty.

    Raises
    ------
    NotFound
        When there is none, or its asset is not the viewer's to see.
    """
    found = session.scalars(select(Duty).where(Duty.id == duty_id)).first()
    if found is None:
        raise NotFound
    return found


def own_duties(session: Session, account_id: int | None, day: dt.date) -> Sequence[OwnDuty]:
    """The assets that the account's person must look after on ``day``, most urgent first.

    Parameters
    ----------
    session : Session
        Bound to the viewer.
    account_id : int
        Whose duties.
    day : date
        The day.
    """
    point = func.ST_PointOnSurface(Asset.geom)
    today = (
        select(Inspection.id)
        .where(Inspection.asset_id == UpkeepPeriod.asset_id, Inspection.inspected_on == day)
        .exists()
    )
    rows = session.execute(
        select(
            Asset.id,
            Asset.name,
            Asset.code,
            Region.short_name,
            status_on(day),
            UpkeepPeriod.last_on,
            UpkeepPeriod.due_on,
            func.ST_X(point),
            func.ST_Y(point),
            today,
        )
        .select_from(UpkeepPeriod)
        .join(Asset, Asset.id == UpkeepPeriod.asset_id)
        .join(Region, Region.id == UpkeepPeriod.region_id)
        .where(valid_on(day), UpkeepPeriod.asset_id.in_(duties_of(account_id, day)))
        .order_by(UpkeepPeriod.due_on.nulls_last(), Region.code, Asset.name, Asset.id)
    )
    return [OwnDuty(*row) for row in rows]
