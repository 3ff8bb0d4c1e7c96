"""What stands in the way of a former state: values that are another's by now, and records that are gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Table, UniqueConstraint, text
from sqlalchemy.orm import Session

from assets.db import Base
from assets.undo.aggregates import mark_whole, recorded_tables

# Former values of these are not brought back.
_NOT_RESTORED = frozenset({"id", "region_path"})
# The rows that would say again what they said, beside what that was.
_FORMER = (
    "(SELECT d.record_id, r.* FROM deeds AS d JOIN history AS h ON h.id = d.first_id "
    'CROSS JOIN LATERAL jsonb_populate_record(NULL\\:\\:"{table}", h.before) AS r '
    "WHERE d.table_name = '{table}' AND NOT d.kept AND NOT d.added) AS former"
)


def mark_obstructed(session: Session, tables: Sequence[str]) -> None:
    """Keep the rows whose former state has no room any more, and all that belongs to them.

    What is kept so may itself stand in the way of others, until nothing does.
    """
    while _taken(session, tables) + _orphaned(session, tables):
        mark_whole(session, tables)


def _taken(session: Session, tables: Sequence[str]) -> int:
    """Rows that would say again what may be said once, and another that stays says by now."""
    marked = 0
    for name in tables:
        for columns, same, where in _said_once(Base.metadata.tables[name]):
            equal = " AND ".join(f'now."{one}" {same} former."{one}"' for one in columns)
            found = session.execute(
                text(
                    "UPDATE deeds AS d SET kept = true, gone_on = greatest(d.gone_on, taken.transaction) FROM ("
                    "SELECT former.record_id, max((SELECT max(e.transaction) FROM audit_entry AS e "
                    "WHERE e.table_name = :table AND e.record_id = now.id)) AS transaction "
                    f"FROM (SELECT * FROM {_FORMER.format(table=name)}{where}) AS former "
                    f'JOIN (SELECT * FROM "{name}"{where}) AS now ON {equal} AND now.id <> former.record_id '
                    "WHERE NOT EXISTS (SELECT FROM deeds AS o WHERE o.table_name = :table "
                    "AND o.record_id = now.id AND NOT o.kept) GROUP BY former.record_id) AS taken "
                    "WHERE d.table_name = :table AND d.record_id = taken.record_id"
                ),
                {"table": name},
            )
            marked += int(found.rowcount)  # type: ignore[attr-defined]
    return marked


def _orphaned(session: Session, tables: Sequence[str]) -> int:
    """Rows that would refer again to what has been taken out since."""
    recorded = recorded_tables()
    marked = 0
    for name in tables:
        for key in sorted(Base.metadata.tables[name].foreign_keys, key=lambda one: one.parent.name):
            column, parent = key.parent.name, key.column.table.name
            if parent not in recorded:
                continue
            found = session.execute(
                text(
                    "UPDATE deeds AS d SET kept = true FROM "
                    f"(SELECT former.record_id FROM {_FORMER.format(table=name)} "
                    f'WHERE former."{column}" IS NOT NULL '
                    f'AND NOT EXISTS (SELECT FROM "{parent}" AS p WHERE p.id = former."{column}") '
                    "AND NOT EXISTS (SELECT FROM deeds AS o WHERE o.table_name = :parent "
                    f'AND o.record_id = former."{column}" AND o.gone AND NOT o.kept)) AS orphan '
                    "WHERE d.table_name = :table AND d.record_id = orphan.record_id"
                ),
                {"table": name, "parent": parent},
            )
            marked += int(found.rowcount)  # type: ignore[attr-defined]
    return marked


def _said_once(table: Table) -> Iterator[tuple[list[str], str, str]]:
    """What no two rows may have alike: its columns, how they are compared, and for which rows it holds."""
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            distinct = constraint.dialect_options["postgresql"]["nulls_not_distinct"]
            yield from _usable([one.name for one in constraint.columns], distinct, None)
    for index in table.indexes:
        if index.unique:
            options = index.dialect_options["postgresql"]
            yield from _usable([one.name for one in index.columns], options["nulls_not_distinct"], options["where"])


def _usable(columns: Sequence[str], alike: bool | None, where: object) -> Iterator[tuple[list[str], str, str]]:
    if columns and not _NOT_RESTORED & set(columns):
        same = "IS NOT DISTINCT FROM" if alike else "="
        yield list(columns), same, f" WHERE {where}" if where is not None else ""
