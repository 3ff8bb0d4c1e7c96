"""The database of a checkout, and the throw-away database of a test run.

Both have two roles: `xiangtu_owner` owns the tables and migrates, `xiangtu` works with them.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL

from app.runner.account import service_account
from app.runner.postgres import OWNER, PORT, RUNTIME, SUPERUSER, Server
from app.runner.settings import SPEED_BEFORE_SAFETY

DATABASE = "xiangtu"
EXTENSIONS = ("postgis", "btree_gist", "pg_trgm")


@dataclass(frozen=True)
class Cluster:
    """A running server with the application's database in it."""

    server: Server
    database: str = DATABASE

    @property
    def owner_url(self) -> str:
        """Address for the role that migrates."""
        return self.url(OWNER)

    @property
    def runtime_url(self) -> str:
        """Address for the role of web and jobs, which cannot change tables."""
        return self.url(RUNTIME)

    @property
    def superuser_url(self) -> str:
        """Address for the role that may do everything."""
        return self.url(SUPERUSER)

    def url(self, role: str) -> str:
        """Return the SQLAlchemy address of this database for one role."""
        query = {"host": str(self.server.socket), "port": str(PORT)}
        return URL.create("postgresql+psycopg", username=role, database=self.database, query=query).render_as_string()

    def in_database(self, name: str) -> Cluster:
        """Return the same server, seen through another of its databases."""
        return Cluster(self.server, name)

    def create_database(self, name: str, template: str | None = None) -> Cluster:
        """Create a database: a copy of another one, or an empty one with the extensions.

        A template must have no open connections.
        """
        new = self.in_database(name)
        with self._connect("postgres") as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template or "template0")
                )
            )
        if template is None:
            new._prepare()
        return new

    def drop_database(self, name: str) -> None:
        """Drop a database, cutting whoever is still connected to it."""
        with self._connect("postgres") as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def set_up(self) -> None:
        """Make the roles and the database where they are missing; safe to repeat after an interruption."""
        with self._connect("postgres") as connection:
            for role in (OWNER, RUNTIME):
                if not _exists(connection, "pg_roles", "rolname", role):
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            present = _exists(connection, "pg_database", "datname", self.database)
        if present:
            self._prepare()
        else:
            self.create_database(self.database)

    def _prepare(self) -> None:
        """Bring the extensions, and let the runtime role use what the owner will create."""
        with self._connect(self.database) as connection:
            for extension in EXTENSIONS:
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
            defaults = sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} GRANT {} ON {} TO {}")
            for rights, things in (("SELECT, INSERT, UPDATE, DELETE", "TABLES"), ("USAGE, SELECT", "SEQUENCES")):
                connection.execute(
                    defaults.format(sql.Identifier(OWNER), sql.SQL(rights), sql.SQL(things), sql.Identifier(RUNTIME))
                )

    def _connect(self, database: str) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self.server.socket), port=PORT, user=SUPERUSER, dbname=database, autocommit=True
        )


def _exists(connection: psycopg.Connection[Any], table: str, column: str, value: str) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = {}").format(
        sql.Identifier(table), sql.Identifier(column), sql.Literal(value)
    )
    return connection.execute(query).fetchone() is not None


@contextlib.contextmanager
def temporary_cluster(
    settings: Mapping[str, str | int] = SPEED_BEFORE_SAFETY, within: Path | None = None
) -> Iterator[Cluster]:
    """Give a test run a server of its own in a temporary folder, and leave nothing behind."""
    account = service_account()
    folder = Path(tempfile.mkdtemp(prefix="xiangtu-", dir=within))
    try:
        # mkdtemp closes the folder to every other account, the server's included.
        folder.chmod(0o711)
        server = Server(folder / "data", folder / "socket", folder / "server.log", account)
        server.make(durable=False)
        server.configure(settings)
        process = server.start()
        try:
            cluster = Cluster(server)
            cluster.set_up()
            yield cluster
        finally:
            server.stop()
            process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
