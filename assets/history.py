"""What a row said before: written by the database itself on every update and delete."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from assets.db import Base, Id


class History(Base):
    """One former version of one row: true from ``created_at`` or the version before, to ``at``.

    A row's first version needs no entry, since the row itself (or the ``before`` of its next
    entry) still holds it.
    """

    __tablename__ = "history"
    __table_args__ = (
        Index("ix_history_record", "table_name", "record_id", "at"),
        Index("ix_history_at", "at"),
    )

    id: Mapped[Id]
    at: Mapped[dt.datetime]
    transaction: Mapped[int] = mapped_column(BigInteger)
    table_name: Mapped[str]
    record_id: Mapped[int] = mapped_column(BigInteger)
    operation: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
