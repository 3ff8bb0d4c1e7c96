"""Ledgers that were brought: files, rows, answers, and how far their jobs are."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "20261122_imports"
down_revision = "20261122_steps"

HISTORICAL = ("import_batch", "heading_choice")


def upgrade() -> None:
    op.create_table(
        "heading_choice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("choices", postgresql.JSONB(), nullable=False),
        *recorded(),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_heading_choice_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heading_choice")),
        sa.UniqueConstraint(
            "account_id", "kind", "fingerprint", name=op.f("uq_heading_choice_account_id_kind_fingerprint")
        ),
    )
    op.create_table(
        "import_batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="received", nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("settings", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("found", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("problems", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("counts", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("transaction", sa.BigInteger(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        sa.Column("left", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("region_path", sa.Text(collation="C"), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        *recorded(),
        sa.CheckConstraint(
            "kind IN ('asset', 'project', 'village', 'site', 'facility', 'inspection', 'border', 'road')",
            name=op.f("ck_import_batch_kind_known"),
        ),
        sa.CheckConstraint(
            "status IN ('received', 'reading', 'unreadable', 'checked', 'waiting', 'approved', 'committing', 'committed', 'undoing', 'undone', 'dropped')",
            name=op.f("ck_import_batch_status_known"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_import_batch_account_id")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_import_batch_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index("ix_import_batch_account_id", "import_batch", ["account_id", "created_at"], unique=False)
    op.create_index("ix_import_batch_digest", "import_batch", ["digest"], unique=False)
    op.create_index(op.f("ix_import_batch_region_id"), "import_batch", ["region_id"], unique=False)
    op.create_index("ix_import_batch_region_path", "import_batch", ["region_path", "status"], unique=False)
    op.create_table(
        "import_answer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("found", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind <> 'cell' OR field IS NOT NULL", name=op.f("ck_import_answer_cell_has_a_field")),
        sa.CheckConstraint(
            "kind IN ('cell', 'confirm', 'same_as', 'left_out')", name=op.f("ck_import_answer_kind_known")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_import_answer_account_id")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_import_answer_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_answer")),
        sa.UniqueConstraint(
            "batch_id",
            "kind",
            "number",
            "field",
            "found",
            "code",
            name=op.f("uq_import_answer_batch_id_kind_number_field_found_code"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "import_file",
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("part IN ('source', 'returned')", name=op.f("ck_import_file_part_known")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_import_file_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", "part", "number", name=op.f("pk_import_file")),
    )
    op.create_table(
        "import_progress",
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("step", sa.Text(), server_default="", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("cancelled_by", sa.BigInteger(), nullable=True),
        sa.Column("refusal", postgresql.JSONB(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_import_progress_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_import_progress")),
    )
    op.create_table(
        "import_row",
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("region_id", sa.BigInteger(), nullable=True),
        sa.Column("record_id", sa.BigInteger(), nullable=True),
        sa.Column("record_revision", sa.Integer(), nullable=True),
        sa.Column("read", postgresql.JSONB(), nullable=False),
        sa.Column("differences", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("problems", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("codes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("position_quality", sa.Text(), nullable=True),
        sa.Column("source_datum", sa.Text(), nullable=True),
        sa.Column("geom", Geometry("GEOMETRY", srid=4490, spatial_index=False), nullable=True),
        sa.Column("drawn", Geometry("GEOMETRY", srid=4490, spatial_index=False), nullable=True),
        sa.CheckConstraint(
            "verdict IN ('new', 'changed', 'same', 'rejected', 'left_out')", name=op.f("ck_import_row_verdict_known")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_import_row_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_import_row")),
    )
    op.create_index(
        "ix_import_row_drawn",
        "import_row",
        ["drawn"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("drawn IS NOT NULL"),
    )
    op.create_index("ix_import_row_geom", "import_row", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_import_row_verdict", "import_row", ["batch_id", "verdict", "number"], unique=False)
    op.execute(
        "CREATE TRIGGER placed_before BEFORE INSERT OR UPDATE OF region_id ON import_batch "
        "FOR EACH ROW EXECUTE FUNCTION placed_set_path()"
    )
    for table in HISTORICAL:
        keep_history(table)


def downgrade() -> None:
    for table in (
        "import_row",
        "import_progress",
        "import_file",
        "import_answer",
        "import_batch",
        "heading_choice",
    ):
        op.drop_table(table)


def recorded() -> tuple[sa.Column, ...]:
    return (
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
    )


def keep_history(table: str) -> None:
    op.execute(
        f'CREATE TRIGGER recorded_before BEFORE UPDATE ON "{table}" FOR EACH ROW EXECUTE FUNCTION recorded_touch()'
    )
    for event, rows in (
        ("INSERT", "NEW TABLE AS new_rows"),
        ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("DELETE", "OLD TABLE AS old_rows"),
    ):
        op.execute(
            f'CREATE TRIGGER history_{event.lower()} AFTER {event} ON "{table}" REFERENCING {rows} '
            f"FOR EACH STATEMENT EXECUTE FUNCTION history_keep_{event.lower()}()"
        )
