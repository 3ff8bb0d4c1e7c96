"""The statements of undoing: what a transaction did to which rows, and how all of it is restored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, TextClause, bindparam, select, text
from sqlalchemy.orm import Session

from assets.db import Base
from assets.history import Addition, History
from assets.withheld import withheld_of

_KEPT_BY_THE_DATABASE = frozenset({"id", "revision", "updated_at", "region_path", "review_status"})

DEEDS = """
    WITH added AS (
        SELECT DISTINCT table_name, unnest(record_ids) AS record_id FROM addition WHERE transaction = :transaction
    ),
    kept AS (
        SELECT table_name, record_id, min(id) AS first_id, max(id) AS last_id
        FROM history WHERE transaction = :transaction GROUP BY table_name, record_id
    ),
    deeds AS MATERIALIZED (
        SELECT coalesce(kept.table_name, added.table_name) AS table_name,
               coalesce(kept.record_id, added.record_id) AS record_id, kept.first_id, kept.last_id,
               added.record_id IS NOT NULL AS added, coalesce(final.operation = 'delete', false) AS gone
        FROM kept FULL JOIN added ON added.table_name = kept.table_name AND added.record_id = kept.record_id
        LEFT JOIN history AS final ON final.id = kept.last_id
    )
"""


def tables_of(session: Session, transaction: int) -> list[str]:
    """The tables it wrote to, parents first."""
    names = set(
        session.scalars(
            select(History.table_name)
            .where(History.transaction == transaction)
            .union(select(Addition.table_name).where(Addition.transaction == transaction))
        )
    )
    return [table.name for table in Base.metadata.sorted_tables if table.name in names]


def about(transaction: int, statement: str) -> TextClause:
    """A statement that may read ``deeds``: the rows ``transaction`` wrote, and what became of them in it."""
    return text(f"{DEEDS} {statement}").bindparams(bindparam("transaction", transaction, BigInteger))


def entity_of(table: str) -> Any:
    """The mapped class of a table."""
    return next(m.class_ for m in Base.registry.mappers if m.local_table.name == table)  # type: ignore[attr-defined]


def touched_rows(transaction: int, table: str) -> Any:
    """The ids of the rows of ``table`` that it wrote."""
    return (
        about(transaction, "SELECT record_id FROM deeds WHERE table_name = :table")
        .bindparams(table=table)
        .columns(record_id=BigInteger)
        .subquery()
    )


def restoring(tables: Sequence[str]) -> str:
    """The one statement that restores every table."""
    steps, counted = [], []
    for number, name in enumerate(tables):
        table = Base.metadata.tables[name]
        columns = [c.name for c in table.columns if c.computed is None and c.name != "shape"]
        # What the history does not say stays what it is.
        changing = [c for c in columns if c not in _KEPT_BY_THE_DATABASE and c not in withheld_of(name)]
        listed = ", ".join(f'"{c}"' for c in columns)
        assigned = ", ".join(f'"{c}" = r."{c}"' for c in changing)
        before = (
            f"deeds AS d JOIN history AS h ON h.id = d.first_id "
            f'CROSS JOIN LATERAL jsonb_populate_record(NULL::"{name}", h.before) AS r'
        )
        # Each step counts the rows of the one before, so that they run in this order: what a
        # row must not overlap with is gone before it says again what it said.
        steps += [
            f"gone_{number} AS (DELETE FROM \"{name}\" AS t USING deeds AS d WHERE d.table_name = '{name}' "
            f"AND d.added AND NOT d.gone AND t.id = d.record_id RETURNING 1)",
            f'changed_{number} AS (UPDATE "{name}" AS t SET {assigned} FROM {before} '
            f"WHERE d.table_name = '{name}' AND NOT d.added AND NOT d.gone AND t.id = d.record_id "
            f"AND (SELECT count(*) FROM gone_{number}) >= 0 RETURNING 1)",
            f'back_{number} AS (INSERT INTO "{name}" ({listed}) SELECT {", ".join(f"r.{_quoted(c)}" for c in columns)} '
            f"FROM {before} WHERE d.table_name = '{name}' AND NOT d.added AND d.gone "
            f"AND (SELECT count(*) FROM changed_{number}) >= 0 RETURNING id)",
            f"noted_{number} AS (INSERT INTO history (at, transaction, table_name, record_id, operation, before) "
            f"SELECT now(), pg_current_xact_id()::text::bigint, '{name}', id, 'insert', '{{}}' FROM back_{number})",
        ]
        counted += [f"(SELECT count(*) FROM {step}_{number})" for step in ("gone", "changed", "back")]
    return f", {', '.join(steps)} SELECT {' + '.join(counted)}"


def _quoted(column: str) -> str:
    return f'"{column}"'
