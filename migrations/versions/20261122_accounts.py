"""Ways in: signed-in browsers, second factors, keys for programs; delegated grants."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_accounts"
down_revision = "20261122_taken_out"
GRANTED_ONCE = "uq_grant_account_id_role_region_id_sector_valid_from"


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_api_token_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_account_id"), "api_token", ["account_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_account_id"), "recovery_code", ["account_id"], unique=False)
    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_second_factor_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "signed_in",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column(
            "started_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), server_default="password", nullable=False),
        sa.Column("second_factor", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint(
            "ended_by IN ('sign_out', 'revoked', 'password', 'closed', 'time')",
            name=op.f("ck_signed_in_ended_by_known"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_signed_in_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_signed_in_token_hash")),
    )
    op.create_index("ix_signed_in_account_id_ended_at", "signed_in", ["account_id", "ended_at"], unique=False)
    op.create_table(
        "rate_use",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "who", "hour", name=op.f("pk_rate_use")),
        prefixes=["UNLOGGED"],
    )
    op.add_column("account", sa.Column("region_id", sa.BigInteger(), nullable=True))
    op.add_column("account", sa.Column("must_change_password", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("account", sa.Column("password_expires_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("account", sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("account", sa.Column("outside_subject", sa.Text(), nullable=True))
    op.create_index(op.f("ix_account_region_id"), "account", ["region_id"], unique=False)
    op.create_unique_constraint(op.f("uq_account_outside_subject"), "account", ["outside_subject"])
    op.create_foreign_key(op.f("fk_account_region_id"), "account", "region", ["region_id"], ["id"])
    op.add_column("grant", sa.Column("may_unmask", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("grant", sa.Column("delegated_from", sa.BigInteger(), nullable=True))
    op.add_column("grant", sa.Column("reason", sa.Text(), nullable=True))
    op.create_index(op.f("ix_grant_delegated_from"), "grant", ["delegated_from"], unique=False)
    op.create_foreign_key(op.f("fk_grant_delegated_from"), "grant", "grant", ["delegated_from"], ["id"])
    op.create_check_constraint("period_runs_forward", "grant", "valid_to IS NULL OR valid_to >= valid_from")
    op.create_check_constraint("delegation_ends", "grant", "delegated_from IS NULL OR valid_to IS NOT NULL")
    op.create_index("ix_grant_account_id", "grant", ["account_id"], unique=False)
    op.drop_constraint(GRANTED_ONCE, "grant", type_="unique")
    # Own grants and those held for others stand beside each other; two alike never overlap.
    op.execute(
        'ALTER TABLE "grant" ADD CONSTRAINT ex_grant_one_at_a_time EXCLUDE USING gist (account_id WITH =, '
        "role WITH =, region_id WITH =, coalesce(sector, '') WITH =, coalesce(delegated_from, 0) WITH =, "
        "daterange(valid_from, valid_to) WITH &&)"
    )
    op.add_column("sign_in_attempt", sa.Column("step", sa.Text(), server_default="password", nullable=False))
    op.add_column("sign_in_attempt", sa.Column("device", sa.Text(), nullable=True))
    op.add_column("sign_in_attempt", sa.Column("tries", sa.Integer(), server_default="1", nullable=False))
    op.create_check_constraint("step_known", "sign_in_attempt", "step IN ('password', 'code', 'confirm', 'lift')")
    keep_history("api_token")
    op.execute(
        'UPDATE account SET region_id = (SELECT region_id FROM "grant" g WHERE g.account_id = account.id '
        "ORDER BY g.valid_from, g.id LIMIT 1)"
    )


def downgrade() -> None:
    for column in ("tries", "device", "step"):
        op.drop_column("sign_in_attempt", column)
    op.drop_constraint("ex_grant_one_at_a_time", "grant")
    op.execute(
        f'ALTER TABLE "grant" ADD CONSTRAINT {GRANTED_ONCE} UNIQUE NULLS NOT DISTINCT '
        "(account_id, role, region_id, sector, valid_from)"
    )
    op.drop_index("ix_grant_account_id", table_name="grant")
    op.drop_constraint(op.f("ck_grant_delegation_ends"), "grant")
    op.drop_constraint(op.f("ck_grant_period_runs_forward"), "grant")
    op.drop_constraint(op.f("fk_grant_delegated_from"), "grant", type_="foreignkey")
    op.drop_index(op.f("ix_grant_delegated_from"), table_name="grant")
    op.drop_column("grant", "reason")
    op.drop_column("grant", "delegated_from")
    op.drop_column("grant", "may_unmask")
    op.drop_constraint(op.f("fk_account_region_id"), "account", type_="foreignkey")
    op.drop_constraint(op.f("uq_account_outside_subject"), "account", type_="unique")
    op.drop_index(op.f("ix_account_region_id"), table_name="account")
    op.drop_column("account", "outside_subject")
    op.drop_column("account", "password_changed_at")
    op.drop_column("account", "password_expires_at")
    op.drop_column("account", "must_change_password")
    op.drop_column("account", "region_id")
    op.drop_index("ix_signed_in_account_id_ended_at", table_name="signed_in")
    op.drop_table("signed_in")
    op.drop_table("second_factor")
    op.drop_table("rate_use")
    op.drop_index(op.f("ix_recovery_code_account_id"), table_name="recovery_code")
    op.drop_table("recovery_code")
    op.drop_index(op.f("ix_api_token_account_id"), table_name="api_token")
    op.drop_table("api_token")


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
