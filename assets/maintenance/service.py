"""Looking after assets: recording what a caretaker found, and taking it back."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assets import audit
from assets.errors import InvalidValue, NotAllowed, NotFound, RegistryError
from assets.maintenance.models import Duty, Inspection
from assets.maintenance.queries import duties_of
from assets.parties.models import Person
from assets.registry.models import Asset
from assets.scope import viewer_of

RESULTS = ("all_well", "problem")
UNDO_WITHIN = dt.timedelta(minutes=15)
LONGEST_NOTE = 500
LONGEST_KEY = 64


class NotYourDuty(NotAllowed):
    """Only who holds the post inspects."""

    message = "“{name}” is not among your upkeep duties; only its caretaker records inspections."


class NotInspectable(RegistryError):
    """The asset is gone."""

    message = "“{name}” has been disposed of; it is no longer inspected."


class NotThatDay(InvalidValue):
    """Before the asset was there, or after today."""

    message = "An inspection of “{name}” cannot be dated {day}: choose a day from {first} to {last}."


class WordsNeeded(InvalidValue):
    """A problem without a word on what it is."""

    message = "Please say in a few words what the problem is."


class KeyUsedElsewhere(RegistryError):
    """The same key cannot mean another inspection."""

    message = "This form has been sent before for another asset. Please open the page again."


class TooLateToUndo(RegistryError):
    """Fifteen minutes have passed, or it is someone else's."""

    message = "An inspection can be undone for {minutes} minutes by the person who recorded it."


def record_inspection(
    session: Session,
    asset_id: int,
    *,
    on: dt.date,
    result: str,
    today: dt.date,
    request_key: str,
    note: str = "",
    position: tuple[float, float] | None = None,
) -> Inspection:
    """Record a visit by the viewer to an asset that is the viewer's duty.

    Parameters
    ----------
    session : Session
        Bound to the caretaker.
    asset_id : int
        The asset.
    on : date
        The day of the visit, not before the asset was built and not after ``today``.
    result : str
        ``all_well`` or ``problem``.
    today : date
        The office's day; duties are those of this day.
    request_key : str
        Names this one visit: the same key again gives the same inspection, recorded once.
    note : str
        What was seen; needed for a problem, 500 characters at most.
    position : (float, float), optional
        Longitude and latitude in degrees (WGS 84), where the caretaker stood.

    Returns
    -------
    Inspection
        New, or the one recorded before under ``request_key``.

    Raises
    ------
    NotFound, NotYourDuty, NotInspectable, NotThatDay, WordsNeeded, InvalidValue, KeyUsedElsewhere
        See their messages.
    """
    viewer = viewer_of(session)
    asset = session.scalars(select(Asset).where(Asset.id == asset_id)).first()
    if asset is None:
        raise NotFound
    if session.scalar(duties_of(viewer.account_id, today).where(Duty.asset_id == asset_id).limit(1)) is None:
        raise NotYourDuty(name=asset.name)
    if asset.operating_status == "disposed" or (asset.disposed_on and asset.disposed_on <= on):
        raise NotInspectable(name=asset.name)
    first = asset.built_on or dt.date(1990, 1, 1)
    if not first <= on <= today:
        raise NotThatDay(name=asset.name, day=on, first=first, last=today, field="on")
    note = " ".join(note.replace("\x00", " ").split())
    _check(result, note, request_key, position)
    if known := _recorded(session, request_key, asset_id, viewer.account_id):
        return known
    longitude_latitude = f"SRID=4490;POINT({position[0]!r} {position[1]!r})" if position else None
    visit = Inspection(
        asset_id=asset_id,
        inspected_on=on,
        inspector_id=session.scalar(select(Person.id).where(Person.account_id == viewer.account_id).limit(1)),
        result=result,
        note=note or None,
        request_key=request_key,
        geom=longitude_latitude,
        created_by=viewer.account_id,
    )
    try:
        with session.begin_nested():
            session.add(visit)
            audit.record(session, "maintenance.record_inspection", visit)
    except IntegrityError:
        # The same tap arrived twice at once; the other one has been recorded.
        if known := _recorded(session, request_key, asset_id, viewer.account_id):
            return known
        raise
    return visit


def undo_inspection(session: Session, inspection_id: int, *, now: dt.datetime) -> Inspection:
    """Take back an inspection that the viewer recorded within the last fifteen minutes.

    Parameters
    ----------
    session : Session
        Bound to the caretaker.
    inspection_id : int
        The inspection.
    now : datetime
        The moment, with time zone.

    Returns
    -------
    Inspection
        What it was; its history and audit entries stay.

    Raises
    ------
    NotFound
        When there is none within reach.
    TooLateToUndo
        After fifteen minutes, or for another's inspection.
    """
    visit = session.scalars(select(Inspection).where(Inspection.id == inspection_id)).first()
    if visit is None:
        raise NotFound
    mine = visit.created_by is not None and visit.created_by == viewer_of(session).account_id
    if not mine or now - visit.created_at > UNDO_WITHIN:
        raise TooLateToUndo(minutes=int(UNDO_WITHIN.total_seconds() // 60))
    audit.record(
        session,
        "maintenance.undo_inspection",
        visit,
        asset_id=visit.asset_id,
        inspected_on=visit.inspected_on.isoformat(),
        inspection_result=visit.result,
    )
    session.delete(visit)
    session.flush()
    return visit


def _check(result: str, note: str, request_key: str, position: tuple[float, float] | None) -> None:
    if result not in RESULTS:
        raise InvalidValue(value=result[:40], field="result")
    if not 8 <= len(request_key) <= LONGEST_KEY or not request_key.isascii() or not request_key.isprintable():
        raise InvalidValue(value=request_key[:40], field="request_key")
    if result == "problem" and not note:
        raise WordsNeeded(field="note")
    if len(note) > LONGEST_NOTE:
        raise InvalidValue(
            "The note is too long: {length} characters, {limit} at most.",
            length=len(note),
            limit=LONGEST_NOTE,
            field="note",
        )
    if position and not (-180 <= position[0] <= 180 and -90 <= position[1] <= 90):
        raise InvalidValue(value=f"{position[0]}, {position[1]}", field="position")


def _recorded(session: Session, request_key: str, asset_id: int, account_id: int | None) -> Inspection | None:
    known = session.scalars(select(Inspection).where(Inspection.request_key == request_key)).first()
    if known is not None and (known.asset_id, known.created_by) != (asset_id, account_id):
        raise KeyUsedElsewhere
    return known


def undoable(session: Session, inspection_id: int, *, now: dt.datetime) -> Inspection | None:
    """The viewer's own inspection while it can still be taken back; else None."""
    visit = session.scalars(select(Inspection).where(Inspection.id == inspection_id)).first()
    mine = visit is not None and visit.created_by is not None and visit.created_by == viewer_of(session).account_id
    return visit if visit is not None and mine and now - visit.created_at <= UNDO_WITHIN else None
