"""Amounts as ledgers write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assets.imports.cells.numbers import scalar, without_noise
from tests.imports.cell_desk import code_of, faults, parse, read

CENTS = st.integers(-(10**13), 10**13).map(lambda cents: Decimal(cents).scaleb(-2))
FULL_WIDTH = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")


@pytest.mark.parametrize(
    ("written", "yuan"),
    [
        ("125000", 125_000),
        ("１２５，０００", 125_000),
        ("1，234，567", 1_234_567),
        ("12万", 120_000),
        ("12.5万元", 125_000),
        ("1.2亿元", 120_000_000),
        ("3百万", 3_000_000),
        ("5千元", 5_000),
        ("(1,234.50)", Decimal("-1234.50")),
        ("（1234.5）", Decimal("-1234.50")),
        ("1234-", -1_234),
        ("1234.5－", Decimal("-1234.50")),
        ("-12万", -120_000),
        ("负12万元", -120_000),
        ("(12万)", -120_000),
        ("1.25E+05", 125_000),
        ("125000.00000000001", 125_000),
        ("0.30000000000000004", Decimal("0.30")),
        ("¥88.05", Decimal("88.05")),
        (" 125 000 ", 125_000),
        ("'-5", -5),
        ("0", 0),
    ],
)
def test_an_amount_is_read_however_it_is_written(written: str, yuan: Decimal | int) -> None:
    cell = read("money", written)
    assert (cell.value, cell.finding) == (yuan, None)


@pytest.mark.parametrize(
    ("written", "scale", "yuan"),
    [
        ("12.5", "wan", 125_000),
        ("0.01", "wan", 100),
        ("12.3456", "wan", 123_456),
        ("12万", "wan", 120_000),
        ("356000元", "wan", 356_000),
        ("1.2", "yi", 120_000_000),
        ("3", "qian", 3_000),
        ("3", "yuan", 3),
    ],
)
def test_a_bare_number_counts_as_its_heading_says_and_a_unit_as_it_says(written: str, scale: str, yuan: int) -> None:
    cell = read("money", written, scale=scale)
    assert (cell.value, cell.finding) == (yuan, None)


@pytest.mark.parametrize(
    "written",
    [
        "abc",
        "12万5",
        "1,25",
        "1.2.3",
        "--5",
        "五万",
        "NaN",
        "nan",
        "Infinity",
        "-inf",
        "1/2",
        "若干",
        "(-5)",
        "5--",
        "((5))",
    ],
)
def test_what_is_no_amount_is_refused(written: str) -> None:
    cell = read("money", written)
    assert cell.value is None
    assert code_of(cell) == "money_unreadable"


def test_an_amount_about_which_nobody_is_certain_comes_with_what_could_stand_there() -> None:
    cell = read("money", "约12万")
    assert cell.value is None
    assert cell.finding is not None
    assert cell.finding.suggestion == "12万"
    vague = read("money", "约十几万")
    assert vague.finding is not None
    assert vague.finding.suggestion is None


@pytest.mark.parametrize("written", ["1" * 20, "20000亿", "9e300", "1E+99"])
def test_more_than_can_be_kept_is_refused(written: str) -> None:
    assert code_of(read("money", written)) == "money_too_large"


def test_what_is_finer_than_a_fen_is_rounded_and_told() -> None:
    cell = read("money", "33333.333333")
    assert cell.value == Decimal("33333.33")
    assert code_of(cell) == "money_rounded"


@given(CENTS)
@example(Decimal("-0.00"))
def test_an_amount_survives_every_spelling(amount: Decimal) -> None:
    plain = f"{amount:f}"
    spellings = [
        plain,
        f"{amount:,.2f}",
        plain.translate(FULL_WIDTH),
        f" {plain} 元",
        f"{amount / 10_000:f}万",
        repr(plain)[1:-1],
    ]
    spellings += [f"({-amount:,.2f})", f"{-amount:.2f}-"] if amount < 0 else []
    spellings += [f"{amount / 10**8:f}亿元"]
    for spelling in spellings:
        cell = read("money", spelling)
        assert (cell.value, cell.finding) == (amount, None), spelling
    in_wan = read("money", f"{amount / 10_000:f}", scale="wan")
    assert (in_wan.value, in_wan.finding) == (amount, None)


@given(CENTS)
def test_a_column_says_of_plain_numbers_what_single_texts_say(amount: Decimal) -> None:
    text = f"{amount:f}"
    for unit in ("", "yuan", "wan"):
        parsed = parse({"worth": [text]}, units={"worth": unit} if unit else {})
        assert parsed.columns.column("worth").to_pylist() == [read("money", text, scale=unit).value]


@given(
    st.text() | st.from_regex(r"[+\-(]?[\d,.万亿元eE%]{0,30}\)?", fullmatch=True), st.sampled_from(["", "wan", "yi"])
)
def test_no_text_breaks_the_reader_of_amounts(text: str, scale: str) -> None:
    cell = read("money", text, scale=scale)
    assert cell.value is None or abs(cell.value) <= 10**12


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e11, max_value=1e11))
def test_what_a_spreadsheet_keeps_of_a_number_is_read_to_fifteen_digits(number: float) -> None:
    written = repr(number)
    value = scalar(written)
    assert value is not None
    assert abs(value - Decimal(written)) <= abs(Decimal(written)) * Decimal("1e-14")
    assert without_noise(value) == value


def test_yuan_among_amounts_in_wan_are_doubted_with_both_readings() -> None:
    usual = ["12.5", "45", "60.2", "190", "3.5", "88"]
    parsed = parse({"worth": [*usual, "356000"]}, units={"worth": "wan"})
    (fault,) = parsed.faults
    assert (fault.number, fault.code, fault.severity, fault.suggestion) == (7, "money_mixed", "doubt", "356000元")
    assert fault.data["reading"] == "3,560,000,000"
    assert fault.data["other"] == "356,000"
    assert parsed.columns.column("worth")[6].as_py() == 3_560_000_000


def test_wan_among_amounts_in_yuan_are_doubted_with_both_readings() -> None:
    usual = ["125000", "450000", "602000", "1900000", "35000", "880000"]
    parsed = parse({"worth": [*usual, "12.5", "3"]})
    assert faults(parsed) == [(7, "worth", "money_mixed"), (8, "worth", "money_mixed")]
    assert [fault.suggestion for fault in parsed.faults] == ["12.5万元", "3万元"]
    assert parsed.faults[0].data["other"] == "125,000"


def test_a_column_that_says_nothing_and_holds_small_numbers_is_doubted_as_a_whole() -> None:
    parsed = parse({"worth": ["12.5", "45", "60.2", "190", "3.5", "356000"]})
    assert [fault.number for fault in parsed.faults] == [1, 2, 3, 4, 5]
    assert parse({"worth": ["12.5", "45", "60.2", "190", "13.5"]}, units={"worth": "yuan"}).faults == []


@pytest.mark.parametrize(
    ("unit", "texts"),
    [
        ("", ["3000", "3000", "3000", "1500000", "250000", "100000"]),
        ("", ["500", "600", "800", "500", "800"]),
        ("wan", ["0.3", "0.1", "45", "60", "190", "300", "3000"]),
        ("wan", ["12.5", "12.5万元", "125000元", "60", "45", "88"]),
        ("", ["0", "0", "125000", "450000", "602000", "35000"]),
    ],
)
def test_amounts_that_may_be_as_they_are_raise_no_doubt(unit: str, texts: list[str]) -> None:
    assert parse({"worth": texts}, units={"worth": unit} if unit else {}).faults == []


def test_an_amount_of_more_than_a_hundred_million_is_doubted_unless_it_says_so() -> None:
    parsed = parse({"worth": ["350000000", "3.5亿", "250000"]})
    assert faults(parsed) == [(1, "worth", "money_mixed")]
    assert parsed.faults[0].suggestion == "35000元"
