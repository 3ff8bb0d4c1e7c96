"""Searching, filtering, sharing and taking the map along, as a planner does it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.desks import Desks, when_drawn

OVERDUE = "/map/?layers=assets,villages,regions,roads&status=overdue"


def address_of(page: Page) -> dict[str, list[str]]:
    """The query of the page's address."""
    return parse_qs(urlsplit(page.url).query)


@pytest.mark.parametrize(("language", "home"), [("zh", "陇县"), ("en", "陇县")])
def test_initials_find_the_town_and_the_breadcrumb_leads_up_again(desks: Desks, language: str, home: str) -> None:
    page = desks.open("planner", "/map/?list=none", language=language)
    when_drawn(page)
    page.keyboard.press("/")
    expect(page.locator("#finder")).to_be_focused()
    page.keyboard.type("bdz")
    first = page.locator("#finder-answers a").first
    expect(first.locator(".answer-name")).to_have_text("八渡镇")
    page.keyboard.press("Enter")
    page.wait_for_url("**/map/?*area=610327102*")
    crumbs = page.locator(".crumbs li")
    expect(crumbs).to_have_text([home, "八渡镇"])
    when_drawn(page)
    down = address_of(page)["view"]
    crumbs.first.locator("a").click()
    expect(crumbs).to_have_text([home])
    when_drawn(page)
    assert "area" not in address_of(page)
    assert float(address_of(page)["view"][0].split(",")[2]) < float(down[0].split(",")[2])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_overdue_assets_are_filtered_one_is_opened_and_its_address_shows_another_the_same(
    desks: Desks, language: str
) -> None:
    page = desks.open("planner", "/map/?layers=assets,villages,regions&list=assets", language=language)
    when_drawn(page)
    overdue = page.locator("#layer-assets").locator("xpath=ancestor::section").locator("[data-code=overdue]")
    overdue.click()
    expect(overdue).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".row-item").first.locator(".status-overdue")).to_be_visible()
    expect(page.locator(".row-item .badge-status:not(.status-overdue)")).to_have_count(0)
    when_drawn(page)
    row = page.locator(".row-item").nth(2)
    name = row.locator(".row-name").inner_text()
    row.click()
    expect(page.locator("#drawer-title")).to_have_text(name)
    when_drawn(page)

    other = desks.open("leader", page.url, language=language)
    expect(other.locator("#drawer-title")).to_have_text(name)
    when_drawn(other)
    assert address_of(other) == address_of(page)
    expect(other.locator(".chosen-chip")).to_have_text(page.locator(".chosen-chip").all_inner_texts())
    expect(other.locator(".layer-count")).to_have_text(page.locator(".layer-count").all_text_contents())
    assert other.locator(".layer input:checked").count() == page.locator(".layer input:checked").count() == 3


def test_going_back_returns_to_the_view_before(desks: Desks) -> None:
    page = desks.open("planner", "/map/?layers=assets,regions&list=none")
    when_drawn(page)
    page.locator("#layer-sites").check()
    when_drawn(page)
    page.go_back()
    expect(page.locator("#layer-sites")).not_to_be_checked()
    expect(page.locator("#layer-assets")).to_be_checked()


def test_the_handed_over_map_opens_with_no_network_and_asks_for_nothing(
    desks: Desks, chromium: Browser, tmp_path: Path
) -> None:
    page = desks.open("planner", OVERDUE + "&list=none")
    when_drawn(page)
    page.locator(".tool-menu", has=page.locator("#handover")).locator("summary").click()
    with page.expect_download() as download:
        page.locator("#handover").click()
    path = tmp_path / "handed-over.html"
    download.value.save_as(path)
    assert download.value.suggested_filename.endswith(".html")

    offline = chromium.new_context(offline=True)
    asked: list[str] = []
    troubles: list[str] = []
    alone = offline.new_page()
    alone.on("request", lambda request: asked.append(request.url))
    alone.on("pageerror", lambda error: troubles.append(str(error)))
    alone.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    alone.goto(path.as_uri())
    expect(alone.locator(".leaflet-container")).to_be_visible()
    expect(alone.locator("body")).to_contain_text("演示数据")
    expect(alone.locator("body")).to_contain_text("逾期未巡")
    assert alone.locator(".leaflet-pane path, .leaflet-pane img, .leaflet-marker-icon, canvas").count() > 0
    assert Image.open(_kept(tmp_path / "offline.png", alone.screenshot())).convert("L").getcolors(1) is None
    offline.close()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert troubles == []


def test_the_picture_is_a_png_with_the_map_in_it(desks: Desks, tmp_path: Path) -> None:
    page = desks.open("planner", OVERDUE + "&list=none")
    when_drawn(page)
    page.locator(".tool-menu", has=page.locator("#picture")).locator("summary").click()
    with page.expect_download() as download:
        page.locator("#picture").click()
    path = tmp_path / "map.png"
    download.value.save_as(path)
    assert download.value.suggested_filename == "陇县-2026-11-22.png"
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert path.stat().st_size > 50_000
    picture = Image.open(path)
    assert picture.width > 1366
    middle = picture.crop((picture.width // 4, picture.height // 4, picture.width // 2, picture.height * 3 // 4))
    assert len(middle.convert("RGB").getcolors(1 << 24) or []) > 50


def test_the_printed_map_is_a_sheet_with_title_and_legend(desks: Desks) -> None:
    page = desks.open("planner", OVERDUE + "&list=none")
    when_drawn(page)
    page.evaluate("""() => {
      window.written = [];
      const write = CanvasRenderingContext2D.prototype.fillText;
      CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        window.written.push(text);
        return write.call(this, text, ...rest);
      };
      dispatchEvent(new Event("beforeprint"));
    }""")
    page.emulate_media(media="print")
    sheet = page.locator("#print-sheet canvas")
    expect(sheet).to_be_visible()
    expect(page.locator(".rail, .topbar, .panel, .stage-bar").first).to_be_hidden()
    written = page.evaluate("window.written")
    for words in ("图例", "逾期未巡", "北"):
        assert words in written
    assert any("陇县" in text and "资产" in text for text in written), written
    assert any("演示数据" in text and "示意" in text for text in written), written
    assert any("2026-11-22" in text for text in written), written
    assert page.pdf()[:5] == b"%PDF-"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(sheet).to_have_count(0)


def test_a_click_goes_down_into_a_town_and_the_list_follows(desks: Desks) -> None:
    page = desks.open("planner", "/map/?layers=regions&list=villages")
    when_drawn(page)
    whole = int(page.locator(".rows-count strong").inner_text())
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".crumbs li")).to_have_count(2)
    when_drawn(page)
    expect(page.locator(".rows-count strong")).not_to_have_text(str(whole))
    town = page.locator(".crumbs li").last.inner_text()
    places = set(page.locator(".row-place").all_inner_texts())
    assert {re.split(r" · ", place)[0].strip() for place in places if place.strip()} == {town}


def _kept(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
