"""Adding entries, in the transaction of what they tell of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import BigInteger, Text, func, insert, inspect, literal, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from assets.audit.models import AuditEntry
from assets.audit.places import place_of, place_of_account
from assets.db import Base
from assets.scope import Viewer, viewer_of
from assets.withheld import withheld_of

_UNTOLD = {
    "geom",
    "shape",
    "region_path",
    "updated_at",
    "updated_by",
    "revision",
    "entered",
    "differences",
}


def record(
    session: Session,
    action: str,
    subject: Base | None = None,
    *,
    reason: str | None = None,
    batch: str | None = None,
    result: str = "success",
    by: int | None = None,
    region_path: str | None = None,
    **facts: Any,
) -> AuditEntry:
    """Add the entry for ``action`` on ``subject``; call it before the session flushes.

    Parameters
    ----------
    session : Session
        The session of the action, bound to its viewer.
    action : str
        ``room.verb``, such as ``maintenance.record_inspection``.
    subject : Base, optional
        The changed record; its changed columns are kept as ``[before, after]``.
    reason, batch : str, optional
        Why, and the batch the change belongs to.
    result : {"success", "refused"}
        Whether it was done or tried in vain.
    by : int, optional
        The account that acts, where the session is the program's own.
    region_path : str, optional
        Where it happened; else where the record lies, else where the person works.
    **facts : Any
        Further values to keep, JSON-ready.
    """
    viewer = viewer_of(session)
    who = by if by is not None else viewer.approved_by or viewer.account_id
    changes: dict[str, Any] = facts | _on_behalf(viewer)
    table_name = record_id = sector = None
    path: Any = place_of_account(who)
    if subject is not None:
        changes |= _changed(subject)
        session.flush()
        mapper = inspect(subject).mapper
        names = {col.name: mapper.get_property_by_column(col).key for col in mapper.local_table.c}
        table_name = subject.__tablename__
        record_id = getattr(subject, "id", None)
        its_path, sector = place_of(cast(Any, mapper.local_table), lambda name: getattr(subject, names[name]))
        path = func.coalesce(its_path, path)
        changes = _standing_in(viewer, inspect(subject).dict.get("region_path")) | changes
    entry = AuditEntry(
        account_id=who,
        address=viewer.address,
        action=action,
        table_name=table_name,
        record_id=record_id,
        changes=changes or None,
        reason=reason,
        batch=batch,
        region_path=region_path or path,
        sector=sector,
        result=result,
    )
    session.add(entry)
    return entry


def note(
    session: Session, action: str, region_path: str | None = None, result: str = "success", **facts: Any
) -> AuditEntry:
    """Add the entry for an act that changes no record: signing in, reading personal values, taking a file along.

    Parameters
    ----------
    session : Session
        The session of the act, bound to its viewer.
    action : str
        ``room.verb``.
    region_path : str, optional
        The area it was about; else where the person works.
    result : {"success", "refused"}
        Whether it was done or tried in vain.
    **facts : Any
        What it was about, JSON-ready; ``reason``, ``batch`` and ``by`` as for :func:`record`.
    """
    return record(session, action, result=result, region_path=region_path, **facts)


def record_each(
    session: Session,
    action: str,
    entity: type[Base],
    changes: Mapping[int, dict[str, Any]],
    *,
    reason: str | None = None,
    batch: str | None = None,
) -> None:
    """Add one entry for each of many records, in one statement.

    Parameters
    ----------
    session : Session
        The session of the action, bound to its viewer.
    action : str
        ``room.verb``.
    entity : type
        What the records are.
    changes : mapping of int to dict
        By record id, its changed columns as ``[before, after]``, JSON-ready.
    reason, batch : str, optional
        As for :func:`record`.
    """
    viewer = viewer_of(session)
    who = viewer.approved_by or viewer.account_id
    changes = {one: what | _on_behalf(viewer) for one, what in changes.items()}
    common = {"account_id": who, "address": viewer.address, "action": action, "reason": reason}
    common |= {"table_name": entity.__tablename__, "batch": batch}
    each = func.jsonb_each(literal({str(one): what for one, what in changes.items()}, JSONB)).table_valued(
        "key", "value"
    )
    number = sql_cast(each.c.key, BigInteger)
    held_in = cast(Any, inspect(entity).local_table)
    row = held_in.alias()
    path, sector = place_of(held_in, lambda name: row.c[name])
    actors = place_of_account(who)
    entries = (
        select(
            number,
            sql_cast(each.c.value, JSONB),
            func.coalesce(path, actors),
            sql_cast(sector, Text),
            *(literal(v) for v in common.values()),
        )
        .select_from(each)
        .outerjoin(row, row.c.id == number)
    )
    told = ["record_id", "changes", "region_path", "sector", *common]
    session.execute(insert(AuditEntry).from_select(told, entries))


def _on_behalf(viewer: Viewer) -> dict[str, Any]:
    """Who proposed it, where the entry is that of whoever approved it."""
    return {} if viewer.approved_by is None else {"on_behalf_of": viewer.username}


def _standing_in(viewer: Viewer, path: str | None) -> dict[str, Any]:
    """The grants of people who are away, where the viewer acts for them."""
    grants = viewer.stands_in_at(path)
    return {"delegated_from": {"grants": list(grants)}} if grants else {}


def _changed(subject: Base) -> dict[str, Any]:
    state = inspect(subject)
    changes: dict[str, Any] = {}
    # That a personal value changed is told, and not what it said.
    withheld = withheld_of(subject.__tablename__)
    if kept_apart := sorted(key for key in withheld if state.attrs[key].history.has_changes()):
        changes["withheld"] = ", ".join(kept_apart)
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if attribute.key in _UNTOLD | withheld or not history.has_changes():
            continue
        before = history.deleted[0] if history.deleted else None
        after = history.added[0] if history.added else None
        if before is not None or after is not None:
            changes[attribute.key] = [_plain(before), _plain(after)]
    return changes


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
