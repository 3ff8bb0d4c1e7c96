"""Signing in: who is let in, who is refused, and that a session cannot be slipped under."""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from assets.accounts.models import Account, Grant, SignInAttempt
from assets.accounts.tries import FAILURES_PER_ADDRESS, FAILURES_PER_NAME
from assets.audit import AuditEntry
from tests import factories
from tests.people import Browser, Office

PAGE = {"Accept": "text/html"}
ELSEWHERE = (
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "///evil.example",
    "/\t/evil.example",
    "/\r\nLocation: https://evil.example",
    "evil.example",
    " //evil.example",
    "",
)


def sign_in(
    office: Office, username: str, password: str, client: FlaskClient | None = None, next: str = ""
) -> TestResponse:
    browser = Browser(client or office.app.test_client())
    address = "/login" + (f"?next={quote(next, safe='')}" if next else "")
    return browser.post(address, {"username": username, "password": password}, token_from="/login")


@pytest.fixture
def clerk(office: Office) -> int:
    return office.account("clerk")


def test_the_right_password_opens_the_first_view(office: Office, clerk: int) -> None:
    client = office.app.test_client()
    answer = sign_in(office, "clerk", factories.PASSWORD, client)
    assert answer.status_code == 302
    assert client.get("/registry/").status_code == 200


@pytest.mark.parametrize(
    ("username", "password"),
    [("clerk", "wrong"), ("nobody", factories.PASSWORD), ("clerk", factories.PASSWORD + " "), ("CLERK", "x")],
)
def test_a_wrong_name_and_a_wrong_password_are_refused_alike(
    office: Office, clerk: int, username: str, password: str
) -> None:
    client = office.app.test_client()
    answer = sign_in(office, username, password, client)
    assert answer.status_code == 401
    assert "密码" in answer.text
    assert client.get("/registry/", headers=PAGE).status_code == 302


@pytest.mark.parametrize(("username", "password"), [("", ""), ("clerk", ""), ("", "x")])
def test_an_empty_field_is_asked_for(office: Office, clerk: int, username: str, password: str) -> None:
    answer = sign_in(office, username, password)
    assert answer.status_code == 200
    assert "aria-invalid" in answer.text


@pytest.mark.parametrize("text", ["长" * 10_000, "\x00clerk\x00", "😀", "<script>", "' OR 1=1 --", "\u202eclerk"])
def test_hostile_names_and_passwords_are_refused_calmly(office: Office, clerk: int, text: str) -> None:
    assert sign_in(office, text, "x").status_code in (200, 401)
    assert sign_in(office, "clerk", text).status_code in (200, 401)


def test_failures_before_a_success_are_forgiven(office: Office, clerk: int) -> None:
    for _ in range(2):
        for _ in range(FAILURES_PER_NAME - 1):
            assert sign_in(office, "clerk", "wrong").status_code == 401
        assert sign_in(office, "clerk", factories.PASSWORD).status_code == 302


def test_an_address_that_tries_many_names_is_locked_out(office: Office, clerk: int) -> None:
    now = dt.datetime.now(dt.UTC)
    with office.session() as session:
        session.add_all(
            SignInAttempt(username=f"name{i}", address="127.0.0.1", at=now, succeeded=False)
            for i in range(FAILURES_PER_ADDRESS)
        )
    assert sign_in(office, "clerk", factories.PASSWORD).status_code == 429


def test_tries_are_audited_without_the_password(office: Office, clerk: int) -> None:
    sign_in(office, "clerk", "a secret typed wrongly")
    sign_in(office, "clerk", factories.PASSWORD)
    with office.session() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        results = [entry.result for entry in entries]
        assert results == ["refused", "success"]
        assert "secret" not in str([entry.changes for entry in entries])
        assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 2


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_never_leads_to_another_site(office: Office, clerk: int, target: str) -> None:
    answer = sign_in(office, "clerk", factories.PASSWORD, next=target)
    assert answer.status_code == 302
    assert answer.location == "/"


def test_signing_in_leads_back_to_the_page_asked_for(office: Office, clerk: int) -> None:
    client = office.app.test_client()
    asked = client.get("/registry/?class=earning&area=610327101", headers=PAGE)
    assert asked.status_code == 302
    answer = Browser(client).post(
        asked.location, {"username": "clerk", "password": factories.PASSWORD}, token_from="/login"
    )
    assert answer.location == "/registry/?class=earning&area=610327101"


def test_choosing_a_language_never_leads_to_another_site(office: Office) -> None:
    for target in ELSEWHERE:
        answer = office.app.test_client().get("/language/en?next=" + quote(target, safe=""))
        assert answer.location == "/", target


def test_what_was_in_the_cookie_before_signing_in_is_gone(office: Office, clerk: int) -> None:
    client = office.app.test_client()
    client.get("/login")
    with client.session_transaction() as planted:
        planted["token"] = "a token the attacker knows"
        planted["planted"] = "by another"
        before = dict(planted)
    sign_in(office, "clerk", factories.PASSWORD, client)
    with client.session_transaction() as after:
        assert "planted" not in after
        assert after["token"] != "a token the attacker knows"
        assert after.get("csrf_token") != before.get("csrf_token")


def test_signing_out_ends_the_session(office: Office, clerk: int) -> None:
    client = office.app.test_client()
    sign_in(office, "clerk", factories.PASSWORD, client)
    Browser(client).post("/logout", token_from="/registry/")
    assert client.get("/registry/", headers=PAGE).status_code == 302


def test_a_form_without_its_token_is_refused(office: Office, clerk: int) -> None:
    client = office.app.test_client()
    answer = client.post("/login", data={"username": "clerk", "password": factories.PASSWORD})
    assert answer.status_code == 400
    assert client.get("/registry/", headers=PAGE).status_code == 302


def test_a_closed_account_is_not_let_in(office: Office, clerk: int) -> None:
    with office.session() as session:
        session.get_one(Account, clerk).active = False
    assert sign_in(office, "clerk", factories.PASSWORD).status_code == 401


def test_a_grant_that_ended_shows_nothing_more(office: Office, clerk: int) -> None:
    with office.session() as session:
        factories.asset(session, office.tree.north_villages[0], name="大力村蓄水池")
    browser = office.browser("clerk")
    assert "大力村蓄水池" in browser.text("/registry/")
    with office.session() as session:
        session.execute(update(Grant).values(valid_to=factories.DAY))
    answer = browser.get("/registry/")
    assert answer.status_code == 404
    assert "大力村" not in answer.text


def test_a_forged_cookie_is_a_stranger(office: Office, clerk: int) -> None:
    client = office.app.test_client()
    client.set_cookie("xiangtu", "eyJhY2NvdW50IjoxfQ.forged.signature")
    assert client.get("/registry/", headers=PAGE).status_code == 302


def test_the_cookie_is_closed_to_scripts_and_other_sites(office: Office, clerk: int) -> None:
    answer = sign_in(office, "clerk", factories.PASSWORD)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
