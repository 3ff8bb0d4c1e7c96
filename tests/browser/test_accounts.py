"""From the invitation to the second factor at a real browser, and what a guesser meets; in both languages."""

from __future__ import annotations

import re
import time

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.desks import Desks
from tests.browser.forms import choose, entry, find, save, word

OWN = "seven slow herons wade"


def invite(desks: Desks, name: str, language: str) -> str:
    """An administrator makes the account; returns the first password on the slip."""
    page = desks.open("admin", "/accounts/new", language=language)
    entry(page, "display_name").locator("input").fill("王丽")
    entry(page, "username").locator("input").fill(name)
    find(page, "region_id", "tianchengzhen", "天成镇")
    choose(page, "locale", language)
    choose(page, "role", "clerk")
    save(page)
    return page.locator("[data-first-password]").inner_text()


def stranger(desks: Desks, language: str) -> Page:
    return desks.open(None, f"/language/{language}?next=/login")


def sign_in(page: Page, name: str, password: str) -> None:
    page.fill("[name=username]", name)
    page.fill("[name=password]", password)
    press(page, "[name=password]")


def press(page: Page, field: str) -> None:
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.press(field, "Enter")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_who_is_invited_chooses_a_password_and_sets_up_the_telephone(desks: Desks, language: str) -> None:
    desks.expect(r"^(400|401) http://127.0.0.1:\d+/(account/password|login/code)")
    name = f"wang.li.{language}"
    first = invite(desks, name, language)

    page = stranger(desks, language)
    sign_in(page, name, first)
    expect(page.locator("h1")).to_have_text(word("Choose a password of your own", language))
    expect(page.locator(".rail")).to_have_count(0)
    page.goto("/registry/")
    expect(page).to_have_url(re.compile("/account/password$"))
    page.fill("[name=old]", first)
    page.fill("[name=new]", "password123")
    page.fill("[name=again]", "password123")
    press(page, "[name=again]")
    advice = "Many people use this password or nearly the same; it would be tried first."
    expect(page.locator(".field-error")).to_have_text(word(advice, language))
    page.fill("[name=old]", first)
    page.fill("[name=new]", OWN)
    page.fill("[name=again]", OWN)
    press(page, "[name=again]")

    page.goto("/account/second-factor")
    page.get_by_role("button", name=word("Begin", language), exact=True).click()
    expect(page.locator(".enrol-picture svg")).to_be_visible()
    page.locator(".enrol summary").click()
    telephone = pyotp.TOTP(page.locator(".enrol-key").inner_text().replace(" ", ""))
    page.fill("[name=code]", telephone.now())
    press(page, "[name=code]")
    expect(page.locator(".recovery li")).to_have_count(10)
    recovery = page.locator(".recovery code").first.inner_text()

    leave(page)
    sign_in(page, name, OWN)
    expect(page.locator("h1")).to_have_text(word("Enter the code", language))
    page.fill("[name=code]", "000000")
    press(page, "[name=code]")
    expect(page.locator("[role=alert]")).to_be_visible()
    # A telephone whose clock goes a little fast: the code of this moment was used to begin with.
    page.fill("[name=code]", telephone.at(time.time() + 30))
    press(page, "[name=code]")
    leave(page)
    sign_in(page, name, OWN)
    page.fill("[name=code]", recovery)
    press(page, "[name=code]")
    page.goto("/account/")
    expect(page.locator(".own-browsers li")).to_have_count(1)
    expect(page.locator(".own-here")).to_contain_text(word("this browser", language))


def leave(page: Page) -> None:
    """Sign out through the page's menu."""
    page.goto("/account/")
    page.locator("details.person summary").click()
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.locator("details.person button[type=submit]").click()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_guesser_is_made_to_wait_and_the_person_who_works_there_is_not(desks: Desks, language: str) -> None:
    desks.expect(r"^(401|429) http://127.0.0.1:\d+/login$")
    name = f"li.gang.{language}"
    first = invite(desks, name, language)
    page = stranger(desks, language)
    sign_in(page, name, first)
    page.goto("/logout")

    guesser = stranger(desks, language)
    for _ in range(5):
        sign_in(guesser, name, "password123")
        expect(guesser.locator("[role=alert]")).to_have_text(
            word("The account name or the password is wrong.", language)
        )
    sign_in(guesser, name, first)
    expect(guesser.locator("[role=alert]")).to_contain_text("1 分钟后" if language == "zh" else "in 1 min")

    sign_in(page, name, first)
    expect(page.locator("h1")).to_have_text(word("Choose a password of your own", language))
