"""Who may decide at which step: by role, level, area and sector, and never about their own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session, aliased

from assets.accounts.models import Account, Grant
from assets.errors import NotAllowed
from assets.regions.models import Region
from assets.review.models import STEPS, Proposal
from assets.scope import Reach, Viewer, viewer_of, within
from assets.vocabulary import LEVELS

DECIDERS = frozenset({"approver", "department"})
# The lowest level of a reach that decides at a step.
_FROM = {"village": "village", "town": "town", "department": "county", "county": "county"}


class OwnProposal(NotAllowed):
    """Nobody decides about what they proposed."""

    message = "You submitted this yourself; somebody else must decide about it."


class StandsIn(NotAllowed):
    """A stand-in has the same interest as whom they stand in for."""

    message = "You stand in for {who}, who submitted this; somebody else must decide about it."


class NotYourStep(NotAllowed):
    """Another step, another office."""

    message = "This waits at another step, which your account does not decide."


@dataclass(frozen=True)
class Authority:
    """What an account may decide: its reaches by the steps they are good for, and whose stand-in it is."""

    account_id: int | None
    reaches: tuple[tuple[str, Reach], ...]
    stands_in_for: frozenset[int]

    def criterion(self) -> ColumnElement[bool]:
        """The criterion that a proposal waits for this account's decision."""
        own = {self.account_id, *self.stands_in_for} - {None}
        at_steps = [
            and_(Proposal.step == step, within(Proposal.region_path, reach.path), _in_sectors(reach))
            for step, reach in self.reaches
        ]
        return and_(
            Proposal.status == "pending", Proposal.submitted_by.not_in(own), or_(*at_steps) if at_steps else false()
        )

    def reaches_for(self, proposal: Proposal) -> tuple[Reach, ...]:
        """The reaches by which the account may decide at the step where ``proposal`` stands."""
        return tuple(
            reach
            for step, reach in self.reaches
            if step == proposal.step
            and reach.covers(proposal.region_path)
            and (reach.sectors is None or proposal.sector in reach.sectors)
        )


def authority_of(session: Session, viewer: Viewer | None = None, *, day: dt.date) -> Authority:
    """What the viewer may decide on ``day``."""
    viewer = viewer or viewer_of(session)
    held = [reach for reach in viewer.reaches if reach.role in DECIDERS]
    if not held:
        return Authority(viewer.account_id, (), frozenset())
    numbers = {reach.region_id for reach in held}
    rows = session.execute(select(Region.id, Region.level).where(Region.id.in_(numbers)))
    levels: dict[int, str] = dict(rows.all())
    found = [
        (step, reach)
        for reach in held
        for step in STEPS
        if (step == "department") == (reach.role == "department") and _high_enough(levels.get(reach.region_id), step)
    ]
    source = aliased(Grant)
    absent = session.scalars(
        select(source.account_id)
        .join(Grant, Grant.delegated_from == source.id)
        .where(
            Grant.account_id == viewer.account_id,
            Grant.valid_from <= day,
            or_(Grant.valid_to.is_(None), Grant.valid_to > day),
        )
    )
    return Authority(viewer.account_id, tuple(found), frozenset(absent))


def require_decider(session: Session, proposal: Proposal, *, day: dt.date) -> tuple[Reach, ...]:
    """The reaches by which the viewer may decide about ``proposal`` now.

    Raises
    ------
    OwnProposal, StandsIn, NotYourStep
        When they may not.
    """
    authority = authority_of(session, day=day)
    if proposal.submitted_by == authority.account_id:
        raise OwnProposal
    reaches = authority.reaches_for(proposal)
    if not reaches:
        raise NotYourStep
    if proposal.submitted_by in authority.stands_in_for:
        who = session.scalar(select(Account.display_name).where(Account.id == proposal.submitted_by))
        raise StandsIn(who=who or "—")
    return reaches


def _in_sectors(reach: Reach) -> ColumnElement[bool]:
    return Proposal.id.is_not(None) if reach.sectors is None else Proposal.sector.in_(sorted(reach.sectors))


def _high_enough(level: str | None, step: str) -> bool:
    return level in LEVELS and LEVELS.index(level) <= LEVELS.index(_FROM[step])
