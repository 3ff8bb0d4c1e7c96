"""Opening and closing the way in: a new first password, the end of an account, its beginning anew."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from assets import audit
from assets.accounts import passwords, second_factor, service, sessions, tokens
from assets.accounts.models import Account, Grant
from assets.editing import assign, check_reason
from assets.errors import RegistryError
from assets.grants.authority import hold_account
from assets.scope import viewer_of


class ClosedAlready(RegistryError):
    """An account is closed once."""

    message = "The account of “{name}” is closed already."


class OpenAlready(RegistryError):
    """Only a closed account is opened."""

    message = "The account of “{name}” is open already."


@dataclass(frozen=True)
class Invited:
    """An account with its first password, which is shown once and kept nowhere."""

    account: Account
    password: str


def invite_again(session: Session, account_id: int, *, reason: str, today: dt.date, now: dt.datetime) -> Invited:
    """Give an account a new first password; whoever is signed in with it is signed out, and its keys are revoked.

    Parameters
    ----------
    session : Session
        Bound to an administrator, or to the system.
    account_id : int
        Whose.
    reason : str
        Why; needed.
    today : date
        The office's day.
    now : datetime
        The moment, with time zone.

    Raises
    ------
    NotFound, NotAllowed, ClosedAlready
        See their messages.
    """
    account = hold_account(session, account_id, today=today)
    if not account.active:
        raise ClosedAlready(name=account.display_name)
    reason, password = check_reason(reason), _give_first_password(session, account, now)
    audit.record(session, "grants.invite_again", account, reason=reason)
    sessions.end_sessions(session, account_id, by="password", now=now)
    # Whoever knew the former password may have made keys with it.
    tokens.revoke_tokens(session, account_id, now=now, reason=reason)
    return Invited(account, password)


def close_account(session: Session, account_id: int, *, reason: str, today: dt.date, now: dt.datetime) -> Account:
    """Close an account: its browsers, keys and delegations end at once; nothing is deleted.

    Parameters
    ----------
    session : Session
        Bound to an administrator.
    account_id : int
        Whose.
    reason : str
        Why; needed.
    today : date
        The office's day.
    now : datetime
        The moment, with time zone.

    Raises
    ------
    NotFound, NotAllowed, ClosedAlready
        See their messages.
    """
    account = hold_account(session, account_id, today=today)
    if not account.active:
        raise ClosedAlready(name=account.display_name)
    reason = check_reason(reason)
    assign(account, {"active": False, "updated_by": viewer_of(session).account_id})
    audit.record(session, "grants.close_account", account, reason=reason)
    sessions.end_sessions(session, account_id, by="closed", now=now)
    tokens.revoke_tokens(session, account_id, now=now, reason=reason)
    _end_delegations(session, account_id, reason=reason, today=today)
    return account


def reopen_account(session: Session, account_id: int, *, reason: str, today: dt.date, now: dt.datetime) -> Invited:
    """Open a closed account again, with a new first password.

    Parameters
    ----------
    session : Session
        Bound to an administrator.
    account_id : int
        Whose.
    reason : str
        Why; needed.
    today : date
        The office's day.
    now : datetime
        The moment, with time zone.

    Raises
    ------
    NotFound, NotAllowed, OpenAlready
        See their messages.
    """
    account = hold_account(session, account_id, today=today)
    if account.active:
        raise OpenAlready(name=account.display_name)
    reason, password = check_reason(reason), _give_first_password(session, account, now)
    account.active = True
    audit.record(session, "grants.reopen_account", account, reason=reason)
    return Invited(account, password)


def sign_out(session: Session, account_id: int, *, reason: str, today: dt.date, now: dt.datetime) -> None:
    """Sign an account out wherever it is signed in.

    Parameters
    ----------
    session : Session
        Bound to an administrator.
    account_id : int
        Whose.
    reason : str
        Why; needed.
    today : date
        The office's day.
    now : datetime
        The moment, with time zone.

    Raises
    ------
    NotFound, NotAllowed
        See their messages.
    """
    hold_account(session, account_id, today=today)
    ended = sessions.end_sessions(session, account_id, by="revoked", now=now)
    audit.record(session, "grants.sign_out", reason=check_reason(reason), account=account_id, sessions=len(ended))


def reset_second_factor(session: Session, account_id: int, *, reason: str, today: dt.date) -> None:
    """Take the second factor off an account whose telephone is lost.

    Parameters
    ----------
    session : Session
        Bound to an administrator.
    account_id : int
        Whose.
    reason : str
        Why; needed.
    today : date
        The office's day.

    Raises
    ------
    NotFound, NotAllowed
        See their messages.
    """
    account = hold_account(session, account_id, today=today)
    second_factor.reset_second_factor(session, account, reason=check_reason(reason))


def lift_lock(session: Session, account_id: int, *, reason: str, today: dt.date, now: dt.datetime) -> None:
    """Let an account sign in again after too many failed tries.

    Parameters
    ----------
    session : Session
        Bound to an administrator.
    account_id : int
        Whose.
    reason : str
        Why; needed.
    today : date
        The office's day.
    now : datetime
        The moment, with time zone.

    Raises
    ------
    NotFound, NotAllowed
        See their messages.
    """
    account = hold_account(session, account_id, today=today)
    service.lift_lock(session, account, reason=check_reason(reason), now=now)


def _give_first_password(session: Session, account: Account, now: dt.datetime) -> str:
    password = passwords.first_password()
    account.password_hash, account.must_change_password = passwords.hash_password(password), True
    account.password_expires_at = passwords.first_password_ends(now)
    account.updated_by = viewer_of(session).account_id
    return password


def _end_delegations(session: Session, account_id: int, *, reason: str, today: dt.date) -> None:
    own = select(Grant.id).where(Grant.account_id == account_id)
    held = session.scalars(
        select(Grant)
        .where(
            Grant.delegated_from.is_not(None),
            Grant.valid_to > today,
            or_(Grant.account_id == account_id, Grant.delegated_from.in_(own)),
        )
        .with_for_update()
    )
    by = viewer_of(session).account_id
    for grant in held:
        assign(grant, {"valid_to": max(today, grant.valid_from), "reason": reason, "updated_by": by})
        audit.record(session, "grants.end_delegation", grant, reason=reason)
