"""Relocation sites 集中安置点: registering, correcting and withdrawing them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets import audit
from assets.checking import Checks
from assets.editing import assign, check_reason, hold, require_writer, retire, says_already
from assets.places.models import RelocationSite
from assets.regions.models import Region
from assets.regions.positions import check_place, to_column
from assets.review.proposing import reviewed
from assets.scope import viewer_of
from assets.search.words import spell
from assets.vocabulary import SITE_TYPES

LONGEST_NAME = 100
FIRST_YEAR = 2001
MOST = 100_000
MOST_WORKSHOPS = 200
NUMBERS = (
    "housing_units",
    "households_moved",
    "persons_moved",
    "households_occupied",
    "certificates_issued",
    "old_houses_demolished",
    "labour_force",
    "employed",
    "zero_employment_households",
    "workshops",
)
# A part, the whole it belongs to, and what to say when it is more.
_PARTS = (
    ("households_occupied", "households_moved", "No more households can live there than have moved ({limit})."),
    ("certificates_issued", "housing_units", "There cannot be more certificates than dwellings ({limit})."),
    (
        "old_houses_demolished",
        "households_moved",
        "No more old houses can be gone than households have moved ({limit}).",
    ),
    ("labour_force", "persons_moved", "The labour force cannot be more than the people who moved ({limit})."),
    ("employed", "labour_force", "No more people can be employed than the labour force has ({limit})."),
    (
        "zero_employment_households",
        "households_moved",
        "No more households can be without work than have moved ({limit}).",
    ),
)
_TEXTS = {"management_body": 200, "source": 500}


@reviewed("place")
def register_site(
    session: Session, *, today: dt.date, confirmed: Collection[str] = frozenset(), **values: Any
) -> RelocationSite:
    """Enter a relocation site.

    Parameters
    ----------
    session : Session
        Bound to the person who enters it.
    today : date
        The office's day.
    confirmed : collection of str
        Keys of doubts the person has confirmed: ``same_name``, ``outside_region``,
        ``more_households``, ``household_size``, ``without_work``.
    **values : Any
        The columns people fill in: ``name``, ``type``, ``region_id`` (None takes it from the
        position), ``built_year``, those of :data:`NUMBERS`, ``management_body``, ``geom``
        (shapely point, EPSG:4490), ``source``.

    Returns
    -------
    RelocationSite
        The new record.

    Raises
    ------
    Unacceptable
        With everything that is wrong.
    NotAllowed
        When the place is not the person's to enter records for.
    """
    checks = Checks(confirmed)
    region = check_place(checks, session, values.get("region_id"), values.get("geom"), day=today)
    _check(checks, session, None, region, values, today=today)
    checks.settle()
    assert region is not None  # noqa: S101 - settled
    require_writer(session, region.region_path)
    site = RelocationSite(**_columns(values, region), created_by=viewer_of(session).account_id)
    session.add(site)
    audit.record(session, "places.register_site", site)
    return site


@reviewed("place")
def correct_site(
    session: Session,
    site_id: int,
    *,
    revision: int | None,
    reason: str,
    today: dt.date,
    confirmed: Collection[str] = frozenset(),
    **values: Any,
) -> RelocationSite:
    """Correct a relocation site.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    site_id : int
        Which.
    revision : int or None
        The version the editor started from.
    reason : str
        Why; kept in the history.
    today, confirmed, **values
        As for :func:`register_site`.

    Raises
    ------
    Unacceptable, NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile
        See :func:`assets.editing.hold`.
    """
    reason = check_reason(reason)
    site = hold(session, RelocationSite, site_id, revision=revision)
    checks = Checks(confirmed)
    region = check_place(checks, session, values.get("region_id"), values.get("geom"), day=today, known=site)
    _check(checks, session, site, region, values, today=today)
    checks.settle()
    assert region is not None  # noqa: S101 - settled
    require_writer(session, region.region_path)
    if assign(site, _columns(values, region)):
        site.updated_by = viewer_of(session).account_id
        audit.record(session, "places.correct_site", site, reason=reason)
    return site


@reviewed("place")
def retire_site(
    session: Session, site_id: int, *, revision: int, on: dt.date, reason: str, today: dt.date
) -> RelocationSite:
    """Withdraw a relocation site from a day on; see :func:`assets.editing.retire`."""
    return retire(
        session,
        RelocationSite,
        site_id,
        revision=revision,
        on=on,
        reason=reason,
        today=today,
        action="places.retire_site",
    )


def _check(
    checks: Checks,
    session: Session,
    known: RelocationSite | None,
    region: Region | None,
    values: dict[str, Any],
    *,
    today: dt.date,
) -> None:
    name = " ".join((values["name"] or "").split())
    if not 2 <= len(name) <= LONGEST_NAME:
        checks.refuse("name", "Please fill in a name of 2 to {limit} characters.", limit=LONGEST_NAME)
    if values["type"] not in SITE_TYPES:
        checks.refuse("type", "“{value}” is not one of the choices.", value=values["type"])
    built = values.get("built_year")
    if built is not None and not FIRST_YEAR <= built <= today.year:
        checks.refuse("built_year", "Choose a year from {first} to {last}.", first=FIRST_YEAR, last=today.year)
    for field, most in _TEXTS.items():
        if len(values.get(field) or "") > most:
            checks.refuse(field, "This is too long: {limit} characters at most.", limit=most)
    for field in NUMBERS:
        most = MOST_WORKSHOPS if field == "workshops" else MOST
        if (number := values.get(field)) is not None and not 0 <= number <= most:
            checks.refuse(field, "Between 0 and {limit}.", limit=f"{most:,}")
    for part, whole, message in _PARTS:
        some, every = values.get(part), values.get(whole)
        if some is not None and every is not None and some > every:
            checks.refuse(part, message, limit=every)
    _check_likelihood(checks, known, values)
    if region is not None:
        _look_for_same(checks, session, known, region, name)


def _check_likelihood(checks: Checks, known: RelocationSite | None, values: dict[str, Any]) -> None:
    moved, persons, units = (values.get(k) for k in ("households_moved", "persons_moved", "housing_units"))
    kept = says_already(known, values, "households_moved", "housing_units")
    if moved is not None and units is not None and moved > units and not kept:
        checks.doubt(
            "more_households",
            "households_moved",
            "More households have moved than there are dwellings ({limit}).",
            limit=units,
        )
    kept = says_already(known, values, "households_moved", "persons_moved")
    if moved and persons is not None and not moved <= persons <= 10 * moved and not kept:
        each = f"{persons / moved:.1f}"
        checks.doubt("household_size", "persons_moved", "That would be {each} people in a household.", each=each)
    without, labour, employed = (values.get(k) for k in ("zero_employment_households", "labour_force", "employed"))
    kept = says_already(known, values, "zero_employment_households", "labour_force", "employed")
    if without and labour is not None and labour == employed and not kept:
        checks.doubt(
            "without_work",
            "zero_employment_households",
            "Everybody is employed, and yet {value} households are without work?",
            value=without,
        )


def _look_for_same(checks: Checks, session: Session, known: RelocationSite | None, region: Region, name: str) -> None:
    same = select(RelocationSite.id).where(
        RelocationSite.region_path == region.region_path,
        RelocationSite.name == name,
        RelocationSite.retired_on.is_(None),
    )
    if known is not None:
        if (known.name, known.region_id) == (name, region.id):
            return
        same = same.where(RelocationSite.id != known.id)
    if session.scalar(same.limit(1)) is not None:
        checks.doubt(
            "same_name",
            "name",
            "A site called “{name}” is registered in {region} already.",
            name=name,
            region=region.short_name,
        )


def _columns(values: dict[str, Any], region: Region) -> dict[str, Any]:
    name = " ".join(values["name"].split())
    pinyin, initials = spell(name)
    texts = {field: " ".join((values.get(field) or "").split()) or None for field in _TEXTS}
    own = {"name": name, "region_id": region.id, "pinyin": pinyin, "initials": initials}
    return values | texts | own | {"geom": to_column(values.get("geom"))}
