"""One transaction is taken back whole, exactly, and only while nobody has built on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from assets import audit
from assets.audit import AuditEntry
from assets.errors import NotAllowed
from assets.maintenance.models import Inspection
from assets.ownership.models import Right
from assets.parties.models import Party
from assets.registry.models import Asset
from assets.scope import Reach, Viewer
from assets.undo import BuiltUpon, CannotUndo, ChangedSince, NoLongerFits
from tests import factories
from tests.app.undo_desk import Desk, register
from tests.people import Office


@pytest.fixture
def desk(office: Office) -> Desk:
    tree = office.tree
    reach = Reach("clerk", tree.north.id, tree.north.region_path)
    return Desk(office, Viewer(account_id=office.account("clerk"), username="clerk", reaches=(reach,)))


def test_what_was_added_goes_with_all_that_came_with_it(desk: Desk) -> None:
    before = desk.everything()
    with desk.action() as session:
        asset = register(session, desk.office.tree.north_villages[0])
        factories.inspection(session, asset)
        holder = factories.party(session)
        session.add(Right(asset_id=asset.id, party_id=holder.id, kind="ownership", valid_from=factories.DAY))
    desk.undo()
    assert desk.everything() == before


def test_what_was_changed_says_again_what_it_said(desk: Desk) -> None:
    with desk.action() as session:
        asset_id = register(session, desk.office.tree.north_villages[0], name="旧名").id
    before = desk.everything()
    with desk.action() as session:
        asset = session.get_one(Asset, asset_id)
        asset.name, asset.geom, asset.built_on = "新名", None, None
        asset.region_id = desk.office.tree.north_villages[1].id
        audit.record(session, "registry.correct_asset", asset)
        asset.name = "又一个新名"
    desk.undo()
    assert desk.everything() == before


def test_what_was_deleted_comes_back_under_its_own_id(desk: Desk) -> None:
    with desk.action() as session:
        asset = register(session, desk.office.tree.north_villages[0])
        visit = factories.inspection(session, asset, note="一切正常")
    before = desk.everything()
    with desk.action() as session:
        audit.record(session, "maintenance.delete", session.get_one(Inspection, visit.id))
        session.execute(delete(Inspection).where(Inspection.id == visit.id))
    desk.undo()
    assert desk.everything() == before
    with desk.office.session() as session:
        assert session.get_one(Inspection, visit.id).note == "一切正常"


def test_shares_replaced_as_a_set_come_back_though_the_sets_would_overlap(desk: Desk) -> None:
    with desk.action() as session:
        asset = register(session, desk.office.tree.north_villages[0], certified_on=factories.DAY)
        first, second = factories.party(session, "甲村"), factories.party(session, "乙村")
        right = Right(asset_id=asset.id, party_id=first.id, kind="ownership", valid_from=dt.date(2024, 2, 1))
        session.add(right)
    before = desk.everything()
    with desk.action() as session:
        session.get_one(Right, right.id).valid_to = factories.DAY
        session.flush()
        for holder in (first, second):
            values = {"share_denominator": 2, "valid_from": factories.DAY, "kind": "ownership"}
            session.add(Right(asset_id=asset.id, party_id=holder.id, **values))
        audit.record(session, "ownership.set_shares", session.get_one(Asset, asset.id))
    desk.undo()
    assert desk.everything() == before


def test_a_change_that_points_to_a_new_row_is_undone_with_it(desk: Desk) -> None:
    with desk.action() as session:
        party = factories.party(session, "甲")
        audit.record(session, "parties.register", party)
    before = desk.everything()
    with desk.action() as session:
        keep = factories.party(session, "乙")
        gone = session.get_one(Party, party.id)
        gone.successor_id = keep.id
        audit.record(session, "parties.merge", gone)
    desk.undo()
    assert desk.everything() == before


def test_every_undone_record_has_its_own_audit_entry(desk: Desk) -> None:
    with desk.action() as session:
        assets = [register(session, desk.office.tree.north_villages[0]) for _ in range(3)]
    done = desk.transactions[-1]
    desk.undo()
    with desk.office.session() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "undo.take_back")).all()
        assert [entry.record_id for entry in entries] == [asset.id for asset in assets]
        assert {entry.account_id for entry in entries} == {desk.viewer.account_id}
        assert entries[0].changes == {"transaction": done, "action": "registry.register_asset"}


def test_undoing_can_be_undone_and_then_the_first_cannot_be_undone_again(desk: Desk) -> None:
    with desk.action() as session:
        asset = register(session, desk.office.tree.north_villages[0])
    done, after = desk.transactions[-1], desk.everything()
    desk.undo()
    desk.undo()
    assert desk.everything() == after
    with pytest.raises(CannotUndo):
        desk.undo(done)
    with desk.office.session() as session:
        assert session.get_one(Asset, asset.id).name == asset.name


def test_it_is_refused_after_fifteen_minutes(desk: Desk) -> None:
    with desk.action() as session:
        register(session, desk.office.tree.north_villages[0])
    late = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=15, seconds=1)
    assert desk.can_undo()
    assert not desk.can_undo(now=late)
    with pytest.raises(CannotUndo):
        desk.undo(now=late)


def test_it_is_refused_to_another_person_who_sees_the_same(desk: Desk) -> None:
    with desk.action() as session:
        register(session, desk.office.tree.north_villages[0])
    other = Viewer(account_id=desk.office.account("planner"), reaches=desk.viewer.reaches)
    assert not desk.can_undo(other)
    with pytest.raises(CannotUndo):
        desk.undo(viewer=other)


def test_it_is_refused_without_a_role_that_writes(desk: Desk) -> None:
    with desk.action() as session:
        register(session, desk.office.tree.north_villages[0])
    [reach] = desk.viewer.reaches
    reader = Viewer(account_id=desk.viewer.account_id, reaches=(Reach("viewer", reach.region_id, reach.path),))
    with pytest.raises(NotAllowed):
        desk.undo(viewer=reader)


def test_it_is_refused_where_the_record_has_left_the_viewers_reach(desk: Desk) -> None:
    with desk.action() as session:
        register(session, desk.office.tree.north_villages[0])
    south = desk.office.tree.south
    elsewhere = Viewer(account_id=desk.viewer.account_id, reaches=(Reach("clerk", south.id, south.region_path),))
    with pytest.raises(NotAllowed):
        desk.undo(viewer=elsewhere)


def test_it_is_refused_when_another_has_changed_the_record_and_both_are_named(desk: Desk) -> None:
    with desk.action() as session:
        asset = register(session, desk.office.tree.north_villages[0], name="大力村蓄水池")
    done = desk.transactions[-1]
    other = Viewer(account_id=desk.office.account("planner"), reaches=desk.viewer.reaches)
    with desk.action(other) as session:
        changed = session.get_one(Asset, asset.id)
        changed.unit = "座"
        audit.record(session, "registry.correct_asset", changed)
    with pytest.raises(ChangedSince, match=r"大力村蓄水池.*planner"):
        desk.undo(done)


def test_it_is_refused_when_something_was_entered_for_the_new_record_since(desk: Desk) -> None:
    with desk.action() as session:
        asset = register(session, desk.office.tree.north_villages[0], name="大力村蓄水池")
    done = desk.transactions[-1]
    with desk.action() as session:
        visit = factories.inspection(session, asset)
        audit.record(session, "maintenance.record_inspection", visit)
    with pytest.raises(BuiltUpon, match="大力村蓄水池"):
        desk.undo(done)
    with desk.office.session() as session:
        assert session.get(Asset, asset.id) is not None


def test_it_is_refused_when_the_former_state_contradicts_what_is_there_now(desk: Desk) -> None:
    with desk.action() as session:
        asset = register(session, desk.office.tree.north_villages[0])
        first, second = factories.party(session, "甲村"), factories.party(session, "乙村")
        right = Right(asset_id=asset.id, party_id=first.id, kind="operation", valid_from=dt.date(2024, 2, 1))
        session.add(right)
    with desk.action() as session:
        held = session.get_one(Right, right.id)
        held.valid_to = factories.DAY
        audit.record(session, "ownership.end_right", held)
    done = desk.transactions[-1]
    with desk.action() as session:
        new = Right(asset_id=asset.id, party_id=second.id, kind="operation", valid_from=factories.DAY)
        session.add(new)
        audit.record(session, "ownership.grant_right", new)
    with pytest.raises(NoLongerFits):
        desk.undo(done)


def test_thousands_of_rows_are_taken_back_at_once(desk: Desk) -> None:
    village = desk.office.tree.north_villages[0]
    with desk.action() as session:
        asset = register(session, village)
    before = desk.everything()
    with desk.action() as session:
        audit.record(session, "imports.run", session.get_one(Asset, asset.id))
        values = {"type": "household", "region_id": village.id}
        session.execute(insert(Party), [values | {"name": f"大力村{number}号农户"} for number in range(3_000)])
        rows = [{"asset_id": asset.id, "inspected_on": factories.DAY, "result": "all_well"} for _ in range(100)]
        session.execute(insert(Inspection), rows)
    desk.undo()
    assert desk.everything() == before


Step = Callable[[Session, list[int], Desk], None]


def add(session: Session, ids: list[int], desk: Desk) -> None:
    ids.append(register(session, desk.office.tree.north_villages[len(ids) % 2]).id)


def change(session: Session, ids: list[int], desk: Desk) -> None:
    if ids and (asset := session.get(Asset, ids[0])):
        asset.name += "改"
        asset.geom = f"SRID=4490;POINT(106.{len(asset.name)}123456789012345 34.70123456789012345)"
        audit.record(session, "registry.correct_asset", asset)
        session.flush()


def add_visits(session: Session, ids: list[int], desk: Desk) -> None:
    if ids and (asset := session.get(Asset, ids[-1])):
        factories.inspection(session, asset)


def drop_visits(session: Session, ids: list[int], desk: Desk) -> None:
    if ids:
        session.execute(delete(Inspection).where(Inspection.asset_id == ids[-1]))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.lists(st.sampled_from([add, change, add_visits]), min_size=1, max_size=4),
    second=st.lists(st.sampled_from([add, change, add_visits, drop_visits]), max_size=6),
)
def test_whatever_one_transaction_did_undoing_restores_what_was_before(
    desk: Desk, first: list[Step], second: list[Step]
) -> None:
    ids: list[int] = []
    with desk.action() as session:
        for step in first:
            step(session, ids, desk)
    before = desk.everything()
    with desk.action() as session:
        for step in second:
            step(session, ids, desk)
        register(session, desk.office.tree.north_villages[0])
    after = desk.everything()
    desk.undo()
    assert desk.everything() == before
    desk.undo()
    assert desk.everything() == after
