"""Values of attribute tables as the texts that stand for them."""

from __future__ import annotations

import json
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from assets.imports.reading.grids import blank_as_null

# Beyond this a double no longer tells one whole number from the next.
_EXACT: Final = 1e15


def texts_of(column: Any) -> Any:
    """A column of any type as texts: whole numbers without a point, days as 2024-03-05, yes as true.

    Parameters
    ----------
    column : pa.ChunkedArray
        As a layer gives it.
    """
    values = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(values, pa.ChunkedArray):
        values = pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], values.type)
    if isinstance(values.type, pa.BaseExtensionType):
        values = values.storage
    kind = values.type
    if pa.types.is_dictionary(kind):
        return texts_of(values.dictionary_decode())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return blank_as_null(_sound(values))
    if pa.types.is_floating(kind):
        return _numbers(values)
    if pa.types.is_timestamp(kind):
        return pc.strftime(pc.cast(values, pa.timestamp("s"), safe=False), format="%Y-%m-%d %H:%M:%S")
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_struct(kind):
        listed = [None if one is None else json.dumps(one, ensure_ascii=False) for one in values.to_pylist()]
        return pa.array(listed, pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.nulls(len(values), pa.string())
    return pc.cast(values, pa.string())


def _numbers(values: Any) -> Any:
    values = pc.cast(values, pa.float64())
    whole = pc.and_(pc.equal(values, pc.floor(values)), pc.less(pc.abs(values), _EXACT))
    integers = pc.cast(pc.if_else(whole, values, pa.scalar(None, pa.float64())), pa.int64())
    other = pc.if_else(pc.fill_null(whole, False), pa.scalar(None, pa.float64()), values)
    texts = pa.array(
        [None if one is None or one != one else format(one, ".15g") for one in other.to_pylist()], pa.string()
    )
    return pc.coalesce(pc.cast(integers, pa.string()), texts)


def _sound(values: Any) -> Any:
    """Texts in sound UTF-8 and without NUL, neither of which a database holds."""
    try:
        values.validate(full=True)
    except pa.ArrowInvalid:
        raw = pc.cast(values, pa.binary()).to_pylist()
        values = pa.array([None if one is None else one.decode("utf-8", "replace") for one in raw], pa.string())
    values = pc.cast(values, pa.string())
    if pc.any(pc.match_substring(values, "\0")).as_py():
        values = pc.replace_substring(values, "\0", "")
    return values
