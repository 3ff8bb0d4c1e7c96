"""Jobs about people."""

from __future__ import annotations

from procrastinate import JobContext

from app.jobs.queue import queue, working
from assets.db import today
from assets.personal.erasing import erase_expired


@queue.periodic(cron="47 3 * * *")
@queue.task(name="personal.retention", queueing_lock="personal.retention", pass_context=True)
def retention(context: JobContext, /, timestamp: int = 0) -> int:  # noqa: ARG001 - told by the queue
    """Erase personal values that nothing has needed for longer than they are kept."""
    with working(context) as session:
        return erase_expired(session, today=today())
