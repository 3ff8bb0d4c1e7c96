"""Who sits at the browser: signed-in sessions, the viewer of a request."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, ParamSpec, cast

from flask import Flask, Response, abort, g, redirect, request, session, url_for
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from app import access, db, demands, keys
from app.config import Settings
from app.kept import remembered
from assets.accounts import sessions
from assets.accounts.models import Account
from assets.errors import NotFound
from assets.scope import Viewer, bind_viewer

LONGEST_RETURN = 4_000
PROOF_S = 10 * 60
# Open to strangers, and other than for them to whoever is signed in.
GATES = {"accounts.login", "outside.answer"}
P = ParamSpec("P")
csrf = CSRFProtect()


def init_app(app: Flask, settings: Settings) -> None:
    """Everything is closed to strangers but what ``app/access.py`` opens."""
    app.config.update(
        # With the prefix, a browser takes the cookie only from here, by TLS, for no other host.
        SESSION_COOKIE_NAME="__Host-xiangtu" if settings.secure_cookies else "xiangtu",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=settings.session_hours * 3600,
        # A page asks for many things at once: the cookie of a late tile would undo what a page has put there.
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    keys.init_app(app)
    csrf.init_app(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.before_request(_find_viewer)


def remember(writer: Session, account: Account, *, by: str = "password", second_factor: bool = False) -> None:
    """Let this browser be signed in, with a new token in place of whatever it carried; ``writer`` is not committed."""
    end_signed_in(writer)
    token = sessions.start_session(
        writer,
        account.id,
        address=request.remote_addr,
        agent=request.user_agent.string,
        now=moment(),
        by=by,
        second_factor=second_factor,
    )
    forget()
    session.update(carried(token))


def carried(token: str) -> dict[str, Any]:
    """What the cookie of a signed-in browser holds; ``proved`` is when the person last showed who they are."""
    return {"token": token, "proved": int(time.time())}


def forget() -> None:
    """Empty the cookie but for the language."""
    language = session.get("lang")
    session.clear()
    session.permanent = True
    if language:
        session["lang"] = language


def end_signed_in(writer: Session, *, by: str = "sign_out") -> None:
    """End what this browser is signed in as, if anything; whoever has copied its cookie is out as well."""
    found = sessions.find_browser(writer, str(session.get("token", "")), day=db.current_day(), address=None)
    if found is not None:
        act_as(writer, found.viewer)
        sessions.end_session(writer, found.signed_in.id, account_id=found.account.id, by=by, now=moment())


def act_as(writer: Session, viewer: Viewer) -> Session:
    """Let the trail name the person for what is done to their own account, which lies in nobody's area."""
    return bind_viewer(writer, replace(viewer, unbounded=True, address=request.remote_addr))


def renew(writer: Session, *, second_factor: bool = False) -> None:
    """Give this browser a new token once more is known of the person; a copy of the former opens nothing."""
    token = sessions.renew_token(writer, g.signed_in, second_factor=second_factor)
    forget()
    session.update(carried(token))


def note_proof() -> None:
    """Note that the person has just shown again who they are."""
    session["proved"] = int(time.time())


def recently_proved(view: Callable[P, Any]) -> Callable[P, Any]:
    """Ask for the password again before ``view`` when it was last given more than ten minutes ago."""

    @wraps(view)
    def asked(*args: P.args, **kwargs: P.kwargs) -> Any:
        if int(time.time()) - session.get("proved", 0) <= PROOF_S:
            return view(*args, **kwargs)
        back = request.full_path.rstrip("?") if request.method == "GET" else url_for("account.show")
        return redirect(url_for("account.prove", next=back), 303)

    return asked


def moment() -> dt.datetime:
    """Now, as sessions and locks count it."""
    return dt.datetime.fromtimestamp(time.time(), dt.UTC)


def _find_viewer() -> Any:
    g.viewer = Viewer(address=request.remote_addr)
    if access.is_open(request.endpoint) and request.endpoint not in GATES:
        return None
    if (key := keys.carried(request)) is not None:
        g.account, g.viewer = keys.owner_of(key)
        bind_viewer(db.session, g.viewer)
        return None
    browser = _browser()
    if browser is not None:
        g.signed_in, g.account, g.viewer = browser.signed_in.id, browser.account, browser.viewer
        bind_viewer(db.session, g.viewer)
        g.demand = demands.demand_of(browser, moment())
        if g.demand is not None and not access.is_open(request.endpoint):
            return demands.lead_to(g.demand)
        return None
    if access.is_open(request.endpoint):
        return None
    if request.endpoint is None:
        abort(404)
    return _ask_to_sign_in()


def _browser() -> sessions.Browser | None:
    token = session.get("token")
    if token is None:
        return None
    browser = _browser_with(str(token))
    if browser is None:
        forget()
    elif _outlived(browser):
        with db.system_session() as writer:
            try:
                end_signed_in(writer, by="time")
                writer.commit()
            except NotFound:
                writer.rollback()
        forget()
        return None
    else:
        _note_use(browser)
    return browser


def _browser_with(token: str) -> sessions.Browser | None:
    day, address = db.current_day(), request.remote_addr

    def read() -> sessions.Browser | None:
        with db.system_session() as reader:
            return sessions.find_browser(reader, token, day=day, address=address)

    return remembered(("viewer", sessions.hash_token(token), day, address), read)


def _outlived(browser: sessions.Browser) -> bool:
    """Whether the session is too old or was left alone too long."""
    settings = _settings()
    too_old = moment() - browser.signed_in.started_at > dt.timedelta(hours=settings.session_hours)
    # Its use is noted now and then, not each time.
    idle = dt.timedelta(minutes=settings.idle_minutes) + sessions.SEEN_EVERY
    return too_old or moment() - browser.signed_in.seen_at > idle


def _note_use(browser: sessions.Browser) -> None:
    if moment() - browser.signed_in.seen_at > sessions.SEEN_EVERY:
        with db.system_session() as writer:
            sessions.note_seen(writer, browser.signed_in.id, now=moment())
            writer.commit()


def _ask_to_sign_in() -> Response:
    wants_page = request.method == "GET" and request.accept_mimetypes.accept_html and request.blueprint != "tiles"
    if not wants_page:
        abort(401)
    if "HX-Request" in request.headers:
        return Response(status=401, headers={"HX-Redirect": url_for("accounts.login")})
    target = request.full_path.rstrip("?") if request.query_string else request.path
    kept = None if target == "/" or len(target) > LONGEST_RETURN else target
    return cast(Response, redirect(url_for("accounts.login", next=kept)))


def _settings() -> Settings:
    from flask import current_app

    return current_app.extensions["settings"]  # type: ignore[no-any-return]
