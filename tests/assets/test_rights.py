"""Rights begin and end with their holders and assets."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.audit import AuditEntry
from assets.editing import AlreadyRetired, ChangedMeanwhile, ReasonNeeded
from assets.errors import NotAllowed, NotFound, Unacceptable
from assets.ownership.queries import assets_held_by, holders_on
from assets.ownership.service import end_right
from assets.parties.ending import merge_parties
from assets.parties.models import Party
from assets.registry.holding import Disposed
from assets.registry.models import Asset
from assets.scope import Reach, Viewer, bind_viewer
from assets.vocabulary import EXCLUSIVE_RIGHTS
from tests import factories
from tests.assets.refusals import refused
from tests.assets.rights_desk import CHANGE, ROUNDED, SINCE, THIRD, correct, grant, held
from tests.factories import DAY


def test_a_right_is_held_from_its_day_until_the_day_before_its_end(
    session: Session, asset: Asset, holders: list[Party]
) -> None:
    grant(session, asset, holders[0], "use", valid_to=CHANGE)
    days = (SINCE - dt.timedelta(1), SINCE, CHANGE - dt.timedelta(1), CHANGE)
    assert [bool(held(session, asset, day, "use")) for day in days] == [False, True, True, False]


def test_granting_leaves_one_audit_entry(session: Session, asset: Asset, holders: list[Party]) -> None:
    right = grant(session, asset, holders[0])
    entries = session.scalars(select(AuditEntry)).all()
    assert [(e.action, e.table_name, e.record_id) for e in entries] == [("ownership.grant_right", "right", right.id)]


def test_a_right_cannot_begin_before_its_asset(session: Session, asset: Asset, holders: list[Party]) -> None:
    assert refused(grant, session, asset, holders[0], valid_from=dt.date(2024, 1, 14)) == [("valid_from", None)]
    assert grant(session, asset, holders[0], valid_from=dt.date(2024, 1, 15))


def test_a_right_begins_today_at_the_latest_and_lasts_a_day(
    session: Session, asset: Asset, holders: list[Party]
) -> None:
    assert refused(grant, session, asset, holders[0], valid_from=DAY + dt.timedelta(1)) == [("valid_from", None)]
    assert refused(grant, session, asset, holders[0], valid_to=SINCE) == [("valid_to", None)]


def test_an_unknown_right_an_unknown_holder_and_a_missing_share_are_told_together(
    session: Session, asset: Asset
) -> None:
    nobody = Party(id=10**9)
    assert refused(grant, session, asset, nobody, "sale") == [("kind", None), ("party_id", None)]
    assert refused(grant, session, asset, nobody, share=None) == [("party_id", None), ("share", None)]


def test_a_missing_document_is_asked_for(session: Session, asset: Asset, holders: list[Party]) -> None:
    assert refused(grant, session, asset, holders[0], document=" ") == [("document", "no_document")]
    assert grant(session, asset, holders[0], document=None, confirmed={"no_document"}).document is None
    assert refused(grant, session, asset, holders[1], "use", document="长" * 201) == [("document", None)]


def test_a_holder_that_has_become_another_is_refused_and_the_successor_named(
    session: Session, asset: Asset, holders: list[Party]
) -> None:
    gone, keep, *_ = holders
    options: dict[str, Any] = {"revision": gone.revision, "on": CHANGE, "reason": "合村并居", "today": DAY}
    merge_parties(session, keep.id, gone.id, **options)
    with pytest.raises(Unacceptable, match=r"甲村集体.*2025-07-01.*乙村集体"):
        grant(session, asset, gone, valid_from=CHANGE)
    with pytest.raises(Unacceptable, match="乙村集体"):
        grant(session, asset, gone)
    assert grant(session, asset, gone, valid_to=CHANGE)


def test_a_holder_out_of_reach_is_refused_like_an_unknown_one(
    session: Session, tree: factories.Tree, asset: Asset
) -> None:
    stranger = factories.party(session, "天成镇某公司", "company", region_id=tree.south.id)
    bind_viewer(session, Viewer(1, reaches=(Reach("clerk", tree.north.id, tree.north.region_path),)))
    assert refused(grant, session, asset, stranger) == [("party_id", None)]


def test_what_households_were_given_belongs_to_them(session: Session, tree: factories.Tree) -> None:
    batch = factories.asset(session, tree.north_villages[0], asset_class="household")
    collective, family = factories.party(session), factories.party(session, "李家", "household")
    assert refused(grant, session, batch, collective) == [("party_id", None)]
    assert grant(session, batch, family)
    assert grant(session, batch, collective, "supervision")


def test_people_as_owners_of_other_assets_are_doubted(session: Session, asset: Asset) -> None:
    person = factories.party(session, "李四", "individual")
    assert refused(grant, session, asset, person) == [("party_id", "owned_by_people")]
    assert grant(session, asset, person, confirmed={"owned_by_people"})


@pytest.mark.parametrize("kind", EXCLUSIVE_RIGHTS)
def test_an_exclusive_right_has_one_holder_at_a_time(
    session: Session, asset: Asset, holders: list[Party], kind: str
) -> None:
    grant(session, asset, holders[0], kind, valid_to=CHANGE)
    with pytest.raises(Unacceptable, match=r"甲村集体.*2024-02-01"):
        grant(session, asset, holders[1], kind, valid_from=CHANGE - dt.timedelta(1))
    assert grant(session, asset, holders[1], kind, valid_from=CHANGE)


@pytest.mark.parametrize("kind", ["supervision", "upkeep", "use"])
def test_supervision_upkeep_and_use_are_held_by_several_without_shares(
    session: Session, asset: Asset, holders: list[Party], kind: str
) -> None:
    for party in holders:
        grant(session, asset, party, kind)
    assert len(held(session, asset, DAY, kind)) == 4
    extra = factories.party(session, "戊村集体")
    assert refused(grant, session, asset, extra, kind, share=THIRD) == [("share", None)]


def test_a_holder_has_a_right_once(session: Session, asset: Asset, holders: list[Party]) -> None:
    grant(session, asset, holders[0], share=THIRD)
    assert refused(grant, session, asset, holders[0], share=THIRD, valid_from=CHANGE) == [("party_id", None)]


def test_more_than_what_is_left_is_refused_with_the_exact_rest(
    session: Session, asset: Asset, holders: list[Party]
) -> None:
    grant(session, asset, holders[0], share=Fraction(2, 3))
    with pytest.raises(Unacceptable, match=r"only 1/3 \(33.3333 %\) is left; 1/2 \(50 %\) is more"):
        grant(session, asset, holders[1], share=Fraction(1, 2))
    grant(session, asset, holders[1], share=THIRD)
    with pytest.raises(Unacceptable, match="nothing is left"):
        grant(session, asset, holders[2], share=Fraction(1, 100))


def test_the_rest_is_that_of_the_fullest_day(session: Session, asset: Asset, holders: list[Party]) -> None:
    grant(session, asset, holders[0], share=Fraction(1, 2), valid_from=CHANGE, valid_to=dt.date(2025, 8, 1))
    grant(session, asset, holders[1], share=Fraction(1, 4))
    with pytest.raises(Unacceptable, match=r"On 2025-07-01 only 1/4"):
        grant(session, asset, holders[2], share=Fraction(1, 2))
    assert grant(session, asset, holders[2], share=Fraction(1, 2), valid_from=dt.date(2025, 8, 1))


def test_three_times_a_rounded_third_is_refused_and_thirds_are_proposed(
    session: Session, asset: Asset, holders: list[Party]
) -> None:
    for party in holders[:2]:
        grant(session, asset, party, share=ROUNDED)
    with pytest.raises(Unacceptable, match=r"miss the whole by 1/10000 \(0.01 %\).*1/3、1/3、1/3"):
        grant(session, asset, holders[2], share=ROUNDED)


@pytest.mark.parametrize("share", [Fraction(0), Fraction(-1, 2), Fraction(3, 2), Fraction(1, 1_000_001)])
def test_a_share_that_cannot_be_is_refused(
    session: Session, asset: Asset, holders: list[Party], share: Fraction
) -> None:
    assert refused(grant, session, asset, holders[0], share=share) == [("share", None)]


def test_an_asset_that_is_gone_takes_no_rights(session: Session, asset: Asset, holders: list[Party]) -> None:
    asset.disposed_on = DAY
    session.flush()
    with pytest.raises(Disposed):
        grant(session, asset, holders[0])
    asset.disposed_on, asset.retired_on, asset.retired_reason = None, DAY, "重复登记"
    session.flush()
    with pytest.raises(AlreadyRetired):
        grant(session, asset, holders[0])


@pytest.mark.parametrize("role", ["viewer", "leader", "caretaker", "auditor"])
def test_readers_grant_nothing(
    session: Session, tree: factories.Tree, asset: Asset, holders: list[Party], role: str
) -> None:
    bind_viewer(session, Viewer(1, reaches=(Reach(role, tree.county.id, tree.county.region_path),)))
    with pytest.raises(NotAllowed):
        grant(session, asset, holders[0])


def test_the_clerk_of_the_next_town_does_not_find_the_asset_or_its_rights(
    session: Session, tree: factories.Tree, asset: Asset, holders: list[Party]
) -> None:
    right = grant(session, asset, holders[0])
    bind_viewer(session, Viewer(1, reaches=(Reach("clerk", tree.south.id, tree.south.region_path),)))
    with pytest.raises(NotFound):
        grant(session, asset, holders[1], "use")
    with pytest.raises(NotFound):
        end_right(session, right.id, revision=1, on=DAY, reason="更正", today=DAY)
    assert holders_on(session, asset.id, DAY) == []
    assert assets_held_by(session, holders[0].id) == []


def test_a_department_writes_its_own_sector_only(
    session: Session, tree: factories.Tree, asset: Asset, holders: list[Party]
) -> None:
    reach = Reach("department", tree.county.id, tree.county.region_path, frozenset({"water"}))
    for party in holders:
        grant(session, factories.asset(session, tree.north_villages[0], sector="water"), party, "use")
    bind_viewer(session, Viewer(1, reaches=(reach,)))
    assert grant(session, asset, holders[0])
    asset.sector = "transport"
    session.flush()
    with pytest.raises(NotFound):
        grant(session, asset, holders[1], "use")


def test_a_wrong_share_is_set_right_with_a_reason(session: Session, asset: Asset, holders: list[Party]) -> None:
    right = grant(session, asset, holders[0], share=ROUNDED)
    correct(session, right, share=THIRD)
    session.flush()
    assert held(session, asset, DAY) == {"甲村集体": THIRD}
    with pytest.raises(ReasonNeeded):
        correct(session, right, reason="")


def test_the_second_of_two_editors_is_told_what_the_first_did(
    session: Session, asset: Asset, holders: list[Party]
) -> None:
    right = grant(session, asset, holders[0])
    correct(session, right, document="陇确字9号")
    session.flush()
    with pytest.raises(ChangedMeanwhile) as refusal:
        correct(session, right, revision=1, document="陇确字8号")
    assert [(change.field, change.theirs) for change in refusal.value.changes] == [("document", "陇确字9号")]


def test_a_right_ends_once_and_not_in_days_to_come(session: Session, asset: Asset, holders: list[Party]) -> None:
    right = grant(session, asset, holders[0])
    options: dict[str, Any] = {"reason": "收回", "today": DAY}
    for on in (SINCE, DAY + dt.timedelta(1)):
        assert refused(end_right, session, right.id, revision=1, on=on, **options) == [("on", None)]
    end_right(session, right.id, revision=1, on=CHANGE, **options)
    session.flush()
    assert held(session, asset, CHANGE) == {}
    session.refresh(right)
    assert refused(end_right, session, right.id, revision=right.revision, on=DAY, **options) == [("on", None)]
