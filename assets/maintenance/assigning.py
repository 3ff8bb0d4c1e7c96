"""Giving assets to a body, a post and a fund for upkeep: one by one, and thousands at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, insert, literal, select, update
from sqlalchemy.orm import Session

from assets import audit, editing
from assets.checking import Checks
from assets.db import OFFICE_ZONE
from assets.errors import NotFound
from assets.maintenance.duty_rules import DutyTerms, check_asset, check_days, check_double, check_terms
from assets.maintenance.models import Duty
from assets.ownership.queries import in_force
from assets.registry.beginning import start_of
from assets.registry.holding import hold_asset, hold_assets
from assets.registry.models import Asset
from assets.review.proposing import reviewed
from assets.scope import viewer_of


@reviewed("duty")
def assign_duty(
    session: Session,
    asset_id: int,
    *,
    valid_from: dt.date,
    today: dt.date,
    body_party_id: int | None = None,
    post_id: int | None = None,
    fund_source: str | None = None,
    annual_budget_yuan: Decimal | None = None,
    rule_document: str | None = None,
    interval_days: int | None = None,
    notice_days: int | None = None,
    valid_to: dt.date | None = None,
    replacing: bool = False,
    confirmed: Collection[str] = frozenset(),
) -> Duty:
    """Give one asset into somebody's upkeep from a day on.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    asset_id : int
        The asset.
    valid_from, valid_to : date
        From which day, and until before which.
    today : date
        The office's day.
    body_party_id, post_id, fund_source, annual_budget_yuan, rule_document, interval_days, notice_days
        See :class:`DutyTerms`; of body, post and money at least one.
    replacing : bool
        Whether the duties in force on that day end with it.
    confirmed : collection of str
        ``vacant_post``, ``begins_later``.

    Raises
    ------
    Unacceptable
        With everything that is wrong.
    NotFound, NotAllowed, AlreadyRetired, Disposed
        As :func:`assets.registry.holding.hold_asset`.
    """
    terms = DutyTerms(
        body_party_id, post_id, fund_source, annual_budget_yuan, rule_document, interval_days, notice_days
    )
    asset = hold_asset(session, asset_id)
    checks = Checks(confirmed)
    check_asset(checks, asset)
    columns = check_terms(checks, session, terms, valid_from)
    check_days(checks, start_of(asset), valid_from, valid_to, today)
    if not replacing:
        check_double(checks, session, asset_id, columns, valid_from, valid_to)
    checks.settle()
    if replacing:
        _end_before(session, [asset_id], valid_from, "maintenance.assign_duty")
    me = viewer_of(session).account_id
    duty = Duty(asset_id=asset_id, **columns, valid_from=valid_from, valid_to=valid_to, created_by=me, updated_by=me)
    session.add(duty)
    audit.record(session, "maintenance.assign_duty", duty)
    session.flush()
    return duty


@reviewed("duty", many=True)
def assign_duty_to_many(
    session: Session,
    ids: Any,
    *,
    valid_from: dt.date,
    today: dt.date,
    body_party_id: int | None = None,
    post_id: int | None = None,
    fund_source: str | None = None,
    annual_budget_yuan: Decimal | None = None,
    rule_document: str | None = None,
    interval_days: int | None = None,
    notice_days: int | None = None,
    replacing: bool = True,
    confirmed: Collection[str] = frozenset(),
) -> int:
    """Give many assets into one upkeep from a day on: all of them or none.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    ids : Select or collection of int
        Which assets; those of 到户类 are refused.
    valid_from, today, replacing, confirmed
        As for :func:`assign_duty`.
    body_party_id, post_id, fund_source, annual_budget_yuan, rule_document, interval_days, notice_days
        See :class:`DutyTerms`.

    Returns
    -------
    int
        How many assets were given; an audit entry each, and one for each duty that ended.

    Raises
    ------
    NotFound, SomeNotYours, SomeGone, Unacceptable
        See their messages.
    """
    terms = DutyTerms(
        body_party_id, post_id, fund_source, annual_budget_yuan, rule_document, interval_days, notice_days
    )
    rows = hold_assets(session, ids)
    chosen = [row.id for row in rows]
    checks = Checks(confirmed)
    households = session.scalar(
        select(func.count()).select_from(Asset).where(Asset.id.in_(chosen), Asset.asset_class == "household")
    )
    if households:
        message = "{count} of them were given to households, which keep them themselves. Leave those out."
        checks.refuse("", message, count=households)
    columns = check_terms(checks, session, terms, valid_from)
    first = max(row.built_on or row.handed_over_on or row.created_at.astimezone(OFFICE_ZONE).date() for row in rows)
    check_days(checks, first, valid_from, None, today)
    checks.settle()
    if replacing:
        _end_before(session, chosen, valid_from, "maintenance.assign_duty")
    me = viewer_of(session).account_id
    common = columns | {"valid_from": valid_from, "created_by": me, "updated_by": me}
    names = ["asset_id", *common]
    given = select(Asset.id, *(literal(value, getattr(Duty, name).type) for name, value in common.items()))
    made = session.execute(
        insert(Duty).from_select(names, given.where(Asset.id.in_(chosen))).returning(Duty.id)
    ).scalars()
    told = {name: [None, str(value)] for name, value in columns.items() if value is not None}
    told["valid_from"] = [None, str(valid_from)]
    audit.record_each(session, "maintenance.assign_duty", Duty, dict.fromkeys(made, told))
    return len(chosen)


@reviewed("duty")
def correct_duty(
    session: Session,
    duty_id: int,
    *,
    revision: int,
    valid_from: dt.date,
    reason: str,
    today: dt.date,
    body_party_id: int | None = None,
    post_id: int | None = None,
    fund_source: str | None = None,
    annual_budget_yuan: Decimal | None = None,
    rule_document: str | None = None,
    interval_days: int | None = None,
    notice_days: int | None = None,
    valid_to: dt.date | None = None,
    confirmed: Collection[str] = frozenset(),
) -> Duty:
    """Set right what was entered wrongly of a duty.

    Raises
    ------
    Unacceptable, ChangedMeanwhile, ReasonNeeded, NotFound, NotAllowed, AlreadyRetired, Disposed
        See their messages.
    """
    reason = editing.check_reason(reason)
    terms = DutyTerms(
        body_party_id, post_id, fund_source, annual_budget_yuan, rule_document, interval_days, notice_days
    )
    asset = _asset_of(session, duty_id)
    duty = editing.hold(session, Duty, duty_id, revision=revision)
    checks = Checks(confirmed)
    columns = check_terms(checks, session, terms, valid_from, before=duty)
    check_days(checks, start_of(asset), valid_from, valid_to, today)
    check_double(checks, session, asset.id, columns, valid_from, valid_to, but=duty_id)
    checks.settle()
    if editing.assign(duty, columns | {"valid_from": valid_from, "valid_to": valid_to}):
        duty.updated_by = viewer_of(session).account_id
        audit.record(session, "maintenance.correct_duty", duty, reason=reason)
    return duty


@reviewed("duty")
def end_duty(session: Session, duty_id: int, *, revision: int, on: dt.date, reason: str, today: dt.date) -> Duty:
    """Let a duty end before ``on``; from then on the asset is without it.

    Raises
    ------
    Unacceptable, ChangedMeanwhile, ReasonNeeded, NotFound, NotAllowed, AlreadyRetired, Disposed
        See their messages.
    """
    reason = editing.check_reason(reason)
    _asset_of(session, duty_id)
    duty = editing.hold(session, Duty, duty_id, revision=revision)
    checks = Checks()
    last = today if duty.valid_to is None else min(today, duty.valid_to - dt.timedelta(1))
    if not duty.valid_from < on <= last:
        first = duty.valid_from + dt.timedelta(1)
        checks.refuse("on", "Choose a day from {first} to {last}.", first=first, last=last)
    checks.settle()
    editing.assign(duty, {"valid_to": on, "updated_by": viewer_of(session).account_id})
    audit.record(session, "maintenance.end_duty", duty, reason=reason)
    return duty


def _end_before(session: Session, ids: list[int], day: dt.date, action: str) -> None:
    """End what is in force on ``day``; what begins on it or later is taken back, since it is replaced."""
    me = viewer_of(session).account_id
    gone = session.execute(
        delete(Duty).where(Duty.asset_id.in_(ids), Duty.valid_from >= day).returning(Duty.id, Duty.valid_from)
    ).all()
    audit.record_each(
        session, action, Duty, {row.id: {"removed": True, "valid_from": [str(row.valid_from), None]} for row in gone}
    )
    ended = session.execute(
        select(Duty.id, Duty.valid_to)
        .where(Duty.asset_id.in_(ids), in_force(Duty, day))
        .order_by(Duty.id)
        .with_for_update(of=Duty)
    ).all()
    session.execute(
        update(Duty)
        .where(Duty.id.in_([row.id for row in ended]))
        .values(valid_to=day, updated_by=me)
        .execution_options(synchronize_session="fetch")
    )
    before = {row.id: None if row.valid_to is None else str(row.valid_to) for row in ended}
    audit.record_each(session, action, Duty, {i: {"valid_to": [was, str(day)]} for i, was in before.items()})


def _asset_of(session: Session, duty_id: int) -> Asset:
    asset_id = session.scalar(select(Duty.asset_id).where(Duty.id == duty_id))
    if asset_id is None:
        raise NotFound
    return hold_asset(session, asset_id)
