"""What is wrong with a cell, a row or a file: a code, its sentence, and what would help."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

# Code → English sentence with {places} for value and data; the interface translates it.
_MESSAGES: dict[str, str] = {}


def declare(messages: Mapping[str, str]) -> None:
    """Make known what the codes of one module mean; each module declares its own."""
    for code, sentence in messages.items():
        if _MESSAGES.setdefault(code, sentence) != sentence:
            raise ValueError(f"two sentences for {code}")


def sentence_of(code: str) -> str:
    """The English sentence of a code."""
    return _MESSAGES.get(code, code)


def sentences() -> Mapping[str, str]:
    """All that can be said."""
    return _MESSAGES


@dataclasses.dataclass(frozen=True)
class Fault:
    """One problem of one cell (or, without ``field``, of the row), found outside the database.

    ``error`` keeps the row outside; a ``doubt`` does until it is confirmed; a ``note`` only tells.
    ``value`` is what stood there, ``suggestion`` what could stand there instead, ready to be taken.
    """

    number: int
    field: str | None
    code: str
    severity: str = "error"
    value: str | None = None
    suggestion: str | None = None
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class Unreadable(Exception):
    """The file as a whole cannot be taken in: a code and its data."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(sentence_of(code))
        self.code, self.data = code, data
