"""From which rows of a transaction somebody has gone on: edited them, or entered something that needs them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, literal_column, select, text
from sqlalchemy.orm import Session

from assets.history import Addition, History, as_kept
from assets.undo.aggregates import references, root_of
from assets.undo.statement import entity_of

# What is no edit: kept by the database, or a mirror of what waits beside it.
_NO_EDIT = "{id,revision,updated_at,updated_by,region_path,review_status}"


def mark_gone_on(session: Session, transaction: int, tables: Sequence[str]) -> None:
    """Mark the rows to be left, each with the transaction that went on from it last.

    Whoever touched a row of the transaction had to wait for its end, and so has later numbers in
    the history and among the additions.
    """
    last_version = session.scalar(select(func.max(History.id)).where(History.transaction == transaction)) or 0
    last_addition = session.scalar(select(func.max(Addition.id)).where(Addition.transaction == transaction))
    if last_addition is None:
        moment = session.scalar(select(History.at).where(History.id == last_version))
        last_addition = session.scalar(select(func.max(Addition.id)).where(Addition.at < moment)) or 0
    _edited(session, tables, last_version)
    _without_former_values(session, transaction)
    _needed(session, tables, last_addition)
    _joined(session, tables, last_version, last_addition)
    _about_to_change(session)


def _edited(session: Session, tables: Sequence[str], last_version: int) -> None:
    """Rows that say something else than the transaction left them saying, or went."""
    session.execute(
        text(
            "UPDATE deeds AS d SET kept = true, gone_on = h.transaction FROM (SELECT table_name, record_id, "
            "max(transaction) AS transaction FROM history WHERE id > :last AND table_name = ANY(:tables) "
            "GROUP BY table_name, record_id) AS h WHERE d.table_name = h.table_name AND d.record_id = h.record_id"
        ),
        {"last": last_version, "tables": list(tables)},
    )
    for name in tables:
        entity = entity_of(name)
        kept = as_kept(entity)
        now = select(entity.id.label("id"), kept.label("said")).where(
            literal_column(f"\"{name}\".id IN (SELECT record_id FROM deeds WHERE kept AND table_name = '{name}')")
        )
        compiled = now.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        session.execute(
            text(
                "UPDATE deeds AS d SET kept = false, gone_on = NULL "
                f"FROM ({str(compiled).replace(':', chr(92) + ':')}) AS now "
                "WHERE d.kept AND d.table_name = :table AND d.record_id = now.id "
                f"AND now.said - '{_NO_EDIT}'\\:\\:text[] = ("
                "SELECT coalesce(own.after, later.before) - "
                f"'{_NO_EDIT}'\\:\\:text[] FROM (SELECT) AS one "
                "LEFT JOIN history AS own ON own.id = d.last_id "
                "LEFT JOIN LATERAL (SELECT before FROM history AS l WHERE l.table_name = d.table_name "
                "AND l.record_id = d.record_id AND l.id > :last ORDER BY l.id LIMIT 1) AS later ON true)"
            ),
            {"table": name, "last": last_version},
        )


def _without_former_values(session: Session, transaction: int) -> None:
    """Personal values it changed are kept nowhere, so that nothing can bring them back."""
    session.execute(
        text(
            "UPDATE deeds AS d SET kept = true FROM history AS h WHERE h.transaction = :transaction "
            "AND h.withheld IS NOT NULL AND h.table_name = d.table_name AND h.record_id = d.record_id AND NOT d.added"
        ),
        {"transaction": transaction},
    )


def _needed(session: Session, tables: Sequence[str], last_addition: int) -> None:
    """New rows that something refers to by now which the transaction did not write."""
    for child, column, parent in references(tables):
        session.execute(
            text(
                "UPDATE deeds AS d SET kept = true, gone_on = greatest(d.gone_on, needed.transaction) FROM ("
                f'SELECT c."{column}" AS record_id, max(coalesce(a.transaction, 0)) AS transaction FROM "{child}" AS c '
                "LEFT JOIN (SELECT unnest(record_ids) AS id, transaction FROM addition "
                "WHERE id > :last AND table_name = :child) AS a ON a.id = c.id "
                f'WHERE c."{column}" IN '
                "(SELECT record_id FROM deeds WHERE table_name = :parent AND added AND NOT gone) "
                "AND NOT EXISTS (SELECT FROM deeds AS o WHERE o.table_name = :child AND o.record_id = c.id) "
                f'GROUP BY c."{column}") AS needed '
                "WHERE d.table_name = :parent AND d.added AND NOT d.gone AND d.record_id = needed.record_id"
            ),
            {"child": child, "parent": parent, "last": last_addition},
        )


def _joined(session: Session, tables: Sequence[str], last_version: int, last_addition: int) -> None:
    """Records where others have added, changed or taken out parts of a kind the transaction wrote there, too."""
    for name in tables:
        root, expression = root_of(name)
        if root == name:
            continue
        added = (
            f'SELECT {expression} AS root_id, max(a.transaction) AS transaction FROM "{name}" AS t JOIN '
            "(SELECT unnest(record_ids) AS id, transaction FROM addition "
            "WHERE id > :added AND table_name = :table) AS a ON a.id = t.id GROUP BY 1"
        )
        changed = (
            f"SELECT {expression}, max(h.transaction) FROM history AS h CROSS JOIN LATERAL "
            f'jsonb_populate_record(NULL\\:\\:"{name}", h.before) AS t '
            "WHERE h.id > :version AND h.table_name = :table AND NOT EXISTS (SELECT FROM deeds AS o "
            "WHERE o.table_name = :table AND o.record_id = h.record_id) GROUP BY 1"
        )
        session.execute(
            text(
                "UPDATE deeds AS d SET kept = true, gone_on = greatest(d.gone_on, later.transaction) "
                f"FROM ({added} UNION ALL {changed}) AS later "
                "WHERE d.table_name = :table AND d.root_table = :root AND d.root_id = later.root_id"
            ),
            {"table": name, "root": root, "added": last_addition, "version": last_version},
        )


def _about_to_change(session: Session) -> None:
    """Records about which somebody has proposed something that waits."""
    session.execute(
        text(
            "UPDATE deeds AS d SET kept = true FROM proposal AS p WHERE p.status IN ('pending', 'returned') "
            "AND p.table_name = d.table_name AND p.record_id = d.record_id"
        )
    )
