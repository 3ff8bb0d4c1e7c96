"""Where a row belongs: by code, by names, by an address, and what is told where that cannot be said."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assets.imports.problems import sentences
from assets.regions.models import Region, RegionSuccessor
from tests import factories
from tests.imports.kind_desk import Ledgers, places, resolved, told


@pytest.fixture
def tree(session: Session) -> factories.Tree:
    return factories.tree(session)


@pytest.fixture
def county(session: Session, tree: factories.Tree) -> Ledgers:
    return Ledgers(session, tree.county)


@pytest.fixture
def merged(session: Session, tree: factories.Tree) -> Region:
    """大坪村 of 八渡镇, merged into 八龙潭村 of 天成镇 in 2020."""
    ended = factories.region(session, "大坪村", "610327101209", "village", tree.north, valid_to=dt.date(2020, 1, 1))
    heir = tree.south_villages[0]
    session.add(
        RegionSuccessor(region_id=ended.id, successor_id=heir.id, kind="merged", effective_on=dt.date(2020, 1, 1))
    )
    session.flush()
    return ended


@pytest.mark.parametrize(
    "row",
    [
        {"region_code": "610327101201"},
        {"region_code": "610327101201.0"},
        {"region_code": "６１０３２７１０１２０１"},
        {"region_code": "610327101201", "town": "八渡镇", "village": "大力村"},
        {"region_code": "610327101", "village": "大力村"},
        {"town": "八渡镇", "village": "大力村"},
        {"town": "八渡", "village": "大力"},
        {"village": "大力村村民委员会"},
        {"village": "大力村委会 "},
        {"village": " 大 力 村"},
        {"village": "八渡镇大力村"},
        {"town": "天成镇", "village": "八渡镇 › 大力村"},
        {"place": "八渡镇大力村"},
        {"place": "陇县八渡镇大力村委会"},
        {"place": "陕西省宝鸡市陇县八渡镇大力村三组"},
        {"place": "大力村三组"},
        {"place": "大力三组"},
        {"place": "八渡大力村委会旁"},
        {"town": "八渡镇", "place": "大力村桥头"},
        {"county": "陇县", "town": "八渡镇人民政府", "village": "大力村"},
    ],
)
def test_a_village_is_found_however_it_is_written(county: Ledgers, tree: factories.Tree, row: dict[str, Any]) -> None:
    staging = resolved(county, [row])
    assert (told(staging), places(staging)) == ([], [tree.north_villages[0].id])


@pytest.mark.parametrize(
    "row", [{"town": "八渡镇"}, {"region_code": "610327101000"}, {"region_code": "610327101"}, {"place": "八渡镇政府"}]
)
def test_a_town_is_found_where_no_village_is_named(county: Ledgers, tree: factories.Tree, row: dict[str, Any]) -> None:
    staging = resolved(county, [row])
    assert (told(staging), places(staging)) == ([], [tree.north.id])


def test_the_village_that_bears_its_towns_name_is_the_village(county: Ledgers, tree: factories.Tree) -> None:
    staging = resolved(county, [{"place": "八渡村"}, {"place": "八渡镇八渡村"}, {"village": "八渡"}])
    assert places(staging) == [tree.north_villages[1].id] * 3
    assert told(staging) == []


def test_zeros_that_were_cut_off_a_code_are_put_back(county: Ledgers, tree: factories.Tree, session: Session) -> None:
    round_town = factories.region(session, "城关镇", "610327100", "town", tree.county)
    assert places(resolved(county, [{"region_code": "6103271"}])) == [round_town.id]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"region_code": "6.10327E+11"}, "region_code_eaten"),
        ({"region_code": "999999999999"}, "region_code_unknown"),
        ({"region_code": "甲村"}, "region_code_unknown"),
        ({"region_code": "610327101201", "village": "天成村"}, "region_contradiction"),
        ({"region_code": "610327101201", "town": "天成镇"}, "region_contradiction"),
        ({"region_code": "610327101", "village": "天成村"}, "region_contradiction"),
        ({"town": "不知镇", "village": "不知村"}, "region_unknown"),
        ({"town": "八渡镇", "village": "不知村"}, "region_unknown"),
        ({"county": "千阳县", "town": "崔家头镇", "village": "崔家头村"}, "region_outside"),
        ({"region_code": "610328101201"}, "region_outside"),
        ({"region_code": "610327"}, "region_level"),
    ],
)
def test_what_names_no_place_of_the_ledger_is_refused(county: Ledgers, row: dict[str, Any], code: str) -> None:
    staging = resolved(county, [row])
    assert ([one[1:3] for one in told(staging)], places(staging)) == ([(code, "error")], [None])


def test_a_village_of_another_town_is_told_with_that_town(county: Ledgers) -> None:
    staging = resolved(county, [{"town": "天成镇", "village": "大力村"}, {"town": "八度镇", "village": "大力村"}])
    assert told(staging) == [(number, "region_not_there", "error", "八渡镇") for number in (1, 2)]


def test_a_name_that_several_villages_bear_asks_for_the_town(
    county: Ledgers, tree: factories.Tree, session: Session
) -> None:
    twin = factories.region(session, "大力村", "610327102209", "village", tree.south)
    staging = resolved(county, [{"village": "大力村"}, {"town": "天成", "village": "大力"}])
    assert told(staging) == [(1, "region_ambiguous", "error", None)]
    assert places(staging) == [None, twin.id]
    data = session.execute(staging.found.select()).one().data
    assert data["candidates"] == "八渡镇 › 大力村、天成镇 › 大力村"


def test_a_village_before_a_community_of_its_name(county: Ledgers, tree: factories.Tree, session: Session) -> None:
    community = factories.region(session, "大力社区", "610327101009", "village", tree.north, kind="community")
    staging = resolved(county, [{"village": "大力村"}, {"village": "大力社区居委会"}, {"village": "大力"}])
    assert places(staging) == [tree.north_villages[0].id, community.id, None]
    assert [one[:2] for one in told(staging)] == [(3, "region_ambiguous")]


def test_a_village_taken_for_a_community_is_a_doubt(county: Ledgers, tree: factories.Tree, session: Session) -> None:
    community = factories.region(session, "北坡社区", "610327101009", "village", tree.north, kind="community")
    staging = resolved(county, [{"village": "北坡村"}])
    assert (places(staging), told(staging)) == ([community.id], [(1, "region_other_kind", "doubt", None)])


@pytest.mark.parametrize(
    ("row", "suggestion"),
    [
        ({"town": "八渡镇", "village": "大坪村"}, "天成镇 › 八龙潭村"),
        ({"place": "八渡镇大坪村二组"}, "天成镇 › 八龙潭村"),
        ({"region_code": "610327101209"}, "610327102201"),
    ],
)
def test_a_merged_village_is_told_with_its_heir_ready_to_be_taken(
    county: Ledgers, merged: Region, tree: factories.Tree, row: dict[str, Any], suggestion: str
) -> None:
    staging = resolved(county, [row])
    assert told(staging) == [(1, "region_merged", "error", suggestion)]
    [field] = [key for key in ("village", "place", "region_code") if key in row]
    taken = resolved(county, [row | {field: suggestion}])
    assert places(taken) == [tree.south_villages[0].id]
    assert told(taken) == []


def test_a_merged_town_leads_to_its_villages(county: Ledgers, tree: factories.Tree, session: Session) -> None:
    old = factories.region(session, "杜阳镇", "610327109", "town", tree.county, valid_to=dt.date(2015, 1, 1))
    session.add(
        RegionSuccessor(region_id=old.id, successor_id=tree.north.id, kind="merged", effective_on=dt.date(2015, 1, 1))
    )
    session.flush()
    staging = resolved(county, [{"town": "杜阳镇", "village": "大力村"}, {"place": "杜阳镇大力村"}, {"town": "杜阳镇"}])
    assert places(staging)[:2] == [tree.north_villages[0].id] * 2
    assert told(staging) == [(3, "region_merged", "error", "八渡镇")]


@pytest.mark.parametrize(
    ("row", "suggestion"),
    [
        ({"town": "八渡镇", "village": "大利村"}, "大力村"),
        ({"village": "八龙谭村"}, "八龙潭村"),
        ({"village": "龙潭村"}, "八龙潭村"),
        ({"town": "八度镇", "village": "不知村"}, "八渡镇"),
        ({"town": "天成镇", "village": "大利村"}, None),
    ],
)
def test_a_name_with_one_wrong_sign_suggests_the_right_one(
    county: Ledgers, row: dict[str, Any], suggestion: str | None
) -> None:
    staging = resolved(county, [row])
    assert told(staging) == [(1, "region_unknown", "error", suggestion)]


def test_an_address_with_an_unknown_village_is_filed_under_its_town_if_confirmed(
    county: Ledgers, tree: factories.Tree
) -> None:
    staging = resolved(county, [{"place": "八渡镇卧虎山"}])
    assert (places(staging), told(staging)) == ([tree.north.id], [(1, "region_town_only", "doubt", None)])


def test_several_villages_in_one_cell_are_a_doubt(county: Ledgers) -> None:
    assert told(resolved(county, [{"village": "大力村、八渡村"}])) == [(1, "region_several", "doubt", None)]


def test_a_clerk_files_under_the_own_town_only(county: Ledgers, tree: factories.Tree) -> None:
    county.seat("clerk", tree.north)
    staging = resolved(county, [{"village": "大力村"}, {"village": "天成村"}])
    assert [one[:2] for one in told(staging)] == [(2, "region_unreachable")]


def test_a_leader_may_file_nothing(county: Ledgers, tree: factories.Tree) -> None:
    county.seat("leader", tree.county)
    assert [one[1] for one in told(resolved(county, [{"village": "大力村"}]))] == ["region_unreachable"]


def test_a_ledger_of_a_town_takes_no_village_of_another(session: Session, tree: factories.Tree) -> None:
    staging = resolved(Ledgers(session, tree.north), [{"village": "大力村"}, {"village": "天成村"}])
    assert [one[:2] for one in told(staging)] == [(2, "region_outside")]


def test_a_ledger_of_a_city_reads_the_county_as_well(session: Session, tree: factories.Tree) -> None:
    rows = [
        {"county": "千阳县", "town": "崔家头镇", "village": "崔家头村"},
        {"place": "千阳县崔家头镇崔家头村一组"},
        {"county": "陇县", "village": "崔家头村"},
    ]
    staging = resolved(Ledgers(session, tree.city), rows)
    assert places(staging) == [tree.neighbour_village.id] * 2 + [None]
    assert [one[:2] for one in told(staging)] == [(3, "region_not_there")]


def test_rows_that_say_nothing_of_their_place_are_left_to_their_record_or_position(county: Ledgers) -> None:
    staging = resolved(county, [{}, {"place": "县城南边"}])
    assert (places(staging), told(staging)) == ([None, None], [])


def test_every_problem_has_its_sentence(county: Ledgers) -> None:
    staging = resolved(county, [{"village": "不知村"}])
    assert all(one[1] in sentences() for one in told(staging))
