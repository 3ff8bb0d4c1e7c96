"""What each role sees first, in Chinese and in English, and that nothing there is in the other language."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from tests.browser.desks import PHONE, Desks, when_drawn
from tests.browser.words import catalogue, foreign_words, names_in

IN_BADU = """SELECT a.id FROM asset a JOIN region r ON r.id = a.region_id
    JOIN region town ON starts_with(r.region_path, town.region_path)
    WHERE town.short_name = '八渡镇' AND town.level = 'town' AND a.disposed_on IS NULL"""
LANGUAGES = ("zh", "en")
both = pytest.mark.parametrize("language", LANGUAGES)


def word(language: str, english: str) -> str:
    """An interface word as a page in ``language`` shows it."""
    return english if language == "en" else catalogue()[english]


def assert_one_language(page: Page, language: str, engine: Engine) -> None:
    assert page.locator("html").get_attribute("lang") == ("en" if language == "en" else "zh-CN")
    assert foreign_words(page, language, names_in(engine)) == []


@both
def test_the_planner_sees_this_years_projects_by_stage_and_what_waits(
    desks: Desks, county_engine: Engine, language: str
) -> None:
    page = desks.open("planner", "/", language=language)
    when_drawn(page)
    expect(page.locator(".chosen-chip")).to_have_text(re.compile("2026"))
    for layer, is_on in {"projects": True, "keys": True, "sites": True, "villages": True, "assets": False}.items():
        assert page.locator(f"#layer-{layer}").is_checked() is is_on, layer
    pills = page.locator("#strip .strip-pill")
    expect(pills).to_have_count(6)
    counts = [int(count.replace(",", "")) for count in pills.locator("strong").all_inner_texts()]
    assert all(count > 0 for count in counts)
    expect(page.locator("#strip")).to_contain_text(word(language, "Behind schedule"))
    stages = page.locator("section.layer", has=page.locator("#layer-projects")).locator(".legend-name")
    expect(stages.filter(has_text=word(language, "Finished"))).to_be_visible()
    assert_one_language(page, language, county_engine)


@both
def test_the_leader_sees_towns_coloured_and_ranked_and_makes_the_circular(
    desks: Desks, county_engine: Engine, language: str
) -> None:
    page = desks.open("leader", "/", language=language)
    expect(page.locator(".six > li")).to_have_count(6)
    rows = page.locator(".ranking tbody tr")
    expect(rows).to_have_count(10)
    expect(page.locator("#picture-legend li").first).to_be_visible()
    shares = [float(share.rstrip(" %")) for share in page.locator(".ranking td.value").all_inner_texts()]
    assert shares == sorted(shares)
    assert_one_language(page, language, county_engine)
    page.get_by_role("link", name=word(language, "Make the circular")).click()
    circular = page.locator("article.circular")
    expect(circular.locator("tbody tr")).to_have_count(10)
    expect(circular).to_contain_text("2026-11-22")
    assert_one_language(page, language, county_engine)


@both
def test_the_clerk_sees_the_own_town_by_missing_field_and_four_lists(
    desks: Desks, county_engine: Engine, language: str
) -> None:
    page = desks.open("badu", "/", language=language)
    expect(page.locator("h1")).to_contain_text("八渡镇")
    expect(page.locator("main")).to_contain_text(word(language, "Missing fields"))
    cards = page.locator(".gap-card")
    expect(cards).to_have_count(6)
    with county_engine.connect() as connection:
        assets = connection.scalar(text(f"SELECT count(*) FROM ({IN_BADU}) AS here"))
    expect(page.locator(".page-subtitle")).to_contain_text(str(assets))
    expect(page.locator(".worklist h2")).to_have_text(
        [
            re.compile("^" + word(language, title))
            for title in ("Returned", "No exact position", "No duty", "Due this week")
        ]
    )
    assert page.locator("#map").count() == 0
    assert_one_language(page, language, county_engine)


@both
def test_the_caretaker_sees_large_cards_and_no_map(desks: Desks, county_engine: Engine, language: str) -> None:
    page = desks.open("dali", "/", language=language, viewport=PHONE, has_touch=True)
    cards = page.locator(".duties > li:visible")
    assert cards.count() >= 5
    assert page.locator("canvas, #map, #picture").count() == 0
    button = cards.first.get_by_role("button", name=word(language, "All well"))
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["width"] >= 120
    assert_one_language(page, language, county_engine)


@both
def test_the_department_sees_its_own_sector_of_the_whole_county(
    desks: Desks, county_engine: Engine, language: str
) -> None:
    page = desks.open("water", "/", language=language)
    expect(page.locator(".ranking tbody tr")).to_have_count(10)
    with county_engine.connect() as connection:
        own = connection.scalar(text("SELECT count(*) FROM asset WHERE sector = 'water' AND disposed_on IS NULL"))
    expect(page.locator(".page-subtitle")).to_contain_text(str(own))
    expect(page.locator(".worklist")).to_have_count(2)
    assert_one_language(page, language, county_engine)


@both
def test_the_auditor_sees_a_sample_and_the_gaps_in_the_papers(
    desks: Desks, county_engine: Engine, language: str
) -> None:
    page = desks.open("auditor", "/", language=language)
    expect(page.locator(".gap-card")).to_have_count(6)
    sample = page.get_by_role("region", name=word(language, "Today's sample"))
    names = sample.locator(".worklist-name").all_inner_texts()
    assert len(names) >= 5
    assert_one_language(page, language, county_engine)
    page.reload()
    assert sample.locator(".worklist-name").all_inner_texts() == names


def test_a_double_tap_records_one_inspection(desks: Desks, county_engine: Engine) -> None:
    page = desks.open("dali", "/", viewport=PHONE, has_touch=True)
    card = page.locator(".duties > li:visible").first
    asset = int(card.get_attribute("id").removeprefix("duty-"))  # type: ignore[union-attr]
    before = inspections(county_engine, asset)
    card.get_by_role("button", name="一切正常").dblclick(no_wait_after=True)
    expect(page.locator(".flash")).to_have_text(re.compile("^已记录：.*一切正常。$"))
    assert inspections(county_engine, asset) == before + 1
    expect(page.locator(f"#duty-{asset}")).to_have_class(re.compile("duty-done"))
    page.locator(".undo button").click()
    expect(page.locator(".undo")).to_have_count(0)
    assert inspections(county_engine, asset) == before


def inspections(engine: Engine, asset: int) -> int:
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT count(*) FROM inspection WHERE asset_id = :asset"), {"asset": asset})
    return int(found or 0)
