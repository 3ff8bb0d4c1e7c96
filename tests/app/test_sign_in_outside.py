"""Signing in by a provider of OpenID Connect: whom it vouches for, and every way in which its answer is refused."""

from __future__ import annotations

import hashlib
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import RSAKey
from requests import PreparedRequest, Response
from sqlalchemy import select
from werkzeug.test import TestResponse

from assets.accounts.models import Account, SignedIn
from tests import factories
from tests.people import Browser, Office, open_office

ISSUER = "https://id.example.gov.test"
PAGE = {"Accept": "text/html"}
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
FOREIGN = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})


class Provider:
    """Answers as a provider does, with tokens it really signs; ``claims`` change what it says."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.key, self.issuer, self.algorithm = KEY, ISSUER, "RS256"
        self.asked: dict[str, str] = {}
        self.requests: list[str] = []
        self.down = False

    def authorize(self, address: str) -> str:
        """The person signs in there; returns where the browser is sent back to."""
        assert address.startswith(f"{ISSUER}/authorize?")
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        return f"{urlsplit(self.asked['redirect_uri']).path}?code=good&state={self.asked['state']}"

    def send(self, request: PreparedRequest) -> Response:
        path = urlsplit(request.url or "").path
        self.requests.append(str(request.url))
        if self.down:
            raise requests.ConnectionError("no route")
        if path == "/.well-known/openid-configuration":
            return self._answer(
                issuer=self.issuer,
                authorization_endpoint=f"{ISSUER}/authorize",
                token_endpoint=f"{ISSUER}/token",
                jwks_uri=f"{ISSUER}/keys",
                id_token_signing_alg_values_supported=["RS256", "HS256", "none"],
            )
        if path == "/keys":
            return self._answer(keys=[KEY.as_dict(private=False)])
        assert path == "/token"
        form = parse_qs(str(request.body))
        proof = urlsafe_b64encode(hashlib.sha256(form["code_verifier"][0].encode()).digest()).rstrip(b"=").decode()
        if form["code"] != ["good"] or proof != self.asked["code_challenge"]:
            return self._answer(400, error="invalid_grant")
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": "person-1", "aud": "xiangtu", "iat": now, "exp": now + 300}
        claims |= {"nonce": self.asked["nonce"]} | self.claims
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        return self._answer(access_token="opaque", token_type="Bearer", id_token=token)

    def _answer(self, status: int = 200, **values: Any) -> Response:
        made = Response()
        made.status_code, made._content = status, json.dumps(values).encode()
        made.headers["Content-Type"] = "application/json"
        return made


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    made = Provider()
    monkeypatch.setattr("requests.adapters.HTTPAdapter.send", lambda _self, request, **_options: made.send(request))
    return made


@pytest.fixture
def linked(office: Office, provider: Provider) -> Iterator[Office]:
    """An office with a provider that knows the clerk as person-1."""
    with office.session() as session:
        session.get_one(Account, office.account("clerk")).outside_subject = "person-1"
    settings = office.app.extensions["settings"]
    choices = {"oidc_issuer": ISSUER, "oidc_client_id": "xiangtu", "oidc_client_secret": "shared"}
    opened = open_office(settings.database_url, office.tree, settings.var, oidc_name="政务统一认证", **choices)
    opened.accounts = office.accounts
    yield opened
    opened.engine.dispose()
    opened.app.extensions["engine"].dispose()


def stranger(office: Office) -> Browser:
    browser = Browser(office.app.test_client())
    browser.get("/language/en")
    return browser


def sign_in(browser: Browser, provider: Provider, next: str = "") -> TestResponse:
    begun = browser.get("/login/outside" + (f"?next={next}" if next else ""))
    return browser.get(provider.authorize(begun.location))


def is_in(browser: Browser) -> bool:
    return browser.get("/registry/", headers=PAGE).status_code == 200


def test_whom_the_provider_vouches_for_is_signed_in(linked: Office, provider: Provider) -> None:
    browser = stranger(linked)
    assert "政务统一认证" in browser.text("/login")
    answer = sign_in(browser, provider, next="/registry/")
    assert answer.location == "/registry/"
    assert is_in(browser)
    assert provider.asked["code_challenge_method"] == "S256"
    assert provider.asked["redirect_uri"] == "http://localhost/login/outside/answer"
    with linked.session() as session:
        assert session.scalars(select(SignedIn.by)).all() == ["outside"]


def test_without_a_provider_nothing_outside_is_asked(office: Office, provider: Provider) -> None:
    browser = stranger(office)
    assert "outside" not in browser.text("/login")
    assert browser.get("/login/outside").status_code == 404
    assert browser.get("/login/outside/answer?code=good&state=x").status_code == 404
    assert provider.requests == []


def test_the_provider_is_asked_only_when_somebody_signs_in_by_it(linked: Office, provider: Provider) -> None:
    stranger(linked).text("/login")
    assert provider.requests == []


def test_a_person_without_an_account_here_is_told_so(linked: Office, provider: Provider) -> None:
    provider.claims = {"sub": "person-2"}
    browser = stranger(linked)
    assert sign_in(browser, provider).location == "/login"
    assert "no account here is linked with you yet" in browser.text("/login")
    assert not is_in(browser)


def test_a_closed_account_is_not_let_in(linked: Office, provider: Provider) -> None:
    with linked.session() as session:
        session.get_one(Account, linked.account("clerk")).active = False
    browser = stranger(linked)
    assert sign_in(browser, provider).location == "/login"
    assert not is_in(browser)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another sign-in"},
        {"aud": "another program"},
        {"iss": "https://evil.example"},
        {"exp": 1_600_000_000},
        {"sub": ""},
        {"nonce": None},
    ],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    linked: Office, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    browser = stranger(linked)
    assert sign_in(browser, provider).location == "/login"
    assert "did not confirm who you are" in browser.text("/login")
    assert not is_in(browser)


def test_a_token_signed_by_another_key_is_refused(linked: Office, provider: Provider) -> None:
    provider.key = FOREIGN
    browser = stranger(linked)
    sign_in(browser, provider)
    assert not is_in(browser)


@pytest.mark.parametrize(
    "query", ["code=good&state=forged", "code=good", "error=access_denied", "", "state=%00&code=x"]
)
def test_an_answer_that_was_not_asked_for_is_refused(linked: Office, provider: Provider, query: str) -> None:
    browser = stranger(linked)
    assert browser.get(f"/login/outside/answer?{query}").location == "/login"
    browser.get("/login/outside")
    assert browser.get(f"/login/outside/answer?{query}").location == "/login"
    assert not is_in(browser)


def test_an_answer_opens_in_the_browser_that_asked_and_only_once(linked: Office, provider: Provider) -> None:
    browser, thief = stranger(linked), stranger(linked)
    back = provider.authorize(browser.get("/login/outside").location)
    assert thief.get(back).location == "/login"
    assert not is_in(thief)
    assert browser.get(back).location == "/"
    browser.post("/logout", token_from="/account/")
    assert browser.get(back).location == "/login"
    assert not is_in(browser)


def test_a_code_that_was_slipped_in_fails_for_its_verifier(linked: Office, provider: Provider) -> None:
    browser = stranger(linked)
    back = provider.authorize(browser.get("/login/outside").location)
    provider.asked["code_challenge"] = "of the attacker's own sign-in"
    assert browser.get(back).location == "/login"
    assert not is_in(browser)


def test_a_provider_that_does_not_answer_is_told_and_the_password_still_opens(
    linked: Office, provider: Provider
) -> None:
    provider.down = True
    browser = stranger(linked)
    assert browser.get("/login/outside").location == "/login"
    assert "does not answer just now" in browser.text("/login")
    browser.post("/login", {"username": "clerk", "password": factories.PASSWORD}, token_from="/login")
    assert is_in(browser)


def test_a_provider_that_calls_itself_otherwise_is_not_trusted(linked: Office, provider: Provider) -> None:
    provider.issuer = "https://evil.example"
    assert stranger(linked).get("/login/outside").location == "/login"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_signing_in_outside_never_leads_to_another_site(linked: Office, provider: Provider, target: str) -> None:
    assert sign_in(stranger(linked), provider, next=target).location == "/"


def test_somebody_signed_in_links_and_unlinks_the_own_account(linked: Office, provider: Provider) -> None:
    provider.claims = {"sub": "person-9"}
    browser = linked.browser("neighbour_clerk", "en")
    assert browser.get(provider.authorize(browser.get("/account/outside/link").location)).location == "/account/"
    assert "Linked; you can sign in with it." in browser.text("/account/")
    assert is_in_as(linked, provider, "neighbour_clerk")
    browser.post("/account/outside/unlink", token_from="/account/")
    assert not is_in_as(linked, provider, "neighbour_clerk")


def is_in_as(office: Office, provider: Provider, persona: str) -> bool:
    browser = stranger(office)
    sign_in(browser, provider)
    return is_in(browser) and persona in browser.text("/account/")


def test_one_person_is_one_account(linked: Office, provider: Provider) -> None:
    browser = linked.browser("neighbour_clerk", "en")
    browser.get(provider.authorize(browser.get("/account/outside/link").location))
    assert "Another account is linked with this person already." in browser.text("/account/")


def test_linking_is_refused_once_somebody_else_sits_there(linked: Office, provider: Provider) -> None:
    provider.claims = {"sub": "person-9"}
    browser = linked.browser("neighbour_clerk", "en")
    back = provider.authorize(browser.get("/account/outside/link").location)
    linked.sign_in(browser.client, linked.account("clerk"))
    browser.get(back)
    with linked.session() as session:
        assert session.get_one(Account, linked.account("clerk")).outside_subject == "person-1"
        assert session.get_one(Account, linked.account("neighbour_clerk")).outside_subject is None


def test_a_link_from_another_site_links_nothing(linked: Office, provider: Provider) -> None:
    browser = linked.browser("neighbour_clerk", "en")
    answer = browser.get("/account/outside/link", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.location == "/account/"
    assert provider.requests == []


def test_no_password_is_demanded_of_whom_the_provider_vouches_for(linked: Office, provider: Provider) -> None:
    with linked.session() as session:
        session.get_one(Account, linked.account("clerk")).must_change_password = True
    browser = stranger(linked)
    sign_in(browser, provider)
    assert is_in(browser)
