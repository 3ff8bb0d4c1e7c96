"""Codes, and what number formats of spreadsheets have left of them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Final

from assets.imports.cells.found import Cell, Column, refused
from assets.imports.problems import declare

declare(
    {
        "code_rounded": (
            "The spreadsheet has rounded this code: of “{value}” only {known} is certain. "
            "Format the column as text and put the code in again."
        ),
        "code_too_long": "The code has {size} signs; {most} at most are kept here.",
    }
)
_POWER: Final = re.compile(r"(\d(?:\.\d+)?)[eE]\+(\d{1,3})")
_POINT_ZERO: Final = re.compile(r"(\d+)\.0+")
# A double keeps fifteen digits; a spreadsheet writes zeros for the others.
_KEPT_DIGITS: Final = 15
_LONGEST_NUMBER: Final = 300


def plain_code(text: str) -> str:
    """``text`` in half width without blanks and the apostrophe that makes it a text."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).removeprefix("'")


def read_code(text: str, column: Column) -> Cell:
    """A code as it is written, unless a number format has eaten some of it."""
    code = plain_code(text)
    if known := rounded(code):
        return refused("code_rounded", known=known)
    if "*" in code and column.field.personal:
        return Cell()
    code = whole(code)
    most = column.field.most
    if most and len(code) > most:
        return refused("code_too_long", size=len(code), most=most)
    return Cell(code)


def whole(code: str) -> str:
    """A code that a number format has given a decimal point or a power of ten, as it was."""
    if found := _POINT_ZERO.fullmatch(code):
        return found[1]
    if _POWER.fullmatch(code):
        try:
            return f"{Decimal(code):f}"
        except InvalidOperation:
            return code
    return code


def rounded(code: str) -> str | None:
    """What is certain of a code whose last digits a spreadsheet has lost; None where none are.

    6.10327E+11 says six digits of twelve; eighteen digits that end in three zeros were more than
    a spreadsheet can hold as a number.
    """
    if found := _POWER.fullmatch(code):
        digits, power = found[1].replace(".", ""), int(found[2])
        if power + 1 <= len(digits) <= _KEPT_DIGITS:
            return None
        return f"{digits[:_KEPT_DIGITS]}{'…' if power + 1 > len(digits) or len(digits) > _KEPT_DIGITS else ''}"
    digits = found[1] if (found := _POINT_ZERO.fullmatch(code)) else code
    if not re.fullmatch(r"[1-9]\d*", digits) or not _KEPT_DIGITS < len(digits) < _LONGEST_NUMBER:
        return None
    # What reads a number of fifteen digits and three zeros may write the nearest double instead.
    kept = f"{float(digits):.{_KEPT_DIGITS - 1}e}"
    if not digits[_KEPT_DIGITS:].strip("0") or int(float(kept)) == int(digits):
        return f"{kept[0]}{kept[2 : _KEPT_DIGITS + 1]}…"
    return None
