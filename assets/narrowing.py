"""Many criteria as one option of a statement.

The ORM works out what a statement is cached under anew each time, criterion by criterion. All
that narrow a viewer's reads are the same from one statement to the next, so their part is worked
out once: alike for any two viewers whose criteria differ in values alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BindParameter
from sqlalchemy.orm.interfaces import CriteriaOption
from sqlalchemy.sql.visitors import anon_map

_structures: dict[Any, int] = {}


class Narrowing(CriteriaOption):
    """The options of ``with_loader_criteria`` for all entities, as one."""

    __slots__ = ("_bindparams", "_key", "_options")
    propagate_to_loaders = True

    def __init__(self, options: Iterable[Any]) -> None:
        self._options = tuple(options)
        self._bindparams: list[BindParameter[Any]] = []
        names = anon_map()
        structure = tuple(option._gen_cache_key(names, self._bindparams) for option in self._options)
        # A number in place of the structure: it is hashed and compared with every statement.
        self._key = (Narrowing, _structures.setdefault(structure, len(_structures)))

    def _gen_cache_key(self, anon_map: Any, bindparams: list[BindParameter[Any]]) -> tuple[Any, ...]:  # noqa: ARG002
        bindparams.extend(self._bindparams)
        return self._key

    def process_compile_state(self, compile_state: Any) -> None:
        """Apply each criterion to a statement that is being compiled."""
        for option in self._options:
            option.process_compile_state(compile_state)

    def process_compile_state_replaced_entities(self, compile_state: Any, mapper_entities: Any) -> None:
        """The same, where the statement's entities were replaced."""
        for option in self._options:
            option.process_compile_state_replaced_entities(compile_state, mapper_entities)

    def get_global_criteria(self, attributes: dict[Any, Any]) -> None:
        """Tell an UPDATE or DELETE which criteria hold."""
        for option in self._options:
            option.get_global_criteria(attributes)
