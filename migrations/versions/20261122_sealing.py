"""Audit entries by area, sealed in batches."""

revision = "20261122_sealing"
down_revision = "20261122_personal"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
