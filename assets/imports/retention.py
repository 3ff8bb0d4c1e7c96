"""How long the files and rows of ledgers are kept: what they entered stays in the register alone."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from assets import audit
from assets.imports.answering import forget_content
from assets.imports.auditing import batch_name
from assets.imports.models import ImportBatch, ImportFile
from assets.imports.problems import declare

# Long enough to look once more at what was entered, and to go on with what was left.
KEPT_AFTER_END = dt.timedelta(days=30)
KEPT_OPEN = dt.timedelta(days=90)
_ENDED = ("committed", "undone")
_OPEN = ("received", "unreadable", "checked")

declare({"content_forgotten": "The file and its rows were let go after {days} days; what was entered stays."})


def forget_old(session: Session, *, now: dt.datetime) -> int:
    """Let go of what is no longer needed: after entering or taking back, and of what nobody went on with.

    Parameters
    ----------
    session : Session
        The program's own.
    now : datetime
        The moment, with time zone.

    Returns
    -------
    int
        How many ledgers it was.
    """
    ended = func.coalesce(ImportBatch.undone_at, ImportBatch.committed_at)
    kept = select(ImportFile.batch_id).where(ImportFile.batch_id == ImportBatch.id)
    due = session.scalars(
        select(ImportBatch)
        .where(
            kept.exists(),
            or_(
                and_(ImportBatch.status.in_(_ENDED), ended < now - KEPT_AFTER_END),
                and_(ImportBatch.status.in_(_OPEN), ImportBatch.updated_at < now - KEPT_OPEN),
            ),
        )
        .order_by(ImportBatch.id)
        .with_for_update(key_share=True, skip_locked=True, of=ImportBatch)
    ).all()
    for batch in due:
        forget_content(session, batch)
        days = KEPT_OPEN.days if batch.status in _OPEN else KEPT_AFTER_END.days
        if batch.status in _OPEN:
            batch.status = "dropped"
        batch.problems = [{"code": "content_forgotten", "severity": "note", "data": {"days": days}}]
        audit.record(session, "imports.forget_content", batch, batch=batch_name(batch))
    session.flush()
    return len(due)
