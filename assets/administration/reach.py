"""Who may change what holds for everybody, and what holds for one area."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.accounts.models import Grant
from assets.errors import NotAllowed
from assets.regions.models import Region
from assets.scope import viewer_of
from assets.terms.queries import in_force

ADMINISTRATORS: Final = frozenset({"administrator"})


def require_administrator(session: Session, region_id: int | None, *, today: dt.date) -> None:
    """Refuse unless the viewer administers a region, or (None) everything that is kept here.

    Raises
    ------
    NotAllowed
        When somebody works here whom the viewer's reach does not include.
    """
    if not may_administer(session, region_id, today=today):
        raise NotAllowed


def may_administer(session: Session, region_id: int | None, *, today: dt.date) -> bool:
    """Whether the viewer administers a region, or (None) wherever anybody has been granted anything."""
    viewer = viewer_of(session)
    if viewer.unbounded:
        return True
    if region_id is not None:
        region = session.get(Region, region_id)
        return region is not None and viewer.may(ADMINISTRATORS, region.region_path)
    if not viewer.roles & ADMINISTRATORS:
        return False
    paths: Sequence[str] = session.scalars(
        select(Region.region_path).join(Grant, Grant.region_id == Region.id).where(in_force(Grant, today)).distinct()
    ).all()
    whole = [reach for reach in viewer.reaches if reach.role in ADMINISTRATORS and reach.sectors is None]
    return all(any(reach.covers(path) for reach in whole) for path in paths)
