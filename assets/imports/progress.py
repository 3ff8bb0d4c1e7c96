"""How far the work on a ledger has come: told while it goes on, and read by whoever waits."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Protocol

from sqlalchemy import Engine, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from assets.imports.models import ImportProgress
from assets.scope import ScopedSession, Viewer, bind_viewer

# In their order; a job tells the number of the step it is at.
CHECK_STEPS = ("open", "headings", "cells", "regions", "identities", "positions", "rules", "verdicts", "keep")
COMMIT_STEPS = ("open", "regions", "identities", "lock", "rules", "verdicts", "write", "constraints", "keep")
UNDO_STEPS = ("open", "find", "restore", "keep")
RETURN_STEPS = ("open", "mark", "keep")


class Progress(Protocol):
    """Told at the beginning of every step."""

    def __call__(self, step: str, /) -> None:
        """Note that ``step`` begins."""


def silent(_step: str, /) -> None:
    """Where nobody waits."""


def begin(session: Session, batch_id: int, *, job_id: int | None, total: int) -> None:
    """Say that a job will begin; what was told of the one before it is gone."""
    fresh = {
        "job_id": job_id,
        "step": "",
        "done": 0,
        "total": total,
        "cancelled_by": None,
        "refusal": None,
        "started_at": func.now(),
        "at": func.now(),
    }
    session.execute(
        insert(ImportProgress)
        .values(batch_id=batch_id, **fresh)
        .on_conflict_do_update(index_elements=["batch_id"], set_=fresh)
    )


def find_progress(session: Session, batch_id: int) -> ImportProgress | None:
    """How far the last job on a batch has come, or how it ended."""
    return session.scalars(
        select(ImportProgress).where(ImportProgress.batch_id == batch_id).execution_options(populate_existing=True)
    ).first()


@contextlib.contextmanager
def telling(engine: Engine, batch_id: int, steps: tuple[str, ...]) -> Iterator[Progress]:
    """A :class:`Progress` that is seen at once, beside the transaction it tells of."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:

        def tell(step: str, /) -> None:
            done = steps.index(step) if step in steps else 0
            with ScopedSession(connection) as beside, contextlib.suppress(DBAPIError):
                bind_viewer(beside, Viewer.system()).execute(
                    update(ImportProgress)
                    .where(ImportProgress.batch_id == batch_id)
                    .values(step=step, done=done, total=len(steps), at=func.clock_timestamp())
                    .execution_options(synchronize_session=False)
                )

        yield tell
