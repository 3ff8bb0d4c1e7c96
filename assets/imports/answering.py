"""What people say in a preview: read this instead, that is right, it is that record, leave it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from assets import audit
from assets.errors import InvalidValue, NotFound
from assets.imports.auditing import batch_name
from assets.imports.holding import OPEN, NotNow, hold_batch
from assets.imports.kinds import kind_of
from assets.imports.models import HeadingChoice, ImportAnswer, ImportBatch, ImportFile, ImportProgress, ImportRow
from assets.imports.reading.texts import ENCODINGS
from assets.imports.settings import Reading
from assets.scope import viewer_of

LONGEST = 32_767
SCALES = frozenset({"", "yuan", "wan", "yi", "qian", "baiwan"})
DATUMS = frozenset({"", "cgcs2000", "wgs84", "gcj02", "bd09"})
WAITING = frozenset({"received", "reading", "approved", "committing", "undoing"})


def correct_cell(session: Session, batch_id: int, *, number: int, field: str, answer: str | None) -> ImportBatch:
    """Read ``answer`` in one cell instead of what stands there; None takes that back.

    Raises
    ------
    NotFound
        When there is no such row.
    InvalidValue
        When there is no such field, or the text is too long.
    NotNow, NotAllowed
        When nothing can be answered (any more), or not by the viewer.
    """
    batch = hold_batch(session, batch_id, states=OPEN)
    _require_row(session, batch, number)
    _require_field(batch, field)
    return _answer(session, batch, "cell", number=number, field=field, answer=_fitting(answer))


def correct_all(session: Session, batch_id: int, *, field: str, found: str, answer: str | None) -> ImportBatch:
    """Read ``answer`` in every cell of ``field`` where ``found`` stands; None takes that back.

    Raises
    ------
    NotFound, InvalidValue, NotNow, NotAllowed
        As for :func:`correct_cell`.
    """
    batch = hold_batch(session, batch_id, states=OPEN)
    _require_field(batch, field)
    return _answer(session, batch, "cell", field=field, found=_fitting(found), answer=_fitting(answer))


def confirm(
    session: Session,
    batch_id: int,
    *,
    code: str,
    number: int | None = None,
    field: str | None = None,
    found: str | None = None,
    taken_back: bool = False,
) -> ImportBatch:
    """Say that a doubt is right as it is: of one row, of all that say ``found``, or of all there are.

    Raises
    ------
    InvalidValue
        When no row is in doubt about this.
    NotNow, NotAllowed
        When nothing can be answered (any more), or not by the viewer.
    """
    batch = hold_batch(session, batch_id, states=OPEN)
    doubted = {one["code"] for one in batch.counts.get("problems", ()) if one["severity"] == "doubt"}
    doubted |= {one["code"] for one in batch.problems if one.get("severity") == "doubt"}
    if not taken_back and code not in doubted:
        raise InvalidValue("This is not in doubt (any more). Please look at the list again.", field="code")
    if number is not None:
        _require_row(session, batch, number)
    said = {"number": number, "field": field, "found": None if number is not None else found, "code": code}
    return _answer(session, batch, "confirm", answer=None if taken_back else "yes", **said)


def same_as(
    session: Session, batch_id: int, *, number: int, record_id: int | None, undecided: bool = False
) -> ImportBatch:
    """Say which record a row speaks of; None: of none that is there. ``undecided`` takes that back.

    Raises
    ------
    NotFound, NotNow, NotAllowed
        As for :func:`correct_cell`.
    """
    batch = hold_batch(session, batch_id, states=OPEN)
    _require_row(session, batch, number)
    answer = "" if record_id is None else str(record_id)
    return _answer(session, batch, "same_as", number=number, answer=None if undecided else answer)


def leave_out(session: Session, batch_id: int, *, number: int, out: bool) -> ImportBatch:
    """Leave a row outside, or take it in again.

    Raises
    ------
    NotFound, NotNow, NotAllowed
        As for :func:`correct_cell`.
    """
    batch = hold_batch(session, batch_id, states=OPEN)
    _require_row(session, batch, number)
    return _answer(session, batch, "left_out", number=number, answer="yes" if out else None)


def choose_headings(
    session: Session, batch_id: int, *, columns: Mapping[str, str], units: Mapping[str, str]
) -> ImportBatch:
    """Say what columns mean; kept for the next ledger with the same headings.

    Parameters
    ----------
    session : Session
        Bound to whoever brought it.
    batch_id : int
        Which.
    columns, units : mapping of str to str
        By the number of the column: the key of its field ("" to pass it over), and its scale.

    Raises
    ------
    InvalidValue
        When a field or scale is unknown, or a field is given to two columns.
    NotNow, NotFound, NotAllowed
        As for :func:`correct_cell`.
    """
    batch = hold_batch(session, batch_id, states=OPEN)
    _require_columns(batch, columns, units)
    how = Reading.of(batch.settings)
    now = replace(how, columns={**how.columns, **columns}, units={**how.units, **units})
    _remember(session, batch, now)
    return _set(session, batch, now, "imports.choose_headings")


def change_settings(session: Session, batch_id: int, *, reading: Reading) -> ImportBatch:
    """Say how a ledger is to be read.

    Raises
    ------
    InvalidValue
        When a setting is none of its words.
    NotNow, NotFound, NotAllowed
        As for :func:`correct_cell`.
    """
    batch = hold_batch(session, batch_id, states=OPEN)
    chosen = (
        ("blank", reading.blank, {"keep", "clear"}),
        ("rejected", reading.rejected, {"refuse", "leave_out"}),
        ("identity", reading.identity, {"", *kind_of(batch.kind).identities}),
        ("datum", reading.datum, DATUMS),
        ("encoding", reading.encoding, {"", *ENCODINGS}),
    )
    for name, value, words in chosen:
        if value not in words:
            raise InvalidValue("Please choose one of the list.", field=name)
    _require_columns(batch, reading.columns, reading.units)
    return _set(session, batch, reading, "imports.change_settings")


def cancel(session: Session, batch_id: int) -> ImportBatch:
    """Ask for the work on a ledger to stop; what it has done is taken back by the database.

    Raises
    ------
    NotNow
        When nothing is at work.
    NotFound, NotAllowed
        As for :func:`correct_cell`.
    """
    # Not locked: whoever works on it holds the batch until the end.
    batch = session.scalars(select(ImportBatch).where(ImportBatch.id == batch_id)).first()
    if batch is None:
        raise NotFound
    viewer = viewer_of(session)
    if batch.status not in WAITING or batch.account_id != viewer.account_id:
        raise NotNow(name=batch.file_name)
    session.execute(
        update(ImportProgress)
        .where(ImportProgress.batch_id == batch_id)
        .values(cancelled_by=viewer.account_id)
        .execution_options(synchronize_session=False)
    )
    audit.record(session, "imports.cancel_work", batch, batch=batch_name(batch))
    return batch


def drop(session: Session, batch_id: int) -> ImportBatch:
    """Give a ledger up that entered nothing: its file and its rows are gone.

    Raises
    ------
    NotFound, NotNow, NotAllowed
        As for :func:`correct_cell`.
    """
    batch = hold_batch(session, batch_id, states=OPEN)
    forget_content(session, batch)
    batch.status, batch.updated_by = "dropped", viewer_of(session).account_id
    audit.record(session, "imports.drop_batch", batch, batch=batch_name(batch))
    return batch


def forget_content(session: Session, batch: ImportBatch) -> None:
    """Take away what a batch holds of its file: the file itself, its rows, what was said of them."""
    for entity in (ImportFile, ImportRow, ImportAnswer):
        session.execute(delete(entity).where(entity.batch_id == batch.id).execution_options(synchronize_session=False))


def _answer(session: Session, batch: ImportBatch, kind: str, *, answer: str | None, **said: Any) -> ImportBatch:
    """Keep one answer in place of a former one about the same; None takes it back."""
    me = viewer_of(session).account_id
    about = {"number": None, "field": None, "found": None, "code": None} | said
    same = [getattr(ImportAnswer, name).is_not_distinct_from(value) for name, value in about.items()]
    if answer is None:
        session.execute(
            delete(ImportAnswer)
            .where(ImportAnswer.batch_id == batch.id, ImportAnswer.kind == kind, *same)
            .execution_options(synchronize_session=False)
        )
    else:
        kept = {"batch_id": batch.id, "kind": kind, "answer": answer, "account_id": me, **about}
        again = {"answer": answer, "account_id": me, "at": func.now()}
        names = ["batch_id", "kind", *about]
        session.execute(insert(ImportAnswer).values(**kept).on_conflict_do_update(index_elements=names, set_=again))
    # What was typed may name people: that something was said is told, and about what.
    told = {name: about[name] for name in ("number", "field", "code") if about[name] is not None}
    audit.record(session, f"imports.answer_{kind}", batch, batch=batch_name(batch), **told, taken_back=answer is None)
    return batch


def _set(session: Session, batch: ImportBatch, reading: Reading, action: str) -> ImportBatch:
    before, now = Reading.of(batch.settings).kept(), reading.kept()
    changed = {name: [before[name], now[name]] for name in now if before[name] != now[name]}
    batch.settings, batch.updated_by = {**batch.settings, **now}, viewer_of(session).account_id
    audit.record(session, action, batch, batch=batch_name(batch), settings=changed)
    return batch


def _remember(session: Session, batch: ImportBatch, reading: Reading) -> None:
    me = viewer_of(session).account_id
    choices = {"columns": dict(reading.columns), "units": dict(reading.units)}
    for sheet in batch.found.get("sheets", ()):
        if not (fingerprint := sheet.get("fingerprint")):
            continue
        known = session.scalars(
            select(HeadingChoice)
            .where(
                HeadingChoice.account_id == batch.account_id,
                HeadingChoice.kind == batch.kind,
                HeadingChoice.fingerprint == fingerprint,
            )
            .with_for_update()
        ).first()
        if known is None:
            known = HeadingChoice(
                account_id=batch.account_id, kind=batch.kind, fingerprint=fingerprint, created_by=me, choices={}
            )
            session.add(known)
        known.choices, known.updated_by, known.name = choices, me, batch.file_name


def _require_row(session: Session, batch: ImportBatch, number: int) -> None:
    there = select(literal(1)).where(ImportRow.batch_id == batch.id, ImportRow.number == number)
    if session.scalar(there) is None:
        raise NotFound


def _require_field(batch: ImportBatch, key: str) -> None:
    field = kind_of(batch.kind).field(key)
    if field is None or field.derived:
        raise InvalidValue("Please choose one of the list.", field="field")


def _require_columns(batch: ImportBatch, columns: Mapping[str, str], units: Mapping[str, str]) -> None:
    kind = kind_of(batch.kind)
    keys = [key for key in columns.values() if key]
    for key in keys:
        _require_field(batch, key)
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        found = kind.field(twice)
        raise InvalidValue(
            "Two columns cannot both be “{name}”. Please choose one of them.",
            field="columns",
            name=found.title if found else twice,
        )
    if not set(units.values()) <= SCALES:
        raise InvalidValue("Please choose one of the list.", field="units")


def _fitting(text: str | None) -> str | None:
    if text is None:
        return None
    text = text.replace("\x00", "")
    if len(text) > LONGEST:
        raise InvalidValue("Please write at most {limit} characters.", field="answer", limit=LONGEST)
    return text
