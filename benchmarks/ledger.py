"""Pages of the asset ledger for viewers of a nation down to a town, one asset's page, and saving one."""

from __future__ import annotations

import datetime as dt
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, select, text

from assets.db import make_engine
from assets.regions.models import Region
from assets.registry.service import correct_asset, register_asset
from assets.scope import ScopedSession
from benchmarks.people import PASSWORD, make_people, viewer_named
from benchmarks.servers import Client, application
from benchmarks.timing import medians_in_turn

LEVELS = ("nation", "province", "city", "county", "town")
YEAR_AGO = dt.timedelta(days=365)
ORDERS = ("code", "-code", "name", "-name", "value", "-value", "built_on", "-built_on", "due_on", "-due_on")
IN_SMALL_AREAS = ("town", "village", "class", "type", "operating", "status", "last_on", "-certified_on")
FILTERS = (
    "class=earning",
    "class=household&sort=-value",
    "status=overdue&sort=due_on",
    "status=due_soon&sort=name",
    "sector=water,health&sort=-due_on",
    "operating=idle",
    "operating=damaged&class=earning&sector=water",
    "missing=person",
    "missing=money&class=earning&sector=health",
    "missing=owner",
    "missing=position",
    "fund=central",
    "fund=donation",
    "year=2022&sort=value",
    f"q={quote('文化广场')}",
    f"q={quote('冷库77')}",
    "q=B0001234",
    "page=7",
    "page=20",
)


@dataclass(frozen=True)
class Lists:
    """What a viewer of one level waits for: today's pages, a past day's, and the slowest of all."""

    level: str
    assets: int
    today_ms: float
    past_ms: float
    slowest_ms: float
    slowest: str
    pages: int


@dataclass(frozen=True)
class Saving:
    """Milliseconds from the call of the service to the end of the commit."""

    register_ms: float
    correct_ms: float


def people(connection: Connection) -> None:
    """A planner for each level, above and around the county of the other figures."""
    county = connection.execute(
        text("SELECT region_path FROM region WHERE level = 'county' AND code LIKE '610327%'")
    ).scalar_one()
    chain = [int(step) for step in county.strip("/").split("/")]
    town = connection.execute(
        text("SELECT min(id) FROM region WHERE level = 'town' AND parent_id = :county"), {"county": chain[-1]}
    ).scalar_one()
    rows = connection.execute(text("SELECT level, id FROM region WHERE id = ANY (:ids)"), {"ids": [*chain, town]})
    found = {row.level: row.id for row in rows}
    make_people(connection, {f"{level}_planner": found[level] for level in LEVELS if level in found})


def measure_lists(runtime_url: str, day: dt.date, var: object, rounds: int = 9) -> list[Lists]:
    """Every sort, filter and kind of page that the ledger offers, per level."""
    lines = []
    with application(runtime_url, day.isoformat(), var) as port:  # type: ignore[arg-type]
        for level in LEVELS:
            client = Client(port)
            client.sign_in(f"{level}_planner", PASSWORD)
            past = f"on={day - YEAR_AGO}&sort=name"
            # What a large area does not sort by leads to a page that says so, and is measured as well.
            offered = [*(f"sort={order}" for order in (*ORDERS, *IN_SMALL_AREAS)), *FILTERS]
            seconds = medians_in_turn(
                [_opening(client, query) for query in ("sort=name", past, *offered)], rounds=rounds, warm_up=2
            )
            now, then, *others = (1000 * each for each in seconds)
            slowest = max(zip(others, offered, strict=True))
            lines.append(Lists(level, _count(client), now, then, *slowest, len(offered)))
    return lines


def measure_show(runtime_url: str, day: dt.date, var: object, asset_id: int) -> float:
    """One asset's page, in milliseconds."""
    with application(runtime_url, day.isoformat(), var) as port:  # type: ignore[arg-type]
        client = Client(port)
        client.sign_in("county_planner", PASSWORD)
        (seconds,) = medians_in_turn([lambda: _open(client, f"/registry/{asset_id}")], rounds=25)
    return seconds * 1000


def measure_saving(runtime_url: str, day: dt.date, rounds: int = 25) -> Saving:
    """Registering and correcting through the service, as a county's planner, each in a transaction of its own."""
    engine = make_engine(runtime_url, parallel=False)
    registered, corrected = [], []
    with ScopedSession(engine) as session:
        viewer_named(session, "county_planner", day)
        village = session.scalars(select(Region).where(Region.level == "village", Region.code.like("610327%"))).first()
        if village is None:
            raise RuntimeError("the county has no villages")
        for turn in range(rounds):
            values = _values(turn, village.id, day)
            begun = time.perf_counter()
            asset = register_asset(
                session, today=day, original_value_yuan=Decimal(120_000), fund_source="central", **values
            )  # type: ignore[arg-type]
            session.commit()
            registered.append(time.perf_counter() - begun)
            values["name"] = f"{values['name']}（更正）"
            begun = time.perf_counter()
            correct_asset(session, asset.id, revision=asset.revision, reason="名称更正", today=day, **values)
            session.commit()
            corrected.append(time.perf_counter() - begun)
    engine.dispose()
    return Saving(statistics.median(registered) * 1000, statistics.median(corrected) * 1000)


def _values(turn: int, village_id: int, day: dt.date) -> dict[str, Any]:
    return {
        "name": f"测速蓄水池{turn}号{time.monotonic_ns()}",
        "asset_class": "public",
        "type": None,
        "sector": "water",
        "form": "fixed",
        "quantity": Decimal(1),
        "unit": "座",
        "specification": None,
        "useful_life_years": 20,
        "depreciation": "straight_line",
        "built_on": day - dt.timedelta(days=200),
        "handed_over_on": day - dt.timedelta(days=100),
        "registered": True,
        "certified_on": None,
        "certificate": None,
        "papers_missing": False,
        "region_id": village_id,
        "geom": None,
        "position_quality": None,
        "source_datum": None,
        "source": None,
    }


def _opening(client: Client, query: str) -> Callable[[], object]:
    return lambda: _open(client, f"/registry/?{query}")


def _open(client: Client, path: str) -> bytes:
    status, body = client.get(path)
    if status != 200:
        raise RuntimeError(f"{path}: {status}")
    return body


def _count(client: Client) -> int:
    found = re.search(rb'class="page-count">([\d,]+)<', _open(client, "/registry/"))
    return int(found[1].replace(b",", b"")) if found else 0


def heavy_asset(owner: Engine, day: dt.date, *, fill: bool) -> int:
    """One asset of the county with 50 rights, 200 inspections and 100 audit entries."""
    with owner.begin() as connection:
        asset_id: int = connection.execute(
            text(
                "SELECT min(a.id) FROM asset a JOIN region r ON r.level = 'county' AND r.code LIKE '610327%' "
                "WHERE a.region_path >= r.region_path AND a.region_path < left(r.region_path, -1) || '0' "
                "AND a.class = 'public'"
            )
        ).scalar_one()
        for statement in HEAVY if fill else ():
            connection.execute(text(statement), {"asset": asset_id, "day": day})
    return asset_id


HEAVY = (
    "INSERT INTO party (name, type) SELECT '监督人' || n, 'village_collective' FROM generate_series(1, 49) AS n",
    'INSERT INTO "right" (asset_id, kind, party_id, valid_from) '
    "SELECT :asset, 'supervision', id, CAST(:day AS date) - 300 FROM party WHERE name LIKE '监督人%'",
    "INSERT INTO inspection (asset_id, inspected_on, result, condition, note) "
    "SELECT :asset, CAST(:day AS date) - n, 'all_well', 4, '正常' FROM generate_series(1, 198) AS n",
    "INSERT INTO audit_entry (account_id, action, table_name, record_id, changes) "
    "SELECT (SELECT min(id) FROM account), 'registry.correct', 'asset', :asset, "
    "jsonb_build_object('quantity', jsonb_build_array(n, n + 1)) FROM generate_series(1, 100) AS n",
)
