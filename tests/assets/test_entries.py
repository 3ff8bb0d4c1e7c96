"""Amounts, shares and days as people write them."""

from __future__ import annotations

import contextlib
import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.entries import Unreadable, probable_fraction, read_day, read_number, read_share, read_yuan

CENTS = st.integers(0, 10**13).map(lambda cents: Decimal(cents).scaleb(-2))


@pytest.mark.parametrize(
    ("written", "yuan"),
    [
        ("125000", 125_000),
        ("125,000", 125_000),
        ("１２５，０００", 125_000),
        ("12.5万", 125_000),
        ("12.5 万元", 125_000),
        ("12万5千", 125_000),
        ("12w", 120_000),
        ("1.2亿", 120_000_000),
        ("1亿2000万元", 120_000_000),
        ("人民币 3 千元整", 3_000),
        ("¥88.05", Decimal("88.05")),
        ("0.01万", 100),
        ("1,250万", 12_500_000),
    ],
)
def test_an_amount_is_read_however_it_is_written(written: str, yuan: Decimal | int) -> None:
    assert read_yuan(written) == yuan


@pytest.mark.parametrize(
    "written",
    [
        "",
        "abc",
        "12万5",
        "1,25",
        "1,2500",
        "12,50",
        "1.2.3",
        "--5",
        "万",
        "五万",
        "1e5",
        "12万万",
        "12千3万",
        "NaN",
        "Infinity",
        "1/2",
    ],
)
def test_what_can_be_read_in_two_ways_or_in_none_is_refused(written: str) -> None:
    with pytest.raises(Unreadable, match="cannot be read"):
        read_yuan(written)


@pytest.mark.parametrize(
    ("written", "why"), [("-5", "below zero"), ("0.001", "finer"), ("1万亿1", "cannot"), ("9" * 60, "more than can")]
)
def test_an_amount_that_cannot_be_is_refused_with_its_reason(written: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read_yuan(written)


def test_an_adjustment_may_be_negative() -> None:
    assert read_yuan("-12万", negative=True) == -120_000
    assert read_yuan("−3", negative=True) == -3


@given(CENTS)
def test_an_amount_written_with_thousands_marks_reads_as_itself(yuan: Decimal) -> None:
    assert read_yuan(f"{yuan:,.2f}") == yuan
    assert read_yuan(f"{yuan:.2f} 元") == yuan


@given(st.integers(0, 10**9))
def test_ten_thousands_are_ten_thousand_times_as_much(yuan: int) -> None:
    assert read_yuan(f"{Decimal(yuan) / 10_000:f}万") == yuan


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (read_yuan, read_share, read_day, read_number):
        with contextlib.suppress(Unreadable):
            read(text)  # type: ignore[operator]


@pytest.mark.parametrize("written", ["9" * 30, "-" + "9" * 90, "0." + "3" * 60])
def test_a_number_longer_than_decimals_are_kept_is_refused_in_words(written: str) -> None:
    for decimals in (0, 2):
        with pytest.raises(Unreadable, match=r"too large|too small|decimals|whole number"):
            read_number(written, decimals=decimals, least=0, most=10**9)


@pytest.mark.parametrize(
    ("written", "share"),
    [
        ("1/3", Fraction(1, 3)),
        (" 3 / 64 ", Fraction(3, 64)),
        ("50％", Fraction(1, 2)),
        ("33.33%", Fraction(3333, 10000)),
        ("0.25", Fraction(1, 4)),
        ("1", Fraction(1)),
        ("100%", Fraction(1)),
        ("三分之一", Fraction(1, 3)),
        ("六十四分之五十八", Fraction(29, 32)),
    ],
)
def test_a_share_is_a_fraction(written: str, share: Fraction) -> None:
    assert read_share(written) == share


@pytest.mark.parametrize(
    "written", ["", "0", "0%", "4/3", "101%", "1/0", "-1/3", "half", "1/1000001", "十分之", "1//3"]
)
def test_nothing_more_than_the_whole_and_no_nonsense_is_a_share(written: str) -> None:
    with pytest.raises(Unreadable):
        read_share(written)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_every_fraction_up_to_the_whole_reads_as_itself(above: int, below: int) -> None:
    share = Fraction(min(above, below), max(above, below))
    assert read_share(str(share)) == share


@pytest.mark.parametrize(
    ("written", "meant"),
    [("33.33%", "1/3"), ("33.3%", "1/3"), ("66.67%", "2/3"), ("0.3333", "1/3"), ("14.29%", "1/7"), ("90.625%", None)],
)
def test_a_rounded_share_is_asked_about(written: str, meant: str | None) -> None:
    assert probable_fraction(written) == (Fraction(meant) if meant else None)


@pytest.mark.parametrize("written", ["50%", "12.5%", "99.99%", "51.2%", "1/3", "25%"])
def test_a_share_that_says_what_it_means_is_not(written: str) -> None:
    assert probable_fraction(written) is None


@pytest.mark.parametrize(
    "written", ["2024-3-5", "2024.03.05", "2024/3/5", "2024年3月5日", "２０２４－３－５", "20240305"]
)
def test_a_day_is_read_however_it_is_written(written: str) -> None:
    assert read_day(written) == dt.date(2024, 3, 5)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("2023-2-29", "not a leap year"),
        ("2024-4-31", "no such day"),
        ("2024-13-1", "no such day"),
        ("0000-1-1", "no such day"),
        ("24-3-5", "not a date"),
        ("2024-3", "not a date"),
        ("soon", "not a date"),
        ("2011-12-31", "too early"),
        ("2026-11-21", "still to come"),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_its_reason(written: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read_day(written, first=dt.date(2012, 1, 1), last=dt.date(2026, 11, 20))


@given(st.dates())
def test_every_day_reads_as_itself(day: dt.date) -> None:
    assert read_day(day.isoformat()) == day
    assert read_day(f"{day.year:04}年{day.month}月{day.day}日") == day


@pytest.mark.parametrize(
    ("written", "why"), [("1.5", "whole"), ("-1", "too small"), ("11", "too large"), ("1O", "not a number")]
)
def test_a_number_outside_its_limits_is_refused(written: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read_number(written, least=0, most=10)
