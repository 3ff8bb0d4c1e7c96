"""Duties assigned to a body and a post with every entry right, and the upkeep that follows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.maintenance.assigning import assign_duty
from assets.maintenance.models import Duty, UpkeepPeriod
from assets.maintenance.queries import status_on, valid_on
from assets.parties.models import Party, Post
from assets.registry.models import Asset
from tests.factories import DAY

SINCE = dt.date(2024, 2, 1)


def terms(body: Party, post: Post, **values: Any) -> dict[str, Any]:
    return {
        "body_party_id": body.id,
        "post_id": post.id,
        "fund_source": "county",
        "interval_days": 90,
        "valid_from": SINCE,
        "today": DAY,
    } | values


def assign(session: Session, asset: Asset, body: Party, post: Post, **values: Any) -> Duty:
    return assign_duty(session, asset.id, **terms(body, post, **values))


def status(session: Session, asset: Asset, day: dt.date = DAY) -> str | None:
    return session.scalar(select(status_on(day)).where(UpkeepPeriod.asset_id == asset.id, valid_on(day)))
