"""Audit entries by area, sealed in batches."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_sealing"
down_revision = "20261122_personal"

# Not even the owner alters the trail in passing; carrying old entries off says that it means to.
APPEND_ONLY = """
    CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF coalesce(current_setting('xiangtu.trimming', true), '') <> 'on' THEN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NULL;
    END
    $$
"""
# Entries from before lie where their record lies now, else where the person works.
PLACE_THE_OLD = """
    DO $$
    DECLARE kept text;
    BEGIN
        FOR kept IN SELECT c.table_name FROM information_schema.columns c
            WHERE c.table_schema = 'public' AND c.column_name = 'region_path' AND c.table_name <> 'audit_entry'
              AND EXISTS (SELECT FROM audit_entry e WHERE e.table_name = c.table_name)
        LOOP
            EXECUTE format('UPDATE audit_entry e SET region_path = r.region_path FROM %I r '
                           'WHERE e.table_name = %L AND r.id = e.record_id', kept, kept);
        END LOOP;
        UPDATE audit_entry e SET region_path = r.region_path FROM account a JOIN region r ON r.id = a.region_id
        WHERE e.region_path IS NULL AND a.id = e.account_id;
    END
    $$
"""
# An entry stays where it was made, wherever its region is moved; all else goes along.
ALL_MOVE = "WHERE a.attname = 'region_path' AND"
ENTRIES_STAY = f"{ALL_MOVE} c.relname <> 'audit_entry' AND"


def upgrade() -> None:
    op.add_column("audit_entry", sa.Column("region_path", sa.Text(collation="C"), nullable=True))
    op.add_column("audit_entry", sa.Column("sector", sa.Text(), nullable=True))
    op.add_column("audit_entry", sa.Column("result", sa.Text(), server_default="success", nullable=False))
    op.execute(PLACE_THE_OLD)
    op.execute("UPDATE audit_entry SET result = 'refused' WHERE changes ->> 'result' = 'refused'")
    op.create_check_constraint(op.f("ck_audit_entry_result_known"), "audit_entry", "result IN ('success', 'refused')")
    op.drop_index("ix_audit_entry_at", table_name="audit_entry")
    op.create_index("ix_audit_entry_at_id", "audit_entry", ["at", "id"], unique=False)
    op.create_index("ix_audit_entry_region_path_at", "audit_entry", ["region_path", "at"], unique=False)
    op.create_index("ix_audit_entry_account_id_at", "audit_entry", ["account_id", "at", "id"], unique=False)
    op.create_index(
        "ix_audit_entry_upkeep",
        "audit_entry",
        ["action", "at"],
        unique=False,
        postgresql_where=sa.text("action LIKE 'audit.%'"),
    )
    op.create_table(
        "audit_seal",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("ids", postgresql.INT8MULTIRANGE(), nullable=False),
        sa.Column("from_transaction", sa.BigInteger(), nullable=False),
        sa.Column("to_transaction", sa.BigInteger(), nullable=False),
        sa.Column("after_id", sa.BigInteger(), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archive", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_seal")),
    )
    op.create_index(op.f("ix_audit_seal_last_id"), "audit_seal", ["last_id"], unique=False)
    put_into_moving(ENTRIES_STAY, instead_of=ALL_MOVE)
    op.execute(APPEND_ONLY)
    for table in ("audit_entry", "audit_seal"):
        op.execute(
            f"CREATE TRIGGER kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept()"
        )


def downgrade() -> None:
    op.execute("DROP TRIGGER kept ON audit_entry")
    op.drop_index(op.f("ix_audit_seal_last_id"), table_name="audit_seal")
    op.drop_table("audit_seal")
    op.execute("DROP FUNCTION audit_is_kept()")
    put_into_moving(ALL_MOVE, instead_of=ENTRIES_STAY)
    op.drop_index("ix_audit_entry_upkeep", table_name="audit_entry")
    op.drop_index("ix_audit_entry_account_id_at", table_name="audit_entry")
    op.drop_index("ix_audit_entry_region_path_at", table_name="audit_entry")
    op.drop_index("ix_audit_entry_at_id", table_name="audit_entry")
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"], unique=False)
    op.drop_constraint(op.f("ck_audit_entry_result_known"), "audit_entry", type_="check")
    op.drop_column("audit_entry", "result")
    op.drop_column("audit_entry", "sector")
    op.drop_column("audit_entry", "region_path")


def put_into_moving(criterion: str, *, instead_of: str) -> None:
    definition = sa.text("SELECT pg_get_functiondef('region_move_subtree'::regproc)")
    source = op.get_bind().scalar(definition)
    if instead_of not in source:
        raise LookupError(instead_of)
    op.get_bind().exec_driver_sql(source.replace(instead_of, criterion).replace("%", "%%"))
