"""Entering a ledger: all or nothing, once."""

from __future__ import annotations

from sqlalchemy import func, select

from assets.registry.models import Asset
from tests.imports.bringing import Desk, asset_row


def test_a_ledger_is_checked_and_entered(desk: Desk) -> None:
    batch = desk.bring([asset_row("大力村饮水工程"), asset_row("大力村路灯", 村="八渡村")])
    assert desk.verdicts(batch) == ["new", "new"]
    desk.commit(batch)
    assert desk.session.scalar(select(func.count(Asset.id))) == 2
    assert batch.status == "committed"
