"""What somebody said in the preview about positions: other coordinates, or yes to a repaired shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import select

from assets.imports.models import ImportAnswer
from assets.imports.position_claims import Claims, TextArray
from assets.imports.staging import Staging

REPAIRED: Final = "geometry_repaired"


def read_answers(staging: Staging) -> Sequence[ImportAnswer]:
    """The answers that are about positions."""
    return staging.session.scalars(
        select(ImportAnswer)
        .where(
            ImportAnswer.batch_id == staging.batch.id,
            ((ImportAnswer.kind == "cell") & (ImportAnswer.field == "position"))
            | ((ImportAnswer.kind == "confirm") & (ImportAnswer.code == REPAIRED)),
        )
        # What is said of one row goes before what is said of all that look alike.
        .order_by(ImportAnswer.number.is_not(None), ImportAnswer.id)
    ).all()


def typed_positions(answers: Sequence[ImportAnswer], claims: Claims, value: TextArray) -> pa.Array | None:
    """Positions that people typed or took, by row; None where nobody did."""
    typed: dict[int, str] = {}
    for one in answers:
        if one.kind == "cell" and one.answer:
            typed.update(dict.fromkeys(_rows(one, claims, value).tolist(), one.answer))
    if not typed:
        return None
    return pa.array([typed.get(row) for row in range(len(claims.number))], pa.string())


def accepted_repairs(answers: Sequence[ImportAnswer], claims: Claims, value: TextArray) -> NDArray[np.bool_]:
    """Rows whose repaired shape somebody has accepted."""
    found = np.zeros(len(claims.number), dtype=bool)
    for one in answers:
        if one.kind == "confirm":
            found[_rows(one, claims, value)] = True
    return found


def _rows(answer: ImportAnswer, claims: Claims, value: TextArray) -> NDArray[Any]:
    if answer.number is not None:
        at = claims.rows_of([answer.number])
        known = claims.number[np.minimum(at, len(claims.number) - 1)] == answer.number
        return np.asarray(at[known])
    if answer.found is not None:
        return np.flatnonzero(value == answer.found)
    return np.arange(len(claims.number)) if answer.kind == "confirm" else np.zeros(0, dtype=np.int64)
