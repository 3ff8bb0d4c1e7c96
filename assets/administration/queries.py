"""Reading dated rows with all their versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.administration.versions import IDENTITY
from assets.db import Base
from assets.errors import NotFound

Row = TypeVar("Row", bound=Base)


def versions(session: Session, entity: type[Row], part: Mapping[str, Any]) -> list[Row]:
    """The rows of one kind, the versions of one thing together and in their order."""
    table: Any = entity
    found = session.scalars(
        select(table).where(*(getattr(table, name) == value for name, value in part.items())).order_by(table.id)
    ).all()

    def identity(row: Any) -> tuple[Any, ...]:
        return tuple(getattr(row, name) for name in IDENTITY[entity])

    first: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for row in sorted(found, key=lambda row: row.valid_from):
        # A thing stands where its latest version says.
        first[identity(row)] = (_type(row), getattr(row, "position", 0), row.id)
    return sorted(found, key=lambda row: (first[identity(row)], row.valid_from))


def get_row(session: Session, entity: type[Row], row_id: int) -> Row:
    """One version.

    Raises
    ------
    NotFound
        When there is none.
    """
    found = session.get(entity, row_id)
    if found is None:
        raise NotFound
    return found


def _type(row: Any) -> str:
    return getattr(row, "asset_type", "") or ""
