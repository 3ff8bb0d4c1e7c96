"""Standing in reaches as far as its source, no further and no longer."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.accounts.models import Account, Grant
from assets.accounts.queries import reaches_of
from assets.errors import NotFound
from assets.grants import delegating, granting
from tests import factories
from tests.assets.refusals import refused
from tests.assets.test_granting import DAY, Staff

BACK = DAY + dt.timedelta(days=14)


@pytest.fixture
def staff(session: Session) -> Staff:
    return Staff(session)


@pytest.fixture
def colleague(staff: Staff) -> Account:
    return factories.account(staff.session, "colleague", "viewer", staff.tree.north, display_name="李某")


def own_grant(staff: Staff, who: Account) -> Grant:
    statement = select(Grant).where(Grant.account_id == who.id, Grant.delegated_from.is_(None))
    return staff.session.scalars(statement).one()


def hand_over(staff: Staff, who: Account, to: Account, **values: Any) -> list[Grant]:
    source = own_grant(staff, who)
    staff.act(who)
    given = {"grant_ids": [source.id], "account_id": to.id, "valid_from": DAY, "valid_to": BACK}
    return delegating.hand_over(staff.session, **given | {"reason": "年休假", "today": DAY} | values)


def roles(staff: Staff, who: Account, day: dt.date = DAY) -> list[tuple[str, bool]]:
    return [(r.role, r.delegated_from is not None) for r in reaches_of(staff.session, who.id, day)]


def test_a_colleague_stands_in_until_the_person_is_back(staff: Staff, colleague: Account) -> None:
    hand_over(staff, staff.clerk, colleague)
    assert roles(staff, colleague) == [("clerk", True), ("viewer", False)]
    assert roles(staff, colleague, BACK) == [("viewer", False)]
    (grant, owner, region), *none = delegating.standing_in(staff.session, colleague.id, day=DAY)
    assert (grant.valid_to, owner.id, region.id, none) == (BACK, staff.clerk.id, staff.tree.north.id, [])


def test_whoever_stands_in_is_told_from_whoever_may_anyway(staff: Staff, colleague: Account) -> None:
    hand_over(staff, staff.clerk, colleague)
    staff.act(colleague)
    viewer = staff.session.info["viewer"]
    assert viewer.stands_in
    source = own_grant(staff, staff.clerk)
    assert viewer.stands_in_at(staff.tree.north.region_path) == (source.id,)
    assert viewer.stands_in_at(staff.tree.south.region_path) == ()
    staff.system()
    factories.grant(staff.session, colleague, "clerk", staff.tree.county)
    staff.act(colleague)
    assert staff.session.info["viewer"].stands_in_at(staff.tree.north.region_path) == ()


def test_personal_values_are_not_handed_over(staff: Staff, colleague: Account) -> None:
    own_grant(staff, staff.clerk).may_unmask = True
    hand_over(staff, staff.clerk, colleague)
    assert [reach.may_unmask for reach in reaches_of(staff.session, staff.clerk.id, DAY)] == [True]
    assert not any(reach.may_unmask for reach in reaches_of(staff.session, colleague.id, DAY))


@pytest.mark.parametrize("end", ["source ended", "account closed", "taken back"])
def test_standing_in_ends_with_its_source(staff: Staff, colleague: Account, end: str) -> None:
    (made,) = hand_over(staff, staff.clerk, colleague)
    if end == "source ended":
        source = own_grant(staff, staff.clerk)
        staff.act(staff.admin)
        granting.end_grant(staff.session, source.id, revision=source.revision, on=DAY, reason="调离", today=DAY)
    elif end == "account closed":
        staff.clerk.active = False
    else:
        delegating.take_back(staff.session, made.id, revision=made.revision, reason="提前返岗", today=DAY)
    staff.session.flush()
    assert roles(staff, colleague) == [("viewer", False)]


def test_what_is_held_for_another_is_not_handed_on(staff: Staff, colleague: Account) -> None:
    (made,) = hand_over(staff, staff.clerk, colleague)
    staff.act(colleague)
    with pytest.raises(NotFound):
        delegating.hand_over(
            staff.session,
            grant_ids=[made.id],
            account_id=staff.clerk.id,
            valid_from=DAY,
            valid_to=BACK,
            reason="转交他人",
            today=DAY,
        )


def test_a_chain_that_came_into_the_tables_otherwise_reaches_nothing(staff: Staff, colleague: Account) -> None:
    (made,) = hand_over(staff, staff.clerk, colleague)
    staff.system()
    third = factories.account(staff.session, "third", "viewer", staff.tree.north)
    factories.grant(staff.session, third, "clerk", staff.tree.county, valid_to=BACK, delegated_from=made.id)
    assert roles(staff, third) == [("viewer", False)]


def test_a_delegated_grant_reaches_no_further_than_its_source_whatever_it_says(
    staff: Staff, colleague: Account
) -> None:
    source = own_grant(staff, staff.clerk)
    factories.grant(
        staff.session, colleague, "administrator", staff.tree.nation, valid_to=BACK, delegated_from=source.id
    )
    reach = next(one for one in reaches_of(staff.session, colleague.id, DAY) if one.delegated_from)
    assert (reach.role, reach.path) == ("clerk", staff.tree.north.region_path)


@pytest.mark.parametrize(
    ("values", "problems"),
    [
        ({"grant_ids": []}, ["grant_ids"]),
        ({"valid_from": DAY - dt.timedelta(days=1)}, ["valid_from"]),
        ({"valid_to": DAY}, ["valid_to"]),
        ({"valid_to": DAY + dt.timedelta(days=184)}, ["valid_to"]),
    ],
)
def test_a_delegation_that_cannot_be_is_refused(
    staff: Staff, colleague: Account, values: dict[str, Any], problems: list[str]
) -> None:
    told = refused(hand_over, staff, staff.clerk, colleague, **values)
    assert [field for field, _doubt in told] == problems


def test_only_open_accounts_of_the_area_stand_in(staff: Staff, colleague: Account) -> None:
    elsewhere = factories.account(staff.session, "elsewhere", "clerk", staff.tree.south)
    colleague.active = False
    staff.session.flush()
    for one in (elsewhere, colleague, staff.clerk, staff.admin):
        assert refused(hand_over, staff, staff.clerk, one) == [("account_id", None)]
    staff.act(staff.clerk)
    assert delegating.colleagues(staff.session) == []
    staff.act(staff.admin)
    assert [one.username for one, _place in delegating.colleagues(staff.session)] == ["clerk", "elsewhere"]


def test_an_administrator_is_not_stood_in_for_from_below(staff: Staff, colleague: Account) -> None:
    assert refused(hand_over, staff, staff.admin, colleague) == [("account_id", None)]
    peer = factories.account(staff.session, "peer", "planner", staff.tree.county)
    assert hand_over(staff, staff.admin, peer)


def test_the_same_is_not_handed_to_the_same_person_twice(staff: Staff, colleague: Account) -> None:
    hand_over(staff, staff.clerk, colleague)
    assert refused(hand_over, staff, staff.clerk, colleague) == [("account_id", None)]


def test_others_do_not_take_back_what_is_not_theirs(staff: Staff, colleague: Account) -> None:
    (made,) = hand_over(staff, staff.clerk, colleague)
    for one in (colleague, staff.admin):
        staff.act(one)
        with pytest.raises(NotFound):
            delegating.take_back(staff.session, made.id, revision=made.revision, reason="不想代理", today=DAY)
