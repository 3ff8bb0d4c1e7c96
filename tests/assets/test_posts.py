"""Duties pass with the post to whoever fills it next, and nobody is named in the audit."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.audit import AuditEntry
from assets.editing import AlreadyRetired
from assets.errors import NotAllowed
from assets.maintenance.assigning import end_duty
from assets.maintenance.filling import fill_post, vacate_post
from assets.maintenance.models import Duty
from assets.maintenance.posts import (
    StillHasDuties,
    assets_kept_by,
    correct_post,
    holders_of,
    register_post,
    retire_post,
)
from assets.maintenance.queries import duties_of
from assets.parties.models import Party, Person, Post
from assets.registry.models import Asset
from tests import factories
from tests.assets.desk import as_clerk
from tests.assets.refusals import refused
from tests.assets.upkeep_desk import assign, status
from tests.factories import DAY


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
