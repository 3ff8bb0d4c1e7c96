"""A real server over the demonstration county, and browsers that notice whatever goes wrong in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Engine

from app.cli import migrations
from app.runner.cluster import Cluster
from app.static_files import build
from assets.db import make_engine
from demo.county import SEED, make_county
from demo.load import load
from tests.browser.desks import Desks, find_chromium
from tests.browser.server import serve

DAY = dt.date(2026, 11, 22)
FLAGS = [
    "--no-sandbox",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    # No name leads anywhere: what is not on this machine cannot be fetched.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def pytest_configure(config: pytest.Config) -> None:
    """What browsers are served is built once, before workers share it."""
    if not hasattr(config, "workerinput"):
        build()


@pytest.fixture(scope="session")
def county(cluster: Cluster) -> Cluster:
    """The demonstration county of 2026-11-22 in a database of its own."""
    made = cluster.create_database("browser_county")
    engine = make_engine(made.owner_url)
    with engine.begin() as connection:
        migrations.upgrade(connection, "xiangtu")
    with engine.connect() as connection:
        load(cast(psycopg.Connection[Any], connection.connection.driver_connection), make_county(SEED, DAY))
    engine.dispose()
    return made


@pytest.fixture(scope="session")
def county_engine(county: Cluster) -> Iterator[Engine]:
    """The county's tables as they are, for what the pages must agree with."""
    engine = make_engine(county.owner_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def address(county: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the served county answers."""
    with serve(county.runtime_url, DAY, tmp_path_factory.mktemp("server")) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser of the run; every desk is a profile of its own in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def kept_sessions() -> dict[str, Any]:
    """Signed-in states by account, so that each signs in through the form once."""
    return {}


@pytest.fixture
def desks(chromium: Browser, address: str, kept_sessions: dict[str, Any], tmp_path: Path) -> Iterator[Desks]:
    """Opens pages; at the end nothing may have gone wrong in any of them unless the test said so."""
    opened = Desks(chromium, address, kept_sessions)
    yield opened
    troubles = opened.close()
    assert not troubles, "\n".join(troubles)
