"""Finding a person, everything that refers to them, and what a person may ask for about themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from assets import audit, editing
from assets.accounts.models import Account
from assets.audit import Deed
from assets.checking import Checks
from assets.errors import InvalidValue, NotAllowed, NotFound
from assets.parties.codes import read_identity_number, read_phone
from assets.parties.models import Person
from assets.parties.rules import tidy_name
from assets.personal.reading import Values, masked, may_unmask
from assets.personal.ties import ties
from assets.scope import Reach, Viewer, viewer_of

ADMINISTRATORS: Final = frozenset({"administrator"})
_SHOWN: Final = 200


@dataclass(frozen=True)
class File:
    """What the registry keeps about a person, masked: the person's row, ties and latest entries.

    Each of ``ties``: kind, table_name, record_id, name, times, since, until, kept_until.
    """

    person_id: int
    masked: Any
    ties: Sequence[Any]
    entries: Sequence[Any]


def keeps_people(viewer: Viewer) -> bool:
    """Whether the viewer administers an area and may unmask there."""
    return viewer.unbounded or bool(_keeping(viewer))


def find_persons(
    session: Session, *, name: str | None, id_number: str | None, phone: str | None, today: dt.date
) -> Sequence[Any]:
    """The persons with exactly this name and identity number or telephone number, masked.

    Each row: id, name, phone, id_number, erased_on. Only persons whom a record names that lies where
    the viewer administers and may unmask. The audit tells that somebody was looked for, not who.

    Raises
    ------
    Unacceptable
        When the name is missing, or both numbers are, or one is none.
    NotAllowed
        When the viewer keeps no people.
    """
    _require_keeper(session)
    checks = Checks()
    known = tidy_name(name or "")
    if not known:
        checks.refuse("name", "Please fill in the whole name.")
    numbers = []
    for field, text, column, reader in (
        ("id_number", id_number, Person.id_number, read_identity_number),
        ("phone", phone, Person.phone, read_phone),
    ):
        if (text or "").strip():
            try:
                numbers.append(column == reader(text or ""))
            except InvalidValue as refusal:
                checks.refuse(field, refusal.message, **refusal.data)
    if not numbers and not checks.problems:
        checks.refuse("id_number", "Please fill in the identity number or the telephone number as well.")
    checks.settle()
    same = select(Person.id).where(func.plain_name(Person.name) == func.plain_name(known), *numbers)
    found = [person_id for person_id in session.scalars(same.limit(20)) if _is_kept(session, person_id, today)]
    audit.note(session, "personal.find", found=", ".join(map(str, found)))
    return [(person_id, masked(session, person_id)) for person_id in found]


def file_of(session: Session, person_id: int, *, today: dt.date) -> File:
    """Everything that refers to a person, as far as the viewer sees it.

    Raises
    ------
    NotFound
        When no record names the person where the viewer administers and may unmask.
    NotAllowed
        When the viewer keeps no people.
    """
    _require_keeper(session)
    if not _is_kept(session, person_id, today):
        raise NotFound
    tie = ties(today, person_id)
    record = (tie.c.kind, tie.c.table_name, tie.c.record_id, tie.c.name)
    # The many visits to one asset are one line.
    until, kept = (_last(column) for column in (tie.c.until, tie.c.kept_until))
    named = session.execute(
        select(
            *record,
            func.count().label("times"),
            func.min(tie.c.since).label("since"),
            until.label("until"),
            kept.label("kept_until"),
        )
        .group_by(*record)
        .order_by(until.desc().nulls_first(), tie.c.kind, tie.c.record_id)
        .limit(_SHOWN)
    ).all()
    about = (Deed.table_name == "person") & (Deed.record_id == person_id)
    refused = (Deed.action == "personal.read") & (Deed.changes["person"].as_integer() == person_id)
    entries = session.execute(
        select(Deed.at, Deed.action, Deed.reason, Deed.result, Deed.changes, Account.display_name)
        .outerjoin(Account, Account.id == Deed.account_id)
        .where(or_(about, refused))
        .order_by(Deed.at.desc(), Deed.id.desc())
        .limit(_SHOWN)
    ).all()
    return File(person_id, masked(session, person_id), named, entries)


def hand_over(session: Session, person_id: int, *, reason: str, today: dt.date) -> tuple[Values, File]:
    """What a person may ask to be given: their values and all that refers to them; logged.

    Raises
    ------
    NotFound, NotAllowed, ReasonNeeded
        See their messages.
    """
    found = file_of(session, person_id, today=today)
    reason = editing.check_reason(reason)
    person = session.get_one(Person, person_id)
    audit.record(session, "personal.hand_over", person, reason=reason)
    return Values(person.name, person.phone, person.id_number), found


def _last(day: ColumnElement[Any]) -> ColumnElement[Any]:
    """The last of several days; none where one of them is none."""
    return case((func.count() == func.count(day), func.max(day)))


def _require_keeper(session: Session) -> None:
    if not keeps_people(viewer_of(session)):
        raise NotAllowed


def _keeping(viewer: Viewer) -> tuple[Reach, ...]:
    return tuple(reach for reach in viewer.reaches if reach.role in ADMINISTRATORS and reach.may_unmask)


def _is_kept(session: Session, person_id: int, today: dt.date) -> bool:
    viewer = viewer_of(session)
    if viewer.unbounded:
        return session.get(Person, person_id) is not None
    keeper = Viewer(viewer.account_id, reaches=_keeping(viewer))
    tie = ties(today, person_id)
    places = session.execute(select(tie.c.region_path, tie.c.sector).distinct())
    return any(may_unmask(keeper, path, sector) for path, sector in places)
