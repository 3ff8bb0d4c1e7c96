"""Gathering what is wrong with an action, so that everything is told at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from assets.errors import Problem, Unacceptable


class Checks:
    """Refusals and doubts of one action.

    A refusal stands. A doubt names something unlikely (a value a thousand times too large, a
    place outside its village): it passes once the person has confirmed it by its key.

    Parameters
    ----------
    confirmed : collection of str
        The keys of the doubts that the person has confirmed.
    """

    def __init__(self, confirmed: Collection[str] = ()) -> None:
        self._confirmed = frozenset(confirmed)
        self.problems: list[Problem] = []

    def refuse(self, field: str, message: str, /, **data: Any) -> None:
        """``field`` cannot be so; ``message`` is a key with ``{name}`` places for ``data``."""
        self.problems.append(Problem(field, message, data))

    def doubt(self, key: str, field: str, message: str, /, **data: Any) -> None:
        """``field`` is unlikely; refused unless ``key`` was confirmed."""
        if key not in self._confirmed:
            self.problems.append(Problem(field, message, data, doubt=key))

    def settle(self) -> None:
        """Raise :class:`Unacceptable` with everything that was found, if anything was."""
        if self.problems:
            raise Unacceptable(self.problems)
