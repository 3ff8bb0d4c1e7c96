"""What was written before people were masked is masked too, and comes back with the migration."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text

from app.cli import migrations
from app.runner.cluster import Cluster
from assets.db import make_engine

NAME, PHONE = "欧阳明月", "13712349876"
FORMER = (
    "INSERT INTO account (username, display_name, password_hash) VALUES ('clerk', '专干', 'former-hash')",
    "UPDATE account SET password_hash = 'later-hash'",
    f"INSERT INTO person (name, phone) VALUES ('{NAME}', '{PHONE}'), (NULL, '{PHONE}'), ('李四', '{PHONE}')",
    f"UPDATE person SET phone = '{PHONE}1' WHERE id = 1",
    "INSERT INTO party (type, name, pinyin, initials, contact_id) VALUES "
    f"('individual', '{NAME}', 'ouyangmingyue', 'oymy', 1), ('household', '{NAME}', 'ouyangmingyue', 'oymy', 2), "
    f"('individual', '{NAME}', 'ouyangmingyue', 'oymy', 3), ('individual', '{NAME}', 'ouyangmingyue', 'oymy', NULL), "
    "('household', '八渡镇大力村受益农户', 'dali', 'dl', NULL), ('company', '某公司', 'mougongsi', 'mgs', 3)",
    f"UPDATE party SET valid_to = '2026-01-01' WHERE name = '{NAME}'",
    "INSERT INTO audit_entry (action, table_name, record_id, changes) VALUES "
    f"""('parties.register_party', 'party', 1, '{{"name": [null, "{NAME}"], "type": [null, "individual"]}}')""",
)


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[Engine]:
    """A database with the extensions and nothing else, as its owner."""
    made = cluster.create_database("masking")
    engine = make_engine(made.owner_url)
    yield engine
    engine.dispose()
    cluster.drop_database(made.database)


def told(connection: Connection, *tables: str) -> str:
    """Everything that tables say."""
    return " ".join(str(connection.scalar(text(f"SELECT string_agg(t::text, ' ') FROM {name} t"))) for name in tables)


def test_former_names_are_masked_everywhere_but_in_person(empty: Engine) -> None:
    with empty.begin() as connection:
        migrations.upgrade(connection, revision="20261122_review")
        for statement in FORMER:
            connection.exec_driver_sql(statement)
    with empty.begin() as connection:
        migrations.upgrade(connection)
        kept = told(connection, "party", "history", "addition", "audit_entry")
        assert not [value for value in (NAME, "ouyang", "oymy", PHONE, "former-hash", "later-hash") if value in kept]
        parties = connection.execute(
            text(
                "SELECT p.name, n.name, n.phone, p.contact_id FROM party p "
                "LEFT JOIN person n ON n.id = p.person_id ORDER BY p.id"
            )
        ).all()
        assert parties == [
            ("欧**", NAME, f"{PHONE}1", None),
            ("欧**", NAME, PHONE, None),
            ("欧**", NAME, None, 3),
            ("欧**", NAME, None, None),
            ("八渡镇大力村受益农户", None, None, None),
            ("某公司", None, None, 3),
        ]
        assert connection.scalar(text("SELECT changes FROM audit_entry")) == {"type": [None, "individual"]}
        withheld = connection.scalars(text("SELECT withheld FROM history WHERE table_name = 'account'")).all()
        assert withheld == [["password_hash"]]
    with empty.begin() as connection:
        migrations.downgrade(connection, "20261122_review")
        names = connection.execute(text("SELECT name, pinyin, initials FROM party ORDER BY id")).all()
        assert names[:4] == [(NAME, "ouyangmingyue", "oymy")] * 4
        assert names[5] == ("某公司", "mougongsi", "mgs")
