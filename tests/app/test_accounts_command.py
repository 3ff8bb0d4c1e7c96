"""The first administrator is made on the machine, by whoever installs the program."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from app.cli import main
from assets.accounts.models import Account, Grant
from assets.accounts.passwords import matches
from tests.people import Office


@pytest.fixture
def run(office: Office, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv("DATABASE_URL", office.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("XIANGTU_SECRET_KEY", "a secret of this test run, long enough")
    return lambda *words: CliRunner().invoke(main, ["accounts", *words])


def password_in(result: Result) -> str:
    found = re.search(r"First password: (\S+)", result.output)
    assert found is not None, result.output
    return found.group(1)


def test_an_administrator_is_made_and_begins_with_a_first_password(office: Office, run: object) -> None:
    made = run("create-administrator", "Boss", "--region", "610327", "--display-name", "王某")  # type: ignore[operator]
    assert made.exit_code == 0
    with office.session() as session:
        account = session.scalars(select(Account).where(Account.username == "boss")).one()
        grant = session.scalars(select(Grant).where(Grant.account_id == account.id)).one()
        assert matches(account.password_hash, password_in(made))
        assert account.must_change_password
        assert (grant.role, grant.region_id, grant.sector) == ("administrator", office.tree.county.id, None)
    listed = run("list").output  # type: ignore[operator]
    assert "boss\t王某\tinvited\t陇县\tadministrator" in listed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create-administrator", "boss", "--region", "99"), "no region"),
        (("create-administrator", "boss", "--region", "陇县"), "not a code"),
        (("create-administrator", "王", "--region", "610327"), "account name"),
        (("reset-password", "nobody"), "no account"),
    ],
)
def test_what_cannot_be_is_told(run: object, words: tuple[str, ...], said: str) -> None:
    result = run(*words)  # type: ignore[operator]
    assert result.exit_code != 0
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_lost_password_is_reset_on_the_machine(office: Office, run: object) -> None:
    number = office.account("administrator")
    result = run("reset-password", "administrator")  # type: ignore[operator]
    with office.session() as session:
        account = session.get_one(Account, number)
        assert matches(account.password_hash, password_in(result))
        assert account.password_expires_at is not None
        assert account.password_expires_at > dt.datetime.now(dt.UTC)
