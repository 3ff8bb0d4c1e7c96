"""Entering a ledger: all or nothing, once, by who may, and only what the preview showed."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from assets.accounts.models import Grant
from assets.audit import AuditEntry
from assets.errors import NotAllowed, NotFound
from assets.imports.acting import NoLongerAllowed
from assets.imports.answering import change_settings
from assets.imports.committing import AlreadyCommitted, ChangedSincePreview, NothingToEnter, RowsRejected
from assets.imports.settings import Reading
from assets.places.models import Facility
from tests import factories
from tests.imports.bringing import Desk, facility_row

TWO = (facility_row("大力村卫生室"), facility_row("八渡村卫生室", 村="八渡村"))


def count(desk: Desk) -> int:
    return desk.system().scalar(select(func.count(Facility.id))) or 0


def test_a_ledger_is_checked_and_entered(desk: Desk) -> None:
    batch = desk.bring(TWO)
    assert desk.verdicts(batch) == ["new", "new"]
    desk.commit(batch)
    assert count(desk) == 2
    assert batch.status == "committed"
    assert batch.transaction is not None
    rows = desk.rows(batch)
    assert {row.record_id for row in rows} == set(desk.session.scalars(select(Facility.id)))
    assert [row.read for row in rows] == [{}, {}]


def test_one_entry_tells_of_the_batch_and_one_of_each_record(desk: Desk) -> None:
    batch = desk.commit(desk.bring(TWO))
    entries = desk.system().scalars(select(AuditEntry).where(AuditEntry.batch == f"import {batch.id}")).all()
    told = [(one.action, one.table_name) for one in entries]
    assert told.count(("imports.commit_batch", "import_batch")) == 1
    assert sum(table == "facility" for _action, table in told) == 2
    assert {one.account_id for one in entries} == {desk.account().id}


def test_a_second_time_it_is_told_that_it_is_done(desk: Desk) -> None:
    batch = desk.commit(desk.bring(TWO))
    with pytest.raises(AlreadyCommitted):
        desk.commit(batch)
    assert count(desk) == 2


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    desk.commit(desk.bring(TWO))
    again = desk.bring(TWO)
    assert desk.verdicts(again) == ["same", "same"]
    with pytest.raises(NothingToEnter):
        desk.commit(again)


def test_rows_with_problems_keep_all_out_unless_they_are_left_out(desk: Desk) -> None:
    batch = desk.bring((*TWO, facility_row("无名卫生室", 村="没有这个村")))
    assert desk.verdicts(batch) == ["new", "new", "rejected"]
    with pytest.raises(RowsRejected):
        desk.commit(batch)
    assert count(desk) == 0
    change_settings(desk.acts(desk.account()), batch.id, reading=Reading(rejected="leave_out"))
    desk.commit(desk.check(batch))
    assert count(desk) == 2


def test_what_others_changed_since_the_preview_is_looked_at_again(desk: Desk) -> None:
    desk.commit(desk.bring(TWO))
    batch = desk.bring([facility_row("大力村卫生室", 建筑面积="120"), TWO[1]])
    assert desk.verdicts(batch) == ["changed", "same"]
    desk.system().execute(text("UPDATE facility SET area_m2 = 100 WHERE name = '大力村卫生室'"))
    with pytest.raises(ChangedSincePreview) as refusal:
        desk.commit(batch)
    assert refusal.value.data["rows"] == "2"
    desk.commit(desk.check(batch))
    assert desk.system().scalar(select(Facility.area_m2).where(Facility.name == "大力村卫生室")) == 120


def test_a_record_entered_meanwhile_is_not_entered_twice(desk: Desk) -> None:
    one, other = desk.bring(TWO[:1]), desk.bring(TWO[:1])
    desk.commit(one)
    with pytest.raises(ChangedSincePreview):
        desk.commit(other)
    assert count(desk) == 1


def test_a_grant_that_ended_enters_nothing(desk: Desk) -> None:
    batch = desk.bring(TWO)
    desk.system()
    grant = desk.session.scalars(select(Grant).where(Grant.account_id == desk.account().id)).one()
    grant.valid_to = factories.DAY
    desk.session.flush()
    with pytest.raises(NoLongerAllowed):
        desk.commit(batch)
    assert count(desk) == 0


def test_another_account_cannot_enter_it(desk: Desk) -> None:
    batch = desk.bring(TWO)
    desk.acts(desk.account("colleague", "clerk", desk.tree.north))
    with pytest.raises(NotFound):
        desk.commit(batch)
    desk.acts(desk.account("keeper", "administrator", desk.tree.county))
    with pytest.raises(NotAllowed):
        desk.commit(batch)


def test_a_neighbour_brings_nothing_here_and_a_viewer_nothing_at_all(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.receive(TWO, account=desk.account("neighbour", "clerk", desk.tree.south))
    with pytest.raises(NotAllowed):
        desk.receive(TWO, account=desk.account("viewer", "viewer", desk.tree.county))


def test_rows_of_another_town_are_refused(desk: Desk) -> None:
    batch = desk.bring([facility_row("天成村卫生室", 乡镇="天成镇", 村="天成村")])
    assert desk.verdicts(batch) == ["rejected"]
