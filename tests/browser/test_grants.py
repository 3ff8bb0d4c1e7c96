"""An account from its invitation to its end: first password, standing in, taking back, closing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desks import Desks
from tests.browser.forms import choose, entry, save, told, word

OWN_PASSWORD = "四声杜鹃-clay-lantern-27"


def first_password(page: Page) -> str:
    shown = page.locator("[data-first-password]")
    expect(shown).to_have_text(re.compile(r"\w{4}(-\w{4}){3}"))
    return shown.inner_text()


def sign_in_at_first(page: Page, name: str, password: str) -> None:
    """Sign in with a first password and choose an own one."""
    page.goto("/login")
    page.fill("[name=username]", name)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    expect(page).to_have_url(re.compile("/account/password"))
    page.fill("[name=old]", password)
    page.fill("[name=new]", OWN_PASSWORD)
    page.fill("[name=again]", OWN_PASSWORD)
    page.press("[name=again]", "Enter")
    expect(page).not_to_have_url(re.compile("/account/password"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_account_from_invitation_to_its_end(desks: Desks, language: str) -> None:
    desks.expect(r"^4\d\d ")
    name = f"lin.{language}"
    admin = desks.open("admin", "/accounts/new", language=language)
    admin.locator("[name=display_name]").fill("林某")
    admin.locator("[name=username]").fill("admin")
    choose(admin, "locale", language)
    choose(admin, "role", "clerk")
    save(admin)
    assert any(word("This account name is taken. Please choose another.", language) in text for text in told(admin))
    admin.locator("[name=username]").fill(name)
    save(admin)
    password = first_password(admin)
    expect(admin.locator(".slip h2")).to_have_text(word("Your account in Xiangtu", language))
    admin.locator(".slip-end a").click()
    account = admin.url
    expect(admin.locator("main")).not_to_contain_text(password)
    expect(admin.locator(".record-badge")).to_contain_text(word("Invited", language))

    person = desks.open(None)
    sign_in_at_first(person, name, password)
    person.goto(f"/language/{language}?next=/accounts/delegations")
    person.get_by_role("link", name=word("Let a colleague stand in", language)).click()
    person.locator("select[name=account_id]").select_option(label="规划员 · planner · 陇县")
    entry(person, "valid_to").locator("input[name=valid_to]").fill("2026-12-06")
    person.locator("[name=reason]").fill("年休假")
    save(person)
    expect(person.locator("tbody")).to_contain_text("规划员")

    colleague = desks.open("planner", "/account/", language=language)
    expect(colleague.locator(".standing-in")).to_contain_text("林某")
    expect(colleague.locator(".standing-in")).to_contain_text("2026-12-06")
    admin.goto("/accounts/who")
    planner = admin.locator("tbody tr", has_text="规划员")
    expect(planner).to_contain_text(word("Planner", language))

    person.get_by_role("link", name=word("Take back", language), exact=True).click()
    person.locator("[name=reason]").fill("提前返岗")
    save(person)
    colleague.reload()
    expect(colleague.locator(".standing-in")).to_have_count(0)

    admin.goto(account)
    admin.get_by_role("link", name=word("Close the account", language)).click()
    admin.locator("[name=reason]").fill("演练结束")
    save(admin)
    expect(admin.locator(".record-badge")).to_contain_text(word("Account closed", language))
    person.goto("/registry/")
    expect(person).to_have_url(re.compile("/login"))
