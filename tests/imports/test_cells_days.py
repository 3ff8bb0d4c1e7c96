"""Days and years as ledgers write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.imports.cell_desk import code_of, parse, read

DAYS = st.dates(dt.date(1970, 1, 1), dt.date(2100, 12, 31))
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-05",
        "2024.3.5",
        "2024/3/5",
        "2024\\3\\5",
        "20240305",
        "2024年3月5日",
        "2024年03月05号",
        "２０２４年３月５日",
        "二〇二四年三月五日",
        "二零二四年三月五日",
        "45356",
        "45356.0",
        "45356.75",
        "2024-03-05 00:00:00",
        "2024-03-05T08:30:00",
        "2024/3/5 8:30",
        "2024年3月5日 星期二",
        "5-Mar-2024",
        "Mar 5, 2024",
        " 2024 年 3 月 5 日 ",
    ],
)
def test_a_day_is_read_however_it_is_written(written: str) -> None:
    cell = read("date", written)
    assert (cell.value, cell.finding) == (dt.date(2024, 3, 5), None)


@pytest.mark.parametrize("written", ["2024年3月", "2024.3", "2024-03", "202403", "2024年3月份", "2024/3"])
def test_of_a_month_the_first_day_is_taken_and_told(written: str) -> None:
    cell = read("date", written)
    assert (cell.value, code_of(cell)) == (dt.date(2024, 3, 1), "day_month_only")


@pytest.mark.parametrize("written", ["2024", "2024年", "2024年度", "2024.0"])
def test_of_a_year_the_first_day_is_only_asked_about(written: str) -> None:
    cell = read("date", written)
    assert (cell.value, code_of(cell)) == (dt.date(2024, 1, 1), "day_year_only")
    assert cell.finding is not None
    assert (cell.finding.severity, cell.finding.suggestion) == ("doubt", "2024-01-01")


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("2024年2月30日", "day_impossible"),
        ("2024-13-01", "day_impossible"),
        ("2023-02-29", "day_no_leap_year"),
        ("20240231", "day_impossible"),
        ("3月5日", "day_without_year"),
        ("3.5", "day_without_year"),
        ("24.3.5", "day_short_year"),
        ("2024.3-2025.3", "day_period"),
        ("2024年3月至2025年3月", "day_period"),
        ("长期", "day_open"),
        ("竣工", "day_unreadable"),
        ("12", "day_unreadable"),
        ("0", "day_unreadable"),
        ("99999", "day_unreadable"),
        ("NaN", "day_unreadable"),
    ],
)
def test_what_is_no_day_is_refused_with_its_reason(written: str, why: str) -> None:
    cell = read("date", written)
    assert (cell.value, code_of(cell)) == (None, why)


@pytest.mark.parametrize("written", ["长期", "永久", "长期有效", "至今"])
@pytest.mark.parametrize("key", ["valid_to", "ends_on", "contract_until"])
def test_an_open_end_has_no_day(written: str, key: str) -> None:
    cell = read("date", written, key=key)
    assert (cell.value, cell.finding) == (None, None)


@pytest.mark.parametrize(
    "written", ["2024", "2024年", "2024年度", "2024.0", "二〇二四年", "2024年3月", "2024-03-05", "45356"]
)
def test_a_year_is_read_however_it_is_written(written: str) -> None:
    cell = read("year", written)
    assert (cell.value, cell.finding) == (2024, None)


@pytest.mark.parametrize("written", ["24", "24年", "3月5日", "去年", "202", "20244", "99999"])
def test_what_is_no_year_is_refused(written: str) -> None:
    cell = read("year", written)
    assert (cell.value, code_of(cell)) == (None, "year_unreadable")


@given(DAYS)
def test_a_day_survives_every_spelling(day: dt.date) -> None:
    serial = (day - dt.date(1899, 12, 30)).days
    spellings = [
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日".translate(FULL_WIDTH),
        f"{day.isoformat()} 00:00:00",
        str(serial),
        f"{serial}.0",
        f"{day:%d-%b-%Y}",
    ]
    for spelling in spellings:
        cell = read("date", spelling)
        assert (cell.value, cell.finding) == (day, None), spelling
    assert parse({"built_on": [day.isoformat()]}).columns.column("built_on").to_pylist() == [day]
    assert read("year", f"{day.year}年度").value == day.year


@given(
    st.text()
    | st.from_regex(r"[\d〇一二三十]{0,8}[-./年 ]{0,2}\d{0,3}[-./月T:]{0,2}\d{0,3}[日号]?.{0,9}", fullmatch=True)
)
def test_no_text_breaks_the_reader_of_days(text: str) -> None:
    cell = read("date", text)
    assert cell.value is None or isinstance(cell.value, dt.date)
    assert cell.value is not None or cell.finding is not None or not text.strip() or code_of(cell) is None
    read("year", text)


@given(st.integers(1, 9999), st.integers(0, 99), st.integers(0, 99))
def test_a_column_reads_days_as_single_texts_are_read(year: int, month: int, day: int) -> None:
    text = f"{year:04d}-{month:02d}-{day:02d}"
    parsed = parse({"built_on": [text]})
    assert parsed.columns.column("built_on").to_pylist() == [read("date", text).value]
    assert len(parsed.faults) == (read("date", text).finding is not None)
