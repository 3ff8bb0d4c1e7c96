"""What stands in the way of undoing, told by name."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Table, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assets.accounts.models import Account
from assets.audit import Deed
from assets.db import OFFICE_ZONE, Base
from assets.editing import WRITERS
from assets.errors import NotAllowed, RegistryError
from assets.history import History
from assets.scope import viewer_of
from assets.undo.statement import about, entity_of, touched_rows


class CannotUndo(RegistryError):
    """Too late, another's, or taken back already."""

    message = "This can no longer be undone: only who did it can, within {minutes} minutes and once."


class ChangedSince(RegistryError):
    """Undoing would take away what another has done."""

    message = "“{name}” was changed again by {who} at {at}, so this cannot be undone any more."


class WithoutFormerValues(RegistryError):
    """Personal values and passwords are not kept in the history, so that nothing can bring them back."""

    message = (
        "Personal values were changed, and their former ones are kept nowhere, so this cannot be undone: "
        "please correct them once more."
    )


class BuiltUpon(RegistryError):
    """Something else refers to what would go."""

    message = "Something else has been entered for “{name}” since, so this cannot be undone any more."


class NoLongerFits(RegistryError):
    """The former state contradicts what is there now."""

    message = "What was entered since no longer fits the former state, so this cannot be undone any more."


def require_reach(session: Session, transaction: int, tables: Sequence[str]) -> None:
    """Lock what is there, and see that it is all within the viewer's reach."""
    viewer = viewer_of(session)
    if not viewer.unbounded and not viewer.roles & WRITERS:
        raise NotAllowed
    for table in tables:
        entity, touched = entity_of(table), touched_rows(transaction, table)
        ids = select(touched.c.record_id)
        seen = session.scalars(
            select(entity.id).where(entity.id.in_(ids)).order_by(entity.id).with_for_update(of=entity)
        ).all()
        there = session.scalar(
            about(
                transaction,
                f'SELECT count(*) FROM deeds JOIN "{table}" AS t ON t.id = record_id WHERE table_name = :table',
            ),
            {"table": table},
        )
        if len(seen) != there:
            raise NotAllowed


def require_unchanged(session: Session, transaction: int) -> None:
    """Refuse when another has changed one of the rows since."""
    # Looked up row by row: how many rows a transaction wrote, the planner cannot guess.
    later = session.execute(
        about(
            transaction,
            "SELECT d.table_name, d.record_id, h.transaction, h.at FROM deeds AS d CROSS JOIN LATERAL ("
            "SELECT id, transaction, at FROM history WHERE table_name = d.table_name AND record_id = d.record_id "
            "AND transaction <> :transaction AND id > coalesce(d.last_id, 0) ORDER BY id DESC LIMIT 1"
            ") AS h ORDER BY h.id DESC LIMIT 1",
        )
    ).first()
    if later is None:
        return
    who = session.scalar(
        select(Account.display_name)
        .join(Deed, Deed.account_id == Account.id)
        .where(Deed.transaction == later.transaction)
        .limit(1)
    )
    name = _called(session, later.table_name, later.record_id)
    raise ChangedSince(name=name, who=who or "—", at=f"{later.at.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}")


def reason_of(
    session: Session, transaction: int, tables: Sequence[str], refusal: IntegrityError
) -> BuiltUpon | NoLongerFits:
    """What stands in the way, by name where it can be told."""
    if getattr(refusal.orig, "sqlstate", None) != "23503":
        return NoLongerFits()
    for name in tables:
        for child in _referring(Base.metadata.tables[name]):
            column = next(key.parent.name for key in child.foreign_keys if key.column.table.name == name)
            held = session.scalar(
                about(
                    transaction,
                    "SELECT d.record_id FROM deeds AS d "
                    f'JOIN "{child.name}" AS c ON c."{column}" = d.record_id '
                    "WHERE d.table_name = :table AND d.added AND NOT d.gone AND NOT EXISTS (SELECT FROM deeds AS o "
                    "WHERE o.table_name = :child AND o.record_id = c.id) LIMIT 1",
                ),
                {"table": name, "child": child.name},
            )
            if held is not None:
                return BuiltUpon(name=_called(session, name, held))
    return NoLongerFits()


def _referring(parent: Table) -> list[Table]:
    return [
        table
        for table in Base.metadata.sorted_tables
        if "id" in table.c and any(key.column.table is parent for key in table.foreign_keys)
    ]


def _called(session: Session, table: str, record_id: int) -> str:
    """What people call the record: its own name, or that of what it belongs to."""
    entity = entity_of(table)
    record = session.scalars(select(entity).where(entity.id == record_id)).first()
    if record is None:
        before = session.scalar(
            select(History.before)
            .where(History.table_name == table, History.record_id == record_id)
            .order_by(History.id.desc())
            .limit(1)
        )
        return str((before or {}).get("name") or (before or {}).get("title") or record_id)
    for key in ("name", "title", "number"):
        if value := getattr(record, key, None):
            return str(value)
    for column in inspect(entity).local_table.columns:
        parent = next((key.column.table.name for key in column.foreign_keys), None)
        if parent in ("asset", "project", "post", "fund_document") and (of := getattr(record, column.key, None)):
            return _called(session, parent, of)
    return str(record_id)
