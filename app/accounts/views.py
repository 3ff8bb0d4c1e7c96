"""Signing in and out, choosing the language."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app import db, security
from app.accounts.entering import enter, let_in, waiting, writing_session
from app.accounts.forms import CodeForm, SignInForm
from app.accounts.known import known_accounts
from app.i18n import LANGUAGES, translated
from app.i18n import gettext as _
from app.returning import own_page
from app.sealing import second_factor_sealer
from assets.accounts import recovery_codes, second_factor, service
from assets.accounts.tries import TooManyTries
from assets.errors import RegistryError

bp = Blueprint("accounts", __name__)
Page = str | Response | tuple[str, int]


@bp.route("/login", methods=["GET", "POST"])
def login() -> Page:
    """Sign in with a name and a password."""
    form = SignInForm()
    target = own_page(request.args.get("next", ""))
    if not form.validate_on_submit():
        if "account" in g and request.method == "GET":
            return redirect(target)
        return _login_page(form)
    address = request.remote_addr or ""
    with writing_session(address) as writer:
        try:
            account = service.sign_in(
                writer,
                form.username.data or "",
                form.password.data or "",
                address=address,
                now=security.moment(),
                devices=known_accounts(),
            )
        except (service.SignInRefused, TooManyTries) as refusal:
            writer.commit()
            return _login_page(form, refusal), _status(refusal)
        return enter(writer, account, by="password", target=target)


@bp.route("/login/code", methods=["GET", "POST"])
def give_code() -> Page:
    """Give the code of the second factor, or a recovery code."""
    form, address = CodeForm(), request.remote_addr or ""
    with writing_session(address) as writer:
        person = waiting(writer)
        if person is None:
            security.forget()
            flash(_("Please sign in again; too much time has passed."), "error")
            return redirect(url_for("accounts.login"))
        if not form.validate_on_submit():
            return render_template("accounts/code.html", form=form, refusal=None)
        try:
            kind = second_factor.check_code(
                writer,
                person.account,
                form.code.data or "",
                seal=second_factor_sealer(),
                address=address,
                now=security.moment(),
                device=known_accounts().get(person.account.id),
            )
        except (second_factor.CodeRefused, TooManyTries) as refusal:
            writer.commit()
            words = translated(refusal.message, refusal.data)
            return render_template("accounts/code.html", form=CodeForm(formdata=None), refusal=words), _status(refusal)
        left = recovery_codes.codes_left(writer, person.account.id)
        response = let_in(writer, person.account, by=person.by, target=person.target, with_code=True)
    if kind == "recovery":
        flash(_("A recovery code was used up; %(left)s are left. Make new ones under “My account”.", left=left), "info")
    return response


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
    return redirect(own_page(request.args.get("next", "")))


def _login_page(form: SignInForm, refusal: RegistryError | None = None) -> str:
    words = translated(refusal.message, refusal.data) if refusal else None
    provider = current_app.extensions["outside"]
    return render_template("accounts/login.html", form=form, refusal=words, provider=provider)


def _status(refusal: RegistryError) -> int:
    return 429 if isinstance(refusal, TooManyTries) else 401
