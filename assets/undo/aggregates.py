"""What belongs together: each row a transaction wrote, under the record it is a part of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.orm import Session

from assets.db import Base, Recorded

# By which of its columns a row is a part of another; the first that a table has.
_PART_BY = ("asset_id", "project_id", "allocation_id", "post_id")
ALIAS = "t"


def recorded_tables() -> dict[str, Table]:
    """The tables whose rows are records, by name: those with a history."""
    return {
        mapper.local_table.name: mapper.local_table  # type: ignore[attr-defined, misc]
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Recorded)
    }


def root_of(name: str, row: str = ALIAS) -> tuple[str, str]:
    """The table of the record that rows of ``name`` are parts of, and the SQL of its id, read off ``row``."""
    table = Base.metadata.tables[name]
    for column in _PART_BY:
        if column not in table.c:
            continue
        parent = next(key.column.table.name for key in table.c[column].foreign_keys)
        if any(one in Base.metadata.tables[parent].c for one in _PART_BY):
            above, expression = root_of(parent, "p")
            return above, f'(SELECT {expression} FROM "{parent}" AS p WHERE p.id = {row}."{column}")'
        return parent, f'{row}."{column}"'
    return name, f"{row}.id"


def place_in_aggregates(session: Session, tables: Sequence[str]) -> None:
    """Say of every row what it is a part of: as it stands, or as it stood before it went."""
    for name in tables:
        root, expression = root_of(name)
        session.execute(
            text(
                f'UPDATE deeds SET root_table = :root, root_id = {expression} FROM "{name}" AS {ALIAS} '
                f"WHERE table_name = :table AND {ALIAS}.id = record_id"
            ),
            {"table": name, "root": root},
        )
        before = f'jsonb_populate_record(NULL::"{name}", h.before)'
        session.execute(
            text(
                "UPDATE deeds AS d SET root_table = :root, root_id = gone.root_id FROM (SELECT d.record_id, "
                f"(SELECT {expression} FROM history AS h CROSS JOIN LATERAL {before} AS {ALIAS} WHERE "
                "h.table_name = d.table_name AND h.record_id = d.record_id ORDER BY h.id DESC LIMIT 1) AS root_id "
                "FROM deeds AS d WHERE d.table_name = :table AND d.root_id IS NULL) AS gone "
                "WHERE d.table_name = :table AND d.record_id = gone.record_id"
            ),
            {"table": name, "root": root},
        )
    session.execute(text("UPDATE deeds SET root_table = table_name, root_id = record_id WHERE root_id IS NULL"))
    session.execute(text("CREATE INDEX ON deeds (root_table, root_id)"))
    session.execute(text("ANALYZE deeds"))


def references(tables: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The child, column and parent of every reference to one of ``tables`` from any record."""
    for child in recorded_tables().values():
        for key in child.foreign_keys:
            if key.column.table.name in tables:
                yield child.name, key.parent.name, key.column.table.name


def mark_whole(session: Session, tables: Sequence[str]) -> None:
    """Keep whole what is kept in part, and with it what it refers to that was new."""
    among = [(child, column, parent) for child, column, parent in references(tables) if child in tables]
    while True:
        marked = _rows(
            session.execute(
                text(
                    "UPDATE deeds AS d SET kept = true FROM "
                    "(SELECT DISTINCT root_table, root_id FROM deeds WHERE kept) AS k "
                    "WHERE NOT d.kept AND d.root_table = k.root_table AND d.root_id = k.root_id"
                )
            )
        )
        for child, column, parent in among:
            marked += _rows(
                session.execute(
                    text(
                        f'UPDATE deeds AS p SET kept = true FROM deeds AS d JOIN "{child}" AS c ON c.id = d.record_id '
                        f"WHERE d.kept AND d.table_name = :child AND p.table_name = :parent AND p.added AND NOT p.kept "
                        f'AND p.record_id = c."{column}"'
                    ),
                    {"child": child, "parent": parent},
                )
            )
        if not marked:
            return


def _rows(result: Any) -> int:
    return int(result.rowcount)
