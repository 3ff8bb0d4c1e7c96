"""The queue: how jobs get into it, and what they work with.

The tables of the queue live in the schema ``queue`` of the same database. A job is put there
by the session that needs it, so it exists exactly when that session commits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.tasks import Task
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session, sessionmaker

from assets.scope import ScopedSession, Viewer, bind_viewer

ROOMS = ("accounts", "audit", "imports", "maintenance", "personal", "rescue")
queue = App(connector=PsycopgConnector(), import_paths=[f"app.jobs.{room}" for room in ROOMS])


def connector(url: str) -> PsycopgConnector:
    """The queue's own connections to the database at ``url``, an SQLAlchemy address."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    options = {"options": "-c timezone=Asia/Shanghai -c search_path=public,queue", "connect_timeout": 5}
    return PsycopgConnector(conninfo=plain, kwargs=options, min_size=1, max_size=4, timeout=10)


def enqueue(session: Session, task: Task[Any, Any, Any], **arguments: Any) -> int:
    """Ask for a job in the transaction of ``session``.

    Parameters
    ----------
    session : Session
        When it commits, a worker begins; when it rolls back, nothing was asked.
    task : Task
        One of the tasks of ``app.jobs``.
    **arguments : Any
        Its arguments, JSON-ready.

    Returns
    -------
    int
        The job's number.
    """
    asked = session.execute(
        text(
            "SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, 0, :lock, NULL, "
            "CAST(:arguments AS jsonb), NULL)]::procrastinate_job_to_defer_v1[]))"
        ),
        {"queue": task.queue, "task": task.name, "lock": task.lock, "arguments": json.dumps(arguments)},
    )
    return int(asked.scalar_one())


@contextmanager
def working(context: JobContext) -> Iterator[Session]:
    """The program's own session for one job; committed when the job ends well."""
    sessions: sessionmaker[ScopedSession] = context.additional_context["sessions"]
    with sessions() as session:
        yield bind_viewer(session, Viewer.system())
        session.commit()
