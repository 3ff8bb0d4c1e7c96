"""A workbook as offices keep it goes the whole way: its sheets, its merged towns, its totals, its own row numbers."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

from app.ledger_words import context_of
from assets.imports import answering
from assets.imports.checking import check_batch
from assets.imports.models import ImportBatch
from assets.imports.receiving import receive_batch
from assets.imports.settings import Reading
from tests import factories
from tests.imports.bringing import Desk

HEAD = ("序号", "资产名称", "乡镇", "村", "资产分类", "资产原值（万元）", "购建日期", "状态")


def bring(desk: Desk, book: Any, **how: Any) -> ImportBatch:
    content = io.BytesIO()
    book.save(content)
    batch = receive_batch(
        desk.acts(desk.account()),
        kind="asset",
        region_id=desk.tree.north.id,
        file_name="2024年台账.xlsx",
        stream=io.BytesIO(content.getvalue()),
        today=factories.DAY,
        reading=Reading(**how),
    )
    return check_batch(desk.session, batch.id, context=context_of(desk.session, "asset", today=factories.DAY))


def ledger(book: Any, name: str, first: int) -> Any:
    sheet = book.create_sheet(name)
    sheet.append(["帮扶项目资产台账"])
    sheet.append(["填报单位：八渡镇"])
    sheet.append(HEAD)
    for number in (first, first + 1):
        town = "八渡镇" if number == first else None
        sheet.append((number, f"大力村水塔{number}号", town, "大力村", "公益性", 45.5, "2023-05-20", "运营正常"))
    sheet.append([])
    sheet.append(("合计", None, None, None, None, 91))
    sheet.append(["填表人：王某某"])
    sheet.merge_cells("A1:H1")
    sheet.merge_cells("C4:C5")
    return sheet


def test_a_workbook_of_two_months_is_one_ledger(desk: Desk) -> None:
    book = openpyxl.Workbook()
    book.active.append(["填写说明"])
    book.active.append(["资产名称必填"])
    ledger(book, "一月", 1)
    ledger(book, "二月", 3)
    batch = bring(desk, book)
    assert batch.status == "checked", batch.problems
    assert [(row.sheet, row.row, row.name) for row in desk.rows(batch)] == [
        ("一月", 4, "大力村水塔1号"),
        ("一月", 5, "大力村水塔2号"),
        ("二月", 4, "大力村水塔3号"),
        ("二月", 5, "大力村水塔4号"),
    ]
    assert desk.verdicts(batch) == ["new"] * 4
    assert [row.read["original_value_yuan"] for row in desk.rows(batch)] == [455000] * 4
    assert batch.found["passed_over"] == ["Sheet"]
    assert [one["data"]["rows"] for one in batch.problems if one["code"] == "rows_passed_total"] == ["7", "7"]
    merged = [row.number for row in desk.rows(batch) if "merged_place" in {one["code"] for one in row.problems}]
    assert merged == [2, 4]


def test_an_amount_merged_over_two_assets_keeps_both_outside_until_it_is_confirmed(desk: Desk) -> None:
    book = openpyxl.Workbook()
    sheet = ledger(book, "一月", 1)
    sheet["F5"] = None
    sheet.merge_cells("F4:F5")
    batch = bring(desk, book)
    assert [[one for one in row if one[0] == "merged_cell"] for row in desk.problems(batch)] == [
        [("merged_cell", "original_value_yuan")]
    ] * 2
    assert desk.verdicts(batch) == ["rejected", "rejected"]


def test_a_ledger_in_strange_words_becomes_readable_when_somebody_says_what_its_columns_mean(desk: Desk) -> None:
    book = openpyxl.Workbook()
    for row in (("物件", "归属镇", "归属地", "归类"), ("水塔", "八渡镇", "大力村", "公益性")):
        book.active.append(row)
    batch = bring(desk, book)
    assert batch.status == "unreadable"
    assert batch.found["sheets"][0]["texts"] == ["物件", "归属镇", "归属地", "归类"]
    said = {"0": "name", "1": "town", "2": "village", "3": "asset_class"}
    answering.choose_headings(desk.session, batch.id, columns=said, units={})
    again = desk.check(batch)
    assert (again.status, [row.name for row in desk.rows(again)]) == ("checked", ["水塔"])


def test_a_ledger_without_headings_is_unreadable_and_says_what_its_first_rows_are(desk: Desk) -> None:
    book = openpyxl.Workbook()
    book.active.append(["1", "2", "3"])
    batch = bring(desk, book)
    assert batch.status == "unreadable"
    assert [(one["code"], one["data"]["rows"]) for one in batch.problems] == [("headings_not_found", "1: 1 | 2 | 3")]
