"""Jobs that keep the queue itself in order."""

from __future__ import annotations

from procrastinate import JobContext

from app.jobs.queue import queue

FAILED_KEPT_HOURS = 30 * 24


@queue.periodic(cron="* * * * *")
@queue.task(name="rescue.stalled", queueing_lock="rescue.stalled", pass_context=True)
async def stalled(context: JobContext, /, timestamp: int = 0) -> int:  # noqa: ARG001 - told by the queue
    """Try again the jobs of workers that were killed."""
    found = list(await context.app.job_manager.get_stalled_jobs())
    for job in found:
        await context.app.job_manager.retry_job(job)
    return len(found)


@queue.periodic(cron="47 3 * * *")
@queue.task(name="rescue.forget", queueing_lock="rescue.forget", pass_context=True)
async def forget(context: JobContext, /, timestamp: int = 0) -> None:  # noqa: ARG001 - told by the queue
    """Forget jobs that failed a month ago."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=FAILED_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
