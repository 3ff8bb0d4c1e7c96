"""Events that make the original value of an asset."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets import audit, editing
from assets.checking import Checks
from assets.errors import NotFound
from assets.projects.models import Project
from assets.registry.beginning import start_of
from assets.registry.holding import hold_asset
from assets.registry.models import Asset, ValueEvent
from assets.review.proposing import reviewed
from assets.scope import viewer_of
from assets.vocabulary import FUND_SOURCES, VALUE_EVENT_KINDS

MOST_YUAN = Decimal(10**9)
LARGE_YUAN = Decimal(10**8)
SMALL_YUAN = Decimal(100)
LONGEST_DOCUMENT = 200
RAISING = frozenset({"new", "extension", "overhaul", "surplus"})
LOWERING = frozenset({"impairment", "missing"})
# What is not bought or built must be decided by somebody.
DECIDED = frozenset({"impairment", "missing", "surplus", "conversion"})


@reviewed("asset")
def add_value(
    session: Session,
    asset_id: int,
    *,
    kind: str,
    occurred_on: dt.date,
    amount_yuan: Decimal,
    fund_source: str | None = None,
    project_id: int | None = None,
    document: str | None = None,
    today: dt.date,
    confirmed: Collection[str] = frozenset(),
) -> ValueEvent:
    """Enter one dated change of an asset's original value.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    asset_id : int
        The asset.
    kind : str
        One of ``VALUE_EVENT_KINDS``.
    occurred_on : date
        From the asset's first day to ``today``.
    amount_yuan : Decimal
        In yuan; below zero for an impairment or a loss.
    fund_source, project_id : optional
        Where the money came from.
    document : str, optional
        What decided it; needed for anything but buying and building.
    today, confirmed
        The office's day; the doubts that were confirmed.

    Raises
    ------
    NotFound, NotAllowed, AlreadyRetired, Disposed, Unacceptable
        See their messages.
    """
    asset = hold_asset(session, asset_id)
    me = viewer_of(session).account_id
    event = ValueEvent(
        kind=kind,
        occurred_on=occurred_on,
        amount_yuan=amount_yuan,
        fund_source=fund_source or None,
        project_id=project_id,
        document=tidy(document),
        created_by=me,
        updated_by=me,
    )
    checks = Checks(confirmed)
    check_event(checks, session, event, start=start_of(asset), today=today)
    _check_sums(checks, [*_events(session, asset_id), event])
    checks.settle()
    event.asset_id = asset_id
    session.add(event)
    audit.record(session, "registry.add_value", event)
    return event


@reviewed("asset")
def correct_value(
    session: Session,
    event_id: int,
    *,
    revision: int,
    kind: str,
    occurred_on: dt.date,
    amount_yuan: Decimal,
    fund_source: str | None = None,
    project_id: int | None = None,
    document: str | None = None,
    reason: str,
    today: dt.date,
    confirmed: Collection[str] = frozenset(),
) -> ValueEvent:
    """Set right one change of value; parameters as for :func:`add_value`.

    Raises
    ------
    NotFound, NotAllowed, AlreadyRetired, Disposed, ChangedMeanwhile, ReasonNeeded, Unacceptable
        See their messages.
    """
    reason = editing.check_reason(reason)
    asset = _hold_asset_of(session, event_id)
    event = editing.hold(session, ValueEvent, event_id, revision=revision)
    given = {
        "kind": kind,
        "occurred_on": occurred_on,
        "amount_yuan": amount_yuan,
        "fund_source": fund_source or None,
        "project_id": project_id,
        "document": tidy(document),
    }
    checks = Checks(confirmed)
    proposed = ValueEvent(**given)
    check_event(checks, session, proposed, start=start_of(asset), today=today, before=event)
    _check_sums(checks, [*(other for other in _events(session, asset.id) if other.id != event_id), proposed])
    checks.settle()
    if editing.assign(event, given):
        event.updated_by = viewer_of(session).account_id
        audit.record(session, "registry.correct_value", event, reason=reason)
    return event


@reviewed("asset")
def remove_value(session: Session, event_id: int, *, revision: int, reason: str) -> Asset:
    """Take out a change of value that never was; its history stays. Returns its asset.

    Raises
    ------
    NotFound, NotAllowed, AlreadyRetired, Disposed, ChangedMeanwhile, ReasonNeeded, Unacceptable
        See their messages.
    """
    reason = editing.check_reason(reason)
    asset = _hold_asset_of(session, event_id)
    event = editing.hold(session, ValueEvent, event_id, revision=revision)
    checks = Checks()
    _check_sums(checks, [other for other in _events(session, asset.id) if other.id != event_id])
    checks.settle()
    audit.record(
        session,
        "registry.remove_value",
        event,
        reason=reason,
        asset_id=asset.id,
        kind=[event.kind, None],
        occurred_on=[str(event.occurred_on), None],
        amount_yuan=[str(event.amount_yuan), None],
    )
    session.delete(event)
    session.flush()
    return asset


def tidy(text: str | None) -> str | None:
    """A document's name without blanks that mean nothing."""
    return " ".join((text or "").replace("\x00", " ").split()) or None


def check_event(
    checks: Checks,
    session: Session,
    event: ValueEvent,
    *,
    start: dt.date | None,
    today: dt.date,
    before: ValueEvent | None = None,
    amount_field: str = "amount_yuan",
) -> None:
    """One event by itself: kind and sign, amount, day, source, project, document.

    ``start`` is the asset's first day, None where the event itself begins it. What ``before``
    said already is not questioned again.
    """
    if event.kind not in VALUE_EVENT_KINDS:
        checks.refuse("kind", "Please choose one of the list.")
    if before is None or before.amount_yuan != event.amount_yuan or before.kind != event.kind:
        _check_amount(checks, event, amount_field)
    if start is not None:
        if event.occurred_on > today:
            checks.refuse("occurred_on", "{day} is still to come.", day=event.occurred_on)
        elif event.occurred_on < start and (before is None or before.occurred_on != event.occurred_on):
            checks.refuse("occurred_on", "The asset begins on {day}; its value cannot change before.", day=start)
    if event.fund_source is not None and event.fund_source not in FUND_SOURCES:
        checks.refuse("fund_source", "Please choose one of the list.")
    if event.document is not None and len(event.document) > LONGEST_DOCUMENT:
        checks.refuse("document", "This is too long: {limit} characters at most.", limit=LONGEST_DOCUMENT)
    if event.kind in DECIDED and not event.document:
        checks.refuse("document", "Please name the document that decided this.")
    if event.project_id is not None and (before is None or before.project_id != event.project_id):
        _check_project(checks, session, event)


def _check_amount(checks: Checks, event: ValueEvent, field: str) -> None:
    amount, size = event.amount_yuan, abs(event.amount_yuan)
    if amount == 0:
        checks.refuse(field, "An amount of 0 changes nothing.")
    elif event.kind in RAISING and amount < 0:
        checks.refuse(field, "This raises the value: the amount is more than 0.")
    elif event.kind in LOWERING and amount > 0:
        checks.refuse(field, "This lowers the value: write the amount with a minus.")
    if size > MOST_YUAN:
        checks.refuse(
            field, "More than 1 billion yuan for one asset cannot be right. The amount is in yuan, not in 10k yuan."
        )
    elif size > LARGE_YUAN:
        shown = f"{amount / 10_000:,.2f}"
        checks.doubt("large_value", field, "That is {amount} 10k yuan. Is it meant in yuan?", amount=shown)
    elif 0 < size < SMALL_YUAN:
        shown = f"{amount.normalize():f}"
        checks.doubt("small_value", field, "{amount} yuan: did you mean {amount} 10k yuan?", amount=shown)


def _check_project(checks: Checks, session: Session, event: ValueEvent) -> None:
    project = session.scalars(
        select(Project).where(Project.id == event.project_id, Project.retired_on.is_(None))
    ).first()
    if project is None:
        checks.refuse("project_id", "There is no such project in your area.")
        return
    spent = session.scalar(
        select(func.coalesce(func.sum(ValueEvent.amount_yuan), 0)).where(ValueEvent.project_id == project.id)
    )
    total = Decimal(spent or 0) + event.amount_yuan
    if project.budget_yuan and event.amount_yuan > 0 and total > project.budget_yuan:
        checks.doubt(
            "above_cost",
            "project_id",
            "With this, the assets of “{name}” are worth {total} yuan, more than its budget of {budget} yuan.",
            name=project.name,
            total=f"{total:,.2f}",
            budget=f"{project.budget_yuan:,.2f}",
        )


def _check_sums(checks: Checks, events: Sequence[ValueEvent]) -> None:
    """No day on which what is left would be less than nothing."""
    by_day: dict[dt.date, Decimal] = defaultdict(Decimal)
    for event in events:
        by_day[event.occurred_on] += event.amount_yuan
    left = Decimal(0)
    for day, amount in sorted(by_day.items()):
        left += amount
        if left < 0:
            checks.refuse(
                "amount_yuan",
                "On {day} the value would be {value} yuan; it cannot be below 0.",
                day=day,
                value=f"{left:,.2f}",
            )
            return


def _events(session: Session, asset_id: int) -> Sequence[ValueEvent]:
    return session.scalars(select(ValueEvent).where(ValueEvent.asset_id == asset_id)).all()


def _hold_asset_of(session: Session, event_id: int) -> Asset:
    asset_id = session.scalar(select(ValueEvent.asset_id).where(ValueEvent.id == event_id))
    if asset_id is None:
        raise NotFound
    return hold_asset(session, asset_id)
