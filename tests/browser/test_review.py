"""A clerk's registration through town and county: sent back, corrected, approved, on the map; many at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from tests.browser.desks import Desks
from tests.browser.forms import save, type_position, word
from tests.browser.test_registering import begin, centre_of

TOWN_VILLAGE = "固关街村"


def in_books(engine: Engine, name: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(
            text("SELECT id, specification, created_by FROM asset WHERE name = :name"), {"name": name}
        ).one_or_none()


def approve(page: Page, language: str) -> None:
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.locator("#decide").get_by_role("button", name=word("Approve", language), exact=True).click()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_registration_is_sent_back_corrected_and_approved_by_town_and_county(
    desks: Desks, county_engine: Engine, language: str
) -> None:
    name = {"zh": "乡村议事长廊", "en": "河湾观景平台"}[language]
    lon, lat = centre_of(county_engine, TOWN_VILLAGE)
    clerk = desks.open("guguan", language=language)
    begin(clerk, name, language)
    type_position(clerk, f"{lon:.6f}, {lat:.6f}")
    expect(clerk.locator("[name=region_id-words]")).to_have_value(re.compile(TOWN_VILLAGE))
    save(clerk)
    expect(clerk.locator(".flash-record")).to_contain_text(name)
    address = re.sub(r"^https?://[^/]+", "", clerk.url)
    assert address.startswith("/review/")
    expect(clerk.locator(".review-stages .current")).to_contain_text(word("Town review", language))
    assert in_books(county_engine, name) is None

    town = desks.open("guguan_approver", "/review/", language=language)
    expect(town.locator(".rail-count")).to_be_visible()
    town.get_by_role("link", name=name).click()
    expect(town.locator("#changes")).to_contain_text(name)
    town.locator("#decide").get_by_role("link", name=word("Send back", language)).click()
    town.locator("[name=reason]").fill("请补充规格")
    save(town)
    expect(town.locator("#decisions")).to_contain_text("请补充规格")

    clerk.goto(address)
    expect(clerk.locator("#decisions")).to_contain_text("请补充规格")
    clerk.get_by_role("link", name=word("Correct and submit again", language)).click()
    expect(clerk.locator("[name=name]")).to_have_value(name)
    expect(clerk.locator("[data-place=geom] [data-text]")).to_have_value(re.compile(r"10\d\.\d+"))
    clerk.locator("[name=specification]").fill("钢筋混凝土，跨径8米")
    save(clerk)
    again = re.sub(r"^https?://[^/]+", "", clerk.url)
    assert again.startswith("/review/")
    assert again != address
    expect(clerk.locator("#changes")).to_contain_text("跨径8米")

    town.goto(again)
    approve(town, language)
    expect(town.locator(".review-stages .current")).to_contain_text(word("County decision", language))
    assert in_books(county_engine, name) is None
    county = desks.open("approver", again, language=language)
    approve(county, language)
    expect(county.locator(".record-badge")).to_have_text(word("Passed", language))
    made = in_books(county_engine, name)
    assert made.specification == "钢筋混凝土，跨径8米"
    found = county.request.get(f"/map/feature/assets/{made.id}")
    assert found.ok
    assert name in found.text()


def test_many_are_looked_at_on_one_page_and_approved_together(desks: Desks, county_engine: Engine) -> None:
    page = desks.open("approver", "/review/?proposal_kind=project")
    rows = page.locator("tbody tr")
    before = rows.count()
    assert before >= 2
    for number in (0, 1):
        rows.nth(number).locator("input[name=ids]").check()
    names = [rows.nth(number).locator("th").inner_text() for number in (0, 1)]
    with page.expect_navigation():
        page.locator("#selection").get_by_role("button", name="通过审核").click()
    expect(page.locator("[name=chosen]")).to_have_count(2)
    for name in names:
        expect(page.locator("main")).to_contain_text(name)
    with page.expect_navigation():
        page.get_by_role("button", name="全部通过").click()
    expect(page.locator(".flash-saved")).to_contain_text("2")
    page.goto("/review/?proposal_kind=project")
    expect(page.locator("tbody tr")).to_have_count(before - 2)
    with county_engine.connect() as connection:
        told = connection.scalar(text("SELECT count(*) FROM audit_entry WHERE action = 'review.approve_many'"))
    assert told == 1
