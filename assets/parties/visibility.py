"""Whom the viewer may see among the holders: those that visible records name, and those of the own area."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, inspect, literal, or_, select
from sqlalchemy.orm import Session

from assets.db import Base
from assets.parties.models import Party
from assets.regions.models import Region
from assets.scope import Viewer, viewer_of

PUBLIC_BODIES = ("state_unit", "town")


def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The criterion that ``viewer`` may see a holder without knowing its code.

    Seen are holders seated within reach, public bodies of the areas above it (a clerk names the
    county's departments), and whoever is named by a record the viewer sees.
    """
    if viewer.unbounded:
        return Party.id.is_not(None)
    above = {int(part) for reach in viewer.reaches for part in reach.path.strip("/").split("/")}
    within = select(Region.id).where(viewer.narrow(Region.region_path, None))
    found: list[ColumnElement[bool]] = [
        Party.region_id.in_(within),
        Party.type.in_(PUBLIC_BODIES) & Party.region_id.in_(sorted(above)),
    ]
    for entity, key in naming():
        if entity is not Party:
            # The session narrows these to what the viewer sees.
            found.append(select(literal(1)).select_from(entity).where(getattr(entity, key) == Party.id).exists())
    return or_(*found)


def naming() -> Iterator[tuple[type[Any], str]]:
    """Every mapped class with the attribute by which it names a holder."""
    party = inspect(Party).local_table
    for mapper in Base.registry.mappers:
        for attribute in mapper.column_attrs:
            if any(key.column.table is party for key in attribute.columns[0].foreign_keys):
                yield mapper.class_, attribute.key


def is_named(session: Session, party_id: int) -> bool:
    """Whether any record names the holder, within the viewer's reach or not."""
    for table, column in _referring():
        if session.scalar(select(literal(1)).select_from(table).where(column == party_id).limit(1)):
            return True
    return False


def _referring() -> Iterator[tuple[Table, Column[Any]]]:
    # Core tables are not narrowed: a holder that another town's record names must stay as well.
    party = inspect(Party).local_table
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table is party for key in column.foreign_keys):
                yield table, column


def may_see(session: Session, party_id: int) -> bool:
    """Whether the viewer may see this holder."""
    statement = select(Party.id).where(Party.id == party_id, seen_by(viewer_of(session)))
    return session.scalar(statement) is not None
