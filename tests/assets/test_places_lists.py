"""Dated lists: from which day to which a village stands in one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assets.places import lists, queries
from tests.assets.refusals import refused_today
from tests.factories import DAY, Tree

LISTED: dict[str, Any] = {
    "kind": "key_assistance",
    "level": "provincial",
    "valid_from": dt.date(2021, 8, 27),
    "document": "重点帮扶镇村名单(2021年)",
}


def test_a_village_stands_in_a_list_from_a_day_to_a_day(session: Session, tree: Tree) -> None:
    where = tree.north_villages[0].id
    entry = lists.enter_in_list(session, region_id=where, today=DAY, **LISTED)
    lists.take_off_list(session, entry.id, revision=1, on=dt.date(2026, 1, 1), reason="名单调整", today=DAY)
    assert [e.level for e in queries.lists_of(session, where, dt.date(2025, 12, 31))] == ["provincial"]
    assert queries.lists_of(session, where, dt.date(2026, 1, 1)) == []
    assert queries.lists_of(session, where, dt.date(2021, 8, 26)) == []


@pytest.mark.parametrize(
    ("changed", "field", "doubt"),
    [
        ({"kind": "famous"}, "kind", None),
        ({"level": "national"}, "level", None),
        ({"valid_from": dt.date(2001, 1, 1)}, "valid_from", None),
        ({"valid_from": dt.date(2030, 1, 1)}, "valid_from", None),
        ({"valid_to": dt.date(2021, 8, 27)}, "valid_to", None),
        ({"document": " "}, "document", "no_document"),
    ],
)
def test_impossible_entries_in_a_list_are_refused(
    session: Session, tree: Tree, changed: dict[str, Any], field: str, doubt: str | None
) -> None:
    where = tree.north_villages[0].id
    assert refused_today(lists.enter_in_list, session, region_id=where, **(LISTED | changed)) == {field: doubt}


def test_a_place_stands_once_in_a_list_at_a_time(session: Session, tree: Tree) -> None:
    where = tree.north_villages[0].id
    lists.enter_in_list(session, region_id=where, today=DAY, **(LISTED | {"valid_to": dt.date(2024, 1, 1)}))
    overlapping = LISTED | {"valid_from": dt.date(2023, 12, 31)}
    assert refused_today(lists.enter_in_list, session, region_id=where, **overlapping) == {"valid_from": None}
    following = LISTED | {"valid_from": dt.date(2024, 1, 1)}
    assert lists.enter_in_list(session, region_id=where, today=DAY, **following).id
    other = LISTED | {"level": "county"}
    assert lists.enter_in_list(session, region_id=where, today=DAY, **other).id


def test_an_entry_that_is_over_does_not_end_again(session: Session, tree: Tree) -> None:
    where = tree.north_villages[0].id
    entry = lists.enter_in_list(session, region_id=where, today=DAY, **(LISTED | {"valid_to": dt.date(2024, 1, 1)}))
    told = refused_today(lists.take_off_list, session, entry.id, revision=1, on=dt.date(2026, 1, 1), reason="名单调整")
    assert told == {"on": None}
    told = refused_today(lists.take_off_list, session, entry.id, revision=1, on=dt.date(2021, 8, 27), reason="名单调整")
    assert told == {"on": None}
