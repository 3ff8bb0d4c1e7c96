"""The dated lists 名单 that counties, towns and villages stand in: key assistance, demonstration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from assets import audit
from assets.checking import Checks
from assets.editing import assign, check_reason, hold, require_writer
from assets.regions.directory import region_in_force
from assets.regions.models import Designation
from assets.scope import viewer_of

KINDS = ("key_assistance", "demonstration")
LEVELS = ("national", "provincial", "city", "county")
# Who makes a list of what: 国家/省/市 of counties, 省/市/县 of towns and villages.
_LEVELS_OF = {"county": LEVELS[:3], "town": LEVELS[1:], "village": LEVELS[1:]}
LONGEST_DOCUMENT = 200
FIRST_LIST = dt.date(2012, 1, 1)
FARTHEST_AHEAD = dt.timedelta(366)


def enter_in_list(
    session: Session,
    *,
    region_id: int,
    kind: str,
    level: str,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    document: str | None = None,
    today: dt.date,
    confirmed: Collection[str] = frozenset(),
) -> Designation:
    """Put a county, town or village into a dated list.

    Parameters
    ----------
    session : Session
        Bound to the person who enters it.
    region_id : int
        Which region.
    kind, level : str
        Which list (:data:`KINDS`), and who made it (:data:`LEVELS`).
    valid_from, valid_to : date
        From which day; the first day on which it no longer stands there, if that is known.
    document : str, optional
        The document that publishes the list; without one it is a doubt (``no_document``).
    today, confirmed
        The office's day, and the doubts the person has confirmed.

    Raises
    ------
    Unacceptable
        With everything that is wrong: a list nobody makes for such a region, a period that is
        empty or overlaps one already entered.
    NotAllowed
        When the region is not the person's.
    """
    region = region_in_force(session, region_id, day=today)
    require_writer(session, region.region_path)
    checks = Checks(confirmed)
    if kind not in KINDS:
        checks.refuse("kind", "“{value}” is not one of the choices.", value=kind)
    if level not in _LEVELS_OF.get(region.level, ()):
        checks.refuse("level", "There is no such list of this level for {region}.", region=region.short_name)
    if not FIRST_LIST <= valid_from <= today + FARTHEST_AHEAD:
        last = today + FARTHEST_AHEAD
        checks.refuse("valid_from", "Choose a day from {first} to {last}.", first=FIRST_LIST, last=last)
    if valid_to is not None and valid_to <= valid_from:
        checks.refuse("valid_to", "The end must be later than the beginning.")
    document = _tidy(document)
    if document is None:
        checks.doubt("no_document", "document", "Lists are published in a document. Enter it without one?")
    elif len(document) > LONGEST_DOCUMENT:
        checks.refuse("document", "This is too long: {limit} characters at most.", limit=LONGEST_DOCUMENT)
    end = valid_to or dt.date.max
    other = session.scalars(
        select(Designation).where(
            Designation.region_id == region.id,
            Designation.kind == kind,
            Designation.level == level,
            Designation.valid_from < end,
            or_(Designation.valid_to.is_(None), Designation.valid_to > valid_from),
        )
    ).first()
    if other is not None:
        until = other.valid_to or "—"
        checks.refuse(
            "valid_from",
            "It stands in this list already, from {start} to {end}.",
            start=other.valid_from,
            end=until,
        )
    checks.settle()
    entered = Designation(
        region_id=region.id,
        kind=kind,
        level=level,
        document=document,
        valid_from=valid_from,
        valid_to=valid_to,
        created_by=viewer_of(session).account_id,
    )
    session.add(entered)
    audit.record(session, "places.enter_in_list", entered)
    return entered


def take_off_list(
    session: Session, designation_id: int, *, revision: int | None, on: dt.date, reason: str, today: dt.date
) -> Designation:
    """End an entry of a list: from ``on`` the region no longer stands in it.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    designation_id, revision : int
        The entry, and the version the editor started from.
    on : date
        The first day without it; it may lie up to a year ahead.
    reason : str
        Why; needed.
    today : date
        The office's day.

    Raises
    ------
    Unacceptable, NotFound, NotAllowed, ChangedMeanwhile, ReasonNeeded
        See their messages.
    """
    reason = check_reason(reason)
    entry = hold(session, Designation, designation_id, revision=revision)
    region = region_in_force(session, entry.region_id, day=entry.valid_from)
    require_writer(session, region.region_path)
    checks = Checks()
    if not entry.valid_from < on <= today + FARTHEST_AHEAD:
        first, last = entry.valid_from + dt.timedelta(1), today + FARTHEST_AHEAD
        checks.refuse("on", "Choose a day from {first} to {last}.", first=first, last=last)
    if entry.valid_to is not None and entry.valid_to <= today:
        checks.refuse("on", "It left this list on {day} already.", day=entry.valid_to)
    checks.settle()
    assign(entry, {"valid_to": on, "updated_by": viewer_of(session).account_id})
    audit.record(session, "places.take_off_list", entry, reason=reason)
    return entry


def list_entries(session: Session, region_id: int) -> list[Designation]:
    """Every entry of a region in any list, the latest first."""
    return list(
        session.scalars(
            select(Designation)
            .where(Designation.region_id == region_id)
            .order_by(func.coalesce(Designation.valid_to, dt.date.max).desc(), Designation.valid_from.desc())
        )
    )


def _tidy(text: str | None) -> str | None:
    return " ".join((text or "").replace("\x00", " ").split()) or None
