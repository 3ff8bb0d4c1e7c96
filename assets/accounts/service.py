"""Signing in."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assets import audit
from assets.accounts import passwords, queries
from assets.accounts.models import Account, SignInAttempt
from assets.errors import RegistryError

FAILURES_PER_NAME = 8
FAILURES_PER_ADDRESS = 60
WINDOW = dt.timedelta(minutes=10)


class SignInRefused(RegistryError):
    """Wrong name or password; which of them is not said."""

    message = "The account name or the password is wrong."


class TooManyTries(RegistryError):
    """Locked out for a while."""

    message = "Too many failed tries. Please wait ten minutes and try again."


def sign_in(session: Session, username: str, password: str, *, address: str, now: dt.datetime) -> Account:
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

    Raises
    ------
    SignInRefused
        For a wrong name, a wrong password or a closed account, alike.
    TooManyTries
        After 8 failures of a name or 60 of an address within ten minutes.
    """
    name = username.strip().replace("\x00", "")[: passwords.LONGEST_PASSWORD]
    by_name, by_address = queries.recent_failures(session, name, address, now - WINDOW)
    if by_name >= FAILURES_PER_NAME or by_address >= FAILURES_PER_ADDRESS:
        raise TooManyTries
    account = session.scalars(select(Account).where(Account.username == name)).first()
    known = account is not None and account.active
    fits = passwords.matches(account.password_hash if known and account else None, password)
    session.add(
        SignInAttempt(username=name, address=address, succeeded=fits, account_id=account.id if account else None)
    )
    audit.record(session, "accounts.sign_in", result="success" if fits else "refused", username=name)
    if not fits or account is None:
        raise SignInRefused
    return account


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
