"""Jobs of the accounts room."""

from __future__ import annotations

import datetime as dt

from procrastinate import JobContext

from app.config import Settings
from app.jobs.queue import queue, working
from assets.accounts.rates import HOUR, forget_uses
from assets.accounts.service import forget_attempts
from assets.accounts.sessions import SEEN_EVERY, end_outlived, forget_sessions

# Six months of sign-in records must be kept.
ATTEMPTS_KEPT = dt.timedelta(days=200)


@queue.periodic(cron="17 3 * * *")
@queue.task(name="accounts.tidy", queueing_lock="accounts.tidy", pass_context=True)
def tidy(context: JobContext, /, timestamp: int = 0) -> int:  # noqa: ARG001 - told by the queue
    """Write down which browsers were only left; forget tries and browsers that are older than 200 days."""
    settings: Settings = context.additional_context["settings"]
    now = dt.datetime.now(dt.UTC)
    with working(context) as session:
        end_outlived(
            session,
            started_before=now - dt.timedelta(hours=settings.session_hours),
            seen_before=now - dt.timedelta(minutes=settings.idle_minutes) - SEEN_EVERY,
            now=now,
        )
        forgotten = forget_attempts(session, before=now - ATTEMPTS_KEPT)
        forget_uses(session, before=now - 2 * HOUR)
        return forgotten + forget_sessions(session, before=now - ATTEMPTS_KEPT)
