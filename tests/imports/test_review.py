"""Where changes are reviewed, a ledger is reviewed as one."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select

from app.jobs.asking import ask_commit, ask_undo, resume_left
from assets.audit import AuditEntry
from assets.errors import NotFound
from assets.imports.committing import ChangedSincePreview
from assets.imports.models import ImportBatch
from assets.imports.progress import find_progress
from assets.imports.reviewing import ReviewNeeded
from assets.imports.undoing import ReviewedOnly
from assets.places.models import Facility
from assets.review.authority import OwnProposal
from assets.review.deciding import approve, return_proposal, withdraw
from assets.review.models import Proposal, ReviewRule
from tests import factories
from tests.imports.bringing import Desk, facility_row

DAY = factories.DAY


@pytest.fixture
def reviewed(lasting: Desk) -> Desk:
    """Places of the county are looked at by the town and the county."""
    session = lasting.system()
    session.add(
        ReviewRule(
            region_id=lasting.tree.county.id, kind="place", steps=["town", "county"], valid_from=dt.date(2026, 1, 1)
        )
    )
    lasting.account()
    lasting.account("town", "approver", lasting.tree.north)
    lasting.account("county", "approver", lasting.tree.county)
    session.commit()
    return lasting


def submitted(desk: Desk) -> tuple[ImportBatch, Proposal]:
    batch = desk.bring([facility_row("大力村卫生室"), facility_row("八渡村卫生室", 村="八渡村")])
    desk.session.commit()
    ask_commit(desk.acts(desk.account()), batch.id, today=DAY)
    desk.session.commit()
    proposal = desk.system().scalars(select(Proposal).order_by(Proposal.id.desc())).first()
    assert proposal is not None
    return batch, proposal


def as_one(desk: Desk, name: str) -> Desk:
    desk.acts(desk.account(name)).info.pop("review rules", None)
    return desk


def test_it_is_submitted_and_nothing_is_entered(reviewed: Desk) -> None:
    batch, proposal = submitted(reviewed)
    assert (batch.status, proposal.step, proposal.record_id) == ("waiting", "town", batch.id)
    assert proposal.differences[0]["changes"] == {"new": [None, 2]}
    assert reviewed.session.scalar(select(func.count(Facility.id))) == 0


def test_nobody_decides_about_their_own(reviewed: Desk) -> None:
    _batch, proposal = submitted(reviewed)
    with pytest.raises(OwnProposal):
        approve(as_one(reviewed, "clerk").session, proposal.id, step="town", today=DAY)
    reviewed.session.rollback()


def test_another_town_decides_nothing_about_it(reviewed: Desk) -> None:
    _batch, proposal = submitted(reviewed)
    reviewed.account("elsewhere", "approver", reviewed.tree.south)
    with pytest.raises(NotFound):
        approve(as_one(reviewed, "elsewhere").session, proposal.id, step="town", today=DAY)
    reviewed.session.rollback()


def test_the_last_approval_lets_a_job_enter_it_on_behalf_of_who_brought_it(reviewed: Desk) -> None:
    batch, proposal = submitted(reviewed)
    for step in ("town", "county"):
        approve(as_one(reviewed, step).session, proposal.id, step=step, today=DAY)
        reviewed.session.commit()
    session = reviewed.system()
    session.refresh(batch)
    assert batch.status == "approved"
    assert resume_left(session) == 1
    session.commit()
    reviewed.commit(batch)
    session.commit()
    assert batch.status == "committed"
    assert set(session.scalars(select(Facility.name))) == {"大力村卫生室", "八渡村卫生室"}
    entry = session.scalars(select(AuditEntry).where(AuditEntry.table_name == "facility")).first()
    assert entry is not None
    assert entry.account_id == reviewed.account("county").id
    assert entry.changes is not None
    assert entry.changes["on_behalf_of"] == "clerk"


def test_returned_it_can_be_mended_and_submitted_again(reviewed: Desk) -> None:
    batch, proposal = submitted(reviewed)
    return_proposal(as_one(reviewed, "town").session, proposal.id, step="town", reason="卫生室面积有误", today=DAY)
    reviewed.session.commit()
    session = reviewed.system()
    session.refresh(batch)
    told = find_progress(session, batch.id)
    assert batch.status == "checked"
    assert told is not None
    assert told.refusal is not None
    assert told.refusal["data"] == {"reason": "卫生室面积有误"}
    ask_commit(as_one(reviewed, "clerk").session, batch.id, today=DAY)
    reviewed.session.commit()
    session = reviewed.system()
    statuses = session.scalars(select(Proposal.status).order_by(Proposal.id)).all()
    assert statuses == ["replaced", "pending"]


def test_withdrawn_it_can_be_answered_again(reviewed: Desk) -> None:
    batch, proposal = submitted(reviewed)
    withdraw(as_one(reviewed, "clerk").session, proposal.id)
    reviewed.session.commit()
    reviewed.system().refresh(batch)
    assert batch.status == "checked"


def test_nobody_enters_it_past_the_review(reviewed: Desk) -> None:
    batch = reviewed.bring([facility_row("大力村卫生室")])
    reviewed.session.commit()
    with pytest.raises(ReviewNeeded):
        reviewed.commit(batch)
    reviewed.session.rollback()


def test_whoever_brought_it_does_not_take_it_back_alone(reviewed: Desk) -> None:
    batch, proposal = submitted(reviewed)
    for step in ("town", "county"):
        approve(as_one(reviewed, step).session, proposal.id, step=step, today=DAY)
        reviewed.session.commit()
    reviewed.system().refresh(batch)
    reviewed.commit(batch)
    reviewed.session.commit()
    with pytest.raises(ReviewedOnly):
        ask_undo(as_one(reviewed, "clerk").session, batch.id, today=DAY)
    reviewed.session.rollback()


def test_what_changed_between_approval_and_entering_is_looked_at_again(reviewed: Desk) -> None:
    batch, proposal = submitted(reviewed)
    for step in ("town", "county"):
        approve(as_one(reviewed, step).session, proposal.id, step=step, today=DAY)
        reviewed.session.commit()
    session = reviewed.system()
    session.refresh(batch)
    village = reviewed.tree.north_villages[0]
    session.add(
        Facility(name="大力村卫生室", type="clinic", level="village", region_id=village.id, pinyin="", initials="")
    )
    session.commit()
    with pytest.raises(ChangedSincePreview):
        reviewed.commit(batch)
    session.rollback()
