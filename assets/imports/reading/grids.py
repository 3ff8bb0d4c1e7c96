"""Tables of texts as sheets hold them: columns by number, blank rows left out, rows numbered."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def compact(
    columns: Sequence[pa.Array], rows: Sequence[int], *, kept: Collection[int] = ()
) -> tuple[pa.Table, Sequence[int]]:
    """Leave out rows in which nothing stands.

    Parameters
    ----------
    columns : sequence of arrays of texts
        Null where empty.
    rows : sequence of int
        The number of each row.
    kept : collection of int
        Numbers of rows that stay although nothing stands in them: an error of a formula does.
    """
    table = pa.table({str(number): column for number, column in enumerate(columns)})
    if not table.num_rows:
        return table, rows
    filled = np.zeros(table.num_rows, dtype=bool)
    for column in table.columns:
        if column.null_count == 0:
            return table, rows
        filled |= column.is_valid().to_numpy(zero_copy_only=False)
    if kept:
        filled |= np.isin(np.asarray(rows), list(kept))
    if filled.all():
        return table, rows
    return table.filter(pa.array(filled)), np.asarray(rows)[filled].tolist()


def blank_as_null(column: pa.Array) -> pa.Array:
    """Texts of blanks only count as empty."""
    blank = pc.equal(pc.utf8_trim_whitespace(column), "")
    return pc.if_else(pc.fill_null(blank, False), pa.scalar(None, column.type), column)
