"""Personal values out of names, history and audit; how long they are kept."""

revision = "20261122_personal"
down_revision = "20261122_review"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
