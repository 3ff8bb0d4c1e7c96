"""Signing in and out, choosing the language."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app import db, security
from app.accounts.forms import SignInForm
from app.i18n import LANGUAGES, translated
from assets.accounts import service
from assets.accounts.tries import TooManyTries

bp = Blueprint("accounts", __name__)


@bp.route("/login", methods=["GET", "POST"])
def login() -> str | Response | tuple[str, int]:
    """Sign in with a name and a password."""
    form = SignInForm()
    target = _own_page(request.args.get("next", ""))
    if not form.validate_on_submit():
        if "account" in g and request.method == "GET":
            return redirect(target)
        return render_template("accounts/login.html", form=form, refusal=None)
    with db.system_session() as writer:
        try:
            account = service.sign_in(
                writer,
                form.username.data or "",
                form.password.data or "",
                address=request.remote_addr or "",
                now=security.moment(),
            )
        except (service.SignInRefused, TooManyTries) as refusal:
            writer.commit()
            status = 429 if isinstance(refusal, TooManyTries) else 401
            page = render_template("accounts/login.html", form=form, refusal=translated(refusal.message, refusal.data))
            return page, status
        security.remember(writer, account)
        writer.commit()
        return redirect(target)


@bp.route("/logout", methods=["GET", "POST"])
def logout() -> Response:
    """End the session; a link or picture on another site cannot."""
    if request.method == "GET" and request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return redirect(url_for("home.index"))
    with db.system_session() as writer:
        security.end_signed_in(writer)
        writer.commit()
    security.forget()
    return redirect(url_for("accounts.login"))


@bp.get("/language/<code>")
def choose_language(code: str) -> Response:
    """Keep the interface's language for this browser and go back."""
    if code in LANGUAGES:
        session["lang"] = code
    return redirect(_own_page(request.args.get("next", "")))


def _own_page(target: str) -> str:
    try:
        parts = urlsplit(target.replace("\\", "/"))
    except ValueError:
        return url_for("home.index")
    safe = target.startswith("/") and not target.startswith("//") and not parts.scheme and not parts.netloc
    return target if safe and "\r" not in target and "\n" not in target else url_for("home.index")
