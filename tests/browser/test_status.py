"""Status by area from the county down to one asset, on the page and in its file."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desks import Desks
from tests.workbooks import cells


@pytest.mark.parametrize("language", ["zh", "en"])
def test_status_by_area_leads_down_to_one_asset(desks: Desks, language: str) -> None:
    page = desks.open("planner", "/maintenance/", language=language)
    expect(page.locator("tbody tr[data-region]")).to_have_count(10)
    county = total(page)
    assert sums(page) == county
    page.locator("tbody th a", has_text="河北镇").click()
    expect(page.locator("tbody th a").first).to_be_visible()
    expect(page.locator(".crumbs li")).to_have_count(2)
    town = total(page)
    assert sums(page) == town
    assert 0 < town[0] < county[0]
    row = page.locator("tbody tr[data-region]", has=page.locator("td:nth-child(6) a")).first
    village = row.locator("th").inner_text()
    overdue = int(row.locator("td:nth-child(6)").inner_text())
    row.locator("td:nth-child(6) a").click()
    expect(page.locator(".page-count")).to_have_text(str(overdue))
    expect(page.locator(".crumbs li").last).to_have_text(village)
    expect(page.locator("tbody .status-overdue")).to_have_count(min(overdue, 50))
    name = page.locator("tbody th a").first.inner_text()
    page.locator("tbody th a").first.click()
    expect(page.locator("h1")).to_contain_text(name)
    expect(page.locator("main")).to_contain_text("逾期未巡" if language == "zh" else "Overdue")


def test_the_row_of_a_village_leads_to_its_list(desks: Desks) -> None:
    page = desks.open("planner", "/maintenance/?area=610327102000")
    row = page.locator("tbody tr[data-region]", has_text="大力村")
    assets = row.locator("td").first.inner_text()
    row.locator("th a").click()
    expect(page.locator("h1 .page-count")).to_have_text(assets)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_file_holds_what_the_page_shows(desks: Desks, tmp_path: Path, language: str) -> None:
    page = desks.open("planner", "/maintenance/?area=610327102000&class=public", language=language)
    with page.expect_download() as download:
        page.locator("a[href*='status.xlsx']").click()
    path = tmp_path / "status.xlsx"
    download.value.save_as(path)
    assert "2026-11-22" in unquote(download.value.suggested_filename)
    written = cells(path.read_bytes())
    demonstration = "演示数据" if language == "zh" else "Demonstration data"
    assert demonstration in " ".join(text for row in written[:4] for text in row)
    rows = {
        row[0]: [float(figure) for figure in row[1:] if figure != "—"]
        for row in written
        if row[1:] and is_number(row[1])
    }
    shown = page.locator("tbody tr[data-region], tfoot tr")
    assert shown.count() > 5
    for row in shown.all():
        name = row.locator("th").inner_text()
        figures = [number(text) for text in row.locator("td").all_inner_texts() if text.strip() != "—"]
        assert [round(figure, 1) for figure in rows[name]] == pytest.approx(figures, abs=0.051), name


def total(page: Page) -> list[float]:
    """The counts of the total row: assets, the five statuses, what is missing."""
    return counts(page.locator("tfoot td").all_inner_texts())


def sums(page: Page) -> list[float]:
    """The counts of all rows above the total, added up."""
    rows = [counts(row.locator("td").all_inner_texts()) for row in page.locator("tbody tr").all()]
    return [sum(column) for column in zip(*rows, strict=True)]


def counts(texts: list[str]) -> list[float]:
    """The whole numbers among a row's cells: without value, share and rank."""
    return [number(text) for text in (texts[0], *texts[2:10])]


def is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", text) is not None


def number(text: str) -> float:
    """A shown figure as a number."""
    return float(re.sub(r"[,%\s]", "", text))
