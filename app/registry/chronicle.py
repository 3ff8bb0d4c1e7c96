"""What was done to an asset and to all that belongs to it: entries of the audit, with what each changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, or_, select, union_all
from sqlalchemy.orm import Session

from assets.accounts.models import Account
from assets.audit import Deed
from assets.db import OFFICE_ZONE
from assets.history import History
from assets.maintenance.models import Duty, Inspection
from assets.ownership.models import Contract, Income, Right
from assets.registry.models import Asset, HouseholdItem, OperatingPeriod, OutsideCode, ValueEvent

PARTS: tuple[Any, ...] = (
    ValueEvent,
    OperatingPeriod,
    OutsideCode,
    HouseholdItem,
    Right,
    Duty,
    Contract,
    Income,
    Inspection,
)
STEPS_A_PAGE = 25
# In place of what was before: the entry tells a fact, not a change.
FACT = object()
# Kept by the database, or told in other words.
_UNTOLD = frozenset(
    {"id", "revision", "created_at", "updated_at", "created_by", "updated_by", "region_path", "pinyin", "initials"}
    | {"asset_id", "shape", "request_key", "geom"}
)


@dataclass(frozen=True)
class Step:
    """One change of one record: when, by whom, why, and its columns as they were and became."""

    at: dt.datetime
    who: str
    action: str | None
    table: str
    record_id: int
    reason: str | None
    changes: Sequence[tuple[str, Any, Any]]
    first: bool


def read_steps(session: Session, asset_id: int, *, page: int = 1, size: int = STEPS_A_PAGE) -> tuple[list[Step], bool]:
    """One page of what was done, the latest first; and whether more follows.

    The audit says who and why. What changed without an entry (a program, an import) is told from
    the history of the rows themselves.
    """
    ids = _record_ids(session, asset_id)
    audited = select(Deed.at, literal("audit").label("origin"), Deed.id, Deed.table_name).where(_among(Deed, ids))
    same = and_(
        Deed.transaction == History.transaction,
        Deed.table_name == History.table_name,
        Deed.record_id == History.record_id,
    )
    # A status set for many is told at the asset, and not again at the row that holds it.
    silent = History.table_name != OperatingPeriod.__tablename__
    unaudited = select(History.at, literal("history").label("origin"), History.id, History.table_name).where(
        _among(History, ids), silent, ~select(Deed.id).where(same).exists()
    )
    both = union_all(audited, unaudited).subquery("step")
    rows = session.execute(
        select(both.c.origin, both.c.id)
        .order_by(both.c.at.desc(), both.c.id.desc())
        .offset((page - 1) * size)
        .limit(size + 1)
    ).all()
    chosen, more = rows[:size], len(rows) > size
    entries = {entry.id: (entry, name) for entry, name in _entries(session, chosen)}
    versions = {version.id: version for version in _versions(session, chosen)}
    steps = [_of_entry(*entries[row.id]) if row.origin == "audit" else _of_version(versions[row.id]) for row in chosen]
    return [step for step in steps if step is not None], more


def _record_ids(session: Session, asset_id: int) -> dict[str, list[int]]:
    """The ids of the asset and of every row that belongs or belonged to it, by table."""
    current = [
        select(literal(part.__tablename__).label("name"), part.id.label("id")).where(part.asset_id == asset_id)
        for part in PARTS
    ]
    taken_out = select(History.table_name.label("name"), History.record_id.label("id")).where(
        History.table_name.in_([part.__tablename__ for part in PARTS]),
        History.operation == "delete",
        History.before["asset_id"].astext == str(asset_id),
    )
    found: dict[str, list[int]] = {Asset.__tablename__: [asset_id]}
    for name, record_id in session.execute(union_all(*current, taken_out)):
        found.setdefault(name, []).append(record_id)
    return found


def _among(entity: Any, ids: dict[str, list[int]]) -> ColumnElement[bool]:
    return or_(*(and_(entity.table_name == name, entity.record_id.in_(many)) for name, many in ids.items()))


def _entries(session: Session, chosen: Sequence[Any]) -> Sequence[Any]:
    ids = [row.id for row in chosen if row.origin == "audit"]
    return session.execute(
        select(Deed, Account.display_name).outerjoin(Account, Account.id == Deed.account_id).where(Deed.id.in_(ids))
    ).all()


def _versions(session: Session, chosen: Sequence[Any]) -> Sequence[History]:
    ids = [row.id for row in chosen if row.origin == "history"]
    return session.scalars(select(History).where(History.id.in_(ids))).all() if ids else ()


def _of_entry(entry: Deed, who: str | None) -> Step:
    changes: list[tuple[str, Any, Any]] = []
    for name, value in (entry.changes or {}).items():
        if name in _UNTOLD and name != "geom":
            continue
        if isinstance(value, list) and len(value) == 2:
            changes.append((name, *value))
        elif not isinstance(value, list | dict) and value is not None:
            changes.append((name, FACT, value))
    new = bool(changes) and all(before is None for _name, before, _after in changes)
    first = new and ".correct_" not in entry.action
    return Step(
        entry.at.astimezone(OFFICE_ZONE),
        who or "",
        entry.action,
        entry.table_name or "",
        entry.record_id or 0,
        entry.reason,
        changes,
        first,
    )


def _of_version(version: History) -> Step | None:
    before, after = version.before or {}, version.after or {}
    changes = [
        (name, before.get(name), after.get(name))
        for name in {**before, **after}
        if name not in _UNTOLD and before.get(name) != after.get(name)
    ]
    if not changes:
        return None
    return Step(
        version.at.astimezone(OFFICE_ZONE), "", None, version.table_name, version.record_id, None, changes, False
    )
