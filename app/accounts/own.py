"""My account: password, second factor, browsers that are signed in."""

from __future__ import annotations

from typing import cast

import segno
from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import db, demands, security
from app.accounts.entering import writing_session
from app.accounts.forms import CodeForm, PasswordForm, ProofForm
from app.config import Settings
from app.i18n import gettext as _
from app.i18n import language, translated
from app.returning import own_page
from app.sealing import second_factor_sealer
from assets.accounts import recovery_codes, second_factor, service, sessions
from assets.accounts.models import Account, SecondFactor
from assets.accounts.tries import TooManyTries
from assets.errors import InvalidValue
from assets.regions.directory import full_names, home_path
from assets.regions.models import Region
from assets.terms import queries as terms

bp = Blueprint("account", __name__, url_prefix="/account")
Page = str | Response | tuple[str, int]


@bp.get("/")
def show() -> str:
    """What I may do, how I sign in, and where I am signed in."""
    account: Account = g.account
    factor = db.session.get(SecondFactor, account.id)
    regions = [region for reach in g.viewer.reaches if (region := db.session.get(Region, reach.region_id))]
    return render_template(
        "accounts/show.html",
        mine=account,
        factor=factor if factor is not None and factor.confirmed_at else None,
        codes=recovery_codes.codes_left(db.session, account.id),
        required=demands.needs_second_factor(g.viewer),
        names=full_names(db.session, regions, home=home_path(g.viewer)),
        sectors=terms.names(db.session, "sector", day=db.current_day(), language=language()),
        browsers=sessions.sessions_of(db.session, account.id),
        here=g.signed_in,
        provider=current_app.extensions["outside"],
    )


@bp.route("/password", methods=["GET", "POST"])
def change_password() -> Page:
    """Change the password; the first one, or one that is too old, before anything else."""
    form, settings = PasswordForm(), _settings()
    context = {"form": form, "least": settings.password_length, "first": g.demand == "password"}
    if not form.validate_on_submit():
        return render_template("accounts/password.html", refusal=None, **context), 400 if form.errors else 200
    address = request.remote_addr or ""
    with _own_session() as writer:
        try:
            service.change_password(
                writer,
                writer.get_one(Account, g.account.id),
                old=form.old.data or "",
                new=form.new.data or "",
                again=form.again.data or "",
                least=settings.password_length,
                address=address,
                now=security.moment(),
                keep=g.signed_in,
            )
        except InvalidValue as refusal:
            writer.commit()
            form.refuse(refusal)
            return render_template("accounts/password.html", refusal=None, **context), 400
        except TooManyTries as refusal:
            writer.commit()
            words = translated(refusal.message, refusal.data)
            return render_template("accounts/password.html", refusal=words, **context), 429
        security.renew(writer)
        writer.commit()
    flash(_("The password is changed. All other browsers have been signed out."), "success")
    return redirect(own_page(request.args.get("next", url_for("account.show"))), 303)


@bp.route("/proof", methods=["GET", "POST"])
def prove() -> Page:
    """Show once more who one is, before something that matters."""
    form, target = ProofForm(), own_page(request.args.get("next", ""))
    provider = current_app.extensions["outside"]
    context = {"form": form, "target": target, "provider": provider if g.account.outside_subject else None}
    if not form.validate_on_submit():
        return render_template("accounts/proof.html", refusal=None, **context)
    try:
        fits = _is_own_password(form.password.data or "")
    except TooManyTries as refusal:
        words = translated(refusal.message, refusal.data)
        return render_template("accounts/proof.html", refusal=words, **context), 429
    if not fits:
        form.password.errors = [_("The password is wrong.")]
        return render_template("accounts/proof.html", refusal=None, **context), 401
    security.note_proof()
    return redirect(target, 303)


@bp.get("/second-factor")
@security.recently_proved
def show_second_factor() -> str:
    """Set up the telephone."""
    return _setting_up(CodeForm(formdata=None))


@bp.post("/second-factor/begin")
@security.recently_proved
def begin_second_factor() -> Response:
    """Make a secret for the telephone."""
    with _own_session() as writer:
        account = writer.get_one(Account, g.account.id)
        second_factor.begin_second_factor(writer, account, seal=second_factor_sealer(), now=security.moment())
        writer.commit()
    return redirect(url_for("account.show_second_factor"), 303)


@bp.post("/second-factor/confirm")
@security.recently_proved
def confirm_second_factor() -> Page:
    """Take the telephone into use; shows the recovery codes, this once."""
    form = CodeForm()
    if not form.validate_on_submit():
        return _setting_up(form), 400
    with _own_session() as writer:
        try:
            codes = second_factor.confirm_second_factor(
                writer,
                writer.get_one(Account, g.account.id),
                form.code.data or "",
                seal=second_factor_sealer(),
                address=request.remote_addr or "",
                now=security.moment(),
            )
        except (InvalidValue, TooManyTries) as refusal:
            writer.commit()
            form.code.errors = [translated(refusal.message, refusal.data)]
            return _setting_up(form), 429 if isinstance(refusal, TooManyTries) else 400
        security.renew(writer, second_factor=True)
        writer.commit()
    return _codes_page(codes)


@bp.route("/second-factor/codes", methods=["GET", "POST"])
@security.recently_proved
def renew_codes() -> Page:
    """Make new recovery codes; the former end."""
    if request.method == "GET":
        return redirect(url_for("account.show"))
    with _own_session() as writer:
        codes = second_factor.renew_recovery_codes(writer, writer.get_one(Account, g.account.id))
        writer.commit()
    return _codes_page(codes)


@bp.route("/second-factor/off", methods=["GET", "POST"])
def turn_off_second_factor() -> Page:
    """Sign in with the password alone again; asks for it."""
    form = ProofForm()
    if not form.validate_on_submit():
        return render_template("accounts/off.html", form=form, refusal=None)
    try:
        fits = _is_own_password(form.password.data or "")
    except TooManyTries as refusal:
        return render_template("accounts/off.html", form=form, refusal=translated(refusal.message, refusal.data)), 429
    if not fits:
        form.password.errors = [_("The password is wrong.")]
        return render_template("accounts/off.html", form=form, refusal=None), 401
    with _own_session() as writer:
        second_factor.turn_off_second_factor(writer, writer.get_one(Account, g.account.id))
        writer.commit()
    flash(_("The second factor is off."), "success")
    return redirect(url_for("account.show"), 303)


@bp.post("/sessions/<int:signed_in_id>/end")
def end_session(signed_in_id: int) -> Response:
    """Sign one of my browsers out."""
    with _own_session() as writer:
        sessions.end_session(writer, signed_in_id, account_id=g.account.id, by="revoked", now=security.moment())
        writer.commit()
    flash(_("That browser is signed out."), "success")
    return redirect(url_for("account.show"), 303)


@bp.post("/sessions/end-others")
def end_other_sessions() -> Response:
    """Sign all my other browsers out."""
    with _own_session() as writer:
        ended = sessions.end_sessions(writer, g.account.id, by="revoked", now=security.moment(), keep=g.signed_in)
        writer.commit()
    flash(_("%(count)s other browsers are signed out.", count=len(ended)), "success")
    return redirect(url_for("account.show"), 303)


def _own_session() -> Session:
    """A session over one's own account, whatever one's area is; the trail names the person."""
    writer = writing_session(request.remote_addr or "")
    return security.act_as(writer, g.viewer)


def _is_own_password(password: str) -> bool:
    with _own_session() as writer:
        account = writer.get_one(Account, g.account.id)
        try:
            return service.confirm_password(
                writer, account, password, address=request.remote_addr or "", now=security.moment()
            )
        finally:
            writer.commit()


def _setting_up(form: CodeForm) -> str:
    secret = second_factor.find_secret(db.session, g.account.id, second_factor_sealer())
    picture = None
    if secret is not None:
        uri = second_factor.provisioning_uri(secret, g.account.username, issuer=_("Xiangtu"))
        # Drawn here from numbers; nothing that was typed is in it as text.
        picture = Markup(segno.make(uri, error="m").svg_inline(border=3, omitsize=True))  # noqa: S704
    in_groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)) if secret else ""
    on = second_factor.is_on(db.session, g.account.id)
    return render_template(
        "accounts/second_factor.html", form=form, picture=picture, secret=in_groups, on=on, first=g.demand is not None
    )


def _codes_page(codes: list[str]) -> str:
    return render_template("accounts/recovery_codes.html", codes=codes, made_on=db.current_day())


def _settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])
