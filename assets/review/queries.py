"""Reading proposals: one, those of a record, and those that wait."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from assets.accounts.models import Account
from assets.errors import NotFound
from assets.filters import Filter
from assets.regions.models import Region
from assets.review.authority import Authority
from assets.review.models import Proposal, ReviewDecision
from assets.scope import within

LONG_WAITS = {"3": 3, "7": 7, "15": 15}


def get_proposal(session: Session, proposal_id: int) -> Proposal:
    """One proposal.

    Raises
    ------
    NotFound
        When there is none within reach.
    """
    found = session.scalars(select(Proposal).where(Proposal.id == proposal_id)).first()
    if found is None:
        raise NotFound
    return found


def decisions_of(session: Session, proposal_id: int) -> Sequence[Any]:
    """What was decided, in order: decision and name of who."""
    return session.execute(
        select(ReviewDecision, Account.display_name)
        .outerjoin(Account, Account.id == ReviewDecision.account_id)
        .where(ReviewDecision.proposal_id == proposal_id)
        .order_by(ReviewDecision.id)
    ).all()


def open_for(session: Session, table: str, record_id: int) -> Sequence[Proposal]:
    """The proposals about a record that wait or were returned."""
    return session.scalars(
        select(Proposal)
        .where(
            Proposal.table_name == table,
            Proposal.record_id == record_id,
            Proposal.status.in_(("pending", "returned")),
        )
        .order_by(Proposal.id)
    ).all()


def count_waiting_for(session: Session, authority: Authority) -> int:
    """How many wait for one account's decision."""
    if not authority.reaches:
        return 0
    return session.scalar(select(func.count()).select_from(Proposal).where(authority.criterion())) or 0


def count_returned_to(session: Session, account_id: int | None) -> int:
    """How many changes came back to one account."""
    came_back = (Proposal.submitted_by == account_id, Proposal.status == "returned")
    return session.scalar(select(func.count()).select_from(Proposal).where(*came_back)) or 0


def count_pending(session: Session, area: Region, kind: str | None = None) -> int:
    """How many changes wait in an area, new registrations included."""
    criteria = [Proposal.status == "pending", within(Proposal.region_path, area.region_path)]
    if kind is not None:
        criteria.append(Proposal.kind == kind)
    return session.scalar(select(func.count()).select_from(Proposal).where(*criteria)) or 0


def matching(asked: Filter, *columns: Any, authority: Authority, tab: str) -> Select[Any]:
    """The proposals of one list: ``mine`` to decide, ``submitted`` by the viewer, or ``all``."""
    return select(*columns).select_from(Proposal).where(*_criteria(asked, authority, tab))


def _criteria(asked: Filter, authority: Authority, tab: str) -> list[ColumnElement[bool]]:
    criteria = [within(Proposal.region_path, asked.area_path)]
    if tab == "mine":
        criteria.append(authority.criterion())
    elif tab == "submitted":
        criteria.append(Proposal.submitted_by == authority.account_id)
    if asked.proposal_kind:
        criteria.append(Proposal.kind.in_(asked.proposal_kind))
    if asked.review_step:
        criteria.append(Proposal.step.in_(asked.review_step))
    if asked.proposal_status:
        criteria.append(Proposal.status.in_(asked.proposal_status))
    if asked.waiting:
        least = min(LONG_WAITS[key] for key in asked.waiting)
        criteria.append(Proposal.status == "pending")
        criteria.append(Proposal.submitted_at < asked.day - dt.timedelta(least - 1))
    if asked.words:
        criteria.append(Proposal.title.contains(asked.words, autoescape=True))
    return criteria


def many(session: Session, ids: Any) -> Sequence[Proposal]:
    """The proposals of a selection, the longest waiting first."""
    return session.scalars(
        select(Proposal).where(Proposal.id.in_(ids)).order_by(Proposal.submitted_at, Proposal.id)
    ).all()


def next_for(session: Session, authority: Authority, *, but: int) -> int | None:
    """The proposal that waits longest for one account's decision."""
    if not authority.reaches:
        return None
    return session.scalar(
        select(Proposal.id)
        .where(authority.criterion(), Proposal.id != but)
        .order_by(Proposal.submitted_at, Proposal.id)
        .limit(1)
    )


def region_names(session: Session, ids: set[int]) -> dict[int, str]:
    """The short names of regions."""
    return dict(session.execute(select(Region.id, Region.short_name).where(Region.id.in_(ids))).all())
