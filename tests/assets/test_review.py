"""Changes wait beside what is in force: who may decide, in which order, and what comes of it."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.errors import InvalidValue, NotAllowed, NotFound, Unacceptable
from assets.history import History
from assets.maintenance import assigning
from assets.ownership import replacing
from assets.ownership.models import Right
from assets.ownership.registering import register_owned_asset
from assets.places import facilities
from assets.places.models import Facility
from assets.projects import service as projects
from assets.projects import stages
from assets.regions.service import merge_regions
from assets.registry import operating, service, values
from assets.registry.models import Asset, ValueEvent
from assets.review import deciding, rules
from assets.review.authority import NotYourStep, OwnProposal, StandsIn
from assets.review.carrying_out import BothChanged, LookAgain
from assets.review.models import Proposal, ReviewDecision
from assets.review.proposing import ChangeWaits, OneByOne
from assets.scope import Viewer, bind_viewer
from assets.undo import current_transaction, undoable
from tests import factories
from tests.assets.review_desk import DAY, ReviewDesk

POINT = shapely.set_srid(shapely.Point(106.612345, 34.812345), 4490)


@pytest.fixture
def desk(session: Session) -> ReviewDesk:
    return ReviewDesk(session)


@pytest.fixture
def asset(desk: ReviewDesk) -> Asset:
    return desk.made(factories.asset, desk.tree.north_villages[0], name="大力村冷库")  # type: ignore[no-any-return]


def facts(desk: ReviewDesk, **more: Any) -> dict[str, Any]:
    start = {
        "name": "大力村蓄水池",
        "asset_class": "public",
        "sector": "water",
        "built_on": dt.date(2024, 5, 1),
        "region_id": desk.tree.north_villages[0].id,
        "original_value_yuan": 190_000,
        "fund_source": "county",
    }
    return start | more


def register(desk: ReviewDesk, **more: Any) -> Proposal:
    return desk.proposed(service.register_asset, today=DAY, **facts(desk, **more))


def rename(desk: ReviewDesk, asset: Asset, name: str = "大力村新冷库", **more: Any) -> Proposal:
    return desk.proposed(
        service.correct_asset, asset.id, revision=asset.revision, name=name, reason="更名", today=DAY, **more
    )


def count(desk: ReviewDesk, entity: Any) -> int:
    return desk.made(lambda session: session.scalar(select(func.count()).select_from(entity))) or 0


def test_without_a_rule_a_change_is_saved_at_once(desk: ReviewDesk) -> None:
    made = service.register_asset(desk.session, today=DAY, **facts(desk))
    assert made.id
    assert count(desk, Proposal) == 0


def test_a_reviewed_registration_leaves_no_asset_until_its_last_step(desk: ReviewDesk) -> None:
    desk.rule("town", "county")
    proposal = register(desk)
    assert (proposal.status, proposal.step, proposal.record_id) == ("pending", "town", None)
    assert count(desk, Asset) == count(desk, ValueEvent) == 0
    desk.approve(proposal, "town")
    assert (proposal.step, count(desk, Asset)) == ("county", 0)
    desk.approve(proposal, "county")
    made = desk.session.get_one(Asset, proposal.record_id)
    assert (made.name, made.created_by, made.review_status) == ("大力村蓄水池", desk.people["clerk"], "approved")
    assert (proposal.status, proposal.step) == ("approved", None)


def test_what_is_wrong_is_refused_before_it_is_proposed(desk: ReviewDesk) -> None:
    desk.rule("town")
    with pytest.raises(Unacceptable):
        service.register_asset(desk.session, today=DAY, **facts(desk, name=""))
    assert count(desk, Proposal) == 0


def test_the_nearest_rule_decides_and_an_empty_one_switches_review_off(desk: ReviewDesk) -> None:
    desk.rule("county", where=desk.tree.county)
    desk.rule("town", where=desk.tree.north)
    assert register(desk).steps == ["town"]
    desk.seat("south_clerk")
    assert register(desk, region_id=desk.tree.south_villages[0].id).steps == ["county"]
    desk.rule(where=desk.tree.south_villages[1])
    assert service.register_asset(desk.session, today=DAY, **facts(desk, region_id=desk.tree.south_villages[1].id)).id


def test_a_rule_counts_from_its_first_day_to_its_last(desk: ReviewDesk) -> None:
    desk.rule("town", valid_from=DAY + dt.timedelta(1))
    assert service.register_asset(desk.session, today=DAY, **facts(desk)).id
    desk.rule("town", kind="place", valid_to=DAY)
    assert rules.steps_for(desk.session, "place", desk.tree.north.region_path, None, day=DAY) == ()


def test_a_record_of_no_sector_passes_no_department(desk: ReviewDesk) -> None:
    desk.rule("town", "department", kind="place")
    assert rules.steps_for(desk.session, "place", desk.tree.north.region_path, None, day=DAY) == ("town",)
    assert rules.steps_for(desk.session, "place", desk.tree.north.region_path, "water", day=DAY) == (
        "town",
        "department",
    )


def test_a_correction_waits_beside_the_record_that_stays_in_force(desk: ReviewDesk, asset: Asset) -> None:
    desk.rule("town")
    before = asset.revision
    proposal = rename(desk, asset)
    [difference] = proposal.differences
    assert difference["changes"]["name"] == ["大力村冷库", "大力村新冷库"]
    desk.session.refresh(asset)
    assert (asset.name, asset.review_status, asset.revision) == ("大力村冷库", "pending", before)
    assert not desk.made(lambda s: s.scalars(select(History).where(History.table_name == "asset")).all())
    desk.approve(proposal, "town")
    desk.session.refresh(asset)
    assert (asset.name, asset.review_status) == ("大力村新冷库", "approved")
    assert (asset.updated_by, asset.revision) == (desk.people["clerk"], before + 1)


def test_the_audit_tells_who_proposed_and_who_approved_once_each(desk: ReviewDesk, asset: Asset) -> None:
    desk.rule("town", "county")
    since = desk.last_entry()
    desk.approve(rename(desk, asset), "town", "county")
    told = [(entry.action, entry.account_id) for entry in desk.entries(since)]
    people = desk.people
    assert told == [
        ("review.submit", people["clerk"]),
        ("review.approve", people["town"]),
        ("registry.correct_asset", people["county"]),
        ("review.approve", people["county"]),
    ]
    [carried_out] = [entry for entry in desk.entries(since) if entry.action == "registry.correct_asset"]
    assert (carried_out.changes or {})["on_behalf_of"] == "clerk"
    assert not [e for e in desk.entries(since) if "entered" in (e.changes or {}) or "differences" in (e.changes or {})]


def test_nobody_decides_about_their_own(desk: ReviewDesk) -> None:
    desk.rule("town")
    proposal = register(desk)
    desk.made(
        factories.grant, desk.session.get_one(factories.Account, desk.people["clerk"]), "approver", desk.tree.county
    )
    with pytest.raises(OwnProposal):
        desk.approve(proposal, "clerk")
    with pytest.raises(OwnProposal):
        deciding.return_proposal(desk.session, proposal.id, step="town", reason="请补正", today=DAY)


def _stand_in(desk: ReviewDesk, away: str, stand_in: str) -> None:
    """Let ``stand_in`` hold the grant of somebody who is away, for a while."""
    from assets.accounts.models import Account, Grant

    def grant(session: Session) -> None:
        source = session.scalars(select(Grant).where(Grant.account_id == desk.people[away])).one()
        region = desk.session.get_one(factories.Region, source.region_id)
        to = session.get_one(Account, desk.people[stand_in])
        until = DAY + dt.timedelta(9)
        factories.grant(session, to, source.role, region, delegated_from=source.id, valid_from=DAY, valid_to=until)

    desk.made(grant)


def test_a_stand_in_decides_as_the_absent_approver_but_not_about_what_that_one_submitted(desk: ReviewDesk) -> None:
    desk.rule("town")
    desk.made(
        factories.grant, desk.session.get_one(factories.Account, desk.people["other_clerk"]), "viewer", desk.tree.north
    )
    _stand_in(desk, "town", "other_clerk")
    proposal = register(desk)
    desk.approve(proposal, "other_clerk")
    assert proposal.status == "approved"


def test_a_stand_in_may_not_approve_what_the_absent_person_submitted(desk: ReviewDesk) -> None:
    desk.rule("town")
    _stand_in(desk, "clerk", "town")
    proposal = register(desk)
    with pytest.raises(StandsIn):
        desk.approve(proposal, "town")


def test_who_submits_may_not_approve_through_the_grant_of_somebody_away(desk: ReviewDesk) -> None:
    desk.rule("town")
    _stand_in(desk, "town", "clerk")
    proposal = register(desk)
    with pytest.raises(OwnProposal):
        desk.approve(proposal, "clerk")


@pytest.mark.parametrize(
    ("steps", "who"),
    [
        (("county",), "town"),
        (("town",), "water"),
        (("department",), "county"),
        (("department",), "transport"),
        (("town",), "village"),
        (("town",), "other_clerk"),
        (("county",), "administrator"),
    ],
)
def test_another_step_is_another_office(desk: ReviewDesk, steps: tuple[str, ...], who: str) -> None:
    desk.rule(*steps)
    proposal = register(desk)
    with pytest.raises((NotYourStep, NotFound)):
        desk.approve(proposal, who)
    assert proposal.status == "pending"


def test_the_village_the_town_the_department_and_the_county_follow_each_other(desk: ReviewDesk) -> None:
    desk.rule("county", "village", "department", "town")
    proposal = register(desk)
    assert proposal.steps == ["village", "town", "department", "county"]
    desk.approve(proposal, "village", "town", "water", "county")
    assert proposal.status == "approved"


def test_the_neighbouring_town_finds_nothing(desk: ReviewDesk) -> None:
    desk.rule("town")
    proposal = register(desk)
    desk.seat("south_town")
    with pytest.raises(NotFound):
        deciding.approve(desk.session, proposal.id, step="town", today=DAY)
    assert desk.session.scalar(select(func.count()).select_from(Proposal)) == 0


def test_a_second_decision_finds_the_first_one(desk: ReviewDesk) -> None:
    desk.rule("town", "county")
    proposal = desk.approve(register(desk), "town")
    desk.seat("other_town")
    with pytest.raises(deciding.DecidedMeanwhile, match="town"):
        deciding.approve(desk.session, proposal.id, step="town", today=DAY)


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


def test_steps_are_switched_by_administrators_of_the_area_from_today_on(desk: ReviewDesk) -> None:
    county = desk.tree.county.id
    for who in ("clerk", "county"):
        desk.seat(who)
        with pytest.raises((NotAllowed, NotFound)):
            rules.set_rule(desk.session, county, "asset", steps=["town"], valid_from=DAY, today=DAY)
    desk.seat("administrator")
    with pytest.raises(NotFound):
        rules.set_rule(desk.session, desk.tree.neighbour.id, "asset", steps=["town"], valid_from=DAY, today=DAY)
    for steps, kind, on in (
        (["prefecture"], "asset", DAY),
        (["town"], "nothing", DAY),
        ([], "asset", DAY.replace(day=1)),
    ):
        with pytest.raises(Unacceptable):
            rules.set_rule(desk.session, county, kind, steps=steps, valid_from=on, today=DAY)
    first = rules.set_rule(desk.session, county, "asset", steps=["county", "town"], valid_from=DAY, today=DAY)
    second = rules.set_rule(desk.session, county, "asset", steps=["town"], valid_from=DAY + dt.timedelta(5), today=DAY)
    assert (first.steps, first.valid_to, second.valid_to) == (["town", "county"], second.valid_from, None)


def test_many_at_once_are_refused_where_one_of_them_is_reviewed(desk: ReviewDesk, asset: Asset) -> None:
    desk.rule("town", where=desk.tree.north_villages[0])
    other = desk.made(factories.asset, desk.tree.north_villages[1])
    with pytest.raises(OneByOne):
        service.retire_assets(desk.session, [asset.id, other.id], on=DAY, reason="重复登记", today=DAY)
    assert service.retire_assets(desk.session, [other.id], on=DAY, reason="重复登记", today=DAY) == 1
    with pytest.raises(OneByOne):
        operating.set_operating_status_of_many(
            desk.session, [asset.id], operating_status="idle", valid_from=DAY, today=DAY
        )


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


def test_positions_shares_values_and_duties_come_through_unchanged(desk: ReviewDesk, asset: Asset) -> None:
    for kind in ("asset", "right", "duty"):
        desk.rule("town", kind=kind)
    one, other = (
        desk.made(factories.party, name, region_id=desk.tree.north_villages[0].id) for name in ("甲村集体", "乙村集体")
    )
    moved = rename(desk, asset, "大力村冷库", geom=POINT)
    desk.approve(moved, "town")
    desk.session.refresh(asset)
    assert shapely.from_wkb(bytes(asset.geom.data)).equals(POINT)
    desk.seat("clerk")
    worth = desk.proposed(
        values.add_value,
        asset.id,
        kind="extension",
        occurred_on=DAY,
        amount_yuan=factories.Decimal("1234.56"),
        today=DAY,
    )
    desk.approve(worth, "town")
    desk.seat("clerk")
    shares = desk.proposed(
        replacing.set_shares,
        asset.id,
        kind="ownership",
        holders=((one.id, Fraction(1, 3)), (other.id, Fraction(2, 3))),
        valid_from=DAY,
        document="确权书",
        reason="确权",
        today=DAY,
    )
    desk.approve(shares, "town")
    held = desk.session.scalars(select(Right).order_by(Right.id)).all()
    assert sorted(Fraction(r.share_numerator, r.share_denominator) for r in held) == [Fraction(1, 3), Fraction(2, 3)]
    desk.seat("clerk")
    duty = desk.proposed(
        assigning.assign_duty, asset.id, body_party_id=one.id, interval_days=90, valid_from=DAY, today=DAY
    )
    desk.approve(duty, "town")
    assert duty.status == "approved"
    desk.seat("clerk")
    status = desk.proposed(operating.set_operating_status, asset.id, operating_status="idle", valid_from=DAY, today=DAY)
    desk.approve(status, "town")
    desk.session.refresh(asset)
    assert asset.operating_status == "idle"


def test_an_asset_and_its_owner_are_one_proposal(desk: ReviewDesk) -> None:
    desk.rule("town")
    holder = desk.made(factories.party, region_id=desk.tree.north_villages[0].id)
    proposal = desk.proposed(register_owned_asset, owner_id=holder.id, today=DAY, **facts(desk))
    assert {row["table"] for row in proposal.differences} == {"asset", "right", "value_event", "operating_period"}
    desk.approve(proposal, "town")
    assert desk.session.scalars(select(Right.party_id)).all() == [holder.id]


def test_projects_their_steps_and_places_are_reviewed_alike(desk: ReviewDesk) -> None:
    desk.rule("town", kind="project")
    desk.rule("town", kind="place")
    made = desk.proposed(
        projects.register_project,
        name="大力村产业路",
        code=None,
        kind="works",
        category="industry",
        sector="transport",
        year=2026,
        budget_yuan=factories.Decimal(600_000),
        region_id=desk.tree.north_villages[0].id,
        geom=None,
        planned_on=dt.date(2026, 1, 5),
        served=(desk.tree.north_villages[1].id,),
        today=DAY,
    )
    assert {row["table"] for row in made.differences} >= {"project", "project_stage"}
    desk.approve(made, "town")
    desk.seat("clerk")
    project_id = made.record_id
    step = desk.proposed(
        stages.advance_project, project_id, "library", reached_on=dt.date(2026, 2, 1), document="入库通知", today=DAY
    )
    assert (step.table_name, step.record_id) == ("project", project_id)
    desk.approve(step, "town")
    desk.seat("clerk")
    clinic = desk.proposed(
        facilities.register_facility,
        name="卫生室",
        type="clinic",
        level="village",
        status="in_use",
        area_m2=None,
        capacity=None,
        staff=None,
        opened_on=None,
        closed_on=None,
        region_id=desk.tree.north_villages[0].id,
        geom=POINT,
        source=None,
        today=DAY,
    )
    desk.approve(clinic, "town")
    assert desk.session.get_one(Facility, clinic.record_id).review_status == "approved"


def test_what_was_decided_is_kept_in_order(desk: ReviewDesk) -> None:
    desk.rule("town", "county")
    proposal = desk.approve(register(desk), "town", "county")
    kept = desk.session.scalars(select(ReviewDecision).order_by(ReviewDecision.id)).all()
    assert [(one.step, one.verdict) for one in kept] == [("town", "approve"), ("county", "approve")]
    assert proposal.decided_at is not None
