"""How long the files and rows of ledgers are kept: what they entered stays in the register alone."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from assets import audit
from assets.db import OFFICE_ZONE
from assets.imports.answering import forget_content
from assets.imports.auditing import batch_name
from assets.imports.models import ImportBatch, ImportFile
from assets.imports.problems import declare
from assets.terms.thresholds import find_threshold

AFTER_END: Final = "import_days_after_end"
OPEN: Final = "import_days_open"
# Where an office has set none: long enough to look once more at what was entered, and to go on with what was left.
_USUAL: Final = {AFTER_END: 30, OPEN: 90}
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
    after_end, still_open = (_days(session, code, now) for code in (AFTER_END, OPEN))
    ended = func.coalesce(ImportBatch.undone_at, ImportBatch.committed_at)
    kept = select(ImportFile.batch_id).where(ImportFile.batch_id == ImportBatch.id)
    due = session.scalars(
        select(ImportBatch)
        .where(
            kept.exists(),
            or_(
                and_(ImportBatch.status.in_(_ENDED), ended < now - after_end),
                and_(ImportBatch.status.in_(_OPEN), ImportBatch.updated_at < now - still_open),
            ),
        )
        .order_by(ImportBatch.id)
        .with_for_update(key_share=True, skip_locked=True, of=ImportBatch)
    ).all()
    for batch in due:
        forget_content(session, batch)
        days = (still_open if batch.status in _OPEN else after_end).days
        if batch.status in _OPEN:
            batch.status = "dropped"
        batch.problems = [{"code": "content_forgotten", "severity": "note", "data": {"days": days}}]
        audit.record(session, "imports.forget_content", batch, batch=batch_name(batch))
    session.flush()
    return len(due)


def _days(session: Session, code: str, now: dt.datetime) -> dt.timedelta:
    """How long the office keeps them, of its own day."""
    days = find_threshold(session, code, "/", now.astimezone(OFFICE_ZONE).date())
    return dt.timedelta(days=_USUAL[code] if days is None else int(days))
