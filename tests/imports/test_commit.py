"""Entering a ledger: all or nothing, once."""

from __future__ import annotations

from sqlalchemy import func, select

from assets.places.models import Facility
from tests.imports.bringing import Desk, facility_row


def test_a_ledger_is_checked_and_entered(desk: Desk) -> None:
    batch = desk.bring([facility_row("大力村饮水工程"), facility_row("大力村路灯", 村="八渡村")])
    assert desk.verdicts(batch) == ["new", "new"]
    desk.commit(batch)
    assert desk.session.scalar(select(func.count(Facility.id))) == 2
    assert batch.status == "committed"
