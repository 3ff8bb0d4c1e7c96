"""What a verb was given, as JSON and back: nothing may be lost between proposing and approving.

JSON's own kinds stand for themselves; every other kind is a list that begins with its name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

LARGEST_EXACT = 2**53


class NotPlain(TypeError):
    """A value of a kind that cannot be kept."""


def written(value: Any) -> Any:
    """``value`` as JSON that :func:`read` makes the same value of.

    Parameters
    ----------
    value : object
        Text, numbers, decimals, fractions, days, moments, geometries, and collections of them.

    Raises
    ------
    NotPlain
        For any other kind.
    """
    match value:
        case None | bool():
            return value
        case str():
            # A database's text has neither NUL nor halves of characters.
            return value if _is_sound(value) else ["text", value.encode("utf-16-le", "surrogatepass").hex()]
        case int():
            return value if abs(value) < LARGEST_EXACT else ["int", str(value)]
        case float():
            return ["float", value.hex()]
        case Decimal():
            return ["decimal", str(value)]
        case Fraction():
            return ["fraction", str(value)]
        case dt.datetime():
            return ["moment", value.isoformat()]
        case dt.date():
            return ["date", value.isoformat()]
        case BaseGeometry():
            return ["geometry", shapely.to_wkb(value, hex=True, include_srid=True), shapely.get_srid(value).item()]
        case tuple() | list() | frozenset() | set():
            name = {tuple: "tuple", list: "list", frozenset: "frozenset", set: "set"}[type(value)]
            items = [written(item) for item in value]
            return [name, *(sorted(items, key=repr) if name in ("frozenset", "set") else items)]
        case Mapping():
            return ["dict", *([written(key), written(item)] for key, item in value.items())]
    raise NotPlain(type(value).__name__)


def read(kept: Any) -> Any:
    """The value that :func:`written` was given."""
    if not isinstance(kept, list):
        return kept
    name, *rest = kept
    match name:
        case "text":
            return bytes.fromhex(rest[0]).decode("utf-16-le", "surrogatepass")
        case "int":
            return int(rest[0])
        case "float":
            return float.fromhex(rest[0])
        case "decimal":
            return Decimal(rest[0])
        case "fraction":
            return Fraction(rest[0])
        case "moment":
            return dt.datetime.fromisoformat(rest[0])
        case "date":
            return dt.date.fromisoformat(rest[0])
        case "geometry":
            return shapely.set_srid(shapely.from_wkb(rest[0]), rest[1])
        case "tuple" | "list" | "frozenset" | "set":
            make = {"tuple": tuple, "list": list, "frozenset": frozenset, "set": set}[name]
            return make(read(item) for item in rest)
        case "dict":
            return {read(key): read(item) for key, item in rest}
    raise NotPlain(str(name))


def _is_sound(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text
