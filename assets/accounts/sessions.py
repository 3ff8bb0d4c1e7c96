"""Signed-in browsers: each carries a random token, of which only a hash is kept, and ends in its row."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from assets import audit
from assets.accounts.models import Account, SecondFactor, SignedIn
from assets.accounts.queries import find_viewer
from assets.errors import NotFound
from assets.scope import Viewer

SEEN_EVERY = dt.timedelta(minutes=5)
LONGEST_AGENT = 300


@dataclass(frozen=True)
class Browser:
    """A signed-in browser with the person at it and how far that person may see."""

    signed_in: SignedIn
    account: Account
    viewer: Viewer
    has_second_factor: bool


def hash_token(token: str) -> str:
    """What the database keeps of a token; it is long and random, so that no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def start_session(
    session: Session,
    account_id: int,
    *,
    address: str | None,
    agent: str | None,
    now: dt.datetime,
    by: str = "password",
    second_factor: bool = False,
) -> str:
    """Let a browser be signed in; told in the trail by the sign-in itself.

    Parameters
    ----------
    session : Session
        A system session; the caller commits.
    account_id : int
        Whose browser it is.
    address, agent : str, optional
        Where it is and what it calls itself, for the person's own list.
    now : datetime
        The moment, with time zone.
    by : {"password", "outside"}
        How the person has shown who they are.
    second_factor : bool
        Whether a code was given as well.

    Returns
    -------
    str
        The token the browser carries; it is never kept.
    """
    token = secrets.token_urlsafe(32)
    made = SignedIn(account_id=account_id, token_hash=hash_token(token), address=address, by=by)
    made.agent = (agent or "").replace("\x00", "")[:LONGEST_AGENT] or None
    made.second_factor = second_factor
    made.started_at = made.seen_at = now
    session.add(made)
    session.flush()
    return token


def renew_token(session: Session, signed_in_id: int, *, second_factor: bool = False) -> str:
    """Give a browser another token, as after a new password or a second factor.

    Parameters
    ----------
    session : Session
        A system session; the caller commits, and leaves the entry of what was done.
    signed_in_id : int
        Which browser.
    second_factor : bool
        Whether a code was given just now.

    Returns
    -------
    str
        The token the browser carries from now on.
    """
    token, signed_in = secrets.token_urlsafe(32), session.get_one(SignedIn, signed_in_id)
    signed_in.token_hash = hash_token(token)
    signed_in.second_factor = signed_in.second_factor or second_factor
    return token


def find_browser(session: Session, token: str, *, day: dt.date, address: str | None) -> Browser | None:
    """Who sits at the browser that carries ``token``; None once it ended or its account is closed."""
    signed_in = session.scalars(
        select(SignedIn).where(SignedIn.token_hash == hash_token(token), SignedIn.ended_at.is_(None))
    ).first()
    if signed_in is None:
        return None
    found = find_viewer(session, signed_in.account_id, day=day, address=address)
    if found is None:
        return None
    confirmed = select(SecondFactor.account_id).where(
        SecondFactor.account_id == signed_in.account_id, SecondFactor.confirmed_at.is_not(None)
    )
    return Browser(signed_in, *found, has_second_factor=session.scalar(confirmed) is not None)


def sessions_of(session: Session, account_id: int) -> Sequence[SignedIn]:
    """The signed-in browsers of an account, the last seen first."""
    return session.scalars(
        select(SignedIn)
        .where(SignedIn.account_id == account_id, SignedIn.ended_at.is_(None))
        .order_by(SignedIn.seen_at.desc(), SignedIn.id.desc())
    ).all()


def note_seen(session: Session, signed_in_id: int, *, now: dt.datetime) -> None:
    """Note that a browser is in use; called every few minutes, since each commit is felt by all."""
    session.execute(update(SignedIn).where(SignedIn.id == signed_in_id, SignedIn.seen_at < now).values(seen_at=now))


def end_session(session: Session, signed_in_id: int, *, account_id: int, by: str, now: dt.datetime) -> None:
    """End one browser of an account.

    Parameters
    ----------
    session : Session
        A system session; the caller commits.
    signed_in_id : int
        Which one.
    account_id : int
        Whose it must be.
    by : {"sign_out", "revoked", "time"}
        Why it ends.
    now : datetime
        The moment, with time zone.

    Raises
    ------
    NotFound
        When it is another's, or has ended already.
    """
    ended = session.scalars(
        update(SignedIn)
        .where(SignedIn.id == signed_in_id, SignedIn.account_id == account_id, SignedIn.ended_at.is_(None))
        .values(ended_at=now, ended_by=by)
        .returning(SignedIn.id)
    ).all()
    if not ended:
        raise NotFound
    audit.record(session, "accounts.sign_out", sessions=list(ended), ended_by=by)


def end_sessions(
    session: Session, account_id: int, *, by: str, now: dt.datetime, keep: int | None = None
) -> Sequence[int]:
    """End all browsers of an account, or all but one; at once, wherever they are.

    Parameters
    ----------
    session : Session
        A system session; the caller commits.
    account_id : int
        Whose.
    by : {"revoked", "password", "closed"}
        Why they end.
    now : datetime
        The moment, with time zone.
    keep : int, optional
        The browser that goes on, such as the one at which the password was changed.

    Returns
    -------
    sequence of int
        Which ended; the trail tells of them when there are any.
    """
    criteria = [SignedIn.account_id == account_id, SignedIn.ended_at.is_(None)]
    if keep is not None:
        criteria.append(SignedIn.id != keep)
    ended = session.scalars(
        update(SignedIn).where(*criteria).values(ended_at=now, ended_by=by).returning(SignedIn.id)
    ).all()
    if ended:
        audit.record(session, "accounts.sign_out", sessions=list(ended), ended_by=by)
    return ended


def end_outlived(session: Session, *, started_before: dt.datetime, seen_before: dt.datetime, now: dt.datetime) -> int:
    """Write down the end of browsers that were not closed but only left.

    Parameters
    ----------
    session : Session
        A system session; the caller commits.
    started_before, seen_before : datetime
        What the longest session and the longest idle time leave over.
    now : datetime
        The moment, with time zone.

    Returns
    -------
    int
        How many ended.
    """
    outlived = or_(SignedIn.started_at < started_before, SignedIn.seen_at < seen_before)
    ended = session.scalars(
        update(SignedIn)
        .where(SignedIn.ended_at.is_(None), outlived)
        .values(ended_at=now, ended_by="time")
        .returning(SignedIn.id)
    ).all()
    return len(ended)


def forget_sessions(session: Session, *, before: dt.datetime) -> int:
    """Delete browsers that ended before a moment; the audit keeps what happened.

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
    gone = session.scalars(delete(SignedIn).where(SignedIn.ended_at < before).returning(SignedIn.id)).all()
    return len(gone)
