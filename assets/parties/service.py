"""Entering holders once, finding them and setting them right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import and_, false, func, or_, select
from sqlalchemy.orm import Session

from assets import audit, editing
from assets.checking import Checks
from assets.parties.codes import plain_code
from assets.parties.holding import hold_party, require_keeper
from assets.parties.likeness import same_name
from assets.parties.models import Party
from assets.parties.people import called, keep_personal
from assets.parties.rules import PartyRules, PartyValues, tidy_name
from assets.parties.visibility import may_see, seen_by
from assets.scope import viewer_of
from assets.search.finding import best, clean
from assets.search.matching import named_like
from assets.search.words import spell
from assets.vocabulary import PEOPLE


def find_parties(session: Session, words: str, limit: int = 10) -> Sequence[Party]:
    """The holders that typed words fit best, for choosing: by name, code, pinyin or initials.

    People are found by their whole name, its pinyin or their identity number alone.

    Parameters
    ----------
    session : Session
        Bound to the viewer; found are those the viewer may see, and one by its exact code.
    words : str
        As typed.
    limit : int
        Answers at most.
    """
    words = clean(words)
    seen = or_(seen_by(viewer_of(session)), Party.code == plain_code(words))
    statement = select(Party).where(seen, Party.retired_on.is_(None))
    fits = or_(named_like(Party, words), called(words)) if words else false()
    return session.scalars(best(statement, Party, words, limit=limit, matching=fits)).all()


def named_exactly(session: Session, name: str) -> Sequence[Party]:
    """The holders of exactly this name whom the viewer may see, two at most."""
    exact = or_(and_(Party.name == name, Party.person_id.is_(None)), called(name))
    statement = select(Party).where(exact, Party.retired_on.is_(None), seen_by(viewer_of(session)))
    return session.scalars(statement.order_by(Party.id).limit(2)).all()


def find_or_create_party(
    session: Session,
    *,
    name: str,
    type: str,
    today: dt.date,
    code: str | None = None,
    region_id: int | None = None,
    confirmed: Collection[str] = frozenset(),
) -> Party:
    """The holder that is meant, entered first when nobody is.

    A body with the same code is the same; without a code, one with the same name (however its
    brackets and blanks are written) and type. People share names, so they are never taken for
    one another.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    name, type, code, region_id
        As in :func:`register_party`.
    today : date
        The office's day.
    confirmed : collection of str
        The doubts that the editor has confirmed.

    Raises
    ------
    Unacceptable
        When the code belongs to another, or holders that may be the same are not confirmed as
        different.
    """
    _one_at_a_time(session, name, code)
    bare = plain_code(code or "")
    if type not in PEOPLE:
        found = session.scalars(select(Party).where(Party.code == bare)).first() if bare else None
        if found is not None and _plain(session, found.name) == _plain(session, name):
            return _still_there(found, today)
        same = [
            party
            for party in same_name(session, tidy_name(name))
            if party.type == type and not (bare and party.code) and may_see(session, party.id)
        ]
        if len(same) == 1 and not bare:
            return _still_there(same[0], today)
    return register_party(
        session, name=name, type=type, code=code, region_id=region_id, today=today, confirmed=confirmed
    )


def register_party(
    session: Session,
    *,
    name: str,
    type: str,
    today: dt.date,
    code: str | None = None,
    region_id: int | None = None,
    valid_to: dt.date | None = None,
    contact_name: str | None = None,
    contact_phone: str | None = None,
    identity_number: str | None = None,
    confirmed: Collection[str] = frozenset(),
) -> Party:
    """Enter a holder.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    name : str
        As in its certificate; 2 to 100 characters.
    type : str
        One of ``PARTY_TYPES``.
    today : date
        The office's day.
    code : str, optional
        Unified social credit code; none for people.
    region_id : int, optional
        Where it is seated; within the editor's reach.
    valid_to : date, optional
        When it ceased to exist.
    contact_name, contact_phone, identity_number : str, optional
        Personal values; they are kept apart and shown masked.
    confirmed : collection of str
        The doubts that the editor has confirmed: ``party_similar``.

    Raises
    ------
    Unacceptable
        With everything that is wrong.
    NotAllowed
        When the viewer keeps no records, or not there.
    """
    _one_at_a_time(session, name, code)
    checks = Checks(confirmed)
    values = PartyValues(name, type, code, region_id, valid_to, contact_name, contact_phone, identity_number)
    rules = PartyRules(checks, session, values, before=None, today=today)
    columns = rules.check()
    checks.settle()
    require_keeper(session, columns["region_id"])
    me = viewer_of(session).account_id
    columns |= dict(zip(("pinyin", "initials"), spell(columns["name"]), strict=True))
    party = Party(created_by=me, updated_by=me)
    keep_personal(session, party, columns, rules.personal)
    editing.assign(party, columns)
    session.add(party)
    audit.record(session, "parties.register_party", party)
    session.flush()
    return party


def correct_party(
    session: Session,
    party_id: int,
    *,
    revision: int,
    name: str,
    type: str,
    reason: str,
    today: dt.date,
    code: str | None = None,
    region_id: int | None = None,
    valid_to: dt.date | None = None,
    contact_name: str | None = None,
    contact_phone: str | None = None,
    identity_number: str | None = None,
    confirmed: Collection[str] = frozenset(),
) -> Party:
    """Set a holder right; an empty personal value leaves the kept one.

    Raises
    ------
    NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile, ReasonNeeded, Unacceptable
        See their messages.
    """
    reason = editing.check_reason(reason)
    party = hold_party(session, party_id, revision)
    _one_at_a_time(session, name, code)
    checks = Checks(confirmed)
    values = PartyValues(name, type, code, region_id, valid_to, contact_name, contact_phone, identity_number)
    rules = PartyRules(checks, session, values, before=party, today=today)
    columns = rules.check()
    checks.settle()
    if columns["region_id"] != party.region_id:
        require_keeper(session, columns["region_id"])
    columns |= dict(zip(("pinyin", "initials"), spell(columns["name"]), strict=True))
    kept_apart = keep_personal(session, party, columns, rules.personal)
    changed = editing.assign(party, columns) or kept_apart
    if changed:
        party.updated_by = viewer_of(session).account_id
        audit.record(session, "parties.correct_party", party, reason=reason)
    return party


def _one_at_a_time(session: Session, name: str, code: str | None) -> None:
    """Whoever enters the same name or code at the same time waits here, and then finds it."""
    keys = sorted({f"party name {_plain(session, tidy_name(name))}", f"party code {plain_code(code or '')}"})
    for key in keys if plain_code(code or "") else keys[1:]:
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


def _plain(session: Session, name: str) -> Any:
    return session.scalar(select(func.plain_name(name)))


def _still_there(party: Party, today: dt.date) -> Party:
    checks = Checks()
    if party.valid_to is not None and party.valid_to <= today:
        checks.refuse(
            "name", "“{name}” ended on {day}; please choose its successor.", name=party.name, day=party.valid_to
        )
    checks.settle()
    return party
