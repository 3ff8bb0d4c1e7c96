"""Headings are found under titles and notes, in one to three rows, in the words of any office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.imports import headings
from assets.imports.choosing import choose_sheets
from assets.imports.fields import REGION_FIELDS, Context, Field, Kind
from assets.imports.headings import Headings
from assets.imports.problems import Unreadable
from assets.imports.settings import Reading
from assets.imports.sheets import Sheet

FIELDS = (
    Field("code", "Asset code", "code", ("资产编号", "编码")),
    Field("name", "Name", "name", ("资产名称", "名称"), required=True),
    Field("asset_class", "Asset class", "word", ("资产分类", "资产类型"), required=True),
    Field("type", "Type", "term", ("子类",)),
    *REGION_FIELDS,
    Field("quantity", "Quantity", "number", ("数量", "规模")),
    Field("original_value_yuan", "Original value", "money", ("资产原值", "原值"), unit="yuan"),
    Field("fund_central", "Central funds", "money", ("中央", "中央资金"), unit="yuan"),
    Field("fund_province", "Provincial funds", "money", ("省级", "省级资金"), unit="yuan"),
    Field("owner", "Owner", "shares", ("所有权人", "产权单位")),
    Field("built_on", "Built on", "date", ("建成日期",)),
    Field("source", "Source of the record", "text", ("备注",)),
    Field("net_value", "Net value", "money", ("净值",), derived=True),
)


def _nothing(_staging: Any) -> None: ...


KIND = Kind("asset", "Asset", FIELDS, ("code", "name_place_year"), _nothing, _nothing, _nothing)
CONTEXT = Context(
    dt.date(2025, 1, 1),
    titles={"Asset class": ("Asset class", "资产类别"), "Type": ("Type", "类型"), "Name": ("Name", "名称")},
)
ROW = ["大力村水塔", "公益性", "大力村", "12.5"]


def sheet_of(rows: Sequence[Sequence[str | None]], *, name: str = "台账", first: int = 1) -> Sheet:
    width = max(map(len, rows))
    columns = [[row[at] if at < len(row) else None for row in rows] for at in range(width)]
    cells = pa.table({str(at): pa.array(column, pa.string()) for at, column in enumerate(columns)})
    return Sheet(name, cells, range(first, first + len(rows)))


def layer_of(*names: str) -> Sheet:
    cells = pa.table({str(at): pa.array(["x"], pa.string()) for at in range(len(names))})
    return Sheet("资产", cells, [1], names=names, geometry=pa.nulls(1, pa.binary()))


def understand(rows: Sequence[Sequence[str | None]], **reading: Any) -> Headings:
    return headings.understand(sheet_of(rows), KIND, CONTEXT, Reading(**reading))


def codes(heads: Headings) -> list[str]:
    return [one.code for one in heads.problems]


def test_headings_are_found_below_a_title_a_note_and_a_blank_row() -> None:
    heads = understand(
        [
            ["2024年度帮扶项目资产台账"],
            ["填报单位：八渡镇", None, "日期：2024年12月"],
            ["资产名称", "资产类别", "村", "原值"],
            ROW,
        ]
    )
    assert heads.columns == {0: "name", 1: "asset_class", 2: "village", 3: "original_value_yuan"}
    assert (heads.first, heads.rows) == (3, (2,))


def test_headings_in_two_rows_are_joined_and_the_lower_part_counts_alone() -> None:
    heads = understand(
        [
            ["资产名称", "资产类别", "坐落", None, "资金来源（万元）", None],
            [None, None, "乡镇", "村", "中央", "省级"],
            ["水塔", "公益性", "八渡镇", "大力村", "3", "4"],
        ]
    )
    assert list(heads.columns.values()) == ["name", "asset_class", "town", "village", "fund_central", "fund_province"]
    assert heads.units == {4: "wan", 5: "wan"}
    assert heads.texts[4] == "资金来源（万元）中央"
    assert heads.first == 2


def test_headings_in_three_rows_are_joined() -> None:
    heads = understand(
        [
            ["帮扶资产基本情况", None, None, None, None],
            ["资产名称", "资产类别", "资金来源", None, "所有权人"],
            [None, None, "财政资金", None, "名称"],
            [None, None, "中央", "省级", None],
            ["水塔", "公益性", "3", "4", "大力村"],
        ]
    )
    assert heads.rows == (1, 2, 3)
    assert list(heads.columns.values()) == ["name", "asset_class", "fund_central", "fund_province", "owner"]


DRESSED = (
    *(
        "资产名称",
        "*资产名称",
        "资 产 名 称",
        "资产\n名称",
        "资产名称：",
        "【资产名称】",
        "1.资产名称",
        "（一）资产名称",
    ),
    *("Name", "NAME *", "资产名称(必填)", "资产名称（全称）", "帮扶资产名称", "name"),
)


@pytest.mark.parametrize("heading", DRESSED)
def test_a_heading_is_known_however_it_is_dressed(heading: str) -> None:
    heads = understand([[heading, "资产类别", "村"], ["水塔", "公益性", "大力村"]])
    assert heads.columns[0] == "name"


UNITS = {
    "原值(万元)": "wan",
    "原值（元）": "yuan",
    "资产原值\n（单位：万元）": "wan",
    "原值/万元": "wan",
    "原值万元": "wan",
    "资产原值（亿元）": "yi",
    "原值（千元）": "qian",
    "原值": None,
    "原值（不含税）": None,
    "Original value (yuan)": "yuan",
}


@pytest.mark.parametrize(("heading", "unit"), UNITS.items())
def test_the_unit_of_a_heading_is_understood(heading: str, unit: str | None) -> None:
    heads = understand([["资产名称", "资产类别", heading], ["水塔", "公益性", "1"]])
    assert heads.columns[2] == "original_value_yuan"
    assert heads.units.get(2) == unit


def test_a_unit_above_the_table_counts_where_a_heading_names_none_and_is_told() -> None:
    heads = understand(
        [
            ["台账", None, None, "单位：万元、亩"],
            ["资产名称", "资产类别", "原值", "中央资金（元）"],
            ["水塔", "公益性", "1", "2"],
        ]
    )
    assert heads.units == {2: "wan", 3: "yuan"}
    assert "unit_from_title" in codes(heads)


def test_two_headings_of_one_field_go_to_two_fields_where_one_of_them_may_mean_another() -> None:
    heads = understand([["资产名称", "资产类别", "资产类型"], ["水塔", "公益性", "供水"]])
    assert heads.columns == {0: "name", 1: "asset_class", 2: "type"}


def test_a_field_given_twice_is_told_and_the_first_is_taken() -> None:
    heads = understand([["资产名称", "资产类别", "备注", "备注"], ["水塔", "公益性", "a", "b"]])
    assert heads.columns[2] == "source"
    told = next(one for one in heads.problems if one.code == "heading_twice")
    assert (told.field, told.data["columns"], told.severity) == ("source", "C、D", "note")


def test_columns_that_nobody_knows_are_listed_and_the_likely_field_is_suggested() -> None:
    heads = understand([["资产名称", "资产类别", "产权单位名", "天气", "序号"], ["水塔", "公益性", "村", "晴", "1"]])
    like = next(one for one in heads.problems if one.code == "heading_like")
    assert (like.suggestion, like.data["column"]) == ("owner", "C")
    assert next(one for one in heads.problems if one.code == "headings_unknown").data["columns"] == "D (天气)"


def test_our_own_column_of_problems_is_passed_over_in_silence() -> None:
    heads = understand([["资产名称", "资产类别", "问题说明"], ["水塔", "公益性", "编码重复"]])
    assert 2 not in heads.columns
    assert codes(heads) == []


def test_a_required_column_that_lacks_is_told_by_name() -> None:
    heads = understand([["资产名称", "村", "原值"], ["水塔", "大力村", "1"]])
    lacking = [(one.field, one.severity) for one in heads.problems if one.code == "heading_lacking"]
    assert lacking == [("asset_class", "error")]


def test_a_ledger_of_changes_that_names_records_by_their_code_needs_nothing_else() -> None:
    heads = understand([["资产编号", "原值"], ["A1", "1"]])
    assert {one.severity for one in heads.problems if one.code == "heading_lacking"} == {"note"}


def test_no_headings_are_told_with_the_first_rows() -> None:
    heads = understand([["1", "2", "3"], ["甲", "乙", "4"]])
    assert heads.columns == {}
    (told,) = heads.problems
    assert (told.code, told.data["rows"]) == ("headings_not_found", "1: 1 | 2 | 3；2: 甲 | 乙 | 4")


def test_what_people_say_overrides_everything() -> None:
    rows = [["x", "y", "资产名称"], ["物件", "归类", "天气"], ["水塔", "公益性", "晴"]]
    heads = understand(rows, heading_rows=(2,), columns={"0": "name", "1": "asset_class", "2": ""}, units={"1": "wan"})
    assert heads.columns == {0: "name", 1: "asset_class", 2: ""}
    assert (heads.first, heads.units) == (2, {1: "wan"})
    assert "headings_unknown" not in codes(heads)


def test_a_column_given_by_people_is_taken_from_the_one_that_was_found() -> None:
    heads = understand([["资产名称", "资产类别", "全名"], ["水塔", "公益性", "大力村水塔"]], columns={"2": "name"})
    assert heads.columns == {1: "asset_class", 2: "name"}


def test_a_row_of_headings_that_is_not_there_is_told() -> None:
    assert "headings_row_lacking" in codes(understand([["资产名称"], ["水塔"]], heading_rows=(99,)))


def test_what_was_said_of_a_former_ledger_is_known_by_the_fingerprint_of_its_headings() -> None:
    first = understand([["物件", "归类", "所在"], ["水塔", "公益性", "大力村"]])
    again = understand([["标题"], ["物件 ", "归 类", "所在"], ["桥", "公益性", "大力村"]])
    assert first.fingerprint == again.fingerprint
    saved = {"columns": {"0": "name", "1": "asset_class", "2": "village"}}
    heads = headings.understand(
        sheet_of([["物件", "归类", "所在"], ["水塔", "公益性", "大力村"]]), KIND, CONTEXT, Reading(), saved
    )
    assert list(heads.columns.values()) == ["name", "asset_class", "village"]


def test_names_of_a_layer_are_its_headings_also_where_they_were_cut() -> None:
    heads = headings.understand(
        layer_of("资产名", "asset_clas", "original_v", "中央资金", "FID"), KIND, CONTEXT, Reading()
    )
    assert heads.columns == {0: "name", 1: "asset_class", 2: "original_value_yuan", 3: "fund_central"}
    assert (heads.first, heads.passed) == (0, {})


def test_one_column_is_enough_for_a_layer_and_none_is_told_with_their_names() -> None:
    ((_, heads),) = choose_sheets([layer_of("name", "备用")], KIND, CONTEXT, Reading())
    assert heads.columns == {0: "name"}
    with pytest.raises(Unreadable) as refusal:
        choose_sheets([layer_of("F1", "F2")], KIND, CONTEXT, Reading())
    assert (refusal.value.code, refusal.value.data["columns"]) == ("layer_not_understood", "F1、F2")


def test_derived_columns_of_an_export_are_known() -> None:
    heads = understand([["资产名称", "资产类别", "净值"], ["水塔", "公益性", "1"]])
    assert heads.columns[2] == "net_value"
    assert codes(heads) == []


def test_sheets_alike_are_chosen_together_and_notes_beside_them_are_not() -> None:
    head = ["资产名称", "资产类别", "村", "原值"]
    january, february = sheet_of([head, ROW], name="一月"), sheet_of([head, ROW, ROW], name="二月")
    notes = sheet_of([["填写说明"], ["资产名称", "必填"], ["资产类别", "必填，从下拉列表中选"]], name="说明")
    lists = sheet_of([["公益性"], ["经营性"]], name="字典")
    chosen = choose_sheets([january, notes, february, lists], KIND, CONTEXT, Reading())
    assert [sheet.name for sheet, _ in chosen] == ["一月", "二月"]
    only = choose_sheets([january, notes, february, lists], KIND, CONTEXT, Reading(sheets=("二月",)))
    assert [sheet.name for sheet, _ in only] == ["二月"]


def test_no_sheet_with_headings_is_refused_with_the_first_rows_of_the_fullest() -> None:
    with pytest.raises(Unreadable) as refusal:
        choose_sheets([sheet_of([["a"]]), sheet_of([["1", "2"], ["3", "4"]], name="数")], KIND, CONTEXT, Reading())
    assert refusal.value.code == "headings_not_found"
    assert refusal.value.data["sheet"] == "数"


def test_a_remembered_choice_makes_a_strange_ledger_readable() -> None:
    strange = sheet_of([["物件", "归类", "所在"], ["水塔", "公益性", "大力村"]])
    remembered = {
        headings.understand(strange, KIND, CONTEXT, Reading()).fingerprint: {
            "columns": {"0": "name", "1": "asset_class"}
        }
    }
    ((_, heads),) = choose_sheets([strange], KIND, CONTEXT, Reading(), remembered.get)
    assert heads.columns == {0: "name", 1: "asset_class"}


CELL = st.one_of(
    st.none(),
    st.sampled_from(["资产名称", "原值(万元)", "村", "合计", "1", "注：", "中央", "备注"]),
    st.text(max_size=12),
)
TABLES = st.lists(st.lists(CELL, min_size=1, max_size=6), min_size=1, max_size=12)


@given(
    rows=TABLES,
    given_rows=st.lists(st.integers(-1, 14), max_size=3),
    columns=st.dictionaries(st.sampled_from("0129"), st.sampled_from(["name", "", "x"])),
)
@settings(max_examples=200, deadline=None)
def test_no_table_is_too_strange_to_be_looked_at(
    rows: list[list[str | None]], given_rows: list[int], columns: dict[str, str]
) -> None:
    sheet = sheet_of(rows)
    heads = headings.understand(sheet, KIND, CONTEXT, Reading(heading_rows=tuple(given_rows), columns=columns))
    assert len(heads.texts) == sheet.cells.num_columns
    assert all(heads.first <= index < sheet.cells.num_rows for index in heads.passed)
    assert len([key for key in heads.columns.values() if key]) == len({key for key in heads.columns.values() if key})
