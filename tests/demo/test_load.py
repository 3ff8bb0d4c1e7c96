"""Into a real database: rows arrive, statuses occur, a second load is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Connection, text

from app.cli import migrations
from app.runner.cluster import Cluster
from assets.db import make_engine
from demo.county import ORDER, County
from demo.load import AlreadyLoaded, load
from demo.upkeep import SLACK_TOWN

_STATUSES = """
    SELECT town.name, upkeep_status(p.exempt, p.missing, p.notice_on, p.due_on, :day) AS status, count(*)
    FROM upkeep_period p JOIN region village ON village.id = p.region_id JOIN region town ON town.id = village.parent_id
    WHERE p.valid_from <= :day AND p.valid_to > :day GROUP BY 1, 2
"""


def _raw(connection: Connection) -> psycopg.Connection[object]:
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    return raw


@pytest.fixture(scope="module")
def loaded(cluster: Cluster, county: County) -> Iterator[Connection]:
    """A database of its own where one stale region was known before."""
    own = cluster.create_database("demo_county")
    engine = make_engine(own.owner_url)
    with engine.begin() as connection:
        migrations.upgrade(connection)
        connection.execute(
            text(
                "INSERT INTO region (code, level, name, short_name, valid_from) "
                "VALUES ('000000000000', 'nation', '全国', '全国', '2000-01-01'), "
                "('110000000000', 'province', '北京市', '北京市', '2000-01-01')"
            )
        )
    with engine.connect() as connection:
        load(_raw(connection), county)
    with engine.connect() as connection:
        yield connection
    engine.dispose()
    cluster.drop_database("demo_county")


def test_every_row_arrives_and_known_regions_are_not_doubled(loaded: Connection, county: County) -> None:
    for table in ORDER:
        found = loaded.scalar(text(f'SELECT count(*) FROM "{table}"'))
        assert found == len(county[table]) + (table == "region"), table


def test_paths_lead_from_the_nation_to_the_village(loaded: Connection) -> None:
    path = loaded.scalar(text("SELECT region_path FROM region WHERE short_name = '大力村'"))
    names = loaded.scalars(
        text("SELECT name FROM region WHERE starts_with(:path, region_path) ORDER BY region_path"),
        {"path": path},
    ).all()
    assert names == ["全国", "陕西省", "宝鸡市", "陇县", "八渡镇", "大力村委会"]
    stray = loaded.scalar(
        text("SELECT count(*) FROM asset a JOIN region r ON r.id = a.region_id WHERE a.region_path <> r.region_path")
    )
    assert stray == 0


def test_every_status_occurs_in_a_likely_share(loaded: Connection, day: dt.date) -> None:
    rows = loaded.execute(text(_STATUSES), {"day": day}).all()
    total = sum(row.count for row in rows)
    share = {s: sum(r.count for r in rows if r.status == s) / total for s in {r.status for r in rows}}
    assert 0.48 < share["in_order"] < 0.66
    assert 0.08 < share["due_soon"] < 0.18
    assert 0.09 < share["overdue"] < 0.17
    assert 0.05 < share["unarranged"] < 0.12
    assert 0.08 < share["exempt"] < 0.16


def test_the_slack_town_shows_at_a_glance(loaded: Connection, day: dt.date) -> None:
    rows = loaded.execute(text(_STATUSES), {"day": day}).all()
    towns = {row.name for row in rows}
    overdue = {
        town: sum(r.count for r in rows if r.name == town and r.status == "overdue")
        / sum(r.count for r in rows if r.name == town)
        for town in towns
    }
    slack = overdue.pop(SLACK_TOWN)
    assert slack > 0.28
    assert slack > 1.6 * max(overdue.values())


def test_new_rows_get_numbers_behind_the_loaded_ones(loaded: Connection) -> None:
    with loaded.begin_nested() as inner:
        added = loaded.scalar(text("INSERT INTO person (name) VALUES ('新来的人') RETURNING id"))
        inner.rollback()
    assert added == loaded.scalar(text("SELECT max(id) FROM person")) + 1


def test_a_second_load_is_refused_and_a_fresh_one_starts_over(loaded: Connection, county: County) -> None:
    loaded.rollback()
    with pytest.raises(AlreadyLoaded):
        load(_raw(loaded), county)
    load(_raw(loaded), county, fresh=True)
    assert loaded.scalar(text("SELECT count(*) FROM region")) == len(county["region"])
    assert loaded.scalar(text("SELECT count(*) FROM audit_entry")) == 1


def test_labels_that_were_there_stay_as_they_are(cluster: Cluster, county: County) -> None:
    own = cluster.create_database("demo_labels")
    engine = make_engine(own.owner_url)
    with engine.begin() as connection:
        migrations.upgrade(connection)
        connection.execute(
            text(
                "INSERT INTO term (kind, code, name_zh, name_en, valid_from) "
                "VALUES ('sector', 'water', '水务', 'Waterworks', '2000-01-01')"
            )
        )
    with engine.connect() as connection:
        load(_raw(connection), county)
        assert connection.scalar(text("SELECT count(*) FROM term")) == 1
        assert connection.scalar(text("SELECT count(*) FROM threshold")) == len(county["threshold"])
    engine.dispose()
    cluster.drop_database("demo_labels")
