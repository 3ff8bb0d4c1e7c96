"""What auditors read: entries of their area, the latest first, along an index.

No page counts or sorts more than a bounded number of entries, so that it is as quick at millions.
Where what is asked for is so rare that the bound is met first, the page says back to when it has
looked, and looking further starts there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from assets.audit.models import AuditEntry, AuditSeal, Deed
from assets.scope import viewer_of, within

AUDITORS = frozenset({"auditor", "administrator"})
# How many entries the steps of one page look at: most pages are full after the first.
STEPS = (500, 5_000, 20_000, 20_000, 20_000, 20_000)
# Pages that a file is put together from.
PAGE_OF_MANY = 2_000
LOOKS = 25
# An area with fewer entries is read by its place, a larger one by time.
FEW = 20_000


@dataclass(frozen=True)
class Asked:
    """Which entries: every field that is given narrows them."""

    area_path: str
    accounts: frozenset[int] | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    actions: frozenset[str] = frozenset()
    table_name: str = ""
    record_id: int | None = None
    address: str = ""
    result: str = ""
    words: str = ""
    batch: str = ""


@dataclass(frozen=True)
class Place:
    """A place in the order of time: the moment of an entry and its id."""

    at: dt.datetime
    id: int


@dataclass(frozen=True)
class Page:
    """Entries, the latest first; where to go on, and back to when it was looked where that is not the end."""

    entries: Sequence[AuditEntry]
    further: Place | None = None
    looked_back_to: dt.datetime | None = None


def read_entries(session: Session, asked: Asked, *, before: Place | None = None, size: int = 50) -> Page:
    """One page of what matches, from ``before`` on back in time."""
    found: list[AuditEntry] = []
    along = _way(session, asked)
    at = before
    for length in STEPS:
        ids, end = _step_back(session, asked, along, at, length)
        matching = (
            select(AuditEntry)
            .where(AuditEntry.id.in_(ids), *_criteria(session, asked))
            .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
            .limit(size + 1 - len(found))
        )
        found += session.scalars(matching)
        if len(found) > size:
            last = found[size - 1]
            return Page(found[:size], Place(last.at, last.id))
        if end is None:
            return Page(found)
        at = end
    return Page(found, at, at.at if at else None)


def read_many(session: Session, asked: Asked, *, most: int) -> Page:
    """What matches, the latest first, up to ``most`` entries and as far back as a file may take."""
    found: list[AuditEntry] = []
    place: Place | None = None
    for _look in range(LOOKS):
        page = read_entries(session, asked, before=place, size=min(most - len(found), PAGE_OF_MANY))
        found += page.entries
        place = page.further
        if place is None or len(found) >= most:
            return Page(found, place)
    return Page(found, place, place.at if place else None)


def _step_back(
    session: Session, asked: Asked, along: ColumnElement[bool] | None, before: Place | None, length: int
) -> tuple[Select[Any], Place | None]:
    """The ids of the next entries along the way, and the place where they end; None at the end of all."""
    steps = _steps(asked, along, before)
    last = session.execute(steps.with_only_columns(Deed.at, Deed.id).offset(length - 1).limit(1)).first()
    return steps.with_only_columns(Deed.id).limit(length), Place(last.at, last.id) if last else None


def _steps(asked: Asked, along: ColumnElement[bool] | None, before: Place | None) -> Select[Any]:
    steps = select(Deed.id).order_by(Deed.at.desc(), Deed.id.desc())
    if along is not None:
        steps = steps.where(along)
    if asked.since is not None:
        steps = steps.where(Deed.at >= asked.since)
    if asked.until is not None:
        steps = steps.where(Deed.at < asked.until)
    if before is not None:
        steps = steps.where(tuple_(Deed.at, Deed.id) < tuple_(literal(before.at), literal(before.id)))
    return steps


def _way(session: Session, asked: Asked) -> ColumnElement[bool] | None:
    """What leads to the entries by an index of its own; None for the order of time."""
    if asked.table_name and asked.record_id is not None:
        return and_(Deed.table_name == asked.table_name, Deed.record_id == asked.record_id)
    if asked.batch:
        return Deed.batch == asked.batch
    if asked.accounts is not None and len(asked.accounts) == 1:
        return Deed.account_id == min(asked.accounts)
    here = within(Deed.region_path, asked.area_path)
    some = select(Deed.id).where(here).limit(FEW + 1).subquery()
    few = (session.scalar(select(func.count()).select_from(some)) or 0) <= FEW
    return here if few else None


def _criteria(session: Session, asked: Asked) -> list[ColumnElement[bool]]:
    """What is asked for, where the viewer may audit it; the scope itself narrows to what may be seen."""
    viewer = viewer_of(session)
    criteria = [within(AuditEntry.region_path, asked.area_path)]
    if not viewer.unbounded:
        audited = replace(viewer, reaches=tuple(reach for reach in viewer.reaches if reach.role in AUDITORS))
        criteria.append(audited.narrow(AuditEntry.region_path, AuditEntry.sector))
    if asked.accounts is not None:
        criteria.append(AuditEntry.account_id.in_(sorted(asked.accounts)))
    if asked.actions:
        criteria.append(AuditEntry.action.in_(sorted(asked.actions)))
    if asked.table_name:
        criteria.append(AuditEntry.table_name == asked.table_name)
    if asked.record_id is not None:
        criteria.append(AuditEntry.record_id == asked.record_id)
    if asked.address:
        criteria.append(AuditEntry.address.startswith(asked.address, autoescape=True))
    if asked.result:
        criteria.append(AuditEntry.result == asked.result)
    if asked.batch:
        criteria.append(AuditEntry.batch == asked.batch)
    if asked.words:
        told = AuditEntry.reason, cast(AuditEntry.changes, Text)
        criteria.append(or_(*(column.icontains(asked.words, autoescape=True) for column in told)))
    return criteria


@dataclass(frozen=True)
class State:
    """How far entries are under seal, and when that was last checked, with which result."""

    seal: AuditSeal | None
    seals: int
    checked_at: dt.datetime | None
    holds: bool


def seal_state(session: Session) -> State:
    """How far entries are under seal; numbers only, nothing of what they tell."""
    seal = session.scalars(select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1)).first()
    check = session.execute(
        select(Deed.at, Deed.result)
        .where(Deed.action == "audit.verify")
        .order_by(Deed.at.desc(), Deed.id.desc())
        .limit(1)
    ).first()
    return State(
        seal, seal.number if seal else 0, check.at if check else None, check is None or check.result == "success"
    )
