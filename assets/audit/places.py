"""Where a record lies that an entry tells of: its region's path and its sector, as SQL.

Rooms above this one are not known here; the way to a region is read off the tables' foreign keys.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Table, Text, column, func, literal, null, select, table

REGION = table("region", column("id", BigInteger), column("region_path", Text))
ACCOUNT = table("account", column("id", BigInteger), column("region_id", BigInteger))
GRANT = table("grant", column("id", BigInteger), column("account_id", BigInteger), column("region_id", BigInteger))
# Persons and parties are named by records of many places, and lie in none of them.
_NOWHERE = frozenset({"party", "person"})
_LONGEST_WAY = 3

Read = Callable[[str], Any]
Place = tuple[ColumnElement[Any], ColumnElement[Any]]


def place_of(held_in: Table, read: Read) -> Place:
    """Path and sector of one record, as scalar expressions; null where it has none.

    Parameters
    ----------
    held_in : Table
        The record's table.
    read : callable
        Gives the value of a column of the record, or an expression for it.
    """
    if held_in.name == REGION.name:
        return select(REGION.c.region_path).where(REGION.c.id == read("id")).scalar_subquery(), null()
    if "region_id" in held_in.c:
        region = select(REGION.c.region_path).where(REGION.c.id == read("region_id"))
        return region.scalar_subquery(), _written(read("sector")) if "sector" in held_in.c else null()
    way = _way(held_in)
    if not way:
        return null(), null()
    link, parent_table = way[0]
    parent = parent_table.alias()
    here = next(iter(parent.primary_key)) == read(link)
    path, sector = place_of(parent_table, lambda name: parent.c[name])
    return (
        select(path).select_from(parent).where(here).scalar_subquery(),
        select(sector).select_from(parent).where(here).scalar_subquery(),
    )


def place_of_account(account_id: int | None) -> ColumnElement[Any]:
    """The path of where the person of an account works, else of what was granted first."""
    if account_id is None:
        return null()
    path = select(REGION.c.region_path)
    works_in = path.join(ACCOUNT, ACCOUNT.c.region_id == REGION.c.id).where(ACCOUNT.c.id == account_id)
    granted = path.join(GRANT, GRANT.c.region_id == REGION.c.id).where(GRANT.c.account_id == account_id)
    return func.coalesce(works_in.scalar_subquery(), granted.order_by(GRANT.c.id).limit(1).scalar_subquery())


def _written(value: Any) -> ColumnElement[Any]:
    return value if isinstance(value, ColumnElement) else literal(value, Text)


@lru_cache(maxsize=256)
def _way(held_in: Table) -> tuple[tuple[str, Table], ...]:
    """The shortest way along foreign keys to a table whose rows lie in a region."""
    ways: list[tuple[tuple[str, Table], ...]] = [()]
    for _step in range(_LONGEST_WAY):
        longer = []
        for way in ways:
            last = way[-1][1] if way else held_in
            for link in last.c:
                for key in link.foreign_keys:
                    target = key.column.table
                    if target.name in _NOWHERE or target is last:
                        continue
                    longer.append((*way, (link.name, target)))
                    if "region_id" in target.c:
                        return longer[-1]
        ways = longer
    return ()
