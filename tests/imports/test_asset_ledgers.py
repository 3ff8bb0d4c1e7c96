"""Ledgers of assets with values, holders and upkeep: what they write, and what they are refused for."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from assets.audit.models import AuditEntry
from assets.maintenance.models import Duty, UpkeepPeriod
from assets.ownership.models import Right
from assets.parties.models import Party, Person, Post, PostHolding
from assets.registry.models import Asset, OutsideCode, ValueEvent
from tests import factories
from tests.imports.asset_ledgers import brought, checked, staged, told

TODAY = factories.DAY


@pytest.fixture
def tree(session: Session) -> factories.Tree:
    return factories.tree(session)


def row(tree: factories.Tree, **values: Any) -> dict[str, Any]:
    plain = {"name": "大力村文化广场", "asset_class": "public", "region_id": tree.north_villages[0].id}
    plain |= {"built_on": dt.date(2024, 5, 20), "handed_over_on": dt.date(2024, 8, 1)}
    plain |= {"original_value_yuan": 300_000, "fund_central": 200_000, "fund_province": 100_000}
    plain |= {"owner": "大力村股份经济合作社 1/2、八渡镇人民政府 1/2", "operator": "陇县大力农业发展有限公司"}
    plain |= {"supervisor": "陇县农业农村局", "upkeep_body": "大力村股份经济合作社", "person": "张三"}
    plain |= {"phone": "13909170001", "upkeep_fund": "county", "interval_days": 60, "national_code": "GJ20240001"}
    return plain | values


def test_a_full_row_becomes_an_asset_with_all_that_belongs_to_it(session: Session, tree: factories.Tree) -> None:
    staging = brought(session, [row(tree)], tree.county)
    assert told(staging, "error", "doubt") == set()
    asset = session.scalars(select(Asset)).one()
    events = session.execute(select(ValueEvent.fund_source, ValueEvent.amount_yuan).order_by(ValueEvent.id)).all()
    assert events == [("central", Decimal(200_000)), ("province", Decimal(100_000))]
    rights = session.execute(
        select(Right.kind, Party.name, Party.type, Right.share_numerator, Right.share_denominator, Right.valid_from)
        .join(Party, Party.id == Right.party_id)
        .order_by(Right.kind, Party.name)
    ).all()
    first = dt.date(2024, 5, 20)
    assert rights == [
        ("operation", "陇县大力农业发展有限公司", "company", 1, 1, first),
        ("ownership", "八渡镇人民政府", "town", 1, 2, first),
        ("ownership", "大力村股份经济合作社", "village_collective", 1, 2, first),
        ("supervision", "陇县农业农村局", "state_unit", 1, 1, first),
    ]
    duty, post, person = session.execute(
        select(Duty, Post, Person)
        .join(Post, Post.id == Duty.post_id)
        .join(PostHolding, PostHolding.post_id == Post.id)
        .join(Person, Person.id == PostHolding.person_id)
    ).one()
    assert (duty.interval_days, duty.notice_days, duty.fund_source, duty.valid_from) == (60, 20, "county", TODAY)
    assert (post.title, post.region_id) == ("村级管护员", asset.region_id)
    assert (person.name, person.phone, person.pinyin) == ("张三", "13909170001", "zhangsan")
    assert session.scalars(select(OutsideCode.code)).one() == "GJ20240001"
    period = session.scalars(select(UpkeepPeriod).order_by(UpkeepPeriod.valid_from)).all()
    assert period[-1].missing == 0 and period[-1].value_yuan == 300_000
    body = session.scalars(select(Party).where(Party.name == "大力村股份经济合作社")).one()
    assert body.region_id == tree.north_villages[0].id
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def test_each_record_has_its_entry_in_the_audit(session: Session, tree: factories.Tree) -> None:
    staging = brought(session, [row(tree)], tree.county)
    counted = session.execute(
        select(AuditEntry.action, func.count())
        .where(AuditEntry.batch == f"import {staging.batch.id}")
        .group_by(AuditEntry.action)
        .order_by(AuditEntry.action)
    ).all()
    assert dict(map(tuple, counted)) == {
        "maintenance.assign_duty": 1,
        "maintenance.fill_post": 1,
        "maintenance.register_post": 1,
        "ownership.grant_right": 4,
        "parties.register_party": 4,
        "parties.set_contact": 1,
        "registry.add_value": 2,
        "registry.note_code": 1,
        "registry.register_asset": 1,
    }
    person = session.scalars(select(AuditEntry).where(AuditEntry.action == "parties.set_contact")).one()
    assert person.changes == {"withheld": "initials, name, phone, pinyin"}


def test_the_same_ledger_twice_changes_nothing(session: Session, tree: factories.Tree) -> None:
    brought(session, [row(tree)], tree.county)
    staging = staged(session, [row(tree)], tree.county)
    assert checked(staging) == ["same"], session.execute(select(staging.rows.c.differences)).all()


def test_a_new_owner_replaces_the_old_ones_from_today(session: Session, tree: factories.Tree) -> None:
    brought(session, [row(tree)], tree.county)
    brought(session, [row(tree, owner="大力村股份经济合作社 1/1")], tree.county)
    rights = session.execute(
        select(Right.share_numerator, Right.share_denominator, Right.valid_from, Right.valid_to)
        .where(Right.kind == "ownership")
        .order_by(Right.valid_from, Right.id)
    ).all()
    first = dt.date(2024, 5, 20)
    assert rights == [(1, 2, first, TODAY), (1, 2, first, TODAY), (1, 1, TODAY, None)]
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def test_values_are_set_right_source_by_source(session: Session, tree: factories.Tree) -> None:
    brought(session, [row(tree)], tree.county)
    changed = row(tree, original_value_yuan=350_000, fund_province=0, fund_county=150_000)
    brought(session, [changed], tree.county)
    events = session.execute(select(ValueEvent.fund_source, ValueEvent.amount_yuan).order_by(ValueEvent.fund_source))
    assert events.all() == [("central", Decimal(200_000)), ("county", Decimal(150_000))]


def test_another_person_takes_the_post_over_from_today(session: Session, tree: factories.Tree) -> None:
    brought(session, [row(tree)], tree.county)
    session.execute(text("UPDATE maintenance_duty SET valid_from = valid_from - 100"))
    brought(session, [row(tree, person="李四", phone="13909170002")], tree.county)
    duties = session.execute(select(Duty.valid_to, Duty.interval_days).order_by(Duty.id)).all()
    assert duties == [(TODAY, 60), (None, 60)]
    assert session.scalars(select(Person.name).order_by(Person.id)).all() == ["张三", "李四"]


def test_one_name_in_many_rows_is_one_holder_and_one_post(session: Session, tree: factories.Tree) -> None:
    rows = [row(tree, name=f"{name}", national_code=None) for name in ("大力村广场", "大力村水塔", "大力村公厕")]
    brought(session, rows, tree.county)
    assert session.scalar(select(func.count()).select_from(Party)) == 4
    assert session.scalar(select(func.count()).select_from(Post)) == 1
    assert session.scalar(select(func.count()).select_from(Person)) == 1


def test_a_village_collective_without_a_name_is_that_of_its_village(session: Session, tree: factories.Tree) -> None:
    near, far = (one.id for one in tree.north_villages)
    rows = [row(tree, owner="村集体 1/1", upkeep_body=None, national_code=None, region_id=at) for at in (near, far)]
    brought(session, rows, tree.county)
    owners = session.execute(
        select(Party.name, Party.region_id).where(Party.name.like("%村集体")).order_by(Party.id)
    ).all()
    assert owners == [("大力村集体", near), ("八渡村集体", far)]


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"original_value_yuan": 310_000}, "original_value_yuan", "funds_do_not_add_up"),
        (
            {"original_value_yuan": 0, "fund_central": None, "fund_province": None},
            "original_value_yuan",
            "value_not_positive",
        ),
        (
            {"original_value_yuan": 2 * 10**9, "fund_central": None, "fund_province": None},
            "original_value_yuan",
            "value_too_large",
        ),
        (
            {"original_value_yuan": 45, "fund_central": None, "fund_province": None},
            "original_value_yuan",
            "value_small",
        ),
        ({"fund_central": -5}, "fund_central", "fund_negative"),
        ({"project_code": "NONE-1"}, "project_code", "project_code_unknown"),
        ({"project": "没有的项目"}, "project", "project_unknown"),
        ({"owner": "大力村股份经济合作社 1/3"}, "owner", "shares_incomplete"),
        ({"owner": "张三丰 1/1"}, "owner", "owned_by_people"),
        ({"asset_class": "household"}, "owner", "not_a_household"),
        ({"owner": None, "certified_on": dt.date(2025, 1, 1)}, "owner", "owner_needed"),
        ({"annual_budget_yuan": 500, "upkeep_fund": None}, "upkeep_fund", "budget_needs_fund"),
        ({"interval_days": 0}, "interval_days", "interval_out_of_range"),
        ({"person": None}, "person", "phone_alone"),
    ],
)
def test_a_row_is_refused_for(
    session: Session, tree: factories.Tree, wrong: dict[str, Any], field: str, code: str
) -> None:
    staging = staged(session, [row(tree, **wrong)], tree.county)
    assert checked(staging) == ["rejected"]
    assert (1, field, code) in told(staging)


def test_nearly_the_same_name_in_one_place_is_doubted(session: Session, tree: factories.Tree) -> None:
    asset = factories.asset(session, tree.north_villages[0], name="大力村文化活动广场")
    staging = staged(session, [row(tree), row(tree, name="大力村文化大广场", national_code=None)], tree.county)
    assert checked(staging) == ["rejected", "rejected"]
    found = staging.found.c
    data = session.scalars(select(found.data).where(found.number == 1, found.code == "duplicate")).one()
    assert data["record_id"] == asset.id
    assert (2, "name", "duplicate_row") in told(staging)


def test_a_code_of_another_asset_is_refused(session: Session, tree: factories.Tree) -> None:
    brought(session, [row(tree)], tree.county)
    other = session.scalars(select(Asset)).one()
    there = factories.asset(session, tree.north_villages[1])
    staging = staged(session, [{"code": there.code, "national_code": "GJ20240001"}], tree.county)
    assert checked(staging) == ["rejected"]
    assert (1, "national_code", "code_taken") in told(staging)
    assert other.id != there.id


def test_what_is_gone_can_be_named_but_not_changed(session: Session, tree: factories.Tree) -> None:
    asset = factories.asset(session, tree.north_villages[0], retired_on=TODAY, retired_reason="重复登记")
    named = {"code": asset.code, "name": asset.name}
    assert checked(staged(session, [named], tree.county)) == ["same"]
    staging = staged(session, [named | {"name": "大力村别的工程"}], tree.county)
    assert checked(staging) == ["rejected"]
    assert (1, None, "asset_withdrawn") in told(staging)


def test_the_point_of_a_village_takes_nobodys_place(session: Session, tree: factories.Tree) -> None:
    asset = factories.asset(session, tree.north_villages[0])
    row = {
        "code": asset.code,
        "source": "补录",
        "geom": "SRID=4490;POINT(106.9 34.9)",
        "position_quality": "village_point",
    }
    before = asset.geom
    brought(session, [row], tree.county)
    session.refresh(asset)
    assert (asset.source, asset.position_quality, asset.geom) == ("补录", "surveyed", before)


def test_one_collective_under_three_names_is_doubted(session: Session, tree: factories.Tree) -> None:
    names = ("大力村股份经济合作社", "大力村股份经济合作社", "大力村村委会", "陇县八渡镇大力村集体")
    rows = [
        row(tree, name=f"大力村{place}", owner=f"{name} 1/1", upkeep_body=None, national_code=None)
        for place, name in zip(("广场", "水塔", "公厕", "道路"), names, strict=True)
    ]
    staging = staged(session, rows, tree.county)
    assert checked(staging) == ["new", "new", "rejected", "rejected"]
    found = staging.found.c
    doubted = session.execute(
        select(found.number, found.suggestion).where(found.code == "holder_written_otherwise").order_by(found.number)
    ).all()
    assert doubted == [(3, "大力村股份经济合作社"), (4, "大力村股份经济合作社")]


def test_a_collective_that_is_entered_is_suggested(session: Session, tree: factories.Tree) -> None:
    factories.party(session, "陇县八渡镇大力村股份经济合作社", region_id=tree.north_villages[0].id)
    staging = staged(session, [row(tree)], tree.county)
    assert checked(staging) == ["rejected"]
    assert {(1, "owner", "holder_similar"), (1, "upkeep_body", "holder_similar")} <= told(staging, "doubt")
