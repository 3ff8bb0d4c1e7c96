"""Everything the workbench shows comes from its own server."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.desks import Desks, when_drawn

ALL = "assets,projects,sites,keys,facilities,villages,regions,roads"
COUNTED = ("assets", "projects", "sites", "facilities", "villages")


def test_every_layer_is_drawn_and_nothing_is_asked_of_another_host(desks: Desks) -> None:
    page = desks.open("planner", viewport={"width": 1000, "height": 560})
    lng, lat = page.request.get("/map/keys.json").json()["features"][0]["geometry"]["coordinates"]
    page.goto(f"/map/?layers={ALL}&list=none&view={lng},{lat},11.2")
    when_drawn(page)
    for layer in COUNTED:
        assert _count(page, layer) > 0, layer
    assert page.locator("#layer-roads").locator("xpath=ancestor::section").locator(".key-rows li").count() > 0
    before = page.locator("#map").screenshot()
    for layer in ALL.split(","):
        page.locator(f"#layer-{layer}").uncheck()
        when_drawn(page)
        after = page.locator("#map").screenshot()
        assert (after != before) is True, f"the map looks the same without {layer}"
        before = after
    tiles = {found[1] for url in desks.requested if (found := re.search(r"/tiles/(\w+)/", url))}
    assert tiles >= {"assets", "projects", "sites", "facilities", "villages", "regions", "roads"}
    assert {re.match(r"(\w+:(//[^/:]+)?)", url)[1] for url in desks.requested} <= {
        "http://127.0.0.1",
        "blob:http",
        "blob:",
        "data:",
    }  # type: ignore[index]


def _count(page: Page, layer: str) -> int:
    section = page.locator("section.layer", has=page.locator(f"#layer-{layer}"))
    count = section.locator(".layer-count")
    expect(count).to_have_text(re.compile(r"^[\d,]+$"))
    return int(count.inner_text().replace(",", ""))
