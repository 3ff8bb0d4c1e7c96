"""Jobs of the imports room: reading, entering and taking back ledgers, each in a process of its own."""

from __future__ import annotations

import datetime as dt

from procrastinate import JobContext

from app.config import Settings
from app.jobs.queue import queue, working
from assets.imports.retention import forget_old


@queue.task(name="imports.check", pass_context=True)
def check(context: JobContext, /, batch_id: int) -> int:
    """Read a ledger and check its rows."""
    return _apart(context, "check", batch_id)


@queue.task(name="imports.commit", pass_context=True)
def commit(context: JobContext, /, batch_id: int) -> int:
    """Enter the rows of a ledger."""
    return _apart(context, "commit", batch_id)


@queue.task(name="imports.undo", pass_context=True)
def undo(context: JobContext, /, batch_id: int) -> int:
    """Take a ledger back."""
    return _apart(context, "undo", batch_id)


@queue.periodic(cron="* * * * *")
@queue.task(name="imports.resume", queueing_lock="imports.resume", pass_context=True)
def resume(context: JobContext, /, timestamp: int = 0) -> int:  # noqa: ARG001 - told by the queue
    """Begin what was approved, and again what lost its job."""
    from app.jobs.asking import resume_left

    with working(context) as session:
        return resume_left(session)


@queue.periodic(cron="27 3 * * *")
@queue.task(name="imports.forget", queueing_lock="imports.forget", pass_context=True)
def forget(context: JobContext, /, timestamp: int = 0) -> int:  # noqa: ARG001 - told by the queue
    """Let go of files and rows that nobody needs any more."""
    with working(context) as session:
        return forget_old(session, now=dt.datetime.now(dt.UTC))


def _apart(context: JobContext, action: str, batch_id: int) -> int:
    from app.jobs.importing import run_apart

    settings: Settings = context.additional_context["settings"]
    engine = context.additional_context["sessions"].kw["bind"]
    return run_apart(settings, engine, action, batch_id)
