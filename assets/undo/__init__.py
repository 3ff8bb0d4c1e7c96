"""Taking back everything that one transaction wrote, as long as nobody has built on it.

What a transaction did is known from the history (rows changed and deleted, with what they said
before) and from :class:`assets.history.Addition` (rows added). Undoing restores all of it in one
statement, table by table: rows added go, rows changed say again what they said, rows deleted come
back under their own ids. Constraints are asked at its end, so the order among tables is free.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import BigInteger, func, insert, literal, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assets.audit import AuditEntry, Deed
from assets.history import History
from assets.scope import viewer_of
from assets.undo.obstacles import (
    BuiltUpon,
    CannotUndo,
    ChangedSince,
    NoLongerFits,
    WithoutFormerValues,
    reason_of,
    require_reach,
    require_unchanged,
)
from assets.undo.statement import about, restoring, tables_of

__all__ = [
    "BuiltUpon",
    "CannotUndo",
    "ChangedSince",
    "NoLongerFits",
    "Undoable",
    "WithoutFormerValues",
    "current_transaction",
    "undo",
    "undoable",
]

UNDO_WITHIN = dt.timedelta(minutes=15)
ACTION = "undo.take_back"
# Moving a region rewrites the paths of everything below it; that is not taken back row by row. A proposal is
# withdrawn or returned instead, and what opens a way in is closed by its own verbs.
_LASTING = frozenset({"region", "region_successor", "proposal", "review_decision"}) | {"account", "grant", "api_token"}
# A ledger is taken back as one, by its own verb and at any time.
_LASTING |= {"import_batch", "heading_choice"}


@dataclass(frozen=True)
class Undoable:
    """What one transaction of the viewer did, and until when it can be taken back."""

    transaction: int
    at: dt.datetime
    until: dt.datetime
    actions: tuple[str, ...]
    records: int


def current_transaction(session: Session) -> int:
    """The number of the transaction that ``session`` is in; ask before the commit."""
    return int(session.scalars(text("SELECT pg_current_xact_id()::text::bigint")).one())


def undoable(session: Session, transaction: int, *, now: dt.datetime) -> Undoable | None:
    """What the viewer did in ``transaction`` while it can still be taken back; else None.

    Parameters
    ----------
    session : Session
        Bound to the person who did it.
    transaction : int
        From :func:`current_transaction`.
    now : datetime
        The moment, with time zone.
    """
    account_id = viewer_of(session).account_id
    found = session.execute(
        select(
            func.min(Deed.at).label("at"),
            func.count().label("records"),
            func.array_agg(Deed.action.distinct()).label("actions"),
        )
        .where(Deed.transaction == transaction)
        # Another's entry in it makes the whole another's.
        .having(func.bool_and(Deed.account_id == account_id))
    ).first()
    if found is None or found.at is None or now - found.at > UNDO_WITHIN:
        return None
    if _lost_values(session, transaction):
        return None
    taken_back = select(Deed.id).where(
        Deed.at >= found.at,
        Deed.account_id == account_id,
        Deed.action == ACTION,
        Deed.changes["transaction"].as_integer().cast(BigInteger) == transaction,
    )
    if session.scalar(select(taken_back.exists())) or _LASTING & set(tables_of(session, transaction)):
        return None
    return Undoable(transaction, found.at, found.at + UNDO_WITHIN, tuple(sorted(found.actions)), found.records)


def undo(session: Session, transaction: int, *, now: dt.datetime) -> Undoable:
    """Take back everything that ``transaction`` wrote; leaves an audit entry for each of its own.

    Parameters
    ----------
    session : Session
        Bound to the person who did it; objects it holds are read anew afterwards.
    transaction : int
        From :func:`current_transaction`.
    now : datetime
        The moment, with time zone.

    Returns
    -------
    Undoable
        What was taken back. The undoing is a transaction itself and can be undone as well.

    Raises
    ------
    CannotUndo
        When it is not the viewer's, too old, or taken back already.
    WithoutFormerValues
        When it changed personal values, which the history does not keep.
    ChangedSince, BuiltUpon, NoLongerFits
        When others have gone on from it.
    NotAllowed
        When the viewer may no longer see or write what it touched.
    """
    found = undoable(session, transaction, now=now)
    if found is None:
        if _is_own(session, transaction) and _lost_values(session, transaction):
            raise WithoutFormerValues
        raise CannotUndo(minutes=int(UNDO_WITHIN.total_seconds() // 60))
    session.flush()
    tables = tables_of(session, transaction)
    require_reach(session, transaction, tables)
    require_unchanged(session, transaction)
    try:
        with session.begin_nested():
            # References are checked row by row; planned once for all, that is several times faster.
            session.execute(text("SET LOCAL plan_cache_mode = auto"))
            session.execute(about(transaction, restoring(tables)))
            session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
            session.execute(text("SET LOCAL plan_cache_mode TO DEFAULT"))
    except IntegrityError as refusal:
        session.expire_all()
        raise reason_of(session, transaction, tables, refusal) from None
    _record(session, transaction)
    session.expire_all()
    return found


def _lost_values(session: Session, transaction: int) -> bool:
    """Whether the former values of something it changed or deleted are kept nowhere."""
    lost = select(History.id).where(History.transaction == transaction, History.withheld.is_not(None))
    return bool(session.scalar(select(lost.exists())))


def _is_own(session: Session, transaction: int) -> bool:
    own = select(Deed.id).where(Deed.transaction == transaction, Deed.account_id == viewer_of(session).account_id)
    return bool(session.scalar(select(own.exists())))


def _record(session: Session, transaction: int) -> None:
    viewer = viewer_of(session)
    told = func.jsonb_build_object("transaction", transaction, "action", Deed.action)
    session.execute(
        insert(AuditEntry).from_select(
            ["account_id", "address", "action", "table_name", "record_id", "batch", "region_path", "sector", "changes"],
            select(
                literal(viewer.account_id, BigInteger),
                literal(viewer.address),
                literal(ACTION),
                Deed.table_name,
                Deed.record_id,
                Deed.batch,
                Deed.region_path,
                Deed.sector,
                told,
            )
            .where(Deed.transaction == transaction)
            .order_by(Deed.id),
        )
    )
