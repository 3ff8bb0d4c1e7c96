"""Problems of many positions, gathered as columns and told in one copy."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from assets.imports.position_claims import IntArray, TextArray
from assets.imports.staging import Staging
from spatial.errors import SpatialError


class PositionProblems:
    """What is wrong, by row.

    Parameters
    ----------
    number : array of int
        The number of each row.
    field : array of str
        The field at which a row's position stands.
    value : array of str
        What stands there.
    """

    def __init__(self, number: IntArray, field: TextArray, value: TextArray) -> None:
        self.number, self.field, self.value = number, field, value
        self.told = np.zeros(len(number), dtype=bool)
        self._parts: list[pa.Table] = []

    def tell(
        self,
        code: str,
        rows: Any,
        *,
        severity: str = "error",
        suggestions: Sequence[str | None] | None = None,
        data: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        field: str | None = None,
    ) -> None:
        """Tell one problem of the rows at these places; errors are remembered in ``told``."""
        at = np.asarray(rows, dtype=np.int64)
        if not at.size:
            return
        filled: Any = (
            pa.nulls(at.size, pa.string())
            if data is None
            else [_json(data)] * at.size
            if isinstance(data, Mapping)
            else [_json(one) for one in data]
        )
        self._parts.append(
            pa.table(
                {
                    "number": pa.array(self.number[at], pa.int64()),
                    "field": pa.array(self.field[at] if field is None else [field] * at.size, pa.string()),
                    "code": pa.array([code] * at.size, pa.string()),
                    "severity": pa.array([severity] * at.size, pa.string()),
                    "value": pa.array([one or None for one in self.value[at]], pa.string()),
                    "suggestion": pa.array(suggestions or [None] * at.size, pa.string()),
                    "data": pa.array(filled, pa.string()),
                }
            )
        )
        if severity == "error":
            self.told[at] = True

    def refuse(self, row: int, error: SpatialError) -> None:
        """Tell what could not be read or kept of one row, in the words of geometry itself."""
        self.tell(code_of(error), [row], data=[{name: _plain(value) for name, value in error.params.items()}])

    def settle(self, staging: Staging) -> None:
        """Hand everything on."""
        if self._parts:
            staging.copy(staging.found, pa.concat_tables(self._parts))


def code_of(error: SpatialError) -> str:
    """The code of a fault of geometry."""
    return error.key.replace(".", "_")


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float) else str(value)


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False)
