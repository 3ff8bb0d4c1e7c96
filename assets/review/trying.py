"""Trying a verb: what it would change is read back, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Text, func, inspect, select, text
from sqlalchemy.orm import Session

from assets.db import Base, Placed
from assets.history import Addition, History, as_kept

# Kept by the database, made of other columns, or the same for every row.
_UNTOLD = frozenset(
    {"id", "revision", "created_at", "updated_at", "created_by", "updated_by", "region_path", "review_status"}
    | {"pinyin", "initials", "plain_name", "shape", "rollup_id", "request_key"}
)


@dataclass(frozen=True)
class Mark:
    """Where the history of a transaction stood before something was tried."""

    transaction: int
    history: int
    addition: int


def mark(session: Session) -> Mark:
    """Where the history of this transaction stands now."""
    session.flush()
    transaction = session.scalar(select(func.pg_current_xact_id().cast(Text).cast(BigInteger))) or 0
    last = [
        session.scalar(select(func.coalesce(func.max(log.id), 0)).where(log.transaction == transaction)) or 0
        for log in (History, Addition)
    ]
    return Mark(transaction, *last)


def differences_since(session: Session, since: Mark) -> list[dict[str, Any]]:
    """The rows changed since: table, id (none for a new one) and the columns that differ, before and after."""
    session.flush()
    entities = entities_by_table()
    added = {
        (table, number)
        for table, numbers in session.execute(
            select(Addition.table_name, Addition.record_ids).where(
                Addition.transaction == since.transaction, Addition.id > since.addition
            )
        )
        for number in numbers
    }
    first: dict[tuple[str, int], Mapping[str, Any]] = {}
    last: dict[tuple[str, int], Mapping[str, Any] | None] = {}
    for version in session.scalars(
        select(History).where(History.transaction == since.transaction, History.id > since.history).order_by(History.id)
    ):
        key = (version.table_name, version.record_id)
        first.setdefault(key, version.before)
        last[key] = version.after
    rows = [
        _row(table, number, first[table, number], last[table, number])
        for table, number in first
        if (table, number) not in added
    ]
    for table in sorted({table for table, _number in added}):
        entity = entities[table]
        numbers = [number for name, number in added if name == table]
        kept = session.execute(select(entity.id, as_kept(entity)).where(entity.id.in_(numbers)).order_by(entity.id))
        rows += [_row(table, None, {}, now) for _number, now in kept]
    return [row for row in rows if row["changes"]]


def _row(table: str, number: int | None, before: Mapping[str, Any], after: Mapping[str, Any] | None) -> dict[str, Any]:
    now = after or {}
    changes = {
        name: [before.get(name), now.get(name)]
        for name in {**before, **now}
        if name not in _UNTOLD and before.get(name) != now.get(name)
    }
    if number is None:
        # The number of a new record is given when it is entered for good.
        changes.pop("code", None)
    done = "added" if number is None else "changed" if after is not None else "removed"
    return {"table": table, "id": number, "done": done, "changes": changes}


def entities_by_table() -> dict[str, Any]:
    """The mapped classes by the names of their tables."""
    return {mapper.local_table.name: mapper.class_ for mapper in Base.registry.mappers}  # type: ignore[attr-defined]


def placed_of(session: Session, record: Any) -> Any:
    """The placed record that ``record`` is or belongs to; None where there is none."""
    if isinstance(record, Placed):
        return record
    placed = {name: entity for name, entity in entities_by_table().items() if issubclass(entity, Placed)}
    for column in inspect(type(record)).local_table.columns:
        for key in column.foreign_keys:
            entity = placed.get(key.column.table.name)
            number = getattr(record, column.key, None)
            if entity is not None and number is not None and column.key in ("asset_id", "project_id"):
                return session.get(entity, number)
    return None


def ask_all_constraints(session: Session) -> None:
    """Let the database ask now what it would ask at the end of the transaction."""
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
