"""What was known at a moment is what a replay of the edits says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from assets import audit
from assets.errors import NotFound
from assets.history import Addition, History
from assets.known import known_at, record_known_at, versions_of
from assets.maintenance.models import Inspection
from assets.registry.models import Asset
from assets.scope import Reach, Viewer, bind_viewer
from tests import factories

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def at(step: int) -> dt.datetime:
    return START + dt.timedelta(hours=step)


class Clock:
    """Gives what the test's single transaction writes the moments it pretends."""

    def __init__(self, session: Session) -> None:
        self.session, self.step = session, 0

    def tick(self) -> None:
        """Date everything written since the last tick to the next hour, each in a transaction of its own."""
        self.session.flush()
        self.step += 1
        for table in ("history", "addition"):
            self.session.execute(
                text(f"UPDATE {table} SET at = :at, transaction = :step WHERE at > now() - interval '1 minute'"),
                {"at": at(self.step), "step": self.step},
            )
        self.session.execute(text("SET LOCAL xiangtu.trimming = 'on'"))
        self.session.execute(
            text("UPDATE audit_entry SET transaction = :step WHERE transaction > 100"), {"step": self.step}
        )


@pytest.fixture
def clock(owner_session: Session) -> Clock:
    return Clock(owner_session)


@pytest.fixture
def owner_session(owner_engine: Any) -> Any:
    """A session that may re-date the history, rolled back at the end."""
    from assets.scope import ScopedSession

    with owner_engine.connect() as connection:
        outer = connection.begin()
        with ScopedSession(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as inner:
            yield bind_viewer(inner, Viewer.system())
        outer.rollback()


def add(session: Session, where: Any, ids: list[int], step: int, number: int) -> None:
    made = factories.asset(session, where[number % 4], value_yuan=None, name=f"资产{step}", created_at=at(step))
    ids.append(made.id)


def rename(session: Session, where: Any, ids: list[int], step: int, number: int) -> None:
    if ids:
        session.execute(update(Asset).where(Asset.id == ids[number % len(ids)]).values(name=f"改名{step}"))


def move(session: Session, where: Any, ids: list[int], step: int, number: int) -> None:
    if ids:
        target = where[number % 4].id
        session.execute(update(Asset).where(Asset.id == ids[number % len(ids)]).values(region_id=target))


def price(session: Session, where: Any, ids: list[int], step: int, number: int) -> None:
    session.execute(update(Asset).values(quantity=Decimal(f"999999999999.{number % 90 + 10}")))


def drop(session: Session, where: Any, ids: list[int], step: int, number: int) -> None:
    if ids:
        session.execute(delete(Asset).where(Asset.id == ids.pop(number % len(ids))))


Edit = Callable[[Session, Any, list[int], int, int], None]


def now(session: Session) -> dict[int, tuple[Any, ...]]:
    """The table as it stands."""
    rows = session.execute(select(Asset.id, Asset.name, Asset.region_id, Asset.quantity).order_by(Asset.id))
    return {row.id: tuple(row) for row in rows}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=st.lists(
        st.tuples(st.sampled_from([add, add, rename, move, price, drop]), st.integers(0, 99)), min_size=1, max_size=12
    )
)
def test_the_table_known_at_any_moment_equals_the_replay(owner_session: Session, edits: list[tuple[Edit, int]]) -> None:
    session = owner_session
    with session.begin_nested() as savepoint:
        clock = Clock(session)
        where = factories.tree(session).villages
        session.execute(delete(Addition))
        ids: list[int] = []
        replay = {0: now(session)}
        for edit, number in edits:
            edit(session, where, ids, clock.step + 1, number)
            clock.tick()
            session.expire_all()
            replay[clock.step] = now(session)
        for step, expected in replay.items():
            moment = at(step) + dt.timedelta(minutes=30)
            known = known_at(Asset, moment)
            rows = session.execute(select(known.id, known.name, known.region_id, known.quantity))
            assert {row.id: tuple(row) for row in rows} == expected
            assert session.scalar(select(func.count()).select_from(known)) == len(expected)
            for asset_id in ids[:2]:
                one = record_known_at(session, Asset, asset_id, moment)
                assert (one and one["name"]) == (expected[asset_id][1] if asset_id in expected else None)
        savepoint.rollback()


def test_a_table_known_at_a_moment_is_narrowed_to_the_viewer(clock: Clock) -> None:
    session = clock.session
    tree = factories.tree(session)
    seen = factories.asset(session, tree.north_villages[0], created_at=at(0))
    moved = factories.asset(session, tree.south_villages[0], created_at=at(0))
    clock.tick()
    moved.region_id = tree.north_villages[1].id
    clock.tick()
    bind_viewer(session, Viewer(1, reaches=(Reach("clerk", tree.north.id, tree.north.region_path),)))
    before, after = (known_at(Asset, at(step) + dt.timedelta(minutes=1)) for step in (1, 2))
    assert session.scalars(select(before.id)).all() == [seen.id]
    assert session.scalar(select(func.count()).select_from(before)) == 1
    assert set(session.scalars(select(after.id))) == {seen.id, moved.id}
    assert record_known_at(session, Asset, moved.id, at(1) + dt.timedelta(minutes=1)) is None


def test_the_former_place_is_looked_for_where_its_region_lies_today(clock: Clock) -> None:
    session = clock.session
    tree = factories.tree(session)
    asset = factories.asset(session, tree.south_villages[0], name="旧名", created_at=at(0))
    clock.tick()
    asset.name = "新名"
    clock.tick()
    tree.south_villages[0].parent_id = tree.north.id
    session.flush()
    bind_viewer(session, Viewer(1, reaches=(Reach("clerk", tree.north.id, tree.north.region_path),)))
    known = known_at(Asset, at(1) + dt.timedelta(minutes=1))
    assert session.scalars(select(known.name)).all() == ["旧名"]


def test_a_record_that_is_at_hand_is_still_told_as_it_was(clock: Clock) -> None:
    session = clock.session
    asset = factories.asset(session, factories.tree(session).north_villages[0], name="旧名", created_at=at(0))
    clock.tick()
    asset.name = "新名"
    clock.tick()
    then = record_known_at(session, Asset, asset.id, at(1) + dt.timedelta(minutes=1))
    assert (then and then["name"], asset.name, asset in session) == ("旧名", "新名", True)


def test_versions_say_what_changed_who_did_it_and_why(clock: Clock) -> None:
    session = clock.session
    tree = factories.tree(session)
    asset = factories.asset(session, tree.north_villages[0], name="甲", built_on=dt.date(2024, 1, 15), created_at=at(0))
    audit.record(session, "registry.register_asset", asset)
    clock.tick()
    bind_viewer(session, Viewer(7, unbounded=True))
    asset.name, asset.built_on = "乙", dt.date(2024, 2, 1)
    audit.record(session, "registry.correct_asset", asset, reason="名称有误")
    asset.unit = "座"
    clock.tick()
    first, second = versions_of(session, Asset, asset.id)
    assert (first.values["name"], first.action, first.until) == ("甲", "registry.register_asset", at(2))
    assert (second.since, second.until, second.account_id, second.reason) == (at(2), None, 7, "名称有误")
    assert set(second.changes) == {
        ("name", "甲", "乙"),
        ("built_on", dt.date(2024, 1, 15), dt.date(2024, 2, 1)),
        ("unit", None, "座"),
    }


def test_a_deleted_record_keeps_its_versions_and_ends_with_its_going(clock: Clock) -> None:
    session = clock.session
    visit = factories.inspection(
        session, factories.asset(session, factories.tree(session).north_villages[0]), note="一切正常", created_at=at(0)
    )
    clock.tick()
    session.delete(visit)
    clock.tick()
    said, gone = versions_of(session, Inspection, visit.id)
    assert (said.values["note"], said.gone, gone.gone) == ("一切正常", False, True)


def test_a_row_brought_back_was_not_known_while_it_was_gone(clock: Clock) -> None:
    session = clock.session
    asset = factories.asset(session, factories.tree(session).north_villages[0], value_yuan=None, created_at=at(0))
    clock.tick()
    values = {key: getattr(asset, key) for key in ("id", "code", "name", "region_id", "asset_class", "created_at")}
    session.delete(asset)
    clock.tick()
    session.add(Asset(**values, operating_status="operating", form="fixed"))
    session.flush()
    moment = {"at": at(3), "transaction": 3, "operation": "insert", "before": {}}
    session.add(History(table_name="asset", record_id=asset.id, **moment))
    session.flush()
    known = [record_known_at(session, Asset, asset.id, at(step) + dt.timedelta(minutes=1)) for step in (1, 2, 3)]
    assert [found is not None for found in known] == [True, False, True]


def test_versions_of_a_record_out_of_reach_are_not_told(clock: Clock) -> None:
    session = clock.session
    tree = factories.tree(session)
    asset = factories.asset(session, tree.south_villages[0], created_at=at(0))
    clock.tick()
    bind_viewer(session, Viewer(1, reaches=(Reach("clerk", tree.north.id, tree.north.region_path),)))
    with pytest.raises(NotFound):
        versions_of(session, Asset, asset.id)
    with pytest.raises(NotFound):
        versions_of(session, Asset, 10**12)
