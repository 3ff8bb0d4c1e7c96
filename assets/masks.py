"""Masks of personal values: what everybody who sees a record may read of the person it names.

A name keeps its first character, a mobile number its first three and last four digits, an identity
number its first six and last four. Each mask is written twice, for values and for columns.
"""

from __future__ import annotations

import re
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, literal

# What stands for somebody whose values were erased; a name like others to lists and files.
ERASED: Final = "已删除"
_STARS: Final = "**"
_PHONE_STARS: Final = "****"
_IDENTITY_STARS: Final = "********"
# Shorter ones are fixed lines: so much of them would give them away.
_LONG_PHONE: Final = 11
_LONG_IDENTITY: Final = 15
# 大力村受益农户 names a group by its place and no person.
GROUP: Final = r"(村|镇|乡|街道|社区|小区|安置点|县)[^*]{0,8}(农户|群众|搬迁户|受益户|村民)$"


def mask_name(name: str) -> str:
    """A person's name with its first character only: 张**."""
    return f"{name.strip()[:1]}{_STARS}" if name.strip() else ""


def mask_phone(phone: str) -> str:
    """A mobile number with its first three and last four digits; of a shorter one the last two."""
    if len(phone) >= _LONG_PHONE:
        return f"{phone[:3]}{_PHONE_STARS}{phone[-4:]}"
    return f"{_PHONE_STARS}{phone[-2:]}" if phone else ""


def mask_identity(number: str) -> str:
    """An identity number with its first six and last four digits."""
    if len(number) >= _LONG_IDENTITY:
        return f"{number[:6]}{_IDENTITY_STARS}{number[-4:]}"
    return _IDENTITY_STARS if number else ""


def is_masked(name: str) -> bool:
    """Whether ``name`` is what a mask leaves of a name."""
    return name == ERASED or re.fullmatch(r".\*\*", name) is not None


def names_people(type: str, name: str) -> bool:
    """Whether a holder of this type and name is a person, and not a group such as 大力村受益农户."""
    return type == "individual" or (type == "household" and re.search(GROUP, name) is None)


def masked_name(person: Any) -> ColumnElement[str]:
    """:func:`mask_name` of a person's row in SQL; 已删除 once it was erased."""
    name = func.btrim(person.name)
    return case(
        (person.erased_on.is_not(None), literal(ERASED)), (name != "", func.left(name, 1).op("||")(literal(_STARS)))
    )


def masked_phone(phone: Any) -> ColumnElement[str]:
    """:func:`mask_phone` in SQL."""
    ends = func.left(phone, 3).op("||")(_PHONE_STARS).op("||")(func.right(phone, 4))
    short = literal(_PHONE_STARS).op("||")(func.right(phone, 2))
    return case((func.char_length(phone) >= _LONG_PHONE, ends), (phone != "", short))


def masked_identity(number: Any) -> ColumnElement[str]:
    """:func:`mask_identity` in SQL."""
    ends = func.left(number, 6).op("||")(_IDENTITY_STARS).op("||")(func.right(number, 4))
    return case((func.char_length(number) >= _LONG_IDENTITY, ends), (number != "", literal(_IDENTITY_STARS)))
