"""My account: browsers end where they are told to, at once, and every copy of their cookies with them."""

from __future__ import annotations

import datetime as dt
import re
import time
from urllib.parse import urljoin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.jobs import worker
from app.jobs.accounts import tidy
from app.jobs.queue import enqueue
from app.returning import own_page
from assets.accounts.models import Account, SignedIn
from assets.accounts.sessions import end_sessions, hash_token
from assets.audit import AuditEntry
from tests.app.account_desk import change, copied, is_in, sign_in
from tests.people import Office


def test_a_copied_cookie_is_worth_nothing_after_signing_out(office: Office) -> None:
    browser = sign_in(office)
    thief = copied(office, browser)
    assert is_in(thief)
    browser.post("/logout", token_from="/account/")
    assert not is_in(thief)
    assert not is_in(browser)


def test_signing_in_takes_a_new_token_and_ends_the_one_before(office: Office) -> None:
    browser = sign_in(office)
    before = copied(office, browser)
    sign_in(office, client=browser.client)
    assert is_in(browser)
    assert not is_in(before)


def test_another_site_cannot_sign_anybody_out_by_a_link(office: Office) -> None:
    browser = sign_in(office)
    browser.client.get("/logout", headers={"Sec-Fetch-Site": "cross-site"})
    assert is_in(browser)


def test_a_token_that_was_planted_is_not_signed_in_by_the_victim(office: Office) -> None:
    client = office.app.test_client()
    with client.session_transaction() as planted:
        planted["token"] = "known to the attacker"
    browser = sign_in(office, client=client)
    assert is_in(browser)
    with client.session_transaction() as cookie:
        token = cookie["token"]
    assert token != "known to the attacker"
    with office.session() as session:
        [kept] = session.scalars(select(SignedIn.token_hash))
        assert kept == hash_token(token) != token


def test_the_page_lists_my_browsers_and_marks_this_one(office: Office) -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0 Safari/537.36 Edg/138.0"
    other = office.app.test_client()
    other.environ_base["HTTP_USER_AGENT"] = agent
    sign_in(office, client=other)
    text = sign_in(office).text("/account/")
    assert "Edge · Windows" in text
    assert text.count("this browser") == 1


def test_one_browser_is_signed_out_from_another_at_once(office: Office) -> None:
    office.browser("neighbour_clerk")
    far, here = sign_in(office), sign_in(office)
    with office.session() as session:
        first = session.scalar(select(SignedIn.id).where(SignedIn.account_id == office.account("clerk")))
    answer = here.post(f"/account/sessions/{first}/end", token_from="/account/")
    assert answer.status_code == 303
    assert not is_in(far)
    assert is_in(here)


def test_another_persons_browser_is_not_found(office: Office) -> None:
    stranger, here = office.browser("neighbour_clerk"), sign_in(office)
    with office.session() as session:
        theirs = session.scalar(select(SignedIn.id).where(SignedIn.account_id == office.account("neighbour_clerk")))
    told = here.post(f"/account/sessions/{theirs}/end", token_from="/account/")
    unknown = here.post("/account/sessions/999999/end", token_from="/account/")
    assert told.status_code == unknown.status_code == 404
    assert is_in(stranger)


def test_all_other_browsers_are_signed_out_together(office: Office) -> None:
    others, here = [sign_in(office) for _ in range(3)], sign_in(office)
    here.post("/account/sessions/end-others", token_from="/account/")
    assert not any(is_in(other) for other in others)
    assert is_in(here)


def test_a_browser_left_alone_ends_in_the_database_as_well(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = sign_in(office)
    thief = copied(office, browser)
    later = time.time() + 66 * 60
    monkeypatch.setattr("app.security.time.time", lambda: later)
    assert not is_in(browser)
    monkeypatch.undo()
    assert not is_in(thief)
    with office.session() as session:
        assert session.scalars(select(SignedIn.ended_by)).all() == ["time"]


def test_use_is_noted_every_few_minutes_only(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, begun = sign_in(office), time.time()

    def seen(after_minutes: int) -> dt.datetime:
        monkeypatch.setattr("app.security.time.time", lambda: begun + after_minutes * 60)
        assert is_in(browser)
        with office.session() as session:
            return session.scalars(select(SignedIn.seen_at)).one()

    assert seen(1) == seen(3) < seen(7)


def test_the_nightly_job_ends_what_was_left_and_forgets_what_is_old(office: Office) -> None:
    now = dt.datetime.now(dt.UTC)
    with office.session() as session:
        account = session.get_one(Account, office.account("clerk"))
        for days, ended in ((0, None), (2, None), (300, now - dt.timedelta(days=299))):
            at = now - dt.timedelta(days=days)
            values = {"started_at": at, "seen_at": at, "ended_at": ended, "ended_by": "time" if ended else None}
            session.add(SignedIn(account_id=account.id, token_hash=str(days), **values))
        enqueue(session, tidy)
    worker.work(office.app.extensions["settings"], wait=False)
    with office.session() as session:
        rows = session.execute(select(SignedIn.token_hash, SignedIn.ended_by).order_by(SignedIn.token_hash)).all()
        assert [tuple(row) for row in rows] == [("0", None), ("2", "time")]


def test_an_account_closed_by_an_administrator_is_out_with_all_browsers(office: Office) -> None:
    browsers = [sign_in(office) for _ in range(2)]
    with office.session() as session:
        end_sessions(session, office.account("clerk"), by="closed", now=dt.datetime.now(dt.UTC))
    assert not any(is_in(browser) for browser in browsers)


def test_every_act_leaves_its_entry_and_none_tells_a_secret(office: Office) -> None:
    browser, other = sign_in(office), sign_in(office)
    change(browser)
    sign_in(office, "a secret typed wrongly")
    browser.post("/logout", token_from="/account/")
    assert not is_in(other)
    with office.session() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    told = [(entry.action.partition(".")[2], entry.result) for entry in entries]
    assert told == [
        ("sign_in", "success"),
        ("sign_in", "success"),
        ("change_password", "success"),
        ("sign_out", "success"),
        ("sign_in", "refused"),
        ("sign_out", "success"),
    ]
    assert {entry.account_id for entry in entries if entry.result == "success"} == {office.account("clerk")}
    assert not re.search("secret|heron|argon", str([entry.changes for entry in entries]))


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    target=st.text(max_size=80) | st.from_regex(r"[/\\\t ]{0,4}(https?:)?[/\\]{0,3}[a-z.@:/?]{0,20}", fullmatch=True)
)
def test_no_text_leads_to_another_site(office: Office, target: str) -> None:
    with office.app.test_request_context("/"):
        led = urljoin("http://here.test/login", own_page(target).replace("\\", "/"))
        assert led.startswith("http://here.test/")
