"""A ledger reviewed as one: submitted with its preview, approved step by step, then entered by a job."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets import audit
from assets.errors import RegistryError
from assets.imports.auditing import batch_name
from assets.imports.holding import hold_batch
from assets.imports.kinds import kind_of
from assets.imports.models import ImportBatch, ImportProgress, ImportRow
from assets.regions.models import Region
from assets.review.deciding import ENDINGS
from assets.review.models import STEPS, Proposal, ReviewDecision
from assets.review.plain import written
from assets.review.proposing import VERBS, Verb
from assets.review.rules import steps_for
from assets.scope import Viewer, bind_viewer, viewer_of

VERB = "imports.commit_batch"


class ReviewNeeded(RegistryError):
    """Rules were set after the ledger was checked, or it was entered past them."""

    message = "Changes are reviewed here, so “{name}” has to be submitted first."


def steps_of(session: Session, batch: ImportBatch, *, today: dt.date) -> tuple[tuple[str, ...], str | None]:
    """The steps a ledger has to pass, and its sector: whatever the rules ask for any of its rows.

    Rows of several sectors belong to no one department, so that its step falls away.
    """
    kind = kind_of(batch.kind).review_kind
    if kind is None:
        return (), None
    written_rows = (ImportRow.batch_id == batch.id, ImportRow.verdict.in_(("new", "changed")))
    said = ImportRow.read["sector"].as_string()
    sectors = session.scalars(select(said).where(*written_rows).group_by(said)).all()
    sector = sectors[0] if len(sectors) == 1 else None
    places = session.scalars(
        select(Region.region_path)
        .join(ImportRow, ImportRow.region_id == Region.id)
        .where(*written_rows)
        .group_by(Region.region_path)
    ).all()
    asked = {
        step for path in {batch.region_path, *places} for step in steps_for(session, kind, path, sector, day=today)
    }
    return tuple(step for step in STEPS if step in asked), sector


def submit_batch(session: Session, batch_id: int, *, today: dt.date) -> Proposal | None:
    """Submit a checked ledger where the rules ask for it.

    Parameters
    ----------
    session : Session
        Bound to whoever brought it.
    batch_id : int
        Which.
    today : date
        The office's day.

    Returns
    -------
    Proposal or None
        What waits now; None where nobody has to look at it.

    Raises
    ------
    NotFound, NotAllowed, NotNow
        When it is not there to be submitted.
    """
    batch = hold_batch(session, batch_id, states={"checked"})
    steps, sector = steps_of(session, batch, today=today)
    if not steps:
        return None
    verdicts = batch.counts.get("verdicts", {})
    told = {name: [None, verdicts[name]] for name in ("new", "changed", "rejected", "left_out") if verdicts.get(name)}
    proposal = Proposal(
        kind=kind_of(batch.kind).review_kind,
        verb=VERB,
        title=batch.file_name,
        region_id=batch.region_id,
        sector=sector,
        table_name=ImportBatch.__tablename__,
        record_id=batch.id,
        entered={"args": written((batch.id,)), "values": written({}), "row": None},
        differences=[{"table": ImportBatch.__tablename__, "id": batch.id, "done": "changed", "changes": told}],
        steps=list(steps),
        step=steps[0],
        status="pending",
        submitted_by=batch.account_id,
        created_by=batch.account_id,
        updated_by=batch.account_id,
    )
    _replace_returned(session, batch)
    session.add(proposal)
    audit.record(session, "review.submit", proposal, batch=batch_name(batch))
    batch.status = "waiting"
    audit.record(session, "imports.submit_batch", batch, batch=batch_name(batch))
    return proposal


def _replace_returned(session: Session, batch: ImportBatch) -> None:
    """What came back before is answered by what is submitted now."""
    for old in session.scalars(
        select(Proposal).where(
            Proposal.table_name == ImportBatch.__tablename__,
            Proposal.record_id == batch.id,
            Proposal.status == "returned",
        )
    ):
        old.status, old.updated_by = "replaced", batch.account_id
        session.add(ReviewDecision(proposal_id=old.id, step=None, verdict="replace", account_id=batch.account_id))
        audit.record(session, "review.replace", old)


def require_no_review(session: Session, batch: ImportBatch, *, today: dt.date) -> None:
    """Refuse to enter what nobody has approved where the rules ask for it.

    Raises
    ------
    ReviewNeeded
        When it has to be submitted first.
    """
    if batch.status != "approved" and steps_of(session, batch, today=today)[0]:
        raise ReviewNeeded(name=batch.file_name)


def approved_by(session: Session, batch: ImportBatch, viewer: Viewer) -> Viewer:
    """Whoever brought it, entering what another has approved; or alone, where nobody had to."""
    if batch.status != "approved":
        return viewer
    before = viewer_of(session)
    bind_viewer(session, Viewer.system())
    try:
        decider = session.scalar(
            select(ReviewDecision.account_id)
            .join(Proposal, Proposal.id == ReviewDecision.proposal_id)
            .where(
                Proposal.table_name == ImportBatch.__tablename__,
                Proposal.record_id == batch.id,
                Proposal.status == "approved",
                ReviewDecision.verdict == "approve",
            )
            .order_by(ReviewDecision.id.desc())
            .limit(1)
        )
    finally:
        bind_viewer(session, before)
    return replace(viewer, approved_by=decider)


def _approve(session: Session, batch_id: int, *, today: dt.date) -> ImportBatch:  # noqa: ARG001 - as verbs are called
    """What the last approval does: a job enters the ledger, since that may take minutes."""
    batch = hold_batch(session, batch_id, states={"waiting"})
    batch.status = "approved"
    audit.record(session, "imports.approve_batch", batch, batch=batch_name(batch))
    return batch


def _ended(session: Session, proposal: Proposal, reason: str | None) -> None:
    """A ledger that comes back, or was withdrawn, can be mended and submitted again."""
    before = viewer_of(session)
    # Who returns it need not see it otherwise.
    bind_viewer(session, Viewer.system())
    try:
        batch = hold_batch(session, proposal.record_id or 0, states={"waiting"})
        batch.status = "checked"
        refusal = {"message": "The ledger came back from review: {reason}", "data": {"reason": reason}}
        known = session.get(ImportProgress, batch.id)
        if known is None:
            known = ImportProgress(batch_id=batch.id)
            session.add(known)
        known.refusal = refusal if reason and proposal.status == "returned" else None
        known.at = func.now()
        actor = before.account_id
        audit.record(session, "imports.reopen_batch", batch, batch=batch_name(batch), by=actor, reason=reason)
        session.flush()
    finally:
        bind_viewer(session, before)


VERBS[VERB] = Verb("asset", _approve)
ENDINGS[ImportBatch.__tablename__] = _ended
