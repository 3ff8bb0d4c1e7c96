"""Personal values at a real browser: masked, shown once for a reason, and never in a file or a draft."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine, text

from tests.browser.desks import Desks

WORDS = {
    "zh": {"show": "查看", "button": "显示", "done": "看完了，恢复脱敏", "told": "仅向您显示一次"},
    "en": {"show": "Show", "button": "Show the values", "done": "Done, mask them again", "told": "Shown once"},
}


def in_a_post(engine: Engine) -> tuple[int, str, str]:
    """A post of 八渡镇 that somebody fills, with the clear name and telephone number."""
    with engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT o.id, n.name, n.phone FROM post o JOIN post_holding h ON h.post_id = o.id "
                "AND h.valid_to IS NULL JOIN person n ON n.id = h.person_id JOIN region r ON r.id = o.region_id "
                "JOIN region t ON t.id = r.parent_id WHERE t.name = '八渡镇' ORDER BY o.id LIMIT 1"
            )
        ).one()
    return row[0], row[1], row[2]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_clerk_unmasks_for_a_reason_and_the_workbook_stays_masked(
    desks: Desks, county_engine: Engine, language: str
) -> None:
    post, name, phone = in_a_post(county_engine)
    words = WORDS[language]
    page = desks.open("badu", f"/posts/{post}", language=language)
    expect(page.get_by_text(f"{name[0]}**").first).to_be_visible()
    assert name not in page.content()
    page.locator("a[href*='/unmask']").first.click()
    page.fill("[name=reason]", "核对补助发放")
    page.get_by_role("button", name=words["button"]).click()
    values = page.locator("[data-personal-values]")
    expect(values).to_contain_text(name)
    expect(values).to_contain_text(phone)
    expect(page.get_by_role("status").first).to_contain_text(words["told"])
    page.get_by_role("link", name=words["done"]).click()
    expect(page).to_have_url(re.compile(rf"/posts/{post}$"))
    assert phone not in page.content()
    book = page.request.get("/posts/export.xlsx").body()
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        told = "".join(packed.read(part).decode() for part in packed.namelist() if part.endswith(".xml"))
    assert phone[:3] + "****" in told
    assert phone not in told


def test_a_draft_keeps_no_personal_values(desks: Desks) -> None:
    page = desks.open("badu", "/parties/new")
    page.fill("[name=name]", "欧阳明月")
    page.select_option("[name=type]", "individual")
    page.fill("[name=contact_phone]", "13712349876")
    page.fill("[name=code]", "91")
    page.wait_for_timeout(700)
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert '"code' in kept or "code" in kept
    assert "欧阳" not in kept
    assert "13712349876" not in kept
