"""What whole ledgers pay for: shares are checked once a statement instead of once a row, names cut up faster."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_together"
down_revision = "20261122_imports"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.create_table(
        "rights_due",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("asset_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_due")),
    )
    for name in ("rights_together", "names_fast"):
        op.get_bind().exec_driver_sql((SQL / f"20261122_{name}.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    cut_up = (SQL / "20261122_names.sql").read_text(encoding="utf-8")
    op.execute(cut_up.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    for table, events in (("right", ("insert", "update", "delete")), ("asset", ("insert", "update"))):
        for event in events:
            op.execute(f'DROP TRIGGER rights_note_{event} ON "{table}"')
    op.drop_table("rights_due")
    op.execute("DROP FUNCTION rights_note()")
    op.execute("DROP FUNCTION rights_settle()")
    op.execute("DROP FUNCTION rights_check(bigint[])")
    written = (SQL / "20261122_rights.sql").read_text(encoding="utf-8")
    op.execute(written[written.index("-- Ownership and income of one asset") :])
