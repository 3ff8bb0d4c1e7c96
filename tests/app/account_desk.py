"""Signing in at browsers as the clerk, looking whether they are in, and copying their cookies."""

from __future__ import annotations

import datetime as dt

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from assets.accounts.models import Account
from tests import factories
from tests.people import Browser, Office

PAGE = {"Accept": "text/html"}
NEW = "seven slow herons wade"


def sign_in(office: Office, password: str = factories.PASSWORD, *, client: FlaskClient | None = None) -> Browser:
    office.account("clerk")
    browser = Browser(client or office.app.test_client())
    browser.get("/language/en")
    browser.post("/login", {"username": "clerk", "password": password}, token_from="/login")
    return browser


def is_in(browser: Browser) -> bool:
    return browser.get("/registry/", headers=PAGE).status_code == 200


def copied(office: Office, browser: Browser) -> Browser:
    """Another's browser with a copy of the cookie."""
    thief = office.app.test_client()
    cookie = browser.client.get_cookie("xiangtu")
    assert cookie is not None
    thief.set_cookie("xiangtu", cookie.value)
    return Browser(thief)


def change(browser: Browser, old: str = factories.PASSWORD, new: str = NEW, again: str | None = None) -> TestResponse:
    values = {"old": old, "new": new, "again": new if again is None else again}
    return browser.post("/account/password", values, token_from="/account/password")


def first_password(office: Office, *, ends: dt.timedelta = dt.timedelta(days=7)) -> None:
    with office.session() as session:
        account = session.get_one(Account, office.account("clerk"))
        account.must_change_password, account.password_expires_at = True, dt.datetime.now(dt.UTC) + ends
