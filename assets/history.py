"""What a row said before, and which rows are new: written by the database itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, ColumnElement, Index, Text, cast, func, inspect, literal_column, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from assets.db import Base, Id
from assets.withheld import withheld_of


class History(Base):
    """One former version of one row: true from ``created_at`` or the version before, to ``at``.

    A row's first version needs no entry, since the row itself (or the ``before`` of its next
    entry) still holds it. Geometries are kept as the text of their EWKB, which loses nothing.
    ``operation`` is ``update`` or ``delete``; an ``insert`` with nothing before is kept where an
    undone deletion brings a row back.
    """

    __tablename__ = "history"
    __table_args__ = (
        Index("ix_history_record", "table_name", "record_id", "at"),
        Index("ix_history_at", "at"),
        Index("ix_history_transaction", "transaction"),
        # What was taken out of an asset is found by the asset.
        Index("ix_history_taken_out", text("(before ->> 'asset_id')"), postgresql_where="operation = 'delete'"),
    )

    id: Mapped[Id]
    at: Mapped[dt.datetime]
    transaction: Mapped[int] = mapped_column(BigInteger)
    table_name: Mapped[str]
    record_id: Mapped[int] = mapped_column(BigInteger)
    operation: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    # Columns that changed as well, and whose values are kept nowhere but in the row itself.
    withheld: Mapped[list[str] | None] = mapped_column(ARRAY(Text))


class Addition(Base):
    """The rows one statement added to one table."""

    __tablename__ = "addition"
    __table_args__ = (Index("ix_addition_transaction", "transaction"),)

    id: Mapped[Id]
    at: Mapped[dt.datetime]
    transaction: Mapped[int] = mapped_column(BigInteger)
    table_name: Mapped[str]
    record_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))


def as_kept(entity: type[Any]) -> ColumnElement[dict[str, Any]]:
    """The rows of ``entity`` as the history would keep them, to compare the two."""
    kept: Any = func.to_jsonb(literal_column(f'"{entity.__tablename__}"')).op("-")("shape")
    for column in inspect(entity).local_table.columns:
        if isinstance(column.type, Geometry) and column.name != "shape":
            kept = kept.op("||")(func.jsonb_build_object(column.name, cast(column, Text)))
    for name in sorted(withheld_of(entity.__tablename__)):
        kept = kept.op("-")(name)
    return cast(kept, JSONB)
