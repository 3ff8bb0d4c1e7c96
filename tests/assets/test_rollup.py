"""The sums by area are right: after any write, folded or not, and when only days pass."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from assets.accounts.models import Account
from assets.filters import Filter
from assets.maintenance.models import Duty, Inspection, UpkeepPeriod
from assets.maintenance.rollup import compact_rollups, fold_rollups, rebuild_rollups, unfolded
from assets.maintenance.status import AreaStatus, status_by_area
from assets.maintenance.sums import Sums
from assets.parties.models import Post, PostHolding
from assets.regions.models import Region
from assets.registry.models import Asset, ValueEvent
from assets.scope import Reach, Viewer, bind_viewer
from tests import factories
from tests.assets.upkeep_recount import Records

FIRST = dt.date(2022, 6, 1)
SECTORS = ("water", "roads", "agriculture", None)


def some_day(chance: random.Random, start: dt.date = FIRST, days: int = 1900) -> dt.date:
    return start + dt.timedelta(days=chance.randrange(days))


def maybe_ends(chance: random.Random, start: dt.date) -> dt.date | None:
    return start + dt.timedelta(days=chance.randrange(1, 700)) if chance.random() < 0.4 else None


def any_asset(session: Session, chance: random.Random, tree: factories.Tree) -> Asset:
    """An asset anywhere, at any level, with any history."""
    built = some_day(chance, days=1500)
    made = factories.asset(
        session,
        chance.choice(tree.regions[1:]),
        value_yuan=None if chance.random() < 0.1 else chance.randrange(1, 10**8) / Decimal(100),
        asset_class=chance.choice(("public", "public", "earning", "household")),
        sector=chance.choice(SECTORS),
        operating_status=chance.choice(("operating", "operating", "idle", "under_construction")),
        built_on=built if chance.random() < 0.9 else None,
        handed_over_on=built + dt.timedelta(days=90),
        disposed_on=some_day(chance, built, 1500) if chance.random() < 0.15 else None,
    )
    for _ in range(chance.randrange(3)):
        any_duty(session, chance, made)
    for _ in range(chance.randrange(6)):
        factories.inspection(session, made, some_day(chance))
    if chance.random() < 0.3:
        any_value(session, chance, made)
    return made


def any_duty(session: Session, chance: random.Random, asset: Asset) -> Duty:
    where = session.get_one(Region, asset.region_id)
    post = factories.post(session, where) if chance.random() < 0.9 else None
    start = some_day(chance)
    for _ in range(chance.randrange(3) if post else 0):
        held = some_day(chance)
        factories.holding(session, post, valid_from=held, valid_to=maybe_ends(chance, held))
    interval = chance.choice((7, 30, 90, 180))
    return factories.duty(
        session,
        asset,
        post_id=post.id if post else None,
        **({"body_party_id": None} if chance.random() < 0.2 else {}),
        fund_source=chance.choice(("county", "county", None)),
        interval_days=interval,
        notice_days=chance.randrange(0, min(interval, 31)),
        valid_from=start,
        valid_to=maybe_ends(chance, start),
    )


def any_value(session: Session, chance: random.Random, asset: Asset) -> None:
    session.add(
        ValueEvent(
            asset_id=asset.id, kind="overhaul", occurred_on=some_day(chance), amount_yuan=chance.randrange(-500, 90_000)
        )
    )
    session.flush()


def any_write(session: Session, chance: random.Random, tree: factories.Tree) -> None:
    """One thing that happens in an office."""
    assets = session.scalars(select(Asset).order_by(Asset.id)).all()
    asset = chance.choice(assets)
    deed = chance.randrange(9)
    if deed == 0:
        any_asset(session, chance, tree)
    elif deed == 1:
        factories.inspection(session, asset, some_day(chance))
    elif deed == 2:
        any_duty(session, chance, asset)
    elif deed == 3:
        any_value(session, chance, asset)
    elif deed == 4:
        asset.region_id = chance.choice(tree.regions[1:]).id
        asset.operating_status = chance.choice(("operating", "idle", "under_construction"))
    elif deed == 5:
        asset.asset_class, asset.sector = chance.choice(("public", "household")), chance.choice(SECTORS)
        asset.disposed_on = some_day(chance) if chance.random() < 0.5 else None
    elif deed == 6:
        session.execute(delete(Inspection).where(Inspection.asset_id == asset.id))
    elif deed == 7:
        for duty in session.scalars(select(Duty).where(Duty.asset_id == asset.id)):
            duty.valid_to = duty.valid_from + dt.timedelta(days=chance.randrange(1, 900))
    else:
        posts = session.scalars(select(Post.id)).all()
        if posts:
            session.execute(delete(PostHolding).where(PostHolding.post_id == chance.choice(posts)))
    session.flush()


def asked_of(session: Session, area: Region, day: dt.date) -> AreaStatus:
    return status_by_area(session, area, Filter(day=day, area_path=area.region_path))


def assert_right(session: Session, tree: factories.Tree, days: list[dt.date]) -> None:
    records = Records.read(session)
    for day in days:
        for area in tree.regions[1:]:
            found = asked_of(session, area, day)
            assert found.total == records.total(area.region_path, day), (area.name, day)
            assert found.own + Sums.total(sums for _, sums in found.rows) == found.total
            for region, sums in found.rows:
                assert sums == records.total(region.region_path, day), (region.name, day)


@pytest.mark.parametrize("seed", range(3))
def test_sums_are_right_after_any_write_and_folding_changes_nothing(session: Session, seed: int) -> None:
    chance = random.Random(seed)
    tree = factories.tree(session)
    for _ in range(25):
        any_asset(session, chance, tree)
    days = [FIRST, factories.DAY, dt.date(2030, 1, 1), *(some_day(chance) for _ in range(2))]
    for _round in range(3):
        assert unfolded(session) > 0
        assert_right(session, tree, days)
        assert fold_rollups(session) > 0
        assert unfolded(session) == 0
        assert_right(session, tree, days)
        for _ in range(10):
            any_write(session, chance, tree)
    assert_right(session, tree, days)
    fold_rollups(session)
    assert compact_rollups(session) > 0
    assert_right(session, tree, days)
    rebuild_rollups(session)
    assert_right(session, tree, days)


def test_midnight_changes_the_figures_without_a_write(session: Session) -> None:
    tree = factories.tree(session)
    asset = factories.asset(session, tree.north_villages[0], built_on=dt.date(2026, 1, 1))
    factories.duty(session, asset, interval_days=30, notice_days=10, valid_from=dt.date(2026, 1, 1))
    factories.inspection(session, asset, dt.date(2026, 10, 1))
    fold_rollups(session)
    for area in (tree.province, tree.county, tree.north):
        by_day = {day: asked_of(session, area, dt.date(2026, 10, day)).total for day in (20, 21, 31)}
        assert (by_day[20].in_order, by_day[20].due_soon) == (1, 0)
        assert (by_day[21].in_order, by_day[21].due_soon) == (0, 1)
        assert by_day[31].due_soon == 1
        assert asked_of(session, area, dt.date(2026, 11, 1)).total.overdue == 1


def test_a_new_month_starts_from_sums_of_its_own(session: Session) -> None:
    """A worker that slept for months adds the checkpoint it missed, and nothing is counted twice."""
    tree = factories.tree(session)
    asset = factories.asset(session, tree.north_villages[0])
    factories.duty(session, asset)
    fold_rollups(session)
    _forget_checkpoints_after(session, dt.date(2026, 1, 1))
    factories.inspection(session, asset, dt.date(2026, 2, 2))
    fold_rollups(session)
    assert_right(session, tree, [dt.date(2025, 12, 31), dt.date(2026, 4, 2), dt.date(2026, 6, 1), factories.DAY])


def _forget_checkpoints_after(session: Session, month: dt.date) -> None:
    from assets.maintenance.models import RollupCheckpoint, RollupMonth

    session.execute(delete(RollupMonth).where(RollupMonth.month > month))
    session.execute(delete(RollupCheckpoint).where(RollupCheckpoint.month > month))


def test_a_moved_region_takes_its_sums_along(session: Session) -> None:
    tree = factories.tree(session)
    asset = factories.asset(session, tree.north_villages[0])
    factories.duty(session, asset)
    fold_rollups(session)
    tree.north.parent_id = tree.neighbour.id
    session.flush()
    session.expire_all()
    rows = {region.name: sums.assets for region, sums in asked_of(session, tree.city, factories.DAY).rows}
    assert rows == {"陇县": 0, "千阳县": 1}
    assert asked_of(session, tree.neighbour, factories.DAY).total.assets == 1
    assert asked_of(session, tree.county, factories.DAY).total.assets == 0


def test_the_read_model_is_rewritten_only_where_something_changed(session: Session) -> None:
    tree = factories.tree(session)
    asset = factories.asset(session, tree.north_villages[0])
    factories.duty(session, asset)
    fold_rollups(session)
    session.execute(select(func.upkeep_refresh([asset.id])))
    assert unfolded(session) == 0
    assert session.scalar(select(func.count()).select_from(UpkeepPeriod)) == 1


@pytest.mark.parametrize("sectors", [None, frozenset({"water"}), frozenset({"water", "roads"})])
def test_cells_and_periods_agree_for_a_department(session: Session, sectors: frozenset[str] | None) -> None:
    chance = random.Random(5)
    tree = factories.tree(session)
    for _ in range(40):
        any_asset(session, chance, tree)
    records = Records.read(session)
    expected = {area.id: records.total(area.region_path, factories.DAY, sectors) for area in (tree.province, tree.city)}
    reach = Reach("department", tree.province.id, tree.province.region_path, sectors)
    bind_viewer(session, Viewer(account_id=1, reaches=(reach,)))
    by_cells, by_periods = (asked_of(session, area, factories.DAY) for area in (tree.province, tree.city))
    assert by_cells.from_cells and not by_periods.from_cells
    assert by_cells.total == expected[tree.province.id]
    assert by_periods.total == expected[tree.city.id]
    assert {region.id: sums for region, sums in by_cells.rows}[tree.city.id] == by_periods.total


def test_a_clerk_who_looks_at_the_county_sees_the_own_town_alone(session: Session) -> None:
    tree = factories.tree(session)
    for village in (*tree.villages, tree.county):
        factories.asset(session, village)
    bind_viewer(session, Viewer(account_id=1, reaches=(Reach("clerk", tree.north.id, tree.north.region_path),)))
    for area in (tree.city, tree.county):
        found = asked_of(session, area, factories.DAY)
        assert found.partial
        assert found.total.assets == 2
        assert len(found.rows) == 1
    assert [region.name for region, _ in asked_of(session, tree.county, factories.DAY).rows] == ["八渡镇"]


def test_a_filter_that_no_cell_knows_is_answered_from_the_periods(session: Session) -> None:
    tree = factories.tree(session)
    factories.asset(session, tree.north_villages[0], operating_status="idle")
    factories.asset(session, tree.north_villages[0])
    idle = Filter(day=factories.DAY, operating=frozenset({"idle"}))
    found = status_by_area(session, tree.city, idle)
    assert not found.from_cells
    assert found.total.assets == 1


def test_class_and_sector_filters_agree_on_both_ways(session: Session) -> None:
    chance = random.Random(8)
    tree = factories.tree(session)
    for _ in range(40):
        any_asset(session, chance, tree)
    for asked in (
        Filter(day=factories.DAY, asset_class=frozenset({"public"})),
        Filter(day=factories.DAY, sector=frozenset({"roads"})),
        Filter(day=factories.DAY, status=frozenset({"overdue", "unarranged"})),
        Filter(day=factories.DAY, missing=frozenset({"money"})),
    ):
        by_cells = status_by_area(session, tree.province, asked)
        city = status_by_area(session, tree.city, asked)
        assert by_cells.from_cells
        assert {region.id: sums for region, sums in by_cells.rows}[tree.city.id] == city.total


def test_rows_of_a_lower_level_add_up_as_well(session: Session) -> None:
    tree = factories.tree(session)
    for where in tree.regions[2:]:
        factories.asset(session, where)
    found = status_by_area(session, tree.city, Filter(day=factories.DAY), level="village")
    assert len(found.rows) == 5
    assert found.total.assets == 10
    assert found.own.assets == 5


def test_accounts_do_not_matter_to_the_sums(session: Session) -> None:
    """A viewer with no grant counts nothing."""
    tree = factories.tree(session)
    factories.asset(session, tree.north_villages[0])
    nobody = Account(username="nobody", display_name="nobody", password_hash="x")
    session.add(nobody)
    session.flush()
    bind_viewer(session, Viewer(account_id=nobody.id))
    assert asked_of(session, tree.city, factories.DAY).total == Sums()
