"""Passwords that everybody knows never stand open where others can reach them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from app.cli.demo import lock
from app.config import Settings
from app.demonstration import DemonstrationInPublic, is_public, refuse_in_public
from tests import factories
from tests.people import Office


@pytest.fixture
def settings(office: Office) -> Settings:
    """Those of an installation with a demonstration account."""
    with office.session() as session:
        factories.account(session, "planner_known", "planner", office.tree.county, is_demonstration=True)
    found: Settings = office.app.extensions["settings"]
    return found


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "[::]:80", "10.1.2.3:8000", "xt.longxian.gov.cn", ":8000", ""])
def test_an_address_that_others_reach_is_refused_with_what_to_do(settings: Settings, address: str) -> None:
    with pytest.raises(DemonstrationInPublic, match="xiangtu demo lock") as refusal:
        refuse_in_public(["127.0.0.1", address], settings)
    assert "演示账号" in str(refusal.value)


@pytest.mark.parametrize(
    "address", ["127.0.0.1:8000", "127.9.9.9", "[::1]:8000", "::1", "localhost", "unix:/run/x", "fd://3"]
)
def test_this_machine_alone_may_have_them(settings: Settings, address: str) -> None:
    assert not is_public(address)
    refuse_in_public([address], settings)


@pytest.mark.parametrize("public", [{"hosts": ("xt.longxian.gov.cn",)}, {"trusted_proxies": 1}])
def test_a_name_or_a_proxy_makes_a_server_public(settings: Settings, public: dict[str, object]) -> None:
    with pytest.raises(DemonstrationInPublic):
        refuse_in_public(["127.0.0.1"], replace(settings, **public))  # type: ignore[arg-type]


def test_whoever_allows_it_may_show_the_demonstration(settings: Settings) -> None:
    refuse_in_public(["0.0.0.0"], replace(settings, allow_demonstration=True))


def test_locked_accounts_no_longer_stand_in_the_way(
    office: Office, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "密码是公开的" in office.browser().get("/login").text
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("XIANGTU_VAR", str(settings.var))
    told = CliRunner().invoke(lock)
    assert told.exit_code == 0 and "已停用 1 个演示账号" in told.output
    refuse_in_public(["0.0.0.0"], settings)
    assert "密码是公开的" not in office.browser().get("/login").text
    with office.session() as session:
        said = session.execute(text("SELECT action, reason FROM audit_entry WHERE table_name = 'account'")).all()
    assert [row.action for row in said] == ["grants.close_account"]
