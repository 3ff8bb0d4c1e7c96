"""Who fills an upkeep post: putting somebody in, and leaving it vacant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from assets import audit, editing
from assets.accounts.models import Account, Grant
from assets.checking import Checks
from assets.errors import InvalidValue, NotFound
from assets.ownership.queries import in_force
from assets.parties.codes import read_phone
from assets.parties.models import Person, Post, PostHolding
from assets.parties.people import enter_person
from assets.parties.rules import tidy_name
from assets.scope import viewer_of

LONGEST_NAME = 100
FIRST_DAY = dt.date(2012, 1, 1)


def fill_post(
    session: Session,
    post_id: int,
    *,
    person_name: str | None,
    valid_from: dt.date,
    today: dt.date,
    phone: str | None = None,
    username: str | None = None,
    confirmed: Collection[str] = frozenset(),
) -> PostHolding:
    """Put somebody into a post from a day on; whoever fills it until then leaves it.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    post_id : int
        The post.
    person_name, phone : str
        Personal values, kept apart and shown masked. The same name and telephone number are the
        same person, who may fill several posts.
    valid_from : date
        The first day, ``today`` at the latest.
    today : date
        The office's day.
    username : str, optional
        The person's own account, which then sees the duties of the post.

    Raises
    ------
    Unacceptable, NotFound, NotAllowed, AlreadyRetired
        See their messages.
    """
    post = editing.hold(session, Post, post_id)
    checks = Checks(confirmed)
    name = tidy_name(person_name or "")
    if not 2 <= len(name) <= LONGEST_NAME:
        checks.refuse("person_name", "Please fill in the name, 2 to {limit} characters.", limit=LONGEST_NAME)
    number = _read_phone(checks, phone)
    account_id = _account(checks, session, username, post, valid_from)
    current = _current(checks, session, post_id, valid_from, today)
    checks.settle()
    me = viewer_of(session).account_id
    person = _same_person(session, name, number) or enter_person(session, name=name, phone=number)
    if account_id is not None and person.account_id != account_id:
        before, person.account_id, person.updated_by = person.account_id, account_id, me
        # What the audit says of a person are never the personal values.
        session.flush()
        audit.record(session, "parties.set_contact", person, account_id=[before, account_id])
    if current is not None:
        editing.assign(current, {"valid_to": valid_from, "updated_by": me})
        audit.record(session, "maintenance.leave_post", current)
    session.flush()
    holding = PostHolding(post_id=post_id, person_id=person.id, valid_from=valid_from, created_by=me, updated_by=me)
    session.add(holding)
    audit.record(session, "maintenance.fill_post", holding)
    session.flush()
    return holding


def vacate_post(session: Session, post_id: int, *, on: dt.date, reason: str, today: dt.date) -> PostHolding:
    """Say that nobody fills a post from a day on; its assets then show as without a person responsible.

    Raises
    ------
    Unacceptable, NotFound, NotAllowed, AlreadyRetired, ReasonNeeded
        See their messages.
    """
    reason = editing.check_reason(reason)
    editing.hold(session, Post, post_id)
    checks = Checks()
    current = _current(checks, session, post_id, on, today, field="on")
    if current is None and not checks.problems:
        checks.refuse("on", "Nobody fills this post on {day}.", day=on)
    checks.settle()
    if current is None:
        raise NotFound
    editing.assign(current, {"valid_to": on, "updated_by": viewer_of(session).account_id})
    audit.record(session, "maintenance.leave_post", current, reason=reason)
    session.flush()
    return current


def _read_phone(checks: Checks, phone: str | None) -> str | None:
    if not (phone or "").strip():
        return None
    try:
        return read_phone(phone or "")
    except InvalidValue as refusal:
        checks.refuse("phone", refusal.message, **refusal.data)
        return None


def _account(checks: Checks, session: Session, username: str | None, post: Post, day: dt.date) -> int | None:
    """The account, where it may see the place of the post on that day."""
    name = (username or "").strip()
    if not name:
        return None
    above = [int(step) for step in post.region_path.strip("/").split("/")]
    account_id = session.scalar(
        select(Account.id)
        .join(Grant, Grant.account_id == Account.id)
        .where(Account.username == name, Account.active, Grant.region_id.in_(above), in_force(Grant, day))
        .limit(1)
    )
    if account_id is None:
        checks.refuse("username", "There is no account “{name}” that may see this place.", name=name[:40])
    return account_id


def _current(
    checks: Checks, session: Session, post_id: int, day: dt.date, today: dt.date, *, field: str = "valid_from"
) -> PostHolding | None:
    """Who fills the post on ``day``; refused when somebody does from a later day on."""
    if not FIRST_DAY <= day <= today:
        checks.refuse(field, "Choose a day from {first} to {last}.", first=FIRST_DAY, last=today)
        return None
    latest = session.scalars(
        select(PostHolding)
        .where(PostHolding.post_id == post_id, or_(PostHolding.valid_to.is_(None), PostHolding.valid_to > day))
        .order_by(PostHolding.valid_from.desc())
        .with_for_update(of=PostHolding)
    ).first()
    if latest is not None and latest.valid_from >= day:
        message = "Somebody fills this post from {day} on. Choose a later day."
        checks.refuse(field, message, day=latest.valid_from)
        return None
    return latest


def _same_person(session: Session, name: str, phone: str | None) -> Person | None:
    if phone is None:
        return None
    return session.scalars(select(Person).where(Person.name == name, Person.phone == phone).limit(1)).first()
