"""Orders and rare words that lists of millions of records are read by."""

from alembic import op
from sqlalchemy import text

revision = "20261122_lists"
down_revision = "20261122_additions"

# By when an asset must be inspected; nothing where no inspection is due, or nobody to make it.
DUE_ON = """
CREATE FUNCTION upkeep_due_on(exempt boolean, missing smallint, due_on date) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT CASE WHEN NOT exempt AND missing = 0 THEN due_on END'
"""
# Behind key and id stand what a walk along the index leaves out without touching the record.
NARROWING = ["region_path", "class", "sector"]
INDEXES: tuple[tuple[str, str, list[str], str | None], ...] = (
    ("ix_asset_by_code", "asset", ["code", "id", *NARROWING], None),
    ("ix_asset_by_name", "asset", ['name COLLATE "zh-x-icu"', "id", *NARROWING], None),
    ("ix_asset_by_built_on", "asset", ["built_on", "id", *NARROWING], None),
    ("ix_asset_without_position", "asset", ["region_path"], "geom IS NULL OR position_quality = 'village_point'"),
    ("ix_asset_papers_missing", "asset", ["region_path"], "papers_missing IS TRUE"),
    ("ix_asset_code_prefix", "asset", ["code text_pattern_ops"], None),
    ("ix_asset_review_status", "asset", ["review_status", "region_path"], "review_status <> 'approved'"),
    ("ix_upkeep_period_by_value", "upkeep_period", ["value_yuan", "asset_id", *NARROWING], "latest"),
    (
        "ix_upkeep_period_by_due_on",
        "upkeep_period",
        ["upkeep_due_on(exempt, missing, due_on)", "asset_id", *NARROWING],
        "latest",
    ),
    (
        "ix_upkeep_period_operating_status",
        "upkeep_period",
        ["operating_status", "class", "sector", "region_path"],
        "latest AND operating_status <> 'operating'",
    ),
    ("ix_value_event_fund_source", "value_event", ["fund_source", "asset_id"], None),
)


# Read without a look at the periods themselves.
COVERING: tuple[tuple[str, list[str], str], ...] = (
    ("ix_upkeep_period_class_sector", ["class", "sector", "region_path", "asset_id"], "latest"),
    ("ix_upkeep_period_missing", ["region_path", "asset_id"], "latest AND missing <> 0"),
)
BESIDES = ["valid_from", "valid_to", "missing", "exempt", "notice_on", "due_on", "value_yuan"]
OTHERS = {"ix_upkeep_period_class_sector": [], "ix_upkeep_period_missing": ["class", "sector"]}
SORTED_BY = ["code", "name", "type", "built_on", "handed_over_on", "certified_on"]
# Twenty thousand villages part a province finer than a hundred steps can tell, and a planner that
# takes a town's two thousand assets for one compares each of them with every other.
# More steps make every plan dearer, and in a join it is enough that one side is known well.
STEPS = {"upkeep_period": 4_000, "asset": 1_000, "region": 1_000}


def upgrade() -> None:
    op.execute(DUE_ON)
    for table, steps in STEPS.items():
        op.execute(f"ALTER TABLE {table} ALTER region_path SET STATISTICS {steps}")
    op.drop_index("ix_asset_region_path", table_name="asset")
    op.create_index("ix_asset_region_path", "asset", ["region_path", "id"], postgresql_include=SORTED_BY)
    for name, table, columns, where in INDEXES:
        op.create_index(name, table, [text(column) for column in columns], postgresql_where=where and text(where))
    for name, columns, where in COVERING:
        op.create_index(
            name, "upkeep_period", columns, postgresql_where=text(where), postgresql_include=[*BESIDES, *OTHERS[name]]
        )


def downgrade() -> None:
    for name, _columns, _where in COVERING:
        op.drop_index(name, table_name="upkeep_period")
    for name, table, _columns, _where in reversed(INDEXES):
        op.drop_index(name, table_name=table)
    op.drop_index("ix_asset_region_path", table_name="asset")
    op.create_index("ix_asset_region_path", "asset", ["region_path", "id"])
    for table in STEPS:
        op.execute(f"ALTER TABLE {table} ALTER region_path SET STATISTICS -1")
    op.execute("DROP FUNCTION upkeep_due_on(boolean, smallint, date)")
