"""Reading accounts and grants."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from assets.accounts.models import Account, Grant, SignInAttempt
from assets.regions.models import Region
from assets.scope import Reach, Viewer


def session_key(account: Account) -> str:
    """What a signed-in session must know; changes with the password."""
    return hashlib.sha256(account.password_hash.encode()).hexdigest()[:24]


def find_viewer(
    session: Session, account_id: int, *, key: str, day: dt.date, address: str | None
) -> tuple[Account, Viewer] | None:
    """The account and its reach on ``day``; None when it ended or its password changed."""
    account = session.get(Account, account_id)
    if account is None or not account.active or session_key(account) != key:
        return None
    reaches = tuple(reaches_of(session, account_id, day))
    return account, Viewer(account_id, account.username, address, reaches)


def reaches_of(session: Session, account_id: int, day: dt.date) -> list[Reach]:
    """The grants in force on ``day``, one reach per role and region with all its sectors."""
    rows = session.execute(
        select(
            Grant.role,
            Region.id,
            Region.region_path,
            func.bool_or(Grant.sector.is_(None)),
            func.array_agg(Grant.sector),
        )
        .join(Region, Region.id == Grant.region_id)
        .where(
            Grant.account_id == account_id,
            Grant.valid_from <= day,
            or_(Grant.valid_to.is_(None), Grant.valid_to > day),
        )
        .group_by(Grant.role, Region.id, Region.region_path)
        .order_by(Region.region_path, Grant.role)
    )
    return [
        Reach(role, region_id, path, None if everything else frozenset(filter(None, sectors)))
        for role, region_id, path, everything, sectors in rows
    ]


def recent_failures(session: Session, username: str, address: str, since: dt.datetime) -> tuple[int, int]:
    """Failed tries since ``since``: by this name since its last success, and by this address."""
    last_success = (
        select(func.max(SignInAttempt.at))
        .where(SignInAttempt.username == username, SignInAttempt.succeeded)
        .scalar_subquery()
    )
    by_name = select(func.count()).where(
        SignInAttempt.username == username,
        SignInAttempt.at > since,
        ~SignInAttempt.succeeded,
        or_(last_success.is_(None), SignInAttempt.at > last_success),
    )
    by_address = select(func.count()).where(
        and_(SignInAttempt.address == address, SignInAttempt.at > since, ~SignInAttempt.succeeded)
    )
    return session.scalar(by_name) or 0, session.scalar(by_address) or 0


def accounts_of(session: Session) -> Sequence[Account]:
    """All accounts in the order of their names."""
    return session.scalars(select(Account).order_by(Account.username)).all()
