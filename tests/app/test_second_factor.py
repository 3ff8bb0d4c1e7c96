"""A second factor: set up once, asked for at each sign-in, each code good for one time."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pyotp
import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from assets.accounts.models import Account, RecoveryCode, SecondFactor, SignedIn
from assets.accounts.passwords import hash_password
from assets.accounts.second_factor import reset_second_factor
from assets.audit import AuditEntry
from tests import factories
from tests.people import Browser, Office, open_office

PAGE = {"Accept": "text/html"}


class Telephone:
    """Shows the code of a moment; the clock of the test is the server's as well."""

    def __init__(self, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.totp, self.monkeypatch, self.now = pyotp.TOTP(secret), monkeypatch, time.time()

    def wait(self, seconds: float = 30) -> None:
        self.now += seconds
        self.monkeypatch.setattr("app.security.time.time", lambda: self.now)

    def code(self, *, steps: int = 0) -> str:
        return self.totp.at(int(self.now) + steps * 30)


def password_given(office: Office, persona: str = "clerk", *, next: str = "") -> tuple[Browser, TestResponse]:
    office.account(persona)
    browser = Browser(office.app.test_client())
    browser.get("/language/en")
    address = f"/login?next={next}" if next else "/login"
    return browser, browser.post(address, {"username": persona, "password": factories.PASSWORD}, token_from="/login")


def give(browser: Browser, code: str) -> TestResponse:
    return browser.post("/login/code", {"code": code}, token_from="/login/code")


def is_in(browser: Browser) -> bool:
    return browser.get("/registry/", headers=PAGE).status_code == 200


def enrol(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> tuple[Telephone, list[str]]:
    browser.post("/account/second-factor/begin", token_from="/account/second-factor")
    page = browser.text("/account/second-factor")
    found = re.search(r'enrol-key">([A-Z2-7 ]+)<', page)
    assert found
    telephone = Telephone(found.group(1).replace(" ", ""), monkeypatch)
    telephone.wait(0)
    answer = browser.post(
        "/account/second-factor/confirm", {"code": telephone.code()}, token_from="/account/second-factor"
    )
    assert answer.status_code == 200
    codes = re.findall(r"<code>([a-z2-9-]{19})</code>", answer.text)
    telephone.wait()
    return telephone, codes


@pytest.fixture
def clerk(office: Office, monkeypatch: pytest.MonkeyPatch) -> tuple[Telephone, list[str]]:
    browser, _answer = password_given(office)
    return enrol(browser, monkeypatch)


def test_the_password_alone_opens_nothing_any_more(office: Office, clerk: tuple[Telephone, list[str]]) -> None:
    telephone, _codes = clerk
    browser, answer = password_given(office, next="/registry/")
    assert answer.location == "/login/code"
    assert not is_in(browser)
    assert give(browser, telephone.code()).location == "/registry/"
    assert is_in(browser)
    with office.session() as session:
        assert session.scalars(select(SignedIn.second_factor).order_by(SignedIn.id.desc())).first() is True


def test_a_code_that_was_used_is_refused_though_it_is_still_shown(
    office: Office, clerk: tuple[Telephone, list[str]]
) -> None:
    telephone, _codes = clerk
    code = telephone.code()
    assert give(password_given(office)[0], code).status_code == 302
    thief, _answer = password_given(office)
    assert give(thief, code).status_code == 401
    assert give(thief, telephone.code(steps=-1)).status_code == 401
    assert not is_in(thief)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_half_a_minute_off_is_forgiven(office: Office, clerk: tuple[Telephone, list[str]], steps: int) -> None:
    telephone, _codes = clerk
    telephone.wait(60)
    assert give(password_given(office)[0], telephone.code(steps=steps)).status_code == 302


@pytest.mark.parametrize("steps", [-2, 2])
def test_an_older_or_later_code_is_refused(office: Office, clerk: tuple[Telephone, list[str]], steps: int) -> None:
    telephone, _codes = clerk
    telephone.wait(90)
    assert give(password_given(office)[0], telephone.code(steps=steps)).status_code == 401


@pytest.mark.parametrize("code", ["", "000", "abcdef", "１２３４５６", "\x00", "9" * 300, "<b>", "12345 "])
def test_what_is_no_code_is_refused_calmly(office: Office, clerk: tuple[Telephone, list[str]], code: str) -> None:
    browser, _answer = password_given(office)
    assert give(browser, code).status_code in (200, 401)
    assert not is_in(browser)


def test_a_recovery_code_opens_once(office: Office, clerk: tuple[Telephone, list[str]]) -> None:
    _telephone, codes = clerk
    assert len(set(codes)) == 10
    browser, _answer = password_given(office)
    give(browser, codes[3].replace("-", " ").upper())
    assert "9 are left" in browser.text("/account/")
    assert give(password_given(office)[0], codes[3]).status_code == 401
    assert give(password_given(office)[0], codes[4]).status_code == 302


def test_wrong_codes_are_slowed_down_and_a_right_password_between_does_not_help(
    office: Office, clerk: tuple[Telephone, list[str]]
) -> None:
    telephone, codes = clerk
    for _ in range(5):
        assert give(password_given(office)[0], "000000").status_code == 401
    browser, _answer = password_given(office)
    assert give(browser, telephone.code()).status_code == 429
    assert give(browser, codes[0]).status_code == 429
    telephone.wait(61)
    assert give(browser, telephone.code()).status_code == 302


def test_the_wait_for_a_code_ends_after_some_minutes_and_with_the_password(
    office: Office, clerk: tuple[Telephone, list[str]]
) -> None:
    telephone, _codes = clerk
    late, _answer = password_given(office)
    telephone.wait(301)
    assert give(late, telephone.code()).location == "/login"
    stale, _answer = password_given(office)
    with office.session() as session:
        session.get_one(Account, office.account("clerk")).password_hash = hash_password("another one")
    assert give(stale, telephone.code()).location == "/login"
    assert not is_in(stale)


def test_the_code_page_is_nothing_without_a_password(office: Office, clerk: tuple[Telephone, list[str]]) -> None:
    stranger = Browser(office.app.test_client())
    assert stranger.get("/login/code").location == "/login"


def test_the_secret_and_the_recovery_codes_are_not_readable_in_the_database(
    office: Office, clerk: tuple[Telephone, list[str]]
) -> None:
    telephone, codes = clerk
    with office.session() as session:
        factor = session.get_one(SecondFactor, office.account("clerk"))
        kept = factor.sealed_secret + str(session.scalars(select(RecoveryCode.code_hash)).all())
        told = str([entry.changes for entry in session.scalars(select(AuditEntry))])
    assert telephone.totp.secret not in kept + told
    assert not any(code in kept + told for code in codes)


def test_a_secret_moved_to_another_account_opens_nothing(office: Office, clerk: tuple[Telephone, list[str]]) -> None:
    telephone, _codes = clerk
    with office.session() as session:
        mine = session.get_one(SecondFactor, office.account("clerk"))
        values = {"sealed_secret": mine.sealed_secret, "confirmed_at": mine.confirmed_at}
        session.add(SecondFactor(account_id=office.account("neighbour_clerk"), **values))
    browser, _answer = password_given(office, "neighbour_clerk")
    assert give(browser, telephone.code()).status_code == 401


def test_the_secret_is_shown_before_it_is_in_use_and_never_after(
    office: Office, clerk: tuple[Telephone, list[str]]
) -> None:
    telephone, _codes = clerk
    browser, _answer = password_given(office)
    give(browser, telephone.code())
    page = browser.text("/account/second-factor")
    assert "enrol-key" not in page
    assert telephone.totp.secret not in page.replace(" ", "")
    assert browser.post("/account/second-factor/begin", token_from="/account/").status_code == 409


def test_a_wrong_code_does_not_turn_it_on(office: Office) -> None:
    browser, _answer = password_given(office)
    browser.post("/account/second-factor/begin", token_from="/account/second-factor")
    answer = browser.post("/account/second-factor/confirm", {"code": "000000"}, token_from="/account/second-factor")
    assert answer.status_code == 400
    assert "not the code of the picture" in answer.text
    assert password_given(office)[1].location == "/"


def test_turning_it_off_asks_for_the_password(office: Office, clerk: tuple[Telephone, list[str]]) -> None:
    telephone, _codes = clerk
    browser, _answer = password_given(office)
    give(browser, telephone.code())
    off = "/account/second-factor/off"
    assert browser.post(off, {"password": "wrong"}, token_from=off).status_code == 401
    assert password_given(office)[1].location == "/login/code"
    assert browser.post(off, {"password": factories.PASSWORD}, token_from=off).status_code == 303
    assert password_given(office)[1].location == "/"
    with office.session() as session:
        assert session.scalars(select(RecoveryCode.id)).all() == []


def test_new_recovery_codes_end_the_former(office: Office, clerk: tuple[Telephone, list[str]]) -> None:
    telephone, codes = clerk
    browser, _answer = password_given(office)
    give(browser, telephone.code())
    answer = browser.post("/account/second-factor/codes", token_from="/account/")
    renewed = re.findall(r"<code>([a-z2-9-]{19})</code>", answer.text)
    assert len(renewed) == 10
    assert give(password_given(office)[0], codes[0]).status_code == 401
    assert give(password_given(office)[0], renewed[0]).status_code == 302


def test_an_administrator_resets_a_lost_telephone(office: Office, clerk: tuple[Telephone, list[str]]) -> None:
    with office.session() as session:
        reset_second_factor(session, session.get_one(Account, office.account("clerk")), reason="手机丢失")
    assert password_given(office)[1].location == "/"


@pytest.fixture
def strict(office: Office) -> Iterator[Office]:
    """An office where administrators need a second factor."""
    settings = office.app.extensions["settings"]
    opened = open_office(settings.database_url, office.tree, settings.var, second_factor="administrators")
    yield opened
    opened.engine.dispose()
    opened.app.extensions["engine"].dispose()


def test_an_administrator_is_led_to_set_it_up_before_anything_else(
    strict: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, _answer = password_given(strict, "administrator")
    for address in ("/", "/registry/", "/accounts/", "/account/", "/account/second-factor/off"):
        assert browser.get(address, headers=PAGE).location == "/account/second-factor", address
    enrol(browser, monkeypatch)
    assert is_in(browser)


def test_whom_it_is_not_demanded_of_goes_on_without(strict: Office) -> None:
    browser, _answer = password_given(strict, "clerk")
    assert is_in(browser)
