"""Closing the year of a fund document: what is unspent is carried over or taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets import audit
from assets.checking import Checks
from assets.editing import check_reason, hold
from assets.errors import NotFound
from assets.projects import money
from assets.projects.documents import FUND_ROLES
from assets.projects.doubts import spoken
from assets.projects.models import CarryOver, FundDocument
from assets.scope import viewer_of


def balance_of(session: Session, document: FundDocument, year: int) -> Decimal:
    """What is unspent of a document at the end of a year, less what was taken back before."""
    if document.received_on.year > year:
        return money.ZERO
    back = session.scalar(
        select(func.sum(CarryOver.taken_back_yuan)).where(
            CarryOver.fund_document_id == document.id, CarryOver.year < year
        )
    )
    return (
        document.received_yuan
        - money.paid_until(session, document.id, dt.date(year, 12, 31))
        - Decimal(back or money.ZERO)
    )


def close_year(
    session: Session,
    document_id: int,
    *,
    year: int,
    carried_yuan: Decimal,
    taken_back_yuan: Decimal,
    decided_on: dt.date,
    document: str | None = None,
    today: dt.date,
    confirmed: Collection[str] = (),
) -> CarryOver:
    """Decide on what a document had unspent at a year's end.

    Parameters
    ----------
    session : Session
        Bound to the editor: a planner, administrator or department where the money is received.
    document_id : int
        Which document.
    year : int
        A year that has ended; no later one is closed yet.
    carried_yuan, taken_back_yuan : Decimal
        What may be used on, and what goes back to those above: together the balance. Only what
        is not arranged can go back.
    decided_on : date
        When; after the year's end.
    document : str, optional
        What it was decided with; needed where money goes back.
    today : date
        The office's day.
    confirmed : collection of str
        Doubts that were confirmed.

    Returns
    -------
    CarryOver
        The year as closed.

    Raises
    ------
    Unacceptable
        With everything that is wrong, the balance to the cent.
    NotFound, NotAllowed, AlreadyRetired
        See their messages.
    """
    paper = hold(session, FundDocument, document_id, roles=FUND_ROLES)
    checks = Checks(confirmed)
    document = " ".join((document or "").replace("\x00", " ").split())[:200] or None
    if not paper.received_on.year <= year < today.year:
        checks.refuse(
            "year", "Choose a year from {first} to {last}.", first=paper.received_on.year, last=today.year - 1
        )
        checks.settle()
    later = session.scalar(
        select(func.max(CarryOver.year)).where(CarryOver.fund_document_id == document_id, CarryOver.year >= year)
    )
    if later is not None:
        checks.refuse("year", "The year {year} is closed already.", year=later)
    if not dt.date(year, 12, 31) < decided_on <= today:
        checks.refuse("decided_on", "Choose a day from {first} to {last}.", first=dt.date(year + 1, 1, 1), last=today)
    if carried_yuan < 0 or taken_back_yuan < 0:
        checks.refuse("carried_yuan", "An amount cannot be below zero.")
    balance = balance_of(session, paper, year)
    if carried_yuan + taken_back_yuan != balance:
        checks.refuse(
            "carried_yuan",
            "{balance} yuan were unspent at the end of {year}; both amounts together are {sum}.",
            balance=spoken(balance),
            year=year,
            sum=spoken(carried_yuan + taken_back_yuan),
        )
    free = money.standing(session, paper).free
    if taken_back_yuan > max(free, money.ZERO):
        checks.refuse(
            "taken_back_yuan",
            "Only {free} yuan are not arranged; return the rest from its projects first.",
            free=spoken(max(free, money.ZERO)),
        )
    if taken_back_yuan > 0 and not document:
        checks.refuse("document", "Please enter the document the money was taken back with.")
    checks.settle()
    row = CarryOver(
        fund_document_id=document_id,
        year=year,
        carried_yuan=carried_yuan,
        taken_back_yuan=taken_back_yuan,
        decided_on=decided_on,
        document=document,
        created_by=viewer_of(session).account_id,
    )
    session.add(row)
    audit.record(session, "funds.close_year", row)
    return row


def open_year(session: Session, document_id: int, year: int, *, reason: str) -> FundDocument:
    """Take back that a year was closed; only the last one closed.

    Parameters
    ----------
    session : Session
        Bound to the editor, as in :func:`close_year`.
    document_id, year : int
        Which year of which document.
    reason : str
        Why; needed.

    Raises
    ------
    Unacceptable
        When a later year is closed.
    NotFound, NotAllowed, AlreadyRetired, ReasonNeeded
        See their messages.
    """
    reason = check_reason(reason)
    paper = hold(session, FundDocument, document_id, roles=FUND_ROLES)
    rows = {row.year: row for row in money.years_closed(session, document_id)}
    if year not in rows:
        raise NotFound
    checks = Checks()
    if year != max(rows):
        checks.refuse("year", "The year {year} is closed already.", year=max(rows))
    checks.settle()
    row = rows[year]
    audit.record(
        session,
        "funds.open_year",
        row,
        reason=reason,
        carried=str(row.carried_yuan),
        taken_back=str(row.taken_back_yuan),
    )
    session.delete(row)
    session.flush()
    return paper
