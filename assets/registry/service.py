"""Registering, correcting and withdrawing assets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import update
from sqlalchemy.orm import Session

from assets import audit, editing
from assets.checking import Checks
from assets.errors import InvalidValue
from assets.regions.positions import to_column
from assets.registry.beginning import FIRST_DAY, check_beginning, move_beginning, start_of
from assets.registry.holding import hold_asset, hold_assets
from assets.registry.households import check_batch
from assets.registry.models import Asset, OperatingPeriod, ValueEvent
from assets.registry.numbering import next_code
from assets.registry.refreshing import refreshed_once
from assets.registry.rules import AssetRules, projects_of, tidied
from assets.registry.values import check_event
from assets.review.proposing import reviewed
from assets.scope import viewer_of
from assets.search.words import spell
from assets.vocabulary import OPERATING_STATUSES


class AssetValues(TypedDict, total=False):
    """The columns that people fill in; what is not given stays, or is empty in a new record."""

    name: str
    asset_class: str
    type: str | None
    sector: str | None
    form: str
    quantity: Decimal | None
    unit: str | None
    specification: str | None
    useful_life_years: int | None
    depreciation: str
    built_on: dt.date | None
    handed_over_on: dt.date | None
    registered: bool
    certified_on: dt.date | None
    certificate: str | None
    papers_missing: bool
    region_id: int | None
    geom: BaseGeometry | None
    position_quality: str | None
    source_datum: str | None
    source: str | None


_EMPTY: dict[str, Any] = dict.fromkeys(AssetValues.__annotations__) | {
    "form": "fixed",
    "depreciation": "straight_line",
    "registered": True,
    "papers_missing": False,
}


@reviewed("asset")
def register_asset(
    session: Session,
    *,
    today: dt.date,
    confirmed: Collection[str] = frozenset(),
    operating_status: str = "operating",
    original_value_yuan: Decimal | None = None,
    fund_source: str | None = None,
    project_id: int | None = None,
    document: str | None = None,
    **values: Unpack[AssetValues],
) -> Asset:
    """Enter an asset, with its first operating status and, where known, its original value.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    today : date
        The office's day.
    confirmed : collection of str
        The doubts that the editor has confirmed.
    operating_status : str
        How it runs, from its first day on.
    original_value_yuan : Decimal, optional
        What it cost, in yuan: becomes its first value event, of ``fund_source``, ``project_id``
        and ``document``.
    **values
        The columns; see :class:`AssetValues`.

    Returns
    -------
    Asset
        With the code the system gave it.

    Raises
    ------
    Unacceptable
        With everything that is wrong.
    NotAllowed
        When the viewer keeps no records at all.
    """
    geometry = values.get("geom")
    facts = tidied({**_EMPTY, **values, "geom": to_column(geometry), "operating_status": operating_status})
    checks = Checks(confirmed)
    if operating_status not in OPERATING_STATUSES or operating_status == "disposed":
        checks.refuse("operating_status", "Please choose how the asset runs; a disposal has its own procedure.")
    rules = AssetRules(checks, session, facts, before=None, today=today)
    region = rules.check(geometry, [project_id] if project_id is not None else [])
    start = facts["built_on"] or facts["handed_over_on"] or today
    first = None
    if original_value_yuan is not None:
        first = ValueEvent(
            kind="new",
            occurred_on=start,
            amount_yuan=original_value_yuan,
            fund_source=fund_source or None,
            project_id=project_id,
            document=document or None,
        )
        check_event(checks, session, first, amount_field="original_value_yuan", start=None, today=today)
    elif fund_source or project_id is not None:
        checks.refuse("original_value_yuan", "Please fill in the amount that came from this source.")
    if region is not None and facts["asset_class"] == "household":
        check_batch(checks, session, project_id=project_id, region_id=region.id, year=start.year)
    checks.settle()
    if region is None:
        raise InvalidValue("Please choose the place.", field="region_id")
    me = viewer_of(session).account_id
    facts["region_id"] = region.id
    pinyin, initials = spell(facts["name"])
    code = next_code(session, region, facts["asset_class"], start)
    asset = Asset(**facts, code=code, pinyin=pinyin, initials=initials, created_by=me, updated_by=me)
    made: list[int] = []
    with refreshed_once(session, made):
        session.add(asset)
        audit.record(session, "registry.register_asset", asset)
        made.append(asset.id)
        session.add(
            OperatingPeriod(asset_id=asset.id, status=operating_status, valid_from=start, created_by=me, updated_by=me)
        )
        if first is not None:
            first.asset_id, first.created_by, first.updated_by = asset.id, me, me
            session.add(first)
            audit.record(session, "registry.add_value", first)
    return asset


@reviewed("asset")
def correct_asset(
    session: Session,
    asset_id: int,
    *,
    revision: int,
    reason: str,
    today: dt.date,
    confirmed: Collection[str] = frozenset(),
    **values: Unpack[AssetValues],
) -> Asset:
    """Set right what the record of an asset says; its history keeps what it said.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    asset_id, revision : int
        The asset, and the version the editor started from.
    reason : str
        Why; needed.
    today, confirmed, **values
        As for :func:`register_asset`.

    Raises
    ------
    NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile, Disposed, ReasonNeeded, Unacceptable
        See their messages.
    """
    reason = editing.check_reason(reason)
    asset = hold_asset(session, asset_id, revision=revision)
    before = {name: getattr(asset, name) for name in AssetValues.__annotations__}
    given = dict(values)
    geometry = given.get("geom")
    if "geom" in given:
        given["geom"] = to_column(geometry)  # type: ignore[arg-type]
    facts = tidied({**before, **given, "operating_status": asset.operating_status})
    checks = Checks(confirmed)
    rules = AssetRules(checks, session, facts, before=asset, today=today)
    region = rules.check(geometry, projects_of(session, asset_id))  # type: ignore[arg-type]
    old_start = start_of(asset)
    new_start = facts["built_on"] or facts["handed_over_on"] or old_start
    check_beginning(checks, session, asset, old_start, new_start)
    if (
        region is not None
        and facts["asset_class"] == "household"
        and rules.news("asset_class", "region_id", "built_on")
    ):
        for project_id in projects_of(session, asset_id):
            check_batch(checks, session, project_id=project_id, region_id=region.id, year=new_start.year, but=asset_id)
    checks.settle()
    facts["region_id"] = region.id if region else asset.region_id
    facts["pinyin"], facts["initials"] = spell(facts["name"])
    moved: dict[str, Any] = {}
    if facts["geom"] != asset.geom:
        moved["geom"] = [_told(asset.geom), _told(facts["geom"])]
    if not editing.assign(asset, facts):
        return asset
    asset.updated_by = viewer_of(session).account_id
    audit.record(session, "registry.correct_asset", asset, reason=reason, **moved)
    if new_start != old_start:
        move_beginning(session, asset, old_start, new_start, reason=reason)
    return asset


@reviewed("asset")
def retire_asset(session: Session, asset_id: int, *, revision: int, on: dt.date, reason: str, today: dt.date) -> Asset:
    """Withdraw the record of an asset: entered twice, or in error. It stays on every day before ``on``.

    What happens to the thing itself (damaged, sold, scrapped) is its operating status or a
    disposal, not this.

    Raises
    ------
    NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile, ReasonNeeded, InvalidValue
        See their messages.
    """
    return editing.retire(
        session,
        Asset,
        asset_id,
        revision=revision,
        on=on,
        reason=reason,
        today=today,
        action="registry.retire_asset",
    )


@reviewed("asset", many=True)
def retire_assets(session: Session, ids: Any, *, on: dt.date, reason: str, today: dt.date) -> int:
    """Withdraw several records for one reason; all of them or none.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    ids : Select or collection of int
        Which assets; those withdrawn before stay as they are.
    on, reason, today
        As for :func:`retire_asset`.

    Returns
    -------
    int
        How many.

    Raises
    ------
    NotAllowed
        When one of them is not the viewer's to change.
    ReasonNeeded, InvalidValue
        See their messages.
    """
    reason = editing.check_reason(reason)
    if not FIRST_DAY <= on <= today:
        raise InvalidValue("Choose a day from {first} to {last}.", field="on", first=FIRST_DAY, last=today)
    chosen = [row.id for row in hold_assets(session, ids)]
    me = viewer_of(session).account_id
    session.execute(
        update(Asset)
        .where(Asset.id.in_(chosen))
        .values(retired_on=on, retired_reason=reason, updated_by=me)
        .execution_options(synchronize_session=False)
    )
    changes = {asset_id: {"retired_on": [None, str(on)], "retired_reason": [None, reason]} for asset_id in chosen}
    audit.record_each(session, "registry.retire_asset", Asset, changes, reason=reason)
    return len(chosen)


def _told(geom: Any) -> str | None:
    """A position in short, for the entry of what was changed."""
    if geom is None:
        return None
    shape = to_shape(geom)
    middle = shape.representative_point()
    place = f"{middle.x:.6f}, {middle.y:.6f}"
    return place if shape.geom_type == "Point" else f"{shape.geom_type} {place}"
