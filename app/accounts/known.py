"""A cookie that tells which accounts a browser has signed in to before.

Its failures are counted by themselves (``assets/accounts/tries.py``): who guesses at a name from
elsewhere cannot lock out the person who works at this browser. It opens nothing.
"""

from __future__ import annotations

import secrets
from typing import cast

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from app.config import Settings

COOKIE = "xiangtu-known"
YEAR_S = 365 * 24 * 3600
MOST_ACCOUNTS = 8


def known_accounts() -> dict[int, str]:
    """By account, what this browser was given when it signed in to it."""
    try:
        kept = _serializer().loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return {}
    return {int(account): str(device) for account, device in kept.items()}


def make_known(response: Response, account_id: int) -> None:
    """Let the browser be known to an account that it has just signed in to."""
    kept = known_accounts()
    device = kept.pop(account_id, None) or secrets.token_urlsafe(12)
    newest = dict([*kept.items(), (account_id, device)][-MOST_ACCOUNTS:])
    settings = _settings()
    response.set_cookie(
        COOKIE,
        _serializer().dumps({str(account): value for account, value in newest.items()}),
        max_age=YEAR_S,
        path="/login",
        secure=settings.secure_cookies,
        httponly=True,
        samesite="Lax",
    )


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(_settings().secret_key, salt="known browser")


def _settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])
