"""Every row beside the asset it names: what the record would say, and what it says now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Integer,
    Select,
    Table,
    Text,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)

from assets.db import OFFICE_ZONE
from assets.imports.beside import beside
from assets.imports.clearing import cleared_of
from assets.imports.staging import Staging
from assets.registry.models import Asset, ValueEvent

# Columns of the record that a row may say, under their own names.
COLUMNS = (
    "name",
    "asset_class",
    "type",
    "sector",
    "form",
    "quantity",
    "unit",
    "specification",
    "useful_life_years",
    "depreciation",
    "built_on",
    "handed_over_on",
    "registered",
    "certified_on",
    "certificate",
    "operating_status",
    "papers_missing",
    "source",
    "region_id",
    "geom",
    "position_quality",
    "source_datum",
)
# A hundred-millionth of a degree is a millimetre; exports round to it.
SAME_DEGREES = 2e-7
# What a new record says where its row says nothing.
DEFAULTS: dict[str, Any] = {
    "form": "fixed",
    "depreciation": "straight_line",
    "registered": True,
    "papers_missing": False,
    "operating_status": "operating",
}
# What a row may empty; a name, a class and a place there have to be.
EMPTIED = frozenset(COLUMNS) - DEFAULTS.keys() - {"name", "asset_class", "region_id", "geom"}
EMPTIED -= {"position_quality", "source_datum"}


def prepare(staging: Staging) -> Table:
    """Put each row beside its record.

    ``record_id`` is null for a new one. A column holds what the record would say, its ``was_``
    what it says; ``start`` is its first day, ``was_start`` the one it had.
    """
    rows, today = staging.rows, staging.context.today
    made_on = cast(func.timezone(str(OFFICE_ZONE), Asset.created_at), Date)
    cleared = cleared_of(staging)
    would = {name: said(staging, cleared, name, getattr(Asset, name), DEFAULTS.get(name)) for name in COLUMNS}
    would |= _position(staging)
    was_start = func.coalesce(Asset.built_on, Asset.handed_over_on, made_on)
    own: dict[str, tuple[Any, Any]] = {
        "record_id": (BigInteger(), Asset.id),
        "start": (Date(), func.coalesce(would["built_on"], would["handed_over_on"], made_on, today)),
        "was_start": (Date(), case((Asset.id.is_not(None), was_start))),
        "region_path": (Text(collation="C"), func.coalesce(rows.c.region_path, Asset.region_path)),
        "was_path": (Text(collation="C"), Asset.region_path),
        "retired_on": (Date(), Asset.retired_on),
        "disposed_on": (Date(), Asset.disposed_on),
        "operating_since": (Date(), rows.c.operating_since),
    }
    made: dict[str, tuple[Any, Any]] = {"number": (Integer(), rows.c.number)} | own
    for name in COLUMNS:
        made[name] = (getattr(Asset, name).type, cast(would[name], getattr(Asset, name).type))
        made[f"was_{name}"] = (getattr(Asset, name).type, getattr(Asset, name))
    made["is_new"] = (Boolean(), Asset.id.is_(None))
    columns = [Column(name, kind, primary_key=name == "number") for name, (kind, _) in made.items()]
    chosen = select(*(value for _, value in made.values())).select_from(
        rows.outerjoin(Asset, (Asset.id == rows.c.record_id) & staging.seen(Asset)).outerjoin(
            cleared, cleared.c.number == rows.c.number
        )
    )
    return beside(staging, "staged_asset", *columns, of=chosen)


def _position(staging: Staging) -> dict[str, Any]:
    """Where it would lie; a village's own point takes nobody's place, and what lies there already stays."""
    rows = staging.rows
    stands_in = rows.c.position_quality == "village_point"
    stays = or_(
        rows.c.geom.is_(None), and_(Asset.geom.is_not(None), or_(stands_in, _lies_alike(rows.c.geom, Asset.geom)))
    )
    names = ("position_quality", "source_datum")
    moved: dict[str, Any] = {"geom": case((stays, Asset.geom), else_=rows.c.geom)}
    for name in names:
        moved[name] = case((stays, getattr(Asset, name)), else_=rows.c[name])
    return moved


def _lies_alike(one: Any, other: Any) -> Any:
    near = func.ST_HausdorffDistance(one, other) <= SAME_DEGREES
    return and_(
        func.GeometryType(one) == func.GeometryType(other), func.ST_NPoints(one) == func.ST_NPoints(other), near
    )


def said(staging: Staging, cleared: Any, name: str, before: Any, default: Any = None) -> Any:
    """What the record would say: the row's word, else what it says, else what is usual."""
    rows = staging.rows
    kept = func.coalesce(rows.c[name], before) if default is None else func.coalesce(rows.c[name], before, default)
    return case((literal(name) == any_(cleared.c.fields), default), else_=kept)


def news(work: Table, *names: str) -> Any:
    """The criterion that a record would say something new in one of these columns."""
    found: Any = work.c.is_new
    for name in names:
        found = found | work.c[name].is_distinct_from(work.c[f"was_{name}"])
    return found


def recorded(staging: Staging, work: Table, there: Select[Any], names: Sequence[str]) -> Table:
    """What is recorded of the assets that rows name, beside the record itself."""
    inner = there.subquery("inner_there")
    events = (
        select(
            ValueEvent.asset_id,
            func.count().label("events"),
            func.count().filter(ValueEvent.kind == "new").label("first_events"),
            func.min(ValueEvent.project_id).label("project_id"),
        )
        .where(ValueEvent.asset_id.in_(select(work.c.record_id)))
        .group_by(ValueEvent.asset_id)
        .subquery("events")
    )
    columns = [Column("record_id", BigInteger, primary_key=True)]
    columns += [Column(name, inner.c[name].type) for name in names]
    columns += [Column("events", Integer), Column("first_events", Integer), Column("project_id", BigInteger)]
    chosen = (
        select(
            inner.c.record_id,
            *(inner.c[name] for name in names),
            func.coalesce(events.c.events, 0),
            func.coalesce(events.c.first_events, 0),
            events.c.project_id,
        )
        .outerjoin(events, events.c.asset_id == inner.c.record_id)
        .where(inner.c.record_id.in_(select(work.c.record_id).where(work.c.record_id.is_not(None))))
    )
    return beside(staging, "staged_there", *columns, of=chosen)
