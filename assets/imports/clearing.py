"""Cells that empty what is recorded: by the word for it, or, where that was chosen, by being empty."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Text, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from assets.imports.identities import records_of
from assets.imports.problems import declare
from assets.imports.staging import Staging

declare(
    {
        "cell_not_emptied": "A ledger cannot empty this. Please leave the cell as it is recorded, "
        "and end or correct it on the page of the record.",
    }
)
# Told of a cell beside the word that empties; kept with the preview, so that the writing knows it again.
CLEARED = "cell_cleared"
# A masked name says nothing, as an empty cell does, and is to change nothing.
_MAY_BE_MASKED = frozenset({"name", "phone", "id_number", "shares"})


def tell_cleared(staging: Staging, *, said: Collection[str] | None = None) -> None:
    """Tell which fields of their records rows empty, and refuse what no ledger may empty.

    Parameters
    ----------
    staging : Staging
        Whose rows know their records.
    said : collection of str, optional
        The fields that have a column, where an empty cell empties what is recorded; else it keeps it.
    """
    rows, found, kind = staging.rows, staging.found, staging.kind
    named = select(rows.c.number).where(rows.c.record_id.is_not(None))
    kept = {field.key for field in staging.fields if not field.required} - kind.emptied
    staging.write(
        update(found)
        .where(found.c.code == CLEARED, found.c.field.in_(sorted(kept)), found.c.number.in_(named))
        .values(code="cell_not_emptied", severity="error")
    )
    _tell_blank(staging, set(said or ()) & kind.emptied)


def cleared_of(staging: Staging) -> Any:
    """By row, the fields that it empties."""
    found = staging.found
    return (
        select(found.c.number, func.array_agg(found.c.field, type_=ARRAY(Text)).label("fields"))
        .where(found.c.code == CLEARED)
        .group_by(found.c.number)
        .subquery("cleared")
    )


def _tell_blank(staging: Staging, fields: Collection[str]) -> None:
    """Tell the empty cells of ``fields`` where something is recorded."""
    rows, found = staging.rows, staging.found
    others, existing = rows.alias("others"), records_of(staging)
    joined = rows.join(existing, existing.c.record_id == rows.c.record_id)
    for field in staging.fields:
        name = field.key
        if name not in fields or name not in existing.c or field.type in _MAY_BE_MASKED:
            continue
        # Of several rows of one record one says what the others need not repeat.
        speaking = select(others.c.record_id).where(others.c[name].is_not(None), others.c.record_id.is_not(None))
        told = select(found.c.number).where(found.c.field == name)
        staging.tell(
            CLEARED,
            name,
            existing.c[name].is_not(None),
            rows.c.record_id.not_in(speaking),
            rows.c.number.not_in(told),
            of=joined,
            severity="note",
        )
