"""Temporary tables beside the staged rows: what a check has worked out and the writing needs again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
from sqlalchemy import Column, MetaData, SelectBase, Table, insert, text
from sqlalchemy.schema import CreateTable, DropTable

from assets.imports.staging import Staging

_known: dict[tuple[Any, ...], Table] = {}


def beside(staging: Staging, name: str, *columns: Column[Any], of: SelectBase | None = None) -> Table:
    """A new temporary table, filled from ``of`` column by column; it goes with the transaction."""
    described = (name, *((column.name, str(column.type), column.primary_key) for column in columns))
    table = _known.get(described)
    if table is None:
        # Described once, so that what is compiled for one ledger serves the next.
        table = Table(name, MetaData(), *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")
        _known[described] = table
    staging.session.execute(DropTable(table, if_exists=True))
    staging.session.execute(CreateTable(table))
    if of is not None:
        staging.session.execute(insert(table).from_select([column.name for column in columns], of))
        analyze(staging, table)
    return table


def fill(staging: Staging, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Copy what was worked out outside the database into a temporary table."""
    kept = list(rows)
    if kept:
        types = [(column.name, _ARROW.get(column.type.python_type, pa.string())) for column in table.columns]
        staging.copy(table, pa.Table.from_pylist(kept, schema=pa.schema(types)))
    analyze(staging, table)


def analyze(staging: Staging, table: Table) -> None:
    """Let the planner know what is in it."""
    staging.session.execute(text(f"ANALYZE {table.name}"))


_ARROW = {int: pa.int64(), bool: pa.bool_(), float: pa.float64()}
