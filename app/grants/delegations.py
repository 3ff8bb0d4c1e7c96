"""Standing in: handing own grants over for some days, and taking them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, g, render_template, url_for
from werkzeug.wrappers import Response

from app import db
from app.grants.forms import ReasonForm, StandInForm, told_grant
from app.i18n import gettext as _
from app.records.answering import answer_form
from app.term_names import term_names
from assets.accounts.models import Account
from assets.grants import delegating, directory
from assets.regions.models import Region
from assets.vocabulary import ROLES


def add_to(bp: Blueprint) -> None:
    """The addresses of this page of the room."""
    bp.add_url_rule("/delegations", view_func=standing_in)
    bp.add_url_rule("/delegations/new", view_func=hand_over, methods=["GET", "POST"])
    bp.add_url_rule("/delegations/<int:grant_id>/end", view_func=take_back, methods=["GET", "POST"])


def init_app(app: Flask) -> None:
    """Let the own page say for whom one stands in."""
    app.jinja_env.globals["stands_in_for"] = stands_in_for


def stands_in_for() -> Sequence[tuple[Any, Account, Region]]:
    """What the viewer does for others today: grant, for whom, where."""
    if g.viewer.account_id is None or not g.viewer.stands_in:
        return ()
    return delegating.standing_in(db.session, g.viewer.account_id, day=db.current_day())


def standing_in() -> str:
    """What the viewer may do, has handed over, and does for others."""
    day = db.current_day()
    account_id = g.viewer.account_id
    return render_template(
        "grants/delegations.html",
        day=day,
        sectors=term_names("sector", day=day),
        held=directory.held_by(db.session, account_id, day=day),
        standing=delegating.standing_in(db.session, account_id, day=day),
        handed=delegating.handed_over(db.session, account_id, day=day),
        told=lambda grant, region: told_grant(grant.role, region, grant.sector),
    )


def hand_over() -> Response | tuple[str, int]:
    """Let a colleague stand in."""
    own = delegating.delegable(db.session, g.viewer.account_id, today=db.current_day())
    return answer_form(
        StandInForm,
        title=_("Let a colleague stand in"),
        intro=_("What your colleague does is recorded under your colleague's own name, with yours beside it."),
        save=lambda form: delegating.hand_over(
            db.session, **form.values(), reason=form.reason.data, today=db.current_day()
        ),
        done=lambda _made: url_for("grants.standing_in"),
        saved=lambda made: _(
            "%(name)s stands in for you from %(first)s to %(last)s.",
            name=db.session.get_one(Account, made[0].account_id).display_name,
            first=made[0].valid_from,
            last=made[0].valid_to,
        ),
        start={"valid_from": db.current_day(), "grant_ids": [grant.id for grant in own]},
        back=url_for("grants.standing_in"),
        button=_("Hand over"),
        roles=ROLES,
    )


def take_back(grant_id: int) -> Response | tuple[str, int]:
    """Take a grant back before its last day."""
    grant = delegating.get_handed_over(db.session, grant_id)
    name = db.session.get_one(Account, grant.account_id).display_name
    return answer_form(
        ReasonForm,
        record=grant,
        title=_("Take back what %(name)s does for you", name=name),
        intro=told_grant(grant.role, db.session.get_one(Region, grant.region_id), grant.sector),
        save=lambda form: delegating.take_back(
            db.session, grant_id, revision=form.revision.data, reason=form.reason.data, today=db.current_day()
        ),
        done=lambda _made: url_for("grants.standing_in"),
        saved=_("Taken back; it ends at once."),
        start={"reason": None},
        back=url_for("grants.standing_in"),
        button=_("Take back"),
        roles=ROLES,
    )
