"""The process that works on the queue until it is told to stop."""

from __future__ import annotations

import logging
import signal
import threading
import time

from procrastinate.exceptions import ConnectorException
from psycopg import Error
from psycopg_pool import PoolTimeout

from app.config import Settings
from app.jobs.queue import connector, queue
from assets.db import make_engine
from assets.scope import session_factory

log = logging.getLogger(__name__)
PAUSE_SECONDS = (1, 2, 5, 10, 30)
LONG_ENOUGH_SECONDS = 60


def work(settings: Settings, *, concurrency: int = 2, wait: bool = True) -> None:
    """Work on jobs until a signal to end, or, without ``wait``, until none is left.

    A database that goes away is waited for. Jobs at work when the signal comes may finish
    within eight seconds.
    """
    engine = make_engine(settings.database_url, pool_size=concurrency, max_overflow=1)
    ended = threading.Event()
    failures = 0
    try:
        while not ended.is_set():
            began = time.monotonic()
            try:
                with queue.replace_connector(connector(settings.database_url)) as app:
                    app.run_worker(
                        concurrency=concurrency,
                        wait=wait,
                        shutdown_graceful_timeout=8,
                        delete_jobs="successful",
                        additional_context={"sessions": session_factory(engine), "settings": settings},
                        install_signal_handlers=wait,
                    )
                return
            except (ConnectorException, Error, PoolTimeout, OSError) as error:
                failures = 0 if time.monotonic() - began > LONG_ENOUGH_SECONDS else failures + 1
                pause = PAUSE_SECONDS[min(failures, len(PAUSE_SECONDS)) - 1]
                log.warning("the database does not answer (%s); trying again in %s s", error, pause)
                with _ending_sets(ended):
                    ended.wait(pause)
    finally:
        engine.dispose()


class _ending_sets:  # noqa: N801 - reads as a phrase at its one place
    """While no worker listens, let the signals to end set ``event``."""

    def __init__(self, event: threading.Event) -> None:
        self.event = event

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            self.former = {sign: signal.signal(sign, self._set) for sign in (signal.SIGINT, signal.SIGTERM)}
        else:
            self.former = {}

    def _set(self, _number: int, _frame: object) -> None:
        self.event.set()

    def __exit__(self, *_error: object) -> None:
        for sign, handler in self.former.items():
            signal.signal(sign, handler)
