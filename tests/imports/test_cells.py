"""A sheet read as a whole: typed columns, faults by row, answers in their places."""

from __future__ import annotations

import ast
import datetime as dt
import re
import time
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger_words import translated_to
from assets.imports import cells
from assets.imports.cells import read_cells
from assets.imports.cells.texts import guarded, tidy, unguarded
from assets.imports.fields import CellType
from assets.imports.models import ImportAnswer
from tests.imports.cell_desk import CONTEXT, KIND, code_of, faults, parse, read, sheet

TYPES: list[CellType] = [
    "text",
    "name",
    "code",
    "money",
    "number",
    "integer",
    "date",
    "year",
    "word",
    "share",
    "shares",
    "phone",
    "id_number",
]


def said(field: str, answer: str | None, *, number: int | None = None, found: str | None = None) -> ImportAnswer:
    return ImportAnswer(kind="cell", field=field, answer=answer, number=number, found=found)


def test_every_column_comes_in_its_type() -> None:
    parsed = parse(
        {
            "name": ["大力村饮水工程", "  广场 "],
            "asset_class": ["公益性", "Earning"],
            "worth": ["450,000", "12万"],
            "built_on": ["2024年3月5日", "45356"],
            "booked": ["√", "否"],
            "life": ["20年", None],
            "status": ["正常", "逾期"],
        }
    )
    assert parsed.columns.to_pylist() == [
        {
            "number": 1,
            "sheet": "资产",
            "row": 2,
            "name": "大力村饮水工程",
            "asset_class": "public",
            "worth": Decimal("450000.00"),
            "built_on": dt.date(2024, 3, 5),
            "booked": True,
            "life": 20,
        },
        {
            "number": 2,
            "sheet": "资产",
            "row": 3,
            "name": "广场",
            "asset_class": "earning",
            "worth": Decimal("120000.00"),
            "built_on": dt.date(2024, 3, 5),
            "booked": False,
            "life": None,
        },
    ]
    assert parsed.faults == []
    types = {one.name: one.type for one in parsed.columns.schema}
    assert (types["worth"], types["built_on"], types["booked"]) == (pa.decimal128(18, 2), pa.date32(), pa.bool_())


def test_headings_totals_and_blank_rows_are_no_rows_and_take_no_number() -> None:
    parsed = parse({"name": ["甲", "合计", "乙", None]}, footers=[2, 4])
    assert [(one["number"], one["row"], one["name"]) for one in parsed.columns.to_pylist()] == [
        (1, 2, "甲"),
        (2, 4, "乙"),
    ]


def test_a_fault_is_told_of_every_row_that_says_it() -> None:
    parsed = parse({"name": ["甲", "乙", "丙"], "asset_class": ["其他类", "公益性", "其他类"]})
    assert faults(parsed) == [(1, "asset_class", "word_unknown"), (3, "asset_class", "word_unknown")]
    assert {one.value for one in parsed.faults} == {"其他类"}
    assert parsed.columns.column("asset_class").to_pylist() == [None, "public", None]


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("written", ["", "  ", "\u3000", "\u200b", "—", "-", "/", "\n\t"])
def test_strokes_and_blanks_are_empty(type: CellType, written: str) -> None:
    assert read(type, written, words="class") == (None, None, None)


@pytest.mark.parametrize("type", [type for type in TYPES if type != "text"])
@pytest.mark.parametrize("written", ["无", "暂无", "不详", "N/A", "Null"])
def test_words_for_nothing_are_empty_but_in_a_text(type: CellType, written: str) -> None:
    assert read(type, written, words="class") == (None, None, None)
    assert read("text", written).value == written


@pytest.mark.parametrize("written", ["清空", "（清空）", "(clear)", "(Clear)"])
@pytest.mark.parametrize("type", TYPES)
def test_a_cell_can_ask_for_what_is_recorded_to_be_taken_out(type: CellType, written: str) -> None:
    cell = read(type, written, words="class")
    assert (cell.value, code_of(cell)) == (None, "cell_cleared")
    assert faults(parse({"name": ["甲"], "note": [written]})) == [(1, "note", "cell_cleared")]


@pytest.mark.parametrize("written", ["#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#name?"])
def test_what_a_formula_left_is_refused(written: str) -> None:
    assert code_of(read("number", written)) == "cell_formula"
    assert code_of(read("text", written)) == "cell_formula"
    assert code_of(read("money", "########")) == "cell_cut"


def test_an_error_of_a_formula_that_has_no_text_is_told_and_can_be_mended() -> None:
    made, heads = sheet({"name": ["甲", "乙"], "life": [None, "5"]}, errors={(2, 1): "#REF!"})
    parsed = read_cells(made, heads, KIND, CONTEXT, [])
    assert faults(parsed) == [(1, "life", "cell_formula")]
    assert parsed.faults[0].value == "#REF!"
    mended = read_cells(made, heads, KIND, CONTEXT, [said("life", "8", number=1)])
    assert mended.faults == []
    assert mended.columns.column("life").to_pylist() == [8, 5]


def test_answers_stand_in_place_of_what_was_found() -> None:
    columns = {"name": ["甲", "乙", "丙"], "asset_class": ["其他类", " 其他类 ", "公益性"]}
    everywhere = parse(columns, [said("asset_class", "经营性", found="其他类")])
    assert everywhere.columns.column("asset_class").to_pylist() == ["earning", "earning", "public"]
    one = parse(columns, [said("asset_class", "经营性", found="其他类"), said("asset_class", "到户类", number=2)])
    assert one.columns.column("asset_class").to_pylist() == ["earning", "household", "public"]
    wrong = parse(columns, [said("asset_class", "不知道", number=1)])
    assert faults(wrong) == [(1, "asset_class", "word_unknown"), (2, "asset_class", "word_unknown")]


def test_an_answer_may_fill_a_cell_that_was_empty_or_a_field_without_a_column() -> None:
    parsed = parse({"name": ["甲", None]}, [said("name", "乙", number=2), said("worth", "12万", number=1)])
    assert parsed.columns.column("name").to_pylist() == ["甲", "乙"]
    assert parsed.columns.column("worth").to_pylist() == [Decimal(120000), None]
    assert parse({"name": ["甲"]}, [said("name", None, number=1)]).columns.column("name").to_pylist() == [None]


def test_what_a_problem_tells_can_be_answered() -> None:
    parsed = parse({"name": ["甲"], "note": ["x" * 600]})
    (fault,) = parsed.faults
    mended = parse({"name": ["甲"], "note": ["x" * 600]}, [said("note", "kürzer", found=fault.value)])
    assert mended.columns.column("note").to_pylist() == ["kürzer"]


def test_personal_values_are_told_masked_and_without_suggestion() -> None:
    parsed = parse({"name": ["甲"], "phone": ["1390917"], "person": ["张" * 3]})
    (fault,) = parsed.faults
    assert "1390917" not in str(fault)
    assert fault.value == "****17"


def test_positions_are_passed_on_as_they_stand() -> None:
    made, heads = sheet({"name": ["甲"], "longitude": ["东经106度"]}, geometry=pa.array([b"", b"\x01"]), srid=4490)
    parsed = read_cells(made, heads, KIND, CONTEXT, [said("longitude", "106.86", number=1)])
    assert parsed.places.to_pylist() == [
        {"number": 1, "longitude": "106.86", "latitude": None, "position": None, "geometry": b"\x01", "srid": 4490}
    ]
    assert parsed.srid == 4490
    assert "longitude" not in parsed.columns.column_names


def test_a_sheet_without_rows_has_none() -> None:
    parsed = parse({"name": []})
    assert (parsed.columns.num_rows, parsed.places.num_rows, parsed.faults) == (0, 0, [])


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("'=1+1", "=1+1"),
        ("'-12", "-12"),
        ("'@x", "@x"),
        ("''=x", "'=x"),
        ("'quoted'", "'quoted'"),
        ("a\u200bb\u00a0", "ab"),
        ("一\r\n二", "一\n二"),
        ("一_x000D_\n二", "一\n二"),
        ("\x00a\x07", "a"),
        ("ＡＢ１２", "AB12"),
        ("（二期）", "（二期）"),
    ],
)
def test_a_text_loses_its_guard_and_what_nobody_sees(written: str, text: str) -> None:
    assert read("text", written).value == text
    assert parse({"name": ["甲"], "note": [written]}).columns.column("note").to_pylist() == [text]


@given(st.text(max_size=50))
def test_what_is_guarded_on_the_way_out_comes_back_as_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.text(max_size=50))
def test_what_is_tidy_stays_as_it_is(text: str) -> None:
    once = tidy(text)
    assert tidy(guarded(once)) == once


def test_a_name_stands_on_one_line_and_is_not_too_long() -> None:
    assert read("name", "固关镇\n固关街村").value == "固关镇固关街村"
    assert read("name", "Dali \n village").value == "Dali village"
    assert code_of(read("name", "长" * 21, most=20)) == "cell_too_long"
    assert code_of(read("text", "长" * 21)) is None


@given(
    st.lists(st.none() | st.text(max_size=12), max_size=12),
    st.sampled_from(
        ["name", "note", "code", "worth", "quantity", "life", "built_on", "booked", "owner", "asset_class", "phone"]
    ),
)
def test_a_column_says_what_its_single_texts_say(texts: list[str | None], key: str) -> None:
    parsed = parse({key: texts})
    field = KIND.field(key)
    assert field is not None
    own = {"most": field.most, "words": field.words, "unit": field.unit, "personal": field.personal}
    single = [read(field.type, text or "", takes_unit=key == "quantity", key=key, **own) for text in texts]
    assert parsed.columns.column(key).to_pylist() == [cell.value for cell in single]
    told = [(number, code_of(cell)) for number, cell in enumerate(single, 1) if code_of(cell)]
    assert [(one.number, one.code) for one in parsed.faults if one.code != "money_mixed"] == told


def test_everything_that_is_told_of_cells_is_told_in_chinese_with_the_same_places() -> None:
    folder = Path(cells.__file__).parent
    texts = [
        part.value
        for path in sorted(folder.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("declare", "Refusals")
        for part in getattr(node.args[0], "values", ())
        if isinstance(part, ast.Constant)
    ]
    assert len(texts) > 30
    for text in map(str, texts):
        chinese = translated_to("zh", text)
        assert chinese != text, text
        assert sorted(re.findall(r"\{\w+\}", chinese)) == sorted(re.findall(r"\{\w+\}", text))


def test_a_column_of_something_else_altogether_costs_little() -> None:
    texts = [f"第{number}号不认识的词语和说明" for number in range(20_000)]
    began = time.process_time()
    parsed = parse({"asset_class": texts})
    assert time.process_time() - began < 10
    assert len(parsed.faults) == len(texts)
    assert parsed.faults[-1].suggestion is None
