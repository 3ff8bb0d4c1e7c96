"""The file of a batch as it goes back to whoever brought it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.imports import headings, reading
from assets.imports.fields import Context, Kind
from assets.imports.holding import get_batch
from assets.imports.kinds import kind_of
from assets.imports.models import ImportBatch, ImportRow
from assets.imports.receiving import spooled
from assets.imports.returning import Ledger, Mark, return_workbook
from assets.imports.settings import Reading
from assets.imports.sheets import Source

_PORTION = 5_000
# What a row is kept outside for.
_MARKED = frozenset({"error", "doubt"})

Tell = Callable[[Kind, Mapping[str, Any]], str]


def hand_back(
    session: Session, batch_id: int, *, context: Context, tell: Tell, language: str, target: IO[bytes]
) -> ImportBatch:
    """Write the ledger of a batch with its rejected rows marked.

    Parameters
    ----------
    session : Session
        Bound to whoever asks.
    batch_id : int
        Which.
    context : Context
        The words of its kind.
    tell : callable
        The sentence of one problem of a row, in the reader's language and with personal values masked.
    language : {"zh", "en"}
        That language.
    target : binary file
        Where the workbook goes; see :func:`assets.imports.returning.return_workbook`.

    Raises
    ------
    NotFound
        When it is not seen, or its file is no longer kept.
    """
    batch = get_batch(session, batch_id)
    kind, how = kind_of(batch.kind), Reading.of(batch.settings)
    wrong = _wrong(session, batch, kind, tell)
    with spooled(session, batch) as path:
        source = reading.read_source(path, batch.file_name, how)
        ledgers = _ledgers(batch, source, kind, how, context, wrong)
        return_workbook(path, batch.file_name, source.format, ledgers, target, kind=kind, language=language)
    return batch


def _ledgers(
    batch: ImportBatch,
    source: Source,
    kind: Kind,
    how: Reading,
    context: Context,
    wrong: Mapping[str, Mapping[int, list[Mark]]],
) -> list[Ledger]:
    """The sheets that the preview shows, their columns as they were understood for it."""
    found = {one["name"]: one for one in batch.found.get("sheets", ())}
    ledgers = []
    for sheet in source.sheets:
        if (known := found.get(sheet.name)) is not None:
            as_seen = dataclasses.replace(how, columns=known["columns"], units=known["units"])
            heads = headings.understand(sheet, kind, context, as_seen)
            ledgers.append(Ledger(sheet, heads, wrong.get(sheet.name, {})))
    return ledgers


def _wrong(session: Session, batch: ImportBatch, kind: Kind, tell: Tell) -> dict[str, dict[int, list[Mark]]]:
    """By sheet and row, what keeps it outside."""
    rows = session.execute(
        select(ImportRow.sheet, ImportRow.row, ImportRow.problems)
        .where(ImportRow.batch_id == batch.id, ImportRow.verdict == "rejected")
        .order_by(ImportRow.number)
        .execution_options(yield_per=_PORTION)
    )
    wrong: dict[str, dict[int, list[Mark]]] = {}
    for sheet, row, problems in rows:
        marks = [
            Mark(one.get("field"), one["severity"], tell(kind, one)) for one in problems if one["severity"] in _MARKED
        ]
        if marks:
            wrong.setdefault(sheet, {})[row] = marks
    return wrong
