"""A caretaker records what was found, once, and only for the own duties."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.audit import AuditEntry
from assets.errors import InvalidValue, NotFound
from assets.filters import Filter
from assets.history import History
from assets.maintenance import service
from assets.maintenance.models import Inspection
from assets.maintenance.rollup import fold_rollups
from assets.maintenance.status import status_by_area
from assets.parties.models import Person
from assets.registry.models import Asset
from assets.scope import Reach, Viewer, bind_viewer, viewer_of
from tests import factories

DAY = factories.DAY
KEY = "a-key-of-this-visit"


@pytest.fixture
def kept(session: Session, tree: factories.Tree) -> Asset:
    """An asset in 大力村, overdue, whose post the caretaker holds; the session is the caretaker's."""
    village = tree.north_villages[0]
    account = factories.account(session, "caretaker", "caretaker", village)
    person = Person(name="李四", account_id=account.id)
    session.add(person)
    session.flush()
    post = factories.post(session, village)
    factories.holding(session, post, person)
    asset = factories.asset(session, village)
    factories.duty(session, asset, post_id=post.id)
    become(session, account.id, village)
    return asset


def become(session: Session, account_id: int, where: Any) -> None:
    reach = Reach("caretaker", where.id, where.region_path)
    bind_viewer(session, Viewer(account_id=account_id, reaches=(reach,)))


def record(session: Session, asset: Asset, **values: Any) -> Inspection:
    values = {"on": DAY, "result": "all_well", "today": DAY, "request_key": KEY} | values
    return service.record_inspection(session, asset.id, **values)


def overdue(session: Session, area: Any) -> int:
    return status_by_area(session, area, Filter(day=DAY)).total.overdue


def test_an_inspection_changes_status_and_sums_at_once(session: Session, tree: factories.Tree, kept: Asset) -> None:
    caretaker = viewer_of(session)
    fold_rollups(session)
    assert overdue(session, tree.north_villages[0]) == 1
    made = record(session, kept, position=(106.9, 34.9))
    assert overdue(session, tree.north_villages[0]) == 0
    bind_viewer(session, Viewer.system())
    assert status_by_area(session, tree.city, Filter(day=DAY)).total.in_order == 1
    assert made.created_by == caretaker.account_id
    assert made.inspector_id is not None


def test_an_inspection_leaves_exactly_one_audit_entry(session: Session, kept: Asset) -> None:
    made = record(session, kept)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.table_name == "inspection")).all()
    assert [(entry.action, entry.record_id) for entry in entries] == [("maintenance.record_inspection", made.id)]


def test_a_double_tap_records_once(session: Session, kept: Asset) -> None:
    assert record(session, kept).id == record(session, kept).id
    assert session.scalar(select(func.count()).select_from(Inspection)) == 1


def test_a_key_used_for_one_asset_is_refused_for_another(session: Session, kept: Asset) -> None:
    record(session, kept)
    duty = session.scalars(select(service.Duty)).one()
    where = session.get_one(factories.Region, kept.region_id)
    other = factories.asset(session, where)
    factories.duty(session, other, post_id=duty.post_id)
    with pytest.raises(service.KeyUsedElsewhere):
        record(session, other)


def test_the_asset_of_another_post_is_refused(session: Session, tree: factories.Tree, kept: Asset) -> None:
    other = factories.asset(session, tree.north_villages[0])
    factories.duty(session, other)
    with pytest.raises(service.NotYourDuty):
        record(session, other)


def test_an_asset_outside_the_own_area_is_not_even_known(session: Session, tree: factories.Tree, kept: Asset) -> None:
    other = factories.asset(session, tree.south_villages[0])
    with pytest.raises(NotFound):
        record(session, other)


def test_a_duty_that_has_ended_is_refused(session: Session, kept: Asset) -> None:
    session.scalars(select(service.Duty)).one().valid_to = DAY
    session.flush()
    with pytest.raises(service.NotYourDuty):
        record(session, kept)


def test_a_post_given_to_somebody_else_takes_the_duty_along(session: Session, kept: Asset) -> None:
    holding = session.scalars(select(factories.PostHolding)).one()
    holding.valid_to = DAY - dt.timedelta(days=1)
    session.flush()
    with pytest.raises(service.NotYourDuty):
        record(session, kept)


@pytest.mark.parametrize("on", [DAY + dt.timedelta(days=1), dt.date(2024, 1, 14)])
def test_a_day_to_come_or_before_the_asset_was_built_is_refused(session: Session, kept: Asset, on: dt.date) -> None:
    with pytest.raises(service.NotThatDay):
        record(session, kept, on=on)


def test_a_disposed_asset_is_refused(session: Session, kept: Asset) -> None:
    kept.operating_status, kept.disposed_on = "disposed", DAY
    session.flush()
    with pytest.raises(service.NotInspectable):
        record(session, kept)


def test_a_problem_without_words_is_refused(session: Session, kept: Asset) -> None:
    with pytest.raises(service.WordsNeeded):
        record(session, kept, result="problem", note="  \n ")
    assert record(session, kept, result="problem", note=" 水管 漏水\n").note == "水管 漏水"


@pytest.mark.parametrize(
    "values",
    [
        {"result": "fine"},
        {"request_key": "short"},
        {"request_key": "键" * 10},
        {"note": "长" * 501},
        {"position": (200.0, 30.0)},
        {"position": (float("nan"), 30.0)},
    ],
)
def test_nonsense_is_refused(session: Session, kept: Asset, values: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        record(session, kept, **values)


def test_an_inspection_can_be_undone_and_its_history_stays(session: Session, tree: factories.Tree, kept: Asset) -> None:
    made = record(session, kept)
    service.undo_inspection(session, made.id, now=dt.datetime.now(dt.UTC))
    assert overdue(session, tree.north_villages[0]) == 1
    kept_row = session.scalars(select(History).where(History.table_name == "inspection")).one()
    assert (kept_row.operation, kept_row.record_id) == ("delete", made.id)
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.record_id == made.id)).all()
    assert sorted(actions) == ["maintenance.record_inspection", "maintenance.undo_inspection"]


def test_undoing_too_late_or_for_another_is_refused(session: Session, tree: factories.Tree, kept: Asset) -> None:
    made = record(session, kept)
    session.refresh(made)
    with pytest.raises(service.TooLateToUndo):
        service.undo_inspection(session, made.id, now=made.created_at + dt.timedelta(minutes=16))
    become(session, 987_654, tree.north_villages[0])
    with pytest.raises(service.TooLateToUndo):
        service.undo_inspection(session, made.id, now=made.created_at)
