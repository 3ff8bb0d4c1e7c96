"""Answers that may be given again while nothing in the database has changed.

PostgreSQL names what a statement can see by a snapshot; it changes with every commit and
with nothing else. An answer kept under the snapshot before it was read is therefore the same
answer for whoever meets that snapshot again, and is never given after a write. Each process
keeps its own, the longest unused go first.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g
from sqlalchemy import event

from app import db

T = TypeVar("T")
LIMIT_BYTES = 64 * 1024 * 1024
SMALL = 2_000


class Kept:
    """A store of bounded size, safe for the threads of one process."""

    def __init__(self, limit: int = LIMIT_BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._entries: OrderedDict[Hashable, tuple[str, Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable, snapshot: str) -> Any | None:
        """What was kept for ``key`` under this very snapshot."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or entry[0] != snapshot:
                return None
            self._entries.move_to_end(key)
            return entry[1]

    def forget(self) -> None:
        """Empty the store."""
        with self._lock:
            self._entries.clear()
            self._size = 0

    def keep(self, key: Hashable, snapshot: str, value: Any, size: int) -> None:
        """Keep ``value`` of about ``size`` bytes; one that is too large is not kept."""
        with self._lock:
            old = self._entries.pop(key, None)
            self._size -= old[2] if old else 0
            if size > self._limit // 4:
                return
            self._entries[key] = (snapshot, value, size)
            self._size += size
            while self._size > self._limit:
                _, (_, _, freed) = self._entries.popitem(last=False)
                self._size -= freed


def init_app(app: Flask) -> None:
    """Give the process its store."""
    store = app.extensions["kept"] = Kept()
    # A server that crashed may name a new state by a snapshot it had named before.
    event.listen(app.extensions["engine"], "invalidate", lambda *_: store.forget())


def remembered(key: Hashable, make: Callable[[], T]) -> T:
    """The kept answer to ``key``, or a fresh one; ``key`` must name all that it depends on."""
    store = cast(Kept, current_app.extensions["kept"])
    snapshot = _snapshot()
    found = store.find(key, snapshot)
    if found is not None:
        return cast(T, found)
    value = make()
    if value is not None:
        store.keep(key, snapshot, value, len(value) + SMALL if isinstance(value, bytes) else SMALL)
    return value


def _snapshot() -> str:
    if "snapshot" not in g:
        connection = db.session.connection()
        g.snapshot = str(connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar_one())
    return str(g.snapshot)
