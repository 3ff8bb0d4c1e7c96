"""History keeps which rows a transaction added, and geometries to the last bit."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_additions"
down_revision = "20261122_registry"

SQL = Path(__file__).parent.parent / "sql"
GEOMETRIES = {
    "asset": ("geom",),
    "facility": ("geom",),
    "inspection": ("geom",),
    "natural_village": ("geom",),
    "project": ("geom",),
    "region": ("geom", "centre"),
    "relocation_site": ("geom",),
    "road": ("geom",),
    "village": ("geom",),
}
PLAIN = (
    "account",
    "allocation",
    "carry_over",
    "checklist_item",
    "contract",
    "designation",
    "facility_standard",
    "fund_document",
    "grant",
    "household_item",
    "income",
    "installation",
    "maintenance_duty",
    "operating_period",
    "outside_code",
    "party",
    "payment",
    "person",
    "post",
    "post_holding",
    "project_area",
    "project_label",
    "project_stage",
    "region_successor",
    "right",
    "stage_step",
    "term",
    "threshold",
    "value_event",
)


def upgrade() -> None:
    op.create_table(
        "addition",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("transaction", sa.BigInteger(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("record_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addition")),
    )
    op.create_index("ix_addition_transaction", "addition", ["transaction"], unique=False)
    op.create_index("ix_history_transaction", "history", ["transaction"], unique=False)
    run("additions")
    for table in (*GEOMETRIES, *PLAIN):
        op.execute(
            f'CREATE TRIGGER history_insert AFTER INSERT ON "{table}" REFERENCING NEW TABLE AS new_rows '
            "FOR EACH STATEMENT EXECUTE FUNCTION history_keep_insert()"
        )
    for table, columns in GEOMETRIES.items():
        keep_history(table, columns)


def downgrade() -> None:
    op.execute("DROP FUNCTION history_keep_insert() CASCADE")
    run("history_again")
    for table in GEOMETRIES:
        keep_history(table)
    op.drop_index("ix_history_transaction", table_name="history")
    op.drop_table("addition")


def run(name: str) -> None:
    """Run one file of statements as it stands."""
    text = (SQL / f"20261122_{name}.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(text.replace("%", "%%"))


def keep_history(table: str, columns: tuple[str, ...] = ()) -> None:
    """Let the triggers of ``table`` keep these geometries exactly."""
    arguments = ", ".join(f"'{column}'" for column in columns)
    for event, rows in (
        ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("DELETE", "OLD TABLE AS old_rows"),
    ):
        name = f"history_{event.lower()}"
        op.execute(f'DROP TRIGGER {name} ON "{table}"')
        op.execute(
            f'CREATE TRIGGER {name} AFTER {event} ON "{table}" REFERENCING {rows} '
            f"FOR EACH STATEMENT EXECUTE FUNCTION history_keep_{event.lower()}({arguments})"
        )
