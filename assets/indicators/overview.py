"""Counts for those who watch over the registry itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from assets.accounts.models import Account, Grant, SignInAttempt
from assets.audit import AuditEntry
from assets.db import OFFICE_ZONE
from assets.projects.models import Project
from assets.projects.queries import unbooked
from assets.regions.models import Region
from assets.registry.models import Asset
from assets.review.queries import count_pending
from assets.scope import within

LISTED = 10


@dataclass(frozen=True)
class Office:
    """An administrator's counts for an area."""

    accounts: int
    closed_accounts: int
    assets: int
    pending_changes: int
    regions: int
    refused_sign_ins: int
    changes_today: int


@dataclass(frozen=True)
class Unbooked:
    """Projects accepted without an asset in the books: the classic finding."""

    count: int
    projects: Sequence[tuple[int, str, int]]


def office(session: Session, area: Region, *, now: dt.datetime) -> Office:
    """Accounts granted in ``area``, its records, and what happened lately.

    Parameters
    ----------
    session : Session
        Bound to the viewer.
    area : Region
        The administrator's area.
    now : datetime
        With time zone; sign-ins of the seven days before it count, changes since its midnight.
    """
    granted = (
        select(Grant.account_id)
        .join(Region, Region.id == Grant.region_id)
        .where(within(Region.region_path, area.region_path))
    )
    here = Account.id.in_(granted)

    def count(*criteria: object, of: object = Account.id) -> int:
        return session.scalar(select(func.count(of)).where(*criteria)) or 0  # type: ignore[arg-type]

    names = select(Account.username).where(here)
    assets = within(Asset.region_path, area.region_path)
    midnight = now.astimezone(OFFICE_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return Office(
        accounts=count(here, Account.active),
        closed_accounts=count(here, ~Account.active),
        assets=count(assets, of=Asset.id),
        pending_changes=count_pending(session, area),
        regions=count(
            within(Region.region_path, area.region_path),
            or_(Region.valid_to.is_(None), Region.valid_to > midnight.date()),
            of=Region.id,
        ),
        refused_sign_ins=count(
            SignInAttempt.at > now - dt.timedelta(days=7),
            ~SignInAttempt.succeeded,
            SignInAttempt.username.in_(names),
            of=SignInAttempt.id,
        ),
        changes_today=count(AuditEntry.at >= midnight, AuditEntry.account_id.in_(granted), of=AuditEntry.id),
    )


def accepted_without_assets(session: Session, area: Region, day: dt.date) -> Unbooked:
    """Projects of ``area`` that left neither assets nor a reason for none in time, as their list flags them."""
    criteria = (within(Project.region_path, area.region_path), Project.kept_on(day), unbooked(day))
    count = session.scalar(select(func.count()).select_from(Project).where(*criteria)) or 0
    rows = session.execute(
        select(Project.id, Project.name, Project.year)
        .where(*criteria)
        .order_by(Project.budget_yuan.desc(), Project.id)
        .limit(LISTED)
    )
    return Unbooked(count, [(number, name, year) for number, name, year in rows])
