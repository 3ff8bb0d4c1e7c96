"""A password of one's own: what may be one, and that it comes before anything else."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest

from app.i18n import translated
from assets.accounts import passwords
from assets.accounts.models import Account
from tests import factories
from tests.app.account_desk import NEW, PAGE, change, copied, first_password, is_in, sign_in
from tests.people import Browser, Office, open_office


def test_a_new_password_signs_all_others_out_and_is_the_one_that_opens(office: Office) -> None:
    far, here = sign_in(office), sign_in(office)
    thief = copied(office, here)
    answer = change(here)
    assert answer.status_code == 303
    assert is_in(here)
    assert not is_in(far)
    assert not is_in(thief)
    assert not is_in(sign_in(office))
    assert is_in(sign_in(office, NEW))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"old": "wrong"}, "The present password is wrong."),
        ({"new": "short"}, "at least 10 characters"),
        ({"new": "clerk-Kf7-xq2!R"}, "must not contain the account name"),
        ({"new": "password123"}, "Many people use this password"),
        ({"new": factories.PASSWORD}, "The new password is the present one."),
        ({"again": "another"}, "The two new passwords differ."),
        ({"new": ""}, "Please enter the new password."),
        ({"new": "x" * 201}, "At most 200 characters."),
    ],
)
def test_a_password_that_may_not_be_used_is_refused_beside_its_field(
    office: Office, values: dict[str, Any], told: str
) -> None:
    browser = sign_in(office)
    answer = change(browser, **values)
    assert answer.status_code == 400
    assert told in answer.text
    assert "aria-invalid" in answer.text
    assert is_in(sign_in(office))


def test_guessing_the_present_password_at_an_open_browser_is_slowed_down(office: Office) -> None:
    browser = sign_in(office)
    for _ in range(5):
        assert change(browser, "wrong").status_code == 400
    assert change(browser).status_code == 429
    assert is_in(sign_in(office))


def test_a_first_password_opens_the_page_to_change_it_and_nothing_else(office: Office) -> None:
    first_password(office)
    browser = sign_in(office)
    for address in ("/", "/registry/", "/map/", "/account/", "/account/second-factor"):
        answer = browser.get(address, headers=PAGE)
        assert (answer.status_code, answer.location) == (303, "/account/password"), address
    assert browser.get("/tiles/assets/9/407/202.mvt").status_code == 403
    assert browser.get("/registry/", headers={"HX-Request": "1"}).headers["HX-Redirect"] == "/account/password"
    assert browser.post("/account/sessions/end-others", token_from="/account/password").status_code in (303, 403)
    page = browser.text("/account/password")
    assert "Choose a password of your own" in page
    assert 'class="rail' not in page
    assert browser.get("/language/zh").status_code == 302
    assert change(browser).status_code == 303
    assert is_in(browser)


def test_an_expired_first_password_does_not_open_and_says_so(office: Office) -> None:
    first_password(office, ends=dt.timedelta(seconds=-1))
    browser = Browser(office.app.test_client())
    browser.get("/language/en")
    answer = browser.post("/login", {"username": "clerk", "password": factories.PASSWORD}, token_from="/login")
    assert answer.status_code == 401
    assert "was not used in time" in answer.text
    assert not is_in(browser)


def test_a_password_older_than_the_installation_allows_is_changed_first(office: Office) -> None:
    office.account("clerk")
    with office.session() as session:
        account = session.get_one(Account, office.account("clerk"))
        account.password_changed_at = dt.datetime.now(dt.UTC) - dt.timedelta(days=91)
    chosen = office.app.extensions["settings"]
    strict = open_office(chosen.database_url, office.tree, chosen.var, password_days=90)
    strict.accounts = office.accounts
    browser = sign_in(strict)
    assert browser.get("/registry/", headers=PAGE).location == "/account/password"
    change(browser)
    assert is_in(browser)
    strict.engine.dispose()
    strict.app.extensions["engine"].dispose()


def test_what_matters_asks_for_the_password_again_after_a_while(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in(office)
    assert browser.get("/account/second-factor").status_code == 200
    later = time.time() + 11 * 60
    monkeypatch.setattr("app.security.time.time", lambda: later)
    answer = browser.get("/account/second-factor")
    assert answer.location == "/account/proof?next=/account/second-factor"
    wrong = browser.post(answer.location, {"password": "wrong"}, token_from="/account/proof")
    assert wrong.status_code == 401
    right = browser.post(answer.location, {"password": factories.PASSWORD}, token_from="/account/proof")
    assert right.location == "/account/second-factor"
    assert browser.get("/account/second-factor").status_code == 200
    elsewhere = browser.post(
        "/account/proof?next=//evil.example", {"password": factories.PASSWORD}, token_from="/account/proof"
    )
    assert elsewhere.location == "/"


def test_every_fault_of_a_password_is_told_in_chinese(office: Office) -> None:
    tried = ("short", "x7Gq" * 51, "clerk-Kf7-xq2!R", "password123", "aaaaaaaaaaaa", "20081115123", "wade wade 7")
    told = {message for one in tried for message, _data in passwords.faults(one, username="clerk", least=10)}
    told |= {*passwords._ADVICE.values(), passwords._GENERAL}
    assert len(told) > 8
    with office.app.test_request_context("/?lang=zh"):
        assert [message for message in told if translated(message) == message] == []
