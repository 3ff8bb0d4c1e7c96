"""Taking back what one transaction wrote as far as nobody has gone on from it; the rest is left whole, and told.

What belongs together is left together: an asset with its rights, duties, values, periods and
inspections; a project with its stages and money; whatever a record that is left refers to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Text, func, insert, literal, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assets.audit import AuditEntry, Deed
from assets.db import OFFICE_ZONE
from assets.errors import NotAllowed
from assets.scope import viewer_of
from assets.undo.aggregates import mark_whole, place_in_aggregates
from assets.undo.gone_on import mark_gone_on
from assets.undo.obstacles import NoLongerFits
from assets.undo.statement import DEEDS, entity_of, restoring, tables_of
from assets.undo.taken import mark_obstructed


@dataclass(frozen=True)
class Left:
    """A record that was left as it is, and who has gone on from it."""

    table: str
    id: int
    name: str
    who: str
    at: dt.datetime | None

    def told(self) -> dict[str, Any]:
        """As a batch keeps it."""
        at = f"{self.at.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}" if self.at else None
        return {"table": self.table, "id": self.id, "name": self.name, "who": self.who, "at": at}


def undo_partly(
    session: Session, transaction: int, *, action: str, apart: Collection[str], batch: str | None = None
) -> list[Left]:
    """Take back what ``transaction`` wrote, record by record, unless somebody has gone on from it.

    Parameters
    ----------
    session : Session
        Bound to who takes it back; objects it holds are read anew afterwards.
    transaction : int
        As the history numbers it.
    action : str
        ``room.verb`` of the audit entries, one for each that the transaction left.
    apart : collection of str
        Tables that are none of its records.
    batch : str, optional
        The batch the entries belong to.

    Returns
    -------
    list of Left
        What was left.

    Raises
    ------
    NotAllowed
        When something of it lies outside the viewer's reach.
    NoLongerFits
        When the former state contradicts what was entered since.
    """
    session.flush()
    tables = [name for name in tables_of(session, transaction) if name not in apart]
    _gather(session, transaction, tables)
    _hold(session, tables)
    place_in_aggregates(session, tables)
    mark_gone_on(session, transaction, tables)
    mark_whole(session, tables)
    mark_obstructed(session, tables)
    left = _left(session)
    session.execute(text("DELETE FROM deeds WHERE kept"))
    _require_reach(session, tables)
    if session.scalar(text("SELECT EXISTS (SELECT FROM deeds)")):
        _restore(session, tables)
    _record(session, transaction, action, batch)
    session.execute(text("DROP TABLE deeds"))
    session.expire_all()
    return left


def _gather(session: Session, transaction: int, tables: Sequence[str]) -> None:
    """Every row it wrote, once."""
    session.execute(text("DROP TABLE IF EXISTS deeds"))
    session.execute(
        text(
            "CREATE TEMPORARY TABLE deeds (table_name text, record_id bigint, first_id bigint, last_id bigint, "
            "added boolean, gone boolean, root_table text, root_id bigint, kept boolean NOT NULL DEFAULT false, "
            "gone_on bigint) ON COMMIT DROP"
        )
    )
    session.execute(
        text(
            f"INSERT INTO deeds (table_name, record_id, first_id, last_id, added, gone) {DEEDS} "
            "SELECT table_name, record_id, first_id, last_id, added, gone FROM deeds WHERE table_name = ANY(:tables)"
        ).bindparams(transaction=transaction, tables=list(tables))
    )
    session.execute(text("CREATE UNIQUE INDEX ON deeds (table_name, record_id)"))
    session.execute(text("ANALYZE deeds"))


def _hold(session: Session, tables: Sequence[str]) -> None:
    """Lock what is there until the end, so that nobody goes on from it meanwhile."""
    for name in tables:
        session.execute(
            text(
                f'SELECT count(*) FROM (SELECT FROM "{name}" AS t WHERE t.id IN '
                "(SELECT record_id FROM deeds WHERE table_name = :table) ORDER BY t.id FOR UPDATE) AS held"
            ),
            {"table": name},
        )


def _require_reach(session: Session, tables: Sequence[str]) -> None:
    if viewer_of(session).unbounded:
        return
    for name in tables:
        entity = entity_of(name)
        touched = text("SELECT record_id FROM deeds WHERE table_name = :table").columns(record_id=BigInteger)
        ids = select(touched.bindparams(table=name).subquery().c.record_id)
        seen = session.scalar(select(func.count()).select_from(select(entity.id).where(entity.id.in_(ids)).subquery()))
        there = session.scalar(
            text(f'SELECT count(*) FROM deeds JOIN "{name}" AS t ON t.id = record_id WHERE table_name = :table'),
            {"table": name},
        )
        if seen != there:
            raise NotAllowed


def _restore(session: Session, tables: Sequence[str]) -> None:
    statement = "WITH" + restoring(tables).removeprefix(",")
    try:
        with session.begin_nested():
            # References are checked row by row; planned once for all, that is several times faster.
            session.execute(text("SET LOCAL plan_cache_mode = auto"))
            session.execute(text(statement))
            session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
            session.execute(text("SET LOCAL plan_cache_mode TO DEFAULT"))
    except IntegrityError as refusal:
        raise NoLongerFits from refusal


def _left(session: Session) -> list[Left]:
    """What is kept, by name, with who went on from it last."""
    kept = session.execute(
        text(
            "SELECT root_table, root_id, max(gone_on) AS gone_on FROM deeds WHERE kept "
            "GROUP BY root_table, root_id ORDER BY root_table, root_id"
        )
    ).all()
    who = _who_wrote(session, {row.gone_on for row in kept if row.gone_on is not None})
    names: dict[tuple[str, int], str] = {}
    for table in sorted({row.root_table for row in kept}):
        entity = entity_of(table)
        named = next(
            (getattr(entity, key) for key in ("name", "title", "number", "code") if hasattr(entity, key)), None
        )
        if named is None:
            continue
        ids = text("SELECT DISTINCT root_id FROM deeds WHERE kept AND root_table = :table").columns(root_id=BigInteger)
        listed = select(ids.bindparams(table=table).subquery().c.root_id)
        found = session.execute(select(entity.id, named).where(entity.id.in_(listed)))
        names |= {(table, number): str(name) for number, name in found}
    return [
        Left(
            row.root_table,
            row.root_id,
            names.get((row.root_table, row.root_id), str(row.root_id)),
            *who.get(row.gone_on, ("—", None)),
        )
        for row in kept
    ]


def _who_wrote(session: Session, transactions: Collection[int]) -> dict[int, tuple[str, dt.datetime]]:
    from assets.accounts.models import Account

    rows = session.execute(
        select(Deed.transaction, func.min(Account.display_name), func.max(Deed.at))
        .outerjoin(Account, Account.id == Deed.account_id)
        .where(Deed.transaction.in_(sorted(transactions)))
        .group_by(Deed.transaction)
    )
    return {transaction: (name or "—", at) for transaction, name, at in rows if transaction is not None}


def _record(session: Session, transaction: int, action: str, batch: str | None) -> None:
    """An entry for each that the transaction left of what is taken back."""
    viewer = viewer_of(session)
    undone = (
        text("SELECT table_name, record_id FROM deeds")
        .columns(table_name=Text, record_id=BigInteger)
        .subquery("undone")
    )
    told = func.jsonb_build_object("transaction", transaction, "action", Deed.action)
    names = ["account_id", "address", "action", "table_name", "record_id", "batch", "region_path", "sector", "changes"]
    session.execute(
        insert(AuditEntry).from_select(
            names,
            select(
                literal(viewer.account_id, BigInteger),
                literal(viewer.address),
                literal(action),
                Deed.table_name,
                Deed.record_id,
                literal(batch) if batch else Deed.batch,
                Deed.region_path,
                Deed.sector,
                told,
            )
            .join(undone, (undone.c.table_name == Deed.table_name) & (undone.c.record_id == Deed.record_id))
            .where(Deed.transaction == transaction)
            .order_by(Deed.id),
        )
    )
