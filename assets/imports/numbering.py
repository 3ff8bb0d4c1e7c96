"""Ids for records that are to be entered, given out before they are, so that others can name them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Select, Table, func, select

from assets.imports.beside import beside
from assets.imports.staging import Staging


def numbered(staging: Staging, name: str, entity: type[Any], chosen: Select[Any]) -> Table:
    """What ``chosen`` selects, in its order, each with the ``id`` of a new record of ``entity``."""
    inner = chosen.subquery("chosen")
    next_id = func.nextval(func.pg_get_serial_sequence(f'"{entity.__tablename__}"', "id"))
    columns: list[Column[Any]] = [Column("id", BigInteger, primary_key=True)]
    columns += [Column(column.name, column.type) for column in inner.c]
    return beside(staging, name, *columns, of=select(next_id, *inner.c))
