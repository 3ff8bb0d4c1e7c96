"""Filling in the forms of records as a person does."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.words import catalogue


def word(english: str, language: str, **values: Any) -> str:
    """What the interface calls it."""
    said = english if language == "en" else catalogue()[english]
    return said % values if values else said


def entry(page: Page, name: str) -> Locator:
    """The field of this name, with its label and what is wrong with it."""
    return page.locator(f"[data-entry={name}]")


def find(page: Page, name: str, words: str, answer: str) -> None:
    """Choose what a name, code or pinyin finds."""
    box = entry(page, name)
    box.locator("[data-words]").fill(words)
    box.locator("[role=option]", has_text=answer).first.click()


def choose(page: Page, name: str, code: str) -> None:
    """Choose one word of a list, whether it is drawn as buttons or as a menu."""
    box = entry(page, name)
    if box.locator("select").count():
        box.locator("select").select_option(code)
    else:
        box.locator(f".chip:has(input[value={code}])").click()


def save(page: Page) -> None:
    """Press the button at the bottom of the form."""
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.locator(".save-bar button[type=submit]").click()


def type_position(page: Page, text: str, datum: str = "cgcs2000") -> None:
    """Type coordinates and say what they were recorded in."""
    place = page.locator("[data-place=geom]")
    if datum != "cgcs2000":
        place.locator("[data-datum]").select_option(datum)
    place.locator("[data-text]").fill(text)
    place.locator("[data-text]").blur()


def canvas(page: Page) -> Locator:
    """The map of the form, once it can be drawn on."""
    drawn = page.locator(".place-canvas canvas.maplibregl-canvas")
    expect(drawn).to_be_visible()
    return drawn


def draw_point(page: Page, *, right: int = 0) -> None:
    """Click with the point tool into the middle of the map, or that many pixels to the right of it."""
    page.locator("[data-tool=point]").click()
    box = canvas(page).bounding_box()
    assert box is not None
    canvas(page).click(position={"x": box["width"] / 2 + right, "y": box["height"] / 2})
    expect(page.locator("[data-said] p, [data-said] div").first).to_be_visible()


def told(page: Page) -> list[str]:
    """What the summary on top says is wrong."""
    return [text.strip() for text in page.locator(".notice[role=alert] li").all_inner_texts()]
