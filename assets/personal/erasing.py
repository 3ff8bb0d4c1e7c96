"""Erasing personal values: by request where law allows, and by itself once nothing needs them any more.

The row stays under its number, so that records, history and audit refer to somebody; what it said is
gone from everywhere, since it was written nowhere else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Date, Integer, cast, func, or_, select, update
from sqlalchemy.orm import Session

from assets import audit, editing
from assets.errors import RegistryError
from assets.masks import ERASED
from assets.parties.models import Party, Person
from assets.parties.people import PersonErased
from assets.personal.finding import file_of
from assets.personal.ties import AFTER_END, YIELDING, everywhere, needing, ties
from assets.scope import viewer_of
from assets.terms.thresholds import threshold_at

ACTION: Final = "personal.erase"
RETENTION: Final = "personal.retention"
_EMPTY: Final[dict[str, Any]] = {
    "name": None,
    "pinyin": "",
    "initials": "",
    "phone": None,
    "id_number": None,
    "account_id": None,
}


class StillNeeded(RegistryError):
    """The law keeps what a post, a right or a household's money needs."""

    message = "This person is still needed: {what}. Please end that first; lists of households are kept for their time."


class NeededElsewhere(RegistryError):
    """Records the viewer does not see name the person."""

    message = "Records outside your area name this person as well. Please ask the administrator of the area above."


def erase_person(session: Session, person_id: int, *, reason: str, today: dt.date) -> Person:
    """Empty the values of a person who asks for it; the row stays as “erased” with its number.

    Parameters
    ----------
    session : Session
        Bound to an administrator who may unmask where a record names the person.
    person_id : int
        Whose values.
    reason : str
        Why, such as the person's request; needed.
    today : date
        The office's day.

    Raises
    ------
    StillNeeded
        While the person holds a post, a right, a duty, a contract or an account, or is on a list of
        households whose time of keeping has not passed.
    NeededElsewhere
        When records outside the viewer's reach name the person.
    NotFound, NotAllowed, ReasonNeeded, PersonErased
        See their messages.
    """
    found = file_of(session, person_id, today=today)
    reason = editing.check_reason(reason)
    if found.masked.erased_on is not None:
        raise PersonErased(day=found.masked.erased_on)
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    tie = ties(today, person_id)
    seen = {tuple(row) for row in session.execute(select(tie.c.table_name, tie.c.record_id))}
    with everywhere(session) as whole:
        tie = ties(today, person_id)
        holding = or_(tie.c.until.is_(None), tie.c.until > today)
        in_time = (tie.c.kind == "household") & needing(tie, today)
        named = whole.execute(select(tie, (holding | in_time).label("needs"))).all()
    needed = [one for one in named if one.needs and one.kind not in YIELDING]
    known = [one.name for one in needed if (one.table_name, one.record_id) in seen]
    if known:
        raise StillNeeded(what="、".join(dict.fromkeys(known[:5])))
    if needed or any((one.table_name, one.record_id) not in seen for one in named):
        raise NeededElsewhere
    _erase(session, [person_id], reason=reason, today=today)
    session.flush()
    return session.get_one(Person, person_id, populate_existing=True)


def due_for_erasing(session: Session, *, today: dt.date) -> Sequence[Any]:
    """The persons whom nothing has needed for longer than their values are kept: id, and since when.

    Whoever is named by no record at all counts from the last change of the row.
    """
    tie, needed = ties(today), ties(today)
    last = select(func.max(tie.c.until)).where(tie.c.person_id == Person.id).correlate(Person).scalar_subquery()
    changed = cast(func.timezone("Asia/Shanghai", Person.updated_at), Date)
    months = threshold_at(AFTER_END, "/", today)
    alone = cast(changed + func.make_interval(0, cast(months, Integer)), Date) <= today
    return session.execute(
        select(Person.id, func.coalesce(last, changed).label("since"))
        .where(
            Person.erased_on.is_(None),
            or_(Person.name.is_not(None), Person.phone.is_not(None), Person.id_number.is_not(None)),
            Person.id.not_in(select(needed.c.person_id).where(needing(needed, today))),
            or_(last.is_not(None), alone),
        )
        .order_by(Person.id)
    ).all()


def erase_expired(session: Session, *, today: dt.date) -> int:
    """Erase all who are :func:`due_for_erasing`, as one batch; how many.

    Parameters
    ----------
    session : Session
        The program's own.
    today : date
        The office's day.
    """
    due = [row.id for row in due_for_erasing(session, today=today)]
    if due:
        batch = uuid4().hex
        _erase(session, due, reason=None, today=today, batch=batch)
        audit.note(session, RETENTION, batch=batch, persons=len(due))
    return len(due)


def _erase(
    session: Session, persons: Sequence[int], *, reason: str | None, today: dt.date, batch: str | None = None
) -> None:
    me = viewer_of(session).account_id
    told = {"withheld": "id_number, name, phone"}
    audit.record_each(session, ACTION, Person, dict.fromkeys(persons, told), reason=reason, batch=batch)
    values = _EMPTY | {"erased_on": today, "erased_by": me, "erased_reason": reason, "updated_by": me}
    session.execute(update(Person).where(Person.id.in_(persons)).values(values))
    holders = session.scalars(select(Party.id).where(Party.person_id.in_(persons))).all()
    if holders:
        erased: dict[str, Any] = {"name": [None, ERASED]}
        audit.record_each(session, ACTION, Party, dict.fromkeys(holders, erased), batch=batch)
        session.execute(update(Party).where(Party.id.in_(holders)).values(name=ERASED, updated_by=me))
