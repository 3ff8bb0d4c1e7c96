"""A tile through the application against the database's own time and against tipg."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Engine, event, text

from app.tiles.layers import parts_at
from assets.db import make_engine
from assets.filters import Filter
from assets.regions.models import Region
from assets.scope import ScopedSession
from benchmarks.people import PASSWORD, viewer_named
from benchmarks.servers import Client, application, tipg
from benchmarks.timing import medians_in_turn, throughput
from spatial.tiles import TileAddress, tile

PEER_TABLE = "peer_asset"
SIZES = (2_000, 5_000, 20_000)
ZOOM = 12
DENSITY = """
SELECT floor((ST_X(geom) + 180) / 360 * 2 ^ :zoom)::int AS x,
       floor((1 - asinh(tan(radians(ST_Y(geom)))) / pi()) / 2 * 2 ^ :zoom)::int AS y, count(*) AS n
FROM upkeep_period WHERE latest GROUP BY 1, 2
"""
PEER = """
CREATE TABLE {table} AS
SELECT asset_id AS id, class, operating_status AS operating,
       upkeep_status(exempt, missing, notice_on, due_on, '{day}') AS status, geom
FROM upkeep_period WHERE latest AND valid_to > '{day}'
"""


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    features: int
    kilobytes: int
    application_ms: float
    anew_ms: float
    database_ms: float
    application_rate: float
    peer_rate: float

    @property
    def overhead(self) -> float:
        """The application's median over the database's."""
        return self.application_ms / self.database_ms

    @property
    def overhead_anew(self) -> float:
        """The same when every tile has to be cut anew."""
        return self.anew_ms / self.database_ms

    @property
    def advantage(self) -> float:
        """The application's throughput over the peer's."""
        return self.application_rate / self.peer_rate


def measure(owner: Engine, runtime_url: str, day: dt.date, var: object) -> list[Line]:
    """Tiles of about 2,000, 5,000 and 20,000 features, signed in as a planner of the province."""
    with owner.begin() as connection:
        connection.execute(text(f"DROP TABLE IF EXISTS {PEER_TABLE}"))
        connection.execute(text(PEER.format(table=PEER_TABLE, day=day)))
        connection.execute(text(f"CREATE INDEX ON {PEER_TABLE} USING gist (geom)"))
        connection.execute(text(f"ALTER TABLE {PEER_TABLE} ADD PRIMARY KEY (id)"))
        connection.execute(text(f"GRANT SELECT ON {PEER_TABLE} TO xiangtu"))
        density = connection.execute(text(DENSITY), {"zoom": ZOOM}).all()
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"VACUUM ANALYZE {PEER_TABLE}"))
    chosen = [min(density, key=lambda row: abs(row.n - size)) for size in SIZES]
    lines = []
    with application(runtime_url, day.isoformat(), var) as port, tipg(runtime_url, PEER_TABLE) as peer_port:  # type: ignore[arg-type]
        for x, y, features in chosen:
            lines.append(_line(runtime_url, day, (ZOOM, x, y), features, port, peer_port))
    return lines


def _line(url: str, day: dt.date, place: tuple[int, int, int], features: int, port: int, peer_port: int) -> Line:
    z, x, y = place
    path = f"/tiles/assets/{z}/{x}/{y}.mvt"
    peer_path = f"/collections/public.{PEER_TABLE}/tiles/WebMercatorQuad/{z}/{x}/{y}"
    client = _signed_in(port)
    status, body = client.get(path)
    if status != 200 or not body:
        raise RuntimeError(f"{path}: {status}, {len(body)} bytes")
    statement, values = _statement(url, day, place)
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute("SET max_parallel_workers_per_gather = 0")
        connection.execute("SET plan_cache_mode = force_custom_plan")
        same = connection.execute(statement, values, binary=True).fetchone()
        if same is None or bytes(same[0]) != body:
            raise RuntimeError("the application's tile is not the statement's")
        through, direct = medians_in_turn(
            [lambda: client.get(path), lambda: connection.execute(statement, values).fetchone()]
        )
        anew = _median_anew(lambda: client.get(path), connection)
    peer_status, peer_body = Client(peer_port).get(peer_path)
    if peer_status != 200 or not peer_body:
        raise RuntimeError(f"tipg {peer_path}: {peer_status}")
    rate = throughput(lambda: _calls(_signed_in(port), path))
    peer_rate = throughput(lambda: _calls(Client(peer_port), peer_path))
    return Line(features, len(body) // 1000, through * 1000, anew * 1000, direct * 1000, rate, peer_rate)


def _median_anew(ask: Callable[[], object], connection: psycopg.Connection[Any], rounds: int = 25) -> float:
    """Median seconds when something was committed since the last answer, so that nothing kept serves."""
    seconds = []
    for _ in range(rounds):
        connection.execute("SELECT pg_current_xact_id()")
        begun = time.perf_counter()
        ask()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)


def _calls(client: Client, path: str) -> Callable[[], object]:
    return lambda: client.get(path)


def _signed_in(port: int) -> Client:
    client = Client(port)
    client.sign_in("province", PASSWORD)
    return client


def _statement(url: str, day: dt.date, place: tuple[int, int, int]) -> tuple[str, dict[str, object]]:
    """The very SQL the application runs for the tile."""
    engine = make_engine(url, parallel=False)
    caught: list[tuple[str, dict[str, object]]] = []
    with ScopedSession(engine) as session:
        viewer = viewer_named(session, "province", day)
        area = session.get_one(Region, viewer.reaches[0].region_id)
        asked = Filter(day=day, area_path=area.region_path, account_id=viewer.account_id)
        (part,) = parts_at(session, "assets", asked, area, place[0], None)
        event.listen(engine, "before_cursor_execute", lambda _c, _cur, sql, values, *_: caught.append((sql, values)))
        session.scalar(tile(part.statement, TileAddress(*place), part.name, part.options))
    engine.dispose()
    return caught[-1]


def _plain(url: str) -> str:
    from sqlalchemy import make_url

    parts = make_url(url)
    return (
        f"host={parts.query['host']} port={parts.query.get('port', 5432)} user={parts.username} dbname={parts.database}"
    )
