"""Tries to show who one is: counted in the database before anything costly, and slowed down more and more.

A name is locked for a minute after the fifth failure in a row and twice as long after each further
one, up to an hour; an address after sixty failures of any names within ten minutes. A browser that
has signed in to the account before is counted by itself, so that strangers who try a name cannot
lock out the person who works there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from assets.accounts.models import SignInAttempt
from assets.errors import RegistryError

FAILURES_PER_NAME = 5
FAILURES_PER_ADDRESS = 60
ADDRESS_WINDOW = dt.timedelta(minutes=10)
FIRST_LOCK = dt.timedelta(minutes=1)
LONGEST_LOCK = dt.timedelta(hours=1)
REMEMBERED = dt.timedelta(hours=24)


class TooManyTries(RegistryError):
    """Locked out for a while; said of names that exist and of others alike."""

    message = "Too many failed tries. Please try again in {minutes} min."


@dataclass(frozen=True)
class Claim:
    """Who somebody says to be, by which step, from where; ``device`` when the browser is known to the account."""

    username: str
    address: str
    step: str = "password"
    device: str | None = None
    account_id: int | None = None

    @property
    def name(self) -> str:
        """What is counted; of a name that is nobody's a digest, since it may be a password in the wrong field."""
        return self.username if self.account_id is not None else "?" + _digest(self.username)


def lock_after(failures: int) -> dt.timedelta:
    """How long no further try counts after so many failures in a row."""
    if failures < FAILURES_PER_NAME:
        return dt.timedelta(0)
    return min(FIRST_LOCK * (1 << min(failures - FAILURES_PER_NAME, 10)), LONGEST_LOCK)


def count_try(session: Session, claim: Claim, *, now: dt.datetime) -> SignInAttempt:
    """Count one try, a failure until it is found to be right; two at once are counted one after the other.

    Parameters
    ----------
    session : Session
        A system session; the caller commits it also when this raises.
    claim : Claim
        Who tries what.
    now : datetime
        The moment, with time zone.

    Returns
    -------
    SignInAttempt
        Set ``succeeded`` once it has.

    Raises
    ------
    TooManyTries
        While the name or the address is locked; nothing else has to be computed then.
    """
    key = int(_digest(f"{claim.name}/{claim.step}/{claim.device or ''}"), 16) % 2**63
    session.execute(select(func.pg_advisory_xact_lock(key)))
    last = _last_failure(session, claim.name, claim.step, claim.device, now)
    if last is not None and now < last.locked_until:
        _refuse_again(session, last.id, last.locked_until - now)
    if claim.device is None:
        by_address = and_(
            SignInAttempt.address == claim.address,
            SignInAttempt.at > now - ADDRESS_WINDOW,
            ~SignInAttempt.succeeded,
            SignInAttempt.device.is_(None),
        )
        tried, newest, first = session.execute(
            select(func.sum(SignInAttempt.tries), func.max(SignInAttempt.id), func.min(SignInAttempt.at)).where(
                by_address
            )
        ).one()
        if (tried or 0) >= FAILURES_PER_ADDRESS:
            _refuse_again(session, newest, max(first + ADDRESS_WINDOW - now, FIRST_LOCK))
    made = SignInAttempt(
        username=claim.name,
        address=claim.address,
        at=now,
        succeeded=False,
        account_id=claim.account_id,
        step=claim.step,
        device=claim.device,
    )
    session.add(made)
    session.flush()
    return made


def locked_until(session: Session, username: str, *, now: dt.datetime) -> dt.datetime | None:
    """Until when no stranger's try at this account's password counts; None when it is not locked."""
    last = _last_failure(session, username, "password", None, now)
    return last.locked_until if last is not None and last.locked_until > now else None


@dataclass(frozen=True)
class _Failure:
    """The last of some failures in a row."""

    id: int
    at: dt.datetime
    failures: int

    @property
    def locked_until(self) -> dt.datetime:
        return self.at + lock_after(self.failures)


def _last_failure(session: Session, name: str, step: str, device: str | None, now: dt.datetime) -> _Failure | None:
    alike = _alike(name, step, device)
    ended = (
        select(func.max(SignInAttempt.at))
        .where(
            SignInAttempt.username == name,
            SignInAttempt.succeeded,
            or_(alike, SignInAttempt.step == "lift"),
        )
        .scalar_subquery()
    )
    since = func.greatest(ended, now - REMEMBERED)
    failed = and_(alike, ~SignInAttempt.succeeded, SignInAttempt.at > since)
    newest = (
        select(SignInAttempt.id, SignInAttempt.at, func.count().over())
        .where(failed)
        .order_by(SignInAttempt.at.desc(), SignInAttempt.id.desc())
        .limit(1)
    )
    found = session.execute(newest).first()
    return _Failure(*found) if found is not None else None


def _alike(name: str, step: str, device: str | None) -> ColumnElement[bool]:
    return and_(
        SignInAttempt.username == name,
        SignInAttempt.step == step,
        SignInAttempt.device.is_not_distinct_from(device),
    )


def _refuse_again(session: Session, attempt_id: int, left: dt.timedelta) -> None:
    session.execute(update(SignInAttempt).where(SignInAttempt.id == attempt_id).values(tries=SignInAttempt.tries + 1))
    raise TooManyTries(minutes=max(1, math.ceil(left / dt.timedelta(minutes=1))))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:24]
