"""Inviting people, correcting who they are, closing and opening their way in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import force_locale
from werkzeug.wrappers import Response as AnyResponse

from app import db
from app.area import current_area
from app.grants.forms import AccountForm, InviteForm, ReasonForm
from app.i18n import LANGUAGES
from app.i18n import gettext as _
from app.records.answering import answer_form
from app.security import moment
from assets.accounts import second_factor
from assets.accounts.models import Account
from assets.grants import administering, authority, ways_in
from assets.grants.authority import ADMINISTRATORS
from assets.grants.ways_in import Invited

Answer = AnyResponse | tuple[str, int]


def add_to(bp: Blueprint) -> None:
    """The addresses of this page of the room."""
    for path, view in (
        ("/new", invite),
        ("/<int:account_id>/correct", correct),
        ("/<int:account_id>/invite-again", invite_again),
        ("/<int:account_id>/close", close),
        ("/<int:account_id>/reopen", reopen),
        ("/<int:account_id>/sign-out", sign_out),
        ("/<int:account_id>/second-factor", reset_second_factor),
        ("/<int:account_id>/lock", lift_lock),
    ):
        bp.add_url_rule(path, view_func=view, methods=["GET", "POST"])


def has_second_factor(account_id: int) -> bool:
    """Whether a telephone gives codes for the account."""
    return second_factor.is_on(db.session, account_id)


def invite() -> Answer:
    """A new account; its first password is shown once, on the page to be handed over."""
    return _with_slip(
        InviteForm,
        title=_("Invite somebody"),
        save=lambda form: administering.invite_account(
            db.session, **form.values(), today=db.current_day(), now=moment(), confirmed=form.confirmed_keys()
        ),
        saved=lambda made: _("The account of “%(name)s” is made.", name=made.account.display_name),
        start={"valid_from": db.current_day(), "region_id": current_area().id, "locale": "zh"},
        back=url_for("grants.index"),
        button=_("Make the account"),
        roles=ADMINISTRATORS,
    )


def invite_again(account_id: int) -> Answer:
    """A new first password; the former one and all signed-in browsers end."""
    account = _kept(account_id)
    return _with_slip(
        ReasonForm,
        title=_("Invite “%(name)s” again", name=account.display_name),
        intro=_(
            "A new first password is made. The former one, all signed-in browsers and keys for programs end at once."
        ),
        save=lambda form: ways_in.invite_again(
            db.session, account_id, reason=form.reason.data, today=db.current_day(), now=moment()
        ),
        saved=lambda made: _("“%(name)s” has a new first password.", name=made.account.display_name),
        back=_page(account_id),
        button=_("Make a new first password"),
        roles=ADMINISTRATORS,
    )


def reopen(account_id: int) -> Answer:
    """Open a closed account again."""
    account = _kept(account_id)
    return _with_slip(
        ReasonForm,
        title=_("Open the account of “%(name)s” again", name=account.display_name),
        intro=_(
            "Its grants hold as far as their days go; please look at them afterwards. A new first password is made."
        ),
        save=lambda form: ways_in.reopen_account(
            db.session, account_id, reason=form.reason.data, today=db.current_day(), now=moment()
        ),
        saved=lambda made: _("The account of “%(name)s” is open again.", name=made.account.display_name),
        back=_page(account_id),
        button=_("Open again"),
        roles=ADMINISTRATORS,
    )


def correct(account_id: int) -> Answer:
    """Correct who a person is, where they work, and their name at the outside sign-in."""
    account = _kept(account_id)
    return answer_form(
        AccountForm,
        record=account,
        title=_("Correct “%(name)s”", name=account.display_name),
        save=lambda form: administering.correct_account(
            db.session,
            account_id,
            revision=form.revision.data,
            reason=form.reason.data,
            **form.values(),
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        done=lambda made: _page(made.id),
        saved=lambda made: _("“%(name)s” is corrected.", name=made.display_name),
        roles=ADMINISTRATORS,
    )


def close(account_id: int) -> Answer:
    """Close an account at once."""
    account = _kept(account_id)
    return _simple(
        account_id,
        title=_("Close the account of “%(name)s”", name=account.display_name),
        intro=_(
            "Its browsers are signed out, its keys are revoked, and whatever is handed over ends. Nothing is deleted."
        ),
        save=lambda reason: ways_in.close_account(
            db.session, account_id, reason=reason, today=db.current_day(), now=moment()
        ),
        saved=_("The account of “%(name)s” is closed.", name=account.display_name),
        button=_("Close the account"),
    )


def sign_out(account_id: int) -> Answer:
    """Sign an account out wherever it is signed in."""
    account = _kept(account_id)
    return _simple(
        account_id,
        title=_("Sign “%(name)s” out everywhere", name=account.display_name),
        intro=None,
        save=lambda reason: ways_in.sign_out(
            db.session, account_id, reason=reason, today=db.current_day(), now=moment()
        ),
        saved=_("“%(name)s” is signed out everywhere.", name=account.display_name),
        button=_("Sign out everywhere"),
    )


def reset_second_factor(account_id: int) -> Answer:
    """Take the second factor off an account whose telephone is lost."""
    account = _kept(account_id)
    return _simple(
        account_id,
        title=_("Reset the second factor of “%(name)s”", name=account.display_name),
        intro=_("Make sure that it is the person who asks. At the next sign-in a new telephone can be added."),
        save=lambda reason: ways_in.reset_second_factor(db.session, account_id, reason=reason, today=db.current_day()),
        saved=_("The second factor of “%(name)s” is reset.", name=account.display_name),
        button=_("Reset"),
    )


def lift_lock(account_id: int) -> Answer:
    """Let an account sign in again after too many failed tries."""
    account = _kept(account_id)
    return _simple(
        account_id,
        title=_("Lift the lock of “%(name)s”", name=account.display_name),
        intro=_("Too many wrong passwords were tried. If it was not the person, a new first password is safer."),
        save=lambda reason: ways_in.lift_lock(
            db.session, account_id, reason=reason, today=db.current_day(), now=moment()
        ),
        saved=_("“%(name)s” can sign in again.", name=account.display_name),
        button=_("Lift the lock"),
    )


def _simple(
    account_id: int, *, title: str, intro: str | None, save: Callable[[str], Any], saved: str, button: str
) -> Answer:
    return answer_form(
        ReasonForm,
        title=title,
        intro=intro,
        save=lambda form: save(form.reason.data),
        done=lambda _made: _page(account_id),
        saved=saved,
        back=_page(account_id),
        button=button,
        roles=ADMINISTRATORS,
    )


def _with_slip(form_class: Any, *, save: Callable[[Any], Invited], **options: Any) -> Answer:
    """Take a form in; in place of leading on, show the first password, which is kept nowhere."""
    made: list[Invited] = []

    def saving(form: Any) -> Invited:
        made.append(save(form))
        return made[-1]

    answer = answer_form(form_class, save=saving, done=lambda one: _page(one.account.id), **options)
    if not made or not isinstance(answer, AnyResponse) or answer.status_code != 303:
        return answer
    invited = made[-1]
    with force_locale(LANGUAGES[invited.account.locale]):
        slip = render_template("grants/_slip.html", invited=invited, address=request.url_root)
    page = render_template("grants/slip.html", invited=invited, slip=slip, back=_page(invited.account.id))
    return Response(page, headers={"Cache-Control": "no-store"})


def _kept(account_id: int) -> Account:
    """The account, if the viewer may change it; the reason why not otherwise."""
    return authority.hold_account(db.session, account_id, today=db.current_day())


def _page(account_id: int) -> str:
    return url_for("grants.show", account_id=account_id)
