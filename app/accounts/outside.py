"""Signing in by a provider of OpenID Connect, where one is configured; nothing outside is asked otherwise."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, abort, current_app, flash, g, redirect, request, session, url_for
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from app import security
from app.accounts.entering import enter, writing_session
from app.config import Settings
from app.i18n import gettext as _
from app.i18n import translated
from app.returning import own_page
from assets.accounts import outside
from assets.accounts.models import Account
from assets.errors import RegistryError

log = logging.getLogger(__name__)
bp = Blueprint("outside", __name__)
PATIENCE_S = 10
# Signed with a key of the provider's alone; a shared secret or no signature proves nothing.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
FAULTS = (AuthlibBaseError, JoseError, requests.RequestException, ValueError, KeyError, RuntimeError, TypeError)


class NotVouched(Exception):
    """What the provider answered does not prove who somebody is."""


@dataclass(frozen=True)
class Provider:
    """Whom people may sign in by."""

    name: str
    issuer: str
    client: Any

    def begin(self, answer: str, **wishes: str) -> Response:
        """Lead the browser to the provider; state, nonce and verifier stay in its cookie."""
        self._trust()
        return cast(Response, self.client.authorize_redirect(answer, **wishes))

    def subject(self) -> str:
        """Who the person is, by the signed token for which the answer's code is exchanged.

        Raises
        ------
        NotVouched
            When there is no such token.
        """
        self._trust()
        claims = self.client.authorize_access_token().get("userinfo")
        if not claims or not claims.get("sub"):
            raise NotVouched("no identity token")
        return str(claims["sub"])

    def _trust(self) -> None:
        metadata = self.client.load_server_metadata()
        if str(metadata.get("issuer", "")).rstrip("/") != self.issuer:
            raise NotVouched(f"{self.issuer} calls itself {metadata.get('issuer')}")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [one for one in offered if one in ALGORITHMS]


def init_app(app: Flask, settings: Settings) -> None:
    """Know the provider, if there is one; it is asked when the first person signs in by it."""
    app.extensions["outside"] = None
    if not settings.oidc_issuer or not settings.oidc_client_id:
        return
    client = cast(Any, OAuth(app)).register(
        "outside",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret or None,
        server_metadata_url=f"{settings.oidc_issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid", "code_challenge_method": "S256", "default_timeout": PATIENCE_S},
    )
    name = settings.oidc_name or urlsplit(settings.oidc_issuer).netloc
    app.extensions["outside"] = Provider(name, settings.oidc_issuer, client)


@bp.get("/login/outside")
def begin() -> Response:
    """Lead to the provider to sign in; `next` is the page to come back to."""
    session["outside"] = {"target": own_page(request.args.get("next", ""))}
    return _lead_to_provider()


@bp.get("/account/outside/link")
@security.recently_proved
def link() -> Response:
    """Lead to the provider to link one's own account with the person there."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return redirect(url_for("account.show"))
    session["outside"] = {"target": url_for("account.show"), "link": g.signed_in}
    return _lead_to_provider()


@bp.get("/login/outside/answer")
def answer() -> Response:
    """Take the provider's answer."""
    provider, asked = _provider(), session.pop("outside", None)
    if not isinstance(asked, dict):
        return _refused(_("This sign-in was not begun in this browser. Please begin again."))
    try:
        subject = provider.subject()
    except (NotVouched, *FAULTS) as fault:
        log.warning("%s does not vouch: %s", provider.name, fault)
        return _refused(_("%(name)s did not confirm who you are. Please try again.", name=provider.name))
    with writing_session(request.remote_addr or "") as writer:
        try:
            if asked.get("link") is None:
                account = outside.sign_in_outside(writer, subject, provider=provider.name)
                return enter(writer, account, by="outside", target=own_page(asked["target"]))
            if asked["link"] != g.get("signed_in"):
                return _refused(_("You have been signed out meanwhile. Please sign in and begin again."))
            security.act_as(writer, g.viewer)
            outside.link_outside(writer, writer.get_one(Account, g.account.id), subject)
            writer.commit()
        except RegistryError as refusal:
            writer.commit()
            return _refused(translated(refusal.message, refusal.data))
    flash(_("Your account is linked with %(name)s.", name=provider.name), "success")
    return redirect(url_for("account.show"))


@bp.post("/account/outside/unlink")
def unlink() -> Response:
    """Sign in with the password alone again."""
    with security.act_as(writing_session(request.remote_addr or ""), g.viewer) as writer:
        outside.unlink_outside(writer, writer.get_one(Account, g.account.id))
        writer.commit()
    flash(_("The link is removed."), "success")
    return redirect(url_for("account.show"), 303)


def _lead_to_provider() -> Response:
    provider = _provider()
    # Somebody signed in already is here to prove it once more.
    wishes = {"prompt": "login"} if "token" in session else {}
    try:
        return provider.begin(url_for("outside.answer", _external=True), **wishes)
    except (NotVouched, *FAULTS) as fault:
        log.warning("%s does not answer: %s", provider.name, fault)
        return _refused(_("%(name)s does not answer just now. Please sign in with your password.", name=provider.name))


def _provider() -> Provider:
    provider = current_app.extensions["outside"]
    if provider is None:
        abort(404)
    return cast(Provider, provider)


def _refused(words: str) -> Response:
    flash(words, "error")
    return redirect(url_for("account.show") if "account" in g else url_for("accounts.login"))
