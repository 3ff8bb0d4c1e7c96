"""Kept answers: the same while nothing changed, never after a write."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from app.kept import Kept
from assets.registry.models import Asset
from tests import factories
from tests.app.test_tiles import LAT, LON, address
from tests.people import Office

PLACE = f"/tiles/assets/{address(12)}.mvt"


def statements(office: Office) -> list[str]:
    """The SQL that the application runs from now on."""
    seen: list[str] = []
    event.listen(office.app.extensions["engine"], "before_cursor_execute", lambda _c, _cur, sql, *_: seen.append(sql))
    return seen


def test_a_second_request_for_the_same_tile_only_asks_whether_anything_changed(office: Office) -> None:
    with office.session() as session:
        factories.asset(session, office.tree.north_villages[0], geom=f"SRID=4490;POINT({LON} {LAT})")
    browser = office.browser("planner")
    first = browser.get(PLACE)
    seen = statements(office)
    assert browser.get(PLACE).data == first.data
    assert [sql for sql in seen if "pg_current_snapshot" not in sql] == []


def test_a_write_is_in_the_very_next_tile(office: Office) -> None:
    browser = office.browser("planner")
    empty = browser.get(PLACE).data
    with office.session() as session:
        made = factories.asset(session, office.tree.north_villages[0], geom=f"SRID=4490;POINT({LON} {LAT})")
    filled = browser.get(PLACE).data
    assert filled != empty
    with office.session() as session:
        session.get_one(Asset, made.id).geom = "SRID=4490;POINT(100 20)"
    assert browser.get(PLACE).data == empty


def test_nobody_is_given_what_was_kept_for_another(office: Office) -> None:
    with office.session() as session:
        factories.asset(session, office.tree.north_villages[0], geom=f"SRID=4490;POINT({LON} {LAT})")
    ours = office.browser("clerk").get(PLACE).data
    theirs = office.browser("neighbour_clerk").get(PLACE).data
    assert ours
    assert theirs == b""


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 40)), max_size=60), st.integers(1, 200))
def test_the_store_stays_within_its_limit(entries: list[tuple[int, int]], limit: int) -> None:
    store = Kept(limit)
    for key, size in entries:
        store.keep(key, "now", ("value", key), size)
        found = store.find(key, "now")
        assert found in (None, ("value", key))
        assert store.find(key, "later") is None
        assert store._size <= limit
    chosen = random.Random(1).randint(0, 20)
    assert store.find(chosen, "now") in (None, ("value", chosen))
