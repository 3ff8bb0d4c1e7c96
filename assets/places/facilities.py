"""Facilities: registering, correcting and withdrawing them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets import audit
from assets.checking import Checks
from assets.editing import assign, check_reason, hold, require_writer, retire
from assets.places.models import Facility
from assets.regions.models import Region
from assets.regions.positions import check_place, to_column
from assets.review.proposing import reviewed
from assets.scope import viewer_of
from assets.search.words import spell
from assets.terms import queries as terms
from assets.vocabulary import FACILITY_LEVELS, FACILITY_STATUSES

LARGEST_USUAL_M2 = 20_000
MOST_AT_ONCE = 5_000


class FacilityValues(TypedDict):
    """The columns of a facility that people fill in; ``region_id`` None takes it from the position."""

    name: str
    type: str
    level: str
    status: str
    area_m2: Decimal | None
    capacity: int | None
    staff: int | None
    opened_on: dt.date | None
    closed_on: dt.date | None
    region_id: int | None
    geom: BaseGeometry | None
    source: str | None


@reviewed("place")
def register_facility(
    session: Session, *, today: dt.date, confirmed: Collection[str] = frozenset(), **values: Unpack[FacilityValues]
) -> Facility:
    """Enter a facility.

    Parameters
    ----------
    session : Session
        Bound to the person who enters it.
    today : date
        The office's day.
    confirmed : collection of str
        Keys of doubts the person has confirmed: ``same_name``, ``large_area``, ``many_capacity``,
        ``many_staff``, ``outside_region``.
    **values : FacilityValues
        The columns; ``geom`` is a shapely geometry in EPSG:4490.

    Returns
    -------
    Facility
        The new record.

    Raises
    ------
    Unacceptable
        With everything that is wrong.
    NotAllowed
        When the place is not the person's to enter records for.
    """
    checks = Checks(confirmed)
    region = check_place(checks, session, values["region_id"], values["geom"], day=today)
    _check(checks, session, None, region, values, today=today)
    checks.settle()
    assert region is not None  # noqa: S101 - settled
    require_writer(session, region.region_path)
    facility = Facility(**_columns(values, region), created_by=viewer_of(session).account_id)
    session.add(facility)
    audit.record(session, "places.register_facility", facility)
    return facility


@reviewed("place")
def correct_facility(
    session: Session,
    facility_id: int,
    *,
    revision: int | None,
    reason: str,
    today: dt.date,
    confirmed: Collection[str] = frozenset(),
    **values: Unpack[FacilityValues],
) -> Facility:
    """Correct a facility.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    facility_id : int
        Which.
    revision : int or None
        The version the editor started from.
    reason : str
        Why; kept in the history.
    today, confirmed, **values
        As for :func:`register_facility`.

    Raises
    ------
    Unacceptable, NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile
        See :func:`assets.editing.hold`.
    """
    reason = check_reason(reason)
    facility = hold(session, Facility, facility_id, revision=revision)
    checks = Checks(confirmed)
    region = check_place(checks, session, values["region_id"], values["geom"], day=today, known=facility)
    _check(checks, session, facility, region, values, today=today)
    checks.settle()
    assert region is not None  # noqa: S101 - settled
    require_writer(session, region.region_path)
    if assign(facility, _columns(values, region)):
        facility.updated_by = viewer_of(session).account_id
        audit.record(session, "places.correct_facility", facility, reason=reason)
    return facility


@reviewed("place")
def retire_facility(
    session: Session, facility_id: int, *, revision: int, on: dt.date, reason: str, today: dt.date
) -> Facility:
    """Withdraw a facility from a day on; see :func:`assets.editing.retire`."""
    return retire(
        session,
        Facility,
        facility_id,
        revision=revision,
        on=on,
        reason=reason,
        today=today,
        action="places.retire_facility",
    )


def _check(
    checks: Checks,
    session: Session,
    known: Facility | None,
    region: Region | None,
    values: FacilityValues,
    *,
    today: dt.date,
) -> None:
    for field, code, known_codes in (
        ("level", values["level"], FACILITY_LEVELS),
        ("status", values["status"], FACILITY_STATUSES),
    ):
        if code not in known_codes:
            checks.refuse(field, "“{value}” is not one of the choices.", value=code)
    kind = values["type"]
    kept = known is not None and known.type == kind
    if not kept and kind not in terms.names(session, "facility_type", day=today, language="zh"):
        checks.refuse("type", "“{value}” is not one of the choices.", value=kind)
    _check_days(checks, values, today)
    size = values["area_m2"]
    # What the record says already was confirmed when it was entered.
    if size is not None and size > LARGEST_USUAL_M2 and (known is None or known.area_m2 != size):
        unusual = "{value} m² is larger than a facility of a county usually is."
        checks.doubt("large_area", "area_m2", unusual, value=f"{size:,}")
    for field, count in (("capacity", values["capacity"]), ("staff", values["staff"])):
        if count is not None and count > MOST_AT_ONCE and (known is None or getattr(known, field) != count):
            unusual = "{value} is more than a facility of a county usually has."
            checks.doubt(f"many_{field}", field, unusual, value=f"{count:,}")
    if region is not None:
        _look_for_same(checks, session, known, region, values["name"])


def _check_days(checks: Checks, values: FacilityValues, today: dt.date) -> None:
    opened, closed, status = values["opened_on"], values["closed_on"], values["status"]
    if opened is not None and opened > today and status != "planned":
        checks.refuse("opened_on", "A facility that opens on a later day is planned. Choose that status.")
    if closed is not None and status != "closed":
        checks.refuse("closed_on", "A facility with a closing day is closed. Choose that status, or leave the day out.")
    if closed is not None and opened is not None and closed <= opened:
        backwards = "It cannot close on {closed} before it opened on {opened}."
        checks.refuse("closed_on", backwards, closed=closed, opened=opened)


def _look_for_same(checks: Checks, session: Session, known: Facility | None, region: Region, name: str) -> None:
    same = select(Facility.id).where(
        Facility.region_path == region.region_path, Facility.name == name, Facility.retired_on.is_(None)
    )
    if known is not None:
        if (known.name, known.region_id) == (name, region.id):
            return
        same = same.where(Facility.id != known.id)
    if session.scalar(same.limit(1)) is not None:
        there = "“{name}” is registered in {region} already."
        checks.doubt("same_name", "name", there, name=name, region=region.short_name)


def _columns(values: FacilityValues, region: Region) -> dict[str, Any]:
    pinyin, initials = spell(values["name"])
    settled = {"region_id": region.id, "geom": to_column(values["geom"]), "pinyin": pinyin, "initials": initials}
    return {**values, **settled}
