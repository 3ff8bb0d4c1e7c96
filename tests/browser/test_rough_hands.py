"""Addresses and words pasted by hand, with anything in them."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desks import Desks, when_drawn
from tests.browser.words import catalogue

SCRIPT = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
NONSENSE = {
    "a view beyond the earth and colours that do not exist": "view=900,-300,99&by=assets:rainbow,mines:gold",
    "a view of words and layers that do not exist": "view=here,there,up&layers=gold,assets&sel=assets:none",
    "filters that do not exist": "status=splendid&year=last&on=2026-02-30",
    "a region that does not exist": "area=610999999999",
    "a script in the words": "q=%3Cscript%3Edocument.title%3D'owned'%3C/script%3E&list=assets&sort=%00",
    "null bytes and half an emoji": "q=%00%F0%9F&status=%00&area=%F0%9F%8F%94",
}


def assert_unharmed(page: Page) -> None:
    assert "owned" not in page.title()
    expect(page.locator("body")).not_to_contain_text("Traceback")


@pytest.mark.parametrize("query", NONSENSE.values(), ids=NONSENSE.keys())
def test_the_map_opens_whatever_its_address_holds(desks: Desks, query: str) -> None:
    page = desks.open("planner", f"/map/?{query}")
    when_drawn(page)
    expect(page.locator("#layers .layer").first).to_be_visible()
    if not query.startswith("q="):
        expect(page.locator(".map-notice")).to_contain_text("已忽略")
    assert_unharmed(page)


def test_a_selected_record_that_does_not_exist_is_said_to_be_missing(desks: Desks) -> None:
    desks.expect(r"^404 .*/map/feature/assets/99999999")
    page = desks.open("planner", "/map/?sel=assets:99999999&list=none")
    expect(page.locator("#drawer")).to_contain_text("没有这")
    expect(page.locator("#drawer")).not_to_contain_text("404")


@pytest.mark.parametrize("path", ["/registry/", "/projects/", "/places/", "/maintenance/"])
def test_pages_refuse_nonsense_politely(desks: Desks, path: str) -> None:
    desks.expect(r"^40[04] http")
    page = desks.open("planner", "/healthz")
    for query in ("status=splendid", "year=last", "area=610999999999", "on=never", "class=%3Cscript%3E"):
        answer = page.goto(f"{path}?{query}")
        assert answer is not None
        assert answer.status in (400, 404), (path, query)
        expect(page.locator(".apology h1")).to_have_text(catalogue()["Sorry, this did not work"])
        assert_unharmed(page)
    for query in ("page=99999999", "page=-1", "page=x", "sort=%27%3B--", "columns=%3Cscript%3E", "unknown=1"):
        answer = page.goto(f"{path}?{query}")
        assert answer is not None
        assert answer.status in (200, 400), (path, query)
        assert_unharmed(page)


@pytest.mark.parametrize(
    "words",
    [SCRIPT, "🏔️👨‍👩‍👧‍👦" * 20, "村" * 10_000, "%_\\'\";--", "\u202e\u200b"],
    ids=["script", "emoji", "long", "sql", "hidden"],
)
def test_search_takes_any_words(desks: Desks, words: str) -> None:
    page = desks.open("planner", "/maintenance/")
    page.locator("#finder").fill(words)
    with page.expect_response(lambda response: "/search/suggest" in response.url) as answered:
        page.locator("#finder").press("End")
        page.locator("#finder").dispatch_event("input")
    assert answered.value.status == 200
    assert_unharmed(page)
    page.goto("/search/?q=" + "%F0%9F%8F%94" * 5)
    expect(page.locator(".empty-state")).to_be_visible()
    assert_unharmed(page)


@pytest.mark.parametrize("letter", ["x", "村"])
def test_an_address_of_ten_thousand_characters_is_read_or_refused_politely(desks: Desks, letter: str) -> None:
    desks.expect(r"^4(00|14) http")
    page = desks.open("planner", "/healthz")
    for path in ("/search/", "/registry/", "/maintenance/"):
        answer = page.goto(f"{path}?q={quote(letter * 10_000)}")
        assert answer is not None
        assert answer.status in (200, 400, 414), path
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
        if answer.status != 200:
            expect(page.locator(".apology h1")).to_have_text(catalogue()["Sorry, this did not work"])


def test_tiles_out_of_range_are_refused(desks: Desks) -> None:
    page = desks.open("planner", "/healthz")
    for address in ("assets/3/9/1", "assets/40/1/1", "gold/3/1/1", "assets/11/1600/800", "regions/0/0/0"):
        answer = page.request.get(f"/tiles/{address}.mvt")
        expected = 200 if address in ("assets/11/1600/800", "regions/0/0/0") else (400, 404)
        assert answer.status == expected or answer.status in (expected if isinstance(expected, tuple) else ()), address
    answer = page.request.get("/tiles/assets/11/1600/800.mvt?status=splendid")
    assert answer.status == 400
    assert "splendid" in answer.json()["error"]
