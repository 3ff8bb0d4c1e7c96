"""Jobs of the imports room: reading, entering and taking back ledgers, each in a process of its own."""

from __future__ import annotations

from procrastinate import JobContext

from app.config import Settings
from app.jobs.queue import queue


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


def _apart(context: JobContext, action: str, batch_id: int) -> int:
    from app.jobs.importing import run_apart

    settings: Settings = context.additional_context["settings"]
    engine = context.additional_context["sessions"].kw["bind"]
    return run_apart(settings, engine, action, batch_id)
