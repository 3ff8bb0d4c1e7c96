"""The entries, and the seals over them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Index, Text, func, text
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from assets.db import Base, Id, one_of
from assets.scope import scoped_by

RESULTS = ("success", "refused")


class AuditEntry(Base):
    """Append-only; the runtime role may insert and read, nothing else.

    ``region_path`` and ``sector`` are those of the record when it was changed, else where the
    person works who acted: auditors see the entries of their area only.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_record", "table_name", "record_id"),
        Index("ix_audit_entry_at_id", "at", "id"),
        Index("ix_audit_entry_transaction", "transaction"),
        Index("ix_audit_entry_region_path_at", "region_path", "at"),
        Index("ix_audit_entry_account_id_at", "account_id", "at", "id"),
        # What was checked and carried off is asked for among millions.
        Index("ix_audit_entry_upkeep", "action", "at", postgresql_where=text("action LIKE 'audit.%'")),
        one_of("result", RESULTS),
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
    region_path: Mapped[str | None] = mapped_column(Text(collation="C"))
    sector: Mapped[str | None]
    result: Mapped[str] = mapped_column(server_default="success")


scoped_by(AuditEntry, lambda viewer: viewer.narrow(AuditEntry.region_path, AuditEntry.sector))

if TYPE_CHECKING:

    class Deed(AuditEntry):
        """An entry read beside a record that the reader has been shown already."""

else:

    class Deed(Base):
        """An entry read beside a record that the reader has been shown already.

        Not narrowed by where the record lay when the entry was made: it may have moved since, and
        a project that serves several towns is seen by each.
        """

        __table__ = AuditEntry.__table__


class AuditSeal(Base):
    """One batch of entries under a hash, which includes the hash of the batch before.

    ``ids`` are the batch's entries, ``digest`` the hash over what they say. A batch holds the
    entries of transactions numbered from ``from_transaction`` up to, not including,
    ``to_transaction``; those with ids up to ``after_id`` were there before this server's count
    began. ``archived_at`` and ``archive`` are set when the entries are carried off into a file.
    """

    __tablename__ = "audit_seal"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sealed_at: Mapped[dt.datetime]
    first_id: Mapped[int] = mapped_column(BigInteger)
    last_id: Mapped[int] = mapped_column(BigInteger, index=True)
    entries: Mapped[int] = mapped_column(BigInteger)
    ids: Mapped[Any] = mapped_column(INT8MULTIRANGE)
    from_transaction: Mapped[int] = mapped_column(BigInteger)
    to_transaction: Mapped[int] = mapped_column(BigInteger)
    after_id: Mapped[int] = mapped_column(BigInteger)
    cluster: Mapped[str]
    digest: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str]
    key_id: Mapped[str]
    signature: Mapped[str]
    archived_at: Mapped[dt.datetime | None]
    archive: Mapped[str | None]
