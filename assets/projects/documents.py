"""Fund documents (资金指标文): received by a county or those above, for one budget year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets import audit, editing
from assets.checking import Checks
from assets.editing import assign, check_reason, hold
from assets.errors import InvalidValue, NotAllowed
from assets.projects.doubts import doubt_scale, spoken
from assets.projects.models import FundDocument
from assets.projects.money import Standing, standing
from assets.projects.stages import FIRST_DAY
from assets.regions.models import Region
from assets.scope import viewer_of
from assets.terms.queries import names
from assets.vocabulary import FUND_SOURCES

# Money is arranged and paid where it is received: by those responsible for the county.
FUND_ROLES = frozenset({"planner", "administrator", "department"})
RECEIVING_LEVELS = ("county", "city", "province")
_TEXTS = {"number": 100, "title": 200, "batch": 40, "purpose": 500}


def register_document(
    session: Session, *, today: dt.date, confirmed: Collection[str] = (), **values: Any
) -> FundDocument:
    """Enter a fund document.

    Parameters
    ----------
    session : Session
        Bound to the editor: a planner, administrator or department of the receiving area.
    today : date
        The office's day.
    confirmed : collection of str
        Doubts that were confirmed.
    **values : Any
        The columns of :class:`FundDocument`.

    Returns
    -------
    FundDocument
        With its id.

    Raises
    ------
    Unacceptable
        With everything that is wrong.
    NotAllowed
        When the editor may not enter money of that area.
    """
    checks = Checks(confirmed)
    values = _tidied(values)
    _check(session, checks, values, today=today)
    checks.settle()
    document = FundDocument(**values, created_by=viewer_of(session).account_id)
    session.add(document)
    audit.record(session, "funds.register_document", document)
    return document


def correct_document(
    session: Session,
    document_id: int,
    *,
    revision: int,
    reason: str,
    today: dt.date,
    confirmed: Collection[str] = (),
    **values: Any,
) -> FundDocument:
    """Put right what is recorded of a fund document.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    document_id, revision : int
        Which version of which document was corrected.
    reason : str
        Why; needed.
    today : date
        The office's day.
    confirmed : collection of str
        Doubts that were confirmed; ``excess`` when less was received than is arranged.
    **values : Any
        The columns of :class:`FundDocument` as they should be.

    Raises
    ------
    Unacceptable, NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile
        See their messages.
    """
    document = hold(session, FundDocument, document_id, revision=revision, roles=FUND_ROLES)
    checks = Checks(confirmed)
    values = _tidied(values)
    try:
        reason = check_reason(reason)
    except InvalidValue as refusal:
        checks.refuse("reason", refusal.message, **refusal.data)
    _check(session, checks, values, document=document, today=today)
    received = values.get("received_yuan")
    if received is not None:
        now = standing(session, document)
        kept = Standing(received, now.arranged, now.paid, now.taken_back)
        if kept.free < 0:
            checks.doubt(
                "excess",
                "received_yuan",
                "{arranged} yuan are arranged from it: {excess} yuan more than this.",
                arranged=spoken(now.arranged),
                excess=spoken(-kept.free),
            )
    checks.settle()
    if assign(document, values):
        document.updated_by = viewer_of(session).account_id
        audit.record(session, "funds.correct_document", document, reason=reason)
    return document


def retire_document(
    session: Session, document_id: int, *, revision: int, on: dt.date, reason: str, today: dt.date
) -> FundDocument:
    """Withdraw a fund document from which nothing is arranged.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    document_id, revision : int
        Which version of which document.
    on : date
        From when.
    reason : str
        Why; needed.
    today : date
        The office's day.

    Raises
    ------
    InvalidValue
        When money is arranged from it.
    NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile, ReasonNeeded
        See their messages.
    """
    document = hold(session, FundDocument, document_id, roles=FUND_ROLES)
    arranged = standing(session, document).arranged
    if arranged:
        raise InvalidValue(
            "{amount} yuan of it are arranged. Return the money from the projects first.", amount=spoken(arranged)
        )
    return editing.retire(
        session,
        FundDocument,
        document_id,
        revision=revision,
        on=on,
        reason=reason,
        today=today,
        action="funds.retire_document",
    )


def _tidied(values: dict[str, Any]) -> dict[str, Any]:
    tidy = dict(values)
    for name in _TEXTS:
        if name in tidy:
            tidy[name] = " ".join((tidy[name] or "").replace("\x00", " ").split()) or None
    return tidy


def _check(
    session: Session,
    checks: Checks,
    values: dict[str, Any],
    *,
    document: FundDocument | None = None,
    today: dt.date,
) -> None:
    region = session.get(Region, values.get("region_id") or 0)
    if region is None or region.level not in RECEIVING_LEVELS:
        checks.refuse("region_id", "Money is received by a county or those above. Please choose one.")
    elif not viewer_of(session).may(FUND_ROLES, region.region_path):
        raise NotAllowed
    for field, limit in _TEXTS.items():
        text = values.get(field)
        if text is None and field in ("number", "title"):
            checks.refuse(field, "Please fill this in.")
        elif text is not None and len(text) > limit:
            checks.refuse(field, "This is longer than {limit} characters.", limit=limit)
    if values.get("source") not in FUND_SOURCES:
        checks.refuse("source", "Please choose one of the list.")
    _check_days(session, checks, values, today)
    number = values.get("number")
    if number and (document is None or document.number != number):
        other = session.scalar(select(FundDocument.title).where(FundDocument.number == number))
        if other is not None:
            checks.refuse("number", "“{number}” is entered already: {title}.", number=number, title=other)
    received = values.get("received_yuan")
    if received is None or received <= 0:
        checks.refuse("received_yuan", "Please enter the amount received; it is more than zero.")
    elif region is not None:
        usual = _usual(session, region, document)
        doubt_scale(checks, "received_yuan", received, usual or Decimal(1_000_000))


def _check_days(session: Session, checks: Checks, values: dict[str, Any], today: dt.date) -> None:
    received_on: dt.date | None = values.get("received_on")
    year: int | None = values.get("budget_year")
    if received_on is None or not FIRST_DAY <= received_on <= today:
        checks.refuse("received_on", "Choose a day from {first} to {last}.", first=FIRST_DAY, last=today)
        received_on = None
    if year is None or not FIRST_DAY.year <= year <= today.year + 1:
        checks.refuse("budget_year", "The year lies outside {first}–{last}.", first=FIRST_DAY.year, last=today.year + 1)
    elif received_on is not None and year - received_on.year not in (0, 1):
        checks.doubt("budget_year", "budget_year", "Money of {year}, received on {day}?", year=year, day=received_on)
    name = values.get("fund_name")
    if name and name not in names(session, "fund_name", day=received_on or today, language="zh"):
        checks.refuse("fund_name", "This fund has no such name on that day; please choose again.")


def _usual(session: Session, region: Region, document: FundDocument | None) -> Decimal | None:
    statement = select(func.percentile_disc(0.5).within_group(FundDocument.received_yuan)).where(
        FundDocument.region_id == region.id
    )
    if document is not None:
        statement = statement.where(FundDocument.id != document.id)
    return session.scalar(statement)
