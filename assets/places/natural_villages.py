"""Natural villages 自然村: registering, correcting and withdrawing them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from geoalchemy2 import Geometry
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from assets import audit
from assets.checking import Checks
from assets.editing import assign, check_reason, hold, require_writer, retire, says_already
from assets.places.models import NaturalVillage, Village
from assets.regions.models import Region
from assets.regions.positions import SRID, check_place, to_column
from assets.review.proposing import reviewed
from assets.scope import viewer_of
from assets.search.words import spell
from assets.terms.thresholds import find_threshold

LONGEST_NAME = 60
MOST_HOUSEHOLDS = 5_000
MOST_PEOPLE = 20_000
FAR_M = 5_000
"""Where no limit is set: farther than this from its village's own point is doubtful."""


@reviewed("place")
def register_natural_village(
    session: Session, *, today: dt.date, confirmed: Collection[str] = frozenset(), **values: Any
) -> NaturalVillage:
    """Enter a natural village.

    Parameters
    ----------
    session : Session
        Bound to the person who enters it.
    today : date
        The office's day.
    confirmed : collection of str
        Keys of doubts the person has confirmed: ``outside_region``, ``far``, ``more_households``,
        ``household_size``.
    **values : Any
        The columns people fill in: ``name``, ``region_id`` (None takes it from the position),
        ``households``, ``pop_resident``, ``waste_collected``, ``sanitary_toilets``,
        ``tap_water``, ``paved_road``, ``geom`` (shapely point, EPSG:4490), ``source``.

    Returns
    -------
    NaturalVillage
        The new record.

    Raises
    ------
    Unacceptable
        With everything that is wrong.
    NotAllowed
        When the village is not the person's to enter records for.
    """
    checks = Checks(confirmed)
    region = check_place(checks, session, values.get("region_id"), values.get("geom"), day=today)
    _check(checks, session, None, region, values, today=today)
    checks.settle()
    assert region is not None  # noqa: S101 - settled
    require_writer(session, region.region_path)
    made = NaturalVillage(**_columns(values, region), created_by=viewer_of(session).account_id)
    session.add(made)
    audit.record(session, "places.register_natural_village", made)
    return made


@reviewed("place")
def correct_natural_village(
    session: Session,
    natural_village_id: int,
    *,
    revision: int | None,
    reason: str,
    today: dt.date,
    confirmed: Collection[str] = frozenset(),
    **values: Any,
) -> NaturalVillage:
    """Correct a natural village.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    natural_village_id : int
        Which.
    revision : int or None
        The version the editor started from.
    reason : str
        Why; kept in the history.
    today, confirmed, **values
        As for :func:`register_natural_village`.

    Raises
    ------
    Unacceptable, NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile
        See :func:`assets.editing.hold`.
    """
    reason = check_reason(reason)
    record = hold(session, NaturalVillage, natural_village_id, revision=revision)
    checks = Checks(confirmed)
    region = check_place(checks, session, values.get("region_id"), values.get("geom"), day=today, known=record)
    _check(checks, session, record, region, values, today=today)
    checks.settle()
    assert region is not None  # noqa: S101 - settled
    require_writer(session, region.region_path)
    if assign(record, _columns(values, region)):
        record.updated_by = viewer_of(session).account_id
        audit.record(session, "places.correct_natural_village", record, reason=reason)
    return record


@reviewed("place")
def retire_natural_village(
    session: Session, natural_village_id: int, *, revision: int, on: dt.date, reason: str, today: dt.date
) -> NaturalVillage:
    """Withdraw a natural village from a day on; see :func:`assets.editing.retire`."""
    return retire(
        session,
        NaturalVillage,
        natural_village_id,
        revision=revision,
        on=on,
        reason=reason,
        today=today,
        action="places.retire_natural_village",
    )


def _check(
    checks: Checks,
    session: Session,
    known: NaturalVillage | None,
    region: Region | None,
    values: dict[str, Any],
    *,
    today: dt.date,
) -> None:
    name = " ".join((values["name"] or "").split())
    if not 1 <= len(name) <= LONGEST_NAME:
        checks.refuse("name", "Please fill in a name of 1 to {limit} characters.", limit=LONGEST_NAME)
    households, people, toilets = (values.get(k) for k in ("households", "pop_resident", "sanitary_toilets"))
    for field, number, most in (
        ("households", households, MOST_HOUSEHOLDS),
        ("pop_resident", people, MOST_PEOPLE),
        ("sanitary_toilets", toilets, MOST_HOUSEHOLDS),
    ):
        if number is not None and not 0 <= number <= most:
            checks.refuse(field, "Between 0 and {limit}.", limit=f"{most:,}")
    if toilets is not None and households is None:
        checks.refuse("households", "Please fill in the households that the toilets belong to.")
    elif toilets is not None and toilets > households:
        checks.refuse("sanitary_toilets", "There cannot be more households with toilets than households.")
    kept = says_already(known, values, "households", "pop_resident")
    if people is not None and households and people > 12 * households and not kept:
        each = f"{people / households:.1f}"
        checks.doubt("household_size", "pop_resident", "That would be {each} people in a household.", each=each)
    if region is None:
        return
    if region.level != "village":
        checks.refuse("region_id", "Choose the village it belongs to; {region} is none.", region=region.short_name)
        return
    _look_for_same(checks, session, known, region, name)
    village = session.scalars(select(Village).where(Village.region_id == region.id)).first()
    if village is not None:
        _compare_with_village(checks, session, known, village, households)
        if known is None or (known.region_id, known.geom) != (region.id, to_column(values.get("geom"))):
            _measure(checks, session, village, region, values.get("geom"), today)


def _look_for_same(checks: Checks, session: Session, known: NaturalVillage | None, region: Region, name: str) -> None:
    same = select(NaturalVillage.id).where(
        NaturalVillage.region_path == region.region_path,
        NaturalVillage.name == name,
        NaturalVillage.retired_on.is_(None),
    )
    if known is not None:
        same = same.where(NaturalVillage.id != known.id)
    if session.scalar(same.limit(1)) is not None:
        checks.refuse("name", "{region} has a natural village “{name}” already.", region=region.short_name, name=name)


def _compare_with_village(
    checks: Checks, session: Session, known: NaturalVillage | None, village: Village, households: int | None
) -> None:
    if village.households is None or not households or (known is not None and known.households == households):
        return
    others = select(func.coalesce(func.sum(NaturalVillage.households), 0)).where(
        NaturalVillage.region_path == village.region_path, NaturalVillage.retired_on.is_(None)
    )
    if known is not None:
        others = others.where(NaturalVillage.id != known.id)
    total = (session.scalar(others) or 0) + households
    if total > village.households:
        checks.doubt(
            "more_households",
            "households",
            "Its natural villages would have {total} households, the village itself {whole}.",
            total=total,
            whole=village.households,
        )


def _measure(
    checks: Checks, session: Session, village: Village, region: Region, point: BaseGeometry | None, today: dt.date
) -> None:
    if point is None:
        return
    there: Any = literal(to_column(point), Geometry("POINT", srid=SRID))
    far = session.scalar(select(func.ST_DistanceSphere(Village.geom, there)).where(Village.id == village.id))
    most = find_threshold(session, "natural_village_distance_m", region.region_path, today) or FAR_M
    if far is not None and far > most:
        away = f"{far / 1000:.1f}"
        checks.doubt("far", "geom", "The position lies {away} km from the village's own point.", away=away)


def _columns(values: dict[str, Any], region: Region) -> dict[str, Any]:
    name = " ".join(values["name"].split())
    pinyin, initials = spell(name)
    own = {"name": name, "region_id": region.id, "pinyin": pinyin, "initials": initials}
    return values | own | {"geom": to_column(values.get("geom"))}
