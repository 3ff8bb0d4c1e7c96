"""What happens to a change while it waits: sent back, withdrawn, overtaken, decided with others."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from assets.errors import InvalidValue, NotAllowed, NotFound
from assets.regions.service import merge_regions
from assets.registry import service
from assets.registry.models import Asset
from assets.review import deciding, rules
from assets.review.carrying_out import BothChanged, LookAgain
from assets.review.models import Proposal
from assets.review.proposing import ChangeWaits
from assets.scope import Viewer, bind_viewer
from assets.undo import current_transaction, undoable
from tests import factories
from tests.assets.review_desk import DAY, ReviewDesk, count, facts, register, rename


@pytest.fixture
def desk(session: Session) -> ReviewDesk:
    return ReviewDesk(session)


@pytest.fixture
def asset(desk: ReviewDesk) -> Asset:
    return desk.made(factories.asset, desk.tree.north_villages[0], name="大力村冷库")  # type: ignore[no-any-return]


def test_a_second_change_of_the_same_record_is_told_of_the_first(desk: ReviewDesk, asset: Asset) -> None:
    desk.rule("town")
    rename(desk, asset)
    desk.seat("other_clerk")
    with pytest.raises(ChangeWaits, match="clerk"):
        service.correct_asset(
            desk.session, asset.id, revision=asset.revision, name="又一个名", reason="更名", today=DAY
        )
    assert count(desk, Proposal) == 1


def test_what_others_changed_meanwhile_stays_when_other_fields_are_concerned(desk: ReviewDesk, asset: Asset) -> None:
    desk.rule("town")
    proposal = rename(desk, asset, specification=None)
    desk.made(
        service.correct_asset, asset.id, revision=asset.revision, specification="30立方米", reason="补充", today=DAY
    )
    desk.seat("town")
    with pytest.raises(LookAgain):
        deciding.approve(desk.session, proposal.id, step="town", today=DAY)
    desk.session.refresh(asset)
    deciding.approve(desk.session, proposal.id, step="town", today=DAY, seen_revision=asset.revision)
    desk.session.refresh(asset)
    assert (asset.name, asset.specification) == ("大力村新冷库", "30立方米")


def test_the_same_field_changed_meanwhile_can_only_be_returned(desk: ReviewDesk, asset: Asset) -> None:
    desk.rule("town")
    proposal = rename(desk, asset)
    desk.made(service.correct_asset, asset.id, revision=asset.revision, name="另一个名", reason="更名", today=DAY)
    desk.seat("town")
    desk.session.refresh(asset)
    with pytest.raises(BothChanged):
        deciding.approve(desk.session, proposal.id, step="town", today=DAY, seen_revision=asset.revision)
    deciding.return_proposal(desk.session, proposal.id, step="town", reason="已另行更名", today=DAY)
    assert proposal.status == "returned"


def test_a_record_withdrawn_meanwhile_takes_no_change(desk: ReviewDesk, asset: Asset) -> None:
    from assets.editing import AlreadyRetired

    desk.rule("town")
    proposal = rename(desk, asset)
    desk.made(service.retire_asset, asset.id, revision=asset.revision, on=DAY, reason="重复登记", today=DAY)
    desk.session.refresh(asset)
    desk.seat("town")
    with pytest.raises(AlreadyRetired):
        deciding.approve(desk.session, proposal.id, step="town", today=DAY, seen_revision=asset.revision)
    assert proposal.status == "pending"
    deciding.return_proposal(desk.session, proposal.id, step="town", reason="已撤回", today=DAY)


def test_a_closed_account_of_the_submitter_does_not_stop_its_change(desk: ReviewDesk, asset: Asset) -> None:
    desk.rule("town")
    proposal = rename(desk, asset)
    desk.close("clerk")
    desk.approve(proposal, "town")
    assert proposal.status == "approved"


def test_a_registration_in_a_region_merged_meanwhile_goes_to_its_successor(desk: ReviewDesk) -> None:
    desk.rule("county", where=desk.tree.county)
    proposal = register(desk)
    ended, successor = desk.tree.north_villages
    bind_viewer(desk.session, Viewer.system())
    merge_regions(desk.session, [ended], successor, DAY - dt.timedelta(1))
    desk.approve(proposal, "county")
    assert desk.session.get_one(Asset, proposal.record_id).region_id == successor.id


def test_what_waits_when_the_steps_are_switched_off_still_finishes(desk: ReviewDesk) -> None:
    desk.rule("town", where=desk.tree.county)
    proposal = register(desk)
    desk.seat("administrator")
    rules.set_rule(desk.session, desk.tree.county.id, "asset", steps=(), valid_from=DAY, today=DAY)
    desk.seat("clerk")
    assert service.register_asset(desk.session, today=DAY, **facts(desk, name="另一处蓄水池")).id
    desk.approve(proposal, "town")
    assert proposal.status == "approved"


def test_a_returned_change_is_corrected_and_takes_the_place_of_the_first(desk: ReviewDesk, asset: Asset) -> None:
    from assets.review.proposing import given_values, replacing, returned_to

    desk.rule("town")
    first = rename(desk, asset)
    desk.seat("town")
    with pytest.raises(InvalidValue):
        deciding.return_proposal(desk.session, first.id, step="town", reason=" ", today=DAY)
    deciding.return_proposal(desk.session, first.id, step="town", reason="名称不规范", today=DAY)
    desk.session.refresh(asset)
    assert (first.status, asset.review_status) == ("returned", "returned")
    desk.seat("other_clerk")
    with pytest.raises(NotFound):
        returned_to(desk.session, first.id)
    desk.seat("clerk")
    assert given_values(returned_to(desk.session, first.id))["name"] == "大力村新冷库"
    replacing(desk.session, first.id)
    second = rename(desk, asset, "大力村果品冷库")
    desk.session.refresh(asset)
    assert (first.status, second.replaces_id, asset.review_status) == ("replaced", first.id, "pending")


def test_only_who_submitted_takes_it_back(desk: ReviewDesk, asset: Asset) -> None:
    desk.rule("town")
    proposal = rename(desk, asset)
    desk.seat("other_clerk")
    with pytest.raises(NotAllowed):
        deciding.withdraw(desk.session, proposal.id)
    desk.seat("clerk")
    deciding.withdraw(desk.session, proposal.id)
    desk.session.refresh(asset)
    assert (proposal.status, asset.review_status) == ("withdrawn", "approved")
    with pytest.raises(deciding.DecidedMeanwhile):
        deciding.withdraw(desk.session, proposal.id)


def test_a_batch_leaves_what_no_longer_fits_and_has_one_entry_of_its_own(desk: ReviewDesk, asset: Asset) -> None:
    desk.rule("town")
    fits, clashes = register(desk), rename(desk, asset)
    desk.made(service.correct_asset, asset.id, revision=asset.revision, name="另一个名", reason="更名", today=DAY)
    desk.seat("town")
    since = desk.last_entry()
    batch = deciding.approve_many(desk.session, [(clashes.id, "town"), (fits.id, "town")], today=DAY)
    assert [one.id for one in batch.approved] == [fits.id]
    assert [(one.proposal.id, type(one.refusal)) for one in batch.left] == [(clashes.id, LookAgain)]
    actions = [entry.action for entry in desk.entries(since)]
    assert actions == ["registry.register_asset", "registry.add_value", "review.approve", "review.approve_many"]
    with pytest.raises(InvalidValue):
        deciding.approve_many(desk.session, [], today=DAY)


def test_a_proposal_is_not_undone_but_taken_back(desk: ReviewDesk, asset: Asset) -> None:
    desk.rule("town")
    rename(desk, asset)
    now = dt.datetime.now(dt.UTC)
    assert undoable(desk.session, current_transaction(desk.session), now=now) is None
