"""Keys for programs such as QGIS: shown once, kept as a hash, read-only, within their owner's area."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from assets import audit
from assets.accounts.models import Account, ApiToken, SignInAttempt
from assets.accounts.queries import find_viewer
from assets.checking import Checks
from assets.errors import NotFound, RegistryError
from assets.scope import Viewer, viewer_of

SCOPES: Final = ("tiles", "lists", "figures", "features")
MARK: Final = "xt_"
LONGEST = dt.timedelta(days=366)
LONGEST_NAME = 60
MOST_TOKENS = 20
# No account can be called so: tries with keys are counted under it.
NOBODY: Final = "(key)"
FAILURES_PER_ADDRESS = 60
WINDOW = dt.timedelta(minutes=10)


class TooManyTokens(RegistryError):
    """More keys than anybody keeps apart."""

    message = "You have {limit} keys already. Please revoke those that are no longer needed."


@dataclass(frozen=True)
class Made:
    """A new key; ``secret`` is shown once and kept nowhere."""

    token: ApiToken
    secret: str


def hash_token(secret: str) -> str:
    """What is kept of a key; it is long and random, so that no salt is needed."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def create_token(session: Session, *, name: str, scopes: Collection[str], expires_on: dt.date, today: dt.date) -> Made:
    """Make a key for a program of the viewer's.

    Parameters
    ----------
    session : Session
        Bound to the person.
    name : str
        What it is for, such as "QGIS at the office".
    scopes : collection of str
        What it may read, of :data:`SCOPES`.
    expires_on : date
        Its last day, a year from today at most.
    today : date
        The office's day.

    Raises
    ------
    Unacceptable
        With all that is wrong.
    TooManyTokens
        When the person has as many as is allowed.
    """
    viewer = viewer_of(session)
    if viewer.account_id is None:
        raise NotFound
    checks = Checks()
    name = " ".join(name.replace("\x00", " ").split())
    if not 2 <= len(name) <= LONGEST_NAME:
        checks.refuse("name", "Please say in 2 to {limit} characters what the key is for.", limit=LONGEST_NAME)
    if not scopes or not set(scopes) <= set(SCOPES):
        checks.refuse("scopes", "Please choose at least one of what the key may read.")
    if not today <= expires_on <= today + LONGEST:
        checks.refuse("expires_on", "Choose a day from {first} to {last}.", first=today, last=today + LONGEST)
    checks.settle()
    usable = select(func.count()).where(ApiToken.account_id == viewer.account_id, _usable(today))
    if (session.scalar(usable) or 0) >= MOST_TOKENS:
        raise TooManyTokens(limit=MOST_TOKENS)
    secret = MARK + secrets.token_urlsafe(32)
    token = ApiToken(
        account_id=viewer.account_id,
        name=name,
        prefix=secret[:8],
        token_hash=hash_token(secret),
        scopes=[scope for scope in SCOPES if scope in scopes],
        expires_on=expires_on,
        created_by=viewer.account_id,
    )
    session.add(token)
    audit.record(session, "accounts.create_token", token)
    return Made(token, secret)


def revoke_token(session: Session, token_id: int, *, now: dt.datetime, reason: str | None = None) -> ApiToken:
    """Let a key open nothing any more, at once.

    Parameters
    ----------
    session : Session
        Bound to its owner, or to an administrator for whom the caller has found the account.
    token_id : int
        Which key.
    now : datetime
        The moment, with time zone.
    reason : str, optional
        Why, where an administrator does it.

    Raises
    ------
    NotFound
        When there is none that is still in use.
    """
    token = session.scalars(
        select(ApiToken).where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None)).with_for_update()
    ).first()
    if token is None:
        raise NotFound
    token.revoked_at = now
    token.updated_by = viewer_of(session).account_id
    audit.record(session, "accounts.revoke_token", token, reason=reason)
    return token


def revoke_tokens(session: Session, account_id: int, *, now: dt.datetime, reason: str | None = None) -> list[int]:
    """Revoke all keys of an account, as when it is closed; one entry each.

    Parameters
    ----------
    session : Session
        Bound to whoever closes the account.
    account_id : int
        Whose keys.
    now : datetime
        The moment, with time zone.
    reason : str, optional
        Why.

    Returns
    -------
    list of int
        Which were revoked.
    """
    revoked = list(
        session.scalars(
            update(ApiToken)
            .where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
            .values(revoked_at=now, updated_by=viewer_of(session).account_id)
            .returning(ApiToken.id)
        )
    )
    if revoked:
        changes = {one: {"revoked_at": [None, now.isoformat()]} for one in revoked}
        audit.record_each(session, "accounts.revoke_token", ApiToken, changes, reason=reason)
    return revoked


def tokens_of(session: Session, account_id: int) -> Sequence[ApiToken]:
    """The keys of an account, the newest first, revoked and expired ones included."""
    return session.scalars(
        select(ApiToken).where(ApiToken.account_id == account_id).order_by(ApiToken.id.desc()).limit(200)
    ).all()


def find_owner(
    session: Session, secret: str, *, day: dt.date, address: str | None
) -> tuple[Account, Viewer, ApiToken] | None:
    """Whose key it is and what it opens; None for an unknown, expired or revoked one and a closed account alike."""
    token = session.scalars(select(ApiToken).where(ApiToken.token_hash == hash_token(secret), _usable(day))).first()
    if token is None:
        return None
    found = find_viewer(session, token.account_id, day=day, address=address)
    return None if found is None else (*found, token)


def note_use(session: Session, token_id: int, *, day: dt.date) -> None:
    """Write down that a key was used on ``day``; asked at most once a day, since each commit is felt by all."""
    session.execute(
        update(ApiToken)
        .where(ApiToken.id == token_id, or_(ApiToken.used_on.is_(None), ApiToken.used_on < day))
        .values(used_on=day)
    )


def note_failure(session: Session, *, address: str) -> None:
    """Count a try with a key that opens nothing."""
    session.add(SignInAttempt(username=NOBODY, address=address, succeeded=False))


def is_locked_out(session: Session, *, address: str, now: dt.datetime) -> bool:
    """Whether too many tries with wrong keys came from an address of late."""
    tries = select(func.count()).where(
        SignInAttempt.address == address,
        SignInAttempt.at > now - WINDOW,
        SignInAttempt.username == NOBODY,
        ~SignInAttempt.succeeded,
    )
    return (session.scalar(tries) or 0) >= FAILURES_PER_ADDRESS


def _usable(day: dt.date) -> ColumnElement[bool]:
    return ApiToken.revoked_at.is_(None) & (ApiToken.expires_on >= day)
