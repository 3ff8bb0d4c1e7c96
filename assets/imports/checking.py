"""From a file to its preview: read, understood, checked whole, and kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from assets.imports import cells, headings, positions, reading, regions
from assets.imports.choosing import NotUnderstood, choose_sheets
from assets.imports.clearing import tell_cleared
from assets.imports.fields import Context, Kind
from assets.imports.holding import hold_batch
from assets.imports.identities import identify, ways_of
from assets.imports.keeping import keep_rows
from assets.imports.kinds import kind_of
from assets.imports.merged import unmerged
from assets.imports.models import HeadingChoice, ImportAnswer, ImportBatch, ImportRow
from assets.imports.problems import Unreadable, declare
from assets.imports.progress import Progress, silent
from assets.imports.receiving import spooled
from assets.imports.settings import Reading
from assets.imports.sheets import Sheet
from assets.imports.staging import Staging
from assets.imports.verdicts import settle

declare(
    {
        "no_rows": "No rows were found. Please choose the sheet and the row of the headings, "
        "or put the ledger into the template.",
    }
)
# Which batches may be read (again): those that nobody decides about and that wrote nothing.
READABLE = frozenset({"received", "reading", "unreadable", "checked"})


@dataclass(frozen=True)
class Understood:
    """One sheet that holds rows, with its headings and what its cells say."""

    sheet: Sheet
    heads: Any
    parsed: Any


def check_batch(session: Session, batch_id: int, *, context: Context, progress: Progress = silent) -> ImportBatch:
    """Read a ledger and check all its rows together; nothing touches the register.

    Parameters
    ----------
    session : Session
        Bound to whoever brought it.
    batch_id : int
        Which.
    context : Context
        The day, and the words of its kind.
    progress : Progress, optional
        Told at each of :data:`assets.imports.progress.CHECK_STEPS`.

    Returns
    -------
    ImportBatch
        ``checked``, with its rows; or ``unreadable``, with the reason among its problems.

    Raises
    ------
    NotFound, NotAllowed, NotNow
        When it is not there to be read.
    """
    batch = hold_batch(session, batch_id, states=READABLE)
    how = Reading.of(batch.settings)
    kind = kind_of(batch.kind)
    progress("open")
    try:
        with session.begin_nested():
            _check(session, batch, kind, how, context, progress)
    except Unreadable as refusal:
        session.execute(
            delete(ImportRow).where(ImportRow.batch_id == batch.id).execution_options(synchronize_session=False)
        )
        batch.problems = [{"code": refusal.code, "severity": "error", "data": _plain(refusal.data)}]
        batch.counts, batch.status = {}, "unreadable"
        batch.found = {}
        if isinstance(refusal, NotUnderstood):
            batch.found = {"sheets": [_shown(refusal.sheet, refusal.heads)]}
    batch.checked_at = func.now()
    session.flush()
    session.refresh(batch)
    return batch


def _check(
    session: Session, batch: ImportBatch, kind: Kind, how: Reading, context: Context, progress: Progress
) -> None:
    answers = session.scalars(select(ImportAnswer).where(ImportAnswer.batch_id == batch.id)).all()
    with spooled(session, batch) as path:
        source = reading.read_source(path, batch.file_name, how)
        progress("headings")
        understood = list(_understand(session, batch, source.sheets, kind, how, context, answers, progress))
    parsed = together([one.parsed for one in understood])
    if not parsed.columns.num_rows:
        raise Unreadable("no_rows")
    staging = Staging(session, batch, kind, context, identity=how.identity)
    staging.load(parsed.columns)
    staging.tell_faults(parsed.faults)
    progress("regions")
    regions.resolve(staging)
    progress("identities")
    identify(staging)
    # Where a row says nothing of its position, its record may.
    progress("positions")
    evidence = positions.locate(staging, parsed, how)
    regions.complete(staging)
    progress("rules")
    given = {key for one in understood for key in one.heads.columns.values() if key}
    said = given if how.blank == "clear" else None
    tell_cleared(staging, said=said)
    cells.tell_required(staging, said=said)
    kind.check(staging)
    progress("verdicts")
    settle(staging)
    progress("keep")
    keep_rows(staging)
    batch.counts = counted(staging)
    batch.problems = [
        *({"code": code, "severity": "note", "data": _plain(data)} for code, data in source.notes),
        *(_problem(one, each.sheet) for each in understood for one in each.heads.problems),
        *(evidence or {}).get("questions", ()),
    ]
    batch.found = {
        "format": source.format,
        "sheets": [_found(one) for one in understood],
        "passed_over": [one.name for one in source.sheets if all(one is not each.sheet for each in understood)],
        "places": evidence or {},
        "identities": list(ways_of(staging)),
    }
    batch.status = "checked"


def _understand(
    session: Session,
    batch: ImportBatch,
    sheets: Sequence[Sheet],
    kind: Kind,
    how: Reading,
    context: Context,
    answers: Sequence[ImportAnswer],
    progress: Progress,
) -> Iterable[Understood]:
    """Read the sheets that are chosen, or that look like a ledger of this kind, one after the other."""
    offset = 0
    for sheet, heads in choose_sheets(
        sheets, kind, context, how, lambda fingerprint: find_choice(session, batch, fingerprint)
    ):
        progress("cells")
        whole, asked = unmerged(sheet, heads)
        parsed = cells.read_cells(whole, heads, kind, context, shifted(answers, -offset))
        parsed.faults.extend(asked)
        yield Understood(sheet, heads, _numbered_from(parsed, offset))
        offset += parsed.columns.num_rows


def find_choice(session: Session, batch: ImportBatch, fingerprint: str) -> dict[str, Any] | None:
    """What whoever brought the ledger said of a former one with the same headings."""
    return session.scalar(
        select(HeadingChoice.choices).where(
            HeadingChoice.account_id == batch.account_id,
            HeadingChoice.kind == batch.kind,
            HeadingChoice.fingerprint == fingerprint,
        )
    )


def shifted(answers: Sequence[ImportAnswer], by: int) -> list[ImportAnswer]:
    """Answers as one sheet's rows are numbered; the reader of a sheet counts from 1."""
    return [
        ImportAnswer(
            kind=one.kind,
            number=None if one.number is None else one.number + by,
            **{name: getattr(one, name) for name in ("field", "found", "code", "answer")},
        )
        for one in answers
    ]


def _numbered_from(parsed: Any, offset: int) -> Any:
    if not offset:
        return parsed
    return replace(
        parsed,
        columns=_moved(parsed.columns, offset),
        faults=[replace(one, number=one.number + offset) for one in parsed.faults],
        places=_moved(parsed.places, offset),
    )


def _moved(table: pa.Table | None, offset: int) -> pa.Table | None:
    if table is None or "number" not in table.column_names:
        return table
    at = table.column_names.index("number")
    numbers = pa.compute.add(table.column(at), pa.scalar(offset, table.schema.field(at).type))
    return table.set_column(at, table.schema.field(at), numbers)


def together(parts: Sequence[Any]) -> Any:
    """What several sheets say, as one.

    Raises
    ------
    Unreadable
        When none says anything.
    """
    if not parts:
        raise Unreadable("no_rows")
    if len(parts) == 1:
        return parts[0]
    places = [one.places for one in parts if one.places is not None]
    return replace(
        parts[0],
        columns=pa.concat_tables([one.columns for one in parts], promote_options="default"),
        faults=[fault for one in parts for fault in one.faults],
        places=pa.concat_tables(places, promote_options="default") if places else None,
    )


def counted(staging: Staging) -> dict[str, Any]:
    """How many rows there are by verdict, and by problem and field."""
    rows, found = staging.rows, staging.found
    verdicts = staging.session.execute(select(rows.c.verdict, func.count()).group_by(rows.c.verdict))
    problems = staging.session.execute(
        select(found.c.code, found.c.field, found.c.severity, func.count(found.c.number.distinct()))
        .group_by(found.c.code, found.c.field, found.c.severity)
        .order_by(func.count(found.c.number.distinct()).desc(), found.c.code, found.c.field)
    )
    verdict: dict[str, int] = dict(verdicts.all())
    return {
        "rows": sum(verdict.values()),
        "verdicts": verdict,
        "problems": [
            {"code": code, "field": field, "severity": severity, "rows": count}
            for code, field, severity, count in problems
        ],
    }


def _found(one: Understood) -> dict[str, Any]:
    return _shown(one.sheet, one.heads) | {"rows": one.parsed.columns.num_rows}


def _shown(sheet: Sheet, heads: headings.Headings) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "rows": max(sheet.cells.num_rows - heads.first, 0),
        "texts": list(heads.texts),
        "columns": {str(column): key for column, key in heads.columns.items()},
        "units": {str(column): unit for column, unit in heads.units.items()},
        "fingerprint": heads.fingerprint,
        "first": heads.first,
        "notes": _plain(sheet.notes),
    }


def _problem(one: Any, sheet: Sheet) -> dict[str, Any]:
    return {
        "code": one.code,
        "severity": getattr(one, "severity", "error"),
        "field": getattr(one, "field", None),
        "value": getattr(one, "value", None),
        "suggestion": getattr(one, "suggestion", None),
        "data": _plain(getattr(one, "data", {})),
        "sheet": sheet.name,
    }


def _plain(data: Any) -> Any:
    """As JSON can hold it."""
    if isinstance(data, str | int | float | bool | None):
        return data
    if hasattr(data, "items"):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple | set | frozenset):
        return [_plain(value) for value in data]
    return str(data)
