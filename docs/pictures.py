"""Make the pictures of the README again from a running server with the demonstration county.

One command, once ``bin/run`` serves the county: ``.venv/bin/python docs/pictures.py http://127.0.0.1:8000``
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

FOLDER = Path(__file__).resolve().parent / "images"
LARGEST = 300_000
OFFICE_PC = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
FLAGS = ["--no-sandbox", "--enable-unsafe-swiftshader", "--disable-background-networking"]


def main(address: str) -> None:
    """Make all pictures."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        desk = _Desk(browser, address)
        planner = desk.of("planner")
        planner.goto("/")
        _drawn(planner)
        _keep(planner, "map")
        planner.goto("/map/?layers=assets,villages,regions,roads&status=overdue&list=assets&sort=value")
        _drawn(planner)
        planner.locator(".row-item").first.click()
        expect(planner.locator("#drawer-title")).to_be_visible()
        _drawn(planner)
        _keep(planner, "drawer")
        planner.goto("/registry/?status=overdue&sort=-value")
        _keep(planner, "list")
        planner.goto("/registry/?class=earning&sort=-value")
        planner.locator("tbody th a").first.click()
        planner.locator(".locator, .record-side svg").first.wait_for()
        _keep(planner, "asset")
        planner.goto(planner.url.split("?")[0] + "/card")
        planner.set_viewport_size({"width": 1366, "height": 1080})
        _keep(planner, "card")
        planner.set_viewport_size(OFFICE_PC)
        planner.goto("/projects/targets?year=2024")
        _keep(planner, "targets")
        clerk = desk.of("badu")
        _fill_in_wrongly(clerk)
        _keep(clerk, "form")
        _bring_a_ledger(clerk)
        _keep(clerk, "imports")
        planner.goto("/maintenance/")
        _picture(planner)
        _keep(planner, "status")
        english = desk.of("planner", language="en")
        english.goto("/map/?preset=planner")
        _drawn(english)
        _keep(english, "map-en")
        leader = desk.of("leader")
        leader.goto("/")
        _picture(leader)
        _keep(leader, "leader")
        approver = desk.of("approver")
        approver.goto("/review/")
        approver.locator("tbody th a").first.click()
        approver.locator(".review-stages").wait_for()
        _keep(approver, "review")
        administrator = desk.of("admin")
        administrator.goto("/accounts/who")
        _keep(administrator, "who")
        caretaker = desk.of("dali", viewport=PHONE)
        caretaker.goto("/")
        _keep(caretaker, "caretaker")
        browser.close()


class _Desk:
    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address

    def of(self, name: str, language: str = "zh", viewport: dict[str, int] = OFFICE_PC) -> Page:
        locale = {"zh": "zh-CN", "en": "en-GB"}[language]
        context = self.browser.new_context(base_url=self.address, viewport=viewport, locale=locale)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto("/login?next=/healthz")
        page.fill("[name=username]", name)
        page.fill("[name=password]", f"xiangtu-{name}")
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/healthz")
        page.goto(f"/language/{language}?next=/healthz")
        return page


def _fill_in_wrongly(page: Page) -> None:
    page.goto("/registry/new")
    page.fill("[name=name]", "大力村50立方米蓄水池(三组)")
    page.fill("[name=built_on]", "2027-3-5")
    page.fill("[name=original_value_yuan]", "12.5")
    page.fill("[name=geom]", "34.73, 106.87")
    page.locator(".save-bar button[type=submit]").click()
    expect(page.locator(".notice[role=alert]")).to_be_visible()


def _bring_a_ledger(page: Page) -> None:
    """A ledger as it comes, with a title above its headings."""
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["八渡镇2024年度帮扶项目资产台账"])
    headings = ("资产名称", "乡镇", "行政村", "资产类别", "资产类型", "数量", "单位", "原值(万元)", "建成日期")
    sheet.append([*headings, "经度", "纬度", "坐标系"])
    for number in range(1, 25):
        village = ("大力村", "大力村", "大利村")[number % 3] if number < 16 else "大力村"
        built = "2024年2月30日" if number == 5 else f"2024.{number % 9 + 1}.{number}"
        value = 356000 if number == 9 else round(3 + number * 0.7, 2)
        place = (106.738 + number % 6 * 0.0031, 34.729 + number % 5 * 0.0043)
        row = (f"{number}组太阳能路灯", "八渡镇", village, "公益性", "太阳能路灯", number, "盏", value, built)
        sheet.append([*row, *(reversed(place) if number == 12 else place), "CGCS2000"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "八渡镇资产台账.xlsx"
        book.save(path)
        page.goto("/imports/")
        page.set_input_files("#bring-file", path)
        page.locator("form button[type=submit]:visible", has_text="检查").click()
    page.locator(".verdict-tabs").wait_for(timeout=60_000)
    page.locator("#import-map[data-complete=true]").wait_for()
    page.wait_for_load_state("networkidle")


def _drawn(page: Page) -> None:
    page.locator("#map[data-complete=true]").wait_for()
    expect(page.locator(".layer-count:not(:empty)").first).to_be_visible()
    page.locator(".rows.waiting, .dock-body.waiting").wait_for(state="detached")
    page.mouse.move(683, 4)


def _picture(page: Page) -> None:
    expect(page.locator("#picture-legend li").first).to_be_visible()
    page.wait_for_load_state("networkidle")


def _keep(page: Page, name: str) -> None:
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    path = FOLDER / f"{name}.png"
    picture.convert("RGB").save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        picture.convert("RGB").quantize(256, kmeans=3, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
