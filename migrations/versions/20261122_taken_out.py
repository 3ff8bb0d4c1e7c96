"""What was taken out of an asset is found by the asset."""

from alembic import op
from sqlalchemy import text

revision = "20261122_taken_out"
down_revision = "20261122_lists"


def upgrade() -> None:
    op.create_index(
        "ix_history_taken_out",
        "history",
        [text("(before ->> 'asset_id')")],
        postgresql_where="operation = 'delete'",
    )


def downgrade() -> None:
    op.drop_index("ix_history_taken_out", table_name="history")
