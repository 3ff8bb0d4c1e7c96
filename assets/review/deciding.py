"""Deciding about proposals: approving them step by step, returning them, taking them back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assets import audit
from assets.accounts.models import Account
from assets.db import OFFICE_ZONE
from assets.editing import check_reason
from assets.errors import InvalidValue, NotAllowed, NotFound, RegistryError
from assets.review.authority import require_decider
from assets.review.carrying_out import carry_out
from assets.review.mirror import show_status
from assets.review.models import Proposal, ReviewDecision
from assets.review.trying import ask_all_constraints
from assets.scope import viewer_of

MOST_AT_ONCE = 200
# What else happens when a proposal is returned or withdrawn, by the table it is about.
ENDINGS: dict[str, Callable[[Session, Proposal, str | None], None]] = {}


class DecidedMeanwhile(RegistryError):
    """Another was faster, or the page is old."""

    message = "“{name}” was decided meanwhile, by {who} at {at}. Please look at how it stands now."


class NoLongerPossible(RegistryError):
    """What the database refuses when a proposal is carried out."""

    message = "What was entered since no longer fits this change of “{name}”. Please return it with a reason."


@dataclass(frozen=True)
class Left:
    """A proposal of a batch that was left as it is, and why."""

    proposal: Proposal
    refusal: RegistryError


@dataclass(frozen=True)
class Batch:
    """What became of a batch."""

    approved: Sequence[Proposal]
    left: Sequence[Left]


def approve(
    session: Session,
    proposal_id: int,
    *,
    step: str,
    today: dt.date,
    seen_revision: int | None = None,
    confirmed: Collection[str] = frozenset(),
    batch: str | None = None,
) -> Proposal:
    """Approve a proposal at the step where it stands; at the last one it is carried out.

    Parameters
    ----------
    session : Session
        Bound to the decider.
    proposal_id : int
        Which.
    step : str
        The step the decider has seen it at.
    today : date
        The office's day.
    seen_revision : int, optional
        The version of the record in force that the decider has looked at, where it is not the one
        the proposal was made on.
    confirmed : collection of str
        Doubts the decider confirms besides those the submitter did.
    batch : str, optional
        The batch it is decided with.

    Returns
    -------
    Proposal
        ``approved`` and carried out, or waiting at its next step.

    Raises
    ------
    NotFound
        When there is none within reach.
    OwnProposal, StandsIn, NotYourStep
        When it is not the viewer's to decide.
    DecidedMeanwhile
        When it no longer stands at ``step``.
    LookAgain, ChangedMeanwhile, Unacceptable, AlreadyRetired, NoLongerPossible
        When it no longer fits what is in force; it can be returned.
    """
    proposal = _held(session, proposal_id, step)
    reaches = require_decider(session, proposal, day=today)
    me = viewer_of(session).account_id
    later = proposal.steps[proposal.steps.index(step) + 1 :]
    if not later:
        try:
            with session.begin_nested():
                record_id = carry_out(
                    session, proposal, reaches, today=today, seen_revision=seen_revision, confirmed=confirmed
                )
                ask_all_constraints(session)
        except IntegrityError:
            raise NoLongerPossible(name=proposal.title) from None
        proposal.record_id = proposal.record_id or record_id
        proposal.status, proposal.decided_at = "approved", func.now()
    proposal.step = later[0] if later else None
    proposal.updated_by = me
    session.add(ReviewDecision(proposal_id=proposal.id, step=step, verdict="approve", account_id=me))
    audit.record(session, "review.approve", proposal, batch=batch)
    show_status(session, proposal.table_name, proposal.record_id)
    return proposal


def approve_many(session: Session, chosen: Sequence[tuple[int, str]], *, today: dt.date) -> Batch:
    """Approve many proposals together; those that no longer fit are left, and told.

    Parameters
    ----------
    session : Session
        Bound to the decider.
    chosen : sequence of (int, str)
        Proposals, each with the step it was seen at.
    today : date
        The office's day.

    Raises
    ------
    InvalidValue
        When nothing is chosen, or more than can be looked at.
    """
    if not 0 < len(chosen) <= MOST_AT_ONCE:
        raise InvalidValue("Please choose 1 to {limit} changes.", limit=MOST_AT_ONCE, field="ids")
    batch = f"review {uuid4().hex[:12]}"
    approved: list[Proposal] = []
    left: list[Left] = []
    # In one order for all, so that two batches never wait for each other.
    for proposal_id, step in sorted(chosen):
        try:
            with session.begin_nested():
                approved.append(approve(session, proposal_id, step=step, today=today, batch=batch))
        except RegistryError as refusal:
            known = session.scalars(select(Proposal).where(Proposal.id == proposal_id)).first()
            if known is not None:
                left.append(Left(known, refusal))
    audit.record(session, "review.approve_many", batch=batch, approved=len(approved), left=len(left))
    return Batch(approved, left)


def return_proposal(session: Session, proposal_id: int, *, step: str, reason: str, today: dt.date) -> Proposal:
    """Send a proposal back to who made it, with what is to be set right.

    Raises
    ------
    NotFound, OwnProposal, StandsIn, NotYourStep, DecidedMeanwhile, ReasonNeeded
        See their messages.
    """
    reason = check_reason(reason)
    proposal = _held(session, proposal_id, step)
    require_decider(session, proposal, day=today)
    return _end(session, proposal, "return", "returned", reason)


def withdraw(session: Session, proposal_id: int, *, reason: str | None = None) -> Proposal:
    """Take back a proposal of one's own that waits or came back.

    Raises
    ------
    NotFound, NotAllowed, DecidedMeanwhile
        When there is none, it is another's, or it is decided.
    """
    proposal = _locked(session, proposal_id)
    if proposal.submitted_by != viewer_of(session).account_id:
        raise NotAllowed
    if proposal.status not in ("pending", "returned"):
        raise _decided(session, proposal)
    return _end(session, proposal, "withdraw", "withdrawn", check_reason(reason) if reason else None)


def _end(session: Session, proposal: Proposal, verdict: str, status: str, reason: str | None) -> Proposal:
    me = viewer_of(session).account_id
    session.add(
        ReviewDecision(proposal_id=proposal.id, step=proposal.step, verdict=verdict, account_id=me, reason=reason)
    )
    proposal.status, proposal.step, proposal.updated_by, proposal.decided_at = status, None, me, func.now()
    audit.record(session, f"review.{verdict}", proposal, reason=reason)
    show_status(session, proposal.table_name, proposal.record_id)
    if (ending := ENDINGS.get(proposal.table_name)) is not None:
        ending(session, proposal, reason)
    return proposal


def _locked(session: Session, proposal_id: int) -> Proposal:
    found = session.scalars(
        select(Proposal)
        .where(Proposal.id == proposal_id)
        .with_for_update(of=Proposal)
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound
    return found


def _held(session: Session, proposal_id: int, step: str) -> Proposal:
    proposal = _locked(session, proposal_id)
    if proposal.status != "pending" or proposal.step != step:
        raise _decided(session, proposal)
    return proposal


def _decided(session: Session, proposal: Proposal) -> DecidedMeanwhile:
    last = session.execute(
        select(ReviewDecision.at, Account.display_name)
        .outerjoin(Account, Account.id == ReviewDecision.account_id)
        .where(ReviewDecision.proposal_id == proposal.id)
        .order_by(ReviewDecision.id.desc())
        .limit(1)
    ).first()
    moment = (last.at if last else proposal.submitted_at).astimezone(OFFICE_ZONE)
    return DecidedMeanwhile(
        name=proposal.title, who=(last.display_name if last else None) or "—", at=f"{moment:%Y-%m-%d %H:%M}"
    )
