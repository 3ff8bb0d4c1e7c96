"""Telephone and identity numbers; a masked one says nothing, and no sentence repeats one."""

from __future__ import annotations

import re
from typing import Final

from assets.imports.cells import codes
from assets.imports.cells.found import Cell, Column, Refusals, refused
from assets.imports.problems import declare
from assets.parties.codes import NoSuchCode, read_identity_number
from assets.parties.codes import read_phone as read_number

declare(
    {
        "phone_several": "There is more than one telephone number here. Please leave one of them.",
        "person_code_rounded": (
            "The spreadsheet has rounded this number, its last digits are lost. "
            "Format the column as text and put it in again."
        ),
        "phone_zero_lost": "The spreadsheet has taken the zero off the area code. Format the column as text.",
    }
)
PHONES: Final = Refusals(
    {
        "phone_unreadable": "This is not a telephone number: a mobile number has 11 digits, a fixed one its area code.",
    }
)
IDENTITIES: Final = Refusals(
    {
        "identity_unreadable": "An identity number has 17 digits and then a digit or X.",
        "identity_last_digit": (
            "The last digit of the identity number does not fit the others: please compare it again."
        ),
        "identity_birthday": "The birthday in the identity number does not exist: please compare it again.",
    }
)
_BETWEEN: Final = re.compile(r"[,，、;；/\n]|\s{2,}|(?<=\d{11})\s+(?=\d{11})")


def read_phone(text: str, column: Column) -> Cell:
    """A telephone number, mobile or fixed."""
    del column
    if "*" in text:
        return Cell()
    several = [part for part in _BETWEEN.split(text) if len(re.sub(r"\D", "", part)) >= 7]
    if len(several) > 1:
        return refused("phone_several")
    number = codes.plain_code(text)
    if codes.rounded(number):
        return refused("person_code_rounded")
    number = re.sub(r"^(?:\+?86-?|0086-?)?(1\d{2})-?(\d{4})-?(\d{4})$", r"\1\2\3", codes.whole(number))
    # 0917 and seven or eight digits, without the zero.
    if re.fullmatch(r"[2-9]\d{8,10}", number):
        return refused("phone_zero_lost")
    try:
        return Cell(read_number(number))
    except NoSuchCode as refusal:
        return PHONES.cell(refusal)


def read_identity(text: str, column: Column) -> Cell:
    """A resident's identity number."""
    del column
    if "*" in text:
        return Cell()
    number = codes.plain_code(text)
    if codes.rounded(number):
        return refused("person_code_rounded")
    try:
        return Cell(read_identity_number(codes.whole(number)))
    except NoSuchCode as refusal:
        return IDENTITIES.cell(refusal)
