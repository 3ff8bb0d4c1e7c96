"""Jobs of the accounts room."""

from __future__ import annotations

import datetime as dt

from procrastinate import JobContext

from app.jobs.queue import queue, working
from assets.accounts.service import forget_attempts

# Six months of sign-in records must be kept.
ATTEMPTS_KEPT = dt.timedelta(days=200)


@queue.periodic(cron="17 3 * * *")
@queue.task(name="accounts.tidy", queueing_lock="accounts.tidy", pass_context=True)
def tidy(context: JobContext, /, timestamp: int = 0) -> int:  # noqa: ARG001 - told by the queue
    """Forget tries to sign in that are older than 200 days."""
    with working(context) as session:
        return forget_attempts(session, before=dt.datetime.now(dt.UTC) - ATTEMPTS_KEPT)
