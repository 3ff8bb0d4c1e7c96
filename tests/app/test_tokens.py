"""Programs with keys read what their scopes name, and nothing else opens."""

from __future__ import annotations

import base64
import datetime as dt
import re

import pytest
from sqlalchemy import select

from assets.accounts.models import ApiToken, SignInAttempt
from assets.accounts.tokens import FAILURES_PER_ADDRESS, hash_token
from assets.audit import AuditEntry
from assets.grants.ways_in import close_account, invite_again
from tests import factories
from tests.people import Browser, Office

DAY = factories.DAY
TILE = "/tiles/villages.json"


def make(browser: Browser, *scopes: str, days: int = 30, **values: str) -> str:
    given = {"name": "办公室 QGIS", "scopes": list(scopes), "expires_on": str(DAY + dt.timedelta(days=days))}
    answer = browser.post("/accounts/tokens/new", given | values, token_from="/accounts/tokens/new")
    assert answer.status_code == 200, answer.text
    found = re.search(r"data-secret>([^<]+)<", answer.text)
    assert found is not None
    return found.group(1)


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def basic(secret: str, name: str = "clerk") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def test_a_key_is_shown_once_and_kept_as_a_hash(office: Office) -> None:
    clerk = office.browser("clerk")
    secret = make(clerk, "tiles")
    assert secret.startswith("xt_")
    assert len(secret) > 40
    assert secret not in clerk.text("/accounts/tokens")
    assert "办公室 QGIS" in clerk.text("/accounts/tokens")
    with office.session() as session:
        kept = session.scalars(select(ApiToken)).one()
        assert kept.token_hash == hash_token(secret)
        told = session.scalars(select(AuditEntry).where(AuditEntry.action == "accounts.create_token")).one()
        assert secret not in str(told.changes)
        assert kept.token_hash not in str(told.changes)


@pytest.mark.parametrize("carried", [bearer, basic])
def test_a_program_reads_what_its_scopes_name_without_a_cookie(office: Office, carried: object) -> None:
    secret = make(office.browser("clerk"), "tiles")
    stranger = office.app.test_client()
    answer = stranger.get(TILE, headers=carried(secret))  # type: ignore[operator]
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    for address in ("/registry/export.xlsx", "/", "/registry/", "/accounts/tokens"):
        refused = stranger.get(address, headers=carried(secret))  # type: ignore[operator]
        assert refused.status_code == 403
        assert "Set-Cookie" not in refused.headers


def test_a_key_changes_nothing(office: Office) -> None:
    secret = make(office.browser("clerk"), "tiles", "lists", "figures", "features")
    stranger = office.app.test_client()
    for address in (TILE, "/registry/new", "/accounts/tokens/new", "/logout"):
        assert stranger.post(address, headers=bearer(secret)).status_code in (400, 403, 405)
    assert stranger.get(TILE, headers=bearer(secret)).status_code == 200


def test_a_cookie_beside_a_key_counts_for_nothing(office: Office) -> None:
    clerk = office.browser("clerk")
    secret = make(clerk, "tiles")
    assert clerk.get("/registry/", headers=bearer(secret)).status_code == 403
    assert clerk.get("/registry/", headers=bearer("xt_wrong")).status_code == 401
    assert clerk.get("/registry/").status_code == 200


def test_whatever_opens_nothing_any_more_is_answered_alike(office: Office) -> None:
    clerk, stranger = office.browser("clerk"), office.app.test_client()
    secrets = {name: make(clerk, "tiles") for name in ("expired", "revoked", "closed")}
    with office.session() as session:
        for name, secret in secrets.items():
            token = session.scalars(select(ApiToken).where(ApiToken.token_hash == hash_token(secret))).one()
            if name == "expired":
                token.expires_on = DAY - dt.timedelta(days=1)
            number = token.id
            if name == "revoked":
                revoked = number
    address = f"/accounts/tokens/{revoked}/revoke"
    assert stranger.get(TILE, headers=bearer(secrets["revoked"])).status_code == 200
    assert clerk.post(address, {"reason": "电脑更换"}, token_from=address).status_code == 303
    assert clerk.get(address).status_code in (200, 404)
    with office.session() as session:
        close_account(
            session, office.account("clerk"), reason="调离", today=DAY, now=dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
        )
    answers = [stranger.get(TILE, headers=bearer(secret)) for secret in (*secrets.values(), "xt_" + "a" * 43, "")]
    assert [answer.status_code for answer in answers] == [401] * 5
    assert len({re.sub(r"nonce-[\w-]+|nonce=\"[^\"]+", "", answer.text) for answer in answers}) == 1
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {'Bearer realm="xiangtu"'}


def test_a_password_of_something_else_is_no_key(office: Office) -> None:
    stranger = office.app.test_client()
    assert stranger.get(TILE, headers=basic("a password")).status_code == 401
    with office.session() as session:
        assert session.scalars(select(SignInAttempt)).all() == []


def test_guessing_keys_is_slowed_down_and_the_right_key_still_opens(office: Office) -> None:
    secret = make(office.browser("clerk"), "tiles")
    with office.session() as session:
        for _ in range(FAILURES_PER_ADDRESS):
            session.add(SignInAttempt(username="(key)", address="127.0.0.1", succeeded=False))
    stranger = office.app.test_client()
    assert stranger.get(TILE, headers=bearer("xt_guess")).status_code == 429
    assert stranger.get(TILE, headers=bearer(secret)).status_code == 200


def test_use_is_noted_once_a_day(office: Office) -> None:
    secret, stranger = make(office.browser("clerk"), "tiles"), office.app.test_client()
    for _ in range(3):
        assert stranger.get(TILE, headers=bearer(secret)).status_code == 200
    with office.session() as session:
        token = session.scalars(select(ApiToken)).one()
        assert (token.used_on, token.revision) == (DAY, 2)


@pytest.mark.parametrize(
    "values",
    [
        {"name": ""},
        {"scopes": []},
        {"scopes": ["tiles", "everything"]},
        {"expires_on": str(DAY - dt.timedelta(days=1))},
        {"expires_on": str(DAY + dt.timedelta(days=400))},
    ],
)
def test_a_key_that_cannot_be_is_refused(office: Office, values: dict[str, object]) -> None:
    clerk = office.browser("clerk")
    given = {"name": "QGIS", "scopes": ["tiles"], "expires_on": str(DAY)} | values
    answer = clerk.post("/accounts/tokens/new", given, token_from="/accounts/tokens/new")
    assert answer.status_code == 400
    with office.session() as session:
        assert session.scalars(select(ApiToken)).all() == []


def test_keys_of_others_are_not_there_but_for_who_keeps_their_account(office: Office) -> None:
    make(office.browser("clerk"), "tiles")
    with office.session() as session:
        number = session.scalars(select(ApiToken.id)).one()
    address = f"/accounts/tokens/{number}/revoke"
    assert office.browser("neighbour_clerk").get(address).status_code == 404
    administrator = office.browser("administrator")
    assert "办公室 QGIS" in administrator.text(f"/accounts/{office.account('clerk')}")
    assert administrator.post(address, {"reason": "密钥外泄"}, token_from=address).status_code == 303


def test_a_new_first_password_revokes_the_keys_that_the_former_one_may_have_made(office: Office) -> None:
    secret = make(office.browser("clerk"), "tiles")
    program = Browser(office.app.test_client())
    assert program.get(TILE, headers=bearer(secret)).status_code == 200
    with office.session() as session:
        now = dt.datetime.now(dt.UTC)
        invite_again(session, office.account("clerk"), reason="密码可能泄露", today=DAY, now=now)
    assert program.get(TILE, headers=bearer(secret)).status_code == 401


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_has_not_given_the_password_of_late_gives_it_before_a_key_is_made(office: Office, method: str) -> None:
    clerk = office.browser("clerk")
    with clerk.client.session_transaction() as kept:
        kept["proved"] = 0
    answer = clerk.get("/accounts/tokens/new") if method == "get" else clerk.post("/accounts/tokens/new")
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/account/proof")
    with office.session() as session:
        assert session.scalars(select(ApiToken)).all() == []
