"""A ledger all the way, as a clerk sees it: template, upload, preview on the map, mending, entering, taking back."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from app.runner.cluster import Cluster
from tests.browser.conftest import DAY
from tests.browser.desks import Desks
from tests.browser.forms import word
from tests.browser.test_registering import centre_of
from tests.browser.worker import working

VILLAGE, TOWN = "大力村", "八渡镇"
HEADINGS = ("资产名称", "乡镇", "村", "资产分类", "资产原值", "购建日期", "状态", "经度", "纬度", "坐标系")
PATIENCE_MS = 60_000


@pytest.fixture(scope="module", autouse=True)
def worker(county: Cluster, address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Somebody works on the jobs while these tests run."""
    assert address
    with working(county.runtime_url, DAY, tmp_path_factory.mktemp("worker")):
        yield


def ledger(folder: Path, engine: Engine, names: list[str], **cells: dict[int, Any]) -> Path:
    """A workbook with a title above its headings; ``cells`` by heading and place replace what is right."""
    lon, lat = centre_of(engine, VILLAGE)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "台账"
    sheet.append([f"{TOWN}帮扶项目资产台账"])
    sheet.append(list(HEADINGS))
    for place, name in enumerate(names):
        at = (round(lon + 0.0004 * place, 6), round(lat + 0.0003 * place, 6))
        row = dict(
            zip(
                HEADINGS,
                (name, TOWN, VILLAGE, "公益性", "45万", "2024-03-05", "运营正常", *at, "CGCS2000"),
                strict=True,
            )
        )
        row |= {heading: found[place] for heading, found in cells.items() if place in found}
        sheet.append([row[heading] for heading in HEADINGS])
    path = folder / "台账.xlsx"
    book.save(path)
    return path


def bring(page: Page, path: Path, language: str) -> str:
    """Bring a file and wait for its preview; the address of the ledger."""
    page.goto("/imports/")
    page.set_input_files("#bring-file", path)
    expect(page.locator("[data-chosen]")).to_contain_text(path.name)
    page.get_by_role("button", name=word("Bring it and check", language)).click()
    page.wait_for_url(re.compile(r"/imports/\d+$"), wait_until="commit")
    page.locator(".verdict-tabs, section.import-unreadable").wait_for(timeout=PATIENCE_MS)
    return page.url


def counted(page: Page, verdict: str, count: int) -> None:
    expect(page.locator(f".verdict-tab-{verdict} b")).to_have_text(str(count), timeout=PATIENCE_MS)


def assets_named(engine: Engine, pattern: str) -> int:
    with engine.connect() as connection:
        return int(
            connection.execute(text("SELECT count(*) FROM asset WHERE name LIKE :name"), {"name": pattern}).scalar_one()
        )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_ledger_from_the_template_to_the_register_and_back(
    desks: Desks, county_engine: Engine, tmp_path: Path, language: str
) -> None:
    mark = {"zh": "甲", "en": "乙"}[language]
    names = [f"{VILLAGE}{mark}字{number}号水窖" for number in "一二三四五六"]
    page = desks.open("badu", "/imports/", language=language)
    with page.expect_download() as saved:
        page.locator(".bring-kind a").first.click()
    template = load_workbook(io.BytesIO(Path(saved.value.path()).read_bytes()))
    texts = [str(cell.value) for sheet in template for cells in sheet.iter_rows(max_row=6) for cell in cells]
    assert any(word("Name", language) in each for each in texts)

    faults = {"村": {1: "大利村", 2: "大利村", 3: "大利村"}, "资产原值": {4: "很多"}}
    address = bring(page, ledger(tmp_path, county_engine, names, **faults), language)
    counted(page, "new", 2)
    counted(page, "rejected", 4)
    page.locator("#import-map[data-complete=true]").wait_for()
    commit = page.get_by_role("button", name=word("Enter them now", language))
    expect(commit).to_be_disabled()

    # One click mends three rows.
    page.locator(".problem a", has_text="3").first.click()
    page.locator(".value-answers .btn-take").first.click()
    expect(page.locator(".problem-values")).to_have_count(0, timeout=PATIENCE_MS)
    page.goto(address)
    counted(page, "rejected", 1)

    # One cell is typed anew where it stands.
    page.locator("td[data-field=original_value_yuan].cell-error .cell-text").click()
    page.fill(".cell-edit [name=answer]", "18万")
    page.press(".cell-edit [name=answer]", "Enter")
    counted(page, "rejected", 0)
    counted(page, "new", 6)

    # The list leads to the map and to everything about the row.
    page.locator("[data-row-card]").nth(4).click()
    expect(page.locator("#import-card")).to_contain_text(names[4])
    page.keyboard.press("Escape")
    expect(page.locator("#import-card")).to_be_empty()

    assert assets_named(county_engine, f"%{mark}字%水窖") == 0
    expect(page.locator(".commit-tells")).to_contain_text("6", timeout=PATIENCE_MS)
    commit.click()
    page.locator(".import-done").wait_for(timeout=PATIENCE_MS)
    expect(page.locator(".import-sum")).to_contain_text("6")
    assert assets_named(county_engine, f"%{mark}字%水窖") == 6
    page.locator(".import-done .btn-primary").click()
    page.locator(".sheet tbody tr").first.wait_for()
    page.goto(address)

    page.locator("#undo summary").click()
    page.get_by_role("button", name=word("Yes, take it back", language)).click()
    expect(page.locator(".import-state .import-undone")).to_be_visible(timeout=PATIENCE_MS)
    assert assets_named(county_engine, f"%{mark}字%水窖") == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_that_cannot_be_read_says_so_and_leads_on(desks: Desks, tmp_path: Path, language: str) -> None:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(b"PK\x03\x04 this is no workbook")
    page = desks.open("badu", language=language)
    bring(page, path, language)
    expect(page.locator("section.import-unreadable h2")).to_contain_text(word("This file could not be read", language))
    expect(page.locator("section.import-unreadable li")).not_to_be_empty()
    page.get_by_role("link", name=word("Bring another file", language)).click()
    expect(page.locator("[data-bring]")).to_be_visible()


def test_rows_with_problems_go_back_marked_or_stay_outside(desks: Desks, county_engine: Engine, tmp_path: Path) -> None:
    names = [f"{VILLAGE}丙字{number}号水窖" for number in "一二三"]
    page = desks.open("badu")
    bring(page, ledger(tmp_path, county_engine, names, 资产原值={2: "很多"}), "zh")
    counted(page, "rejected", 1)
    with page.expect_download() as saved:
        page.get_by_role("link", name="下载标注表").click()
    with zipfile.ZipFile(io.BytesIO(Path(saved.value.path()).read_bytes())) as book:
        assert any("comments" in name.lower() for name in book.namelist())
    page.get_by_role("button", name="不导入这 1 行").click()
    expect(page.locator(".commit-tells")).to_contain_text("将新增 2 项；1 行不导入", timeout=PATIENCE_MS)
    page.locator(".asking summary").click()
    page.get_by_role("button", name="确定放弃").click()
    expect(page.locator("main")).to_contain_text("该导入已放弃")
    assert assets_named(county_engine, "%丙字%水窖") == 0


def test_two_browsers_answer_about_one_ledger(desks: Desks, county_engine: Engine, tmp_path: Path) -> None:
    names = [f"{VILLAGE}丁字{number}号水窖" for number in "一二"]
    first, second = desks.open("badu"), desks.open("badu")
    address = bring(first, ledger(tmp_path, county_engine, names, 资产原值={0: "很多", 1: "不少"}), "zh")
    second.goto(address)
    counted(second, "rejected", 2)
    for page, answer in ((first, "12万"), (second, "13万")):
        page.locator("td[data-field=original_value_yuan].cell-error .cell-text").first.click()
        page.fill(".cell-edit [name=answer]", answer)
        page.press(".cell-edit [name=answer]", "Enter")
        page.locator("[data-busy]").wait_for(state="hidden", timeout=PATIENCE_MS)
    first.reload()
    # The first cell was answered twice: the later answer holds, and the other row still waits.
    counted(first, "rejected", 1)
    second.goto(address)
    second.get_by_role("button", name="不导入这 1 行").click()
    expect(second.locator(".commit-tells")).to_be_visible(timeout=PATIENCE_MS)
    # What the first browser shows is no longer how it stands.
    desks.expect(r"409 .*/settings|409 .*/commit")
    second.get_by_role("button", name="确认入库").click()
    second.locator(".import-done").wait_for(timeout=PATIENCE_MS)
    first.get_by_role("button", name="不导入这 1 行").click()
    expect(first.locator(".import-done")).to_be_visible(timeout=PATIENCE_MS)
    assert assets_named(county_engine, "%丁字%水窖") == 1


def test_a_neighbour_finds_no_ledger_of_another_town(desks: Desks, county_engine: Engine, tmp_path: Path) -> None:
    page = desks.open("badu")
    address = bring(page, ledger(tmp_path, county_engine, [f"{VILLAGE}戊字一号水窖"]), "zh")
    neighbour = desks.open("guguan")
    desks.expect(r"^404 .*/imports/")
    neighbour.goto(address)
    expect(neighbour.locator("main")).to_contain_text("没有")
    neighbour.goto("/imports/")
    expect(neighbour.locator("main")).not_to_contain_text(re.sub(r".*/", "/imports/", address))
