"""Tiles: what a viewer may see, at the zoom and on the day asked for."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import mapbox_vector_tile
import pytest
from sqlalchemy import update

from assets.regions.models import Region
from tests import factories
from tests.people import Browser, Office

LON, LAT = 106.55, 34.75


def address(zoom: int, lon: float = LON, lat: float = LAT) -> str:
    """The tile at a place: ``z/x/y``."""
    side = 2**zoom
    x = int((lon + 180) / 360 * side)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * side)
    return f"{zoom}/{x}/{y}"


def features(browser: Browser, layer: str, zoom: int, query: str = "") -> list[dict[str, Any]]:
    """The decoded features of the tile at the place all factories use."""
    found = []
    response = browser.get(f"/tiles/{layer}/{address(zoom)}.mvt{query}")
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    decoded = mapbox_vector_tile.decode(response.data) if response.data else {}
    found += decoded.get(layer, {}).get("features", [])
    return found


def town_assets(office: Office) -> tuple[int, int]:
    """One asset in each town, both in the same tile."""
    with office.session() as session:
        ours = factories.asset(session, office.tree.north_villages[0], geom=f"SRID=4490;POINT({LON} {LAT})")
        theirs = factories.asset(session, office.tree.south_villages[0], geom=f"SRID=4490;POINT({LON} {LAT})")
        return ours.id, theirs.id


def ids(found: list[dict[str, Any]]) -> set[int]:
    """The ids of features."""
    return {feature["id"] for feature in found}


def test_the_planner_sees_both_towns_and_a_clerk_only_the_own(office: Office) -> None:
    ours, theirs = town_assets(office)
    assert ids(features(office.browser("planner"), "assets", 12)) == {ours, theirs}
    assert ids(features(office.browser("clerk"), "assets", 12)) == {ours}
    assert ids(features(office.browser("neighbour_clerk"), "assets", 12)) == {theirs}


def test_counts_per_region_leave_out_what_the_viewer_may_not_see(office: Office) -> None:
    with office.session() as session:
        for village in (office.tree.north_villages[0], office.tree.south_villages[0]):
            for _ in range(3):
                factories.asset(session, village)
        session.execute(update(Region).values(centre=f"SRID=4490;POINT({LON} {LAT})"))
    nation = "?area=610000000000"
    seen = {
        f["properties"]["name"]: f["properties"]["count"]
        for f in features(office.browser("planner"), "assets", 9, nation)
    }
    assert seen == {office.tree.north.short_name: 3, office.tree.south.short_name: 3}
    seen = {
        f["properties"]["name"]: f["properties"]["count"]
        for f in features(office.browser("clerk"), "assets", 9, nation)
    }
    assert seen == {office.tree.north.short_name: 3}


def test_another_town_is_answered_like_one_that_does_not_exist(office: Office) -> None:
    browser = office.browser("clerk")
    for layer in ("assets", "projects", "villages"):
        theirs = browser.get(f"/tiles/{layer}/{address(12)}.mvt?area={office.tree.south.code}")
        nowhere = browser.get(f"/tiles/{layer}/{address(12)}.mvt?area=999999999000")
        assert theirs.status_code == nowhere.status_code == 404
        assert theirs.json["error"].replace(office.tree.south.code, "X") == nowhere.json["error"].replace(
            "999999999000", "X"
        )


def test_filters_narrow_the_tile(office: Office) -> None:
    ours, theirs = town_assets(office)
    with office.session() as session:
        seen = factories.asset(
            session, office.tree.north_villages[0], geom=f"SRID=4490;POINT({LON} {LAT})", asset_class="earning"
        )
        factories.duty(session, seen, interval_days=30, notice_days=7)
        factories.inspection(session, seen, factories.DAY - dt.timedelta(days=60))
        overdue = seen.id
    browser = office.browser("planner")
    assert ids(features(browser, "assets", 12, "?status=overdue")) == {overdue}
    assert ids(features(browser, "assets", 12, "?class=public")) == {ours, theirs}
    assert ids(features(browser, "assets", 12, "?status=unarranged,overdue")) == {ours, theirs, overdue}
    assert ids(features(browser, "assets", 12, "?year=2023")) == set()


def test_a_past_day_shows_the_status_of_that_day(office: Office) -> None:
    with office.session() as session:
        seen = factories.asset(session, office.tree.north_villages[0], geom=f"SRID=4490;POINT({LON} {LAT})")
        factories.duty(session, seen, interval_days=30, notice_days=7)
        factories.inspection(session, seen, dt.date(2026, 1, 1))
    browser = office.browser("planner")
    statuses = {
        day: features(browser, "assets", 12, f"?on={day}")[0]["properties"]["status"]
        for day in ("2026-01-02", "2026-01-25", "2026-02-10")
    }
    assert statuses == {"2026-01-02": "in_order", "2026-01-25": "due_soon", "2026-02-10": "overdue"}
    assert features(browser, "assets", 12, "?on=2020-01-01") == []


def test_an_unchanged_tile_is_not_sent_twice_and_is_never_shared(office: Office) -> None:
    town_assets(office)
    place = f"/tiles/assets/{address(12)}.mvt"
    first = office.browser("planner").get(place)
    assert first.headers["Cache-Control"].startswith("private")
    again = office.browser("planner").get(place, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    other = office.browser("clerk").get(place, headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


@pytest.mark.parametrize(
    "place",
    ["assets/30/1/1.mvt", "assets/3/8/0.mvt", "assets/3/0/8.mvt", "regions/2/4/4.mvt", "assets/99999999999999/1/1.mvt"],
)
def test_a_tile_that_cannot_exist_is_refused_in_words(office: Office, place: str) -> None:
    response = office.browser("planner").get(f"/tiles/{place}")
    assert response.status_code == 400
    assert any("\u4e00" <= letter <= "\u9fff" for letter in response.json["error"])


@pytest.mark.parametrize("query", ["status=nonsense", "on=2026-02-30", "year=x", "level=planet", "q=" + "大" * 500])
def test_nonsense_filters_are_refused_with_their_name(office: Office, query: str) -> None:
    response = office.browser("planner", "en").get(f"/tiles/regions/{address(10)}.mvt?{query}")
    assert response.status_code == 400
    assert response.json["error"]


def test_a_stranger_gets_no_tile(office: Office) -> None:
    assert office.browser(None).get(f"/tiles/assets/{address(12)}.mvt").status_code == 401


@pytest.mark.parametrize(
    "layer", ["regions", "villages", "sites", "projects", "assets", "facilities", "roads", "clusters"]
)
def test_every_layer_describes_itself_and_answers_at_every_zoom(office: Office, layer: str) -> None:
    browser = office.browser("planner")
    described = browser.get(f"/tiles/{layer}.json?status=overdue").json
    assert described["tiles"][0].endswith(f"/tiles/{layer}/{{z}}/{{x}}/{{y}}.mvt?status=overdue")
    assert described["vector_layers"][0]["id"] == layer
    for zoom in (0, 5, 8, 10, 11, 14, 16):
        assert browser.get(f"/tiles/{layer}/{address(zoom)}.mvt").status_code == 200


def test_an_unknown_layer_is_not_found(office: Office) -> None:
    assert office.browser("planner").get("/tiles/secrets/1/0/0.mvt").status_code == 404
    assert office.browser("planner").get("/tiles/secrets.json").status_code == 404
