"""Whatever is asked, the answer is clear: no address and no outage gives a 500 or a traceback."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.cli import migrations
from app.runner.cluster import Cluster
from assets.db import make_engine
from assets.filters import KNOWN
from assets.regions.service import merge_regions
from assets.scope import Viewer, bind_viewer
from tests import factories
from tests.people import Office, open_office

PAGE = {"Accept": "text/html"}
NONSENSE = (
    "",
    "-1",
    "0",
    "999999999999999999999999",
    "1.5",
    "NaN",
    "null",
    "undefined",
    "长" * 300,
    "a" * 5_000,
    "😀",
    "<script>alert(1)</script>",
    "'; DROP TABLE asset; --",
    "%",
    "%00",
    "\x00",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "..",
    "../../etc/passwd",
    "{{7*7}}",
    "2026-02-30",
    "0000-00-00",
    "610328",
    "610327101,610327102",
    ",,,,",
    "\u202e",
    "\r\nSet-Cookie: a=b",
    "[]",
    "١٢٣",
)
PARAMETERS = (
    *("area", "on", "q", "sector", "year", "page", "sort", "bbox", "layer", "by", "view", "lang", "next", "columns"),
    *("sel", "list", "level", "preset", "class", "figure", "colour", "month", "z"),
    *KNOWN,
)
# Signing out would end the walk.
LEFT_OUT = {"accounts.logout"}


def routes(app: Flask) -> Iterator[Rule]:
    """Every address that can be opened, but the endless files of ``static``."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" in (rule.methods or ()) and rule.endpoint not in LEFT_OUT and rule.endpoint != "static":
            yield rule


def filled(rule: Rule, value: str) -> str:
    """The address of a rule with every part of its path replaced."""
    return re.sub(r"<[^>]+>", lambda _: quote(value, safe=""), rule.rule)


@pytest.fixture
def county(office: Office) -> Office:
    """A little of everything, so that pages have something to stumble over."""
    with office.session() as session:
        asset = factories.asset(session, office.tree.north_villages[0])
        factories.duty(session, asset)
        factories.project(session, office.tree.north_villages[0])
    return office


@pytest.mark.parametrize("persona", ["planner", "caretaker"])
def test_no_route_stumbles_over_nonsense_in_its_path(county: Office, persona: str) -> None:
    browser = county.browser(persona)
    for rule in routes(county.app):
        values = NONSENSE if rule.arguments else ("",)
        for value in values:
            address = filled(rule, value)
            answer = browser.get(address, headers=PAGE)
            assert answer.status_code < 500, (address[:120], answer.status_code)
            answer.close()


@pytest.mark.parametrize("half", range(2))
def test_no_route_stumbles_over_nonsense_in_its_query(county: Office, half: int) -> None:
    """Every route meets a third of the parameters, every parameter every kind of nonsense on many routes."""
    browser = county.browser("planner")
    for i, rule in list(enumerate(routes(county.app)))[half::2]:
        path = filled(rule, "1")
        for j, parameter in list(enumerate(PARAMETERS))[i // 2 % 3 :: 3]:
            value = NONSENSE[(i * 2 + j) % len(NONSENSE)]
            answer = browser.get(f"{path}?{parameter}={quote(value, safe='')}", headers=PAGE)
            assert answer.status_code < 500, (path, parameter, value[:40], answer.status_code)
            if answer.mimetype == "text/html":
                assert "<script>alert(1)</script>" not in answer.text
            answer.close()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_no_route_stumbles_over_another_method(county: Office, method: str) -> None:
    browser = county.browser("planner")
    for rule in sorted(county.app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint not in LEFT_OUT:
            answer = browser.client.open(filled(rule, "1"), method=method)
            assert answer.status_code < 500, (rule.rule, method, answer.status_code)
            answer.close()


@pytest.mark.parametrize("value", NONSENSE, ids=lambda value: ascii(value)[:24])
def test_a_refused_filter_is_told_in_the_readers_language(county: Office, value: str) -> None:
    address = f"/registry/?status={quote(value, safe='')}"
    for language, words in (("zh", "筛选"), ("en", "filter")):
        answer = county.browser("planner", language).get(address, headers=PAGE)
        assert answer.status_code in (200, 400)
        if answer.status_code == 400:
            assert words in answer.text


def test_a_region_that_has_ended_is_not_found_and_was_there_before(county: Office) -> None:
    planner = county.browser("planner")
    assert planner.get("/registry/?area=610327102").status_code == 200
    with county.session() as session:
        tree = [session.merge(region, load=True) for region in (county.tree.south, county.tree.north)]
        merge_regions(session, [tree[0]], tree[1], factories.DAY)
    answer = planner.get("/registry/?area=610327102", headers=PAGE)
    assert answer.status_code == 404
    assert "610327102" in answer.text


@pytest.mark.parametrize("area", ["999999", "61032", "61", "abc", "610327101-village", "000000000000", "6103271"])
def test_an_unknown_area_is_named_in_the_answer(county: Office, area: str) -> None:
    answer = county.browser("clerk").get(f"/registry/?area={area}", headers=PAGE)
    assert answer.status_code in (200, 404)
    if answer.status_code == 404:
        assert area in answer.text


def test_a_page_that_does_not_exist_says_so(county: Office) -> None:
    answer = county.browser("planner").get("/no/such/page", headers=PAGE)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


def test_an_unforeseen_fault_is_answered_without_its_traceback(county: Office) -> None:
    def broken() -> str:
        raise RuntimeError("a secret of the program")

    county.app.config["TESTING"] = False
    county.app.config["PROPAGATE_EXCEPTIONS"] = False
    county.app.view_functions["registry.index"] = broken
    answer = county.browser("planner").get("/registry/", headers=PAGE)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_connections_that_were_cut_are_made_again(county: Office, cluster: Cluster) -> None:
    planner = county.browser("planner")
    assert planner.get("/registry/").status_code == 200
    with county.session() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
            )
        )
    assert planner.get("/registry/").status_code == 200


def test_a_database_that_goes_away_gives_503_and_all_is_well_when_it_is_back(
    cluster: Cluster, tmp_path: object
) -> None:
    """The server stays, the database refuses: what an office sees while it restarts."""
    made = cluster.create_database("office_away")
    owner = make_engine(made.owner_url)
    with owner.begin() as connection:
        migrations.upgrade(connection, "xiangtu")
    with Session(owner, expire_on_commit=False) as session:
        tree = factories.tree(bind_viewer(session, Viewer.system()))
        session.commit()
    owner.dispose()
    office = open_office(made.runtime_url, tree, tmp_path)
    browsers = {language: office.browser("planner", language) for language in ("zh", "en")}
    assert browsers["zh"].get("/registry/").status_code == 200
    office.engine.dispose()
    admin = make_engine(cluster.in_database("postgres").superuser_url).execution_options(isolation_level="AUTOCOMMIT")

    def allow(connections: bool) -> None:
        with admin.connect() as connection:
            connection.execute(text(f"ALTER DATABASE office_away ALLOW_CONNECTIONS {str(connections).lower()}"))
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'office_away'")
            )

    allow(False)
    for address in (
        "/registry/",
        "/registry/1",
        "/search/suggest?q=a",
        "/tiles/assets/8/200/100.mvt",
        "/login",
        "/map/",
    ):
        for language, words in (("zh", "数据库"), ("en", "database")):
            answer = browsers[language].get(address, headers=PAGE)
            assert answer.status_code in (503, 200) if address == "/login" else answer.status_code == 503, address
            if answer.status_code == 503 and answer.mimetype == "text/html":
                assert words in answer.text
                assert answer.headers["Retry-After"]
    assert browsers["zh"].get("/readyz").status_code == 503
    assert browsers["zh"].get("/healthz").status_code == 200
    allow(True)
    assert browsers["zh"].get("/registry/").status_code == 200
    office.app.extensions["engine"].dispose()
    office.engine.dispose()
    admin.dispose()
    cluster.drop_database("office_away")
