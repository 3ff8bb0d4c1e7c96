"""What every request is held to before anything is read, and what every answer says of itself."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from app import create_app
from app.config import Settings
from app.guards import is_own_host
from app.shares import STEPS, at, stylesheet
from tests.people import Office

PARTS = {f"f{number}": "x" for number in range(600)}
FORGED = (
    "evil.example",
    "localhost.evil.example",
    "evil.example:80",
    "127.0.0.1@evil.example",
    "evil.example#localhost",
    "localhost:port",
    "localhost/x",
    "[::1",
    "",
    "0.0.0.0",
)


@pytest.mark.parametrize("host", FORGED)
def test_a_forged_host_is_refused_before_anything_is_read(office: Office, host: str) -> None:
    for page in ("/", "/login", "/healthz"):
        answer = office.browser("clerk").get(page, headers={"Host": host})
        assert answer.status_code == 400, (page, host)
        assert "请使用单位告知的网址" in answer.text
        assert "evil" not in answer.text and "evil" not in str(answer.headers)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000", "localhost."])
def test_this_machine_is_always_answered(office: Office, host: str) -> None:
    assert office.browser().get("/healthz", headers={"Host": host}).status_code == 200


def test_named_hosts_and_those_below_a_dot_are_answered(office: Office) -> None:
    app = create_app(replace(office.app.extensions["settings"], hosts=("xt.longxian.gov.cn", ".baoji.gov.cn")))
    with app.app_context():
        assert is_own_host("xt.longxian.gov.cn:8443") and is_own_host("xt.baoji.gov.cn")
        assert not is_own_host("longxian.gov.cn") and not is_own_host("evilbaoji.gov.cn")
        assert is_own_host("10.1.2.3", listening_on="10.1.2.3")
        assert not is_own_host("10.1.2.3", listening_on="0.0.0.0")
    app.extensions["engine"].dispose()


def test_a_forwarded_host_counts_only_from_as_many_proxies_as_are_set(office: Office) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "203.0.113.9"}
    assert office.browser("clerk").get("/maintenance/", headers=forged).status_code == 200
    behind = create_app(replace(office.app.extensions["settings"], trusted_proxies=1))
    assert behind.test_client().get("/healthz", headers=forged).status_code == 400
    behind.extensions["engine"].dispose()


def test_every_answer_tells_the_browser_what_it_may_do(office: Office) -> None:
    browser = office.browser("clerk")
    for page in ("/maintenance/", "/registry/export.xlsx", "/nowhere", "/map/counts.json", "/login"):
        said = browser.get(page).headers
        policy = said["Content-Security-Policy"]
        assert "unsafe" not in policy and "*" not in policy, page
        assert "object-src 'none'" in policy and "base-uri 'none'" in policy and "form-action 'self'" in policy
        assert re.search(r"script-src 'self' 'nonce-[\w-]{20,}';", policy)
        assert said["X-Content-Type-Options"] == "nosniff" and said["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in said["Permissions-Policy"]
        assert "Strict-Transport-Security" not in said


def test_no_two_answers_share_their_nonce(office: Office) -> None:
    browser = office.browser("clerk")
    policies = {browser.get("/maintenance/").headers["Content-Security-Policy"] for _ in range(5)}
    assert len(policies) == 5


def test_behind_tls_the_cookie_is_bound_to_the_host(office: Office) -> None:
    app = create_app(replace(office.app.extensions["settings"], secure_cookies=True))
    answer = app.test_client().get("/language/en", base_url="https://localhost")
    app.extensions["engine"].dispose()
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-xiangtu=")
    assert "Secure" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


@pytest.mark.parametrize("folder", ["app/templates", "static/js"])
def test_no_page_carries_style_or_script_in_its_attributes(folder: str) -> None:
    inline = re.compile(r"""<[^>]*\s(style|on[a-z]+|hx-on[:\w-]*)=["'{]|javascript:""")
    root = Path(__file__).parents[2]
    for path in sorted((root / folder).rglob("*.*")):
        found = inline.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path.relative_to(root)}: {found and found.group(0)[-60:]}"


def test_lengths_are_classes() -> None:
    assert [at(share) for share in (0, 1, 0.1234, -3, 7)] == ["at-0", "at-1000", "at-123", "at-0", "at-1000"]
    assert stylesheet().count("--at:") == STEPS + 1


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ({"path": "/registry/?q=" + "x" * 131_000}, 414),
        ({"path": "/registry/", "headers": {"X-Long": "x" * 40_000}}, 431),
        ({"path": "/positions/read.json", "method": "POST", "data": {"text": "x" * (33 * 1024 * 1024)}}, 413),
        ({"path": "/positions/read.json", "method": "POST", "data": PARTS, "content_type": "multipart/form-data"}, 413),
    ],
    ids=["address", "headers", "body", "parts"],
)
def test_what_is_too_much_is_refused_in_words(office: Office, what: dict[str, object], status: int) -> None:
    office.app.config["WTF_CSRF_ENABLED"] = False
    answer = office.browser("clerk").client.open(**what)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert re.search("太长|过长|过大|过多", answer.text), answer.text[:300]


@pytest.mark.parametrize("bracket", ['{"coordinates":', "["])
def test_json_ten_thousand_deep_is_refused(office: Office, bracket: str) -> None:
    office.app.config["WTF_CSRF_ENABLED"] = False
    answer = office.browser("clerk").client.post("/positions/read.json", data={"text": bracket * 10_000})
    assert answer.status_code in (200, 400)
    assert not answer.is_json or answer.json is None or not answer.json.get("geometry")


def test_a_page_cannot_keep_the_database_busy_for_ever(office: Office) -> None:
    with office.app.extensions["engine"].connect() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "1min"
        assert connection.scalar(text("SHOW idle_in_transaction_session_timeout")) == "2min"


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgresql://", "XIANGTU_VAR": str(tmp_path), "XIANGTU_SECRET_KEY": "short"}
    with pytest.raises(ValueError, match="32 characters"):
        Settings.from_environment(given)


def test_the_first_run_makes_a_secret_that_only_its_owner_reads(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgresql://", "XIANGTU_VAR": str(tmp_path)}
    made = Settings.from_environment(given).secret_key
    assert len(made) >= 48
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
    assert Settings.from_environment(given).secret_key == made
