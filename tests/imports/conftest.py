"""A county whose clerks bring ledgers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.cli import migrations
from app.runner.cluster import Cluster
from assets.db import make_engine
from assets.scope import ScopedSession, Viewer, bind_viewer
from assets.terms.defaults import load_defaults
from tests import factories
from tests.imports.bringing import Desk

_numbers = itertools.count(1)


@pytest.fixture
def desk(session: Session) -> Desk:
    """The clerk of the northern town at work; what is brought is rolled back."""
    tree = factories.tree(bind_viewer(session, Viewer.system()))
    load_defaults(session)
    return Desk(session, tree)


@pytest.fixture(scope="session")
def office_of_ledgers(cluster: Cluster) -> tuple[str, factories.Tree]:
    """A database with the regions and the terms, to be copied."""
    made = cluster.create_database("ledgers")
    owner = make_engine(made.owner_url)
    with owner.begin() as connection:
        migrations.upgrade(connection, "xiangtu")
    owner.dispose()
    engine = make_engine(made.runtime_url)
    with ScopedSession(engine, expire_on_commit=False) as session:
        tree = factories.tree(bind_viewer(session, Viewer.system()))
        load_defaults(session)
        session.commit()
    engine.dispose()
    return made.database, tree


@pytest.fixture
def lasting(cluster: Cluster, office_of_ledgers: tuple[str, factories.Tree]) -> Iterator[Desk]:
    """The same in a database of its own, where every act is a transaction."""
    template, tree = office_of_ledgers
    made = cluster.create_database(f"ledgers_{next(_numbers)}", template)
    engine = make_engine(made.runtime_url)
    with ScopedSession(engine, expire_on_commit=False) as session:
        yield Desk(bind_viewer(session, Viewer.system()), tree, url=made.runtime_url)
        session.rollback()
    untold = entries_lacking(engine)
    engine.dispose()
    cluster.drop_database(made.database)
    assert untold == []


def entries_lacking(engine: Engine) -> list[str]:
    """The records that ledgers changed without exactly one entry of the audit."""
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "WITH changed AS (SELECT transaction, table_name, record_id FROM history "
                "UNION SELECT transaction, table_name, unnest(record_ids) FROM addition), told AS ("
                "SELECT transaction, table_name, record_id, count(*) AS entries FROM audit_entry GROUP BY 1, 2, 3) "
                "SELECT DISTINCT c.table_name, c.record_id, coalesce(t.entries, 0) FROM changed AS c "
                "JOIN import_batch AS b ON b.transaction = c.transaction LEFT JOIN told AS t "
                "ON (t.transaction, t.table_name, t.record_id) = (c.transaction, c.table_name, c.record_id) "
                "WHERE coalesce(t.entries, 0) <> 1 AND c.table_name NOT IN ('project_area', 'operating_period')"
            )
        )
        return [f"{table} {number}: {entries} entries" for table, number, entries in rows]
