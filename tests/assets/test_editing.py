"""Corrections start from a version; what another did meanwhile is shown, and a withdrawn record stands still."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets import audit, editing
from assets.checking import Checks
from assets.errors import InvalidValue, NotAllowed, NotFound, Unacceptable
from assets.places.models import Facility
from assets.regions.models import Region
from assets.scope import Reach, Viewer, bind_viewer
from tests import factories

TODAY = factories.DAY


@pytest.fixture
def clinic(session: Session, tree: factories.Tree) -> Facility:
    made = Facility(
        region_id=tree.north_villages[0].id, name="大力村卫生室", type="clinic", level="village", staff=1, capacity=4
    )
    session.add(made)
    session.flush()
    session.refresh(made)
    return made


def person(role: str, region: Region, **values: Any) -> Viewer:
    return Viewer(7, role, "127.0.0.1", (Reach(role, region.id, region.region_path, **values),))


def test_a_correction_of_the_version_in_force_is_let_in(session: Session, clinic: Facility) -> None:
    held = editing.hold(session, Facility, clinic.id, revision=clinic.revision)
    assert held is clinic


def test_every_change_makes_the_next_version(session: Session, clinic: Facility) -> None:
    first = clinic.revision
    for staff in (2, 3):
        editing.assign(clinic, {"staff": staff})
        session.flush()
    session.refresh(clinic)
    assert clinic.revision == first + 2


def test_what_another_changed_meanwhile_is_told_field_by_field(session: Session, clinic: Facility) -> None:
    opened = clinic.revision
    editing.assign(clinic, {"staff": 3, "name": "大力村中心卫生室"})
    session.flush()
    with pytest.raises(editing.ChangedMeanwhile) as refused:
        editing.hold(session, Facility, clinic.id, revision=opened)
    told = {change.field: (change.before, change.theirs) for change in refused.value.changes}
    assert told == {"staff": (1, 3), "name": ("大力村卫生室", "大力村中心卫生室")}
    assert refused.value.revision == opened + 1


def test_a_change_that_was_taken_back_again_is_no_conflict(session: Session, clinic: Facility) -> None:
    opened = clinic.revision
    for staff in (3, 1):
        editing.assign(clinic, {"staff": staff})
        session.flush()
    assert editing.hold(session, Facility, clinic.id, revision=opened).staff == 1


def test_changes_of_several_versions_are_told_as_one(session: Session, clinic: Facility) -> None:
    opened = clinic.revision
    for staff in (2, 5):
        editing.assign(clinic, {"staff": staff})
        session.flush()
    with pytest.raises(editing.ChangedMeanwhile) as refused:
        editing.hold(session, Facility, clinic.id, revision=opened)
    assert [(c.field, c.before, c.theirs) for c in refused.value.changes] == [("staff", 1, 5)]


@pytest.mark.parametrize("role", ["viewer", "leader", "caretaker", "auditor", "approver"])
def test_who_only_looks_may_not_correct(session: Session, tree: factories.Tree, clinic: Facility, role: str) -> None:
    bind_viewer(session, person(role, tree.county))
    with pytest.raises(NotAllowed):
        editing.hold(session, Facility, clinic.id)


@pytest.mark.parametrize("role", sorted(editing.WRITERS))
def test_who_keeps_the_register_may(session: Session, tree: factories.Tree, clinic: Facility, role: str) -> None:
    bind_viewer(session, person(role, tree.north))
    assert editing.hold(session, Facility, clinic.id) is clinic


def test_the_neighbouring_town_s_clerk_finds_nothing_to_correct(
    session: Session, tree: factories.Tree, clinic: Facility
) -> None:
    bind_viewer(session, person("clerk", tree.south))
    with pytest.raises(NotFound):
        editing.hold(session, Facility, clinic.id)


def test_a_withdrawn_record_cannot_be_changed_and_says_why(session: Session, clinic: Facility) -> None:
    editing.retire(
        session,
        Facility,
        clinic.id,
        revision=clinic.revision,
        on=TODAY,
        reason="登记重复",
        today=TODAY,
        action="places.retire_facility",
    )
    with pytest.raises(editing.AlreadyRetired) as refused:
        editing.hold(session, Facility, clinic.id)
    assert refused.value.data["reason"] == "登记重复"


def test_withdrawing_leaves_one_audit_entry_with_the_reason(session: Session, clinic: Facility) -> None:
    editing.retire(
        session,
        Facility,
        clinic.id,
        revision=clinic.revision,
        on=TODAY,
        reason="登记重复",
        today=TODAY,
        action="places.retire_facility",
    )
    session.flush()
    entries = session.scalars(
        select(audit.AuditEntry).where(
            audit.AuditEntry.table_name == "facility", audit.AuditEntry.record_id == clinic.id
        )
    ).all()
    assert [(entry.action, entry.reason) for entry in entries] == [("places.retire_facility", "登记重复")]
    assert entries[0].changes is not None
    assert entries[0].changes["retired_on"] == [None, TODAY.isoformat()]


@pytest.mark.parametrize("on", [TODAY + dt.timedelta(1), dt.date(2011, 12, 31)])
def test_nothing_is_withdrawn_from_a_day_to_come_or_long_gone(session: Session, clinic: Facility, on: dt.date) -> None:
    with pytest.raises(InvalidValue):
        editing.retire(
            session, Facility, clinic.id, revision=1, on=on, reason="登记重复", today=TODAY, action="places.x"
        )


@pytest.mark.parametrize("reason", ["", " ", "\x00", "错", "长" * 501])
def test_a_reason_must_be_given(reason: str) -> None:
    with pytest.raises(editing.ReasonNeeded):
        editing.check_reason(reason)


def test_a_form_sent_again_leads_where_the_first_one_led(session: Session) -> None:
    bind_viewer(session, Viewer(7, "clerk", None, ()))
    assert editing.find_submission(session, "k" * 12) is None
    editing.keep_submission(session, "k" * 12, "/places/facilities/5")
    session.flush()
    assert editing.find_submission(session, "k" * 12) == "/places/facilities/5"
    bind_viewer(session, Viewer(8, "other", None, ()))
    with pytest.raises(NotFound):
        editing.find_submission(session, "k" * 12)


def test_everything_wrong_is_told_at_once_and_doubts_pass_when_confirmed() -> None:
    checks = Checks(confirmed={"large"})
    checks.refuse("name", "Please fill in {field}.", field="name")
    checks.doubt("large", "value", "Very large.")
    checks.doubt("outside", "geom", "Outside {village}.", village="大力村")
    with pytest.raises(Unacceptable) as refused:
        checks.settle()
    assert [(p.field, p.doubt) for p in refused.value.problems] == [("name", None), ("geom", "outside")]
    Checks().settle()
