"""Giving and ending grants."""

from __future__ import annotations

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from app import db
from app.grants.forms import EndGrantForm, GrantForm, told_grant
from app.i18n import gettext as _
from app.records.answering import answer_form
from assets.accounts.models import Grant
from assets.errors import NotFound
from assets.grants import authority
from assets.grants import granting as service
from assets.grants.authority import ADMINISTRATORS
from assets.regions.models import Region


def add_to(bp: Blueprint) -> None:
    """The addresses of this page of the room."""
    bp.add_url_rule("/<int:account_id>/grants/new", view_func=add, methods=["GET", "POST"])
    bp.add_url_rule("/grants/<int:grant_id>/end", view_func=end, methods=["GET", "POST"])


def add(account_id: int) -> Response | tuple[str, int]:
    """Grant an account one more role."""
    account = authority.hold_account(db.session, account_id, today=db.current_day())
    return answer_form(
        GrantForm,
        title=_("Grant “%(name)s” a role", name=account.display_name),
        save=lambda form: service.add_grant(
            db.session,
            account_id,
            reason=form.reason.data,
            **form.values(),
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        done=lambda _made: _page(account_id),
        saved=lambda made: _("Granted: %(grant)s.", grant=_told(made)),
        start={"valid_from": db.current_day(), "region_id": account.region_id},
        back=_page(account_id),
        button=_("Grant"),
        roles=ADMINISTRATORS,
    )


def end(grant_id: int) -> Response | tuple[str, int]:
    """End a grant from a day on."""
    grant = db.session.get(Grant, grant_id)
    if grant is None:
        raise NotFound
    account = authority.hold_account(db.session, grant.account_id, today=db.current_day())
    return answer_form(
        EndGrantForm,
        record=grant,
        title=_("End a grant of “%(name)s”", name=account.display_name),
        intro=_("%(grant)s. A grant is never changed: it ends, and another one may follow.", grant=_told(grant)),
        save=lambda form: service.end_grant(
            db.session,
            grant_id,
            revision=form.revision.data,
            on=form.on.data,
            reason=form.reason.data,
            today=db.current_day(),
        ),
        done=lambda made: _page(made.account_id),
        saved=lambda made: _("The grant ends on %(day)s.", day=made.valid_to),
        start={"on": db.current_day(), "reason": None},
        back=_page(account.id),
        button=_("End the grant"),
        roles=ADMINISTRATORS,
    )


def _told(grant: Grant) -> str:
    return told_grant(grant.role, db.session.get_one(Region, grant.region_id), grant.sector)


def _page(account_id: int) -> str:
    return url_for("grants.show", account_id=account_id)
