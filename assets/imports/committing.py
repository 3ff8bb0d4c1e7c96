"""From a preview into the register: checked once more, all or nothing."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assets import audit
from assets.errors import RegistryError
from assets.imports import positions, regions
from assets.imports.acting import viewer_for
from assets.imports.auditing import batch_name
from assets.imports.cells import tell_required
from assets.imports.clearing import tell_cleared
from assets.imports.fields import Context
from assets.imports.holding import hold_batch
from assets.imports.identities import entity_of, identify
from assets.imports.keeping import differing, name_records, take_up
from assets.imports.kinds import kind_of
from assets.imports.models import ImportBatch
from assets.imports.progress import Progress, silent
from assets.imports.reviewing import approved_by, require_no_review
from assets.imports.settings import Reading
from assets.imports.staging import Staging
from assets.imports.verdicts import settle
from assets.review.trying import ask_all_constraints
from assets.scope import bind_viewer, viewer_of
from assets.undo import current_transaction

_NAMED = 20
WRITTEN = ("new", "changed")


class AlreadyCommitted(RegistryError):
    """Twice at once, or once more."""

    message = "“{name}” has been entered already. Nothing was entered twice."


class RowsRejected(RegistryError):
    """All of a ledger, or those rows left out that somebody says may stay outside."""

    message = (
        "{count} rows of “{name}” still have problems. Please mend them, or choose to leave rows with problems out."
    )


class QuestionsOpen(RegistryError):
    """Something about the whole ledger can be read in two ways."""

    message = "“{name}” can be read in several ways. Please answer the questions above its rows first."


class ChangedSincePreview(RegistryError):
    """The register is not what it was when the preview was made."""

    message = (
        "{count} rows of “{name}” are no longer what the preview showed, since others have changed the register: "
        "{rows}. Nothing was entered; please look at the new preview."
    )


class FitsNoLonger(ChangedSincePreview):
    """What the database refuses, or what the account may do, has changed in these moments."""

    message = "What was entered since no longer fits “{name}”. Nothing was entered; please look at the new preview."


class NothingToEnter(RegistryError):
    """No row is new or changes anything."""

    message = "“{name}” says nothing that is not recorded already. There is nothing to enter."


def commit_batch(session: Session, batch_id: int, *, context: Context, progress: Progress = silent) -> ImportBatch:
    """Enter all rows of a preview, in the transaction of ``session``.

    Parameters
    ----------
    session : Session
        Whoever brought it; taken anew from the account, with what it may do now.
    batch_id : int
        Which.
    context : Context
        The day, and the words of its kind.
    progress : Progress, optional
        Told at each of :data:`assets.imports.progress.COMMIT_STEPS`.

    Returns
    -------
    ImportBatch
        ``committed``.

    Raises
    ------
    AlreadyCommitted
        When another was faster.
    RowsRejected, NothingToEnter
        When there are rows with problems, or none at all.
    ChangedSincePreview
        When the check finds otherwise than the preview says.
    NoLongerAllowed, NotFound, NotAllowed, NotNow
        When the account may not do it, or it is not there to be entered.
    """
    progress("open")
    batch = hold_batch(session, batch_id, states={"checked", "committing", "approved", "committed", "undone"})
    if batch.status in ("committed", "undone"):
        raise AlreadyCommitted(name=batch.file_name)
    before = viewer_of(session)
    acting = viewer_for(session, batch, day=context.today)
    require_ready(batch)
    bind_viewer(session, acting)
    try:
        require_no_review(session, batch, today=context.today)
        bind_viewer(session, approved_by(session, batch, acting))
        _write(session, batch, context, progress)
        if viewer_for(session, batch, day=context.today) != acting:
            bind_viewer(session, before)
            raise FitsNoLonger(name=batch.file_name)
    finally:
        bind_viewer(session, before)
    return batch


def require_ready(batch: ImportBatch) -> None:
    """Refuse what has rows with problems that are not to be left out, or nothing to enter."""
    verdicts = batch.counts.get("verdicts", {})
    if verdicts.get("rejected") and Reading.of(batch.settings).rejected != "leave_out":
        raise RowsRejected(name=batch.file_name, count=verdicts["rejected"])
    if any(one.get("severity") == "doubt" for one in batch.problems):
        raise QuestionsOpen(name=batch.file_name)
    if not any(verdicts.get(one) for one in WRITTEN):
        raise NothingToEnter(name=batch.file_name)


def _write(session: Session, batch: ImportBatch, context: Context, progress: Progress) -> None:
    kind, how = kind_of(batch.kind), Reading.of(batch.settings)
    staging = Staging(session, batch, kind, context, identity=how.identity)
    take_up(staging, WRITTEN)
    progress("regions")
    regions.resolve(staging)
    progress("identities")
    identify(staging)
    regions.complete(staging)
    positions.recheck(staging)
    progress("lock")
    _lock(staging)
    progress("rules")
    said = _given(batch) if how.blank == "clear" else None
    tell_cleared(staging, said=said)
    tell_required(staging, said=said)
    kind.check(staging)
    progress("verdicts")
    settle(staging)
    count, rows = differing(staging, most=_NAMED)
    if count:
        raise ChangedSincePreview(name=batch.file_name, count=count, rows=", ".join(map(str, rows)))
    progress("write")
    try:
        kind.write(staging)
        progress("constraints")
        ask_all_constraints(session)
    except IntegrityError as refusal:
        raise FitsNoLonger(name=batch.file_name) from refusal
    progress("keep")
    name_records(staging, [one.key for one in kind.fields if one.personal])
    batch.status, batch.committed_at = "committed", func.now()
    batch.transaction = current_transaction(session)
    batch.updated_by = viewer_of(session).account_id
    verdicts = batch.counts.get("verdicts", {})
    audit.record(session, "imports.commit_batch", batch, batch=batch_name(batch), rows=verdicts)
    session.flush()


def _given(batch: ImportBatch) -> set[str]:
    return {key for sheet in batch.found.get("sheets", ()) for key in sheet.get("columns", {}).values() if key}


def _lock(staging: Staging) -> None:
    """Hold the records that rows speak of, in one order for all, until the end of the transaction."""
    entity, rows = entity_of(staging), staging.rows
    held = (
        select(entity.id)
        .where(entity.id.in_(select(rows.c.record_id).where(rows.c.record_id.is_not(None))))
        .order_by(entity.id)
        .with_for_update(key_share=True, of=entity)
        .subquery("held")
    )
    staging.session.execute(select(func.count()).select_from(held))
