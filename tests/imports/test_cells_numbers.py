"""Numbers, quantities with units and counts as ledgers write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.entries import small_number
from assets.imports.fields import CellType
from tests.imports.cell_desk import code_of, faults, parse, read

QUANTITIES = st.integers(-(10**15), 10**15).map(lambda parts: Decimal(parts).scaleb(-4))


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("3.2", "3.2"),
        ("１，２５０", "1250"),
        ("1 250", "1250"),
        ("三", "3"),
        ("十二", "12"),
        ("一百零五", "105"),
        ("65%", "0.65"),
        ("(12)", "-12"),
        ("12-", "-12"),
        ("1.5万", "15000"),
        ("1E+2", "100"),
        ("0.1000000000000001", "0.1"),
    ],
)
def test_a_number_is_read_however_it_is_written(written: str, number: str) -> None:
    cell = read("number", written)
    assert (cell.value, cell.finding) == (Decimal(number), None)


@pytest.mark.parametrize(
    ("written", "number", "unit"),
    [
        ("3.2公里", "3.2", "公里"),
        ("1批", "1", "批"),
        ("两座", "2", "座"),
        ("1,200 平方米", "1200", "平方米"),
        ("1.2万株", "12000", "株"),
    ],
)
def test_a_quantity_is_taken_apart_where_the_unit_has_a_place(written: str, number: str, unit: str) -> None:
    cell = read("number", written, takes_unit=True)
    assert (cell.value, cell.unit, code_of(cell)) == (Decimal(number), unit, "quantity_unit")


def test_the_unit_behind_a_quantity_goes_where_units_are_kept() -> None:
    parsed = parse({"quantity": ["1批", "3.2公里", "5", "8盏"], "unit": [None, "公里", "座", "套"]})
    assert parsed.columns.column("unit").to_pylist() == ["批", "公里", "座", "套"]
    assert faults(parsed) == [
        (1, "quantity", "quantity_unit"),
        (4, "quantity", "quantity_unit_differs"),
    ]
    without = parse({"quantity": ["1批", "5"]})
    assert without.columns.column("unit").to_pylist() == ["批", None]


@pytest.mark.parametrize(
    ("written", "unit", "number", "told"),
    [
        ("12户", "households", 12, None),
        ("20年", "years", 20, None),
        ("30 天", "days", 30, None),
        ("240个月", "years", 20, "number_converted"),
        ("3公里", "m", 3000, "number_converted"),
        ("12.0", "", 12, None),
        ("十五", "", 15, None),
    ],
)
def test_a_count_may_have_its_unit_behind_it(written: str, unit: str, number: int, told: str | None) -> None:
    cell = read("integer", written, unit=unit)
    assert (cell.value, code_of(cell)) == (number, told)


@pytest.mark.parametrize(
    ("written", "type", "why"),
    [
        ("若干", "number", "number_unreadable"),
        ("NaN", "number", "number_unreadable"),
        ("Infinity", "number", "number_unreadable"),
        ("3-5", "number", "number_unreadable"),
        ("1.2.3", "number", "number_unreadable"),
        ("1,25", "number", "number_unreadable"),
        ("约3", "number", "number_about"),
        ("3左右", "number", "number_about"),
        ("12.5", "integer", "number_not_whole"),
        ("1E+30", "number", "number_too_large"),
        ("99999999999999999999", "integer", "number_too_large"),
        ("1年", "number", "number_unit"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(written: str, type: CellType, why: str) -> None:
    cell = read(type, written, unit="days")
    assert (cell.value, code_of(cell)) == (None, why)


def test_a_number_beyond_what_its_column_holds_is_refused() -> None:
    assert code_of(read("integer", "101", most=100)) == "number_too_large"
    assert parse({"life": ["5"]}).faults == []


def test_more_decimals_than_can_be_kept_are_rounded_and_told() -> None:
    cell = read("number", "3.33333333")
    assert (cell.value, code_of(cell)) == (Decimal("3.3333"), "number_rounded")


@given(QUANTITIES)
def test_a_number_survives_every_spelling(number: Decimal) -> None:
    spellings = [f"{number:f}", f"{number:,.4f}", f"{number.normalize():f} 公里"]
    spellings += [f"({-number:f})", f"{-number:f}-"] if number < 0 else []
    for spelling in spellings:
        assert read("number", spelling, unit="km").value == number, spelling
    assert parse({"quantity": [f"{number:f}"]}).columns.column("quantity").to_pylist() == [number]


@given(st.integers(0, 9999))
def test_a_small_number_survives_chinese_writing(number: int) -> None:
    assert small_number(in_chinese(number)) == number
    assert read("integer", in_chinese(number) + "户").value == number


@given(st.text(), st.sampled_from(["number", "integer"]), st.sampled_from(["", "m", "years", "亩"]), st.booleans())
def test_no_text_breaks_the_reader_of_numbers(text: str, type: CellType, unit: str, takes: bool) -> None:
    cell = read(type, text, unit=unit, takes_unit=takes)
    assert cell.value is None or abs(cell.value) <= 10**16


@given(st.from_regex(r"[+\-(]?[\d,.]{0,30}[eE%]?[+\-]?\d{0,4}[米亩万亿]{0,3}\)?", fullmatch=True))
def test_no_near_number_breaks_the_reader(text: str) -> None:
    read("number", text, unit="m²")
    read("integer", text, most=5000)


def in_chinese(number: int) -> str:
    digits, scales = "零一二三四五六七八九", ("", "十", "百", "千")
    if number == 0:
        return "零"
    text = ""
    for place in range(len(str(number)) - 1, -1, -1):
        digit = number // 10**place % 10
        if digit:
            text += digits[digit] + scales[place]
        elif text and not text.endswith("零"):
            text += "零"
    return text.rstrip("零")
