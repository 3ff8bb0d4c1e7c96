"""Operating statuses are dated; many change at once, all or none."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import func, select

from assets.audit import AuditEntry
from assets.errors import NotFound
from assets.maintenance.models import UpkeepPeriod
from assets.registry.holding import Disposed, SomeGone, SomeNotYours
from assets.registry.models import Asset, OperatingPeriod
from assets.registry.operating import set_operating_status, set_operating_status_of_many
from tests import factories
from tests.assets.desk import DAY, Desk, refused

BUILT = dt.date(2024, 5, 1)


def put(desk: Desk, asset: Asset, status: str, day: dt.date = DAY, **values: Any) -> Asset:
    return set_operating_status(desk.session, asset.id, operating_status=status, valid_from=day, today=DAY, **values)


def put_all(desk: Desk, ids: Any, status: str, day: dt.date = DAY) -> int:
    return set_operating_status_of_many(
        desk.session, ids, operating_status=status, valid_from=day, document="盘点表", today=DAY
    )


def status_on(desk: Desk, asset: Asset, day: dt.date) -> str | None:
    return desk.session.scalar(
        select(UpkeepPeriod.operating_status).where(
            UpkeepPeriod.asset_id == asset.id, UpkeepPeriod.valid_from <= day, UpkeepPeriod.valid_to > day
        )
    )


def test_a_status_holds_from_its_day_to_the_next_entry(desk: Desk) -> None:
    asset = desk.register()
    before = desk.last_entry()
    put(desk, asset, "damaged", dt.date(2026, 8, 12), document="灾情核查表")
    put(desk, asset, "operating", dt.date(2026, 9, 20))
    days = [dt.date(2026, 8, 11), dt.date(2026, 8, 12), dt.date(2026, 9, 19), DAY]
    assert [status_on(desk, asset, day) for day in days] == ["operating", "damaged", "damaged", "operating"]
    assert desk.entries(before) == [("registry.set_operating_status", "asset")] * 2


def test_an_entry_between_leaves_the_latest_in_force(desk: Desk) -> None:
    asset = desk.register()
    put(desk, asset, "idle", dt.date(2026, 9, 1))
    assert put(desk, asset, "seasonal", dt.date(2025, 12, 1)).operating_status == "idle"
    assert status_on(desk, asset, dt.date(2026, 1, 1)) == "seasonal"


def test_a_second_entry_of_one_day_replaces_the_first(desk: Desk) -> None:
    asset = desk.register()
    for status in ("idle", "inefficient"):
        put(desk, asset, status)
    assert desk.session.scalar(select(func.count(OperatingPeriod.id))) == 2
    assert asset.operating_status == "inefficient"


@pytest.mark.parametrize("day", [BUILT - dt.timedelta(1), DAY + dt.timedelta(1)])
def test_a_status_is_dated_within_the_life_of_the_asset(desk: Desk, day: dt.date) -> None:
    asset = desk.register()
    problem = refused(put, desk, asset, "idle", day)["valid_from"]
    assert (problem.data["first"], problem.data["last"]) == (BUILT, DAY)


def test_a_disposal_is_no_operating_status(desk: Desk) -> None:
    asset = desk.register()
    assert "own procedure" in refused(put, desk, asset, "disposed")["operating_status"].message
    assert "own procedure" in refused(put_all, desk, [asset.id], "disposed")["operating_status"].message


def test_what_it_is_already_is_said_so(desk: Desk) -> None:
    asset = desk.register()
    assert "already" in refused(put, desk, asset, "operating")["operating_status"].message


def test_a_disposed_asset_runs_no_more(desk: Desk) -> None:
    gone = desk.made(
        factories.asset, desk.tree.north_villages[0], operating_status="disposed", disposed_on=dt.date(2025, 1, 1)
    )
    with pytest.raises(Disposed):
        put(desk, gone, "idle")
    with pytest.raises(SomeGone):
        put_all(desk, [gone.id], "idle")


def test_the_neighbours_do_not_find_it(desk: Desk) -> None:
    asset = desk.register()
    desk.seat("clerk", desk.tree.south)
    with pytest.raises(NotFound):
        put(desk, asset, "idle")
    with pytest.raises(NotFound):
        put_all(desk, [asset.id], "idle")


def test_hundreds_change_at_once_with_an_entry_each(desk: Desk) -> None:
    village = desk.tree.north_villages[0]
    for number in range(300):
        desk.made(factories.asset, village, name=f"路灯{number}", value_yuan=None)
    idle = desk.register(operating_status="idle")
    before = desk.last_entry()
    chosen = select(Asset.id).where(Asset.region_id == village.id)
    assert put_all(desk, chosen, "idle", dt.date(2026, 8, 12)) == 300
    assert desk.session.scalar(select(func.count()).where(AuditEntry.id > before)) == 300
    assert set(desk.session.scalars(select(AuditEntry.record_id).where(AuditEntry.id > before))) == set(
        desk.session.scalars(select(Asset.id).where(Asset.id != idle.id))
    )
    assert (
        desk.session.scalar(
            select(func.count(UpkeepPeriod.asset_id)).where(
                UpkeepPeriod.operating_status == "idle", UpkeepPeriod.valid_to > DAY, UpkeepPeriod.valid_from <= DAY
            )
        )
        == 301
    )
    desk.session.expire_all()
    assert set(desk.session.scalars(select(Asset.operating_status))) == {"idle"}


def test_of_many_all_change_or_none(desk: Desk) -> None:
    ours = desk.register()
    young = desk.register(name="大力村凉亭", built_on=dt.date(2026, 10, 1))
    assert refused(put_all, desk, [ours.id, young.id], "idle", dt.date(2026, 9, 1))["valid_from"].data[
        "first"
    ] == dt.date(2026, 10, 1)
    desk.seat("leader", desk.tree.county)
    with pytest.raises(SomeNotYours):
        put_all(desk, [ours.id, young.id], "idle")
    assert set(desk.session.scalars(select(OperatingPeriod.status))) == {"operating"}
