"""Whether the audit tells of every change: exactly one entry for each record that a form has changed."""

from __future__ import annotations

from sqlalchemy import Engine, text

# A form's transaction is known by the key it keeps. The regions a project serves are told with the
# project, the states of an asset with the asset.
_DIFFERENCES = """
    WITH actions AS (
        SELECT DISTINCT e.transaction FROM audit_entry e
        JOIN submission s ON s.xmin::text = (e.transaction % 4294967296)::text
    ),
    changed AS (
        SELECT transaction, table_name, record_id FROM history
        UNION
        SELECT transaction, table_name, unnest(record_ids) FROM addition
    ),
    told AS (
        SELECT transaction, table_name, record_id, count(*) AS entries FROM audit_entry
        WHERE record_id IS NOT NULL GROUP BY 1, 2, 3
    )
    SELECT c.table_name, c.record_id, coalesce(t.entries, 0) AS entries,
           (SELECT string_agg(DISTINCT e.action, ', ') FROM audit_entry e
            WHERE e.transaction = a.transaction) AS actions
    FROM actions a
    JOIN changed c USING (transaction)
    LEFT JOIN told t USING (transaction, table_name, record_id)
    WHERE coalesce(t.entries, 0) <> 1 AND c.table_name NOT IN ('project_area', 'operating_period')
    ORDER BY 1, 2
"""


def untold(engine: Engine) -> list[str]:
    """The changed records without exactly one entry, with the actions of their transaction."""
    with engine.connect() as connection:
        rows = connection.execute(text(_DIFFERENCES)).all()
    return [f"{row.table_name} {row.record_id}: {row.entries} entries by {row.actions}" for row in rows]
