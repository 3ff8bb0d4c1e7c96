"""Villages and communities: registering, correcting and withdrawing what is known of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets import audit
from assets.checking import Checks
from assets.editing import assign, check_reason, hold, require_writer, retire, says_already
from assets.places.models import NaturalVillage, Village
from assets.regions.models import Region
from assets.regions.positions import check_place, to_column
from assets.review.proposing import reviewed
from assets.scope import viewer_of
from assets.search.words import spell
from assets.terms import queries as terms
from assets.vocabulary import VILLAGE_CLASSES

KINDS = ("village", "community")
MOST_PEOPLE = 100_000
MOST_PEOPLE_EACH = 12
MOST_INCOME = Decimal(50_000_000)
HIGHEST_M = 6_000
_TEXTS = {"lead_industry": 100, "source": 500}


@reviewed("place")
def register_village(
    session: Session, *, today: dt.date, confirmed: Collection[str] = frozenset(), **values: Any
) -> Village:
    """Enter the facts of a village; its code, name and border are its region's.

    Parameters
    ----------
    session : Session
        Bound to the person who enters it.
    today : date
        The office's day.
    confirmed : collection of str
        Keys of doubts the person has confirmed: ``residents``, ``household_size``, ``income``,
        ``outside_region``.
    **values : Any
        The columns people fill in: ``region_id``, ``kind``, ``village_class``,
        ``lifted_out_of_poverty``, ``households``, ``pop_registered``, ``pop_resident``,
        ``collective_income`` (yuan a year), ``lead_industry``, ``plan_done``, ``elevation_m``,
        ``geom`` (shapely point, EPSG:4490), ``source``.

    Returns
    -------
    Village
        The new record.

    Raises
    ------
    Unacceptable
        With everything that is wrong.
    NotAllowed
        When the region is not the person's to enter records for.
    """
    checks = Checks(confirmed)
    region = check_place(checks, session, values.get("region_id"), values.get("geom"), day=today)
    _check(checks, session, None, region, values, today=today)
    if region is not None and region.level == "village":
        known = session.scalar(select(Village.id).where(Village.region_id == region.id))
        if known is not None:
            checks.refuse("region_id", "This village is registered already.")
    checks.settle()
    assert region is not None  # noqa: S101 - settled
    require_writer(session, region.region_path)
    village = Village(**_columns(values, region), created_by=viewer_of(session).account_id)
    session.add(village)
    audit.record(session, "places.register_village", village)
    return village


@reviewed("place")
def correct_village(
    session: Session,
    village_id: int,
    *,
    revision: int | None,
    reason: str,
    today: dt.date,
    confirmed: Collection[str] = frozenset(),
    **values: Any,
) -> Village:
    """Set right what is known of a village; it stays with its region.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    village_id : int
        Which.
    revision : int or None
        The version the editor started from.
    reason : str
        Why; kept in the history.
    today, confirmed, **values
        As for :func:`register_village`, without ``region_id``.

    Raises
    ------
    Unacceptable, NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile
        See :func:`assets.editing.hold`.
    """
    reason = check_reason(reason)
    village = hold(session, Village, village_id, revision=revision)
    values = values | {"region_id": village.region_id}
    checks = Checks(confirmed)
    region = check_place(checks, session, village.region_id, values.get("geom"), day=today, known=village)
    _check(checks, session, village, region, values, today=today)
    checks.settle()
    assert region is not None  # noqa: S101 - settled
    if assign(village, _columns(values, region)):
        village.updated_by = viewer_of(session).account_id
        audit.record(session, "places.correct_village", village, reason=reason)
    return village


@reviewed("place")
def retire_village(
    session: Session, village_id: int, *, revision: int, on: dt.date, reason: str, today: dt.date
) -> Village:
    """Withdraw a village from a day on; see :func:`assets.editing.retire`."""
    return retire(
        session,
        Village,
        village_id,
        revision=revision,
        on=on,
        reason=reason,
        today=today,
        action="places.retire_village",
    )


def _check(
    checks: Checks,
    session: Session,
    known: Village | None,
    region: Region | None,
    values: dict[str, Any],
    *,
    today: dt.date,
) -> None:
    if region is not None and region.level != "village":
        checks.refuse("region_id", "Choose a village or community; {region} is none.", region=region.short_name)
    if values["kind"] not in KINDS:
        checks.refuse("kind", "“{value}” is not one of the choices.", value=values["kind"])
    elif region is not None and region.kind in KINDS and region.kind != values["kind"]:
        checks.refuse("kind", "In the list of codes {region} is of the other kind.", region=region.short_name)
    code = values["village_class"]
    kept = known is not None and known.village_class == code
    offered = terms.names(session, "village_class", day=today, language="zh") or dict.fromkeys(VILLAGE_CLASSES)
    if not kept and (code not in offered or code not in VILLAGE_CLASSES):
        checks.refuse("village_class", "“{value}” is not one of the choices.", value=code)
    for field, most in _TEXTS.items():
        if len(values.get(field) or "") > most:
            checks.refuse(field, "This is too long: {limit} characters at most.", limit=most)
    _check_people(checks, known, values)
    _check_numbers(checks, known, values)
    if known is not None and values.get("households") is not None:
        _compare_with_natural_villages(checks, session, known, values["households"])


def _check_people(checks: Checks, known: Village | None, values: dict[str, Any]) -> None:
    households, registered, resident = (values.get(k) for k in ("households", "pop_registered", "pop_resident"))
    for field, number in (("households", households), ("pop_registered", registered), ("pop_resident", resident)):
        if number is not None and not 0 <= number <= MOST_PEOPLE:
            checks.refuse(field, "Between 0 and {limit}.", limit=f"{MOST_PEOPLE:,}")
    if registered is not None and households is not None and households > 0:
        if registered < households:
            checks.refuse("pop_registered", "There cannot be fewer people than households ({limit}).", limit=households)
        elif registered > households * MOST_PEOPLE_EACH and not says_already(
            known, values, "households", "pop_registered"
        ):
            each = f"{registered / households:.1f}"
            checks.doubt("household_size", "households", "That would be {each} people in a household.", each=each)
    kept = says_already(known, values, "pop_registered", "pop_resident")
    if resident is not None and registered is not None and resident > 3 * registered > 0 and not kept:
        checks.doubt("residents", "pop_resident", "More than three times as many live there as are registered.")


def _check_numbers(checks: Checks, known: Village | None, values: dict[str, Any]) -> None:
    income, height = values.get("collective_income"), values.get("elevation_m")
    if income is not None and income < 0:
        checks.refuse("collective_income", "An amount below zero is not possible here.")
    elif says_already(known, values, "collective_income"):
        pass
    elif income is not None and income > MOST_INCOME:
        shown = f"{income:,.0f}"
        checks.doubt(
            "income", "collective_income", "{value} yuan a year is more than a village usually has.", value=shown
        )
    elif income and income < 100:
        checks.doubt("income", "collective_income", "Only {value} yuan: is it meant in 10,000 yuan?", value=income)
    if height is not None and not 0 <= height <= HIGHEST_M:
        checks.refuse("elevation_m", "Between 0 and {limit}.", limit=f"{HIGHEST_M:,}")


def _compare_with_natural_villages(checks: Checks, session: Session, known: Village, households: int) -> None:
    lies_in = NaturalVillage.region_path == known.region_path
    total = session.scalar(
        select(func.sum(NaturalVillage.households)).where(lies_in, NaturalVillage.retired_on.is_(None))
    )
    if total and households < total and households != known.households:
        checks.doubt("natural_villages", "households", "Its natural villages have {total} households.", total=total)


def _columns(values: dict[str, Any], region: Region) -> dict[str, Any]:
    pinyin, initials = spell(region.short_name)
    texts = {field: " ".join((values.get(field) or "").split()) or None for field in _TEXTS}
    geometry: BaseGeometry | None = values.get("geom")
    own = {"region_id": region.id, "name": region.short_name, "pinyin": pinyin, "initials": initials}
    return values | texts | own | {"geom": to_column(geometry)}
