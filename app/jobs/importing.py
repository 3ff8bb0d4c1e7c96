"""The work on one ledger, in a process of its own: with limited memory, ended with whoever waits for it."""

from __future__ import annotations

import ctypes
import datetime as dt
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.config import Settings
from app.ledger_words import context_of
from app.runner.processes import end_with_parent
from assets import audit
from assets.errors import RegistryError
from assets.imports.acting import viewer_for
from assets.imports.models import ImportBatch, ImportProgress
from assets.imports.problems import declare, sentence_of
from assets.imports.progress import CHECK_STEPS, COMMIT_STEPS, UNDO_STEPS, Progress, silent, telling
from assets.scope import Viewer, bind_viewer, session_factory

declare(
    {
        "too_much": "The file needs more memory than is allowed for one, or breaks the program that reads it. "
        "Please split it, or save it anew as .xlsx.",
        "broken": "The program could not finish this ledger. Nothing was changed. Please tell whoever looks after the "
        "server, and name the ledger’s number.",
        "cancelled": "The work was stopped. Nothing was changed.",
    }
)
ACTIONS = ("check", "commit", "undo")
STEPS = {"check": CHECK_STEPS, "commit": COMMIT_STEPS, "undo": UNDO_STEPS}
# While a job works on a batch, and where it stands after one that failed.
AT_WORK = {"check": "reading", "commit": "committing", "undo": "undoing"}
AFTERWARDS = {"check": "unreadable", "commit": "checked", "undo": "committed"}
REFUSED, CANCELLED, BROKEN, TOO_MUCH = 3, 4, 5, 6
_LOOK_EVERY_S = 0.5
# As malloc.h of the C library has it; pieces from this size on leave the process when they are no longer used.
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
_GIVEN_BACK_AT_ONCE = 1024 * 1024


def perform(
    engine: Engine, action: str, batch_id: int, *, today: dt.date, watch: Progress = silent
) -> RegistryError | None:
    """Do one action on one batch and commit it; what it was refused for, if it was.

    A refusal leaves the batch as it was, with the reason kept for the page. ``watch`` is told of each
    step as well.
    """
    sessions = session_factory(engine)
    with telling(engine, batch_id, STEPS[action]) as tell:

        def progress(step: str, /) -> None:
            tell(step)
            watch(step)

        try:
            with sessions() as session:
                bind_viewer(session, Viewer.system())
                _VERBS[action](session, batch_id, today, progress)
                session.commit()
        except RegistryError as refusal:
            with sessions() as session:
                bind_viewer(session, Viewer.system())
                _refused(session, action, batch_id, refusal, today)
                session.commit()
            return refusal
    return None


def _check(session: Session, batch_id: int, today: dt.date, progress: Progress) -> None:
    from assets.imports.checking import check_batch

    batch = session.get_one(ImportBatch, batch_id)
    context = context_of(session, batch.kind, today=today)
    bind_viewer(session, viewer_for(session, batch, day=today))
    check_batch(session, batch_id, context=context, progress=progress)


def _commit(session: Session, batch_id: int, today: dt.date, progress: Progress) -> None:
    from assets.imports.committing import AlreadyCommitted, commit_batch

    batch = session.get_one(ImportBatch, batch_id)
    context = context_of(session, batch.kind, today=today)
    with suppress(AlreadyCommitted):
        commit_batch(session, batch_id, context=context, progress=progress)


def _undo(session: Session, batch_id: int, today: dt.date, progress: Progress) -> None:
    from assets.imports.undoing import undo_batch

    undo_batch(session, batch_id, today=today, progress=progress)


_VERBS: Mapping[str, Callable[[Session, int, dt.date, Progress], None]] = {
    "check": _check,
    "commit": _commit,
    "undo": _undo,
}


def _refused(session: Session, action: str, batch_id: int, refusal: RegistryError, today: dt.date) -> None:
    """Set the batch back and keep why; where the register has changed, look at its rows anew."""
    settle_back(session, action, batch_id, message=refusal.message, data=refusal.data)
    if type(refusal).__name__ in ("ChangedSincePreview", "FitsNoLonger"):
        with suppress(RegistryError):
            _check(session, batch_id, today, lambda _step: None)
            bind_viewer(session, Viewer.system())


def settle_back(session: Session, action: str, batch_id: int, *, message: str, data: Mapping[str, Any]) -> None:
    """Leave a batch as it was before an action that did not come to its end."""
    batch = session.scalars(
        select(ImportBatch).where(ImportBatch.id == batch_id).with_for_update(key_share=True, of=ImportBatch)
    ).one()
    if batch.status not in (AT_WORK[action], "approved"):
        return
    batch.status = AFTERWARDS[action]
    if batch.status == "unreadable":
        batch.problems = [{"code": message, "severity": "error", "data": _shown(data)}]
    session.execute(
        update(ImportProgress)
        .where(ImportProgress.batch_id == batch_id)
        .values(refusal={"message": message, "data": _shown(data)})
    )
    audit.record(session, f"imports.{action}_batch", batch, result="refused", by=batch.account_id, refusal=message)


def _shown(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value if isinstance(value, str | int | float | bool | None) else str(value) for key, value in data.items()
    }


def limit_this_process(memory_mb: int, parent: int | None) -> None:
    """Bound the memory of this process, let others go first, and end it when ``parent`` is killed."""
    # Arrow's own allocator sets a gigabyte aside and gives nothing back; the limit counts all that is set aside.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_MMAP_THRESHOLD, _GIVEN_BACK_AT_ONCE)
        library.mallopt(_ARENA_MAX, 2)
    size = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):
        os.nice(5)
    if parent is not None:
        end_with_parent(signal.SIGKILL)()
        if os.getppid() != parent:
            raise SystemExit(BROKEN)


def run_apart(settings: Settings, engine: Engine, action: str, batch_id: int) -> int:
    """Do one action in a process of its own and wait for it; its exit code.

    It is ended when somebody cancels, and when it was killed or broke, the batch is set back.
    """
    command = [sys.executable, "-m", "app.cli", "imports", "work", action, str(batch_id), "--parent", str(os.getpid())]
    child = subprocess.Popen(command, env=environment(settings), stdin=subprocess.DEVNULL)
    cancelled = False
    try:
        while (code := child.poll()) is None:
            try:
                child.wait(_LOOK_EVERY_S)
            except subprocess.TimeoutExpired:
                cancelled = cancelled or _is_cancelled(engine, batch_id)
                if cancelled:
                    child.kill()
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    if code in (0, REFUSED):
        return code
    if cancelled:
        reason, outcome = "cancelled", CANCELLED
    else:
        # The kernel, or a parser, has ended it.
        reason, outcome = ("too_much", TOO_MUCH) if code < 0 or code == TOO_MUCH else ("broken", BROKEN)
    with session_factory(engine)() as session:
        bind_viewer(session, Viewer.system())
        settle_back(session, action, batch_id, message=sentence_of(reason), data={})
        session.commit()
    return outcome


def _is_cancelled(engine: Engine, batch_id: int) -> bool:
    with suppress(DBAPIError), session_factory(engine)() as session:
        bind_viewer(session, Viewer.system())
        return (
            session.scalar(select(ImportProgress.cancelled_by).where(ImportProgress.batch_id == batch_id)) is not None
        )
    return False


def environment(settings: Settings) -> dict[str, str]:
    """What a process of its own is started with."""
    told = {
        "DATABASE_URL": settings.database_url,
        "XIANGTU_VAR": str(settings.var),
        "XIANGTU_SECRET_KEY": settings.secret_key,
        "XIANGTU_IMPORT_MEMORY_MB": str(settings.import_memory_mb),
        "XIANGTU_TODAY": settings.today.isoformat() if settings.today else "",
    }
    return dict(os.environ) | told
