"""What people said in the preview should stand in a cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.imports.cells import texts
from assets.imports.fields import Field
from assets.imports.models import ImportAnswer


def answered(said: Any, field: Field, answers: Sequence[ImportAnswer], numbers: Any) -> pa.Array | None:
    """The texts of one column with the answers in their places; None where there are neither.

    An answer to one row goes before one to all rows that say the same.
    """
    if isinstance(said, pa.ChunkedArray):
        said = said.combine_chunks()
    if said is not None and said.type != pa.string():
        said = said.cast(pa.string())
    own = [one for one in answers if one.field == field.key]
    if not own:
        return said
    if said is None:
        said = pa.nulls(len(numbers), pa.string())
    alike = {one.found or "": one.answer for one in own if one.number is None}
    single = {one.number: one.answer for one in own if one.number is not None}
    if alike:
        said = _replaced(said, alike)
    places = np.flatnonzero(np.isin(numbers, list(single)))
    if len(places):
        mask = np.zeros(len(numbers), dtype=bool)
        mask[places] = True
        taken = [single[int(numbers[place])] for place in places]
        said = pc.replace_with_mask(said, pa.array(mask), pa.array(taken, pa.string()))
    return said


def _replaced(said: pa.Array, alike: dict[str, str | None]) -> pa.Array:
    """Each distinct text that was answered, by its answer; compared as problems tell it."""
    encoded = said.dictionary_encode()
    found: list[str | None] = encoded.dictionary.to_pylist()
    new = [alike.get(texts.shown(texts.tidy(text or "")), text) for text in found]
    filled = pa.array(new, pa.string()).take(encoded.indices)
    return filled.fill_null(alike[""]) if alike.get("") and said.null_count else filled
