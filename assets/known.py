"""What the registry knew at a moment: records, their versions and whole tables, from the history.

*Valid on a day* asks the dated columns of what is known now. *Known at a moment* leaves out what
was entered or corrected later, so that a report computed again says what it said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import (
    FromClause,
    Table,
    column,
    func,
    inspect,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.selectable import LateralFromClause

from assets.audit import Deed
from assets.db import Base, Recorded
from assets.errors import NotFound
from assets.history import History

AnyRecord = TypeVar("AnyRecord", bound=Recorded)
# Derived from other rows, or counted by the database: not what a version says.
_DERIVED = frozenset(
    {"shape", "updated_at", "updated_by", "revision", "region_path", "pinyin", "initials", "plain_name"}
)


@dataclass(frozen=True)
class Version:
    """What a record said from one moment to the next, and who made it say so.

    ``values`` are by attribute; ``changes`` are those since the version before, as
    ``(attribute, before, after)``. A version that is ``gone`` says that the row was deleted.
    """

    since: dt.datetime
    until: dt.datetime | None
    account_id: int | None
    action: str | None
    reason: str | None
    values: dict[str, Any]
    changes: tuple[tuple[str, Any, Any], ...]
    gone: bool = False


def known_at(entity: type[AnyRecord], moment: dt.datetime, *, record_id: int | None = None) -> type[AnyRecord]:
    """The rows of ``entity`` as they were known at ``moment``, to select from like the entity itself.

    Reads through it are narrowed to the viewer like all others: by where a record lay at that
    moment, in today's tree of regions.

    Parameters
    ----------
    entity : type
        A mapped class with history.
    moment : datetime
        With time zone; a transaction counts from its beginning.
    record_id : int, optional
        One row only, found by index.
    """
    table = _table(entity)
    later = (History.table_name == table.name) & (History.at > moment)
    if record_id is not None:
        later &= History.record_id == record_id
    of: Any = entity
    current = select(*table.columns).where(
        of.created_at <= moment,
        ~select(History.id).where(later, History.record_id == of.id).exists(),
    )
    if record_id is not None:
        current = current.where(of.id == record_id)
    # The version that the first change after the moment replaced. A row brought back by an
    # undo had nothing before.
    first = (
        select(History.before)
        .ext(distinct_on(History.record_id))
        .where(later)
        .order_by(History.record_id, History.id)
        .subquery("replaced")
    )
    said = _said(table, first.c.before)
    source: FromClause = first.join(said, true())
    columns: list[Any] = [said.c[each.name].label(each.name) for each in table.columns]
    if "region_path" in table.c and "region_id" in table.c:
        region = next(iter(table.c.region_id.foreign_keys)).column.table
        source = source.join(region, region.c.id == said.c.region_id)
        columns = [region.c.region_path if each.name == "region_path" else each for each in columns]
    former = select(*columns).select_from(source).where(said.c.created_at <= moment)
    return aliased(entity, union_all(current, former).subquery(f"known_{table.name}"))


def record_known_at(
    session: Session, entity: type[AnyRecord], record_id: int, moment: dt.datetime
) -> dict[str, Any] | None:
    """What one record said at ``moment``, by attribute; None if it was not there, or not the viewer's to see."""
    known: Any = known_at(entity, moment, record_id=record_id)
    # Columns: as an entity, the row would be the one the session holds already, as it is now.
    columns = [getattr(known, key).label(key) for key in _keys(_table(entity)).values()]
    found = session.execute(select(*columns).where(known.id == record_id)).mappings().first()
    return None if found is None else dict(found)


def versions_of(session: Session, entity: type[AnyRecord], record_id: int) -> list[Version]:
    """Every version of a record, the first one first; what one transaction did is one version.

    Raises
    ------
    NotFound
        When there never was such a record, or it is not the viewer's to see.
    """
    table = _table(entity)
    steps = session.execute(
        select(History.at, History.transaction, History.operation)
        .where(History.table_name == table.name, History.record_id == record_id)
        .order_by(History.id)
    ).all()
    of: Any = entity
    current = session.scalars(select(of).where(of.id == record_id).execution_options(populate_existing=True)).first()
    if current is None and not (
        steps and record_known_at(session, entity, record_id, steps[-1].at - dt.timedelta(microseconds=1))
    ):
        raise NotFound
    texts = _texts(session, table, record_id)
    if current is not None:
        texts.append(_values(current, entity))
    else:
        texts.append({})
    told = {
        entry.transaction: entry
        for entry in session.scalars(
            select(Deed).where(Deed.table_name == table.name, Deed.record_id == record_id).order_by(Deed.id)
        )
    }
    changed = {step.transaction for step in steps}
    first = next((entry for number, entry in told.items() if number not in changed), None)
    starts = [_created(texts), *(step.at for step in steps)]
    made = [first, *(told.get(step.transaction) for step in steps)]
    # Of several changes in one transaction, the last one stands.
    kept = [
        k for k in range(len(texts)) if k == len(steps) or k == 0 or steps[k - 1].transaction != steps[k].transaction
    ]
    return [
        Version(
            since=starts[k],
            until=starts[kept[n + 1]] if n + 1 < len(kept) else None,
            account_id=made[k].account_id if made[k] else None,  # type: ignore[union-attr]
            action=made[k].action if made[k] else None,  # type: ignore[union-attr]
            reason=made[k].reason if made[k] else None,  # type: ignore[union-attr]
            values=texts[k],
            changes=_changes(texts[kept[n - 1]] if n else {}, texts[k]) if n else (),
            gone=not texts[k],
        )
        for n, k in enumerate(kept)
    ]


def _table(entity: Any) -> Table:
    return inspect(entity).local_table  # type: ignore[no-any-return]


def _said(table: Table, before: Any) -> LateralFromClause:
    """What the history kept, as a row of ``table`` with its types."""
    return (
        func.jsonb_populate_record(literal_column(f'NULL::"{table.name}"'), before)
        .table_valued(*(column(each.name, each.type) for each in table.columns))
        .lateral("said")
    )


def _texts(session: Session, table: Table, record_id: int) -> list[dict[str, Any]]:
    said = _said(table, History.before)
    keys = _keys(table)
    rows = session.execute(
        select(*(said.c[each.name] for each in table.columns))
        .select_from(History)
        .join(said, true())
        .where(History.table_name == table.name, History.record_id == record_id)
        .order_by(History.id)
    )
    return [
        {keys[each.name]: value for each, value in zip(table.columns, row, strict=True)} if row.id is not None else {}
        for row in rows
    ]


def _keys(table: Table) -> dict[str, str]:
    """The attribute of each column."""
    mapper = next(m for m in Base.registry.mappers if m.local_table is table)
    return {each.name: mapper.get_property_by_column(each).key for each in table.columns}


def _values(record: Any, entity: Any) -> dict[str, Any]:
    keys = _keys(_table(entity))
    return {key: getattr(record, key) for key in keys.values()}


def _created(texts: Sequence[dict[str, Any]]) -> dt.datetime:
    return next(text["created_at"] for text in texts if text)  # type: ignore[no-any-return]


def _changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[tuple[str, Any, Any], ...]:
    if not before or not after:
        return ()
    return tuple(
        (key, _plain(before[key]), _plain(after[key]))
        for key in before
        if key not in _DERIVED and _plain(before[key]) != _plain(after[key])
    )


def _plain(value: Any) -> Any:
    """Geometries compare by what they hold."""
    return value.desc if hasattr(value, "desc") else value
