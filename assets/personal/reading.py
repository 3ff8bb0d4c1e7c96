"""Seeing personal values: through a record that names the person, with a grant, for a reason, logged."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from assets import audit, editing
from assets.audit import Deed
from assets.errors import NotAllowed, NotFound, RegistryError
from assets.masks import masked_identity, masked_name, masked_phone
from assets.parties.models import Party, Person
from assets.parties.people import PersonErased
from assets.parties.visibility import may_see
from assets.personal.ties import ties
from assets.scope import Viewer, viewer_of

ACTION: Final = "personal.read"
PER_HOUR: Final = 60
# Through which records a person is shown on pages, and by which ties these name them.
THROUGH: Final = {
    "post": frozenset({"post"}),
    "asset": frozenset({"household", "inspection"}),
    "party": frozenset({"holder", "contact"}),
}


class TooManyReads(RegistryError):
    """Nobody's work needs so many within an hour."""

    message = "You have looked at personal values {limit} times within an hour. Please go on later."


@dataclass(frozen=True)
class Through:
    """A record that names a person: its table, number, name, and where it lies."""

    table: str
    record_id: int
    name: str
    region_path: str | None
    sector: str | None

    @property
    def reference(self) -> str:
        """As it stands in addresses and in the audit: ``post-12``."""
        return f"{self.table}-{self.record_id}"


@dataclass(frozen=True)
class Values:
    """The clear values of a person, to be shown once."""

    name: str | None
    phone: str | None
    id_number: str | None


def may_unmask(viewer: Viewer, path: str | None, sector: str | None = None) -> bool:
    """Whether a grant of the viewer lets personal values at ``path`` be seen."""
    return viewer.unbounded or any(
        reach.may_unmask
        and path is not None
        and reach.covers(path)
        and (reach.sectors is None or sector is None or sector in reach.sectors)
        for reach in viewer.reaches
    )


def masked(session: Session, person_id: int) -> Any:
    """The masked values of a person: name, phone, id_number, erased_on, revision."""
    return session.execute(
        select(
            masked_name(Person).label("name"),
            masked_phone(Person.phone).label("phone"),
            masked_identity(Person.id_number).label("id_number"),
            Person.erased_on,
            Person.erased_reason,
            Person.revision,
        ).where(Person.id == person_id)
    ).one()


def find_through(session: Session, person_id: int, reference: str, *, today: dt.date) -> Through:
    """The record ``reference`` (``post-12``), where it names the person and the viewer sees it.

    Raises
    ------
    NotFound
        When there is no such record or person, the record names another, or is not the viewer's to see.
    """
    table, _dash, number = reference.partition("-")
    kinds = THROUGH.get(table, frozenset())
    if not kinds or not (number.isascii() and number.isdigit() and len(number) < 19):
        raise NotFound
    if table == "party" and not may_see(session, int(number)):
        raise NotFound
    tie = ties(today, person_id)
    found = session.execute(
        select(tie.c.name, tie.c.region_path, tie.c.sector)
        .where(tie.c.table_name == table, tie.c.record_id == int(number), tie.c.kind.in_(sorted(kinds)))
        .limit(1)
    ).first()
    if found is None:
        raise NotFound
    return Through(table, int(number), *found)


def allows_unmasking(session: Session, through: Through, *, today: dt.date) -> bool:
    """Whether the viewer holds a grant for it over the record, or over what a holder holds."""
    viewer = viewer_of(session)
    if may_unmask(viewer, through.region_path, through.sector):
        return True
    if through.table != "party" or not any(reach.may_unmask for reach in viewer.reaches):
        return False
    tie = ties(today)
    person = select(Party.person_id).where(Party.id == through.record_id).scalar_subquery()
    held = session.execute(
        select(tie.c.region_path, tie.c.sector)
        .where(tie.c.person_id == person, tie.c.kind.in_(("right", "duty", "contract")))
        .where(or_(tie.c.until.is_(None), tie.c.until > today))
        .distinct()
    )
    return any(may_unmask(viewer, path, sector) for path, sector in held)


def read_person(
    session: Session,
    person_id: int,
    *,
    through: str,
    reason: str,
    now: dt.datetime,
    today: dt.date,
    per_hour: int = PER_HOUR,
) -> tuple[Values, Through]:
    """The clear values of a person, once; the audit tells who saw them, why, and through which record.

    Parameters
    ----------
    session : Session
        Bound to who looks; its caller commits before anything is shown.
    person_id : int
        Whose values.
    through : str
        The record that names the person, such as ``post-12``.
    reason : str
        Why they are needed; kept in the audit.
    now, today : datetime, date
        The moment and the office's day.
    per_hour : int
        How often one account may look within an hour.

    Raises
    ------
    NotFound
        When the record does not name the person, or is not the viewer's to see.
    NotAllowed
        Without a grant that includes it.
    ReasonNeeded, TooManyReads, PersonErased
        See their messages.
    """
    record = find_through(session, person_id, through, today=today)
    if not allows_unmasking(session, record, today=today):
        raise NotAllowed
    reason = editing.check_reason(reason)
    _count(session, now, per_hour)
    person = session.get_one(Person, person_id)
    if person.erased_on is not None:
        raise PersonErased(day=person.erased_on)
    audit.record(session, ACTION, person, reason=reason, region_path=record.region_path, through=record.reference)
    return Values(person.name, person.phone, person.id_number), record


def note_refusal(session: Session, person_id: int, *, through: str, reason: str, why: str, today: dt.date) -> None:
    """Leave an entry that somebody tried to look and was not let; the caller commits."""
    try:
        path = find_through(session, person_id, through, today=today).region_path
    except NotFound:
        path = None
    facts = {"person": person_id, "through": through[:40], "why": why}
    audit.note(session, ACTION, path, "refused", reason=" ".join(reason.split())[:500] or None, **facts)


def _count(session: Session, now: dt.datetime, per_hour: int) -> None:
    account_id = viewer_of(session).account_id
    if account_id is None:
        return
    # Two windows of one person count each other's.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"personal.read {account_id}", 0))))
    seen = session.scalar(
        select(func.count()).where(
            Deed.account_id == account_id,
            Deed.action == ACTION,
            Deed.result == "success",
            Deed.at > now - dt.timedelta(hours=1),
        )
    )
    if (seen or 0) >= per_hour:
        raise TooManyReads(limit=per_hour)
