"""Taking a ledger back: exactly what it entered, and nothing that others have gone on from."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from assets.accounts.models import Account
from assets.errors import NotAllowed
from assets.imports.models import ImportBatch
from assets.imports.undoing import AlreadyUndone, undo_batch
from assets.places.facilities import correct_facility
from assets.places.models import Facility
from assets.scope import Viewer, bind_viewer
from tests import factories
from tests.imports.bringing import Desk, facility_row

DAY = factories.DAY


def entered(desk: Desk, *rows: dict[str, str]) -> ImportBatch:
    """A ledger that was brought, checked and entered, each in a transaction of its own."""
    batch = desk.bring(rows)
    desk.session.commit()
    desk.commit(batch)
    desk.session.commit()
    return batch


def taken_back(desk: Desk, batch: ImportBatch, who: str = "clerk") -> ImportBatch:
    done = undo_batch(desk.acts(desk.account(who)), batch.id, today=DAY)
    desk.session.commit()
    return done


def said(session: Session, table: str = "facility") -> str:
    """A checksum over all that the rows of a table say, but when and in which version."""
    bind_viewer(session, Viewer.system())
    row = "to_jsonb(t) - '{revision,updated_at}'::text[]"
    return str(
        session.scalar(text(f"SELECT md5(coalesce(string_agg(({row})::text, '|' ORDER BY id), '')) FROM {table} t"))
    )


def facilities(desk: Desk) -> dict[str, Facility]:
    desk.system().expire_all()
    return {one.name: one for one in desk.session.scalars(select(Facility))}


def edit(desk: Desk, who: Account, one: Facility, **changes: Any) -> None:
    names = ("name", "type", "level", "status", "area_m2", "capacity", "staff", "opened_on", "closed_on", "source")
    values = {name: getattr(one, name) for name in names} | {"region_id": one.region_id, "geom": None} | changes
    session = desk.acts(who)
    correct_facility(session, one.id, revision=one.revision, reason="人数有误", today=DAY, **values)
    session.commit()


def test_what_was_entered_goes_and_what_was_there_stays(lasting: Desk) -> None:
    entered(lasting, facility_row("大力村卫生室"))
    before = said(lasting.session)
    batch = entered(lasting, facility_row("八渡村卫生室", 村="八渡村"), facility_row("八渡村养老点", 村="八渡村"))
    assert len(facilities(lasting)) == 3
    done = taken_back(lasting, batch)
    assert (done.status, done.left) == ("undone", [])
    assert said(lasting.session) == before


def test_what_was_changed_says_again_what_it_said(lasting: Desk) -> None:
    entered(lasting, facility_row("大力村卫生室"), facility_row("八渡村卫生室", 村="八渡村"))
    before = said(lasting.session)
    batch = entered(lasting, facility_row("大力村卫生室", 建筑面积="120"), facility_row("大力村养老点"))
    assert batch.counts["verdicts"] == {"changed": 1, "new": 1}
    taken_back(lasting, batch)
    assert said(lasting.session) == before


def test_what_was_edited_since_is_left_and_named(lasting: Desk) -> None:
    entered(lasting, facility_row("大力村卫生室"))
    before = said(lasting.session)
    batch = entered(lasting, facility_row("大力村养老点"), facility_row("八渡村卫生室", 村="八渡村"))
    edited = facilities(lasting)["大力村养老点"]
    planner = lasting.account("planner", "planner", lasting.tree.county)
    edit(lasting, planner, edited, staff=5)
    done = taken_back(lasting, batch)
    assert [(one["table"], one["id"], one["name"], one["who"]) for one in done.left] == [
        ("facility", edited.id, "大力村养老点", planner.display_name)
    ]
    assert set(facilities(lasting)) == {"大力村卫生室", "大力村养老点"}
    assert facilities(lasting)["大力村养老点"].staff == 5
    lasting.session.execute(text("DELETE FROM facility WHERE id = :id"), {"id": edited.id})
    assert said(lasting.session) == before
    lasting.session.rollback()


def test_an_edit_that_was_set_back_is_none(lasting: Desk) -> None:
    batch = entered(lasting, facility_row("大力村养老点"))
    for staff in (5, 2):
        one = facilities(lasting)["大力村养老点"]
        edit(lasting, lasting.account(), one, staff=staff)
    assert taken_back(lasting, batch).left == []
    assert facilities(lasting) == {}


def test_it_is_taken_back_once(lasting: Desk) -> None:
    batch = entered(lasting, facility_row("大力村养老点"))
    taken_back(lasting, batch)
    with pytest.raises(AlreadyUndone):
        taken_back(lasting, batch)


def test_another_clerk_cannot_take_it_back_and_an_administrator_can(lasting: Desk) -> None:
    batch = entered(lasting, facility_row("大力村养老点"))
    lasting.account("colleague", "department", lasting.tree.county)
    with pytest.raises(NotAllowed):
        taken_back(lasting, batch, "colleague")
    lasting.session.rollback()
    lasting.account("keeper", "administrator", lasting.tree.county)
    lasting.session.commit()
    assert taken_back(lasting, batch, "keeper").status == "undone"
    assert lasting.system().scalar(select(func.count(Facility.id))) == 0
