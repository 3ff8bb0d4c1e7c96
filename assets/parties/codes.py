"""Codes of holders: 统一社会信用代码 of bodies, identity numbers and telephone numbers of people."""

from __future__ import annotations

import re
import unicodedata

from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidChecksum, InvalidComponent, ValidationError

from assets.errors import InvalidValue

# What the demonstration and training invent; no authority gives out such a code.
_INVENTED = re.compile(r"[0-9A-Z]{8,18}")
# Who gave it out: the offices for bodies, people's affairs, trade, farming and so on.
_AUTHORITIES = tuple("123456789ANY")
_PHONE = re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}(-\d{1,6})?|400-?\d{3}-?\d{4}|[2-9]\d{6,7}")


class NoSuchCode(InvalidValue):
    """Not a code that an authority can have given."""

    message = "“{value}” is not a unified social credit code: it has 18 digits and letters, without I, O, S, V and Z."


def plain_code(text: str) -> str:
    """``text`` in half-width capitals without blanks and dashes."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()


def read_credit_code(text: str) -> str:
    """A unified social credit code, checked by its last sign.

    Raises
    ------
    NoSuchCode
        When it is none.
    """
    code = plain_code(text)
    if "DEMO" in code and _INVENTED.fullmatch(code):
        return code
    try:
        if code[:1] not in _AUTHORITIES:
            raise InvalidComponent
        return uscc.validate(code)
    except InvalidChecksum:
        raise NoSuchCode(
            "The last sign of “{value}” does not fit the others: please compare it with the certificate.",
            value=code[:40],
        ) from None
    except ValidationError:
        raise NoSuchCode(value=code[:40]) from None


def read_identity_number(text: str) -> str:
    """A resident's identity number, checked by its last digit and the birthday in it.

    Raises
    ------
    NoSuchCode
        When it is none; the message does not repeat it.
    """
    number = plain_code(text)
    if not re.fullmatch(r"\d{17}[\dX]", number):
        raise NoSuchCode("An identity number has 17 digits and then a digit or X.")
    if ric.calc_check_digit(number) != number[-1]:
        raise NoSuchCode("The last digit of the identity number does not fit the others: please compare it again.")
    try:
        ric.get_birth_date(number)
    except InvalidComponent:
        raise NoSuchCode("The birthday in the identity number does not exist: please compare it again.") from None
    return number


def read_phone(text: str) -> str:
    """A telephone number of China, mobile or fixed.

    Raises
    ------
    NoSuchCode
        When it is none; the message does not repeat it.
    """
    number = re.sub(r"[\s()]", "", unicodedata.normalize("NFKC", text)).removeprefix("+86")
    if not _PHONE.fullmatch(number):
        raise NoSuchCode("This is not a telephone number: a mobile number has 11 digits, a fixed one its area code.")
    return number
