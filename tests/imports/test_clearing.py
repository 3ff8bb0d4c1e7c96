"""Cells that empty what is recorded, from the file into the register."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from assets.imports.models import ImportBatch
from assets.places.models import Facility
from assets.registry.models import Asset
from tests.imports.bringing import Desk, asset_row, facility_row


def entered(desk: Desk, row: dict[str, Any], kind: str, **how: Any) -> ImportBatch:
    batch = desk.bring([row], kind=kind, **how)
    assert desk.problems(batch) == [[]]
    desk.commit(batch)
    desk.system().expire_all()
    return batch


@pytest.mark.parametrize(("emptied", "how"), [("清空", {}), ("", {"blank": "clear"})])
def test_a_column_of_an_asset_is_emptied(desk: Desk, emptied: str, how: dict[str, str]) -> None:
    row = asset_row("大力村供水站", 数量="2", 单位="座", 使用年限="20", 备注="补录", 行业="水利", 国家系统编码="GJ1")
    entered(desk, row, "asset")
    bare = row | dict.fromkeys(("数量", "单位", "使用年限", "备注", "行业"), emptied)
    batch = entered(desk, bare, "asset", **how)
    assert batch.counts["verdicts"] == {"changed": 1}
    one = desk.session.scalars(select(Asset)).one()
    assert (one.quantity, one.unit, one.useful_life_years, one.source, one.sector) == (None,) * 5
    again = desk.bring([bare], kind="asset", **how)
    assert again.counts["verdicts"] == {"same": 1}


def test_the_rules_see_the_emptied_value(desk: Desk) -> None:
    row = asset_row("大力村供水站", 数量="2", 单位="座")
    entered(desk, row, "asset")
    batch = desk.bring([row | {"单位": "清空"}], kind="asset")
    assert desk.problems(batch) == [[("unit_needed", "unit")]]


@pytest.mark.parametrize("field", ["所有权人", "状态", "国家系统编码", "资产原值"])
def test_what_has_a_record_of_its_own_or_is_always_said_is_not_emptied(desk: Desk, field: str) -> None:
    row = asset_row("大力村供水站", 所有权人="大力村股份经济合作社", 国家系统编码="GJ1")
    entered(desk, row, "asset")
    refused = desk.bring([row | {field: "清空", "资产名称": "大力村供水站"}], kind="asset")
    assert [code for code, _field in desk.problems(refused)[0]] == ["cell_not_emptied"]
    kept = desk.bring([row | {field: ""}], kind="asset", blank="clear")
    assert kept.counts["verdicts"] == {"same": 1}, desk.rows(kept)[0].differences


def test_a_name_is_not_emptied(desk: Desk) -> None:
    entered(desk, asset_row("大力村供水站", 国家系统编码="GJ1"), "asset")
    refused = desk.bring([asset_row("清空", 国家系统编码="GJ1")], kind="asset")
    assert desk.problems(refused) == [[("cell_required", "name")]]


@pytest.mark.parametrize(("emptied", "how"), [("(clear)", {}), ("", {"blank": "clear"})])
def test_a_column_of_a_facility_is_emptied(desk: Desk, emptied: str, how: dict[str, str]) -> None:
    row = facility_row("大力村卫生室", 容量="10")
    entered(desk, row, "facility")
    batch = entered(desk, row | {"建筑面积": emptied, "人员": "3"}, "facility", **how)
    assert desk.rows(batch)[0].differences.keys() == {"area_m2", "staff"}
    one = desk.session.scalars(select(Facility)).one()
    assert (one.area_m2, one.capacity, one.staff) == (None, 10, 3)
    back = entered(desk, row, "facility")
    assert back.counts["verdicts"] == {"changed": 1}
    desk.session.refresh(one)
    assert one.area_m2 == Decimal(90)
