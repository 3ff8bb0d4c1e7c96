"""An auditor looks up what a clerk has just done, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from playwright.sync_api import expect

from tests.browser.desks import Desks

WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "title": "审计记录",
        "refused": "被拒绝",
        "file": "导出文件",
        "filter": "筛选",
        "day": "请填写日期",
        "all": "清除",
    },
    "en": {
        "title": "Audit trail",
        "refused": "Refused",
        "file": "Taken along as a file",
        "filter": "Filter",
        "day": "Please give a day",
        "all": "Clear",
    },
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_auditor_looks_up_what_a_clerk_did(desks: Desks, language: str) -> None:
    words = WORDS[language]
    desks.expect("403 .*/audit/")
    clerk = desks.open("badu", "/audit/", language=language)
    expect(clerk.get_by_role("heading", name=words["title"])).to_have_count(0)
    clerk.goto("/registry/")
    with clerk.expect_download():
        clerk.evaluate("location.href = '/registry/export.xlsx?class=public'")

    page = desks.open("auditor", "/audit/", language=language)
    expect(page.get_by_role("heading", name=words["title"])).to_be_visible()
    page.fill("[name=who]", "badu")
    page.select_option("[name=result]", "refused")
    page.get_by_role("button", name=words["filter"]).click()
    first = page.locator("tbody tr").first
    expect(first).to_contain_text("/audit/")
    expect(first).to_contain_text(words["refused"])
    page.select_option("[name=result]", "")
    page.select_option("[name=action]", "registry.export")
    page.get_by_role("button", name=words["filter"]).click()
    expect(page.locator("tbody tr").first).to_contain_text(words["file"])
    page.goto("/audit/?from=2026-13-01")
    expect(page.locator("#problem-from")).to_contain_text(words["day"])
    page.get_by_role("link", name=words["all"]).click()
    expect(page.locator("tbody tr").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    with page.expect_download() as taken:
        page.locator(".page-actions a").click()
    assert taken.value.suggested_filename.endswith(".xlsx")
