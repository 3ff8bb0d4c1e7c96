"""Personal values out of names, history and audit; how long they are kept."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_personal"
down_revision = "20261122_review"

SQL = Path(__file__).parent.parent / "sql"
WITHHELD = {
    "account": ("password_hash",),
    "api_token": ("token_hash",),
    "person": ("id_number", "initials", "name", "phone", "pinyin"),
}
FOUND_BY = {"pinyin": "pinyin <> ''"}
FOUND_BY |= {"id_number": "id_number IS NOT NULL", "phone": "phone IS NOT NULL"}
MASKED = (
    r"type NOT IN ('household', 'individual') OR name ~ '^.\*\*$' OR name = '已删除' "
    "OR (type = 'household' AND name ~ "
    "'(村|镇|乡|街道|社区|小区|安置点|县)[^*]{0,8}(农户|群众|搬迁户|受益户|村民)$')"
)


def upgrade() -> None:
    op.add_column("person", sa.Column("pinyin", sa.Text(), server_default="", nullable=False))
    op.add_column("person", sa.Column("initials", sa.Text(), server_default="", nullable=False))
    op.add_column("person", sa.Column("erased_on", sa.Date(), nullable=True))
    op.add_column("person", sa.Column("erased_by", sa.BigInteger(), nullable=True))
    op.add_column("person", sa.Column("erased_reason", sa.Text(), nullable=True))
    for column, where in FOUND_BY.items():
        op.create_index(f"ix_person_{column}", "person", [column], unique=False, postgresql_where=sa.text(where))
    op.create_index(
        "ix_person_plain_name",
        "person",
        [sa.literal_column("plain_name(name)")],
        unique=False,
        postgresql_where=sa.text("name IS NOT NULL"),
    )
    op.add_column("party", sa.Column("person_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_party_person_id"), "party", "person", ["person_id"], ["id"])
    op.create_index(op.f("ix_party_person_id"), "party", ["person_id"], unique=False)
    op.create_index(op.f("ix_party_contact_id"), "party", ["contact_id"], unique=False)
    op.add_column("history", sa.Column("withheld", postgresql.ARRAY(sa.Text()), nullable=True))
    run("withheld")
    for table, columns in WITHHELD.items():
        arguments = ", ".join(f"'{column}'" for column in columns)
        keep_history(table, "withhold", arguments)
    with silent("party", "person"):
        run("masking")
    op.create_check_constraint(op.f("ck_party_people_are_masked"), "party", MASKED)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_party_people_are_masked"), "party", type_="check")
    for table in WITHHELD:
        keep_history(table, "keep")
    op.execute("DROP FUNCTION history_withhold_update()")
    op.execute("DROP FUNCTION history_withhold_delete()")
    op.drop_column("history", "withheld")
    with silent("party", "person"):
        op.execute(
            "UPDATE party SET name = coalesce(n.name, party.name), pinyin = n.pinyin, initials = n.initials, "
            "contact_id = coalesce(contact_id, person_id) FROM person AS n WHERE n.id = party.person_id"
        )
    op.drop_index(op.f("ix_party_contact_id"), table_name="party")
    op.drop_index(op.f("ix_party_person_id"), table_name="party")
    op.drop_column("party", "person_id")
    op.drop_index("ix_person_plain_name", table_name="person")
    for column in FOUND_BY:
        op.drop_index(f"ix_person_{column}", table_name="person")
    for column in ("erased_reason", "erased_by", "erased_on", "initials", "pinyin"):
        op.drop_column("person", column)


def run(name: str) -> None:
    """Run one file of statements as it stands."""
    text = (SQL / f"20261122_{name}.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(text.replace("%", "%%"))


class silent:
    """While triggers of these tables rest, nothing is written into the history."""

    def __init__(self, *tables: str) -> None:
        self.tables = tables

    def __enter__(self) -> None:
        # Events that wait for the end of the transaction keep a table from being altered.
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in self.tables:
            op.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')

    def __exit__(self, *_error: object) -> None:
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in self.tables:
            op.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def keep_history(table: str, verb: str, arguments: str = "") -> None:
    """Let the history of ``table`` be written by the functions of ``verb``."""
    for event, rows in (
        ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("DELETE", "OLD TABLE AS old_rows"),
    ):
        name = f"history_{event.lower()}"
        op.execute(f'DROP TRIGGER {name} ON "{table}"')
        op.execute(
            f'CREATE TRIGGER {name} AFTER {event} ON "{table}" REFERENCING {rows} '
            f"FOR EACH STATEMENT EXECUTE FUNCTION history_{verb}_{event.lower()}({arguments})"
        )
