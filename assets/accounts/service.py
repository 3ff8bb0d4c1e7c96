"""Signing in with a name and a password, and changing the password."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assets import audit
from assets.accounts import passwords, sessions, tries
from assets.accounts.models import Account, SignInAttempt
from assets.checking import Checks
from assets.errors import RegistryError
from assets.scope import bind_viewer, viewer_of


class SignInRefused(RegistryError):
    """Wrong name or password; which of them is not said."""

    message = "The account name or the password is wrong."


class FirstPasswordEnded(SignInRefused):
    """Told only to those who know the first password."""

    message = "Your first password was not used in time. Please ask your administrator for a new one."


def sign_in(
    session: Session,
    username: str,
    password: str,
    *,
    address: str,
    now: dt.datetime,
    devices: Mapping[int, str] | None = None,
) -> Account:
    """Check a name and password, counting tries before any hash is computed.

    Parameters
    ----------
    session : Session
        A system session; the caller commits it also when this raises, so that the try counts.
    username, password : str
        As typed; longer than 200 characters never match.
    address : str
        Where the request came from.
    now : datetime
        The moment, with time zone.
    devices : mapping of int to str, optional
        By account, what this browser was given when it signed in to it before.

    Raises
    ------
    SignInRefused
        For a wrong name, a wrong password or a closed account, alike.
    FirstPasswordEnded
        For the right first password after its last day.
    TooManyTries
        While the name or the address is locked.
    """
    name = username.strip().replace("\x00", "")[: passwords.LONGEST_PASSWORD]
    account = session.scalars(select(Account).where(Account.username == name)).first()
    known = account if account is not None and account.active else None
    device = (devices or {}).get(account.id) if account is not None else None
    claim = tries.Claim(name, address, device=device, account_id=account.id if account else None)
    attempt = tries.count_try(session, claim, now=now)
    fits = passwords.matches(known.password_hash if known else None, password)
    ended = fits and known is not None and _is_over(known, now)
    if fits and known is not None and not ended:
        attempt.succeeded = True
        if passwords.is_outdated(known.password_hash):
            known.password_hash = passwords.hash_password(password)
        bind_viewer(session, replace(viewer_of(session), account_id=known.id, username=known.username))
        audit.record(session, "accounts.sign_in", known, result="success")
        return known
    facts: dict[str, Any] = {"username": claim.name} if account is None else {}
    until = tries.locked_until(session, claim.name, now=now) if device is None else None
    if until is not None:
        facts["locked_until"] = until.isoformat(timespec="seconds")
    audit.record(session, "accounts.sign_in", account, result="refused", **facts)
    raise FirstPasswordEnded if ended else SignInRefused


def _is_over(account: Account, now: dt.datetime) -> bool:
    return bool(account.must_change_password and account.password_expires_at and account.password_expires_at <= now)


def confirm_password(session: Session, account: Account, password: str, *, address: str, now: dt.datetime) -> bool:
    """Check the password of somebody signed in, before something that matters.

    Parameters
    ----------
    session : Session
        A system session; the caller commits it also when this raises.
    account : Account
        Whose password.
    password : str
        As typed.
    address : str
        Where the request came from.
    now : datetime
        The moment, with time zone.

    Returns
    -------
    bool
        Whether it fits.

    Raises
    ------
    TooManyTries
        After too many failures, as when signing in.
    """
    claim = tries.Claim(account.username, address, step="confirm", account_id=account.id)
    attempt = tries.count_try(session, claim, now=now)
    attempt.succeeded = passwords.matches(account.password_hash, password)
    if not attempt.succeeded:
        audit.record(session, "accounts.confirm_password", account, result="refused")
    return attempt.succeeded


def change_password(
    session: Session,
    account: Account,
    *,
    old: str,
    new: str,
    again: str,
    least: int,
    address: str,
    now: dt.datetime,
    keep: int | None = None,
) -> Account:
    """Change one's own password; every other browser of the account has to sign in again.

    Parameters
    ----------
    session : Session
        A system session; the caller commits it also when this raises.
    account : Account
        Whose password, of that session.
    old, new, again : str
        The present password, and the new one twice.
    least : int
        The fewest characters a password may have.
    address : str
        Where the request came from.
    now : datetime
        The moment, with time zone.
    keep : int, optional
        The browser at which it is changed.

    Raises
    ------
    Unacceptable
        With everything that is wrong.
    TooManyTries
        After too many wrong present passwords.
    """
    checks = Checks()
    if not confirm_password(session, account, old, address=address, now=now):
        checks.refuse("old", "The present password is wrong.")
    elif old == new:
        checks.refuse("new", "The new password is the present one.")
    for message, data in passwords.faults(
        new, username=account.username, display_name=account.display_name, least=least
    ):
        checks.refuse("new", message, **data)
    if new != again:
        checks.refuse("again", "The two new passwords differ.")
    checks.settle()
    account.password_hash = passwords.hash_password(new)
    account.must_change_password = False
    account.password_expires_at = None
    account.password_changed_at = now
    audit.record(session, "accounts.change_password", account)
    sessions.end_sessions(session, account.id, by="password", now=now, keep=keep)
    return account


def lift_lock(session: Session, account: Account, *, reason: str, now: dt.datetime) -> None:
    """Let an account be tried again at once.

    Parameters
    ----------
    session : Session
        The session of the administrator; the caller commits.
    account : Account
        Whose lock.
    reason : str
        Why, for the trail.
    now : datetime
        The moment, with time zone.
    """
    session.add(
        SignInAttempt(username=account.username, address="", at=now, succeeded=True, account_id=account.id, step="lift")
    )
    audit.record(session, "accounts.lift_lock", account, reason=reason)


def forget_attempts(session: Session, *, before: dt.datetime) -> int:
    """Delete the tries to sign in from before a moment; the audit keeps what happened.

    Parameters
    ----------
    session : Session
        A system session; the caller commits.
    before : datetime
        With time zone.

    Returns
    -------
    int
        How many were deleted.
    """
    gone = session.scalars(delete(SignInAttempt).where(SignInAttempt.at < before).returning(SignInAttempt.id)).all()
    return len(gone)
