"""What the registry refuses, in words a person can act on.

An error carries a message key (English, translated by the interface) and the data that fill
it; it knows nothing of HTTP.
"""

from __future__ import annotations

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


class UnscopedRead(RuntimeError):
    """A session without a viewer tried to read scoped records: a fault of the program."""
