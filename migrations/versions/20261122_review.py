"""Changes that wait for approval, and who decides."""

revision = "20261122_review"
down_revision = "20261122_accounts"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
