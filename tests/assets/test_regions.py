"""The tree of regions: loading lists of codes, merging, borders."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.audit import AuditEntry
from assets.errors import InvalidValue, NotFound
from assets.regions import queries, tree
from assets.regions.borders import attach_borders, detach_border
from assets.regions.models import Region, RegionSuccessor
from assets.regions.service import CannotMerge, Loaded, load_tree, merge_regions
from assets.scope import Viewer
from assets.search.words import spell, spell_many
from tests import factories

DAY = factories.DAY
LATER = dt.date(2025, 6, 30)


def one(session: Session, code: str, level: str) -> Region:
    return session.scalars(select(Region).where(Region.code == code.ljust(12, "0"), Region.level == level)).one()


def test_the_county_has_its_ten_towns_and_hundred_and_nine_villages(session: Session) -> None:
    assert load_tree(session, tree.read_shipped("610327")).added == 123
    county = one(session, "610327", "county")
    towns = queries.children(session, county, day=DAY)
    assert [town.level for town in towns] == ["town"] * 10
    kinds = session.execute(
        select(Region.kind, func.count()).where(Region.level == "village").group_by(Region.kind).order_by(Region.kind)
    ).all()
    assert [tuple(row) for row in kinds] == [("community", 5), ("village", 104)]


def test_every_path_leads_through_the_parents(session: Session) -> None:
    load_tree(session, tree.read_shipped("610327"))
    village = session.scalars(select(Region).where(Region.short_name == "大力村")).one()
    names = [region.short_name for region in queries.ancestors(session, village)]
    assert names == ["全国", "陕西省", "宝鸡市", "陇县", "八渡镇", "大力村"]
    assert village.name == "大力村委会"
    assert village.rollup_id == one(session, "6103", "city").id


def test_loading_the_same_list_again_changes_nothing(session: Session) -> None:
    load_tree(session, tree.read_shipped("610327"))
    before = session.scalar(select(func.count()).select_from(AuditEntry))
    assert load_tree(session, tree.read_shipped("610327")) == Loaded(0, 0, 0)
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == before


def test_a_county_loaded_first_is_kept_when_its_province_follows(session: Session) -> None:
    load_tree(session, tree.read_shipped("610327"))
    kept = one(session, "610327", "county").id
    codes = tree.read_shipped("61")
    assert load_tree(session, codes).added == len(codes.rows) - 123
    assert one(session, "610327", "county").id == kept
    assert one(session, "610328", "county").valid_from == tree.KNOWN_SINCE


def test_a_city_without_counties_stands_at_two_levels_under_one_code(session: Session) -> None:
    load_tree(session, tree.read_shipped("44"))
    city, county = one(session, "4419", "city"), one(session, "4419", "county")
    assert county.parent_id == city.id
    town = one(session, "441900003", "town")
    assert town.region_path.startswith(county.region_path)
    viewer = Viewer.system()
    assert queries.get_by_handle(session, queries.handle(county), day=DAY, viewer=viewer).id == county.id
    assert queries.get_by_handle(session, queries.handle(city), day=DAY, viewer=viewer).id == city.id


def test_a_county_without_towns_has_none_made_up(session: Session) -> None:
    load_tree(session, tree.read_shipped("350527"))
    assert not queries.children(session, one(session, "350527", "county"), day=DAY)


def test_a_code_that_the_list_lacks_is_refused() -> None:
    with pytest.raises(InvalidValue, match="999999"):
        tree.read_shipped("999999")


def listed(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [("610000000000", "province", "陕西省"), ("610300000000", "city", "宝鸡市"), *rows],
        columns=["code", "level", "name"],
    )


def small(session: Session, on: dt.date, source: str, *rows: tuple[str, str, str]) -> Loaded:
    return load_tree(session, tree.code_list(listed(*rows), within="61", on=on, source=source))


LONGXIAN = ("610327000000", "county", "陇县")
QIANYANG = ("610328000000", "county", "千阳县")


def test_a_newer_list_ends_what_vanished_and_dates_what_is_new(session: Session) -> None:
    small(session, dt.date(2023, 6, 30), "first", LONGXIAN, QIANYANG)
    merged = ("610399000000", "county", "陇千县")
    assert small(session, LATER, "second", LONGXIAN, merged) == Loaded(added=1, renamed=0, ended=1)
    assert one(session, "610328", "county").valid_to == LATER
    assert one(session, "610399", "county").valid_from == LATER
    assert one(session, "610327", "county").valid_to is None


def test_a_newer_list_renames_in_place(session: Session) -> None:
    small(session, dt.date(2023, 6, 30), "first", LONGXIAN)
    kept = one(session, "610327", "county").id
    assert small(session, LATER, "second", ("610327000000", "county", "陇州市")).renamed == 1
    renamed = one(session, "610327", "county")
    assert (renamed.id, renamed.name, renamed.initials) == (kept, "陇州市", "lzs")


def test_a_region_made_by_hand_outlives_a_list_that_lacks_it(session: Session) -> None:
    small(session, dt.date(2023, 6, 30), "first", LONGXIAN)
    factories.region(session, "实验区", "610390", "county", one(session, "6103", "city"))
    assert small(session, LATER, "second", LONGXIAN).ended == 0


def test_a_merged_region_is_not_brought_back_by_the_old_list(session: Session) -> None:
    codes = tree.read_shipped("610327")
    load_tree(session, codes)
    north, south = one(session, "610327101", "town"), one(session, "610327102", "town")
    merge_regions(session, [south], north, dt.date(2026, 1, 1))
    assert load_tree(session, codes) == Loaded(0, 0, 0)


@pytest.mark.parametrize(
    ("full", "short"),
    [
        ("大力村委会", "大力村"),
        ("方家畈村村民委员会", "方家畈村"),
        ("前念祖村民委员会", "前念祖村"),
        ("图嘎查村委会", "图嘎查"),
        ("北城社区居民委员会", "北城社区"),
        ("西城区居委会", "西城区社区"),
        ("岗贝社区", "岗贝社区"),
        ("居委会", "居委会"),
    ],
)
def test_pages_say_the_short_name(full: str, short: str) -> None:
    rows = tree.code_list(
        pd.concat([listed(), listed(("610327101201", "village", full)).tail(1)]), within="61", on=DAY, source="x"
    ).rows
    assert rows["short_name"].iloc[-1] == short


def test_many_names_are_spelled_as_each_alone() -> None:
    names = ["重庆市", "八渡镇", "长安区", "单县", "六安市", "第12中学A座", "绿春县", "", "😀村", "蚌埠市", "乐清市"]
    assert spell_many(names) == {name: spell(name) for name in names}
    assert spell("重庆市") == ("chongqingshi", "cqs")
    assert spell("第12中学A座") == ("di12zhongxueazuo", "d12zxaz")


def test_a_merged_region_ends_and_names_its_successor(session: Session) -> None:
    made = factories.tree(session)
    on = dt.date(2026, 1, 1)
    merge_regions(session, [made.south], made.north, on)
    successor = session.scalars(select(RegionSuccessor)).one()
    assert (successor.region_id, successor.successor_id, successor.effective_on) == (made.south.id, made.north.id, on)
    assert made.south.valid_to == on
    below = queries.children(session, made.north, day=DAY)
    assert {region.short_name for region in below} == {"大力村", "八渡村", "八龙潭村", "天成村"}
    assert all(region.region_path.startswith(made.north.region_path) for region in below)


def test_records_of_a_merged_town_are_seen_from_its_successor(session: Session) -> None:
    made = factories.tree(session)
    asset = factories.asset(session, made.south_villages[0])
    merge_regions(session, [made.south], made.north, dt.date(2026, 1, 1))
    session.refresh(asset)
    assert asset.region_path.startswith(made.north.region_path)


@pytest.mark.parametrize("case", ["itself", "another level", "already ended", "before it began"])
def test_a_merger_that_cannot_be_is_refused(session: Session, case: str) -> None:
    made = factories.tree(session)
    on = dt.date(2026, 1, 1)
    ended, successor = made.south, made.north
    if case == "itself":
        successor = made.south
    elif case == "another level":
        successor = made.county
    elif case == "already ended":
        made.south.valid_to = dt.date(2025, 1, 1)
    else:
        on = dt.date(1999, 1, 1)
    with pytest.raises(CannotMerge):
        merge_regions(session, [ended], successor, on)
    assert not session.scalars(select(RegionSuccessor)).all()


def square(west: float, south: float, size: float = 0.1) -> shapely.Polygon:
    return shapely.box(west, south, west + size, south + size)


def area(session: Session, region: Region) -> float | None:
    found = session.scalar(select(func.ST_Area(Region.shape)).where(Region.id == region.id))
    return None if found is None else round(found, 6)


def test_a_parent_without_a_border_shows_the_union_of_its_children(session: Session) -> None:
    """Two villages side by side make their town, the town its county.

    ::

        ┌────┬────┐
        │ a  │ b  │
        └────┴────┘
    """
    made = factories.tree(session)
    a, b = made.north_villages
    borders = {a.code: square(106.0, 34.0), b.code: square(106.1, 34.0)}
    assert attach_borders(session, borders, level="village", day=DAY, source="test") == 2
    assert area(session, made.north) == area(session, made.county) == area(session, made.province) == 0.02
    inner = select(func.ST_Contains(Region.shape, Region.centre)).where(Region.shape.is_not(None))
    assert set(session.scalars(inner)) == {True}
    assert area(session, made.south) is None


def test_a_border_of_its_own_outweighs_the_children(session: Session) -> None:
    made = factories.tree(session)
    attach_borders(session, {made.north_villages[0].code: square(106, 34)}, level="village", day=DAY, source="test")
    attach_borders(session, {"610327": square(106, 34, 1)}, level="county", day=DAY, source="test", schematic=True)
    assert area(session, made.county) == area(session, made.city) == 1
    assert area(session, made.north) == 0.01
    assert one(session, "6103", "city").is_schematic
    detach_border(session, made.county, day=DAY)
    assert area(session, made.county) == 0.01
    assert not one(session, "6103", "city").is_schematic


def test_an_ended_child_leaves_its_parents_shape(session: Session) -> None:
    made = factories.tree(session)
    borders = {v.code: square(106 + i / 10, 34) for i, v in enumerate(made.villages)}
    attach_borders(session, borders, level="village", day=DAY, source="test")
    assert area(session, made.north) == 0.02
    merge_regions(session, [made.south], made.north, dt.date(2026, 1, 1))
    assert area(session, made.north) == 0.04


def test_borders_of_unknown_codes_are_refused_whole(session: Session) -> None:
    made = factories.tree(session)
    borders = {made.north_villages[0].code: square(106, 34), "999999999999": square(107, 34)}
    with pytest.raises(NotFound, match="999999999999"):
        attach_borders(session, borders, level="village", day=DAY, source="test")
    assert area(session, made.north_villages[0]) is None
