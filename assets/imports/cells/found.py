"""What reading one text gives: its value, and what is to be told about it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from assets.errors import InvalidValue
from assets.imports.fields import Context, Field
from assets.imports.problems import declare


class Finding(NamedTuple):
    """What is wrong with a text; a :class:`~assets.imports.problems.Fault` that knows no row yet."""

    code: str
    severity: str = "error"
    suggestion: str | None = None
    data: Mapping[str, Any] = {}


class Cell(NamedTuple):
    """A value (None where there is none), what is to be told, and the unit that stood behind a quantity."""

    value: Any = None
    finding: Finding | None = None
    unit: str | None = None


class Patience:
    """How many texts of one column are still worth looking for what was meant: a wrong column has only wrong ones."""

    def __init__(self, left: int = 1_000) -> None:
        self.left = left

    def __bool__(self) -> bool:
        self.left -= 1
        return self.left >= 0


@dataclasses.dataclass(frozen=True)
class Column:
    """What the texts of one column are read by.

    ``scale`` is what its heading says amounts are counted in; ``known`` the words it may hold, in
    plain form; ``takes_unit`` says whether a unit behind a quantity has a field of its own.
    """

    field: Field
    context: Context
    scale: str = ""
    known: Mapping[str, str] = dataclasses.field(default_factory=dict)
    takes_unit: bool = False
    patience: Patience = dataclasses.field(default_factory=Patience)


Reader = Callable[[str, Column], Cell]


def refused(code: str, suggestion: str | None = None, **data: Any) -> Cell:
    """Nothing that could be read."""
    return Cell(None, Finding(code, "error", suggestion, data))


def doubted(value: Any, code: str, suggestion: str | None = None, **data: Any) -> Cell:
    """A value somebody has to confirm."""
    return Cell(value, Finding(code, "doubt", suggestion, data))


def noted(value: Any, code: str, **data: Any) -> Cell:
    """A value that was read with some freedom, which is told."""
    return Cell(value, Finding(code, "note", None, data))


class Refusals:
    """The sentences of a parser that forms use as well, under codes."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        declare(sentences)
        self._codes = {sentence: code for code, sentence in sentences.items()}

    def cell(self, refusal: InvalidValue, suggestion: str | None = None) -> Cell:
        """What a parser has refused."""
        return refused(
            self._codes[refusal.message], suggestion, **{key: str(value) for key, value in refusal.data.items()}
        )
