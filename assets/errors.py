"""What the registry refuses, in words a person can act on.

An error carries a message key (English, translated by the interface) and the data that fill
it; it knows nothing of HTTP.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any


class RegistryError(Exception):
    """A refusal: ``message`` is a translatable sentence with ``{name}`` places for ``data``."""

    message = "This cannot be done."

    def __init__(self, message: str | None = None, /, **data: Any) -> None:
        self.message = message or type(self).message
        self.data = data
        super().__init__(self.message.format_map(_Shown(data)))


class _Shown(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


class NotFound(RegistryError):
    """The record does not exist, or the viewer may not know that it does."""

    message = "There is no such record, or it lies outside your area."


class NotAllowed(RegistryError):
    """The viewer's grants do not include this action."""

    message = "Your account may not do this. Ask the administrator of the area above."


class InvalidValue(RegistryError):
    """A value that breaks a rule; ``field`` names where."""

    message = "“{value}” cannot be used for {field}."


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing wrong with one field; with a ``doubt`` it may be right after all, once confirmed."""

    field: str
    message: str
    data: dict[str, Any] = dataclasses.field(default_factory=dict)
    doubt: str | None = None


class Unacceptable(InvalidValue):
    """Everything that is wrong with what was handed in, told at once."""

    message = "Please look at these entries again."

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(first.message, **first.data)


class UnscopedRead(RuntimeError):
    """A session without a viewer tried to read scoped records: a fault of the program."""
