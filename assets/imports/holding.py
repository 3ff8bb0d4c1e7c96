"""Who may do what with a ledger that was brought, and in which state it is."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.errors import NotAllowed, NotFound, RegistryError
from assets.imports.models import ImportBatch
from assets.scope import viewer_of

# Where its rows may still be answered about, and its settings changed.
OPEN = frozenset({"received", "checked", "unreadable"})


class NotNow(RegistryError):
    """Another state than was seen: a second click, another page, a job that was faster."""

    message = "“{name}” has gone on meanwhile. Please look at how it stands now."


def find_batch(session: Session, batch_id: int) -> ImportBatch | None:
    """A batch the viewer may see."""
    return session.scalars(select(ImportBatch).where(ImportBatch.id == batch_id)).first()


def get_batch(session: Session, batch_id: int) -> ImportBatch:
    """A batch the viewer may see.

    Raises
    ------
    NotFound
        When there is none.
    """
    found = find_batch(session, batch_id)
    if found is None:
        raise NotFound
    return found


def hold_batch(session: Session, batch_id: int, *, states: Collection[str], own: bool = True) -> ImportBatch:
    """Lock a batch until the end of the transaction.

    Parameters
    ----------
    session : Session
        Bound to who acts.
    batch_id : int
        Which.
    states : collection of str
        Those in which it can be done.
    own : bool
        Whether only who brought it may.

    Raises
    ------
    NotFound
        When the viewer sees none.
    NotAllowed
        When it is another's.
    NotNow
        When it is in another state.
    """
    # Not FOR UPDATE: progress is told beside, and refers to the batch.
    found = session.scalars(
        select(ImportBatch)
        .where(ImportBatch.id == batch_id)
        .with_for_update(key_share=True, of=ImportBatch)
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound
    viewer = viewer_of(session)
    if own and not viewer.unbounded and found.account_id != viewer.account_id:
        raise NotAllowed
    if found.status not in states:
        raise NotNow(name=found.file_name)
    return found
