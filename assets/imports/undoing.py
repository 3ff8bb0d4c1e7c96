"""Taking a ledger back out: what it added goes, what it changed says again what it said."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets import audit
from assets.accounts.queries import find_viewer
from assets.errors import NotAllowed, RegistryError
from assets.imports.auditing import batch_name
from assets.imports.holding import get_batch, hold_batch
from assets.imports.kinds import kind_of
from assets.imports.models import ImportBatch, ImportRow
from assets.imports.progress import Progress, silent
from assets.review.rules import steps_for
from assets.scope import Viewer, bind_viewer, viewer_of
from assets.undo.partly import undo_partly

KEEPERS = frozenset({"administrator"})
# What a transaction of imports writes besides records.
APART = frozenset({"import_batch", "heading_choice", "proposal", "review_decision"})


class AlreadyUndone(RegistryError):
    """Once is enough."""

    message = "“{name}” has been taken back already."


class ReviewedOnly(RegistryError):
    """Where changes are reviewed, taking back is one."""

    message = (
        "Changes are reviewed here, so whoever brought “{name}” cannot take it back. "
        "Please ask the administrator of the area to do so."
    )


def require_may_undo(session: Session, batch_id: int, *, today: dt.date) -> ImportBatch:
    """Refuse unless the viewer may take a batch back: whoever brought it, or an administrator of its area.

    Raises
    ------
    NotFound, NotAllowed
        When it is not seen, or not the viewer's to take back.
    ReviewedOnly
        When changes are reviewed there, and the viewer brought it.
    """
    batch, viewer = get_batch(session, batch_id), viewer_of(session)
    keeps = viewer.may(KEEPERS, batch.region_path)
    own = batch.account_id == viewer.account_id
    if not keeps and not (own and viewer.may(kind_of(batch.kind).roles, batch.region_path)):
        raise NotAllowed
    kind = kind_of(batch.kind).review_kind
    if own and kind and not viewer.unbounded and steps_for(session, kind, batch.region_path, "", day=today):
        raise ReviewedOnly(name=batch.file_name)
    return batch


def ask_undoing(session: Session, batch_id: int, *, today: dt.date) -> ImportBatch:
    """Say that a batch is to be taken back; the work itself is a job's.

    Raises
    ------
    AlreadyUndone
        When it was.
    NotFound, NotAllowed, ReviewedOnly, NotNow
        See :func:`require_may_undo`.
    """
    require_may_undo(session, batch_id, today=today)
    batch = hold_batch(session, batch_id, states={"committed", "undone"}, own=False)
    if batch.status == "undone":
        raise AlreadyUndone(name=batch.file_name)
    batch.status, batch.undone_by = "undoing", viewer_of(session).account_id
    audit.record(session, "imports.ask_undo", batch, batch=batch_name(batch))
    return batch


def undo_batch(session: Session, batch_id: int, *, today: dt.date, progress: Progress = silent) -> ImportBatch:
    """Take back what a batch has entered, except what others have gone on from.

    Parameters
    ----------
    session : Session
        The program's own, for whoever asked; or bound to who takes it back.
    batch_id : int
        Which.
    today : date
        The office's day.
    progress : Progress, optional
        Told at each of :data:`assets.imports.progress.UNDO_STEPS`.

    Returns
    -------
    ImportBatch
        ``undone``; ``left`` names what was left, with who went on from it and when.

    Raises
    ------
    AlreadyUndone
        When another was faster.
    NotAllowed, ReviewedOnly, NoLongerFits, NotFound, NotNow
        When it cannot be taken back.
    """
    progress("open")
    batch = hold_batch(session, batch_id, states={"committed", "undoing", "undone"}, own=False)
    if batch.status == "undone":
        raise AlreadyUndone(name=batch.file_name)
    before = viewer_of(session)
    if before.unbounded and batch.undone_by is not None:
        bind_viewer(session, _viewer_of(session, batch.undone_by, today))
    try:
        require_may_undo(session, batch_id, today=today)
        progress("find")
        left = undo_partly(
            session, batch.transaction or 0, action="imports.take_back", apart=APART, batch=batch_name(batch)
        )
        if (derive := kind_of(batch.kind).taken_back) is not None:
            named = select(ImportRow.record_id).where(ImportRow.batch_id == batch_id, ImportRow.record_id.is_not(None))
            derive(session, [one for one in session.scalars(named) if one is not None], today)
        progress("keep")
        batch = hold_batch(session, batch_id, states={"committed", "undoing"}, own=False)
        batch.status, batch.undone_at = "undone", func.now()
        batch.undone_by = batch.updated_by = viewer_of(session).account_id
        batch.left = [one.told() for one in left]
        audit.record(session, "imports.undo_batch", batch, batch=batch_name(batch), left=len(left))
        session.flush()
    finally:
        bind_viewer(session, before)
    return batch


def _viewer_of(session: Session, account_id: int, day: dt.date) -> Viewer:
    session.expire_all()
    found = find_viewer(session, account_id, day=day, address=viewer_of(session).address)
    if found is None:
        raise NotAllowed
    return found[1]
