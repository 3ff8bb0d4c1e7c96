"""The migrations make what the code describes, and unmake it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from app.cli import migrations
from app.runner.cluster import Cluster
from assets.db import make_engine


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[Engine]:
    """A database with the extensions and nothing else, as its owner."""
    made = cluster.create_database("migrating")
    engine = make_engine(made.owner_url)
    yield engine
    engine.dispose()
    cluster.drop_database(made.database)


def left_over(engine: Engine) -> set[str]:
    """Tables, functions and types of our own."""
    query = """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v')
        UNION SELECT proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
        UNION SELECT nspname FROM pg_namespace WHERE nspname = 'queue'
    """
    with engine.connect() as connection:
        found = set(connection.scalars(text(query)))
    return found - {"alembic_version", "spatial_ref_sys", "geometry_columns", "geography_columns"}


def test_migrated_tables_equal_the_metadata(empty: Engine) -> None:
    with empty.begin() as connection:
        assert migrations.pending(connection)
        migrations.upgrade(connection, "xiangtu")
    with empty.connect() as connection:
        assert migrations.differences(connection) == []
        assert not migrations.pending(connection)


def test_going_down_leaves_nothing_and_up_again_works(empty: Engine) -> None:
    for _ in range(2):
        with empty.begin() as connection:
            migrations.upgrade(connection, "xiangtu")
        with empty.begin() as connection:
            migrations.downgrade(connection)
        assert left_over(empty) == set()


def test_a_missing_extension_is_named_with_its_statement(cluster: Cluster, empty: Engine) -> None:
    superuser = make_engine(cluster.in_database("migrating").superuser_url)
    with superuser.begin() as connection:
        connection.execute(text("DROP EXTENSION pg_trgm"))
    superuser.dispose()
    with (
        pytest.raises(migrations.MissingExtension, match="CREATE EXTENSION pg_trgm;"),
        empty.begin() as connection,
    ):
        migrations.upgrade(connection)
    assert left_over(empty) == set()
