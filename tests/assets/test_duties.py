"""Upkeep is given, set right, ended, and passes with the post to whoever fills it next."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.audit import AuditEntry
from assets.editing import AlreadyRetired, ChangedMeanwhile, ReasonNeeded
from assets.errors import NotAllowed, NotFound, Unacceptable
from assets.maintenance.assigning import assign_duty, assign_duty_to_many, correct_duty, end_duty
from assets.maintenance.filling import fill_post, vacate_post
from assets.maintenance.models import Duty, UpkeepPeriod
from assets.maintenance.posts import (
    StillHasDuties,
    assets_kept_by,
    correct_post,
    holders_of,
    register_post,
    retire_post,
)
from assets.maintenance.queries import duties_of, status_on, valid_on
from assets.ownership.queries import in_force
from assets.parties.models import Party, Person, Post
from assets.registry.holding import Disposed, SomeNotYours
from assets.registry.models import Asset
from assets.scope import Reach, Viewer, bind_viewer
from assets.vocabulary import NO_PERSON
from tests import factories
from tests.factories import DAY

SINCE = dt.date(2024, 2, 1)


@pytest.fixture
def tree(session: Session) -> factories.Tree:
    return factories.tree(session)


@pytest.fixture
def asset(session: Session, tree: factories.Tree) -> Asset:
    """Built on 2024-01-15."""
    return factories.asset(session, tree.north_villages[0], name="大力村蓄水池")


@pytest.fixture
def post(session: Session, tree: factories.Tree) -> Post:
    """Filled by 张三 since 2024."""
    made = factories.post(session, tree.north_villages[0], "大力村管水员")
    factories.holding(session, made)
    return made


@pytest.fixture
def body(session: Session) -> Party:
    return factories.party(session)


def as_clerk(session: Session, tree: factories.Tree, role: str = "clerk") -> None:
    bind_viewer(session, Viewer(1, reaches=(Reach(role, tree.north.id, tree.north.region_path),)))


def terms(body: Party, post: Post, **values: Any) -> dict[str, Any]:
    return {
        "body_party_id": body.id,
        "post_id": post.id,
        "fund_source": "county",
        "interval_days": 90,
        "valid_from": SINCE,
        "today": DAY,
    } | values


def assign(session: Session, asset: Asset, body: Party, post: Post, **values: Any) -> Duty:
    return assign_duty(session, asset.id, **terms(body, post, **values))


def refused(action: Any, *args: Any, **values: Any) -> list[tuple[str, str | None]]:
    with pytest.raises(Unacceptable) as refusal:
        action(*args, **values)
    return [(problem.field, problem.doubt) for problem in refusal.value.problems]


def status(session: Session, asset: Asset, day: dt.date = DAY) -> str | None:
    return session.scalar(select(status_on(day)).where(UpkeepPeriod.asset_id == asset.id, valid_on(day)))


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


# Many at once


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


# Posts


def test_a_successor_inherits_every_duty_of_the_post(
    session: Session, tree: factories.Tree, body: Party, post: Post
) -> None:
    account = factories.account(session, "caretaker2", "caretaker", tree.north_villages[0])
    assets = [factories.asset(session, tree.north_villages[0]) for _ in range(3)]
    for each in assets:
        assign(session, each, body, post)
    fill_post(
        session, post.id, person_name="李四", phone="13812345678", valid_from=DAY, today=DAY, username="caretaker2"
    )
    assert set(session.scalars(duties_of(account.id, DAY))) == {each.id for each in assets}
    assert [row.name for row in holders_of(session, post.id)] == ["李**", "张**"]
    assert [row.valid_to for row in holders_of(session, post.id)] == [None, DAY]
    assert assets_kept_by(session, post.id, DAY)[0] == 3


def test_the_audit_of_a_post_names_nobody(session: Session, post: Post) -> None:
    fill_post(session, post.id, person_name="李四", phone="13812345678", valid_from=DAY, today=DAY)
    told = session.scalars(select(AuditEntry)).all()
    assert {entry.action for entry in told} == {
        "maintenance.fill_post",
        "maintenance.leave_post",
        "parties.set_contact",
    }
    assert not any("李四" in str(entry.changes) or "1381234" in str(entry.changes) for entry in told)


def test_one_person_may_fill_several_posts(session: Session, tree: factories.Tree, post: Post) -> None:
    other = factories.post(session, tree.north_villages[1])
    for each in (post, other):
        fill_post(session, each.id, person_name="李四", phone="138 1234 5678", valid_from=DAY, today=DAY)
    assert session.scalar(select(func.count()).where(Person.name == "李四")) == 1


def test_a_post_is_filled_by_one_person_from_a_day_that_has_come(session: Session, post: Post) -> None:
    for day in (DAY + dt.timedelta(1), dt.date(2024, 1, 1), dt.date(2011, 1, 1)):
        assert refused(fill_post, session, post.id, person_name="李四", valid_from=day, today=DAY) == [
            ("valid_from", None)
        ]
    values: dict[str, Any] = {"person_name": "李", "phone": "12", "username": "nobody"}
    assert refused(fill_post, session, post.id, valid_from=DAY, today=DAY, **values) == [
        ("person_name", None),
        ("phone", None),
        ("username", None),
    ]


def test_an_account_of_another_area_cannot_get_the_duties(session: Session, tree: factories.Tree, post: Post) -> None:
    factories.account(session, "elsewhere", "caretaker", tree.south)
    values: dict[str, Any] = {"person_name": "李四", "username": "elsewhere", "valid_from": DAY, "today": DAY}
    assert refused(fill_post, session, post.id, **values) == [("username", None)]


def test_a_vacated_post_leaves_its_assets_without_a_person(
    session: Session, asset: Asset, body: Party, post: Post
) -> None:
    assign(session, asset, body, post)
    vacate_post(session, post.id, on=DAY, reason="离岗", today=DAY)
    assert status(session, asset) == "unarranged"
    assert refused(vacate_post, session, post.id, on=DAY, reason="离岗", today=DAY) == [("on", None)]


def test_posts_are_entered_corrected_and_given_up(session: Session, tree: factories.Tree, asset: Asset) -> None:
    body = factories.party(session, region_id=tree.north.id)
    as_clerk(session, tree)
    village = tree.north_villages[0].id
    post = register_post(session, title=" 大力村 护路员 ", region_id=village, today=DAY)
    assert post.region_path == tree.north_villages[0].region_path
    assert refused(register_post, session, title="大力村 护路员", region_id=village, today=DAY) == [
        ("title", "same_post")
    ]
    assert refused(register_post, session, title="", region_id=None, sector="magic", today=DAY) == [
        ("title", None),
        ("region_id", None),
        ("sector", None),
    ]
    with pytest.raises(NotAllowed):
        register_post(session, title="天成村管护员", region_id=tree.south_villages[0].id, today=DAY)
    correct_post(session, post.id, revision=post.revision, title="护路员", region_id=village, reason="更名", today=DAY)
    assign(session, asset, body, post, confirmed={"vacant_post"})
    options: dict[str, Any] = {"on": DAY, "reason": "撤岗", "today": DAY}
    with pytest.raises(StillHasDuties, match="1 assets"):
        retire_post(session, post.id, revision=post.revision, **options)
    duty = session.scalars(select(Duty)).one()
    end_duty(session, duty.id, revision=duty.revision, **options)
    retire_post(session, post.id, revision=post.revision, **options)
    session.flush()
    with pytest.raises(AlreadyRetired):
        fill_post(session, post.id, person_name="李四", valid_from=DAY, today=DAY)
