"""Ledgers of assets: which records they enter and set right, and what they are refused for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.audit.models import AuditEntry
from assets.registry.models import Asset, OperatingPeriod
from tests import factories
from tests.imports.asset_ledgers import brought, checked, staged, told


@pytest.fixture
def tree(session: Session) -> factories.Tree:
    return factories.tree(session)


def row(tree: factories.Tree, **values: Any) -> dict[str, Any]:
    plain = {"name": "大力村文化广场", "asset_class": "public", "region_id": tree.north_villages[0].id}
    return plain | {"built_on": dt.date(2024, 5, 20)} | values


def test_a_row_becomes_an_asset_with_a_code_of_its_own(session: Session, tree: factories.Tree) -> None:
    brought(session, [row(tree), row(tree, name="大力村公厕", quantity=2, unit="座")], tree.county)
    square, toilet = session.scalars(select(Asset).order_by(Asset.id))
    assert (square.name, square.pinyin, square.initials) == ("大力村文化广场", "dalicunwenhuaguangchang", "dlcwhgc")
    assert square.code.startswith("610327-G2024-") and square.code < toilet.code
    assert (toilet.quantity, toilet.unit, toilet.operating_status) == (2, "座", "operating")
    assert session.scalars(select(OperatingPeriod.valid_from)).all() == [dt.date(2024, 5, 20)] * 2
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "registry.register_asset")).all()
    assert [entry.record_id for entry in entries] == [square.id, toilet.id]
    assert entries[0].changes is not None
    assert entries[0].changes["name"] == [None, "大力村文化广场"]


def test_the_same_rows_twice_change_nothing(session: Session, tree: factories.Tree) -> None:
    brought(session, [row(tree)], tree.county)
    assert checked(staged(session, [row(tree)], tree.county)) == ["same"]


def test_a_row_with_a_code_sets_the_asset_right(session: Session, tree: factories.Tree) -> None:
    asset = factories.asset(session, tree.north_villages[0], name="大力村公路", quantity=3, unit="公里")
    changed = {"code": asset.code, "name": "大力村通组公路", "asset_class": None, "region_id": None}
    brought(session, [changed], tree.county)
    session.refresh(asset)
    assert (asset.name, asset.initials, asset.quantity) == ("大力村通组公路", "dlctzgl", 3)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "registry.correct_asset")).one()
    assert entry.changes is not None
    assert entry.changes["name"] == ["大力村公路", "大力村通组公路"]
    assert entry.reason == "台账.xlsx"


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"name": None}, "name", "name_needed"),
        ({"asset_class": None}, "asset_class", "class_needed"),
        ({"type": "space_shuttle"}, "type", "term_ended"),
        ({"quantity": -1, "unit": "座"}, "quantity", "quantity_not_positive"),
        ({"quantity": 3}, "unit", "unit_needed"),
        ({"unit": "座"}, "quantity", "quantity_needed"),
        ({"quantity": 1, "unit": "批"}, "quantity", "one_lot"),
        ({"useful_life_years": 300}, "useful_life_years", "life_out_of_range"),
        ({"built_on": dt.date(2031, 1, 1)}, "built_on", "day_to_come"),
        ({"built_on": dt.date(1998, 1, 1)}, "built_on", "day_too_early"),
        ({"handed_over_on": dt.date(2024, 1, 1)}, "handed_over_on", "handed_over_before_built"),
        ({"certified_on": dt.date(2024, 1, 1)}, "certified_on", "certified_before_built"),
        ({"operating_status": "disposed"}, "operating_status", "disposal_apart"),
    ],
)
def test_a_row_is_refused_for(
    session: Session, tree: factories.Tree, wrong: dict[str, Any], field: str, code: str
) -> None:
    staging = staged(session, [row(tree, **wrong), row(tree, name="大力村水塔")], tree.county)
    assert checked(staging) == ["rejected", "new"]
    assert (1, field, code) in told(staging)
