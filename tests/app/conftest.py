"""The web application over a database of its own, made from a template for each test."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import migrations
from app.runner.cluster import Cluster
from assets.db import make_engine
from assets.scope import ScopedSession, Viewer, bind_viewer
from tests import factories
from tests.audited import untold
from tests.people import Office, open_office

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> tuple[str, factories.Tree]:
    """A database with the tables and the regions of :class:`factories.Tree`, to be copied."""
    made = cluster.create_database("office_template")
    engine = make_engine(made.owner_url)
    with engine.begin() as connection:
        migrations.upgrade(connection, "xiangtu")
    with ScopedSession(engine, expire_on_commit=False) as session:
        tree = factories.tree(bind_viewer(session, Viewer.system()))
        session.commit()
    engine.dispose()
    return made.database, tree


@pytest.fixture
def office(cluster: Cluster, template: tuple[str, factories.Tree], tmp_path: Path) -> Iterator[Office]:
    """An office on 2026-11-20 with the regions of ``tree`` and nothing else."""
    name, tree = template
    made = cluster.create_database(f"office_{next(_numbers)}", name)
    opened = open_office(made.runtime_url, tree, tmp_path)
    yield opened
    left_untold = untold(opened.engine)
    opened.engine.dispose()
    opened.app.extensions["engine"].dispose()
    cluster.drop_database(made.database)
    assert left_untold == []
