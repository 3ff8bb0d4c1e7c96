"""What the registry refuses of rights, holders, steps and money, said beside the field in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from tests.browser.desks import Desks
from tests.browser.forms import choose, entry, find, save, told

LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


def one(engine: Engine, query: str, **values: object) -> int:
    """A number the county's tables give."""
    with engine.connect() as connection:
        return int(connection.execute(text(query), values).scalar_one())


@pytest.fixture
def asset_id(county_engine: Engine) -> int:
    """An asset of 大力村 without an owner, not certified, built in 2014 or later."""
    return one(
        county_engine,
        "SELECT a.id FROM asset a JOIN region r ON r.id = a.region_id WHERE r.short_name = '大力村'"
        " AND a.class = 'public' AND a.operating_status = 'operating' AND a.disposed_on IS NULL"
        " AND a.certified_on IS NULL AND a.built_on > '2014-01-01' ORDER BY a.id LIMIT 1",
    )


def refused(page: Page, field: str, *words: str) -> None:
    """The form came back with these words beside the field and on top."""
    save(page)
    assert told(page)
    beside = entry(page, field).locator(".told")
    for word in words:
        expect(beside).to_contain_text(word)


@LANGUAGES
def test_a_right_cannot_start_before_its_asset_nor_be_a_rounded_share(
    desks: Desks, asset_id: int, language: str
) -> None:
    desks.expect(r"^4(00|09) .*/rights/new")
    page = desks.open("badu", f"/registry/{asset_id}/rights/new", language=language)
    choose(page, "kind", "ownership")
    find(page, "party_id", "大力村", "股份经济合作社")
    page.fill("[name=share]", "33.33%")
    page.fill("[name=valid_from]", "2013-01-01")
    page.fill("[name=document]", "八确〔2026〕1号")
    refused(page, "share", "1/3")
    page.fill("[name=share]", "1/3")
    refused(page, "valid_from", "20")
    page.fill("[name=share]", "5/3")
    refused(page, "share")
    assert page.locator("[name=document]").input_value() == "八确〔2026〕1号"


@LANGUAGES
def test_shares_that_nearly_make_the_whole_are_told_their_gap(desks: Desks, asset_id: int, language: str) -> None:
    desks.expect(r"^4(00|09) .*/rights/shares")
    page = desks.open("badu", f"/registry/{asset_id}/rights/shares?kind=ownership", language=language)
    page.fill("[name=valid_from]", "2026-11-01")
    page.fill("[name=document]", "八确〔2026〕2号")
    page.fill("[name=reason]", "按村民代表大会决议")
    for number, village in ((1, "大力村"), (2, "桃园村"), (3, "党家河村")):
        find(page, f"party_{number}", village, "股份经济合作社")
        page.fill(f"[name=share_{number}]", "33.33%")
    save(page)
    assert any("1/3" in line for line in told(page))
    for number, share in ((1, "9999/10000"), (2, ""), (3, "")):
        page.fill(f"[name=share_{number}]", share)
        if not share:
            page.locator(f"[data-entry=party_{number}] [data-words]").fill("")
    save(page)
    assert any("1/10000" in line or "0.01" in line for line in told(page)), told(page)


@LANGUAGES
def test_a_holder_under_another_spelling_is_asked_about(desks: Desks, language: str) -> None:
    desks.expect(r"^4(00|09) .*/parties/new")
    page = desks.open("planner", "/parties/new", language=language)
    page.fill("[name=name]", "陇县八渡镇大力村 股份经济合作社")
    choose(page, "type", "village_collective")
    find(page, "region_id", "大力村", "大力村")
    refused(page, "name", "大力村股份经济合作社")


@LANGUAGES
def test_no_step_is_leapt_over(desks: Desks, county_engine: Engine, language: str) -> None:
    desks.expect(r"^4(00|09) .*/projects/")
    project_id = one(
        county_engine,
        "SELECT id FROM project WHERE stage = 'library' AND kind = 'works' AND retired_on IS NULL ORDER BY id LIMIT 1",
    )
    page = desks.open("planner", f"/projects/{project_id}/steps/accepted", language=language)
    page.fill("[name=reached_on]", "2026-11-20")
    page.fill("[name=document]", "验收〔2026〕3号")
    save(page)
    assert told(page)
    assert page.locator("[name=document]").input_value() == "验收〔2026〕3号"
    assert (
        one(
            county_engine,
            "SELECT count(*) FROM project_stage WHERE project_id = :id AND stage = 'accepted'",
            id=project_id,
        )
        == 0
    )


@LANGUAGES
def test_nothing_is_paid_above_what_is_arranged_without_a_word(
    desks: Desks, county_engine: Engine, language: str
) -> None:
    desks.expect(r"^4(00|09) .*/funds/")
    line = one(
        county_engine,
        "SELECT a.id FROM allocation a JOIN payment p ON p.allocation_id = a.id JOIN project j ON j.id = a.project_id"
        " WHERE a.kind = 'arranged' AND j.year = 2026 GROUP BY a.id"
        " HAVING sum(p.paid_yuan) < max(a.arranged_yuan) ORDER BY a.id LIMIT 1",
    )
    page = desks.open("planner", f"/funds/allocations/{line}/pay", language=language)
    page.fill("[name=paid_on]", "2026-11-20")
    page.fill("[name=paid_yuan]", "9000万")
    page.fill("[name=voucher]", f"记字-{language}-1")
    page.fill("[name=payee]", "陇县某建筑公司")
    save(page)
    assert told(page)
    assert page.locator("[name=payee]").input_value() == "陇县某建筑公司"
    assert one(county_engine, "SELECT count(*) FROM payment WHERE voucher = :v", v=f"记字-{language}-1") == 0


@pytest.fixture
def merged(county_engine: Engine) -> Iterator[None]:
    """A village that was merged into 大力村 in 2020."""
    with county_engine.begin() as connection:
        old = connection.scalar(
            text(
                "INSERT INTO region (code, level, kind, name, short_name, parent_id, valid_from, valid_to)"
                " SELECT '610327102999', 'village', 'village', '小力村', '小力村', parent_id,"
                " '2000-01-01', '2020-01-01' FROM region WHERE short_name = '大力村' AND level = 'village' RETURNING id"
            )
        )
        connection.execute(
            text(
                "INSERT INTO region_successor (region_id, successor_id, kind, effective_on)"
                " SELECT :old, id, 'merged', '2020-01-01' FROM region WHERE short_name = '大力村' AND level = 'village'"
            ),
            {"old": old},
        )
    yield
    with county_engine.begin() as connection:
        connection.execute(text("DELETE FROM region_successor WHERE region_id = :old"), {"old": old})
        connection.execute(text("DELETE FROM region WHERE id = :old"), {"old": old})


@LANGUAGES
def test_nothing_is_registered_in_a_village_that_was_merged_away(desks: Desks, merged: None, language: str) -> None:
    desks.expect(r"^4(00|04|09) .*/registry/new")
    page = desks.open("badu", "/registry/new", language=language)
    page.fill("[name=name]", "小力村水窖")
    choose(page, "asset_class", "public")
    choose(page, "operating_status", "operating")
    box = entry(page, "region_id")
    box.locator("[data-words]").fill("小力村")
    # What it became is offered; whoever types on is told.
    expect(box.locator("[role=option]").first).to_contain_text("大力村")
    refused(page, "region_id", "大力村")


@LANGUAGES
def test_what_is_withdrawn_while_it_is_edited_gives_back_what_was_typed(
    desks: Desks, county_engine: Engine, language: str
) -> None:
    desks.expect(r"^409 .*/correct")
    asset_id = one(
        county_engine,
        "SELECT a.id FROM asset a JOIN region r ON r.id = a.region_id WHERE r.short_name = '大力村'"
        " AND a.class = 'public' AND a.operating_status = 'operating' AND a.retired_on IS NULL"
        " AND a.review_status = 'approved' AND a.built_on < '2020-01-01' ORDER BY a.id DESC LIMIT 1",
    )
    clerk = desks.open("badu", f"/registry/{asset_id}/correct", language=language)
    planner = desks.open("planner", f"/registry/{asset_id}/retire", language=language)
    clerk.fill("[name=specification]", "两层砖混，一百二十平方米")
    clerk.fill("[name=reason]", "补充规格")
    planner.fill("[name=on]", "2026-11-22")
    planner.fill("[name=reason]", "两处登记")
    save(planner)
    save(clerk)
    expect(clerk.locator("main")).to_contain_text("两处登记")
    expect(clerk.locator("main")).to_contain_text("两层砖混，一百二十平方米")


@LANGUAGES
def test_a_crossing_outline_is_explained_and_put_right_on_consent(desks: Desks, language: str) -> None:
    crossing = "POLYGON((106.86 34.73, 106.87 34.74, 106.87 34.73, 106.86 34.74, 106.86 34.73))"
    page = desks.open("badu", "/registry/new", language=language)
    page.locator("[data-canvas][data-complete=true]").wait_for()
    page.fill("[name=geom]", crossing)
    page.locator("[name=geom]").blur()
    expect(page.locator("[data-said] .bad").first).to_be_visible()
    page.locator("[data-said] button").first.click()
    expect(page.locator("[name=geom]")).not_to_have_value(crossing)
    expect(page.locator("[data-said] .bad")).to_have_count(0)
