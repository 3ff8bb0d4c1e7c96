"""Jobs of the maintenance room."""

from __future__ import annotations

from procrastinate import JobContext

from app.jobs.queue import queue, working
from assets.maintenance.rollup import compact_rollups, fold_rollups


@queue.periodic(cron="* * * * *")
@queue.task(name="maintenance.fold", queueing_lock="maintenance.fold", pass_context=True)
def fold(context: JobContext, /, timestamp: int = 0) -> int:  # noqa: ARG001 - told by the queue
    """Fold the changes of the last minute into the sums by area."""
    with working(context) as session:
        return fold_rollups(session)


@queue.periodic(cron="31 2 * * *")
@queue.task(name="maintenance.compact", queueing_lock="maintenance.compact", pass_context=True)
def compact(context: JobContext, /, timestamp: int = 0) -> int:  # noqa: ARG001 - told by the queue
    """Put together at night what many foldings have written."""
    with working(context) as session:
        return compact_rollups(session)
