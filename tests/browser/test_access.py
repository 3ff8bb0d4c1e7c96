"""By keyboard, on the office's screens and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desks import PHONE, Desks, when_drawn

PAGES = {
    "map": ("planner", "/map/?list=none"),
    "map with list": ("planner", "/map/?layers=assets,regions&list=assets"),
    "assets": ("planner", "/registry/"),
    "projects": ("planner", "/projects/"),
    "villages": ("planner", "/places/"),
    "sites": ("planner", "/places/sites/"),
    "facilities": ("planner", "/places/facilities/"),
    "status": ("planner", "/maintenance/"),
    "search": ("planner", "/search/?q=bdz"),
    "leader": ("leader", "/"),
    "circular": ("leader", "/circular"),
    "clerk": ("badu", "/"),
    "department": ("water", "/"),
    "auditor": ("auditor", "/"),
    "trail": ("auditor", "/audit/"),
    "queue": ("approver", "/review/"),
    "steps of review": ("admin", "/review/rules"),
    "accounts": ("admin", "/accounts/"),
    "who may": ("admin", "/accounts/who"),
    "own account": ("badu", "/account/"),
}
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CLIPPED = """() => [...document.querySelectorAll(".rail-room")]
  .filter((room) => room.scrollHeight > room.clientHeight + 1).map((room) => room.textContent.trim())"""
FIELD = [(name, path) for name in ("dali", "badu") for path in ("/", "/registry/", "/account/", "/review/all/")]
FOCUSED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  window.met ??= new Set();
  if (window.met.has(at)) return "seen";
  window.met.add(at);
  const style = getComputedStyle(at);
  const inner = getComputedStyle(at.closest("label, .finder, summary, tr") ?? at);
  const names = [
    at.getAttribute("aria-label"), at.labels?.[0]?.textContent, at.textContent, at.title, at.placeholder,
    document.getElementById(at.getAttribute("aria-labelledby"))?.textContent, at.querySelector("img")?.alt,
  ];
  const box = at.getBoundingClientRect();
  const ring = (s) => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none";
  const span = at.nextElementSibling && getComputedStyle(at.nextElementSibling);
  return {
    what: at.outerHTML.slice(0, 140),
    named: names.some((name) => name?.trim()),
    seen: ring(style) || ring(inner) || Boolean(span && ring(span)),
    there: box.width > 0 && box.height > 0,
  };
}"""


@pytest.mark.parametrize(("name", "path"), PAGES.values(), ids=PAGES.keys())
def test_pages_fit_the_offices_screens(desks: Desks, name: str, path: str) -> None:
    page = desks.open(name, path)
    page.wait_for_load_state("load")
    assert page.evaluate(WIDER) <= 0


@pytest.mark.parametrize(("name", "path"), [*FIELD, (None, "/login")])
def test_pages_of_those_in_the_field_fit_a_phone(desks: Desks, name: str | None, path: str) -> None:
    page = desks.open(name, path, viewport=PHONE, has_touch=True, is_mobile=True)
    assert page.evaluate(WIDER) <= 0
    assert page.evaluate("innerWidth") == PHONE["width"]
    assert page.evaluate(CLIPPED) == []


@pytest.mark.parametrize("path", ["/map/?layers=assets,regions&list=assets", "/registry/", "/maintenance/", "/login"])
def test_every_control_is_reached_by_tab_with_a_name_and_a_visible_focus(desks: Desks, path: str) -> None:
    page = desks.open(None if path == "/login" else "planner", path)
    if "/map/" in path:
        when_drawn(page)
        expect(page.locator(".row-item").first).to_be_visible()
    else:
        page.locator("body").click(position={"x": 2, "y": 2})
    faults, met, again = [], 0, 0
    for _step in range(150):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        # A date has a place to stop for its year, month and day; only then does the round end.
        again = again + 1 if at == "seen" else 0
        if at is None or again > 6:
            break
        if at == "seen":
            continue
        met += 1
        if not (at["named"] and at["seen"] and at["there"]):
            faults.append(at)
    assert met >= (3 if path == "/login" else 40)
    assert faults == []


def test_slash_finds_and_escape_closes(desks: Desks) -> None:
    page = desks.open("planner", "/map/?layers=assets,regions&list=assets")
    when_drawn(page)
    row = page.locator(".row-item").nth(3)
    name = row.locator(".row-name").inner_text()
    row.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer-title")).to_have_text(name)
    when_drawn(page)
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page.locator(".row-item:focus .row-name")).to_have_text(name)
    page.keyboard.press("/")
    expect(page.locator("#finder")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#finder")).not_to_be_focused()
    page.locator(".person summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".person .menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".person .menu")).to_be_hidden()
    expect(page.locator(".person summary")).to_be_focused()
