"""Keys for programs: made, shown once, listed, revoked."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, g, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import db
from app.grants.forms import ReasonForm, TokenForm
from app.i18n import gettext as _
from app.records.answering import answer_form
from app.security import moment, recently_proved
from assets.accounts import tokens as service
from assets.accounts.models import ApiToken
from assets.accounts.tokens import Made
from assets.errors import NotFound
from assets.grants import authority
from assets.vocabulary import ROLES

USUAL_DAYS = 180
Answer = AnyResponse | tuple[str, int]


def add_to(bp: Blueprint) -> None:
    """The addresses of this page of the room."""
    bp.add_url_rule("/tokens", view_func=tokens)
    bp.add_url_rule("/tokens/new", view_func=create_token, methods=["GET", "POST"])
    bp.add_url_rule("/tokens/<int:token_id>/revoke", view_func=revoke_token, methods=["GET", "POST"])


def tokens() -> str:
    """The viewer's own keys."""
    return render_template(
        "grants/tokens.html",
        tokens=service.tokens_of(db.session, g.viewer.account_id),
        day=db.current_day(),
        root=request.url_root,
    )


@recently_proved
def create_token() -> Answer:
    """A new key; it is shown once, on the page that answers."""
    made: list[Made] = []

    def save(form: TokenForm) -> Made:
        made.append(service.create_token(db.session, **form.values(), today=db.current_day()))
        return made[-1]

    answer = answer_form(
        TokenForm,
        title=_("Make a key"),
        intro=_("A key lets a program such as QGIS read in your name, until its last day or until you revoke it."),
        save=save,
        done=lambda _made: url_for("grants.tokens"),
        saved=lambda one: _("The key “%(name)s” is made.", name=one.token.name),
        start={"expires_on": db.current_day() + dt.timedelta(days=USUAL_DAYS), "scopes": ("tiles", "lists")},
        back=url_for("grants.tokens"),
        button=_("Make the key"),
        roles=ROLES,
    )
    if not made or not isinstance(answer, AnyResponse) or answer.status_code != 303:
        return answer
    page = render_template("grants/token.html", made=made[-1], root=request.url_root)
    return Response(page, headers={"Cache-Control": "no-store"})


def revoke_token(token_id: int) -> Answer:
    """Revoke a key of one's own, or of an account one keeps."""
    token = db.session.get(ApiToken, token_id)
    if token is None:
        raise NotFound
    if token.account_id != g.viewer.account_id:
        authority.hold_account(db.session, token.account_id, today=db.current_day())
        back = url_for("grants.show", account_id=token.account_id)
    else:
        back = url_for("grants.tokens")
    return answer_form(
        ReasonForm,
        title=_("Revoke the key “%(name)s”", name=token.name),
        intro=_("Programs that use it are turned away at once. This cannot be taken back."),
        save=lambda form: service.revoke_token(db.session, token_id, now=moment(), reason=form.reason.data),
        done=lambda _made: back,
        saved=_("The key “%(name)s” is revoked.", name=token.name),
        back=back,
        button=_("Revoke"),
        roles=ROLES,
    )
