"""Who did what to which record: one entry per changed record, never altered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, Index, cast, func, insert, inspect, literal, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from assets.db import Base, Id
from assets.scope import Viewer, viewer_of

_UNTOLD = {"password_hash", "geom", "shape", "region_path", "updated_at", "updated_by", "revision", "entered", "differences"}


class AuditEntry(Base):
    """Append-only; the runtime role may insert and read, nothing else."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_record", "table_name", "record_id"),
        Index("ix_audit_entry_at", "at"),
        Index("ix_audit_entry_transaction", "transaction"),
    )

    id: Mapped[Id]
    at: Mapped[dt.datetime] = mapped_column(server_default=func.clock_timestamp())
    transaction: Mapped[int | None] = mapped_column(
        BigInteger, server_default=text("pg_current_xact_id()::text::bigint")
    )
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    address: Mapped[str | None]
    action: Mapped[str]
    table_name: Mapped[str | None]
    record_id: Mapped[int | None] = mapped_column(BigInteger)
    changes: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    reason: Mapped[str | None]
    batch: Mapped[str | None] = mapped_column(index=True)


def record(
    session: Session,
    action: str,
    subject: Base | None = None,
    *,
    reason: str | None = None,
    batch: str | None = None,
    **facts: Any,
) -> AuditEntry:
    """Add the entry for ``action`` on ``subject``; call it before the session flushes.

    Parameters
    ----------
    session : Session
        The session of the action, bound to its viewer.
    action : str
        ``room.verb``, such as ``maintenance.record_inspection``.
    subject : Base, optional
        The changed record; its changed columns are kept as ``[before, after]``.
    reason, batch : str, optional
        Why, and the batch the change belongs to.
    **facts : Any
        Further values to keep, JSON-ready.
    """
    viewer = viewer_of(session)
    changes: dict[str, Any] = facts | _on_behalf(viewer)
    table_name = record_id = None
    if subject is not None:
        changes |= _changed(subject)
        session.flush()
        table_name = subject.__tablename__
        record_id = getattr(subject, "id", None)
    entry = AuditEntry(
        account_id=viewer.approved_by or viewer.account_id,
        address=viewer.address,
        action=action,
        table_name=table_name,
        record_id=record_id,
        changes=changes or None,
        reason=reason,
        batch=batch,
    )
    session.add(entry)
    return entry


def record_each(
    session: Session,
    action: str,
    entity: type[Base],
    changes: Mapping[int, dict[str, Any]],
    *,
    reason: str | None = None,
    batch: str | None = None,
) -> None:
    """Add one entry for each of many records, in one statement.

    Parameters
    ----------
    session : Session
        The session of the action, bound to its viewer.
    action : str
        ``room.verb``.
    entity : type
        What the records are.
    changes : mapping of int to dict
        By record id, its changed columns as ``[before, after]``, JSON-ready.
    reason, batch : str, optional
        As for :func:`record`.
    """
    viewer = viewer_of(session)
    changes = {one: what | _on_behalf(viewer) for one, what in changes.items()}
    common = {"account_id": viewer.approved_by or viewer.account_id, "address": viewer.address, "action": action, "reason": reason}
    common |= {"table_name": entity.__tablename__, "batch": batch}
    each = func.jsonb_each(literal({str(one): what for one, what in changes.items()}, JSONB)).table_valued(
        "key", "value"
    )
    entries = select(cast(each.c.key, BigInteger), cast(each.c.value, JSONB), *(literal(v) for v in common.values()))
    session.execute(insert(AuditEntry).from_select(["record_id", "changes", *common], entries))


def _on_behalf(viewer: Viewer) -> dict[str, Any]:
    """Who proposed it, where the entry is that of whoever approved it."""
    return {} if viewer.approved_by is None else {"on_behalf_of": viewer.username}


def _changed(subject: Base) -> dict[str, Any]:
    state = inspect(subject)
    changes = {}
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if attribute.key in _UNTOLD or not history.has_changes():
            continue
        before = history.deleted[0] if history.deleted else None
        after = history.added[0] if history.added else None
        if before is not None or after is not None:
            changes[attribute.key] = [_plain(before), _plain(after)]
    return changes


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
