"""A throw-away PostGIS for the run, a rolled-back session for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.cli import migrations
from app.runner.cluster import Cluster, temporary_cluster
from assets.db import make_engine
from assets.scope import ScopedSession, Viewer, bind_viewer

MEMORY = Path("/dev/shm")
ROOM = 6 * 2**30


def in_memory() -> Path | None:
    """Where files lie in memory, if there is room: a disk slows down as databases come and go by the hundred."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A server of this run's own, with the tables in place."""
    with temporary_cluster(within=in_memory()) as running:
        owner = make_engine(running.owner_url)
        with owner.begin() as connection:
            migrations.upgrade(connection, "xiangtu")
        owner.dispose()
        yield running


@pytest.fixture(scope="session")
def owner_engine(cluster: Cluster) -> Iterator[Engine]:
    """Connections of the role that owns the tables."""
    engine = make_engine(cluster.owner_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def engine(cluster: Cluster) -> Iterator[Engine]:
    """Connections of the role that web and jobs use."""
    engine = make_engine(cluster.runtime_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A system session whose work is rolled back; its commits are savepoints."""
    with engine.connect() as connection:
        outer = connection.begin()
        with ScopedSession(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as inner:
            yield bind_viewer(inner, Viewer.system())
        outer.rollback()
