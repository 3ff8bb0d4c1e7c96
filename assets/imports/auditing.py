"""Audit entries of many records at once, as :func:`assets.audit.record` leaves one for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Numeric, Text, and_, case, cast, func, insert, inspect, literal, null
from sqlalchemy import select as plain_select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from assets.audit.models import AuditEntry
from assets.audit.places import place_of, place_of_account
from assets.history import History
from assets.imports.models import ImportBatch
from assets.scope import Viewer, viewer_of
from assets.withheld import withheld_of

# What an entry never tells: kept by the database, or told in another way.
_UNTOLD = frozenset(
    {"id", "geom", "shape", "region_path", "created_at", "updated_at", "updated_by", "revision", "review_status"}
    | {"plain_name", "differences"}
)


def batch_name(batch: ImportBatch) -> str:
    """What entries name the batch by that they belong to."""
    return f"import {batch.id}"


def note_added(
    session: Session,
    batch: ImportBatch,
    action: str,
    entity: type[Any],
    *where: ColumnElement[bool],
    of: Any = None,
    path: Any = None,
    sector: Any = None,
) -> None:
    """Leave an entry for every new record of ``entity`` that meets ``where``.

    Parameters
    ----------
    session, batch
        Bound to whoever enters; what the entries belong to.
    action : str
        ``room.verb``.
    entity : type
        A mapped class, whose rows are there by now.
    *where : criteria
        Which.
    of : FromClause, optional
        What ``where`` speaks of, ``entity`` included.
    path, sector : column, optional
        Where the records lie, if that is known without looking.
    """
    told: list[Any] = []
    for key, value in _columns(entity):
        told += [literal(key), case((value.is_not(None), func.jsonb_build_array(null(), _plain(value))))]
    if hidden := _withheld(entity):
        kept = func.concat_ws(", ", *(case((getattr(entity, name) != "", name)) for name in hidden))
        told += [literal("withheld"), func.nullif(kept, "")]
    _enter(session, batch, action, entity, entity.id, told, where, of=of, path=path, sector=sector)


def note_changed(
    session: Session,
    batch: ImportBatch,
    action: str,
    entity: type[Any],
    *where: ColumnElement[bool],
    since: int,
    of: Any = None,
    path: Any = None,
    sector: Any = None,
    **facts: Any,
) -> None:
    """Leave an entry for every record of ``entity`` that this transaction has changed after ``since``.

    What it said before and after is read from the history, which the database has kept just now;
    ``since`` is what :func:`latest_version` gave before the change. ``facts`` are columns of JSON
    that an entry tells besides.
    """
    told: list[Any] = []
    for key, value in _columns(entity):
        name = value.property.columns[0].name
        before, after = (_kept(side, name, value) for side in (History.before, History.after))
        told += [literal(key), case((before.is_distinct_from(after), func.jsonb_build_array(before, after)))]
    if _withheld(entity):
        told += [literal("withheld"), func.array_to_string(History.withheld, ", ")]
    for key, value in facts.items():
        told += [literal(key), value]
    here = and_(
        History.table_name == entity.__tablename__,
        History.record_id == entity.id,
        History.operation == "update",
        History.transaction == current_transaction(),
        History.id > since,
    )
    _enter(
        session,
        batch,
        action,
        entity,
        entity.id,
        told,
        (here, *where),
        of=of,
        path=path,
        sector=sector,
        reason=batch.file_name,
    )


def note_facts(
    session: Session,
    batch: ImportBatch,
    action: str,
    entity: type[Any],
    facts: Mapping[str, Any],
    *where: ColumnElement[bool],
    of: Any = None,
    path: Any = None,
    sector: Any = None,
) -> None:
    """Leave an entry for each record that tells ``facts`` of it, columns that JSON can hold; before it is taken out."""
    told = [part for name, value in facts.items() for part in (literal(name), value)]
    _enter(
        session,
        batch,
        action,
        entity,
        entity.id,
        told,
        where,
        of=of,
        path=path,
        sector=sector,
        reason=batch.file_name,
    )


def latest_version(session: Session) -> int:
    """The number of the newest version the history keeps: what comes later is changed later."""
    return session.scalar(plain_select(func.coalesce(func.max(History.id), 0))) or 0


def current_transaction() -> ColumnElement[int]:
    """The number of the transaction, as the history says it."""
    return cast(cast(func.pg_current_xact_id(), Text), BigInteger)


def _enter(
    session: Session,
    batch: ImportBatch,
    action: str,
    entity: type[Any],
    record_id: Any,
    told: list[Any],
    where: tuple[ColumnElement[bool], ...],
    *,
    of: Any,
    path: Any,
    sector: Any,
    reason: str | None = None,
) -> None:
    viewer = viewer_of(session)
    who = viewer.approved_by or viewer.account_id
    table: Any = inspect(entity).local_table
    if path is None:
        path, found = place_of(table, lambda name: table.c[name])
        sector = found if sector is None else sector
    actors = place_of_account(who)
    changes = func.nullif(func.jsonb_strip_nulls(_object(told)), cast(literal("{}"), JSONB))
    common = {
        "account_id": who,
        "address": viewer.address,
        "action": action,
        "table_name": table.name,
        "batch": batch_name(batch),
        "reason": reason,
    }
    chosen = plain_select(
        record_id,
        _with(changes, _besides(viewer)),
        func.coalesce(path, actors),
        null() if sector is None else cast(sector, Text),
        *(literal(value, getattr(AuditEntry, name).type) for name, value in common.items()),
    )
    if of is not None:
        chosen = chosen.select_from(of)
    names = ["record_id", "changes", "region_path", "sector", *common]
    session.execute(insert(AuditEntry).from_select(names, chosen.where(*where)))


def _object(told: list[Any]) -> Any:
    """One object of many pairs; a function of PostgreSQL takes a hundred arguments at most."""
    parts = [func.jsonb_build_object(*told[first : first + 90]) for first in range(0, len(told), 90)]
    whole: Any = parts[0]
    for part in parts[1:]:
        whole = whole.op("||")(part)
    return whole


def _with(changes: Any, besides: dict[str, Any]) -> Any:
    if not besides:
        return changes
    return func.coalesce(changes, cast(literal("{}"), JSONB)).op("||")(literal(besides, JSONB))


def _besides(viewer: Viewer) -> dict[str, Any]:
    """On whose behalf it was done, as the entry of one record tells it."""
    told: dict[str, Any] = {} if viewer.approved_by is None else {"on_behalf_of": viewer.username}
    if grants := viewer.stands_in_at(None):
        told["delegated_from"] = {"grants": list(grants)}
    return told


def _columns(entity: type[Any]) -> list[tuple[str, Any]]:
    mapper: Any = inspect(entity)
    unsaid = _UNTOLD | withheld_of(entity.__tablename__)
    return [(one.key, getattr(entity, one.key)) for one in mapper.column_attrs if one.key not in unsaid]


def _withheld(entity: type[Any]) -> list[str]:
    return sorted(withheld_of(entity.__tablename__))


def _plain(value: Any) -> Any:
    """Numbers with decimals as texts, as the entry of one record has them."""
    return cast(value, Text) if isinstance(value.type, Numeric) else value


def _kept(side: Any, name: str, value: Any) -> Any:
    if isinstance(value.type, Numeric):
        return func.to_jsonb(side[name].as_string())
    return func.nullif(side[name], cast(literal("null"), JSONB))
