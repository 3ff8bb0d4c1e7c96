"""Rows that are no records are passed over and told; merged cells are filled for places and asked about elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from assets.imports import headings
from assets.imports.headings import Headings
from assets.imports.merged import unmerged
from assets.imports.settings import Reading
from assets.imports.sheets import Sheet
from tests.imports.test_headings import CONTEXT, KIND, sheet_of

HEAD = ["序号", "资产名称", "资产类别", "乡镇", "村", "原值"]


def record(number: int, *, name: str | None = "水塔", town: str | None = "八渡镇") -> list[str | None]:
    return [str(number), name, "公益性", town, "大力村", "12.5"]


def understand(sheet: Sheet) -> Headings:
    return headings.understand(sheet, KIND, CONTEXT, Reading())


def passed(*below: Sequence[str | None]) -> dict[int, str]:
    """Why rows below two records were passed over, by their place among them."""
    sheet = sheet_of([["2024年台账"], HEAD, record(1), record(2), *below])
    return {index - 4: why for index, why in understand(sheet).passed.items()}


@pytest.mark.parametrize(
    "row",
    [
        ["合计", None, None, None, None, "25"],
        [None, "合　计", None, None, None, "25"],
        ["本页小计：", None, None, None, None, "25"],
        [None, "总计", None, None, None, "25"],
        [None, None, None, "八渡镇小计", None, "25"],
        ["全县合计", None, None, None, None, "25"],
        ["Total", None, None, None, None, "25"],
    ],
)
def test_rows_of_totals_are_no_records(row: list[str | None]) -> None:
    assert passed(row, record(3)) == {0: "total"}


def test_a_record_whose_name_only_contains_the_word_is_a_record() -> None:
    assert passed([*record(3, name="合计村饮水工程")], [*record(4, town="合计")]) == {}


def test_headings_printed_again_on_each_page_are_no_records() -> None:
    assert passed(["2024年台账"], HEAD, record(3)) == {0: "title", 1: "heading"}


def test_notes_below_the_table_are_no_records_down_to_the_last() -> None:
    notes = [["填表人：王某某    审核人：李某某"], ["说明："], ["1、原值按决算数填写。"], [None, "2、单位为万元。"]]
    assert passed(*notes) == dict.fromkeys(range(4), "note")


def test_a_note_in_the_middle_leaves_the_records_below_it() -> None:
    assert passed(["备注：以下为2023年资产"], record(3)) == {0: "note"}


def test_a_row_that_counts_the_columns_is_no_record() -> None:
    sheet = sheet_of([HEAD, ["甲", "乙", "1", "2", "3", "4"], record(1)])
    assert understand(sheet).passed == {1: "numbering"}
    assert understand(sheet_of([HEAD, record(1)])).passed == {}


def test_an_example_is_no_record() -> None:
    assert passed(["示例", "大力村水塔", "公益性", "八渡镇", "大力村", "12"]) == {0: "example"}


def test_what_was_passed_over_is_told_with_the_rows_of_the_spreadsheet() -> None:
    rows = [HEAD, record(1), ["小计", None, None, None, None, "1"], record(2), ["合计", None, None, None, None, "2"]]
    heads = understand(sheet_of(rows, first=11))
    told = {one.code: one.data["rows"] for one in heads.problems}
    assert told == {"rows_passed_total": "13、15"}
    assert heads.footers == {2, 4}


def test_a_town_merged_over_its_villages_counts_for_each_of_them() -> None:
    rows = [HEAD, record(1), record(2, town=None), ["小计"], record(3, town=None), record(4, town="天成镇")]
    sheet = replace(sheet_of(rows, first=5), merged=((6, 3, 9, 3),))
    filled, faults = unmerged(sheet, understand(sheet))
    assert filled.cells.column("3").to_pylist() == ["乡镇", "八渡镇", "八渡镇", None, "八渡镇", "天成镇"]
    assert [(one.number, one.code, one.severity, one.data["row"]) for one in faults] == [
        (2, "merged_place", "note", 6),
        (3, "merged_place", "note", 6),
    ]


def test_an_amount_merged_over_rows_is_asked_about_in_each_of_them() -> None:
    rows = [HEAD, record(1), [*record(2)[:5], None], record(3)]
    sheet = replace(sheet_of(rows), merged=((2, 5, 3, 5),))
    same, faults = unmerged(sheet, understand(sheet))
    assert same is sheet
    assert [(one.number, one.field, one.severity, one.suggestion) for one in faults] == [
        (1, "original_value_yuan", "doubt", "12.5"),
        (2, "original_value_yuan", "doubt", "12.5"),
    ]


def test_cells_merged_over_columns_are_asked_about() -> None:
    sheet = replace(sheet_of([HEAD, [*record(1)[:3], "八渡镇", None, "1"]]), merged=((2, 3, 2, 4),))
    _, faults = unmerged(sheet, understand(sheet))
    assert [(one.number, one.field, one.code) for one in faults] == [(1, "town", "merged_columns")]


def test_merged_titles_headings_and_columns_without_a_field_are_no_matter() -> None:
    rows = [["2024年台账"], HEAD, record(1), [None, *record(2)[1:]]]
    sheet = replace(sheet_of(rows), merged=((1, 0, 1, 5), (2, 1, 2, 1), (3, 0, 4, 0)))
    assert unmerged(sheet, understand(sheet))[1] == []
