"""Bringing a database's tables to the state this code expects, and back."""

from __future__ import annotations

from collections.abc import Iterable

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from app.config import CHECKOUT
from assets.schema import metadata

LOCK = 7_240_001
APPEND_ONLY = ("audit_entry", "audit_seal", "history", "addition", "review_decision")
EXTENSIONS = frozenset({"postgis", "btree_gist", "pg_trgm"})


class MissingExtension(Exception):
    """The database lacks extensions that only its administrator may create."""

    def __init__(self, names: Iterable[str]) -> None:
        statements = "\n".join(f"  CREATE EXTENSION {name};" for name in sorted(names))
        super().__init__(f"Run this in the database as its administrator, then try again:\n{statements}")


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file."""
    settings = Config()
    settings.set_main_option("script_location", str(CHECKOUT / "migrations"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def upgrade(connection: Connection, runtime_role: str | None = None, revision: str = "head") -> None:
    """Run what is missing, one process at a time, and let the runtime role work.

    Raises
    ------
    MissingExtension
        Names the statements that a database administrator has to run first.
    """
    lacking = EXTENSIONS - set(connection.scalars(text("SELECT extname FROM pg_extension")))
    if lacking:
        raise MissingExtension(lacking)
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    command.upgrade(config(connection), revision)
    if runtime_role:
        _grant(connection, runtime_role)


def downgrade(connection: Connection, revision: str = "base") -> None:
    """Take migrations back to ``revision``."""
    command.downgrade(config(connection), revision)


def pending(connection: Connection) -> bool:
    """Whether the database lacks a migration of this code."""
    current = MigrationContext.configure(connection).get_current_heads()
    return set(current) != set(ScriptDirectory.from_config(config()).get_heads())


def differences(connection: Connection) -> list[object]:
    """What the tables and the metadata do not agree on."""
    context = MigrationContext.configure(connection, opts={"include_name": is_ours})
    return list(compare_metadata(context, metadata))


def is_ours(name: str | None, kind: str, _parents: object = None) -> bool:
    """Leave out what PostGIS and the job queue keep in the same database."""
    return not (kind == "table" and name and (name == "spatial_ref_sys" or name.startswith("procrastinate")))


def _grant(connection: Connection, role: str) -> None:
    quoted = '"' + role.replace('"', '""') + '"'
    for schema in ("public", "queue"):
        for statement in (
            f"GRANT USAGE ON SCHEMA {schema} TO {quoted}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {quoted}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {quoted}",
            f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} TO {quoted}",
        ):
            connection.execute(text(statement))
    for table in APPEND_ONLY:
        connection.execute(text(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {quoted}"))
    connection.execute(text(f"REVOKE INSERT, UPDATE, DELETE ON alembic_version, spatial_ref_sys FROM {quoted}"))
