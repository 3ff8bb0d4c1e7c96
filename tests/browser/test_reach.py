"""The clerk of 八渡镇 finds nothing of 固关镇, wherever it is looked for."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import mapbox_vector_tile
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from tests.browser.desks import Desks, when_drawn
from tests.workbooks import cells

TOKENS = r'nonce="[^"]*"|content="[^"]{40,}"|"inlineScriptNonce": "[^"]*"|value="[^"]{40,}"|next=[^"]*|610327\d{6}'


@pytest.fixture(scope="module")
def foreign(county_engine: Engine) -> dict[str, Any]:
    """A village of 固关镇 and one record of each kind in it."""
    with county_engine.connect() as connection:
        town = connection.execute(
            text("SELECT id, code, region_path, name FROM region WHERE level = 'town' AND short_name = '固关镇'")
        ).one()
        found: dict[str, Any] = {"town": town}
        for table in ("asset", "project", "facility", "relocation_site"):
            found[table] = connection.execute(
                text(
                    f"SELECT id, name, ST_X(ST_PointOnSurface(geom)) AS lng, ST_Y(ST_PointOnSurface(geom)) AS lat "
                    f"FROM {table} WHERE starts_with(region_path, :path) AND geom IS NOT NULL ORDER BY id LIMIT 1"
                ),
                {"path": town.region_path},
            ).one()
        found["village"] = connection.execute(
            text(
                "SELECT v.id, r.code, r.name FROM village v JOIN region r ON r.id = v.region_id "
                "WHERE starts_with(v.region_path, :path) ORDER BY v.id LIMIT 1"
            ),
            {"path": town.region_path},
        ).one()
    return found


def fetched(page: Page, address: str) -> tuple[int, str]:
    """What the page itself gets from an address: status and text."""
    answer = page.evaluate(
        "async (address) => { const r = await fetch(address); return [r.status, await r.text()]; }", address
    )
    return answer[0], answer[1]


def test_the_clerks_lists_and_counts_hold_the_own_town_only(desks: Desks, foreign: dict[str, Any]) -> None:
    page = desks.open("badu", "/registry/")
    assert set(page.locator("tbody td:nth-child(4)").all_inner_texts()) == {"八渡镇"}
    for room in ("/registry/", "/projects/", "/places/", "/places/sites/", "/places/facilities/", "/maintenance/"):
        status, body = fetched(page, room)
        assert status == 200, room
        assert "八渡镇" in body, room
        assert "固关镇" not in body, room
    counts = json.loads(fetched(page, "/map/counts.json?by=assets:status,projects:stage,villages:class")[1])
    with_planner = desks.open("planner", "/healthz")
    whole = json.loads(fetched(with_planner, "/map/counts.json?by=assets:status,projects:stage,villages:class")[1])
    narrowed = json.loads(
        fetched(with_planner, "/map/counts.json?by=assets:status,projects:stage,villages:class&area=610327102000")[1]
    )
    assert counts == narrowed
    assert sum(counts["assets"].values()) < sum(whole["assets"].values())


def test_the_clerks_search_offers_nothing_of_the_other_town(desks: Desks, foreign: dict[str, Any]) -> None:
    page = desks.open("badu", "/registry/")
    page.keyboard.press("/")
    for words in ("固关镇", "ggz", foreign["asset"].name, foreign["village"].code):
        page.locator("#finder").fill(words)
        expect(page.locator("#finder-answers .answer-none")).to_contain_text(words[:20])
    page.goto(f"/search/?q={foreign['asset'].name}")
    expect(page.locator(".empty-state")).to_be_visible()


def test_the_clerks_tiles_hold_nothing_of_the_other_town(desks: Desks, foreign: dict[str, Any]) -> None:
    clerk, planner = desks.open("badu", "/registry/"), desks.open("planner", "/registry/")
    for layer, table in {
        "assets": "asset",
        "projects": "project",
        "facilities": "facility",
        "sites": "relocation_site",
    }.items():
        record = foreign[table]
        address = f"/tiles/{layer}/{tile_at(record.lng, record.lat, 13)}.mvt"
        seen = planner.request.get(address).body()
        assert record.id in ids(seen), layer
        assert ids(clerk.request.get(address).body()) == set(), layer


def test_the_clerks_figures_hold_the_own_town_only(desks: Desks) -> None:
    page = desks.open("badu", "/maintenance/")
    figures = json.loads(fetched(page, "/maintenance/figures.json?figure=assets&level=village")[1])["figures"]
    own = json.loads(fetched(page, "/maintenance/figures.json?figure=assets&level=village&area=610327102000")[1])[
        "figures"
    ]
    assert [row for row in figures if row["value"]] == [row for row in own if row["value"]]
    assert len(own) < 20


def test_the_clerks_files_hold_nothing_of_the_other_town(desks: Desks, foreign: dict[str, Any]) -> None:
    page = desks.open("badu", "/maintenance/")
    for address in (
        "/maintenance/status.xlsx",
        "/registry/export.xlsx",
        "/projects/export.xlsx",
        "/places/villages/export.xlsx",
    ):
        answer = page.request.get(address)
        assert answer.status == 200, address
        words = " ".join(cell for row in cells(answer.body()) for cell in row)
        assert "八渡镇" in words, address
        assert "固关镇" not in words, address
    handed_over = page.request.get("/map/handover.html?layers=villages,assets,projects,sites,facilities").text()
    assert "大力村" in handed_over
    for record in ("asset", "project", "village"):
        assert foreign[record].name not in handed_over, record


def test_another_towns_addresses_answer_like_missing_ones(desks: Desks, foreign: dict[str, Any]) -> None:
    page = desks.open("badu", "/registry/")
    desks.expect(r"^404 http")
    pairs = {
        f"/registry/{foreign['asset'].id}": "/registry/99999999",
        f"/projects/{foreign['project'].id}": "/projects/99999999",
        f"/places/villages/{foreign['village'].id}": "/places/villages/99999999",
        f"/map/feature/assets/{foreign['asset'].id}": "/map/feature/assets/99999999",
        f"/maintenance/?area={foreign['town'].code}": "/maintenance/?area=610327999000",
        f"/registry/?area={foreign['town'].code}": "/registry/?area=610327999000",
        f"/maintenance/figures.json?area={foreign['town'].code}": "/maintenance/figures.json?area=610327999000",
    }
    for theirs, missing in pairs.items():
        status, body = fetched(page, theirs)
        assert status == 404, theirs
        assert without_tokens(body) == without_tokens(fetched(page, missing)[1]), theirs
        assert "固关" not in body, theirs


def test_an_address_of_another_town_pasted_into_the_map_shows_the_own_town(
    desks: Desks, foreign: dict[str, Any]
) -> None:
    page = desks.open("badu", f"/map/?area={foreign['town'].code}&sel=assets:{foreign['asset'].id}&list=assets")
    desks.expect(rf"^404 .*/map/feature/assets/{foreign['asset'].id}")
    when_drawn(page)
    expect(page.locator(".crumbs li")).to_have_text(["八渡镇"])
    expect(page.locator("body")).not_to_contain_text("固关")
    expect(page.locator("#drawer-content")).not_to_contain_text(foreign["asset"].name)


def without_tokens(body: str) -> str:
    """A page without what differs each time it is made, and without the code that was asked for."""
    return re.sub(TOKENS, "", body)


def tile_at(lng: float, lat: float, zoom: int) -> str:
    """The address of the tile that holds a point."""
    side = 2**zoom
    x = int((lng + 180) / 360 * side)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * side)
    return f"{zoom}/{x}/{y}"


def ids(tile: bytes) -> set[int]:
    """The ids of a tile's features."""
    layers = mapbox_vector_tile.decode(tile) if tile else {}
    return {feature.get("id", 0) for layer in layers.values() for feature in layer["features"]}
