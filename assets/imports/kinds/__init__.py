"""The kinds of ledgers that can be brought."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from assets.errors import InvalidValue
from assets.imports.fields import Kind
from assets.imports.models import KINDS


@cache
def kind_of(key: str) -> Kind:
    """The kind of this name.

    Raises
    ------
    InvalidValue
        When there is none.
    """
    if key not in KINDS:
        raise InvalidValue("Please choose one of the list.", field="kind")
    found: Kind = import_module(f"assets.imports.kinds.{key}").KIND
    return found
