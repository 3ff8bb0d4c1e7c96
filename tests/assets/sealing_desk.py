"""A database of its own for seals: what is put under seal is committed, by several at once, and tampered with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from app.cli import migrations
from app.runner.cluster import Cluster
from assets.audit.sealing import Key, seal_finished
from assets.audit.verifying import Finding, Verification, verify
from assets.db import make_engine
from assets.scope import ScopedSession, Viewer, bind_viewer

KEY = Key.of("a secret of this test run")
ADD = "INSERT INTO audit_entry (action, changes) SELECT 'test.act', to_jsonb(n) FROM generate_series(1, :many) n"


@dataclass
class Vault:
    """The trail as the program, its owner and an intruder with every right see it."""

    runtime: Engine
    owner: Engine
    superuser: Engine

    @classmethod
    def of(cls, made: Cluster) -> Vault:
        """The vault in a database that has its tables."""
        return cls(make_engine(made.runtime_url), make_engine(made.owner_url), make_engine(made.superuser_url))

    def empty(self) -> None:
        """Begin anew."""
        with self.superuser.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text("TRUNCATE audit_entry, audit_seal RESTART IDENTITY"))

    @contextmanager
    def session(self, engine: Engine | None = None) -> Iterator[Session]:
        """A session of the program that commits at its end."""
        with ScopedSession(engine or self.runtime, expire_on_commit=False) as inner:
            yield bind_viewer(inner, Viewer.system())
            inner.commit()

    def add(self, many: int = 1, connection: Connection | None = None) -> None:
        """Add entries; in a transaction of their own if none is given."""
        if connection is not None:
            connection.execute(text(ADD), {"many": many})
            return
        with self.runtime.begin() as own:
            own.execute(text(ADD), {"many": many})

    def seal(self) -> int:
        """Seal what has ended; how many entries that were."""
        with self.session() as session:
            seal = seal_finished(session, KEY)
            return seal.entries if seal else 0

    def sealed_ids(self) -> list[int]:
        """Every id as often as it is sealed."""
        with self.owner.connect() as connection:
            sql = "SELECT generate_series(lower(r), upper(r) - 1) FROM audit_seal s, unnest(s.ids) r ORDER BY 1"
            return list(connection.scalars(text(sql)))

    def ids(self) -> list[int]:
        """The ids of all entries."""
        with self.owner.connect() as connection:
            return list(connection.scalars(text("SELECT id FROM audit_entry ORDER BY id")))

    def check(self, *, later: dt.timedelta = dt.timedelta(0), **how: object) -> Verification:
        """What a check finds, a while later."""
        with self.session() as session:
            return verify(session, [KEY], now=dt.datetime.now(dt.UTC) + later, **how)  # type: ignore[arg-type]

    def findings(self, **how: object) -> list[Finding]:
        """What a check finds."""
        return self.check(**how).findings  # type: ignore[arg-type]

    def tamper(self, statement: str) -> None:
        """Do what only somebody can who has taken over the server: no right and no trigger is in the way."""
        with self.superuser.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(statement))


@contextmanager
def opened_vault(cluster: Cluster, name: str) -> Iterator[Vault]:
    """A vault in a database of its own, gone afterwards."""
    vault = Vault.of(cluster.create_database(name))
    with vault.owner.begin() as connection:
        migrations.upgrade(connection, "xiangtu")
    yield vault
    for engine in (vault.runtime, vault.owner, vault.superuser):
        engine.dispose()
    cluster.drop_database(name)
