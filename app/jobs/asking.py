"""Asking for the work on a ledger: the batch says what it waits for, and a job begins when that is committed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from procrastinate.tasks import Task
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.jobs import imports
from app.jobs.queue import enqueue
from app.ledger_words import context_of
from assets import audit
from assets.imports.auditing import batch_name
from assets.imports.holding import OPEN, hold_batch
from assets.imports.models import ImportBatch, ImportProgress
from assets.imports.progress import CHECK_STEPS, COMMIT_STEPS, UNDO_STEPS, begin
from assets.imports.reviewing import submit_batch
from assets.imports.settings import Reading

# Up to so many rows a ledger is checked anew while the page waits.
AT_ONCE = 2_000
AT_ONCE_BYTES = 2 * 2**20
_TASKS: Mapping[str, tuple[Task, tuple[str, ...]]] = {  # type: ignore[type-arg]
    "check": (imports.check, CHECK_STEPS),
    "commit": (imports.commit, COMMIT_STEPS),
    "undo": (imports.undo, UNDO_STEPS),
}
# What a batch in each state waits for.
_WAITS = {"reading": "check", "approved": "commit", "committing": "commit", "undoing": "undo"}


def ask_check(session: Session, batch_id: int) -> ImportBatch:
    """Have a ledger read and checked."""
    batch = hold_batch(session, batch_id, states=OPEN)
    batch.status = "reading"
    queue_up(session, "check", batch.id)
    return batch


def check_again(session: Session, batch_id: int, *, today: dt.date) -> ImportBatch:
    """Check a ledger after something was answered: at once where it is small, else by a job."""
    from assets.imports.checking import check_batch

    batch = hold_batch(session, batch_id, states=OPEN)
    if not _is_small(batch):
        return ask_check(session, batch_id)
    return check_batch(session, batch_id, context=context_of(session, batch.kind, today=today))


def _is_small(batch: ImportBatch) -> bool:
    """Whether it is read in a moment: as many rows as its last reading found, of the very same sheets."""
    read = tuple(one["name"] for one in batch.found.get("sheets", ()))
    chosen = Reading.of(batch.settings).sheets
    same = not chosen or set(chosen) == set(read)
    return same and 0 < batch.counts.get("rows", 0) <= AT_ONCE and batch.size_bytes <= AT_ONCE_BYTES


def ask_commit(session: Session, batch_id: int, *, today: dt.date) -> ImportBatch:
    """Have a preview entered; where the rules ask for review, submit it.

    Raises
    ------
    RowsRejected, NothingToEnter, NotNow, NotFound, NotAllowed
        See :func:`assets.imports.committing.commit_batch`.
    """
    from assets.imports.committing import require_ready

    batch = hold_batch(session, batch_id, states={"checked"})
    require_ready(batch)
    if submit_batch(session, batch_id, today=today) is not None:
        return batch
    batch.status = "committing"
    audit.record(session, "imports.ask_commit", batch, batch=batch_name(batch))
    queue_up(session, "commit", batch.id)
    return batch


def queue_up(session: Session, action: str, batch_id: int) -> None:
    """Put the job into the queue, and begin telling how far it is."""
    task, steps = _TASKS[action]
    job_id = enqueue(session, task, batch_id=batch_id)
    begin(session, batch_id, job_id=job_id, total=len(steps))


def ask_undo(session: Session, batch_id: int, *, today: dt.date) -> ImportBatch:
    """Have a ledger taken back.

    Raises
    ------
    AlreadyUndone, ReviewedOnly, NotNow, NotFound, NotAllowed
        See :func:`assets.imports.undoing.ask_undoing`.
    """
    from assets.imports.undoing import ask_undoing

    batch = ask_undoing(session, batch_id, today=today)
    queue_up(session, "undo", batch.id)
    return batch


def resume_left(session: Session) -> int:
    """Queue the work of batches that wait for a job which is no longer there; how many there were.

    A job that was approved has none yet; one whose database went away has failed.
    """
    waiting = session.execute(
        select(ImportBatch.id, ImportBatch.status, ImportProgress.job_id)
        .outerjoin(ImportProgress, ImportProgress.batch_id == ImportBatch.id)
        .where(ImportBatch.status.in_(_WAITS))
        .order_by(ImportBatch.id)
    ).all()
    jobs = [row.job_id for row in waiting if row.job_id is not None]
    alive = set(
        session.scalars(
            text("SELECT id FROM procrastinate_jobs WHERE id = ANY(:jobs) AND status IN ('todo', 'doing')"),
            {"jobs": jobs},
        )
    )
    left = [row for row in waiting if row.job_id not in alive]
    for row in left:
        queue_up(session, _WAITS[row.status], row.id)
    return len(left)
