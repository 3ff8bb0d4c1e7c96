"""Keeping accounts: inviting people, and correcting who they are and where they work."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets import audit
from assets.accounts import passwords
from assets.accounts.models import Account, Grant
from assets.checking import Checks
from assets.editing import assign, check_reason, hold
from assets.errors import InvalidValue
from assets.grants.authority import ADMINISTRATORS, hold_account
from assets.grants.granting import check_grant
from assets.grants.ways_in import Invited
from assets.regions.directory import region_in_force
from assets.scope import viewer_of

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
LONGEST_NAME = 50
LONGEST_SUBJECT = 200
LANGUAGES = ("zh", "en")


def invite_account(
    session: Session,
    *,
    display_name: str,
    username: str,
    region_id: int,
    locale: str,
    role: str,
    sector: str | None,
    valid_from: dt.date,
    valid_to: dt.date | None,
    may_unmask: bool,
    today: dt.date,
    now: dt.datetime,
    confirmed: Collection[str] = frozenset(),
) -> Invited:
    """Make an account with a first grant and a first password to be changed at the first sign-in.

    Parameters
    ----------
    session : Session
        Bound to an administrator, or to the system.
    display_name, username : str
        The person's name as shown, and the account name.
    region_id : int
        Where the person works; the first grant is for this place.
    locale : {"zh", "en"}
        The language of the invitation and of the pages at first.
    role, sector, valid_from, valid_to, may_unmask
        The first grant.
    today : date
        The office's day.
    now : datetime
        The moment, with time zone; the first password is good for some days.
    confirmed : collection of str
        The doubts that were confirmed.

    Raises
    ------
    Unacceptable
        With all that is wrong.
    """
    checks = Checks(confirmed)
    display_name, username = check_name(checks, display_name), tidy_username(username)
    if not USERNAME.fullmatch(username):
        checks.refuse("username", "An account name has 2 to 40 small letters, digits, dots, hyphens or underlines.")
    elif session.scalar(select(Account.id).where(Account.username == username)) is not None:
        checks.refuse("username", "This account name is taken. Please choose another.")
    if locale not in LANGUAGES:
        checks.refuse("locale", "“{value}” is not one of the choices.", value=locale[:40])
    check_grant(
        checks,
        session,
        account_id=None,
        role=role,
        region_id=region_id,
        sector=sector,
        valid_from=valid_from,
        valid_to=valid_to,
        today=today,
    )
    checks.settle()
    viewer, password = viewer_of(session), passwords.first_password()
    account = Account(
        username=username,
        display_name=display_name,
        region_id=region_id,
        locale=locale,
        password_hash=passwords.hash_password(password),
        must_change_password=True,
        password_expires_at=passwords.first_password_ends(now),
        created_by=viewer.account_id,
    )
    session.add(account)
    audit.record(session, "grants.invite_account", account)
    session.flush()
    grant = Grant(
        account_id=account.id,
        role=role,
        region_id=region_id,
        sector=sector,
        valid_from=valid_from,
        valid_to=valid_to,
        may_unmask=may_unmask,
        created_by=viewer.account_id,
    )
    session.add(grant)
    audit.record(session, "grants.add_grant", grant)
    return Invited(account, password)


def correct_account(
    session: Session,
    account_id: int,
    *,
    revision: int,
    display_name: str,
    region_id: int,
    locale: str,
    outside_subject: str | None,
    reason: str,
    today: dt.date,
    confirmed: Collection[str] = frozenset(),
) -> Account:
    """Correct who a person is, where they work, and who they are at the provider of outside sign-in.

    Parameters
    ----------
    session : Session
        Bound to an administrator.
    account_id, revision : int
        Which account, and the version that was seen.
    display_name, region_id, locale, outside_subject
        As they are right.
    reason : str
        Why; needed.
    today : date
        The office's day.
    confirmed : collection of str
        The doubts that were confirmed.

    Raises
    ------
    NotFound, NotAllowed, ChangedMeanwhile, Unacceptable
        See their messages.
    """
    hold_account(session, account_id, today=today)
    account = hold(session, Account, account_id, revision=revision)
    checks = Checks(confirmed)
    display_name = check_name(checks, display_name)
    subject = (outside_subject or "").strip() or None
    if subject is not None and len(subject) > LONGEST_SUBJECT:
        checks.refuse("outside_subject", "At most {limit} characters.", limit=LONGEST_SUBJECT)
    elif subject is not None and _subject_taken(session, subject, account_id):
        checks.refuse("outside_subject", "Another account is signed in to from outside under this name already.")
    if region_id != account.region_id:
        _check_place(checks, session, region_id, today)
    if locale not in LANGUAGES:
        checks.refuse("locale", "“{value}” is not one of the choices.", value=locale[:40])
    checks.settle()
    values = {
        "display_name": display_name,
        "region_id": region_id,
        "locale": locale,
        "outside_subject": subject,
        "updated_by": viewer_of(session).account_id,
    }
    assign(account, values)
    audit.record(session, "grants.correct_account", account, reason=check_reason(reason))
    return account


def tidy_username(text: str) -> str:
    """An account name in small letters of normal width."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def check_name(checks: Checks, text: str) -> str:
    """The person's name, tidied."""
    name = " ".join(text.replace("\x00", " ").split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        checks.refuse(
            "display_name", "Please enter the person's name, in at most {limit} characters.", limit=LONGEST_NAME
        )
    return name


def _check_place(checks: Checks, session: Session, region_id: int, today: dt.date) -> None:
    try:
        region = region_in_force(session, region_id, day=today)
    except InvalidValue as refusal:
        checks.refuse("region_id", refusal.message, **refusal.data)
        return
    if not viewer_of(session).may(ADMINISTRATORS, region.region_path):
        checks.refuse("region_id", "{name} lies outside the area you administer.", name=region.short_name)


def _subject_taken(session: Session, subject: str, account_id: int) -> bool:
    taken = select(Account.id).where(Account.outside_subject == subject, Account.id != account_id)
    return session.scalar(taken) is not None
