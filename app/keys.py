"""Programs that come with a key instead of a browser that is signed in.

A key is a bearer token, or the password of HTTP Basic, as QGIS sends it. Such a request has no
session and is given no cookie; what it may open is for :mod:`app.access` to say.
"""

from __future__ import annotations

import datetime as dt
from typing import NoReturn

from flask import Flask, Request, Response, abort, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from app import db
from app.kept import remembered
from assets.accounts import tokens
from assets.accounts.models import Account, ApiToken
from assets.scope import Viewer

LONGEST_KEY = 200


class Sessions(SecureCookieSessionInterface):
    """Cookies for browsers; none are read from programs with a key, or given to them."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie holds; nothing beside a key."""
        return self.session_class() if carried(request) is not None else super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what the cookie holds; nothing beside a key."""
        if carried(request) is None:
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Keep sessions away from programs, and tell them what is asked for."""
    app.session_interface = Sessions()
    app.after_request(_ask_for_key)


def carried(asked: Request) -> str | None:
    """The key a request comes with; a password that is none of ours is left alone."""
    given = asked.authorization
    if given is None:
        return None
    if given.type == "bearer":
        return (given.token or "")[:LONGEST_KEY]
    password = given.password if given.type == "basic" else None
    return password[:LONGEST_KEY] if password and password.startswith(tokens.MARK) else None


def owner_of(secret: str) -> tuple[Account, Viewer]:
    """Whose key it is, and how far that person sees; notes once a day that it is used.

    Unknown, expired and revoked keys and those of closed accounts are turned away alike.
    """
    day, address = db.current_day(), request.remote_addr
    found = remembered(("key", tokens.hash_token(secret), day, address), lambda: _read(secret))
    if found is None:
        _refuse()
    account, viewer, token = found
    if token.used_on is None or token.used_on < day:
        with db.system_session() as writer:
            tokens.note_use(writer, token.id, day=day)
            writer.commit()
    g.token_scopes = frozenset(token.scopes)
    return account, viewer


def _read(secret: str) -> tuple[Account, Viewer, ApiToken] | None:
    with db.system_session() as reader:
        return tokens.find_owner(reader, secret, day=db.current_day(), address=request.remote_addr)


def _refuse() -> NoReturn:
    address = request.remote_addr or ""
    with db.system_session() as writer:
        if tokens.is_locked_out(writer, address=address, now=dt.datetime.now(dt.UTC)):
            abort(429)
        tokens.note_failure(writer, address=address)
        writer.commit()
    abort(401)


def _ask_for_key(response: Response) -> Response:
    if response.status_code == 401 and carried(request) is not None:
        response.headers["WWW-Authenticate"] = 'Bearer realm="xiangtu"'
    return response
