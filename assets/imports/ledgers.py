"""The records of an area as a ledger of their kind says them: what goes out to come back unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geoalchemy2.functions import ST_AsBinary
from sqlalchemy import ColumnElement, Select, case, func, insert, or_, select
from sqlalchemy.orm import Session, aliased

from assets.db import Placed, Retired
from assets.errors import RegistryError
from assets.imports.fields import Context, Kind
from assets.imports.identities import entity_of, records_of
from assets.imports.models import ImportBatch
from assets.imports.staging import Staging
from assets.maintenance.models import Inspection
from assets.places.models import Road
from assets.regions.models import Region
from assets.regions.queries import valid_on
from assets.registry.models import Asset
from assets.scope import within


@dataclass(frozen=True)
class Ledger:
    """How many records there are, and what selects them in the form :attr:`Kind.existing` compares rows with.

    ``rows`` gives by number: ``record_id``, a column for every field, ``region_code`` with the names of
    ``town`` and ``village``, and ``shape`` (well-known binary), where the kind has them.
    """

    total: int
    rows: Select[Any]
    _drawn: Select[Any] | None

    def count_intricate(self, session: Session, corners: int) -> int:
        """How many positions have more corners than that."""
        if self._drawn is None:
            return 0
        (shape,) = self._drawn.selected_columns
        return (
            session.scalar(
                select(func.count()).select_from(self._drawn.where(func.ST_NPoints(shape) > corners).subquery())
            )
            or 0
        )


class TooManyRecords(RegistryError):
    """More than a file should hold."""

    message = "These are {total} rows; a file holds {limit} at most. Choose an area or a filter first."


def gather_ledger(session: Session, kind: Kind, context: Context, area: Region, *, most: int) -> Ledger:
    """The records of one kind in an area.

    What it selects lives in temporary tables until the transaction ends.

    Parameters
    ----------
    session : Session
        Bound to whoever takes the ledger along.
    kind : Kind
        Which records.
    context : Context
        The day on which they are in force.
    area : Region
        They are filed at or below it.
    most : int
        How many a file may hold.

    Returns
    -------
    Ledger
        To be read in the same transaction.

    Raises
    ------
    TooManyRecords
        For more than ``most``.
    """
    staging = Staging(session, ImportBatch(kind=kind.key, region_id=area.id), kind, context, identity="")
    rows, entity = staging.rows, entity_of(staging)
    chosen = select(func.row_number().over(order_by=entity.id), entity.id).where(
        staging.seen(entity), *_in_force(entity, context), _inside(entity, area)
    )
    if kind.position_needed:
        chosen = chosen.where(entity.geom.is_not(None))
    total = session.scalar(select(func.count()).select_from(chosen.limit(most + 1).subquery())) or 0
    if total > most:
        exact = session.scalar(select(func.count()).select_from(chosen.subquery()))
        raise TooManyRecords(total=exact, limit=most)
    session.execute(insert(rows).from_select(["number", "record_id"], chosen))
    staging.analyze()
    existing = records_of(staging)
    said: list[Any] = [column for column in existing.c if column.key not in ("geom", "region_id")]
    statement = select(*said).select_from(rows).join(existing, existing.c.record_id == rows.c.record_id)
    if "region_id" in existing.c:
        statement = _tell_place(statement, existing)
    drawn: Select[Any] | None = None
    if "geom" in existing.c:
        statement = statement.add_columns(ST_AsBinary(existing.c.geom).label("shape"))
        drawn = select(entity.geom).join(rows, rows.c.record_id == entity.id)
    order = [rows.c.number]
    if kind.lines is not None:
        lines = kind.lines(staging).subquery("lines")
        beside = [column for column in lines.c if column.key != "record_id"]
        statement = statement.add_columns(*beside).outerjoin(lines, lines.c.record_id == rows.c.record_id)
        order += beside[:1]
    return Ledger(total, statement.order_by(*order), drawn)


def _tell_place(statement: Select[Any], existing: Any) -> Select[Any]:
    above = aliased(Region)
    is_village = Region.level == "village"
    told = {
        "region_code": Region.code,
        "town": case((is_village, above.short_name), (Region.level == "town", Region.short_name)),
        "village": case((is_village, Region.short_name)),
    }
    return (
        statement.add_columns(*(what.label(name) for name, what in told.items() if name not in existing.c))
        .outerjoin(Region, Region.id == existing.c.region_id)
        .outerjoin(above, above.id == Region.parent_id)
    )


def _in_force(entity: Any, context: Context) -> list[ColumnElement[bool]]:
    found = [entity.kept_on(context.today)] if issubclass(entity, Retired) else []
    return [*found, valid_on(context.today)] if entity is Region else found


def _inside(entity: Any, area: Region) -> ColumnElement[bool]:
    """The criterion that a record belongs to an area; a road of no region belongs to every one."""
    path = area.region_path
    if entity is Inspection:
        return Inspection.asset_id.in_(select(Asset.id).where(within(Asset.region_path, path)))
    if entity is Road:
        here = select(Region.id).where(within(Region.region_path, path))
        return or_(Road.region_id.is_(None), Road.region_id.in_(here))
    return (
        within(entity.region_path, path) if entity is Region or issubclass(entity, Placed) else entity.id.is_not(None)
    )
