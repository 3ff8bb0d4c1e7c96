"""Registering, correcting, undoing and withdrawing an asset, as clerks and planners do it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from spatial.datums import Datum, to_storage_datum
from tests.browser.desks import Desks
from tests.browser.forms import choose, draw_point, entry, find, save, told, type_position, word


def begin(page: Page, name: str, language: str = "zh") -> None:
    """The entries every asset needs, but for its place."""
    page.goto("/registry/new")
    expect(page.locator("h1")).to_have_text(word("Register an asset", language))
    page.locator("[name=name]").fill(name)
    choose(page, "asset_class", "public")
    page.locator("[name=built_on]").fill("2025-10-8")
    choose(page, "operating_status", "operating")
    page.locator("[name=original_value_yuan]").fill("12.5万")
    choose(page, "fund_source", "central")


def row(engine: Engine, name: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(
            text(
                "SELECT a.id, a.code, r.short_name AS village, a.source_datum,"
                " ST_X(a.geom) AS lon, ST_Y(a.geom) AS lat,"
                " (SELECT sum(amount_yuan) FROM value_event v WHERE v.asset_id = a.id) AS value_yuan"
                " FROM asset a JOIN region r ON r.id = a.region_id WHERE a.name = :name"
            ),
            {"name": name},
        ).one_or_none()


def centre_of(engine: Engine, village: str) -> tuple[float, float]:
    with engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_PointOnSurface(shape) AS p FROM region"
                " WHERE short_name = :village AND level = 'village') AS r"
            ),
            {"village": village},
        ).one()
    return float(found[0]), float(found[1])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_clerk_registers_an_asset_by_drawing_and_its_village_follows(
    desks: Desks, county_engine: Engine, language: str
) -> None:
    name = {"zh": "八渡镇蓄水池试登", "en": "河边休息亭"}[language]
    page = desks.open("badu", language=language)
    begin(page, name, language)
    draw_point(page, right=0 if language == "zh" else 60)
    expect(page.locator("[data-place=geom] [data-text]")).to_have_value(re.compile(r"10\d\.\d+"))
    village = page.locator("[name=region_id-words]").input_value()
    assert village.startswith("八渡镇")
    save(page)
    assert told(page) == []
    expect(page.locator("h1")).to_contain_text(name)
    expect(page.locator("main")).to_contain_text("12.50")
    made = row(county_engine, name)
    assert village.endswith(made.village)
    assert made.value_yuan == 125_000
    page.goto(f"/registry/?q={made.code}")
    expect(page.locator("tbody tr")).to_have_count(1)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_withdrawing_can_be_undone(desks: Desks, county_engine: Engine, language: str) -> None:
    name = {"zh": "大力村凉亭误撤", "en": "大力村戏台误撤"}[language]
    page = desks.open("badu", language=language)
    begin(page, name, language)
    find(page, "region_id", "dlc", "大力村")
    save(page)
    made = row(county_engine, name)
    page.goto(f"/registry/{made.id}/retire")
    page.locator("[name=on]").fill("2026-11-22")
    page.locator("[name=reason]").fill("试登记，撤下")
    save(page)
    page.locator(".flash-record button", has_text=word("Undo", language)).click()
    page.wait_for_load_state("domcontentloaded")
    page.goto(f"/registry/?q={made.code}")
    expect(page.locator("tbody tr")).to_have_count(1)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_was_just_registered_can_be_undone(desks: Desks, county_engine: Engine, language: str) -> None:
    name = {"zh": "大力村涝池撤销", "en": "大力村水窖撤销"}[language]
    page = desks.open("badu", language=language)
    begin(page, name, language)
    find(page, "region_id", "dalicun", "大力村")
    save(page)
    assert row(county_engine, name) is not None
    page.locator(".flash-record button", has_text=word("Undo", language)).click()
    page.wait_for_load_state("domcontentloaded")
    assert row(county_engine, name) is None
    expect(page.locator(".flash")).to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_clerk_types_a_telephone_s_coordinates_and_the_place_follows(
    desks: Desks, county_engine: Engine, language: str
) -> None:
    name = {"zh": "村口路灯", "en": "山脚排洪渠"}[language]
    lon, lat = centre_of(county_engine, {"zh": "大力村", "en": "桃园村"}[language])
    page = desks.open("badu", language=language)
    begin(page, name, language)
    type_position(page, f"{lon:.6f}, {lat:.6f}", "gcj02")
    expect(page.locator("[data-said]")).to_contain_text("八渡镇")
    save(page)
    assert told(page) == []
    made = row(county_engine, name)
    x, y = to_storage_datum([round(lon, 6)], [round(lat, 6)], Datum.GCJ02)
    assert abs(made.lon - float(x[0])) < 1e-6
    assert abs(made.lat - float(y[0])) < 1e-6
    assert made.source_datum == "gcj02"
    assert abs(made.lon - lon) > 0.001


def test_a_position_outside_the_chosen_village_is_shown_before_saving(desks: Desks, county_engine: Engine) -> None:
    desks.expect(r"^400 .*/registry/new")
    lon, lat = centre_of(county_engine, "桃园村")
    page = desks.open("badu")
    begin(page, "错位的水池")
    find(page, "region_id", "dlc", "大力村")
    type_position(page, f"{lon:.6f}, {lat:.6f}")
    expect(page.locator("[data-said]")).to_contain_text("桃园村")
    save(page)
    assert any("大力村" in line and "桃园村" in line for line in told(page))
    assert page.locator("[name=name]").input_value() == "错位的水池"
    entry(page, "geom").locator("input[value=take]").check()
    save(page)
    made = row(county_engine, "错位的水池")
    assert made.village == "桃园村"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_editors_of_one_asset_lose_nothing(desks: Desks, county_engine: Engine, language: str) -> None:
    desks.expect(r"^409 .*/correct")
    with county_engine.connect() as connection:
        asset_id, name = connection.execute(
            text(
                "SELECT a.id, a.name FROM asset a JOIN region r ON r.id = a.region_id WHERE r.short_name = '大力村'"
                " AND a.class = 'public' AND a.operating_status = 'operating' AND a.disposed_on IS NULL"
                " AND a.review_status = 'approved' ORDER BY a.id OFFSET :skip LIMIT 1"
            ),
            {"skip": 0 if language == "zh" else 1},
        ).one()
    first = desks.open("planner", f"/registry/{asset_id}/correct", language=language)
    second = desks.open("badu", f"/registry/{asset_id}/correct", language=language)
    first.locator("[name=specification]").fill("钢筋混凝土，容积100立方米")
    first.locator("[name=reason]").fill("按验收单补充规格")
    save(first)
    expect(first.locator("h1")).to_contain_text(name)
    second.locator("[name=specification]").fill("浆砌石")
    second.locator("[name=source]").fill("八确〔2026〕8号")
    second.locator("[name=reason]").fill("注明数据来源")
    save(second)
    conflict = second.locator(".conflict")
    expect(conflict).to_contain_text("钢筋混凝土，容积100立方米")
    expect(conflict).to_contain_text("浆砌石")
    assert second.locator("[name=source]").input_value() == "八确〔2026〕8号"
    conflict.locator("input[name=take-specification][value=theirs]").check()
    save(second)
    with county_engine.connect() as connection:
        kept = connection.execute(
            text("SELECT specification, source FROM asset WHERE id = :id"), {"id": asset_id}
        ).one()
    assert tuple(kept) == ("钢筋混凝土，容积100立方米", "八确〔2026〕8号")
    second.goto(f"/registry/{asset_id}/history")
    expect(second.locator("main")).to_contain_text("按验收单补充规格")
    expect(second.locator("main")).to_contain_text("八确〔2026〕8号")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_asset_withdrawn_is_there_on_days_before_and_not_after(
    desks: Desks, county_engine: Engine, language: str
) -> None:
    name = {"zh": "大力村重复登记的亭子", "en": "大力村登错的泵房"}[language]
    page = desks.open("badu", language=language)
    begin(page, name, language)
    find(page, "region_id", "dlc", "大力村")
    save(page)
    made = row(county_engine, name)
    page.goto(f"/registry/{made.id}/retire")
    page.locator("[name=on]").fill("2026-11-20")
    page.locator("[name=reason]").fill("与另一条重复")
    save(page)
    page.goto(f"/registry/?q={made.code}")
    expect(page.locator("tbody tr")).to_have_count(0)
    page.goto(f"/registry/?q={made.code}&on=2026-11-01")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto(f"/registry/{made.id}")
    expect(page.locator("main")).to_contain_text("与另一条重复")
    desks.expect(rf"^409 .*/registry/{made.id}/correct")
    page.goto(f"/registry/{made.id}/correct")
    expect(page.locator("main")).to_contain_text("与另一条重复")


def test_the_neighbouring_town_s_clerk_can_neither_open_nor_correct_it(desks: Desks, county_engine: Engine) -> None:
    desks.expect(r"^404 ")
    with county_engine.connect() as connection:
        asset_id = connection.scalar(
            text(
                "SELECT a.id FROM asset a JOIN region r ON r.id = a.region_id"
                " WHERE r.short_name = '大力村' ORDER BY a.id LIMIT 1"
            )
        )
    page = desks.open("guguan", "/healthz")
    for path in ("", "/correct", "/retire", "/history", "/card"):
        answer = page.goto(f"/registry/{asset_id}{path}")
        assert answer is not None
        assert answer.status == 404, path


CROSSING = "POLYGON((106.86 34.73, 106.87 34.74, 106.87 34.73, 106.86 34.74, 106.86 34.73))"
WRONG = (
    {
        "name": " ",
        "built_on": "2027-01-01",
        "original_value_yuan": "-5",
        "useful_life_years": "0",
        "geom": "10.5, 3.2",
    },
    {"built_on": "2011-12-31", "original_value_yuan": "99999亿", "geom": "34.73, 106.87"},
    {"built_on": "2025-2-29", "original_value_yuan": "十几万", "geom": CROSSING},
    {"built_on": "昨天", "geom": "在村委会旁边"},
    # Twelve yuan and a half: most likely meant in 万元.
    {"original_value_yuan": "12.5"},
)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_wrong_is_said_on_top_and_beside_its_field(desks: Desks, language: str) -> None:
    desks.expect(r"^400 .*/registry/new")
    desks.expect(r"^400 .*/positions/read.json")
    page = desks.open("badu", language=language)
    begin(page, "大力村试填", language)
    find(page, "region_id", "dlc", "大力村")
    for wrong in WRONG:
        for name, value in wrong.items():
            page.locator(f"[name={name}]").fill(value)
        save(page)
        assert len(told(page)) == len(wrong), wrong
        for name, value in wrong.items():
            expect(entry(page, name).locator(".told"), name).to_be_visible()
            assert page.locator(f"[name={name}]").input_value().strip() == value.strip(), name
        page.locator(".notice[role=alert] li a").first.click()
        # A link of the summary leads into its field.
        focused = page.evaluate("document.activeElement.closest('[data-entry]')?.dataset.entry")
        assert focused in wrong
        for name, right in (("name", "大力村试填"), ("built_on", ""), ("useful_life_years", ""), ("geom", "")):
            page.locator(f"[name={name}]").fill(right)
        page.locator("[name=original_value_yuan]").fill("12.5万")


def test_the_same_form_sent_twice_registers_once(desks: Desks, county_engine: Engine) -> None:
    page = desks.open("badu")
    begin(page, "大力村两次提交的公厕")
    find(page, "region_id", "dlc", "大力村")
    sent = page.evaluate(
        """async () => {
          const form = document.querySelector(".save-bar").closest("form");
          const body = () => fetch(form.action, { method: "POST", body: new FormData(form), redirect: "follow" });
          const answers = await Promise.all([body(), body()]);
          return answers.map((answer) => [answer.status, answer.url]);
        }"""
    )
    assert [status for status, _ in sent] == [200, 200]
    assert sent[0][1] == sent[1][1]
    assert row(county_engine, "大力村两次提交的公厕") is not None


def test_a_draft_survives_a_closed_page(desks: Desks) -> None:
    page = desks.open("badu", "/registry/new")
    page.locator("[name=name]").fill("没来得及保存的水窖")
    page.wait_for_timeout(900)
    page.goto("/registry/")
    page.goto("/registry/new")
    page.locator("[data-draft] button, .draft button").first.click()
    expect(page.locator("[name=name]")).to_have_value("没来得及保存的水窖")
