"""Filling in a record form in a browser: drawing, typing, drafts, two editors."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.desks import Desks

NEW = "/places/facilities/new"
DRAWABLE = "[data-canvas][data-complete=true]"


def fill(page: Page, name: str) -> None:
    """What every facility needs but its place."""
    page.fill("#name", name)
    page.select_option("#type", index=1)


def click_on_map(page: Page, *places: tuple[int, int]) -> None:
    canvas = page.locator("[data-canvas] canvas").first
    canvas.evaluate("canvas => canvas.scrollIntoView({ block: 'center', behavior: 'instant' })")
    box = canvas.bounding_box()
    assert box is not None
    for x, y in places:
        page.mouse.click(box["x"] + x, box["y"] + y)


def test_a_clerk_draws_a_point_and_its_village_follows(desks: Desks) -> None:
    page = desks.open("badu", NEW)
    page.locator(DRAWABLE).wait_for()
    fill(page, "手绘文化广场")
    page.click("[data-tool=point]")
    click_on_map(page, (200, 160))
    expect(page.locator("[data-text]")).to_have_value(re.compile(r"^106\.\d+, 34\.\d+$"))
    expect(page.locator("#region_id")).to_have_value(re.compile("^八渡镇 › .+村$"))
    page.keyboard.press("Control+Enter")
    expect(page.locator(".flash-record")).to_contain_text("“手绘文化广场”已登记")
    page.click(".flash-record button")
    expect(page.locator(".flash")).to_contain_text("已撤销")


def test_typed_phone_coordinates_are_moved_and_a_contradiction_is_shown_before_saving(desks: Desks) -> None:
    page = desks.open("badu", NEW)
    page.locator(DRAWABLE).wait_for()
    page.fill("#region_id", "dali")
    page.locator("#region_id-list li").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.locator("#region_id")).to_have_value("八渡镇 › 大力村")
    page.fill("[data-text]", "106.70, 34.71")
    page.select_option("[data-datum]", "gcj02")
    expect(page.locator("[data-said]")).to_contain_text("位置不在八渡镇 › 大力村范围内")
    page.click("text=按位置确定所在地")
    expect(page.locator("#region_id")).to_have_value(re.compile("^八渡镇 › (?!大力村)"))
    page.fill("[data-text]", "34.71, 106.70")
    page.click("text=交换经度和纬度")
    expect(page.locator("[data-text]")).to_have_value("106.7, 34.71")
    expect(page.locator("[data-datum]")).to_have_value("cgcs2000")


def test_what_was_typed_comes_back_after_the_page_was_lost(desks: Desks) -> None:
    page = desks.open("guguan", NEW)
    page.fill("#name", "没有存上的卫生室")
    page.wait_for_timeout(600)
    page.goto("/places/facilities/")
    page.goto(NEW)
    page.click("[data-draft] button >> text=恢复")
    expect(page.locator("#name")).to_have_value("没有存上的卫生室")
    page.context.set_offline(True)
    desks.expect("ERR_INTERNET_DISCONNECTED")
    page.click("button[type=submit] >> text=保存")
    expect(page.locator("[data-note]")).to_contain_text("网络不通")
    page.context.set_offline(False)
    page.click(".person summary")
    page.click(".person button[type=submit]")
    desks.forget("guguan")
    page.wait_for_url("**/login")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))") == []


def test_the_second_of_two_editors_chooses_field_by_field(desks: Desks) -> None:
    desks.expect(r"^409 .*/correct")
    page = desks.open("badu", NEW)
    fill(page, "两人同改的卫生室")
    page.fill("#region_id", "大力村")
    page.locator("#region_id-list li").first.wait_for()
    page.keyboard.press("Enter")
    page.click("button[type=submit] >> text=保存")
    page.locator(".flash-record").wait_for()
    address = page.url
    other = desks.open("planner", f"{address}/correct")
    page.goto(f"{address}/correct")
    other.fill("#name", "规划员改的名")
    other.fill("#staff", "4")
    other.fill("#reason", "核对")
    other.click("button[type=submit] >> text=保存")
    other.locator(".flash-record").wait_for()
    page.fill("#name", "专干改的名")
    page.fill("#capacity", "12")
    page.fill("#reason", "补充")
    page.click("button[type=submit] >> text=保存")
    expect(page.locator(".conflict")).to_contain_text("规划员改的名")
    expect(page.locator("[name=take-name][value=yours]")).to_be_checked()
    expect(page.locator("[name=take-staff][value=theirs]")).to_be_checked()
    page.check("[name=take-name][value=theirs]")
    page.click("button[type=submit] >> text=保存")
    expect(page.locator("h1")).to_contain_text("规划员改的名")
    expect(page.locator(".facts")).to_contain_text("12")


def test_a_refused_form_leads_to_its_fields_by_keyboard(desks: Desks) -> None:
    desks.expect(rf"^400 .*{NEW}")
    page = desks.open("badu", NEW, language="en")
    page.click("button[type=submit] >> text=Save")
    summary = page.locator(".form-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Please fill this in.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_be_focused()
