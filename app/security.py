"""Signing in, the viewer of a request, headers."""

from __future__ import annotations

import secrets
import time
from typing import Any, cast

from flask import Flask, Response, abort, g, redirect, request, session, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app import access, db
from app.config import Settings
from app.kept import remembered
from assets.accounts import queries as accounts
from assets.accounts.models import Account
from assets.scope import Viewer, bind_viewer

LONGEST_RETURN = 4_000
csrf = CSRFProtect()


def init_app(app: Flask, settings: Settings) -> None:
    """Everything is closed to strangers but what ``app/access.py`` opens."""
    app.config.update(
        SESSION_COOKIE_NAME="xiangtu",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=settings.session_hours * 3600,
        WTF_CSRF_TIME_LIMIT=None,
    )
    csrf.init_app(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.before_request(_find_viewer)
    app.after_request(_add_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def csp_nonce() -> str:
    """The word that lets this response's own scripts run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def remember(account_id: int, key: str) -> None:
    """Start a signed-in session in place of whatever session there was."""
    language = session.get("lang")
    session.clear()
    session.permanent = True
    now = int(time.time())
    session.update(account=account_id, key=key, since=now, seen=now)
    if language:
        session["lang"] = language


def _find_viewer() -> Any:
    g.viewer = Viewer(address=request.remote_addr)
    if access.is_open(request.endpoint) and request.endpoint != "accounts.login":
        return None
    account_id, key = session.get("account"), session.get("key")
    if account_id is not None and _outlived(_settings()):
        session.clear()
        account_id = None
    if account_id is not None:
        found = _viewer_of(account_id, str(key))
        if found is not None:
            g.account, g.viewer = found
            bind_viewer(db.session, g.viewer)
            return None
        session.clear()
    if access.is_open(request.endpoint):
        return None
    if request.endpoint is None:
        abort(404)
    return _ask_to_sign_in()


def _viewer_of(account_id: int, key: str) -> tuple[Account, Viewer] | None:
    day, address = db.current_day(), request.remote_addr

    def read() -> tuple[Account, Viewer] | None:
        with db.system_session() as reader:
            return accounts.find_viewer(reader, account_id, key=key, day=day, address=address)

    return remembered(("viewer", account_id, key, day, address), read)


def _outlived(settings: Settings) -> bool:
    """Whether the session is too old or was left alone too long; notes that it is in use."""
    now = int(time.time())
    since, seen = session.get("since", 0), session.get("seen", 0)
    if now - since > settings.session_hours * 3600 or now - seen > settings.idle_minutes * 60:
        return True
    if now - seen > 60:
        session["seen"] = now
    return False


def _ask_to_sign_in() -> Response:
    wants_page = request.method == "GET" and request.accept_mimetypes.accept_html and request.blueprint != "tiles"
    if not wants_page:
        abort(401)
    if "HX-Request" in request.headers:
        return Response(status=401, headers={"HX-Redirect": url_for("accounts.login")})
    target = request.full_path.rstrip("?") if request.query_string else request.path
    kept = None if target == "/" or len(target) > LONGEST_RETURN else target
    return cast(Response, redirect(url_for("accounts.login", next=kept)))


def _add_headers(response: Response) -> Response:
    nonce = csp_nonce()
    settings: Settings = _settings()
    pictures = " ".join(sorted({*_origins(settings.basemap_url), *(_tianditu() if settings.tianditu_token else ())}))
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; worker-src 'self' blob:; "
        f"style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; "
        f"img-src 'self' data: blob: {pictures}; connect-src 'self' {pictures}; "
        "font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if settings.secure_cookies:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if "account" in g:
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def _settings() -> Settings:
    from flask import current_app

    return current_app.extensions["settings"]  # type: ignore[no-any-return]


def _origins(url: str) -> list[str]:
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    return [f"{parts.scheme}://{parts.netloc}".replace("{s}", "*")] if parts.netloc else []


def _tianditu() -> list[str]:
    return ["https://*.tianditu.gov.cn"]
