"""The field of a limit: a number, a share in percent, an amount."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.i18n import lazy_gettext as _l
from app.records.fields.base import EntryField
from assets import entries


class LimitEntry(EntryField):
    """A number as offices write it: ``60``, ``65%``, ``0.65``, ``50万``."""

    kind = "text"

    def read(self, text: str) -> Decimal:
        """The number; a share as a part of one."""
        plain = entries.plain(text)
        if plain.endswith("%"):
            return entries.read_number(plain[:-1], decimals=4, least=0) / 100
        if any(sign in plain for sign in "万亿元"):
            return entries.read_yuan(plain)
        return entries.read_number(plain, decimals=6, least=0)

    def written(self, value: Any) -> str:
        """A part of one in percent, anything else as a plain number."""
        number = Decimal(str(value))
        if 0 < number < 1:
            return f"{(number * 100).normalize():f}%"
        return f"{number.normalize():f}"

    def from_json(self, value: Any) -> Any:
        """As decimals, whatever JSON made of them."""
        return None if value is None else Decimal(str(value))


def limit_field(label: Any) -> Any:
    """A limit; a Decimal, or None."""
    return LimitEntry(
        label, required=True, hint=_l("A number such as 60, a share such as 65%, an amount such as 50万.")
    )
