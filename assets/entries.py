"""What people write for amounts, shares and days, read into values.

Full-width signs, thousands marks and the units of an office are understood; what can be read
in two ways is refused, with what to write instead.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from assets.errors import InvalidValue

LONGEST_ENTRY = 100
MOST_YUAN = Decimal(10) ** 12
LARGEST_DENOMINATOR = 1_000_000

_SCALES = {
    "亿": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "万": 10**4,
    "千": 10**3,
    "百": 100,
    "": 1,
}
_CENT = Decimal("0.01")
_GROUPED = r"\d{1,3}(?:,\d{3})+|\d+"
_PLAIN = re.compile(rf"[+-]?(?:{_GROUPED})(?:\.\d*)?|[+-]?\.\d+")
_PART = re.compile(rf"(?P<number>(?:{_GROUPED})(?:\.\d*)?|\.\d+)(?P<unit>亿|千万|百万|十万|万|千|百)?")
_DAY = re.compile(r"(\d{4})(?:[-/.,年])(\d{1,2})(?:[-/.,月])(\d{1,2})[日号]?")
_DAY_OF_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DIGITS = {sign: value for value, sign in enumerate("一二三四五六七八九", start=1)} | {"两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}


class Unreadable(InvalidValue):
    """What was typed has no meaning as an amount, a share or a day."""

    message = "“{value}” cannot be read."


def plain(text: str) -> str:
    """``text`` with half-width signs and without blanks; what is far too long is cut."""
    return "".join(unicodedata.normalize("NFKC", text[: 4 * LONGEST_ENTRY]).split()).replace("\x00", "")


def read_yuan(text: str, *, most: Decimal = MOST_YUAN, negative: bool = False) -> Decimal:
    """An amount of money: ``12万``, ``12.5 万元``, ``1亿2000万``, ``125,000``, ``１２５，０００``.

    Parameters
    ----------
    text : str
        What was typed.
    most : Decimal
        A larger amount is refused.
    negative : bool
        Whether an amount below zero is meaningful.

    Returns
    -------
    Decimal
        Yuan, with two decimals.

    Raises
    ------
    Unreadable
        When it is no amount, or one that cannot be.
    """
    written, value = plain(text), read_amount(text)
    if value < 0 and not negative:
        raise Unreadable("An amount below zero is not possible here.")
    if abs(value) > most:
        limit = f"{most:,}"
        raise Unreadable("“{value}” is more than can be meant: {limit} yuan at most.", value=written[:40], limit=limit)
    if value != value.quantize(_CENT, ROUND_HALF_UP):
        raise Unreadable("“{value}” is finer than a fen: two decimals of a yuan at most.", value=written[:40])
    return value.quantize(_CENT)


def read_amount(text: str) -> Decimal:
    """Yuan, as :func:`read_yuan` reads them, whatever their size and however fine.

    Raises
    ------
    Unreadable
        When it is no amount.
    """
    written = plain(text)
    body = re.sub(r"(?i)^(?:人民币|rmb|cny|¥)|(?:rmb|cny)$", "", written)
    body = re.sub(r"(?i)(?:[元圆块]整?|yuan)$", "", body)
    body = re.sub(r"(?i)(?<=[\d.])(?:w|wan)$", "万", body)
    value = _amount(body[1:] if body[:1] in ("+", "-", "−") else body, written)
    return -value if body[:1] in ("-", "−") else value


def _amount(body: str, written: str) -> Decimal:
    total, below, end = Decimal(0), None, 0
    parts = list(_PART.finditer(body))
    for part in parts:
        number, scale = Decimal(part["number"].replace(",", "")), _SCALES[part["unit"] or ""]
        # 12万5 is said for 125,000 and for 120,005.
        vague = below is not None and (below == 1 or number * scale >= below or (scale == 1 and number * 10 < below))
        if part.start() != end or vague:
            break
        total, below, end = total + number * scale, scale, part.end()
    if not parts or end != len(body) or len(body) > LONGEST_ENTRY:
        raise Unreadable(
            "“{value}” cannot be read as an amount. Write it such as 125000, 125,000 or 12.5万.", value=written[:40]
        )
    return total


def read_number(
    text: str, *, decimals: int = 0, least: Decimal | int | None = None, most: Decimal | int | None = None
) -> Decimal:
    """A number between ``least`` and ``most``, with ``decimals`` places at most: ``1,250.5``.

    Raises
    ------
    Unreadable
        When it is none.
    """
    written = plain(text)
    if len(written) > LONGEST_ENTRY or not _PLAIN.fullmatch(written):
        raise Unreadable("“{value}” is not a number. Write it in digits, such as 1250.", value=written[:40])
    value = Decimal(written.replace(",", ""))
    # By its digits: Decimal rounds nothing that is longer than its context.
    if len(written.partition(".")[2].rstrip("0")) > decimals:
        if decimals == 0:
            raise Unreadable("“{value}” must be a whole number.", value=written[:40])
        raise Unreadable("“{value}” may have {decimals} decimals at most.", value=written[:40], decimals=decimals)
    if least is not None and value < least:
        raise Unreadable("“{value}” is too small: {limit} at least.", value=written[:40], limit=f"{least:,}")
    if most is not None and value > most:
        raise Unreadable("“{value}” is too large: {limit} at most.", value=written[:40], limit=f"{most:,}")
    return value


def read_day(text: str, *, first: dt.date | None = None, last: dt.date | None = None) -> dt.date:
    """A day: ``2024-3-5``, ``2024.3.5``, ``2024/3/5``, ``2024年3月5日``, ``20240305``.

    Parameters
    ----------
    text : str
        What was typed.
    first, last : date, optional
        The days between which it must lie, both included.

    Raises
    ------
    Unreadable
        When it is no day of the calendar, or lies outside.
    """
    written = plain(text)
    found = _DAY.fullmatch(written) or _DAY_OF_DIGITS.fullmatch(written)
    if not found:
        raise Unreadable("“{value}” is not a date. Write year, month and day, such as 2024-03-05.", value=written[:40])
    year, month, day = (int(part) for part in found.groups())
    try:
        value = dt.date(year, month, day)
    except ValueError:
        if (month, day) == (2, 29):
            raise Unreadable("{year} is not a leap year: it has no 29 February.", year=year) from None
        raise Unreadable("There is no such day in the calendar: “{value}”.", value=written[:40]) from None
    if first is not None and value < first:
        raise Unreadable("{value} is too early: {limit} at the earliest.", value=value, limit=first)
    if last is not None and value > last:
        raise Unreadable("{value} is still to come: {limit} at the latest.", value=value, limit=last)
    return value


def read_share(text: str) -> Fraction:
    """A share of one: ``1/3``, ``33.33%``, ``50％``, ``0.5``, ``三分之一``.

    Raises
    ------
    Unreadable
        When it is no share, nothing, or more than the whole.
    """
    written = plain(text).replace("⁄", "/")
    value = _fraction(written)
    if value is None:
        raise Unreadable("“{value}” is not a share. Write it such as 1/3 or 50%.", value=written[:40])
    if not 0 < value <= 1:
        raise Unreadable("A share is more than nothing and at most the whole: “{value}”.", value=written[:40])
    if value.denominator > LARGEST_DENOMINATOR:
        raise Unreadable("“{value}” is finer than can be kept: a millionth at most.", value=written[:40])
    return value


def _fraction(written: str) -> Fraction | None:
    if found := re.fullmatch(r"(\d{1,9})/(\d{1,9})", written):
        return Fraction(int(found[1]), int(found[2])) if int(found[2]) else None
    if found := re.fullmatch(r"(\d{1,3}(?:\.\d{0,9})?|\.\d{1,9})(%?)", written):
        number = Fraction(Decimal(found[1]))
        return number / 100 if found[2] else number
    if found := re.fullmatch(r"(\w{1,3})分之(\w{1,3})", written):
        below, above = (small_number(part) for part in found.groups())
        return Fraction(above, below) if above and below else None
    return None


def small_number(written: str) -> int | None:
    """A whole number below ten thousand in Chinese or plain digits: ``十二``, ``一百零五``, ``12``; None for others."""
    if written.isascii():
        return int(written) if written.isdigit() and len(written) < 5 else None
    if written in ("零", "〇"):
        return 0
    total, largest, digit, gap = 0, 10_000, 0, False
    for sign in written:
        scale = _TENS.get(sign)
        if scale is not None:
            if scale >= largest or not (digit or (scale == 10 and not total)):
                return None
            total, largest, digit, gap = total + (digit or 1) * scale, scale, 0, False
        elif sign in ("零", "〇"):
            if gap or digit or not total or largest <= 10:
                return None
            gap = True
        elif digit or sign not in _DIGITS:
            return None
        else:
            digit = _DIGITS[sign]
    # 一百二 is said for 120; 一百零二 is 102.
    if gap and not digit:
        return None
    if digit and largest in (100, 1000) and not gap:
        digit *= largest // 10
    return (total + digit) or None


def probable_fraction(text: str) -> Fraction | None:
    """The simple fraction that a rounded percentage was probably meant for: ``33.33%`` → 1/3.

    None where the share says exactly what it means (``50%``, ``12.5%``).
    """
    found = re.fullmatch(r"(\d{1,3}\.(\d{1,9}))(%?)", plain(text))
    if not found:
        return None
    scale = 100 if found[3] else 1
    value, places = Fraction(Decimal(found[1])) / scale, len(found[2])
    close = Fraction(1, 10**places * 2 * scale)
    guess = value.limit_denominator(64 if places + (0 if found[3] else -2) > 2 else 12)
    return guess if guess != value and abs(guess - value) <= close and 0 < guess < 1 else None
