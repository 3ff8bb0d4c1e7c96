"""The registry: versions, withdrawal, dated states, shares that add up, templates and standards."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "20261122_registry"
down_revision = "20261122_ground"

SQL = Path(__file__).parent.parent / "sql"
RECORDED = (
    "account",
    "allocation",
    "asset",
    "contract",
    "designation",
    "facility",
    "fund_document",
    "grant",
    "income",
    "inspection",
    "installation",
    "maintenance_duty",
    "party",
    "payment",
    "person",
    "post",
    "post_holding",
    "project",
    "project_area",
    "project_stage",
    "region",
    "region_successor",
    "relocation_site",
    "right",
    "road",
    "term",
    "threshold",
    "value_event",
    "village",
)
RETIRED = ("asset", "facility", "fund_document", "party", "post", "project", "relocation_site", "village")
NEW = (
    "carry_over",
    "checklist_item",
    "facility_standard",
    "household_item",
    "natural_village",
    "operating_period",
    "outside_code",
    "project_label",
    "stage_step",
)
TERM_KINDS = (
    "'sector', 'fund_source', 'fund_name', 'project_category', 'four_batch', 'village_class', "
    "'facility_type', 'asset_type', 'right_kind'"
)
STAGES = (
    "'planned', 'library', 'listed', 'approved', 'contracted', 'started', 'finished', 'accepted', "
    "'handed_over', 'terminated'"
)
CHECKS = {
    ("asset", "depreciation_known"): "depreciation IN ('straight_line', 'none')",
    ("allocation", "kind_known"): "kind IN ('arranged', 'adjusted', 'returned')",
    ("allocation", "first_line_positive"): "arranged_yuan > 0 OR kind <> 'arranged'",
    ("project", "wage_share_fraction"): "wage_share BETWEEN 0 AND 1",
    ("right", "share_denominator_bounded"): "share_denominator <= 1000000",
}
PERIOD = "daterange(valid_from, valid_to) WITH &&"


def upgrade() -> None:
    run("plain_names")
    create_tables()
    change_tables()
    for table in RECORDED:
        op.add_column(table, sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
    for table in RETIRED:
        op.add_column(table, sa.Column("retired_on", sa.Date(), nullable=True))
        op.add_column(table, sa.Column("retired_reason", sa.Text(), nullable=True))
    op.add_column("audit_entry", sa.Column("transaction", sa.BigInteger(), nullable=True))
    op.execute("ALTER TABLE audit_entry ALTER transaction SET DEFAULT pg_current_xact_id()::text::bigint")
    op.create_index("ix_audit_entry_transaction", "audit_entry", ["transaction"], unique=False)
    for (table, name), condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    known("term", "kind", f"{TERM_KINDS}, 'code_system'")
    known(
        "project_stage",
        "stage",
        f"'declared', 'reviewed', 'appraised', 'tendered', {STAGES}, 'settled', 'final_accounts'",
    )
    exclude("right", "ex_right_one_row_a_holder", "asset_id WITH =, kind WITH =, party_id WITH =")
    exclude(
        "right",
        "ex_right_one_holder_at_a_time",
        "asset_id WITH =, kind WITH =",
        "WHERE (kind IN ('operation', 'distribution', 'disposal'))",
    )
    carry_data_over()
    run("revisions")
    run("operating")
    run("rights")
    for table in NEW:
        keep_history(table)
    op.execute(
        "CREATE TRIGGER placed_before BEFORE INSERT OR UPDATE OF region_id ON natural_village "
        "FOR EACH ROW EXECUTE FUNCTION placed_set_path()"
    )
    follow_upkeep("operating_period", "asset_id")
    op.execute("CREATE SEQUENCE asset_code_seq")
    op.execute("CREATE SEQUENCE project_code_seq")


def downgrade() -> None:
    op.execute("DROP SEQUENCE project_code_seq")
    op.execute("DROP SEQUENCE asset_code_seq")
    op.execute("DROP FUNCTION rights_follow() CASCADE")
    op.execute("DROP FUNCTION rights_check(bigint)")
    op.execute("DROP AGGREGATE fraction_sum(integer, integer)")
    op.execute("DROP FUNCTION fraction_add(numeric[], integer, integer)")
    op.execute('ALTER TABLE "right" DROP CONSTRAINT ex_right_one_row_a_holder')
    op.execute('ALTER TABLE "right" DROP CONSTRAINT ex_right_one_holder_at_a_time')
    op.add_column("asset", sa.Column("national_code", sa.Text(), nullable=True))
    op.add_column("project", sa.Column("four_batch", sa.Text(), nullable=True))
    op.execute(
        "UPDATE asset a SET national_code = c.code FROM outside_code c WHERE c.asset_id = a.id AND c.system = 'national'"
    )
    op.execute(
        "UPDATE project p SET four_batch = l.code FROM project_label l WHERE l.project_id = p.id AND l.valid_to IS NULL"
    )
    op.execute(
        "UPDATE allocation AS a SET arranged_yuan = (SELECT sum(b.arranged_yuan) FROM allocation b "
        "WHERE (b.fund_document_id, b.project_id) = (a.fund_document_id, a.project_id)) WHERE kind = 'arranged'"
    )
    op.execute("DELETE FROM allocation WHERE kind <> 'arranged'")
    op.execute("DELETE FROM term WHERE kind = 'code_system'")
    op.execute(f"DELETE FROM project_stage WHERE stage NOT IN ({STAGES})")
    known("term", "kind", TERM_KINDS)
    known("project_stage", "stage", STAGES)
    for table, name in CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.drop_index("ix_audit_entry_transaction", table_name="audit_entry")
    op.drop_column("audit_entry", "transaction")
    run("ground_again")
    for table in RETIRED:
        op.drop_column(table, "retired_reason")
        op.drop_column(table, "retired_on")
    for table in RECORDED:
        op.drop_column(table, "revision")
    change_tables_back()
    drop_tables()
    op.execute("DROP FUNCTION plain_name(text)")


def run(name: str) -> None:
    """Run one file of statements as it stands."""
    text = (SQL / f"20261122_{name}.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(text.replace("%", "%%"))


def known(table: str, column: str, values: str) -> None:
    """Let ``column`` hold these words."""
    name = op.f(f"ck_{table}_{column}_known")
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, f"{column} IN ({values})")


def exclude(table: str, name: str, equal: str, where: str = "") -> None:
    op.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT {name} EXCLUDE USING gist ({equal}, {PERIOD}) {where}')


def carry_data_over() -> None:
    """Keep what the columns held that are tables now."""
    op.execute(
        "INSERT INTO outside_code (asset_id, system, code) "
        "SELECT id, 'national', national_code FROM asset WHERE national_code IS NOT NULL"
    )
    op.execute(
        "INSERT INTO project_label (project_id, scheme, code, valid_from) "
        "SELECT id, 'four_batch', four_batch, created_at::date FROM project WHERE four_batch IS NOT NULL"
    )
    op.execute(
        "INSERT INTO operating_period (asset_id, status, valid_from) "
        "SELECT id, operating_status, coalesce(built_on, handed_over_on, created_at::date) FROM asset"
    )
    op.drop_column("asset", "national_code")
    op.drop_column("project", "four_batch")


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
            f'CREATE TRIGGER upkeep_{event.lower()} AFTER {event} ON "{table}" REFERENCING {rows} '
            f"FOR EACH STATEMENT EXECUTE FUNCTION upkeep_follow('{column}')"
        )


def create_tables() -> None:
    op.create_table(
        "checklist_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("asset_type", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="check", nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("low", sa.Numeric(), nullable=True),
        sa.Column("high", sa.Numeric(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("kind IN ('check', 'measure')", name=op.f("ck_checklist_item_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_item")),
        sa.UniqueConstraint(
            "asset_type",
            "position",
            "valid_from",
            name=op.f("uq_checklist_item_asset_type_position_valid_from"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "stage_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("milestone", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("document_zh", sa.Text(), nullable=True),
        sa.Column("document_en", sa.Text(), nullable=True),
        sa.Column("required", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("own_clock", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("kind IN ('works', 'purchase', 'reward', 'service')", name=op.f("ck_stage_step_kind_known")),
        sa.CheckConstraint(
            "milestone IN ('declared', 'reviewed', 'appraised', 'tendered', 'planned', 'library', 'listed', 'approved', 'contracted', 'started', 'finished', 'accepted', 'handed_over', 'terminated', 'settled', 'final_accounts')",
            name=op.f("ck_stage_step_milestone_known"),
        ),
        sa.CheckConstraint(
            "stage IN ('planned', 'library', 'listed', 'approved', 'contracted', 'started', 'finished', 'accepted', 'handed_over', 'terminated')",
            name=op.f("ck_stage_step_stage_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_step")),
        sa.UniqueConstraint("kind", "milestone", "valid_from", name=op.f("uq_stage_step_kind_milestone_valid_from")),
    )
    op.create_table(
        "submission",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_submission")),
    )
    op.create_index("ix_submission_at", "submission", ["at"], unique=False)
    op.create_table(
        "facility_standard",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=True),
        sa.Column("reach_m", sa.Integer(), nullable=True),
        sa.Column("travel_min", sa.Integer(), nullable=True),
        sa.Column("travel_mode", sa.Text(), server_default="walk", nullable=False),
        sa.Column("min_area_m2", sa.Numeric(precision=12, scale=1), nullable=True),
        sa.Column("min_staff", sa.Integer(), nullable=True),
        sa.Column("min_population", sa.Integer(), nullable=True),
        sa.Column("capacity_per_1000", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("mandatory", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "level IN ('village', 'cluster', 'town', 'county')", name=op.f("ck_facility_standard_level_known")
        ),
        sa.CheckConstraint(
            "travel_mode IN ('walk', 'drive', 'straight')", name=op.f("ck_facility_standard_travel_mode_known")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_facility_standard_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility_standard")),
        sa.UniqueConstraint(
            "type",
            "level",
            "region_id",
            "valid_from",
            name=op.f("uq_facility_standard_type_level_region_id_valid_from"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "natural_village",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("pop_resident", sa.Integer(), nullable=True),
        sa.Column("waste_collected", sa.Boolean(), nullable=True),
        sa.Column("sanitary_toilets", sa.Integer(), nullable=True),
        sa.Column("tap_water", sa.Boolean(), nullable=True),
        sa.Column("paved_road", sa.Boolean(), nullable=True),
        sa.Column("geom", Geometry("POINT", srid=4490, spatial_index=False), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), server_default="", nullable=False),
        sa.Column("initials", sa.Text(), server_default="", nullable=False),
        sa.Column("region_path", sa.Text(collation="C"), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=False),
        sa.Column("review_status", sa.Text(), server_default="approved", nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("retired_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("sanitary_toilets <= households", name=op.f("ck_natural_village_toilets_within_households")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_natural_village_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_natural_village")),
    )
    op.create_index("ix_natural_village_geom", "natural_village", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        "ix_natural_village_initials",
        "natural_village",
        ["initials"],
        unique=False,
        postgresql_ops={"initials": "text_pattern_ops"},
    )
    op.create_index(
        "ix_natural_village_name_bigrams",
        "natural_village",
        [sa.literal_column("name_bigrams(name)")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        "ix_natural_village_pinyin",
        "natural_village",
        ["pinyin"],
        unique=False,
        postgresql_ops={"pinyin": "text_pattern_ops"},
    )
    op.create_index(op.f("ix_natural_village_region_id"), "natural_village", ["region_id"], unique=False)
    op.create_index("ix_natural_village_region_path", "natural_village", ["region_path"], unique=False)
    op.create_table(
        "carry_over",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fund_document_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("carried_yuan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("taken_back_yuan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("carried_yuan >= 0 AND taken_back_yuan >= 0", name=op.f("ck_carry_over_not_negative")),
        sa.ForeignKeyConstraint(
            ["fund_document_id"], ["fund_document.id"], name=op.f("fk_carry_over_fund_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carry_over")),
        sa.UniqueConstraint("fund_document_id", "year", name=op.f("uq_carry_over_fund_document_id_year")),
    )
    op.create_table(
        "household_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("amount_yuan", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_household_item_asset_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_household_item_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_item")),
        sa.UniqueConstraint("asset_id", "person_id", name=op.f("uq_household_item_asset_id_person_id")),
    )
    op.create_index(op.f("ix_household_item_person_id"), "household_item", ["person_id"], unique=False)
    op.create_table(
        "operating_period",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "status IN ('under_construction', 'operating', 'inefficient', 'idle', 'seasonal', 'in_dispute', 'damaged', 'disposed')",
            name=op.f("ck_operating_period_status_known"),
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_operating_period_asset_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operating_period")),
        sa.UniqueConstraint("asset_id", "valid_from", name=op.f("uq_operating_period_asset_id_valid_from")),
    )
    op.create_table(
        "outside_code",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_outside_code_asset_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_code")),
        sa.UniqueConstraint("asset_id", "system", name=op.f("uq_outside_code_asset_id_system")),
        sa.UniqueConstraint("system", "code", name=op.f("uq_outside_code_system_code")),
    )
    op.create_table(
        "project_label",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("project_id"), "="),
            (sa.column("scheme"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_project_label_one_at_a_time",
        ),
        sa.CheckConstraint("scheme IN ('four_batch')", name=op.f("ck_project_label_scheme_known")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_project_label_period_not_empty")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_label_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_label")),
    )
    op.create_index(op.f("ix_project_label_project_id"), "project_label", ["project_id"], unique=False)


def change_tables() -> None:
    op.add_column("allocation", sa.Column("kind", sa.Text(), server_default="arranged", nullable=False))
    op.add_column("allocation", sa.Column("document", sa.Text(), nullable=True))
    op.add_column("allocation", sa.Column("excess_reason", sa.Text(), nullable=True))
    op.drop_constraint(op.f("uq_allocation_fund_document_id_project_id"), "allocation", type_="unique")
    op.create_index(
        "uq_allocation_first_line",
        "allocation",
        ["fund_document_id", "project_id"],
        unique=True,
        postgresql_where="kind = 'arranged'",
    )
    op.add_column("asset", sa.Column("depreciation", sa.Text(), server_default="straight_line", nullable=False))
    op.add_column("facility", sa.Column("closed_on", sa.Date(), nullable=True))
    op.add_column("fund_document", sa.Column("fund_name", sa.Text(), nullable=True))
    op.add_column(
        "party", sa.Column("plain_name", sa.Text(), sa.Computed("plain_name(name)", persisted=True), nullable=False)
    )
    op.add_column("party", sa.Column("contact_id", sa.BigInteger(), nullable=True))
    op.drop_index(op.f("ix_party_code"), table_name="party")
    op.create_index("ix_party_code", "party", ["code"], unique=True, postgresql_where="code IS NOT NULL")
    op.create_index("ix_party_plain_name", "party", ["plain_name"], unique=False)
    op.create_foreign_key(op.f("fk_party_contact_id"), "party", "person", ["contact_id"], ["id"])
    op.add_column("payment", sa.Column("excess_reason", sa.Text(), nullable=True))
    op.add_column("project", sa.Column("wage_share", sa.Numeric(precision=5, scale=4), nullable=True))
    op.add_column("project", sa.Column("no_assets_reason", sa.Text(), nullable=True))
    op.add_column("project_stage", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("value_event", sa.Column("document", sa.Text(), nullable=True))


def change_tables_back() -> None:
    op.drop_column("value_event", "document")
    op.drop_column("project_stage", "note")
    op.drop_column("project", "no_assets_reason")
    op.drop_column("project", "wage_share")
    op.drop_column("payment", "excess_reason")
    op.drop_constraint(op.f("fk_party_contact_id"), "party", type_="foreignkey")
    op.drop_index("ix_party_plain_name", table_name="party")
    op.drop_index("ix_party_code", table_name="party", postgresql_where="code IS NOT NULL")
    op.create_index(op.f("ix_party_code"), "party", ["code"], unique=False)
    op.drop_column("party", "contact_id")
    op.drop_column("party", "plain_name")
    op.drop_column("fund_document", "fund_name")
    op.drop_column("facility", "closed_on")
    op.drop_column("asset", "depreciation")
    op.drop_index("uq_allocation_first_line", table_name="allocation", postgresql_where="kind = 'arranged'")
    op.create_unique_constraint(
        op.f("uq_allocation_fund_document_id_project_id"),
        "allocation",
        ["fund_document_id", "project_id"],
        postgresql_nulls_not_distinct=False,
    )
    op.drop_column("allocation", "excess_reason")
    op.drop_column("allocation", "document")
    op.drop_column("allocation", "kind")


def drop_tables() -> None:
    op.drop_index(op.f("ix_project_label_project_id"), table_name="project_label")
    op.drop_table("project_label")
    op.drop_table("outside_code")
    op.drop_table("operating_period")
    op.drop_index(op.f("ix_household_item_person_id"), table_name="household_item")
    op.drop_table("household_item")
    op.drop_table("carry_over")
    op.drop_index("ix_natural_village_region_path", table_name="natural_village")
    op.drop_index(op.f("ix_natural_village_region_id"), table_name="natural_village")
    op.drop_index(
        "ix_natural_village_pinyin", table_name="natural_village", postgresql_ops={"pinyin": "text_pattern_ops"}
    )
    op.drop_index("ix_natural_village_name_bigrams", table_name="natural_village", postgresql_using="gin")
    op.drop_index(
        "ix_natural_village_initials", table_name="natural_village", postgresql_ops={"initials": "text_pattern_ops"}
    )
    op.drop_index("ix_natural_village_geom", table_name="natural_village", postgresql_using="gist")
    op.drop_table("natural_village")
    op.drop_table("facility_standard")
    op.drop_index("ix_submission_at", table_name="submission")
    op.drop_table("submission")
    op.drop_table("stage_step")
    op.drop_table("checklist_item")
