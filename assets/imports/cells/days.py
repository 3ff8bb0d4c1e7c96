"""Days and years, in every spelling of an office, and as spreadsheets number them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from assets import entries
from assets.imports.cells.found import Cell, Column, Refusals, doubted, noted, refused
from assets.imports.problems import declare

declare(
    {
        "day_month_only": "“{value}” names no day: {day} was taken.",
        "day_year_only": "“{value}” names the year only. Was it {day}?",
        "day_without_year": "“{value}” names no year. Write year, month and day, such as 2024-03-05.",
        "day_short_year": "The year in “{value}” has two digits. Write it with four, such as 2024-03-05.",
        "day_period": "“{value}” is a period. Put in the one day that is meant.",
        "day_open": "“{value}” is no day. Put in the day it happened, or leave the cell empty.",
        "year_unreadable": "“{value}” is not a year. Write it with four digits, such as 2024.",
    }
)
REFUSALS: Final = Refusals(
    {
        "day_unreadable": "“{value}” is not a date. Write year, month and day, such as 2024-03-05.",
        "day_no_leap_year": "{year} is not a leap year: it has no 29 February.",
        "day_impossible": "There is no such day in the calendar: “{value}”.",
    }
)
_SEPARATED: Final = r"[-/.,年\\]"
_TIME: Final = re.compile(
    r"(.*\d[日号]?)(?:T|\s+)\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?", re.DOTALL
)
_WEEKDAY: Final = re.compile(r"[(（]?(?:星期|周)[一二三四五六日天][)）]?$")
_MONTH: Final = re.compile(rf"(\d{{4}}){_SEPARATED}(\d{{1,2}})(?:月份?)?")
_MONTH_OF_DIGITS: Final = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])")
_YEAR: Final = re.compile(r"((?:19|20|21)\d{2})(?:\.0+)?(?:年度?)?")
_NO_YEAR: Final = re.compile(r"(\d{1,2})(?:月|[-/.])(\d{1,2})[日号]?")
_SHORT_YEAR: Final = re.compile(r"'?\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}[日号]?")
_MONTHS: Final = {
    name: place
    for place, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_ENGLISH: Final = re.compile(
    r"(\d{1,2})[-/.,]?([a-z]{3})[a-z]*[-/.,]?(\d{4})|([a-z]{3})[a-z]*[-/.,]?(\d{1,2})[-/.,](\d{4})"
)
_SERIAL: Final = re.compile(r"(\d{5})(?:\.\d+)?")
_SIGNS: Final = str.maketrans("〇零一二三四五六七八九", "00123456789")
_IN_CHINESE: Final = re.compile(
    r"([〇零一二三四五六七八九]{4})年(?:([一二三四五六七八九十]{1,2})月份?(?:([一二三四五六七八九十]{1,3})[日号])?)?"
)
_OPEN: Final = frozenset(
    {"长期", "永久", "长期有效", "无期限", "至今", "不限", "长久", "无固定期限", "permanent", "open"}
)
_ENDS: Final = re.compile(r"(^|_)(to|until|end|ends|ended|ends_on|expires_on|last_day)$|(^|_)(ends|expires|closes)_on$")
# Day 0 of a spreadsheet, after the 29 February 1900 that it believes in.
_EPOCH = dt.date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def read_date(text: str, column: Column) -> Cell:
    """A day; a month is taken for its first day, and a number for the day a spreadsheet means by it."""
    spoken = text.strip()
    if timed := _TIME.fullmatch(spoken):
        spoken = timed[1]
    written = _WEEKDAY.sub("", _in_digits(entries.plain(spoken)))
    if written.lower() in _OPEN:
        return Cell() if _ENDS.search(column.field.key) else refused("day_open")
    if found := _SERIAL.fullmatch(written):
        return _of_serial(int(found[1])) or _unreadable(written)
    if found := _YEAR.fullmatch(written):
        first = f"{int(found[1])}-01-01"
        return doubted(dt.date.fromisoformat(first), "day_year_only", first, day=first)
    if (found := _MONTH.fullmatch(written) or _MONTH_OF_DIGITS.fullmatch(written)) and 1 <= int(found[2]) <= 12:
        first_day = _day(int(found[1]), int(found[2]), 1)
        if first_day is not None:
            return noted(first_day, "day_month_only", day=str(first_day))
    if found := _ENGLISH.fullmatch(written.lower()):
        named = _of_english(found)
        return Cell(named) if named else _unreadable(written)
    try:
        return Cell(entries.read_day(written.replace("\\", "/")))
    except entries.Unreadable as refusal:
        return _explained(written) or REFUSALS.cell(refusal)


def read_year(text: str, column: Column) -> Cell:
    """A calendar year: 2024, 2024年度, or that of a day."""
    written = _in_digits(entries.plain(text))
    if found := _YEAR.fullmatch(written):
        return Cell(int(found[1]))
    if re.fullmatch(r"[12]\d{4}", written):
        return refused("year_unreadable")
    cell = read_date(text, column)
    if cell.value is None or not _FIRST_YEAR <= cell.value.year <= _LAST_YEAR:
        return refused("year_unreadable")
    return Cell(cell.value.year)


def _in_digits(written: str) -> str:
    """二〇二四年三月五日 in digits."""
    found = _IN_CHINESE.fullmatch(written)
    if not found:
        return written
    year = found[1].translate(_SIGNS)
    month, day = (entries.small_number(part) if part else None for part in (found[2], found[3]))
    return f"{year}年" + (f"{month}月" if month else "") + (f"{day}日" if day else "")


def _of_serial(number: int) -> Cell | None:
    if not _FIRST_SERIAL <= number <= _LAST_SERIAL:
        return None
    return Cell(_EPOCH + dt.timedelta(days=number))


def _of_english(found: re.Match[str]) -> dt.date | None:
    day, month, year = (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
    return _day(int(year), _MONTHS.get(month, 0), int(day))


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _explained(written: str) -> Cell | None:
    """Why it is no day, where that can be told better than by what it should look like."""
    if _SHORT_YEAR.fullmatch(written):
        return refused("day_short_year")
    if found := _NO_YEAR.fullmatch(written):
        months = int(found[1]) <= 12
        return refused("day_without_year") if months else None
    if re.search(r"\d", written) and re.search(r"[至到~—]|\d-\d{4}", written):
        return refused("day_period")
    return None


def _unreadable(written: str) -> Cell:
    return REFUSALS.cell(
        entries.Unreadable(
            "“{value}” is not a date. Write year, month and day, such as 2024-03-05.", value=written[:40]
        )
    )
