"""Changes that wait for approval, and who decides."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_review"
down_revision = "20261122_accounts"

REVIEWED = ("asset", "facility", "natural_village", "project", "relocation_site", "village")
KINDS = "kind IN ('asset', 'project', 'place', 'right', 'duty')"
PENDING = sa.text("status = 'pending'")


def upgrade() -> None:
    op.create_table(
        "review_rule",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("steps", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        *recorded(),
        sa.CheckConstraint(KINDS, name=op.f("ck_review_rule_kind_known")),
        sa.CheckConstraint(
            "steps <@ ARRAY['village', 'town', 'department', 'county']", name=op.f("ck_review_rule_steps_known")
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_review_rule_period_not_empty")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_review_rule_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_rule")),
    )
    op.execute(
        "ALTER TABLE review_rule ADD CONSTRAINT ex_review_rule_one_at_a_time EXCLUDE USING gist "
        "(region_id WITH =, kind WITH =, daterange(valid_from, valid_to) WITH &&)"
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=True),
        sa.Column("entered", postgresql.JSONB(), nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=True),
        sa.Column("differences", postgresql.JSONB(), nullable=False),
        sa.Column("steps", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column("submitted_by", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaces_id", sa.BigInteger(), nullable=True),
        sa.Column("region_path", sa.Text(collation="C"), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        *recorded(),
        sa.CheckConstraint(KINDS, name=op.f("ck_proposal_kind_known")),
        sa.CheckConstraint(
            "status IN ('pending', 'approved', 'returned', 'withdrawn', 'replaced')",
            name=op.f("ck_proposal_status_known"),
        ),
        sa.CheckConstraint("(status = 'pending') = (step IS NOT NULL)", name=op.f("ck_proposal_waits_at_a_step")),
        sa.ForeignKeyConstraint(["submitted_by"], ["account.id"], name=op.f("fk_proposal_submitted_by")),
        sa.ForeignKeyConstraint(["replaces_id"], ["proposal.id"], name=op.f("fk_proposal_replaces_id")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_proposal_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    for column in ("submitted_by", "replaces_id", "region_id"):
        op.create_index(op.f(f"ix_proposal_{column}"), "proposal", [column])
    op.create_index("ix_proposal_record", "proposal", ["table_name", "record_id"])
    op.create_index("ix_proposal_waiting", "proposal", ["region_path", "step"], postgresql_where=PENDING)
    op.create_index(
        "uq_proposal_one_waiting",
        "proposal",
        ["table_name", "record_id", "kind"],
        unique=True,
        postgresql_where=PENDING,
    )
    op.create_table(
        "review_decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('approve', 'return', 'withdraw', 'replace')", name=op.f("ck_review_decision_verdict_known")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_review_decision_account_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_review_decision_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_decision")),
    )
    for column in ("account_id", "proposal_id"):
        op.create_index(op.f(f"ix_review_decision_{column}"), "review_decision", [column])
    op.execute(
        "CREATE TRIGGER placed_before BEFORE INSERT OR UPDATE OF region_id ON proposal "
        "FOR EACH ROW EXECUTE FUNCTION placed_set_path()"
    )
    for table in ("review_rule", "proposal"):
        keep_history(table)
    # That a change waits beside a record is no change of the record: it makes no version of it.
    for table in REVIEWED:
        op.execute(f"DROP TRIGGER recorded_before ON {table}")
        op.execute(
            f"CREATE TRIGGER recorded_before BEFORE UPDATE ON {table} FOR EACH ROW "
            "WHEN (OLD.review_status = NEW.review_status) EXECUTE FUNCTION recorded_touch()"
        )
    let_history_leave_out("{updated_at,revision}", "{updated_at,revision,review_status}")


def downgrade() -> None:
    let_history_leave_out("{updated_at,revision,review_status}", "{updated_at,revision}")
    for table in REVIEWED:
        op.execute(f"DROP TRIGGER recorded_before ON {table}")
        op.execute(
            f"CREATE TRIGGER recorded_before BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION recorded_touch()"
        )
    for table in ("review_decision", "proposal", "review_rule"):
        op.drop_table(table)


def recorded() -> tuple[sa.Column, ...]:
    return (
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
    )


def let_history_leave_out(known: str, wanted: str) -> None:
    """Replace the columns by which ``history_keep_update`` tells whether a row has changed."""
    op.execute(
        f"""
        DO $do$
        BEGIN
            EXECUTE replace(pg_get_functiondef('history_keep_update()'::regprocedure), '{known}', '{wanted}');
        END $do$
        """
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
