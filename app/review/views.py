"""The queue of changes, the page of one, and deciding about them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from app import db
from app.i18n import gettext as _
from app.i18n import translated
from app.kept import remembered
from app.lists.answers import show_list
from app.lists.columns import Listing
from app.lists.sending import send_list
from app.records.answering import answer_form
from app.review import rules
from app.review.columns import EVERY, MINE, SUBMITTED, TABS, own_authority
from app.review.forms import ReturnForm, WithdrawForm
from app.review.showing import batch_page, proposal_page
from assets.editing import WRITERS
from assets.errors import NotAllowed, NotFound, RegistryError
from assets.review import deciding, queries
from assets.review.authority import DECIDERS
from assets.review.models import Proposal

MOST_TOLD = 5
bp = Blueprint("review", __name__, url_prefix="/review")
bp.add_url_rule("/rules", "rules", rules.show)
bp.add_url_rule("/rules/set", "set_rule", rules.set_rule, methods=["GET", "POST"])


@bp.record_once
def _give_templates(state: Any) -> None:
    app: Flask = state.app
    app.jinja_env.globals |= {
        "waiting_for_me": waiting_for_me,
        "returned_to_me": returned_to_me,
        "changes_waiting": changes_waiting,
    }


def waiting_for_me() -> int:
    """How many changes wait for the viewer's decision; kept while nothing changes."""
    if not g.viewer.roles & DECIDERS:
        return 0
    key = ("waiting for", g.viewer.account_id, g.viewer.fingerprint, g.viewer.roles, db.current_day())
    return remembered(key, lambda: queries.count_waiting_for(db.session, own_authority()))


def returned_to_me() -> int:
    """How many of the viewer's own changes came back; kept while nothing changes."""
    if not g.viewer.roles & WRITERS:
        return 0
    key = ("returned to", g.viewer.account_id, g.viewer.fingerprint)
    return remembered(key, lambda: queries.count_returned_to(db.session, g.viewer.account_id))


def changes_waiting(table: str, record_id: int) -> list[Proposal]:
    """The changes of a record that wait or came back, for the banner on its page."""
    return list(queries.open_for(db.session, table, record_id))


@bp.get("/")
def index() -> str | Response:
    """What waits for the viewer's decision; those who decide nothing see what they submitted."""
    if not g.viewer.roles & DECIDERS and not g.viewer.unbounded and "area" not in request.args:
        return redirect(url_for("review.submitted" if g.viewer.roles & WRITERS else "review.every"))
    return _list(MINE)


@bp.get("/submitted/")
def submitted() -> str | Response:
    """What the viewer has submitted."""
    return _list(SUBMITTED)


@bp.get("/all/")
def every() -> str | Response:
    """Every change of the area, decided or not."""
    return _list(EVERY)


@bp.get("/export.<form>")
def export_mine(form: str) -> str | Response:
    """The queue as a file of that form."""
    return send_list(MINE, form)


@bp.get("/submitted/export.<form>")
def export_submitted(form: str) -> str | Response:
    """What the viewer has submitted as a file of that form."""
    return send_list(SUBMITTED, form)


@bp.get("/all/export.<form>")
def export_all(form: str) -> str | Response:
    """Every change of the area as a file of that form."""
    return send_list(EVERY, form)


def _list(listing: Listing) -> str | Response:
    return show_list(listing, tabs=TABS, tabs_name=_("Review"))


@bp.get("/<int:proposal_id>")
def show(proposal_id: int) -> str:
    """One change: what it is, where it stands, what it would change."""
    return proposal_page(queries.get_proposal(db.session, proposal_id))


@bp.post("/<int:proposal_id>/approve")
def approve(proposal_id: int) -> Response | tuple[str, int]:
    """Approve it at the step it was seen at."""
    step = request.form.get("step", "")
    seen = request.form.get("seen", type=int)
    confirmed = frozenset(request.form.getlist("confirmed")[:20])
    try:
        made = deciding.approve(
            db.session, proposal_id, step=step, today=db.current_day(), seen_revision=seen, confirmed=confirmed
        )
        db.session.commit()
    except NotFound:
        raise
    except RegistryError as refusal:
        db.session.rollback()
        status = 403 if isinstance(refusal, NotAllowed) else 409
        return proposal_page(queries.get_proposal(db.session, proposal_id), refusal=refusal), status
    if made.step is None:
        flash(_("“%(name)s” is approved and in force.", name=made.title), "saved")
    else:
        flash(_("“%(name)s” is approved here; it goes on to the next step.", name=made.title), "saved")
    return redirect(url_for("review.show", proposal_id=proposal_id), 303)


@bp.route("/<int:proposal_id>/return", methods=["GET", "POST"], endpoint="return_")
def return_(proposal_id: int) -> Response | tuple[str, int]:
    """Send it back with what is to be set right."""
    proposal = queries.get_proposal(db.session, proposal_id)
    address = url_for("review.show", proposal_id=proposal_id)
    step = request.args.get("step") or proposal.step or ""
    return answer_form(
        ReturnForm,
        title=_("Send back “%(name)s”", name=proposal.title),
        intro=_("It goes back to who submitted it. What is in force stays as it is."),
        save=lambda form: deciding.return_proposal(
            db.session, proposal_id, step=step, reason=form.reason.data, today=db.current_day()
        ),
        done=lambda _made: address,
        saved=lambda made: _("“%(name)s” is sent back.", name=made.title),
        back=address,
        button=_("Send back"),
        roles=DECIDERS,
    )


@bp.route("/<int:proposal_id>/withdraw", methods=["GET", "POST"])
def withdraw(proposal_id: int) -> Response | tuple[str, int]:
    """Take back what one has submitted."""
    proposal = queries.get_proposal(db.session, proposal_id)
    address = url_for("review.show", proposal_id=proposal_id)
    return answer_form(
        WithdrawForm,
        title=_("Withdraw the change of “%(name)s”", name=proposal.title),
        intro=_("It will not be decided about. What is in force stays as it is."),
        save=lambda form: deciding.withdraw(db.session, proposal_id, reason=form.note.data),
        done=lambda _made: address,
        saved=lambda made: _("“%(name)s” is withdrawn from review.", name=made.title),
        back=address,
        button=_("Withdraw it"),
    )


@bp.route("/approve", methods=["GET", "POST"])
def approve_many() -> str | Response:
    """Look at many changes together, and approve those that fit."""
    if request.method == "GET":
        return batch_page()
    chosen = []
    for text in request.form.getlist("chosen")[: deciding.MOST_AT_ONCE + 1]:
        number, _dot, step = text.partition(".")
        if number.isascii() and number.isdigit() and len(number) < 19:
            chosen.append((int(number), step))
    done = deciding.approve_many(db.session, chosen, today=db.current_day())
    db.session.commit()
    if done.approved:
        flash(_("Changes approved: %(count)s.", count=len(done.approved)), "saved")
    for left in done.left[:MOST_TOLD]:
        reason = translated(left.refusal.message, left.refusal.data)
        flash(_("Left as it is: “%(name)s”. %(reason)s", name=left.proposal.title, reason=reason), "error")
    if len(done.left) > MOST_TOLD:
        # Messages travel in a cookie, which holds little.
        flash(_("Left as they are besides: %(count)s.", count=len(done.left) - MOST_TOLD), "error")
    return redirect(url_for("review.index"), 303)
