"""Passwords: hashed with Argon2id, judged by how soon they would be guessed."""

from __future__ import annotations

import datetime as dt
import secrets
import unicodedata
from collections.abc import Iterable, Iterator

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST_PASSWORD = 200
FIRST_PASSWORD_DAYS = 7
# Letters and figures that are not taken for one another when read out or copied from paper.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """The Argon2id hash of ``password``, with its salt and cost inside."""
    return _hasher.hash(_normal(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether ``password`` fits; takes as long for an unknown account (None) as for a known one."""
    try:
        fits = _hasher.verify(password_hash or _NOBODY, _normal(password[: LONGEST_PASSWORD + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return fits and password_hash is not None and len(password) <= LONGEST_PASSWORD


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made at a lower cost than new ones, and should be made anew."""
    return _hasher.check_needs_rehash(password_hash)


def first_password() -> str:
    """A random password to be handed over and changed at the first sign-in: four groups of four."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(4))


def first_password_ends(now: dt.datetime) -> dt.datetime:
    """Until when a first password made ``now`` is good for signing in."""
    return now + dt.timedelta(days=FIRST_PASSWORD_DAYS)


def faults(password: str, *, username: str, display_name: str = "", least: int) -> Iterator[tuple[str, dict[str, int]]]:
    """What is wrong with a new password, as sentences with their values; nothing if it may be used."""
    password = _normal(password)
    if len(password) < least:
        yield "The new password needs at least {least} characters.", {"least": least}
    if len(password) > LONGEST_PASSWORD:
        yield "The new password may have at most {most} characters.", {"most": LONGEST_PASSWORD}
        return
    if len(username) > 2 and username.casefold() in password.casefold():
        yield "The new password must not contain the account name.", {}
    elif len(password) >= least and (advice := _advice(password, (username, display_name, "xiangtu", "乡图"))):
        yield advice, {}


_WEAK = 3
_JUDGED = 72
_ADVICE = {
    "dictionary": "Many people use this password or nearly the same; it would be tried first.",
    "spatial": "Keys that lie side by side, such as qwerty, are guessed at once.",
    "repeat": "Repeated characters, such as aaa or abcabc, are guessed at once.",
    "sequence": "Characters that follow each other, such as abc or 6543, are guessed at once.",
    "regex": "A year is guessed at once.",
    "date": "Dates are guessed at once, birthdays first.",
}
_GENERAL = "This password is guessed too easily. Take several words that have nothing to do with each other."


def _advice(password: str, own_words: Iterable[str]) -> str | None:
    # Its word lists take a moment to load, and only those who change a password need them.
    from zxcvbn import zxcvbn

    judged = zxcvbn(password[:_JUDGED], user_inputs=[word for word in own_words if word])
    if judged["score"] >= _WEAK:
        return None
    longest = max(judged["sequence"], key=lambda part: len(str(part["token"])))
    return _ADVICE.get(longest["pattern"], _GENERAL)


def _normal(password: str) -> str:
    # An input method may give full-width letters for the same keys.
    return unicodedata.normalize("NFKC", password)
