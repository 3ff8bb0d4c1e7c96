"""Paying what was arranged for a project."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets import audit
from assets.checking import Checks
from assets.editing import assign, check_reason, hold
from assets.errors import InvalidValue, NotFound
from assets.projects import money
from assets.projects.allocations import hold_document_of
from assets.projects.doubts import doubt_scale, spoken
from assets.projects.models import Allocation, CarryOver, FundDocument, Payment
from assets.scope import viewer_of

LONGEST = {"voucher": 100, "payee": 200, "excess_reason": 500}


def pay(
    session: Session,
    allocation_id: int,
    *,
    paid_on: dt.date,
    paid_yuan: Decimal,
    voucher: str | None,
    payee: str | None,
    excess_reason: str | None = None,
    today: dt.date,
    confirmed: Collection[str] = (),
) -> Payment:
    """Record a payment of money arranged for a project.

    Parameters
    ----------
    session : Session
        Bound to the editor: a planner, administrator or department where the money is received.
    allocation_id : int
        Any line of the allocation.
    paid_on : date
        When; not before the money was arranged, not in a year that was closed.
    paid_yuan : Decimal
        More than zero. More than is left is refused, unless it is explained or confirmed.
    voucher, payee : str
        Number of the voucher and who was paid; needed.
    excess_reason : str, optional
        Why more is paid than was arranged.
    today : date
        The office's day.
    confirmed : collection of str
        Doubts that were confirmed; ``excess`` leaves an exception to be explained.

    Returns
    -------
    Payment
        With its id.

    Raises
    ------
    Unacceptable
        With everything that is wrong, excesses to the cent.
    NotFound, NotAllowed, AlreadyRetired
        See their messages.
    """
    # The lock on the document lets two payments at once see each other's sums.
    paper = hold_document_of(session, allocation_id)
    first = money.get_line(session, allocation_id)
    checks = Checks(confirmed)
    texts = _texts(checks, voucher=voucher, payee=payee, excess_reason=excess_reason)
    _check(session, checks, paper, first, paid_on, paid_yuan, texts, today)
    checks.settle()
    payment = Payment(
        allocation_id=first.id,
        paid_on=paid_on,
        paid_yuan=paid_yuan,
        **texts,
        created_by=viewer_of(session).account_id,
    )
    session.add(payment)
    audit.record(session, "funds.pay", payment)
    return payment


def correct_payment(
    session: Session,
    payment_id: int,
    *,
    revision: int,
    paid_on: dt.date,
    paid_yuan: Decimal,
    voucher: str | None,
    payee: str | None,
    excess_reason: str | None = None,
    reason: str,
    today: dt.date,
    confirmed: Collection[str] = (),
) -> Payment:
    """Put right what is recorded of a payment.

    Parameters
    ----------
    session : Session
        Bound to the editor, as in :func:`pay`.
    payment_id, revision : int
        Which version of which payment was corrected.
    paid_on, paid_yuan, voucher, payee, excess_reason, today, confirmed
        As in :func:`pay`.
    reason : str
        Why; needed.

    Raises
    ------
    Unacceptable, NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile
        See their messages.
    """
    paper, payment = _held(session, payment_id, revision)
    checks = Checks(confirmed)
    texts = _texts(checks, voucher=voucher, payee=payee, excess_reason=excess_reason)
    try:
        reason = check_reason(reason)
    except InvalidValue as refusal:
        checks.refuse("reason", refusal.message, **refusal.data)
    first = money.get_line(session, payment.allocation_id)
    _check(session, checks, paper, first, paid_on, paid_yuan, texts, today, payment=payment)
    checks.settle()
    if assign(payment, {"paid_on": paid_on, "paid_yuan": paid_yuan, **texts}):
        payment.updated_by = viewer_of(session).account_id
        audit.record(session, "funds.correct_payment", payment, reason=reason)
    return payment


def withdraw_payment(session: Session, payment_id: int, *, revision: int, reason: str) -> int:
    """Strike a payment that never happened; it stays in history.

    Parameters
    ----------
    session : Session
        Bound to the editor, as in :func:`pay`.
    payment_id, revision : int
        Which version of which payment.
    reason : str
        Why; needed.

    Returns
    -------
    int
        The document it was paid from.

    Raises
    ------
    Unacceptable
        When its year was closed.
    NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile, ReasonNeeded
        See their messages.
    """
    reason = check_reason(reason)
    paper, payment = _held(session, payment_id, revision)
    checks = Checks()
    _check_open(session, checks, paper, payment.paid_on)
    checks.settle()
    audit.record(
        session,
        "funds.withdraw_payment",
        payment,
        reason=reason,
        amount=str(payment.paid_yuan),
        paid_on=str(payment.paid_on),
    )
    session.delete(payment)
    session.flush()
    return paper.id


def get_payment(session: Session, payment_id: int) -> Payment:
    """One payment.

    Raises
    ------
    NotFound
        When there is none, or it is not the viewer's to see.
    """
    found = session.scalars(select(Payment).where(Payment.id == payment_id)).first()
    if found is None:
        raise NotFound
    return found


def _held(session: Session, payment_id: int, revision: int) -> tuple[FundDocument, Payment]:
    paper = hold_document_of(session, get_payment(session, payment_id).allocation_id)
    return paper, hold(session, Payment, payment_id, revision=revision)


def _check(
    session: Session,
    checks: Checks,
    paper: FundDocument,
    first: Allocation,
    paid_on: dt.date,
    paid_yuan: Decimal,
    texts: dict[str, str | None],
    today: dt.date,
    *,
    payment: Payment | None = None,
) -> None:
    if paid_on > today:
        checks.refuse("paid_on", "{day} is still to come.", day=paid_on)
    elif paid_on < first.arranged_on:
        checks.refuse("paid_on", "The money was only arranged on {day}.", day=first.arranged_on)
    else:
        _check_open(session, checks, paper, paid_on)
        if payment is not None and payment.paid_on.year != paid_on.year:
            _check_open(session, checks, paper, payment.paid_on)
    if paid_yuan <= 0:
        checks.refuse("paid_yuan", "Please enter an amount of more than zero.")
        return
    arranged = money.arranged_for(session, paper.id, first.project_id)
    usual = money.usual_payment(session, paper.id, but=payment.id if payment else None)
    doubt_scale(checks, "paid_yuan", paid_yuan, usual or arranged)
    _check_excess(session, checks, paper, first, arranged, paid_yuan, texts, payment)
    twin = select(Payment.id).where(
        Payment.allocation_id == first.id, Payment.paid_yuan == paid_yuan, Payment.voucher == texts["voucher"]
    )
    if payment is not None:
        twin = twin.where(Payment.id != payment.id)
    if session.scalar(twin.limit(1)) is not None:
        checks.doubt("twin", "voucher", "A payment with this voucher and amount is entered already.")


def _check_excess(
    session: Session,
    checks: Checks,
    paper: FundDocument,
    first: Allocation,
    arranged: Decimal,
    paid_yuan: Decimal,
    texts: dict[str, str | None],
    payment: Payment | None,
) -> None:
    if texts["excess_reason"]:
        return
    own = payment.paid_yuan if payment else money.ZERO
    left = arranged - money.paid_for(session, paper.id, first.project_id) + own
    now = money.standing(session, paper)
    unspent = now.usable - now.paid + own
    if paid_yuan > left:
        checks.doubt(
            "excess",
            "paid_yuan",
            "Only {left} of {arranged} yuan arranged are left: {excess} yuan too much.",
            left=spoken(max(left, money.ZERO)),
            arranged=spoken(arranged),
            excess=spoken(paid_yuan - max(left, money.ZERO)),
        )
    elif paid_yuan > unspent:
        checks.doubt(
            "excess",
            "paid_yuan",
            "Only {left} yuan of the document are unspent: {excess} yuan too much.",
            left=spoken(max(unspent, money.ZERO)),
            excess=spoken(paid_yuan - max(unspent, money.ZERO)),
        )


def _check_open(session: Session, checks: Checks, paper: FundDocument, day: dt.date) -> None:
    closed = session.scalar(
        select(CarryOver.year).where(CarryOver.fund_document_id == paper.id, CarryOver.year >= day.year).limit(1)
    )
    if closed is not None:
        checks.refuse("paid_on", "The year {year} of this document was closed; open it again first.", year=closed)


def _texts(checks: Checks, **texts: str | None) -> dict[str, str | None]:
    tidy = {name: " ".join((text or "").replace("\x00", " ").split()) or None for name, text in texts.items()}
    for name, limit in LONGEST.items():
        if len(tidy[name] or "") > limit:
            checks.refuse(name, "This is longer than {limit} characters.", limit=limit)
    for name in ("voucher", "payee"):
        if not tidy[name]:
            checks.refuse(name, "Please fill this in.")
    return tidy
