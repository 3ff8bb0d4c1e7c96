"""Changes wait beside what is in force: who may decide, and in which order."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.errors import NotAllowed, NotFound, Unacceptable
from assets.history import History
from assets.registry import service
from assets.registry.models import Asset, ValueEvent
from assets.review import deciding, rules
from assets.review.authority import NotYourStep, OwnProposal, StandsIn
from assets.review.models import Proposal, ReviewDecision
from tests import factories
from tests.assets.review_desk import DAY, ReviewDesk, count, facts, register, rename


@pytest.fixture
def desk(session: Session) -> ReviewDesk:
    return ReviewDesk(session)


@pytest.fixture
def asset(desk: ReviewDesk) -> Asset:
    return desk.made(factories.asset, desk.tree.north_villages[0], name="大力村冷库")  # type: ignore[no-any-return]


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


def test_the_rules_of_the_town_beside_are_not_shown(desk: ReviewDesk) -> None:
    tree = desk.tree
    for where in (tree.county, tree.north, tree.north_villages[0], tree.south, tree.south_villages[0], tree.neighbour):
        desk.rule("county", where=where)
    shown = {place.id for _rule, place in rules.rules_of(desk.session, tree.county)}
    assert shown == {tree.county.id, tree.north.id, tree.north_villages[0].id}
    desk.seat("administrator")
    assert len(rules.rules_of(desk.session, tree.county)) == 5


def test_what_was_decided_is_kept_in_order(desk: ReviewDesk) -> None:
    desk.rule("town", "county")
    proposal = desk.approve(register(desk), "town", "county")
    kept = desk.session.scalars(select(ReviewDecision).order_by(ReviewDecision.id)).all()
    assert [(one.step, one.verdict) for one in kept] == [("town", "approve"), ("county", "approve")]
    assert proposal.decided_at is not None
