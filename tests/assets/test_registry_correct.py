"""Correcting and withdrawing assets: what was said before is kept, and who may not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from shapely.geometry import Point
from sqlalchemy import func, select, text

from assets.editing import AlreadyRetired, ChangedMeanwhile, ReasonNeeded
from assets.errors import InvalidValue, NotAllowed, NotFound, Unacceptable
from assets.registry.holding import Disposed, SomeGone, SomeNotYours
from assets.registry.models import Asset, OperatingPeriod, ValueEvent
from assets.registry.service import correct_asset, retire_asset, retire_assets
from tests import factories
from tests.assets.desk import DAY, Desk, refused


def correct(desk: Desk, asset: Asset, **values: Any) -> Asset:
    values = {"reason": "核对后更正", "today": DAY, "revision": asset.revision} | values
    return correct_asset(desk.session, asset.id, **values)


def test_a_correction_keeps_what_was_said_before(desk: Desk) -> None:
    asset = desk.register(geom=Point(106.05, 34.5))
    before = desk.last_entry()
    desk.session.refresh(asset)
    corrected = correct(desk, asset, name="大力村高位水池", geom=Point(106.06, 34.5))
    desk.session.refresh(corrected)
    assert (corrected.name, corrected.initials, corrected.revision) == ("大力村高位水池", "dlcgwsc", 2)
    assert desk.entries(before) == [("registry.correct_asset", "asset")]
    said = desk.session.execute(text("SELECT changes, reason FROM audit_entry WHERE id > :id"), {"id": before}).one()
    assert said.changes["name"] == ["大力村蓄水池", "大力村高位水池"]
    assert said.changes["geom"] == ["106.050000, 34.500000", "106.060000, 34.500000"]
    assert said.reason == "核对后更正"


def test_saving_without_a_change_leaves_no_entry(desk: Desk) -> None:
    asset = desk.register(geom=Point(106.05, 34.5))
    desk.session.refresh(asset)
    before = desk.last_entry()
    correct(desk, asset, name="大力村蓄水池", geom=Point(106.05, 34.5))
    assert desk.entries(before) == []


def test_a_correction_questions_only_what_it_changes(desk: Desk) -> None:
    old = desk.made(
        factories.asset,
        desk.tree.north_villages[0],
        built_on=dt.date(2009, 1, 1),
        sector="gone_sector",
        type="old_type",
    )
    assert correct(desk, old, specification="钢筋混凝土").specification == "钢筋混凝土"
    assert "too early" in refused(correct, desk, old, built_on=dt.date(2010, 1, 1))["built_on"].message


def test_the_class_of_a_certified_asset_is_doubted(desk: Desk) -> None:
    asset = desk.register()
    asset.certified_on = dt.date(2025, 1, 1)
    desk.session.flush()
    desk.session.refresh(asset)
    assert refused(correct, desk, asset, asset_class="earning")["asset_class"].doubt == "class_of_certified"


def test_what_was_recorded_on_the_first_day_moves_with_it(desk: Desk) -> None:
    asset = desk.register()
    desk.session.refresh(asset)
    for day in (dt.date(2024, 7, 1), dt.date(2023, 7, 1)):
        correct(desk, asset, built_on=day)
        desk.session.flush()
        desk.session.refresh(asset)
        assert desk.session.scalars(select(ValueEvent.occurred_on)).all() == [day]
        assert desk.session.scalars(select(OperatingPeriod.valid_from)).all() == [day]


def test_the_first_day_does_not_pass_what_came_later(desk: Desk) -> None:
    asset = desk.register()
    desk.session.add(ValueEvent(asset_id=asset.id, kind="overhaul", occurred_on=dt.date(2025, 1, 1), amount_yuan=1_000))
    desk.session.flush()
    desk.session.refresh(asset)
    assert refused(correct, desk, asset, built_on=dt.date(2025, 6, 1))["built_on"].data["day"] == dt.date(2025, 1, 1)


def test_a_correction_needs_a_reason(desk: Desk) -> None:
    asset = desk.register()
    with pytest.raises(ReasonNeeded):
        correct(desk, asset, name="新名称", reason=" ")


def test_the_neighbouring_towns_clerk_does_not_find_it(desk: Desk) -> None:
    asset = desk.register()
    desk.seat("clerk", desk.tree.south)
    with pytest.raises(NotFound):
        correct(desk, asset, name="我的")
    with pytest.raises(NotFound):
        retire_asset(desk.session, asset.id, revision=1, on=DAY, reason="重复登记", today=DAY)


def test_a_leader_sees_it_and_may_not_change_it(desk: Desk) -> None:
    asset = desk.register()
    desk.seat("leader", desk.tree.county)
    with pytest.raises(NotAllowed):
        correct(desk, asset, name="我的")


def test_an_asset_is_not_moved_out_of_the_own_area(desk: Desk) -> None:
    asset = desk.register()
    desk.session.refresh(asset)
    problem = refused(correct, desk, asset, region_id=desk.tree.south_villages[0].id)["region_id"]
    assert "no such place in your area" in problem.message


def test_the_second_of_two_editors_is_told_of_the_first(desk: Desk) -> None:
    asset = desk.register()
    desk.session.refresh(asset)
    opened = asset.revision
    correct(desk, asset, name="大力村高位水池", reason="先改")
    desk.session.flush()
    with pytest.raises(ChangedMeanwhile) as told:
        correct_asset(desk.session, asset.id, revision=opened, name="大力村水池", reason="后改", today=DAY)
    assert {change.field: change.theirs for change in told.value.changes} == {"name": "大力村高位水池"}


def test_a_disposed_asset_is_not_written_to(desk: Desk) -> None:
    gone = desk.made(
        factories.asset,
        desk.tree.north_villages[0],
        operating_status="disposed",
        disposed_on=dt.date(2025, 1, 1),
    )
    with pytest.raises(Disposed):
        correct(desk, gone, name="还在")


def test_a_withdrawn_asset_is_not_written_to(desk: Desk) -> None:
    asset = desk.register()
    desk.session.refresh(asset)
    before = desk.last_entry()
    retire_asset(desk.session, asset.id, revision=asset.revision, on=DAY, reason="重复登记", today=DAY)
    assert desk.entries(before) == [("registry.retire_asset", "asset")]
    with pytest.raises(AlreadyRetired):
        correct(desk, asset, name="还在", revision=asset.revision)


def test_an_asset_is_not_withdrawn_tomorrow(desk: Desk) -> None:
    asset = desk.register()
    with pytest.raises(InvalidValue):
        retire_asset(desk.session, asset.id, revision=1, on=DAY + dt.timedelta(1), reason="重复登记", today=DAY)


def test_many_are_withdrawn_together_with_an_entry_each(desk: Desk) -> None:
    ids = [desk.register(name=f"大力村{name}").id for name in ("水窖", "凉亭", "桥")]
    before = desk.last_entry()
    select_them = select(Asset.id).where(Asset.id.in_(ids))
    assert retire_assets(desk.session, select_them, on=DAY, reason="导入错误", today=DAY) == 3
    assert desk.entries(before) == [("registry.retire_asset", "asset")] * 3
    with pytest.raises(SomeGone):
        retire_assets(desk.session, ids, on=DAY, reason="导入错误", today=DAY)


def test_of_many_all_are_withdrawn_or_none(desk: Desk) -> None:
    ours = desk.register()
    desk.seat("department", desk.tree.county, sectors=frozenset({"water"}))
    free = desk.made(factories.asset, desk.tree.south_villages[0], sector="water")
    desk.seat("leader", desk.tree.county)
    with pytest.raises(SomeNotYours):
        retire_assets(desk.session, [ours.id, free.id], on=DAY, reason="导入错误", today=DAY)
    assert desk.session.scalar(select(func.count(Asset.retired_on))) == 0


def test_a_refusal_leaves_nothing_half_written(desk: Desk) -> None:
    asset = desk.register()
    desk.session.refresh(asset)
    with pytest.raises(Unacceptable):
        correct(desk, asset, name="新名", useful_life_years=0)
    assert not desk.session.dirty
