"""A session ends by itself: after hours in all, or when it is left alone."""

from __future__ import annotations

import time

import pytest

from tests.people import Office

PAGE = {"Accept": "text/html"}


def test_a_session_left_alone_has_to_sign_in_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = office.browser("planner")
    assert browser.get("/maintenance/", headers=PAGE).status_code == 200
    later = time.time() + 66 * 60
    monkeypatch.setattr("app.security.time.time", lambda: later)
    answer = browser.get("/maintenance/", headers=PAGE)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login")


def test_a_session_in_use_goes_on_until_its_hours_are_over(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = office.browser("planner")
    begun = time.time()
    for minutes in range(0, 10 * 60, 30):
        moment = begun + minutes * 60
        monkeypatch.setattr("app.security.time.time", lambda moment=moment: moment)
        assert browser.get("/maintenance/", headers=PAGE).status_code == 200
    monkeypatch.setattr("app.security.time.time", lambda: begun + 10 * 3600 + 60)
    assert browser.get("/maintenance/", headers=PAGE).status_code == 302


def test_a_closed_account_is_out_at_its_next_click(office: Office) -> None:
    from assets.accounts.models import Account

    browser = office.browser("planner")
    with office.session() as session:
        session.get_one(Account, office.account("planner")).active = False
    assert browser.get("/maintenance/", headers=PAGE).status_code == 302
    assert browser.get("/tiles/assets/9/407/202.mvt").status_code == 401


def test_what_a_page_asks_for_beside_itself_leaves_the_cookie_alone(office: Office) -> None:
    """Its answer may arrive after that of a form, and would undo what the form has put there."""
    browser = office.browser("planner")
    browser.text("/registry/new")
    for address in ("/tiles/assets/9/407/202.mvt", "/map/counts.json", "/records/ready.json"):
        assert "Set-Cookie" not in browser.get(address).headers, address
