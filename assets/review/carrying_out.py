"""Carrying out what was approved: the verb runs again, on what is in force by now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from geoalchemy2 import WKBElement
from geoalchemy2.shape import to_shape
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.accounts.models import Account
from assets.editing import Change, changes_since
from assets.errors import NotFound, RegistryError
from assets.regions.models import Region, RegionSuccessor
from assets.review.models import Proposal
from assets.review.plain import read
from assets.review.proposing import VERBS, run_plainly
from assets.review.trying import entities_by_table, placed_of
from assets.scope import Reach, Viewer, bind_viewer, viewer_of


class LookAgain(RegistryError):
    """The record in force is not the one the decider has looked at."""

    message = "“{name}” was changed while this waited. Please look at both sides before you decide."


class BothChanged(RegistryError):
    """The same columns were changed otherwise meanwhile: who is right is for the submitter to say."""

    message = "“{name}” was changed meanwhile in the very fields this would change. Please return it with a reason."


@dataclass(frozen=True)
class Standing:
    """How a proposal stands to what is in force: the row it builds on, and what others changed of it since."""

    row: Any
    revision: int | None
    changes: Sequence[Change]
    clashes: frozenset[str]


def standing(session: Session, proposal: Proposal) -> Standing:
    """How ``proposal`` stands to what is in force now.

    Raises
    ------
    NotFound
        When the row it builds on is no longer there.
    """
    row_of = proposal.entered.get("row")
    if row_of is None or proposal.base_revision is None:
        return Standing(None, None, (), frozenset())
    entity: Any = entities_by_table()[row_of[0]]
    row = session.scalars(
        select(entity).where(entity.id == row_of[1]).execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound
    if row.revision == proposal.base_revision:
        return Standing(row, row.revision, (), frozenset())
    changes = changes_since(session, row, proposal.base_revision)
    touched = {
        column
        for difference in proposal.differences
        if [difference["table"], difference["id"]] == row_of
        for column in difference["changes"]
    }
    clashes = frozenset(change.field for change in changes if _column(entity, change.field) in touched)
    return Standing(row, row.revision, changes, clashes)


def carry_out(
    session: Session,
    proposal: Proposal,
    reaches: Sequence[Reach],
    *,
    today: dt.date,
    seen_revision: int | None,
    confirmed: Collection[str],
) -> int | None:
    """Run the verb of ``proposal`` for its submitter, as far as the decider reaches; the record's id.

    What others changed meanwhile stays: only the columns the proposal was about are set.
    """
    values: dict[str, Any] = read(proposal.entered["values"])
    stands = standing(session, proposal)
    if stands.changes:
        if seen_revision != stands.revision:
            raise LookAgain(name=proposal.title)
        if stands.clashes:
            raise BothChanged(name=proposal.title)
        for change in stands.changes:
            if change.field in values:
                now = getattr(stands.row, change.field)
                values[change.field] = to_shape(now) if isinstance(now, WKBElement) else now
    if stands.revision is not None:
        values["revision"] = stands.revision
    if "confirmed" in values:
        values["confirmed"] = frozenset(values["confirmed"]) | frozenset(confirmed)
    if proposal.record_id is None and values.get("region_id") is not None:
        values["region_id"] = _still_there(session, values["region_id"], today)
    decider = viewer_of(session)
    submitter = session.get_one(Account, proposal.submitted_by)
    # Whoever decides need not keep records; for what they approve they stand in as one who does.
    acting = tuple(replace(reach, role="clerk") for reach in reaches)
    bind_viewer(
        session,
        Viewer(
            account_id=submitter.id,
            username=submitter.display_name,
            address=decider.address,
            reaches=acting,
            approved_by=decider.account_id,
        ),
    )
    try:
        verb = VERBS[proposal.verb]
        made = run_plainly(session, verb.function, *read(proposal.entered["args"]), **values, today=today)
        session.flush()
        placed = placed_of(session, made[0] if isinstance(made, list) else made)
    finally:
        bind_viewer(session, decider)
    return None if placed is None else int(placed.id)


def _still_there(session: Session, region_id: int, day: dt.date) -> int:
    """The region, or what it has been merged into."""
    for _step in range(10):
        region = session.get(Region, region_id)
        if region is None or region.valid_to is None or region.valid_to > day:
            break
        successor = session.scalar(
            select(RegionSuccessor.successor_id).where(
                RegionSuccessor.region_id == region_id,
                RegionSuccessor.kind == "merged",
                RegionSuccessor.effective_on <= day,
            )
        )
        if successor is None:
            break
        region_id = successor
    return region_id


def _column(entity: Any, attribute: str) -> str:
    return str(getattr(entity, attribute).property.columns[0].name)
