"""A second factor: the six figures an account's telephone shows, or a recovery code when it is lost.

The secret is sealed by the caller's key. A code counts once: no step of the clock is taken twice,
and recovery codes are used up. Wrong codes are counted like wrong passwords.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from typing import Protocol

import pyotp
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assets import audit
from assets.accounts import recovery_codes, tries
from assets.accounts.models import Account, SecondFactor
from assets.errors import InvalidValue, RegistryError

# A telephone's clock may be half a minute off, before or after.
STEPS_OFF = 1


class Seal(Protocol):
    """What keeps a secret from whoever reads the database alone."""

    def seal(self, text: str) -> str:
        """``text``, readable with the key only."""

    def unseal(self, sealed: str) -> str:
        """What was sealed."""


class CodeRefused(RegistryError):
    """Wrong, used before, or too old; which of them is not said."""

    message = "This code is wrong, or it was used before. Please wait for the next one."


class AlreadyOn(RegistryError):
    """A second factor is changed by turning it off first, which asks for the password."""

    message = "The second factor is on already. To change the telephone, turn it off first."


def is_on(session: Session, account_id: int) -> bool:
    """Whether signing in asks this account for a code."""
    return session.scalar(select(SecondFactor.confirmed_at).where(SecondFactor.account_id == account_id)) is not None


def find_secret(session: Session, account_id: int, seal: Seal) -> str | None:
    """The secret that waits to be confirmed; never that of a second factor in use."""
    waiting = session.get(SecondFactor, account_id)
    return _opened(waiting, seal) if waiting is not None and waiting.confirmed_at is None else None


def provisioning_uri(secret: str, username: str, *, issuer: str) -> str:
    """What the telephone reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=issuer)


def begin_second_factor(session: Session, account: Account, *, seal: Seal, now: dt.datetime) -> None:
    """Make a secret for the telephone; it counts once a code of it was given.

    Parameters
    ----------
    session : Session
        A system session; the caller commits.
    account : Account
        Whose.
    seal : Seal
        What keeps the secret.
    now : datetime
        The moment, with time zone.

    Raises
    ------
    AlreadyOn
        When there is one in use.
    """
    if is_on(session, account.id):
        raise AlreadyOn
    sealed = seal.seal(f"{account.id}:{pyotp.random_base32()}")
    session.merge(SecondFactor(account_id=account.id, sealed_secret=sealed, created_at=now, last_step=None))
    audit.record(session, "accounts.begin_second_factor", account)


def confirm_second_factor(
    session: Session, account: Account, code: str, *, seal: Seal, address: str, now: dt.datetime
) -> list[str]:
    """Take the telephone into use.

    Parameters
    ----------
    session : Session
        A system session; the caller commits it also when this raises.
    account : Account
        Whose.
    code : str
        What the telephone shows.
    seal : Seal
        What keeps the secret.
    address : str
        Where the request came from.
    now : datetime
        The moment, with time zone.

    Returns
    -------
    list of str
        Ten recovery codes, to be shown this once.

    Raises
    ------
    InvalidValue, TooManyTries
        For a wrong code, or too many of them.
    AlreadyOn
        When it is in use already.
    """
    waiting = session.get(SecondFactor, account.id, with_for_update=True)
    if waiting is None:
        raise CodeRefused
    if waiting.confirmed_at is not None:
        raise AlreadyOn
    attempt = tries.count_try(session, _claim(account, address), now=now)
    step = _matching_step(waiting, code, seal, now)
    if step is None:
        raise InvalidValue("This is not the code of the picture above. Please enter the one shown now.", field="code")
    attempt.succeeded = True
    waiting.confirmed_at, waiting.last_step = now, step
    codes = recovery_codes.make_codes(session, account.id)
    audit.record(session, "accounts.enrol_second_factor", account)
    return codes


def check_code(
    session: Session,
    account: Account,
    code: str,
    *,
    seal: Seal,
    address: str,
    now: dt.datetime,
    device: str | None = None,
) -> str:
    """Check the code of somebody whose password was right.

    Parameters
    ----------
    session : Session
        A system session; the caller commits it also when this raises, so that the try counts.
    account : Account
        Whose.
    code : str
        Six figures, or a recovery code.
    seal : Seal
        What keeps the secret.
    address : str
        Where the request came from.
    now : datetime
        The moment, with time zone.
    device : str, optional
        What the browser was given when it signed in to this account before.

    Returns
    -------
    {"code", "recovery"}
        What it was.

    Raises
    ------
    CodeRefused
        When it is wrong, too old or was used before.
    TooManyTries
        After too many of them.
    """
    attempt = tries.count_try(session, _claim(account, address, device), now=now)
    factor = session.get(SecondFactor, account.id, with_for_update=True)
    if factor is not None and factor.confirmed_at is not None:
        step = _matching_step(factor, code, seal, now)
        if step is not None:
            factor.last_step = step
        if step is not None or recovery_codes.use_code(session, account.id, code, now=now):
            kind = "recovery" if step is None else "code"
            attempt.succeeded = True
            audit.record(session, "accounts.give_code", account, result="success", kind=kind)
            return kind
    audit.record(session, "accounts.give_code", account, result="refused")
    raise CodeRefused


def renew_recovery_codes(session: Session, account: Account) -> list[str]:
    """Make ten new recovery codes; the former open nothing any more.

    Parameters
    ----------
    session : Session
        A system session; the caller has asked for the password, and commits.
    account : Account
        Whose.

    Returns
    -------
    list of str
        The codes, to be shown this once.

    Raises
    ------
    CodeRefused
        When there is no second factor in use.
    """
    if not is_on(session, account.id):
        raise CodeRefused
    codes = recovery_codes.make_codes(session, account.id)
    audit.record(session, "accounts.renew_recovery_codes", account)
    return codes


def turn_off_second_factor(session: Session, account: Account) -> None:
    """Sign in with the password alone again.

    Parameters
    ----------
    session : Session
        A system session; the caller has asked for the password, and commits.
    account : Account
        Whose.
    """
    _remove(session, account.id)
    audit.record(session, "accounts.turn_off_second_factor", account)


def reset_second_factor(session: Session, account: Account, *, reason: str) -> None:
    """Take a lost telephone out of use for somebody else.

    Parameters
    ----------
    session : Session
        The session of the administrator; the caller has checked the reach, and commits.
    account : Account
        Whose.
    reason : str
        Why, for the trail.
    """
    _remove(session, account.id)
    audit.record(session, "accounts.reset_second_factor", account, reason=reason)


def _claim(account: Account, address: str, device: str | None = None) -> tries.Claim:
    return tries.Claim(account.username, address, step="code", device=device, account_id=account.id)


def _matching_step(factor: SecondFactor, code: str, seal: Seal, now: dt.datetime) -> int | None:
    """The step of the clock at which ``code`` is shown, if it is one that was not used yet."""
    figures = re.sub(r"\s", "", code)
    if not (figures.isascii() and figures.isdigit() and len(figures) == 6):
        return None
    totp = pyotp.TOTP(_opened(factor, seal))
    current = int(now.timestamp()) // totp.interval
    for step in range(current - STEPS_OFF, current + STEPS_OFF + 1):
        fresh = factor.last_step is None or step > factor.last_step
        if secrets.compare_digest(totp.generate_otp(step), figures) and fresh:
            return step
    return None


def _opened(factor: SecondFactor, seal: Seal) -> str:
    owner, _colon, secret = seal.unseal(factor.sealed_secret).partition(":")
    if owner != str(factor.account_id):
        raise CodeRefused
    return secret


def _remove(session: Session, account_id: int) -> None:
    recovery_codes.remove_codes(session, account_id)
    session.execute(delete(SecondFactor).where(SecondFactor.account_id == account_id))
