"""Rights begin and end with their holders and assets, and shares make the whole exactly."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.audit import AuditEntry
from assets.editing import AlreadyRetired, ChangedMeanwhile, ReasonNeeded
from assets.errors import NotAllowed, NotFound, Unacceptable
from assets.ownership.certifying import certify_asset
from assets.ownership.models import Right
from assets.ownership.queries import assets_held_by, holders_on, rights_of
from assets.ownership.replacing import set_shares
from assets.ownership.service import correct_right, end_right, grant_right
from assets.ownership.shares import is_rounding, proposal
from assets.parties.ending import merge_parties
from assets.parties.models import Party
from assets.projects.models import ProjectStage
from assets.registry.holding import Disposed
from assets.registry.models import Asset
from assets.scope import Reach, Viewer, bind_viewer
from assets.vocabulary import EXCLUSIVE_RIGHTS, SHARED_RIGHTS
from tests import factories
from tests.factories import DAY

SINCE = dt.date(2024, 2, 1)
CHANGE = dt.date(2025, 7, 1)
WHOLE = Fraction(1)
THIRD = Fraction(1, 3)
ROUNDED = Fraction(3333, 10000)


@pytest.fixture
def tree(session: Session) -> factories.Tree:
    return factories.tree(session)


@pytest.fixture
def asset(session: Session, tree: factories.Tree) -> Asset:
    """Built on 2024-01-15."""
    return factories.asset(session, tree.north_villages[0], name="大力村冷库", asset_class="earning")


@pytest.fixture
def holders(session: Session) -> list[Party]:
    return [factories.party(session, f"{name}村集体") for name in "甲乙丙丁"]


def grant(session: Session, asset: Asset, party: Party, kind: str = "ownership", **values: Any) -> Right:
    options = {"share": WHOLE if kind in SHARED_RIGHTS else None, "valid_from": SINCE, "document": "陇确字1号"}
    return grant_right(session, asset.id, kind=kind, party_id=party.id, today=DAY, **(options | values))


def replace(session: Session, asset: Asset, shares: dict[Party, Fraction], **values: Any) -> list[Right]:
    options = {"kind": "ownership", "valid_from": CHANGE, "document": "陇确字2号", "reason": "股权变更", "today": DAY}
    given = [(party.id, share) for party, share in shares.items()]
    return set_shares(session, asset.id, holders=given, **(options | values))


def refused(action: Any, *args: Any, **values: Any) -> list[tuple[str, str | None]]:
    with pytest.raises(Unacceptable) as refusal:
        action(*args, **values)
    return [(problem.field, problem.doubt) for problem in refusal.value.problems]


def held(session: Session, asset: Asset, day: dt.date, kind: str = "ownership") -> dict[str, Fraction]:
    return {
        row.holder: Fraction(row.share_numerator, row.share_denominator)
        for row in holders_on(session, asset.id, day)
        if row.kind == kind
    }


# Granting


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


# By persona


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


# Correcting and ending


def correct(session: Session, right: Right, **values: Any) -> Right:
    options = {
        "party_id": right.party_id,
        "share": Fraction(right.share_numerator, right.share_denominator),
        "valid_from": right.valid_from,
        "valid_to": right.valid_to,
        "document": right.document,
        "revision": right.revision,
        "reason": "登记有误",
        "today": DAY,
    }
    return correct_right(session, right.id, **(options | values))


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


# Replacing shares as a set


def test_new_shares_end_the_old_ones_on_one_day(session: Session, asset: Asset, holders: list[Party]) -> None:
    first, second, third, _ = holders
    replace(session, asset, {first: WHOLE}, valid_from=SINCE)
    replace(session, asset, {first: THIRD, second: THIRD, third: THIRD})
    assert held(session, asset, CHANGE - dt.timedelta(1)) == {"甲村集体": WHOLE}
    assert held(session, asset, CHANGE) == dict.fromkeys(("甲村集体", "乙村集体", "丙村集体"), THIRD)


def test_who_keeps_the_same_share_keeps_the_row(session: Session, asset: Asset, holders: list[Party]) -> None:
    first, second, third, _ = holders
    half = Fraction(1, 2)
    kept, _ = replace(session, asset, {first: half, second: half}, valid_from=SINCE)
    rows = replace(session, asset, {first: half, third: half})
    assert rows[0] is kept
    assert (kept.valid_from, kept.valid_to, len(rights_of(session, asset.id))) == (SINCE, None, 3)


def test_shares_of_the_very_day_are_replaced_and_not_ended(
    session: Session, asset: Asset, holders: list[Party]
) -> None:
    replace(session, asset, {holders[0]: WHOLE}, valid_from=SINCE)
    replace(session, asset, {holders[1]: WHOLE}, valid_from=SINCE)
    assert [row.holder for row in rights_of(session, asset.id)] == ["乙村集体"]


def test_every_changed_row_has_one_audit_entry(session: Session, asset: Asset, holders: list[Party]) -> None:
    first, second, third, _ = holders
    [old] = replace(session, asset, {first: WHOLE}, valid_from=SINCE)
    rows = replace(session, asset, {second: Fraction(1, 2), third: Fraction(1, 2)})
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()[1:]
    assert [entry.record_id for entry in entries] == [old.id, *(row.id for row in rows)]
    assert {entry.reason for entry in entries} == {"股权变更"}


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ([ROUNDED] * 3, r"9999/10000 \(99.99 %\); 1/10000 \(0.01 %\) is missing.*1/3、1/3、1/3"),
        ([Fraction(1667, 10000)] * 3 + [Fraction(1, 2)], r"too much.*1/6、1/6、1/6、1/2"),
        ([Fraction(9999, 10000)], r"99.99 %.*Probably meant: 1\."),
        ([Fraction(33, 100), Fraction(33, 100), Fraction(33, 100)], r"1/3、1/3、1/3"),
    ],
)
def test_rounded_shares_are_refused_with_the_exact_difference_and_what_was_meant(
    session: Session, asset: Asset, holders: list[Party], shares: list[Fraction], told: str
) -> None:
    with pytest.raises(Unacceptable, match=told):
        replace(session, asset, dict(zip(holders, shares, strict=False)))
    assert session.scalar(select(func.count()).select_from(Right)) == 0


def test_shares_that_leave_a_rest_are_doubted_until_certification(
    session: Session, asset: Asset, holders: list[Party]
) -> None:
    half = {holders[0]: Fraction(1, 2)}
    assert refused(replace, session, asset, half) == [("holders", "incomplete_shares")]
    assert replace(session, asset, half, valid_from=SINCE, confirmed={"incomplete_shares"})
    assert refused(replace, session, asset, dict.fromkeys(holders, Fraction(1, 2))) == [("holders", None)]
    replace(session, asset, {holders[0]: WHOLE})
    replace(session, asset, {holders[0]: WHOLE}, kind="income")
    certify(session, asset, certified_on=CHANGE)
    assert refused(replace, session, asset, half, valid_from=DAY, confirmed={"incomplete_shares"}) == [
        ("holders", None)
    ]


def test_a_holder_named_twice_nobody_and_later_shares_are_refused(
    session: Session, asset: Asset, holders: list[Party]
) -> None:
    options: dict[str, Any] = {"kind": "ownership", "document": "甲", "reason": "变更", "today": DAY}
    twice = [(holders[0].id, Fraction(1, 2))] * 2
    assert refused(set_shares, session, asset.id, holders=twice, valid_from=SINCE, **options) == [("holders", None)]
    assert refused(set_shares, session, asset.id, holders=[], valid_from=SINCE, **options) == [("holders", None)]
    replace(session, asset, {holders[0]: WHOLE}, valid_from=CHANGE)
    assert refused(replace, session, asset, {holders[1]: WHOLE}, valid_from=SINCE) == [("valid_from", None)]
    assert refused(replace, session, asset, {holders[0]: WHOLE}, kind="operation", valid_from=DAY) == [("kind", None)]


# Certification


def certify(session: Session, asset: Asset, **values: Any) -> Asset:
    session.flush()
    session.refresh(asset)
    options = {"certified_on": DAY, "certificate": "陇确字〔2026〕1号", "revision": asset.revision, "today": DAY}
    return certify_asset(session, asset.id, **(options | values))


def test_an_asset_is_certified_once_its_shares_make_the_whole(
    session: Session, asset: Asset, holders: list[Party]
) -> None:
    assert refused(certify, session, asset) == [("certified_on", None), ("certified_on", None)]
    for kind in SHARED_RIGHTS:
        grant(session, asset, holders[0], kind, share=Fraction(1, 2))
    assert refused(certify, session, asset) == [("certified_on", None), ("certified_on", None)]
    for kind in SHARED_RIGHTS:
        grant(session, asset, holders[1], kind, share=Fraction(1, 2))
    certify(session, asset)
    assert (asset.certified_on, asset.certificate) == (DAY, "陇确字〔2026〕1号")


def test_a_public_asset_needs_no_income_rights_to_be_certified(
    session: Session, tree: factories.Tree, holders: list[Party]
) -> None:
    road = factories.asset(session, tree.north_villages[0], asset_class="public")
    grant(session, road, holders[0])
    assert certify(session, road).certified_on == DAY


def test_certification_needs_a_number_a_day_that_has_come_and_documents(
    session: Session, tree: factories.Tree, holders: list[Party]
) -> None:
    road = factories.asset(session, tree.north_villages[0])
    right = grant(session, road, holders[0], document=None, confirmed={"no_document"})
    assert refused(certify, session, road, certificate=" ", certified_on=DAY + dt.timedelta(1)) == [
        ("certificate", None),
        ("certified_on", None),
        ("certified_on", "no_document"),
    ]
    right.document = "陇确字1号"
    assert refused(certify, session, road, certified_on=dt.date(2024, 1, 1))[0] == ("certified_on", None)


def test_certification_waits_for_the_acceptance_of_the_project(
    session: Session, tree: factories.Tree, holders: list[Party]
) -> None:
    road = factories.asset(session, tree.north_villages[0], value_yuan=None)
    project = factories.project(session, tree.north_villages[0])
    session.add(
        factories.ValueEvent(asset_id=road.id, project_id=project.id, kind="new", occurred_on=SINCE, amount_yuan=1)
    )
    grant(session, road, holders[0])
    with pytest.raises(Unacceptable, match="has not been accepted"):
        certify(session, road)
    session.add(ProjectStage(project_id=project.id, stage="accepted", reached_on=CHANGE))
    with pytest.raises(Unacceptable, match="2025-07-01"):
        certify(session, road, certified_on=CHANGE - dt.timedelta(1))
    assert certify(session, road)


def test_after_certification_a_single_right_cannot_leave_a_gap(
    session: Session, asset: Asset, holders: list[Party]
) -> None:
    owner = grant(session, asset, holders[0])
    grant(session, asset, holders[0], "income")
    certify(session, asset, certified_on=CHANGE)
    options: dict[str, Any] = {"revision": owner.revision, "reason": "收回", "today": DAY}
    assert refused(end_right, session, owner.id, on=DAY, **options) == [("on", None)]
    assert refused(correct, session, owner, share=Fraction(1, 2)) == [("share", None)]
    assert refused(correct, session, owner, valid_from=DAY) == [("share", None)]
    replace(session, asset, {holders[1]: WHOLE}, valid_from=DAY)
    assert held(session, asset, DAY) == {"乙村集体": WHOLE}


# What rounding explains


@given(st.integers(2, 60), st.integers(2, 4))
def test_equal_shares_rounded_to_percent_are_recognised(count: int, decimals: int) -> None:
    scale = 10**decimals
    rounded = Fraction(round(Fraction(scale, count)), scale)
    shares = [rounded] * count
    if sum(shares) != 1 and is_rounding(shares):
        meant = proposal(shares)
        assert meant is not None
        assert sum(meant) == 1


def test_a_missing_village_is_no_rounding() -> None:
    assert not is_rounding([Fraction(1, 64)] * 63)
    assert proposal([Fraction(1, 64)] * 58) is None
    assert proposal([Fraction(156, 10000)] * 64) == [Fraction(1, 64)] * 64


@given(st.lists(st.fractions(min_value=Fraction(1, 1000), max_value=1, max_denominator=1000), min_size=1, max_size=8))
def test_a_proposal_always_makes_the_whole(shares: list[Fraction]) -> None:
    meant = proposal(shares)
    assert meant is None or (sum(meant) == 1 and len(meant) == len(shares) and all(each > 0 for each in meant))
