"""A province to measure with: real codes, invented places, any number of assets.

Everything is drawn from hashes of row numbers inside the database, so the same number of
assets always gives the same province.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text

from assets.regions import service, tree
from assets.scope import Viewer, bind_viewer, session_factory
from assets.terms.defaults import load_defaults

PROVINCE = "61"
CHUNK = 50_000
BULKY = ("asset", "value_event", "operating_period", "right", "maintenance_duty", "inspection", "upkeep_period")

# A whole number from 0 to below :most, fixed for a row and a purpose.
DRAW = "CREATE FUNCTION draw(n bigint, purpose int, most int) RETURNS int LANGUAGE sql IMMUTABLE AS "
DRAW += "'SELECT ((hashint8extended(n, purpose) % most) + most)::int % most'"

PLACES = """
UPDATE region AS r SET centre = ST_SetSRID(ST_MakePoint(
    106.0 + 0.45 * (c.k % 11) + c.width * draw(r.id, 1, 10000) / 10000.0,
    31.9 + 0.45 * (c.k / 11) + c.width * draw(r.id, 2, 10000) / 10000.0), 4490)
FROM (SELECT *, CASE WHEN k % 10 = 0 THEN 0.1 ELSE 0.35 END AS width
      FROM (SELECT id, region_path, row_number() OVER (ORDER BY region_path) - 1 AS k
            FROM region WHERE level = 'county') AS counted) AS c
WHERE r.region_path >= c.region_path AND r.region_path < left(c.region_path, -1) || '0'
"""
SHAPES = """
UPDATE region SET shape = ST_Multi(ST_Expand(centre, 0.17)) WHERE level = 'county'
"""
ASSETS = """
INSERT INTO asset (code, name, pinyin, initials, region_id, region_path, sector, class, type, operating_status,
                   useful_life_years, built_on, handed_over_on, position_quality, geom)
SELECT 'B' || lpad(n::text, 9, '0'),
       v.short_name
           || (ARRAY['产业路', '安全饮水工程', '光伏电站', '文化广场', '冷库', '太阳能路灯'])[1 + draw(n, 3, 6)]
           || draw(n, 4, 90) || '号',
       'asset', 'a', v.id, v.region_path,
       (ARRAY['transport', 'water', 'energy', 'culture', 'agriculture', 'housing', 'health', 'education',
              'forestry', 'commerce', 'civil_affairs', 'human_resources'])[1 + draw(n, 5, 12)],
       CASE WHEN draw(n, 6, 100) < 73 THEN 'public' WHEN draw(n, 6, 100) < 89 THEN 'earning' ELSE 'household' END,
       'road', CASE WHEN draw(n, 7, 100) < 92 THEN 'operating' WHEN draw(n, 7, 100) < 96 THEN 'idle' ELSE 'damaged' END,
       20, CAST(:today AS date) - 900 - draw(n, 8, 3000), CAST(:today AS date) - 870 - draw(n, 8, 3000), 'surveyed',
       ST_SetSRID(ST_MakePoint(ST_X(v.centre) + (draw(n, 9, 1000) - 500) / 40000.0,
                               ST_Y(v.centre) + (draw(n, 10, 1000) - 500) / 40000.0), 4490)
FROM generate_series(CAST(:first AS bigint), :last) AS n
JOIN village_place AS v ON v.k = draw(n, 11, (SELECT count(*)::int FROM village_place))
"""
RECORDS = (
    """
    INSERT INTO value_event (asset_id, kind, occurred_on, amount_yuan, fund_source)
    SELECT id, 'new', built_on, 10000 + 1000 * draw(id, 12, 900), 'central' FROM asset
    """,
    """
    INSERT INTO operating_period (asset_id, status, valid_from) SELECT id, operating_status, built_on FROM asset
    """,
    """
    INSERT INTO "right" (asset_id, kind, party_id, valid_from)
    SELECT id, 'ownership', (SELECT min(id) FROM party), handed_over_on FROM asset WHERE draw(id, 18, 100) < 97
    """,
    """
    INSERT INTO maintenance_duty (asset_id, body_party_id, post_id, fund_source, interval_days, notice_days, valid_from)
    SELECT a.id, CASE WHEN draw(a.id, 13, 100) < 97 THEN (SELECT min(id) FROM party) END, p.id,
           CASE WHEN draw(a.id, 14, 100) < 96 THEN 'village' END,
           (ARRAY[30, 90, 180, 365])[1 + draw(a.id, 15, 4)], 15, a.handed_over_on
    FROM asset a JOIN post p ON p.region_id = a.region_id WHERE a.class <> 'household'
    """,
    """
    INSERT INTO inspection (asset_id, inspected_on, result, condition)
    SELECT a.id, CAST(:today AS date) - draw(a.id * 7 + turn, 16, 200) - 180 * (turn - 1), 'all_well', 4
    FROM asset a CROSS JOIN generate_series(1, :visits) AS turn WHERE a.class <> 'household'
    """,
)


def make_province(engine: Engine, assets: int, day: dt.date, *, visits: int = 2, say: Callable[[str], None]) -> None:
    """Fill an empty, migrated database with one province.

    Parameters
    ----------
    engine : Engine
        Connected as the owner of the tables.
    assets : int
        How many.
    day : date
        Today, from which all dates are counted back.
    visits : int
        Inspections per inspected asset.
    say : callable
        Told what is being done.
    """
    load_regions(engine)
    with engine.begin() as connection:
        connection.execute(text(DRAW))
        connection.execute(text(PLACES))
        connection.execute(text(SHAPES))
        connection.execute(
            text(
                "CREATE TABLE village_place AS SELECT id, region_path, short_name, centre, "
                "row_number() OVER (ORDER BY id) - 1 AS k FROM region WHERE level = 'village'"
            )
        )
        connection.execute(text("CREATE UNIQUE INDEX ON village_place (k)"))
        connection.execute(text("ANALYZE region, village_place"))
        connection.execute(text("INSERT INTO party (name, type) VALUES ('村集体', 'village_collective')"))
        connection.execute(
            text("INSERT INTO post (region_id, title) SELECT id, '村管护员' FROM region WHERE level = 'village'")
        )
        connection.execute(text("INSERT INTO person (name) VALUES ('张三')"))
        connection.execute(
            text(
                "INSERT INTO post_holding (post_id, person_id, valid_from) "
                "SELECT p.id, (SELECT min(id) FROM person), DATE '2010-01-01' "
                "FROM post p WHERE draw(p.id, 17, 100) < 98"
            )
        )
    with _bulk(engine):
        for first in range(1, assets + 1, CHUNK * 4):
            with engine.begin() as connection:
                last = min(assets, first + CHUNK * 4 - 1)
                connection.execute(text(ASSETS), {"today": day, "first": first, "last": last})
        say(f"{assets:,} assets")
        for statement in RECORDS:
            with engine.begin() as connection:
                connection.execute(text(statement), {"today": day, "visits": visits} if ":today" in statement else {})
        say("values, duties, inspections")
        with engine.begin() as connection:
            for table in BULKY:
                connection.execute(text(f'CREATE INDEX IF NOT EXISTS keep_{table} ON "{table}" (asset_id)')) if (
                    table not in ("asset", "upkeep_period")
                ) else None
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        for first in range(1, assets + 1, CHUNK):
            with engine.begin() as connection:
                connection.execute(text("SET LOCAL work_mem = '256MB'"))
                connection.execute(
                    text(
                        "INSERT INTO upkeep_period SELECT * FROM upkeep_timeline("
                        "(SELECT array_agg(id) FROM asset WHERE id BETWEEN :first AND :last))"
                    ),
                    {"first": first, "last": first + CHUNK - 1},
                )
        say("the upkeep timeline")
    with engine.begin() as connection:
        connection.execute(text("SELECT rollup_rebuild()"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    say("the sums")


@contextmanager
def _bulk(engine: Engine) -> Iterator[None]:
    """Take triggers, exclusions and secondary indexes away while millions of rows go in.

    Shares are checked by a deferred trigger per row and overlaps by an index per exclusion: right
    for an office that enters a few, and hours for rows that are known to be right as they are made.
    """
    kept: list[str] = []
    with engine.begin() as connection:
        for table in BULKY:
            connection.execute(text(f'ALTER TABLE "{table}" DISABLE TRIGGER USER'))
            rows = connection.execute(
                text(
                    "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
                    "WHERE conrelid = CAST(:name AS regclass) AND contype = 'x'"
                ),
                {"name": f'"{table}"'},
            ).all()
            for name, definition in rows:
                connection.execute(text(f'ALTER TABLE "{table}" DROP CONSTRAINT {name}'))
                kept.append(f'ALTER TABLE "{table}" ADD CONSTRAINT {name} {definition}')
            rows = connection.execute(
                text(
                    "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
                    "WHERE indrelid = CAST(:name AS regclass) AND NOT indisunique"
                ),
                {"name": f'"{table}"'},
            ).all()
            for name, definition in rows:
                connection.execute(text(f"DROP INDEX {name}"))
                kept.append(definition)
    yield
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
        for table in BULKY:
            connection.execute(text(f"DROP INDEX IF EXISTS keep_{table}"))
            connection.execute(text(f'ALTER TABLE "{table}" ENABLE TRIGGER USER'))
        for definition in kept:
            connection.execute(text(definition))


def load_regions(engine: Engine) -> None:
    """The regions of the province, and what changes by decree."""
    with session_factory(engine)() as session:
        bind_viewer(session, Viewer.system())
        service.load_tree(session, tree.read_shipped(PROVINCE))
        load_defaults(session)
        session.commit()


def timed(say: Callable[[str], None]) -> Callable[[str], None]:
    """A ``say`` that adds the seconds since its last call."""
    last = time.perf_counter()

    def speak(what: str) -> None:
        nonlocal last
        now = time.perf_counter()
        say(f"  {what}: {now - last:.1f} s")
        last = now

    return speak
