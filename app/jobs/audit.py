"""Jobs of the audit: seals each minute, a check of the last days each night."""

from __future__ import annotations

import datetime as dt

from procrastinate import JobContext

from app.config import Settings
from app.jobs.queue import queue, working
from assets import audit
from assets.audit.sealing import Key, seal_finished
from assets.audit.verifying import verify

# A night's check looks at what was sealed since the one before last; all of it is checked by command.
CHECKED_BACK = dt.timedelta(days=2)


@queue.periodic(cron="* * * * *")
@queue.task(name="audit.seal", queueing_lock="audit.seal", pass_context=True)
def seal(context: JobContext, /, timestamp: int = 0) -> int:  # noqa: ARG001 - told by the queue
    """Seal the entries of all transactions that have ended."""
    with working(context) as session:
        sealed = seal_finished(session, _key(context))
        return sealed.entries if sealed else 0


@queue.periodic(cron="7 4 * * *")
@queue.task(name="audit.check", queueing_lock="audit.check", pass_context=True)
def check(context: JobContext, /, timestamp: int = 0) -> int:  # noqa: ARG001 - told by the queue
    """Compare the entries of the last days with their seals; what is found is told on the auditors' page."""
    now = dt.datetime.now(dt.UTC)
    with working(context) as session:
        found = verify(session, [_key(context)], now=now, since=now - CHECKED_BACK)
        outcome = "success" if found.holds else "refused"
        audit.note(session, "audit.verify", result=outcome, seals=found.seals, findings=len(found.findings))
        return len(found.findings)


def _key(context: JobContext) -> Key:
    settings: Settings = context.additional_context["settings"]
    return Key.of(settings.secret_key)
