"""What is demanded of a person before any other page opens: a password of their own, a second factor."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from flask import abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from app.config import Settings
from assets.accounts.models import Account
from assets.accounts.sessions import Browser
from assets.scope import Viewer

PAGES = {"password": "account.change_password", "second_factor": "account.show_second_factor"}
OPEN_DURING = {
    "password": {"account.change_password", "accounts.logout"},
    "second_factor": {
        "account.show_second_factor",
        "account.begin_second_factor",
        "account.confirm_second_factor",
        "account.prove",
        "accounts.logout",
    },
}


def demand_of(browser: Browser, now: dt.datetime) -> str | None:
    """``password``, ``second_factor`` or nothing."""
    # Whom a provider vouches for has no use for a password here.
    if browser.signed_in.by == "password" and password_due(browser.account, now):
        return "password"
    if needs_second_factor(browser.viewer) and not browser.has_second_factor:
        return "second_factor"
    return None


def password_due(account: Account, now: dt.datetime) -> bool:
    """Whether the password is a first one, or older than the installation allows."""
    days = _settings().password_days
    since = account.password_changed_at or account.created_at
    return account.must_change_password or bool(days and now - since > dt.timedelta(days=days))


def needs_second_factor(viewer: Viewer) -> bool:
    """Whether the installation wants a second factor of this person."""
    wanted = _settings().second_factor
    return wanted == "all" or (wanted == "administrators" and "administrator" in viewer.roles)


def lead_to(demand: str) -> Any:
    """Nothing if this page is open meanwhile; else the way to what is demanded."""
    if request.endpoint in OPEN_DURING[demand]:
        return None
    address = url_for(PAGES[demand])
    if "HX-Request" in request.headers:
        return Response(status=403, headers={"HX-Redirect": address})
    if not request.accept_mimetypes.accept_html or request.blueprint == "tiles":
        abort(403)
    return redirect(address, 303)


def _settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])


def is_alone() -> bool:
    """Whether the page is shown without the rooms, since none of them would open."""
    return "account" not in g or g.get("demand") is not None
