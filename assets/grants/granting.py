"""Giving and ending grants; none is changed in place once it is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets import audit
from assets.accounts.models import Account, Grant
from assets.checking import Checks
from assets.editing import assign, check_reason, hold
from assets.errors import InvalidValue, NotFound, RegistryError
from assets.grants.authority import check_authority, hold_account
from assets.regions.directory import region_in_force
from assets.regions.models import Region
from assets.scope import viewer_of
from assets.terms.queries import find_term
from assets.vocabulary import ROLES

LATEST_START = dt.timedelta(days=366)


class ClosedAccount(RegistryError):
    """A closed account takes no grants."""

    message = "The account of “{name}” is closed. Open it again first."


class EndedAlready(RegistryError):
    """A grant ends once."""

    message = "This grant has ended on {day} already."


def add_grant(
    session: Session,
    account_id: int,
    *,
    role: str,
    region_id: int,
    sector: str | None,
    valid_from: dt.date,
    valid_to: dt.date | None,
    may_unmask: bool,
    reason: str,
    today: dt.date,
    confirmed: Collection[str] = frozenset(),
) -> Grant:
    """Grant a role in a region and below it.

    Parameters
    ----------
    session : Session
        Bound to an administrator.
    account_id : int
        To whom.
    role, region_id, sector
        What; an empty sector means all.
    valid_from, valid_to : date
        From which day on, today at the earliest, and the first day without it again.
    may_unmask : bool
        Whether personal values may be seen in it, for a reason, each time logged.
    reason : str
        Why; needed.
    today : date
        The office's day.
    confirmed : collection of str
        The doubts that were confirmed.

    Raises
    ------
    NotFound, NotAllowed, ClosedAccount
        When the account is not the viewer's to keep, or is closed.
    Unacceptable
        With all that is wrong.
    """
    account = hold_account(session, account_id, today=today)
    if not account.active:
        raise ClosedAccount(name=account.display_name)
    checks = Checks(confirmed)
    check_grant(
        checks,
        session,
        account_id=account_id,
        role=role,
        region_id=region_id,
        sector=sector,
        valid_from=valid_from,
        valid_to=valid_to,
        today=today,
    )
    checks.settle()
    grant = Grant(
        account_id=account_id,
        role=role,
        region_id=region_id,
        sector=sector,
        valid_from=valid_from,
        valid_to=valid_to,
        may_unmask=may_unmask,
        reason=check_reason(reason),
        created_by=viewer_of(session).account_id,
    )
    session.add(grant)
    audit.record(session, "grants.add_grant", grant, reason=grant.reason)
    return grant


def end_grant(session: Session, grant_id: int, *, revision: int, on: dt.date, reason: str, today: dt.date) -> Grant:
    """End a grant from a day on; what was delegated from it ends with it.

    Parameters
    ----------
    session : Session
        Bound to an administrator.
    grant_id, revision : int
        Which grant, and the version that was seen.
    on : date
        The first day without it, today at the earliest. One that has not begun never does.
    reason : str
        Why; needed.
    today : date
        The office's day.

    Raises
    ------
    NotFound, NotAllowed, EndedAlready, ChangedMeanwhile, InvalidValue
        See their messages.
    """
    known = session.get(Grant, grant_id)
    if known is None:
        raise NotFound
    hold_account(session, known.account_id, today=today)
    reason = check_reason(reason)
    grant = hold(session, Grant, grant_id, revision=revision)
    finish(session, grant, on=on, reason=reason, today=today, action="grants.end_grant")
    return grant


def finish(session: Session, grant: Grant, *, on: dt.date, reason: str, today: dt.date, action: str) -> None:
    """End a grant that the caller may end, and tell the audit."""
    if grant.valid_to is not None and grant.valid_to <= today:
        raise EndedAlready(day=grant.valid_to)
    latest = grant.valid_to or today + LATEST_START
    if not today <= on <= latest:
        raise InvalidValue("Choose a day from {first} to {last}.", field="on", first=today, last=latest)
    viewer = viewer_of(session)
    assign(grant, {"valid_to": max(on, grant.valid_from), "reason": reason, "updated_by": viewer.account_id})
    audit.record(session, action, grant, reason=reason)


def check_grant(
    checks: Checks,
    session: Session,
    *,
    account_id: int | None,
    role: str,
    region_id: int,
    sector: str | None,
    valid_from: dt.date,
    valid_to: dt.date | None,
    today: dt.date,
) -> None:
    """Everything that may be wrong with a grant, told together."""
    region = _region(checks, session, region_id, today)
    if role not in ROLES:
        checks.refuse("role", "“{value}” is not one of the choices.", value=str(role)[:40])
    if sector is not None and find_term(session, "sector", sector, day=today) is None:
        checks.refuse("sector", "“{value}” is not one of the choices.", value=sector[:40])
    if region is not None:
        check_authority(checks, viewer_of(session), role=role, region=region, sector=sector)
    check_days(checks, valid_from, valid_to, today=today)
    twin = account_id and find_twin(
        session, account_id=account_id, role=role, region_id=region_id, sector=sector, first=valid_from, end=valid_to
    )
    if twin:
        checks.refuse("role", "The account has this very grant already, from {first} to {last}.", **days_of(twin))


def check_days(checks: Checks, valid_from: dt.date, valid_to: dt.date | None, *, today: dt.date) -> None:
    """A grant begins today at the earliest and within a year, and lasts a day at least."""
    latest = today + LATEST_START
    if not today <= valid_from <= latest:
        checks.refuse("valid_from", "Choose a day from {first} to {last}.", first=today, last=latest)
    if valid_to is not None and valid_to <= valid_from:
        checks.refuse("valid_to", "The last day must lie after the first.")


def find_twin(
    session: Session,
    *,
    account_id: int,
    role: str,
    region_id: int,
    sector: str | None,
    first: dt.date,
    end: dt.date | None,
    delegated_from: int | None = None,
) -> Grant | None:
    """The same grant in days that overlap."""
    if end is not None and end <= first:
        return None
    return session.scalars(
        select(Grant)
        .where(
            Grant.account_id == account_id,
            Grant.role == role,
            Grant.region_id == region_id,
            Grant.sector.is_not_distinct_from(sector),
            Grant.delegated_from.is_not_distinct_from(delegated_from),
            func.daterange(Grant.valid_from, Grant.valid_to).op("&&")(func.daterange(first, end)),
        )
        .limit(1)
    ).first()


def days_of(grant: Grant) -> dict[str, Any]:
    """From when to when, for a sentence."""
    return {"first": grant.valid_from, "last": grant.valid_to or "—"}


def owner_of(session: Session, grant: Grant) -> Account:
    """Whose grant it is."""
    return session.get_one(Account, grant.account_id)


def _region(checks: Checks, session: Session, region_id: int, today: dt.date) -> Region | None:
    try:
        return region_in_force(session, region_id, day=today)
    except InvalidValue as refusal:
        checks.refuse("region_id", refusal.message, **refusal.data)
        return None
