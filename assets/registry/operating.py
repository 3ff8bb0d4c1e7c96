"""How assets run: dated operating statuses, for one or for thousands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import literal, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from assets import audit
from assets.checking import Checks
from assets.db import OFFICE_ZONE
from assets.registry.beginning import start_of
from assets.registry.holding import hold_asset, hold_assets
from assets.registry.models import Asset, OperatingPeriod
from assets.registry.refreshing import refreshed_once
from assets.registry.values import LONGEST_DOCUMENT, tidy
from assets.review.proposing import reviewed
from assets.scope import viewer_of
from assets.vocabulary import OPERATING_STATUSES

SETTABLE = tuple(status for status in OPERATING_STATUSES if status != "disposed")


@reviewed("asset")
def set_operating_status(
    session: Session,
    asset_id: int,
    *,
    operating_status: str,
    valid_from: dt.date,
    document: str | None = None,
    today: dt.date,
    confirmed: Collection[str] = frozenset(),
) -> Asset:
    """Say how an asset runs from a day on, until its next entry; a second entry of a day replaces the first.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    asset_id : int
        The asset.
    operating_status : str
        One of :data:`SETTABLE`; a disposal has its own procedure.
    valid_from : date
        From the asset's first day to ``today``.
    document : str, optional
        What it rests on.
    today, confirmed
        The office's day; the doubts that were confirmed.

    Returns
    -------
    Asset
        Its ``operating_status`` is that of its latest entry.

    Raises
    ------
    NotFound, NotAllowed, AlreadyRetired, Disposed, Unacceptable
        See their messages.
    """
    asset = hold_asset(session, asset_id)
    checks = Checks(confirmed)
    document = tidy(document)
    _check(checks, operating_status, document)
    if not start_of(asset) <= valid_from <= today:
        checks.refuse("valid_from", "Choose a day from {first} to {last}.", first=start_of(asset), last=today)
    before = session.scalar(
        select(OperatingPeriod.status)
        .where(OperatingPeriod.asset_id == asset_id, OperatingPeriod.valid_from <= valid_from)
        .order_by(OperatingPeriod.valid_from.desc())
        .limit(1)
    )
    if before == operating_status:
        checks.refuse("operating_status", "This is its operating status on {day} already.", day=valid_from)
    checks.settle()
    _write(session, [asset_id], operating_status, valid_from, document)
    changes = {"operating_status": [before, operating_status], "valid_from": str(valid_from), "document": document}
    audit.record_each(session, "registry.set_operating_status", Asset, {asset_id: changes})
    session.refresh(asset)
    return asset


@reviewed("asset", many=True)
def set_operating_status_of_many(
    session: Session,
    ids: Any,
    *,
    operating_status: str,
    valid_from: dt.date,
    document: str | None = None,
    today: dt.date,
    confirmed: Collection[str] = frozenset(),
) -> int:
    """Say how many assets run from a day on: all of them or none; one entry in the audit for each.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    ids : Select or collection of int
        Which assets.
    operating_status, valid_from, document, today, confirmed
        As for :func:`set_operating_status`.

    Returns
    -------
    int
        How many were changed; those that had the status already are left as they are.

    Raises
    ------
    NotFound, SomeNotYours, SomeGone, Unacceptable
        See their messages.
    """
    rows = hold_assets(session, ids)
    checks = Checks(confirmed)
    document = tidy(document)
    _check(checks, operating_status, document)
    first = max(row.built_on or row.handed_over_on or row.created_at.astimezone(OFFICE_ZONE).date() for row in rows)
    if not first <= valid_from <= today:
        checks.refuse("valid_from", "Choose a day from {first} to {last}.", first=first, last=today)
    checks.settle()
    held = (
        select(OperatingPeriod.asset_id, OperatingPeriod.status)
        .where(OperatingPeriod.asset_id.in_([row.id for row in rows]), OperatingPeriod.valid_from <= valid_from)
        .ext(distinct_on(OperatingPeriod.asset_id))
        .order_by(OperatingPeriod.asset_id, OperatingPeriod.valid_from.desc())
    )
    before = {row.asset_id: row.status for row in session.execute(held)}
    chosen = [row.id for row in rows if before.get(row.id) != operating_status]
    _write(session, chosen, operating_status, valid_from, document)
    told = {"valid_from": str(valid_from), "document": document}
    changes = {i: told | {"operating_status": [before.get(i), operating_status]} for i in chosen}
    audit.record_each(session, "registry.set_operating_status", Asset, changes)
    return len(chosen)


def _check(checks: Checks, operating_status: str, document: str | None) -> None:
    if operating_status not in SETTABLE:
        checks.refuse("operating_status", "Please choose how the asset runs; a disposal has its own procedure.")
    if document is not None and len(document) > LONGEST_DOCUMENT:
        checks.refuse("document", "This is too long: {limit} characters at most.", limit=LONGEST_DOCUMENT)


def _write(session: Session, ids: list[int], status: str, valid_from: dt.date, document: str | None) -> None:
    """Put in the entries, and let each asset's own column say its latest."""
    if not ids:
        return
    me = viewer_of(session).account_id
    entries = select(Asset.id, literal(status), literal(valid_from), literal(document), literal(me), literal(me)).where(
        Asset.id.in_(ids)
    )
    names = ["asset_id", "status", "valid_from", "document", "created_by", "updated_by"]
    latest = (
        select(OperatingPeriod.status)
        .where(OperatingPeriod.asset_id == Asset.id)
        .order_by(OperatingPeriod.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )
    with refreshed_once(session, ids):
        session.execute(
            insert(OperatingPeriod)
            .from_select(names, entries)
            .on_conflict_do_update(
                index_elements=["asset_id", "valid_from"],
                set_={"status": status, "document": document, "updated_by": me},
            )
        )
        session.execute(
            update(Asset)
            .where(Asset.id.in_(ids), Asset.operating_status != latest)
            .values(operating_status=latest, updated_by=me)
            .execution_options(synchronize_session=False)
        )
