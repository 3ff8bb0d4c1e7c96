"""Upkeep is given to one asset or to many, set right and ended."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.audit import AuditEntry
from assets.editing import ChangedMeanwhile, ReasonNeeded
from assets.errors import NotAllowed, NotFound
from assets.maintenance.assigning import assign_duty_to_many, correct_duty, end_duty
from assets.maintenance.filling import fill_post
from assets.maintenance.models import Duty, UpkeepPeriod
from assets.maintenance.queries import valid_on
from assets.ownership.queries import in_force
from assets.parties.models import Party, Post
from assets.registry.holding import Disposed, SomeNotYours
from assets.registry.models import Asset
from assets.scope import Reach, Viewer, bind_viewer
from assets.vocabulary import NO_PERSON
from tests import factories
from tests.assets.desk import as_clerk
from tests.assets.refusals import refused
from tests.assets.upkeep_desk import SINCE, assign, status, terms
from tests.factories import DAY


def test_an_assigned_duty_arranges_the_upkeep_at_once(session: Session, asset: Asset, body: Party, post: Post) -> None:
    assert status(session, asset) == "unarranged"
    assign(session, asset, body, post)
    assert status(session, asset) == "overdue"
    entries = session.scalars(select(AuditEntry)).all()
    assert [entry.action for entry in entries] == ["maintenance.assign_duty"]


@pytest.mark.parametrize(("interval", "notice"), [(7, 2), (30, 10), (90, 30), (365, 30), (1, 0)])
def test_notice_is_thirty_days_or_a_third_of_a_shorter_interval(
    session: Session, asset: Asset, body: Party, post: Post, interval: int, notice: int
) -> None:
    assert assign(session, asset, body, post, interval_days=interval).notice_days == notice


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"valid_from": dt.date(2024, 1, 14)}, [("valid_from", None)]),
        ({"valid_from": DAY + dt.timedelta(400)}, [("valid_from", None)]),
        ({"valid_from": DAY + dt.timedelta(30)}, [("valid_from", "begins_later")]),
        ({"valid_to": SINCE}, [("valid_to", None)]),
        ({"interval_days": None}, [("interval_days", None)]),
        ({"interval_days": 0}, [("interval_days", None)]),
        ({"interval_days": 4000}, [("interval_days", None)]),
        ({"notice_days": 90}, [("notice_days", None)]),
        ({"notice_days": -1}, [("notice_days", None)]),
        ({"fund_source": "lottery"}, [("fund_source", None)]),
        ({"annual_budget_yuan": Decimal(-1)}, [("annual_budget_yuan", None)]),
        ({"annual_budget_yuan": Decimal(5000), "fund_source": None}, [("fund_source", None)]),
        ({"rule_document": "长" * 201}, [("rule_document", None)]),
        ({"body_party_id": 10**9}, [("body_party_id", None)]),
        ({"post_id": 10**9}, [("post_id", None)]),
        ({"body_party_id": None, "post_id": None, "fund_source": None}, [("body_party_id", None)]),
    ],
)
def test_what_a_duty_cannot_say_is_refused(
    session: Session, asset: Asset, body: Party, post: Post, values: dict[str, Any], told: list[Any]
) -> None:
    assert refused(assign, session, asset, body, post, **values) == told
    assert session.scalar(select(func.count()).select_from(Duty)) == 0


def test_a_vacant_post_is_doubted(session: Session, tree: factories.Tree, asset: Asset, body: Party) -> None:
    vacant = factories.post(session, tree.north_villages[0])
    assert refused(assign, session, asset, body, vacant) == [("post_id", "vacant_post")]
    assign(session, asset, body, vacant, confirmed={"vacant_post"})
    assert session.scalar(select(UpkeepPeriod.missing).where(valid_on(DAY))) == NO_PERSON


def test_a_post_given_up_and_a_body_that_ended_take_no_duties(
    session: Session, asset: Asset, body: Party, post: Post
) -> None:
    post.retired_on, post.retired_reason, body.valid_to = SINCE, "撤岗", SINCE
    session.flush()
    assert refused(assign, session, asset, body, post) == [("body_party_id", None), ("post_id", None)]


def test_households_and_assets_that_are_gone_take_no_duties(
    session: Session, tree: factories.Tree, asset: Asset, body: Party, post: Post
) -> None:
    batch = factories.asset(session, tree.north_villages[0], asset_class="household")
    assert refused(assign, session, batch, body, post) == [("", None)]
    asset.disposed_on = DAY
    session.flush()
    with pytest.raises(Disposed):
        assign(session, asset, body, post)


def test_the_same_duty_is_not_given_twice_but_may_be_replaced(
    session: Session, asset: Asset, body: Party, post: Post
) -> None:
    first = assign(session, asset, body, post)
    assert refused(assign, session, asset, body, post, valid_from=DAY) == [("valid_from", None)]
    second = assign(session, asset, body, post, valid_from=DAY, interval_days=30, replacing=True)
    session.refresh(first)
    assert (first.valid_to, second.valid_to) == (DAY, None)
    actions = session.scalars(select(AuditEntry.record_id).order_by(AuditEntry.id)).all()
    assert actions == [first.id, first.id, second.id]


def correct(session: Session, duty: Duty, body: Party, post: Post, **values: Any) -> Duty:
    options = terms(body, post, revision=duty.revision, reason="登记有误")
    return correct_duty(session, duty.id, **(options | values))


def test_a_duty_is_corrected_with_a_reason_on_its_latest_version(
    session: Session, asset: Asset, body: Party, post: Post
) -> None:
    duty = assign(session, asset, body, post)
    correct(session, duty, body, post, interval_days=30, notice_days=5)
    session.flush()
    assert (duty.interval_days, duty.notice_days) == (30, 5)
    with pytest.raises(ReasonNeeded):
        correct(session, duty, body, post, reason=" ")
    with pytest.raises(ChangedMeanwhile):
        correct(session, duty, body, post, revision=1, interval_days=60)


def test_a_duty_ends_between_its_second_day_and_today(session: Session, asset: Asset, body: Party, post: Post) -> None:
    duty = assign(session, asset, body, post)
    options: dict[str, Any] = {"revision": duty.revision, "reason": "移交", "today": DAY}
    for on in (SINCE, DAY + dt.timedelta(1)):
        assert refused(end_duty, session, duty.id, on=on, **options) == [("on", None)]
    end_duty(session, duty.id, on=DAY, **options)
    session.flush()
    assert status(session, asset) == "unarranged"


@pytest.mark.parametrize("role", ["viewer", "leader", "caretaker", "auditor"])
def test_readers_assign_nothing(
    session: Session, tree: factories.Tree, asset: Asset, body: Party, post: Post, role: str
) -> None:
    as_clerk(session, tree, role)
    with pytest.raises(NotAllowed):
        assign(session, asset, body, post)


def test_the_next_town_is_out_of_reach(session: Session, tree: factories.Tree, body: Party, post: Post) -> None:
    other = factories.asset(session, tree.south_villages[0])
    duty = factories.duty(session, other)
    as_clerk(session, tree)
    with pytest.raises(NotFound):
        assign(session, other, body, post)
    with pytest.raises(NotFound):
        end_duty(session, duty.id, revision=1, on=DAY, reason="移交", today=DAY)
    with pytest.raises(NotFound):
        fill_post(session, duty.post_id or 0, person_name="李四", valid_from=DAY, today=DAY)


def test_thousands_of_assets_are_given_at_once_and_counted_rightly(
    session: Session, tree: factories.Tree, body: Party, post: Post
) -> None:
    assets = [factories.asset(session, tree.north_villages[k % 2], value_yuan=None) for k in range(30)]
    old = factories.duty(session, assets[0], valid_from=SINCE)
    later = factories.duty(session, assets[1], valid_from=DAY)
    ids = select(Asset.id).where(Asset.region_path.startswith(tree.north.region_path))
    given = assign_duty_to_many(session, ids, **terms(body, post, valid_from=DAY))
    session.expire_all()
    assert given == 30
    rows = session.scalars(select(Duty).where(in_force(Duty, DAY))).all()
    assert {duty.post_id for duty in rows} == {post.id}
    assert len(rows) == 30
    assert session.get_one(Duty, old.id).valid_to == DAY
    assert session.get(Duty, later.id) is None
    told = session.scalars(select(AuditEntry.record_id)).all()
    assert (len(told), len(set(told))) == (32, 32)
    assert {status(session, asset) for asset in assets} <= {"in_order", "overdue"}


def test_of_many_none_is_given_when_one_cannot_be(
    session: Session, tree: factories.Tree, asset: Asset, body: Party, post: Post
) -> None:
    batch = factories.asset(session, tree.north_villages[0], asset_class="household")
    assert refused(assign_duty_to_many, session, [asset.id, batch.id], **terms(body, post)) == [("", None)]
    reaches = (
        Reach("clerk", tree.north.id, tree.north.region_path),
        Reach("viewer", tree.south.id, tree.south.region_path),
    )
    foreign = factories.asset(session, tree.south_villages[0])
    bind_viewer(session, Viewer(1, reaches=reaches))
    with pytest.raises(SomeNotYours):
        assign_duty_to_many(session, [asset.id, foreign.id], **terms(body, post))
    assert session.scalar(select(func.count()).select_from(Duty)) == 0
