"""What may not be missing: in a new row what is required, in one of a record what would be emptied."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, or_, select

from assets.imports.problems import declare
from assets.imports.staging import Staging

declare({"cell_required": "This has to be filled in."})


def tell_required(staging: Staging, *, said: Collection[str] | None = None) -> None:
    """Tell the rows that lack what is required; where something else is wrong with the cell, that is enough.

    Parameters
    ----------
    staging : Staging
        Whose rows know their records.
    said : collection of str, optional
        The fields that have a column, where an empty cell empties what is recorded; else it keeps it.
    """
    rows, found = staging.rows, staging.found
    for field in staging.fields:
        if not field.required:
            continue
        told = select(found.c.number).where(found.c.number == rows.c.number, found.c.field == field.key)
        cleared = told.where(found.c.code == "cell_cleared")
        emptied = rows.c.record_id.is_not(None) if field.key in (said or ()) else cleared.exists()
        lacks = and_(rows.c.record_id.is_(None), or_(~told.exists(), cleared.exists()))
        staging.tell("cell_required", field.key, rows.c[field.key].is_(None), or_(lacks, emptied))
