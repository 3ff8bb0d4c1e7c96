"""Names and telephone numbers of people, as far as everyone may see them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, func


def masked_name(name: Any) -> ColumnElement[str]:
    """A person's name with its first character only: 张**."""
    return func.left(name, 1).op("||")("**")


def masked_phone(phone: Any) -> ColumnElement[str]:
    """A telephone number with its first three and last four digits: 161****0042."""
    ends = func.left(phone, 3).op("||")("****").op("||")(func.right(phone, 4))
    return case((func.char_length(phone) >= 8, ends), (phone.is_not(None), "****"))
