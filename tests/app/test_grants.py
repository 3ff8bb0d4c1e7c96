"""Accounts in the browser: invited, granted, closed, by administrators of the area and nobody else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.accounts.models import Account, Grant
from assets.accounts.passwords import matches
from assets.terms.defaults import load_defaults
from tests import factories
from tests.people import Browser, Office

DAY = factories.DAY
INVITATION = {
    "display_name": "王某",
    "username": "wang",
    "locale": "zh",
    "role": "clerk",
    "valid_from": str(DAY),
}


@pytest.fixture
def administrator(office: Office) -> Browser:
    with office.session() as session:
        load_defaults(session)
    return office.browser("administrator")


def account_named(session: Session, name: str) -> Account:
    return session.scalars(select(Account).where(Account.username == name)).one()


def invite(office: Office, browser: Browser, **values: Any) -> Any:
    given = INVITATION | {"region_id": office.tree.north.id} | values
    return browser.post("/accounts/new", given, token_from="/accounts/new")


def without_nonces(page: str) -> str:
    """What two answers of one kind have in common; tokens and the address differ anyhow."""
    return re.sub(r'[Nn]once"?(=|: )"[^"]+"|content="[^"]+"|value="[^"]+"|/accounts/\d+|%2Faccounts%2F\d+', "", page)


def neighbour(office: Office) -> int:
    with office.session() as session:
        return factories.account(session, "neighbour", "clerk", office.tree.neighbour, display_name="邻县专干").id


def test_an_administrator_sees_the_accounts_of_the_own_area_and_their_number(
    office: Office, administrator: Browser
) -> None:
    neighbour(office)
    office.account("clerk")
    page = administrator.text("/accounts/")
    assert "邻县专干" not in page
    assert "共 2 条" in page
    assert "共 1 条" in administrator.text("/accounts/?role=clerk")
    assert "共 1 条" in administrator.text("/accounts/?q=ADMINI")
    assert "没有符合条件" in administrator.text("/accounts/?account_state=closed")
    assert administrator.get("/accounts/export.xlsx").status_code == 200


def test_an_account_of_the_neighbours_is_answered_like_one_that_is_not_there(
    office: Office, administrator: Browser
) -> None:
    theirs = neighbour(office)
    for tail in ("", "/correct", "/close", "/invite-again", "/grants/new", "/sign-out", "/second-factor", "/lock"):
        foreign, none = administrator.get(f"/accounts/{theirs}{tail}"), administrator.get(f"/accounts/999999{tail}")
        assert (foreign.status_code, none.status_code) == (404, 404)
        assert without_nonces(foreign.text) == without_nonces(none.text)
    with office.session() as session:
        grant = session.scalars(select(Grant.id).where(Grant.account_id == theirs)).one()
    assert administrator.get(f"/accounts/grants/{grant}/end").status_code == 404


@pytest.mark.parametrize("persona", ["planner", "clerk", "leader", "viewer", "caretaker", "department"])
def test_others_keep_no_accounts(office: Office, persona: str) -> None:
    browser = office.browser(persona)
    for address in ("/accounts/", "/accounts/new", "/accounts/who", f"/accounts/{office.account(persona)}"):
        assert browser.get(address).status_code == 403


def test_an_auditor_reads_accounts_and_changes_none(office: Office) -> None:
    clerk, auditor = office.account("clerk"), office.browser("auditor")
    assert f"/accounts/{clerk}/close" not in auditor.text(f"/accounts/{clerk}")
    assert auditor.get("/accounts/who").status_code == 200
    assert auditor.get(f"/accounts/{clerk}/close").status_code == 403
    assert auditor.get("/accounts/new").status_code == 403


def test_the_first_password_is_shown_exactly_once(office: Office, administrator: Browser) -> None:
    answer = invite(office, administrator)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    password = re.search(r"data-first-password>([^<]+)<", answer.text)
    assert password is not None
    with office.session() as session:
        account = account_named(session, "wang")
        assert matches(account.password_hash, password.group(1))
        assert account.must_change_password
        number = account.id
    shown = administrator.text(f"/accounts/{number}")
    assert password.group(1) not in shown
    assert "已邀请" in shown
    assert "撤销" not in answer.text


def test_the_invitation_is_written_in_the_language_of_the_invited(office: Office, administrator: Browser) -> None:
    assert "Your account in Xiangtu" in invite(office, administrator, locale="en").text
    assert "您的乡图账号" in invite(office, administrator, username="li").text


def test_what_is_wrong_with_an_invitation_is_told_and_nothing_is_lost(office: Office, administrator: Browser) -> None:
    answer = invite(office, administrator, username="administrator", display_name="<b>王某</b>")
    assert answer.status_code == 400
    assert "该账号名已被使用" in answer.text
    assert "&lt;b&gt;王某&lt;/b&gt;" in answer.text
    assert "data-first-password" not in answer.text


def test_the_same_invitation_sent_twice_makes_one_account(office: Office, administrator: Browser) -> None:
    key = {"request_key": "twice-the-same-form"}
    assert invite(office, administrator, **key).status_code == 200
    again = invite(office, administrator, **key)
    assert again.status_code == 303
    with office.session() as session:
        assert again.location == f"/accounts/{account_named(session, 'wang').id}"


def test_a_grant_is_given_shown_with_its_reason_and_ended(office: Office, administrator: Browser) -> None:
    clerk = office.account("clerk")
    address = f"/accounts/{clerk}/grants/new"
    values = {"role": "planner", "region_id": office.tree.south.id, "valid_from": str(DAY), "reason": "借调规划组"}
    assert administrator.post(address, values, token_from=address).status_code == 303
    page = administrator.text(f"/accounts/{clerk}")
    assert "借调规划组" in page
    with office.session() as session:
        grant = session.scalars(select(Grant).where(Grant.account_id == clerk, Grant.role == "planner")).one()
    address = f"/accounts/grants/{grant.id}/end"
    assert "借调规划组" not in administrator.text(address)
    ended = administrator.post(
        address, {"on": str(DAY), "reason": "借调结束", "revision": grant.revision}, token_from=address
    )
    assert ended.status_code == 303
    assert "借调结束" in administrator.text(f"/accounts/{clerk}")


def test_nobody_opens_a_form_for_the_own_account(office: Office, administrator: Browser) -> None:
    own = office.account("administrator")
    for tail in ("/close", "/grants/new", "/correct", "/invite-again"):
        answer = administrator.get(f"/accounts/{own}{tail}")
        assert answer.status_code == 403
        assert "不能管理自己的账号和授权" in answer.text
    assert "这是您本人的账号" in administrator.text(f"/accounts/{own}")


def test_a_closed_account_is_out_at_once(office: Office, administrator: Browser) -> None:
    clerk, at_work = office.account("clerk"), office.browser("clerk")
    assert at_work.get("/registry/").status_code == 200
    address = f"/accounts/{clerk}/close"
    assert administrator.post(address, {"reason": "调离"}, token_from=address).status_code == 303
    assert at_work.get("/registry/").status_code == 401
    assert "已停用" in administrator.text(f"/accounts/{clerk}")
    address = f"/accounts/{clerk}/reopen"
    opened = administrator.post(address, {"reason": "调回"}, token_from=address)
    assert "data-first-password" in opened.text


def test_who_may_do_what_names_the_grant_it_comes_from(office: Office, administrator: Browser) -> None:
    office.account("clerk")
    office.account("department")
    with office.session() as session:
        above = factories.account(session, "above", "viewer", office.tree.city, display_name="市级查看员").id
    county = administrator.text("/accounts/who")
    assert "市级查看员" in county
    assert "来自上级" in county
    assert f"/accounts/{above}" not in county
    assert "clerk</a>" not in county
    assert "另有 1 人" in county
    town = administrator.text(f"/accounts/who?area={office.tree.north.code}")
    assert "clerk</a>" in town
    assert "department</a>" in administrator.text("/accounts/who?sector=water")
    assert "department</a>" not in administrator.text("/accounts/who?sector=education")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_accounts_speaks_both_languages(office: Office, language: str) -> None:
    with office.session() as session:
        load_defaults(session)
    clerk, browser = office.account("clerk"), office.browser("administrator", language)
    for address in (
        *("/accounts/", "/accounts/who", "/accounts/new", "/accounts/tokens", "/accounts/tokens/new"),
        *("/accounts/delegations", "/accounts/delegations/new"),
        *(f"/accounts/{clerk}{tail}" for tail in ("", "/correct", "/close", "/invite-again", "/grants/new", "/lock")),
    ):
        text = browser.text(address)
        assert ("Accounts" in text or "grants" in text) or language == "zh"
