"""Arranging the money of fund documents for projects, changing it, and taking it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets import audit
from assets.checking import Checks
from assets.editing import check_reason, hold
from assets.errors import NotAllowed, NotFound
from assets.projects import fees, money
from assets.projects.documents import FUND_ROLES
from assets.projects.doubts import doubt_scale, spoken
from assets.projects.models import Allocation, FundDocument, Payment, Project
from assets.projects.queries import get_project
from assets.scope import viewer_of

LONGEST = 500


def arrange_money(
    session: Session,
    document_id: int,
    *,
    project_id: int,
    arranged_on: dt.date,
    arranged_yuan: Decimal,
    document: str | None = None,
    excess_reason: str | None = None,
    today: dt.date,
    confirmed: Collection[str] = (),
) -> Allocation:
    """Arrange money of a fund document for a project that has none of it yet.

    Parameters
    ----------
    session : Session
        Bound to the editor: a planner, administrator or department where the money is received.
    document_id, project_id : int
        From which document, for which project.
    arranged_on : date
        When; not before the money was received.
    arranged_yuan : Decimal
        More than zero. More than is left is refused, unless it is explained or confirmed.
    document : str, optional
        What it was decided with.
    excess_reason : str, optional
        Why more is arranged than there is, or a higher management fee than allowed.
    today : date
        The office's day.
    confirmed : collection of str
        Doubts that were confirmed; ``excess`` and ``fee`` leave an exception to be explained.

    Returns
    -------
    Allocation
        The first line; payments hang on it.

    Raises
    ------
    Unacceptable
        With everything that is wrong, excesses to the cent.
    NotFound, NotAllowed, AlreadyRetired
        See their messages.
    """
    paper = hold(session, FundDocument, document_id, roles=FUND_ROLES)
    project = get_project(session, project_id)
    checks = Checks(confirmed)
    known = select(Allocation.id).where(
        Allocation.fund_document_id == document_id, Allocation.project_id == project_id, Allocation.kind == "arranged"
    )
    if session.scalar(known) is not None:
        checks.refuse("project_id", "Money of this document is arranged for it already; adjust that instead.")
    _check_project(checks, project)
    if arranged_yuan <= 0:
        checks.refuse("arranged_yuan", "Please enter an amount of more than zero.")
    else:
        doubt_scale(checks, "arranged_yuan", arranged_yuan, project.budget_yuan)
    line = Allocation(kind="arranged", arranged_on=arranged_on, arranged_yuan=arranged_yuan)
    return _add_line(session, checks, paper, project, line, document, excess_reason, today)


def adjust_allocation(
    session: Session,
    allocation_id: int,
    *,
    arranged_on: dt.date,
    arranged_yuan: Decimal,
    document: str | None = None,
    excess_reason: str | None = None,
    today: dt.date,
    confirmed: Collection[str] = (),
) -> Allocation:
    """Arrange more for a project (an amount above zero), or less (below).

    Parameters
    ----------
    session : Session
        Bound to the editor, as in :func:`arrange_money`.
    allocation_id : int
        Any line of the allocation.
    arranged_on, arranged_yuan, document, excess_reason, today, confirmed
        As in :func:`arrange_money`; less than was paid cannot stay arranged.

    Raises
    ------
    Unacceptable, NotFound, NotAllowed, AlreadyRetired
        See their messages.
    """
    return _change(
        session, allocation_id, "adjusted", arranged_on, arranged_yuan, document, excess_reason, today, confirmed
    )


def return_money(
    session: Session,
    allocation_id: int,
    *,
    arranged_on: dt.date,
    arranged_yuan: Decimal,
    document: str | None = None,
    today: dt.date,
    confirmed: Collection[str] = (),
) -> Allocation:
    """Take what a project does not need back to its document, to be arranged anew.

    Parameters
    ----------
    session : Session
        Bound to the editor, as in :func:`arrange_money`.
    allocation_id : int
        Any line of the allocation.
    arranged_on, document, today, confirmed
        As in :func:`arrange_money`.
    arranged_yuan : Decimal
        How much comes back, above zero; what was paid stays.

    Raises
    ------
    Unacceptable, NotFound, NotAllowed, AlreadyRetired
        See their messages.
    """
    return _change(session, allocation_id, "returned", arranged_on, -arranged_yuan, document, None, today, confirmed)


def withdraw_line(session: Session, allocation_id: int, *, revision: int, reason: str) -> int:
    """Strike a line that was entered by mistake; the first one only when it stands alone.

    Parameters
    ----------
    session : Session
        Bound to the editor, as in :func:`arrange_money`.
    allocation_id, revision : int
        Which version of which line.
    reason : str
        Why; needed. The line stays in history.

    Returns
    -------
    int
        The document it belonged to.

    Raises
    ------
    Unacceptable
        When payments or other lines depend on it.
    NotFound, NotAllowed, ChangedMeanwhile, ReasonNeeded
        See their messages.
    """
    reason = check_reason(reason)
    paper = hold_document_of(session, allocation_id)
    line = hold(session, Allocation, allocation_id, revision=revision)
    checks = Checks()
    left = money.arranged_for(session, paper.id, line.project_id) - line.arranged_yuan
    paid = money.paid_for(session, paper.id, line.project_id)
    others = select(Allocation.id).where(
        Allocation.fund_document_id == paper.id, Allocation.project_id == line.project_id, Allocation.id != line.id
    )
    if line.kind == "arranged" and session.scalar(others.limit(1)) is not None:
        checks.refuse("arranged_yuan", "Later lines change it; strike those first.")
    elif left < paid or session.scalar(select(Payment.id).where(Payment.allocation_id == line.id).limit(1)):
        checks.refuse("arranged_yuan", "{paid} yuan are paid already; strike the payments first.", paid=spoken(paid))
    if line.arranged_yuan < 0 and money.standing(session, paper).free + line.arranged_yuan < 0:
        checks.refuse("arranged_yuan", "What came back is arranged for others already.")
    checks.settle()
    audit.record(session, "funds.withdraw_line", line, reason=reason, amount=str(line.arranged_yuan), kind=line.kind)
    session.delete(line)
    session.flush()
    return paper.id


def hold_document_of(session: Session, allocation_id: int) -> FundDocument:
    """Lock the document of a line for a change of its money.

    Raises
    ------
    NotFound
        When the line is not there, or not the viewer's to see.
    NotAllowed
        When the viewer sees the line, and may not change money.
    """
    line = session.scalars(select(Allocation).where(Allocation.id == allocation_id)).first()
    if line is None:
        raise NotFound
    try:
        return hold(session, FundDocument, line.fund_document_id, roles=FUND_ROLES)
    except NotFound:
        raise NotAllowed from None


def _change(
    session: Session,
    allocation_id: int,
    kind: str,
    arranged_on: dt.date,
    arranged_yuan: Decimal,
    document: str | None,
    excess_reason: str | None,
    today: dt.date,
    confirmed: Collection[str],
) -> Allocation:
    paper = hold_document_of(session, allocation_id)
    first = money.get_line(session, allocation_id)
    project = get_project(session, first.project_id)
    checks = Checks(confirmed)
    arranged = money.arranged_for(session, paper.id, project.id)
    paid = money.paid_for(session, paper.id, project.id)
    if arranged_yuan == 0 or (kind == "returned" and arranged_yuan > 0):
        checks.refuse("arranged_yuan", "Please enter an amount of more than zero.")
    elif arranged_yuan < 0 and arranged + arranged_yuan < paid:
        checks.refuse(
            "arranged_yuan",
            "{paid} of {arranged} yuan are paid; {left} yuan at most can be taken away.",
            paid=spoken(paid),
            arranged=spoken(arranged),
            left=spoken(max(arranged - paid, money.ZERO)),
        )
    if arranged_on < first.arranged_on:
        checks.refuse("arranged_on", "It cannot be before the money was arranged, on {day}.", day=first.arranged_on)
    if arranged_yuan > 0:
        _check_project(checks, project)
        doubt_scale(checks, "arranged_yuan", arranged_yuan, project.budget_yuan)
    line = Allocation(kind=kind, arranged_on=arranged_on, arranged_yuan=arranged_yuan)
    return _add_line(session, checks, paper, project, line, document, excess_reason, today)


def _add_line(
    session: Session,
    checks: Checks,
    paper: FundDocument,
    project: Project,
    line: Allocation,
    document: str | None,
    excess_reason: str | None,
    today: dt.date,
) -> Allocation:
    line.document, line.excess_reason = (
        _text(checks, "document", document),
        _text(checks, "excess_reason", excess_reason),
    )
    if line.arranged_on > today:
        checks.refuse("arranged_on", "{day} is still to come.", day=line.arranged_on)
    elif line.arranged_on < paper.received_on:
        checks.refuse("arranged_on", "The money was only received on {day}.", day=paper.received_on)
    if line.arranged_yuan > 0:
        free = money.standing(session, paper).free
        if line.arranged_yuan > free and not line.excess_reason:
            checks.doubt(
                "excess",
                "arranged_yuan",
                "Only {free} yuan of this document are left: {excess} yuan too much.",
                free=spoken(max(free, money.ZERO)),
                excess=spoken(line.arranged_yuan - max(free, money.ZERO)),
            )
        if not line.excess_reason:
            fees.check_fee(session, checks, paper, project, line.arranged_yuan, line.arranged_on)
    checks.settle()
    line.fund_document_id, line.project_id = paper.id, project.id
    line.created_by = viewer_of(session).account_id
    session.add(line)
    verb = {"arranged": "funds.arrange", "adjusted": "funds.adjust", "returned": "funds.return"}[line.kind]
    audit.record(session, verb, line)
    return line


def _check_project(checks: Checks, project: Project) -> None:
    if project.retired_on is not None:
        checks.refuse("project_id", "“{name}” was withdrawn.", name=project.name)
    elif project.stage == "terminated":
        checks.refuse("project_id", "“{name}” was ended; no more money can be arranged for it.", name=project.name)


def _text(checks: Checks, field: str, text: str | None) -> str | None:
    text = " ".join((text or "").replace("\x00", " ").split())
    if len(text) > LONGEST:
        checks.refuse(field, "This is longer than {limit} characters.", limit=LONGEST)
    return text or None
