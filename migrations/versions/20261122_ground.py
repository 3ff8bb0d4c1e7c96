"""The ground: regions, accounts, places, projects, assets, upkeep and its sums."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "20261122_ground"
down_revision = None

SQL = Path(__file__).parent.parent / "sql"
TABLES = (
    "account",
    "audit_entry",
    "history",
    "installation",
    "region",
    "rollup_checkpoint",
    "rollup_day",
    "rollup_delta",
    "rollup_month",
    "sign_in_attempt",
    "term",
    "upkeep_period",
    "asset",
    "designation",
    "facility",
    "fund_document",
    "grant",
    "party",
    "person",
    "post",
    "project",
    "region_successor",
    "relocation_site",
    "road",
    "threshold",
    "village",
    "allocation",
    "contract",
    "income",
    "inspection",
    "maintenance_duty",
    "post_holding",
    "project_area",
    "project_stage",
    "right",
    "value_event",
    "payment",
)
READ_MODELS = {"audit_entry", "history", "sign_in_attempt", "upkeep_period", "rollup_delta"}
READ_MODELS |= {"rollup_day", "rollup_month", "rollup_checkpoint"}
PLACED = (
    "village",
    "relocation_site",
    "facility",
    "post",
    "project",
    "project_area",
    "fund_document",
    "asset",
)
UPKEEP = {"asset": "id", "value_event": "asset_id", "maintenance_duty": "asset_id"}
UPKEEP |= {"inspection": "asset_id", "post_holding": "post_id"}
FUNCTIONS = [
    "upkeep_follow()",
    "upkeep_refresh(bigint[])",
    "upkeep_stretches(upkeep_period)",
    "upkeep_timeline(bigint[])",
    "upkeep_status(boolean,smallint,date,date,date)",
    "rollup_fold()",
    "rollup_rebuild()",
    "rollup_compact()",
    "region_set_path()",
    "region_move_subtree()",
    "placed_set_path()",
    "recorded_touch()",
    "history_keep_update()",
    "history_keep_delete()",
]


def upgrade() -> None:
    run("20261122_names.sql")
    create_tables()
    for name in ("regions", "history", "upkeep"):
        run(f"20261122_{name}.sql")
    for table in PLACED:
        op.execute(
            f'CREATE TRIGGER placed_before BEFORE INSERT OR UPDATE OF region_id ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION placed_set_path()"
        )
    for table in TABLES:
        if table not in READ_MODELS:
            keep_history(table)
    for table, column in UPKEEP.items():
        follow_upkeep(table, column)
    op.execute("CREATE SCHEMA queue")
    op.execute("SET LOCAL search_path TO queue, public")
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    op.execute("SET LOCAL search_path TO public, queue")


def downgrade() -> None:
    op.execute("DROP SCHEMA queue CASCADE")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function} CASCADE")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION name_bigrams(text)")


def run(name: str) -> None:
    """Run one file of statements as it stands."""
    op.get_bind().exec_driver_sql((SQL / name).read_text(encoding="utf-8").replace("%", "%%"))


def keep_history(table: str) -> None:
    op.execute(
        f'CREATE TRIGGER recorded_before BEFORE UPDATE ON "{table}" FOR EACH ROW EXECUTE FUNCTION recorded_touch()'
    )
    op.execute(
        f'CREATE TRIGGER history_update AFTER UPDATE ON "{table}" '
        "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows "
        "FOR EACH STATEMENT EXECUTE FUNCTION history_keep_update()"
    )
    op.execute(
        f'CREATE TRIGGER history_delete AFTER DELETE ON "{table}" REFERENCING OLD TABLE AS old_rows '
        "FOR EACH STATEMENT EXECUTE FUNCTION history_keep_delete()"
    )


def follow_upkeep(table: str, column: str) -> None:
    for event, rows in (
        ("INSERT", "NEW TABLE AS new_rows"),
        ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("DELETE", "OLD TABLE AS old_rows"),
    ):
        op.execute(
            f"CREATE TRIGGER upkeep_{event.lower()} AFTER {event} ON {table} REFERENCING {rows} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION upkeep_follow('{column}')"
        )


def create_tables() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), server_default="zh", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("locale IN ('zh', 'en')", name=op.f("ck_account_locale_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=True),
        sa.Column("record_id", sa.BigInteger(), nullable=True),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("batch", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"], unique=False)
    op.create_index(op.f("ix_audit_entry_batch"), "audit_entry", ["batch"], unique=False)
    op.create_index("ix_audit_entry_record", "audit_entry", ["table_name", "record_id"], unique=False)
    op.create_table(
        "history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("transaction", sa.BigInteger(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    op.create_index("ix_history_at", "history", ["at"], unique=False)
    op.create_index("ix_history_record", "history", ["table_name", "record_id", "at"], unique=False)
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("demonstration_on", sa.Date(), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "region",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("region_path", sa.Text(collation="C"), nullable=False),
        sa.Column("rollup_id", sa.BigInteger(), nullable=False),
        sa.Column("urban_rural_code", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("geom", Geometry(geometry_type="MULTIPOLYGON", srid=4490, spatial_index=False), nullable=True),
        sa.Column("shape", Geometry(geometry_type="MULTIPOLYGON", srid=4490, spatial_index=False), nullable=True),
        sa.Column("centre", Geometry(geometry_type="POINT", srid=4490, spatial_index=False), nullable=True),
        sa.Column("is_schematic", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), server_default="", nullable=False),
        sa.Column("initials", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('village', 'community')", name=op.f("ck_region_kind_known")),
        sa.CheckConstraint(
            "level IN ('nation', 'province', 'city', 'county', 'town', 'village')", name=op.f("ck_region_level_known")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["region.id"], name=op.f("fk_region_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region")),
        sa.UniqueConstraint("code", "level", "valid_from", name=op.f("uq_region_code_level_valid_from")),
    )
    op.create_index("ix_region_code", "region", ["code"], unique=False)
    op.create_index(
        "ix_region_initials", "region", ["initials"], unique=False, postgresql_ops={"initials": "text_pattern_ops"}
    )
    op.create_index(
        "ix_region_name_bigrams",
        "region",
        [sa.literal_column("name_bigrams(name)")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(op.f("ix_region_parent_id"), "region", ["parent_id"], unique=False)
    op.create_index(
        "ix_region_pinyin", "region", ["pinyin"], unique=False, postgresql_ops={"pinyin": "text_pattern_ops"}
    )
    op.create_index("ix_region_region_path", "region", ["region_path"], unique=True)
    op.create_index("ix_region_shape", "region", ["shape"], unique=False, postgresql_using="gist")
    op.create_table(
        "rollup_checkpoint",
        sa.Column("month", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_rollup_checkpoint")),
    )
    op.create_table(
        "rollup_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("missing", sa.SmallInteger(), nullable=False),
        sa.Column("assets", sa.BigInteger(), nullable=False),
        sa.Column("value_yuan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollup_day")),
    )
    op.create_index("ix_rollup_day_region_id_day", "rollup_day", ["region_id", "day"], unique=False)
    op.create_table(
        "rollup_delta",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("missing", sa.SmallInteger(), nullable=False),
        sa.Column("assets", sa.BigInteger(), nullable=False),
        sa.Column("value_yuan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollup_delta")),
    )
    op.create_table(
        "rollup_month",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("missing", sa.SmallInteger(), nullable=False),
        sa.Column("assets", sa.BigInteger(), nullable=False),
        sa.Column("value_yuan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollup_month")),
    )
    op.create_index("ix_rollup_month_region_id_month", "rollup_month", ["region_id", "month"], unique=False)
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index("ix_sign_in_attempt_address_at", "sign_in_attempt", ["address", "at"], unique=False)
    op.create_index("ix_sign_in_attempt_username_at", "sign_in_attempt", ["username", "at"], unique=False)
    op.create_table(
        "term",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('sector', 'fund_source', 'fund_name', 'project_category', 'four_batch', 'village_class', 'facility_type', 'asset_type', 'right_kind')",
            name=op.f("ck_term_kind_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
        sa.UniqueConstraint("kind", "code", "valid_from", name=op.f("uq_term_kind_code_valid_from")),
    )
    op.create_index("ix_term_kind_position", "term", ["kind", "position"], unique=False)
    op.create_table(
        "upkeep_period",
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("region_path", sa.Text(collation="C"), nullable=False),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("operating_status", sa.Text(), nullable=False),
        sa.Column("exempt", sa.Boolean(), nullable=False),
        sa.Column("missing", sa.SmallInteger(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("value_yuan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("geom", Geometry(srid=4490, spatial_index=False), nullable=True),
        sa.PrimaryKeyConstraint("asset_id", "valid_from", name=op.f("pk_upkeep_period")),
    )
    op.create_index(
        "ix_upkeep_period_geom",
        "upkeep_period",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_where="latest",
    )
    op.create_index(
        "ix_upkeep_period_latest",
        "upkeep_period",
        ["region_path", "asset_id"],
        unique=False,
        postgresql_where="latest",
        postgresql_include=[
            "valid_from",
            "valid_to",
            "class",
            "sector",
            "missing",
            "exempt",
            "notice_on",
            "due_on",
            "value_yuan",
        ],
    )
    op.create_index(
        "ix_upkeep_period_region_path", "upkeep_period", ["region_path", "valid_from", "valid_to"], unique=False
    )
    op.create_table(
        "asset",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("form", sa.Text(), server_default="fixed", nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("specification", sa.Text(), nullable=True),
        sa.Column("useful_life_years", sa.Integer(), nullable=True),
        sa.Column("built_on", sa.Date(), nullable=True),
        sa.Column("handed_over_on", sa.Date(), nullable=True),
        sa.Column("registered", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("certified_on", sa.Date(), nullable=True),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.Column("operating_status", sa.Text(), nullable=False),
        sa.Column("disposed_on", sa.Date(), nullable=True),
        sa.Column("papers_missing", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("position_quality", sa.Text(), nullable=True),
        sa.Column("source_datum", sa.Text(), nullable=True),
        sa.Column("geom", Geometry(srid=4490, spatial_index=False), nullable=True),
        sa.Column("national_code", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), server_default="", nullable=False),
        sa.Column("initials", sa.Text(), server_default="", nullable=False),
        sa.Column("region_path", sa.Text(collation="C"), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("review_status", sa.Text(), server_default="approved", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("class IN ('earning', 'public', 'household')", name=op.f("ck_asset_class_known")),
        sa.CheckConstraint("form IN ('fixed', 'biological', 'equity', 'intangible')", name=op.f("ck_asset_form_known")),
        sa.CheckConstraint(
            "operating_status IN ('under_construction', 'operating', 'inefficient', 'idle', 'seasonal', 'in_dispute', 'damaged', 'disposed')",
            name=op.f("ck_asset_operating_status_known"),
        ),
        sa.CheckConstraint(
            "position_quality IN ('surveyed', 'drawn', 'phone', 'village_point')",
            name=op.f("ck_asset_position_quality_known"),
        ),
        sa.CheckConstraint("useful_life_years > 0", name=op.f("ck_asset_useful_life_positive")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_asset_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset")),
        sa.UniqueConstraint("code", name=op.f("uq_asset_code")),
    )
    op.create_index("ix_asset_geom", "asset", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        "ix_asset_initials", "asset", ["initials"], unique=False, postgresql_ops={"initials": "text_pattern_ops"}
    )
    op.create_index(
        "ix_asset_name_bigrams",
        "asset",
        [sa.literal_column("name_bigrams(name)")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index("ix_asset_pinyin", "asset", ["pinyin"], unique=False, postgresql_ops={"pinyin": "text_pattern_ops"})
    op.create_index(op.f("ix_asset_region_id"), "asset", ["region_id"], unique=False)
    op.create_index("ix_asset_region_path", "asset", ["region_path", "id"], unique=False)
    op.create_table(
        "designation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('key_assistance', 'demonstration')", name=op.f("ck_designation_kind_known")),
        sa.CheckConstraint(
            "level IN ('national', 'provincial', 'city', 'county')", name=op.f("ck_designation_level_known")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_designation_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_designation")),
        sa.UniqueConstraint(
            "region_id", "kind", "level", "valid_from", name=op.f("uq_designation_region_id_kind_level_valid_from")
        ),
    )
    op.create_table(
        "facility",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="in_use", nullable=False),
        sa.Column("area_m2", sa.Numeric(precision=12, scale=1), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("staff", sa.Integer(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("geom", Geometry(geometry_type="POINT", srid=4490, spatial_index=False), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), server_default="", nullable=False),
        sa.Column("initials", sa.Text(), server_default="", nullable=False),
        sa.Column("region_path", sa.Text(collation="C"), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("review_status", sa.Text(), server_default="approved", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("level IN ('village', 'cluster', 'town', 'county')", name=op.f("ck_facility_level_known")),
        sa.CheckConstraint("status IN ('in_use', 'idle', 'closed', 'planned')", name=op.f("ck_facility_status_known")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_facility_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility")),
    )
    op.create_index("ix_facility_geom", "facility", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        "ix_facility_initials", "facility", ["initials"], unique=False, postgresql_ops={"initials": "text_pattern_ops"}
    )
    op.create_index(
        "ix_facility_name_bigrams",
        "facility",
        [sa.literal_column("name_bigrams(name)")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        "ix_facility_pinyin", "facility", ["pinyin"], unique=False, postgresql_ops={"pinyin": "text_pattern_ops"}
    )
    op.create_index(op.f("ix_facility_region_id"), "facility", ["region_id"], unique=False)
    op.create_index("ix_facility_region_path", "facility", ["region_path"], unique=False)
    op.create_table(
        "fund_document",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("budget_year", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_yuan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("region_path", sa.Text(collation="C"), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "source IN ('central', 'province', 'city', 'county', 'east_west', 'designated_unit', 'donation', 'bond', 'self_raised', 'private', 'other')",
            name=op.f("ck_fund_document_source_known"),
        ),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_fund_document_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_document")),
        sa.UniqueConstraint("number", name=op.f("uq_fund_document_number")),
    )
    op.create_index(op.f("ix_fund_document_region_id"), "fund_document", ["region_id"], unique=False)
    op.create_index("ix_fund_document_region_path", "fund_document", ["region_path"], unique=False)
    op.create_table(
        "grant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "role IN ('viewer', 'leader', 'caretaker', 'clerk', 'approver', 'department', 'planner', 'auditor', 'administrator')",
            name=op.f("ck_grant_role_known"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_grant_account_id")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_grant_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
        sa.UniqueConstraint(
            "account_id",
            "role",
            "region_id",
            "sector",
            "valid_from",
            name=op.f("uq_grant_account_id_role_region_id_sector_valid_from"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_grant_region_id"), "grant", ["region_id"], unique=False)
    op.create_table(
        "party",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("region_id", sa.BigInteger(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), server_default="", nullable=False),
        sa.Column("initials", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "type IN ('state_unit', 'town', 'village_collective', 'household', 'company', 'cooperative', 'individual')",
            name=op.f("ck_party_type_known"),
        ),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_party_region_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["party.id"], name=op.f("fk_party_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
    )
    op.create_index(op.f("ix_party_code"), "party", ["code"], unique=False)
    op.create_index(
        "ix_party_initials", "party", ["initials"], unique=False, postgresql_ops={"initials": "text_pattern_ops"}
    )
    op.create_index(
        "ix_party_name_bigrams",
        "party",
        [sa.literal_column("name_bigrams(name)")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index("ix_party_pinyin", "party", ["pinyin"], unique=False, postgresql_ops={"pinyin": "text_pattern_ops"})
    op.create_index(op.f("ix_party_region_id"), "party", ["region_id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("id_number", sa.Text(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_person_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "post",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("region_path", sa.Text(collation="C"), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_post_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
    )
    op.create_index(op.f("ix_post_region_id"), "post", ["region_id"], unique=False)
    op.create_index("ix_post_region_path", "post", ["region_path"], unique=False)
    op.create_table(
        "project",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("stage_due_on", sa.Date(), nullable=True),
        sa.Column("owner_unit", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("budget_yuan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("is_lead_industry", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("is_work_relief", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("households_benefiting", sa.Integer(), nullable=True),
        sa.Column("performance_goal", sa.Text(), nullable=True),
        sa.Column("four_batch", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("geom", Geometry(srid=4490, spatial_index=False), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), server_default="", nullable=False),
        sa.Column("initials", sa.Text(), server_default="", nullable=False),
        sa.Column("region_path", sa.Text(collation="C"), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("review_status", sa.Text(), server_default="approved", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "category IN ('industry', 'employment', 'rural_construction', 'relocation_support', 'three_guarantees', 'governance', 'management_fee', 'other')",
            name=op.f("ck_project_category_known"),
        ),
        sa.CheckConstraint("kind IN ('works', 'purchase', 'reward', 'service')", name=op.f("ck_project_kind_known")),
        sa.CheckConstraint(
            "stage IN ('planned', 'library', 'listed', 'approved', 'contracted', 'started', 'finished', 'accepted', 'handed_over', 'terminated')",
            name=op.f("ck_project_stage_known"),
        ),
        sa.CheckConstraint("budget_yuan >= 0", name=op.f("ck_project_budget_not_negative")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_project_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("code", name=op.f("uq_project_code")),
    )
    op.create_index("ix_project_geom", "project", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        "ix_project_initials", "project", ["initials"], unique=False, postgresql_ops={"initials": "text_pattern_ops"}
    )
    op.create_index(
        "ix_project_name_bigrams",
        "project",
        [sa.literal_column("name_bigrams(name)")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        "ix_project_pinyin", "project", ["pinyin"], unique=False, postgresql_ops={"pinyin": "text_pattern_ops"}
    )
    op.create_index(op.f("ix_project_region_id"), "project", ["region_id"], unique=False)
    op.create_index("ix_project_region_path_year", "project", ["region_path", "year"], unique=False)
    op.create_table(
        "region_successor",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("successor_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('merged', 'split', 'renamed', 'moved')", name=op.f("ck_region_successor_kind_known")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_region_successor_region_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["region.id"], name=op.f("fk_region_successor_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region_successor")),
        sa.UniqueConstraint("region_id", "successor_id", name=op.f("uq_region_successor_region_id_successor_id")),
    )
    op.create_index(op.f("ix_region_successor_successor_id"), "region_successor", ["successor_id"], unique=False)
    op.create_table(
        "relocation_site",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("built_year", sa.Integer(), nullable=True),
        sa.Column("housing_units", sa.Integer(), nullable=True),
        sa.Column("households_moved", sa.Integer(), nullable=True),
        sa.Column("persons_moved", sa.Integer(), nullable=True),
        sa.Column("households_occupied", sa.Integer(), nullable=True),
        sa.Column("certificates_issued", sa.Integer(), nullable=True),
        sa.Column("old_houses_demolished", sa.Integer(), nullable=True),
        sa.Column("labour_force", sa.Integer(), nullable=True),
        sa.Column("employed", sa.Integer(), nullable=True),
        sa.Column("zero_employment_households", sa.Integer(), nullable=True),
        sa.Column("workshops", sa.Integer(), nullable=True),
        sa.Column("management_body", sa.Text(), nullable=True),
        sa.Column("geom", Geometry(geometry_type="POINT", srid=4490, spatial_index=False), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), server_default="", nullable=False),
        sa.Column("initials", sa.Text(), server_default="", nullable=False),
        sa.Column("region_path", sa.Text(collation="C"), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("review_status", sa.Text(), server_default="approved", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("type IN ('urban', 'rural')", name=op.f("ck_relocation_site_type_known")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_relocation_site_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relocation_site")),
    )
    op.create_index("ix_relocation_site_geom", "relocation_site", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        "ix_relocation_site_initials",
        "relocation_site",
        ["initials"],
        unique=False,
        postgresql_ops={"initials": "text_pattern_ops"},
    )
    op.create_index(
        "ix_relocation_site_name_bigrams",
        "relocation_site",
        [sa.literal_column("name_bigrams(name)")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        "ix_relocation_site_pinyin",
        "relocation_site",
        ["pinyin"],
        unique=False,
        postgresql_ops={"pinyin": "text_pattern_ops"},
    )
    op.create_index(op.f("ix_relocation_site_region_id"), "relocation_site", ["region_id"], unique=False)
    op.create_index("ix_relocation_site_region_path", "relocation_site", ["region_path"], unique=False)
    op.create_table(
        "road",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("surface", sa.Text(), nullable=True),
        sa.Column("width_m", sa.Numeric(precision=5, scale=1), nullable=True),
        sa.Column("region_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "geom", Geometry(geometry_type="LINESTRING", srid=4490, spatial_index=False, nullable=False), nullable=False
        ),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "class IN ('national', 'provincial', 'county', 'town', 'village')", name=op.f("ck_road_class_known")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_road_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_road")),
    )
    op.create_index("ix_road_geom", "road", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_road_region_id"), "road", ["region_id"], unique=False)
    op.create_table(
        "threshold",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_threshold_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threshold")),
        sa.UniqueConstraint(
            "code",
            "region_id",
            "valid_from",
            name=op.f("uq_threshold_code_region_id_valid_from"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "village",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("lifted_out_of_poverty", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("pop_registered", sa.Integer(), nullable=True),
        sa.Column("pop_resident", sa.Integer(), nullable=True),
        sa.Column("collective_income", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("lead_industry", sa.Text(), nullable=True),
        sa.Column("plan_done", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("elevation_m", sa.Integer(), nullable=True),
        sa.Column("geom", Geometry(geometry_type="POINT", srid=4490, spatial_index=False), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), server_default="", nullable=False),
        sa.Column("initials", sa.Text(), server_default="", nullable=False),
        sa.Column("region_path", sa.Text(collation="C"), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("review_status", sa.Text(), server_default="approved", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "class IN ('clustered', 'suburban', 'characteristic', 'relocating', 'other')",
            name=op.f("ck_village_class_known"),
        ),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_village_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village")),
        sa.UniqueConstraint("region_id", name=op.f("uq_village_region_id")),
    )
    op.create_index("ix_village_geom", "village", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_village_region_id"), "village", ["region_id"], unique=False)
    op.create_index("ix_village_region_path", "village", ["region_path"], unique=False)
    op.create_table(
        "allocation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_document_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("arranged_on", sa.Date(), nullable=False),
        sa.Column("arranged_yuan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["fund_document_id"], ["fund_document.id"], name=op.f("fk_allocation_fund_document_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_allocation_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
        sa.UniqueConstraint("fund_document_id", "project_id", name=op.f("uq_allocation_fund_document_id_project_id")),
    )
    op.create_index(op.f("ix_allocation_project_id"), "allocation", ["project_id"], unique=False)
    op.create_table(
        "contract",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("annual_rent_yuan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("ended_early_on", sa.Date(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "mode IN ('self_run', 'entrusted', 'cooperation', 'lease', 'shareholding')",
            name=op.f("ck_contract_mode_known"),
        ),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_contract_period_not_empty")),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_contract_asset_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_contract_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
    )
    op.create_index(op.f("ix_contract_asset_id"), "contract", ["asset_id"], unique=False)
    op.create_index("ix_contract_ends_on", "contract", ["ends_on"], unique=False)
    op.create_index(op.f("ix_contract_party_id"), "contract", ["party_id"], unique=False)
    op.create_table(
        "income",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_yuan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("received_yuan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("distributed_yuan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_income_asset_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_income")),
        sa.UniqueConstraint("asset_id", "year", name=op.f("uq_income_asset_id_year")),
    )
    op.create_table(
        "inspection",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("inspected_on", sa.Date(), nullable=False),
        sa.Column("inspector_id", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("condition", sa.SmallInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("cost_yuan", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("request_key", sa.Text(), nullable=True),
        sa.Column("geom", Geometry(geometry_type="POINT", srid=4490, spatial_index=False), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("result IN ('all_well', 'problem')", name=op.f("ck_inspection_result_known")),
        sa.CheckConstraint("condition BETWEEN 1 AND 5", name=op.f("ck_inspection_condition_one_to_five")),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_inspection_asset_id")),
        sa.ForeignKeyConstraint(["inspector_id"], ["person.id"], name=op.f("fk_inspection_inspector_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
        sa.UniqueConstraint("request_key", name=op.f("uq_inspection_request_key")),
    )
    op.create_index("ix_inspection_asset_id_inspected_on", "inspection", ["asset_id", "inspected_on"], unique=False)
    op.create_index(op.f("ix_inspection_inspector_id"), "inspection", ["inspector_id"], unique=False)
    op.create_table(
        "maintenance_duty",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("body_party_id", sa.BigInteger(), nullable=True),
        sa.Column("post_id", sa.BigInteger(), nullable=True),
        sa.Column("fund_source", sa.Text(), nullable=True),
        sa.Column("annual_budget_yuan", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("rule_document", sa.Text(), nullable=True),
        sa.Column("interval_days", sa.Integer(), nullable=False),
        sa.Column("notice_days", sa.Integer(), server_default="30", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("interval_days > 0", name=op.f("ck_maintenance_duty_interval_positive")),
        sa.CheckConstraint(
            "notice_days >= 0 AND notice_days < interval_days", name=op.f("ck_maintenance_duty_notice_in_interval")
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_maintenance_duty_period_not_empty")
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_maintenance_duty_asset_id")),
        sa.ForeignKeyConstraint(["body_party_id"], ["party.id"], name=op.f("fk_maintenance_duty_body_party_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_maintenance_duty_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance_duty")),
    )
    op.create_index(op.f("ix_maintenance_duty_asset_id"), "maintenance_duty", ["asset_id"], unique=False)
    op.create_index(op.f("ix_maintenance_duty_body_party_id"), "maintenance_duty", ["body_party_id"], unique=False)
    op.create_index(op.f("ix_maintenance_duty_post_id"), "maintenance_duty", ["post_id"], unique=False)
    op.create_table(
        "post_holding",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_post_holding_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_holding_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_holding")),
    )
    op.create_index(op.f("ix_post_holding_person_id"), "post_holding", ["person_id"], unique=False)
    op.create_index(op.f("ix_post_holding_post_id"), "post_holding", ["post_id"], unique=False)
    op.create_table(
        "project_area",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("region_path", sa.Text(collation="C"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_area_project_id")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_project_area_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_area")),
        sa.UniqueConstraint("project_id", "region_id", name=op.f("uq_project_area_project_id_region_id")),
    )
    op.create_index(op.f("ix_project_area_region_id"), "project_area", ["region_id"], unique=False)
    op.create_table(
        "project_stage",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "stage IN ('planned', 'library', 'listed', 'approved', 'contracted', 'started', 'finished', 'accepted', 'handed_over', 'terminated')",
            name=op.f("ck_project_stage_stage_known"),
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_stage_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_stage")),
        sa.UniqueConstraint("project_id", "stage", name=op.f("uq_project_stage_project_id_stage")),
    )
    op.create_table(
        "right",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("share_numerator", sa.Integer(), server_default="1", nullable=False),
        sa.Column("share_denominator", sa.Integer(), server_default="1", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('ownership', 'use', 'operation', 'income', 'distribution', 'disposal', 'supervision', 'upkeep')",
            name=op.f("ck_right_kind_known"),
        ),
        sa.CheckConstraint(
            "share_numerator > 0 AND share_numerator <= share_denominator", name=op.f("ck_right_share_fraction")
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_right_period_not_empty")),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_right_asset_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_right_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_right")),
    )
    op.create_index("ix_right_asset_id_kind", "right", ["asset_id", "kind"], unique=False)
    op.create_index(op.f("ix_right_party_id"), "right", ["party_id"], unique=False)
    op.create_table(
        "value_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("amount_yuan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("fund_source", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('new', 'extension', 'overhaul', 'impairment', 'surplus', 'missing', 'conversion')",
            name=op.f("ck_value_event_kind_known"),
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_value_event_asset_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_value_event_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_event")),
    )
    op.create_index(op.f("ix_value_event_asset_id"), "value_event", ["asset_id"], unique=False)
    op.create_index(op.f("ix_value_event_project_id"), "value_event", ["project_id"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("allocation_id", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("paid_yuan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("voucher", sa.Text(), nullable=True),
        sa.Column("payee", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["allocation_id"], ["allocation.id"], name=op.f("fk_payment_allocation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
    )
    op.create_index(op.f("ix_payment_allocation_id"), "payment", ["allocation_id"], unique=False)
