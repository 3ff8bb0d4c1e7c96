"""The accounts of an area, one account with all it may do, and who may do what where."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from flask import Blueprint, g, render_template, request, url_for
from werkzeug.wrappers import Response

from app import db
from app.area import current_area, current_filter
from app.grants import delegations, granting, keeping, keys
from app.grants.abilities import ABILITIES, UNMASK, may_do
from app.grants.columns import ACCOUNTS
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.lists.answers import show_list
from app.lists.sending import send_list
from app.records.answering import may_write
from app.records.trail import trail_of
from app.security import moment
from app.term_names import term_names
from assets.accounts import sessions, tokens
from assets.accounts.tries import locked_until
from assets.errors import NotAllowed
from assets.grants import authority, delegating, directory
from assets.grants.directory import Held
from assets.regions import queries as regions
from assets.regions.directory import full_names, home_path
from assets.regions.models import Region
from assets.scope import Viewer

bp = Blueprint("grants", __name__, url_prefix="/accounts")
TABS = (
    ("grants.index", _l("Accounts")),
    ("grants.who", _l("Who may do what")),
    ("administration.index", _l("Administration")),
)
for room in (keeping, granting, delegations, keys):
    room.add_to(bp)


@bp.get("/")
def index() -> str | Response:
    """The accounts of the area."""
    new = url_for("grants.invite") if may_write(roles=authority.ADMINISTRATORS) else None
    return show_list(ACCOUNTS, tabs=TABS, tabs_name=_("Accounts"), create=(new, _("Invite somebody")) if new else None)


@bp.get("/export.<form>")
def export(form: str) -> str | Response:
    """The accounts as a file of that form."""
    return send_list(ACCOUNTS, form)


@bp.get("/<int:account_id>")
def show(account_id: int) -> str:
    """One account: what it may do and why, its grants over time, keys and browsers."""
    account, day = authority.get_account(db.session, account_id), db.current_day()
    place = db.session.get(Region, account.region_id) if account.region_id else None
    grants = directory.grants_of(db.session, account_id)
    held = directory.held_by(db.session, account_id, day=day)
    now = moment()
    return render_template(
        "grants/show.html",
        kept=account,
        above=regions.ancestors(db.session, place) if place else (),
        day=day,
        now=now,
        held=held,
        can=may_do(held),
        abilities=(*ABILITIES, UNMASK),
        grants=grants,
        names=full_names(db.session, [region for _one, region, _owner in grants], home=home_path(g.viewer)),
        sectors=term_names("sector", day=day),
        handed=delegating.handed_over(db.session, account_id, day=day),
        tokens=tokens.tokens_of(db.session, account_id),
        browsers=sessions.sessions_of(db.session, account_id),
        locked=locked_until(db.session, account.username, now=now) if account.active else None,
        has_factor=keeping.has_second_factor(account_id),
        keeps=authority.may_keep(db.session, account, today=day),
        is_own=account_id == g.viewer.account_id,
        steps=trail_of(db.session, account, account_id),
    )


@bp.get("/who")
def who() -> str:
    """Everybody who may do something in the whole of an area, and through which grant."""
    area, asked = current_area(), current_filter()
    viewer: Viewer = g.viewer
    if not viewer.may(authority.READERS, area.region_path):
        raise NotAllowed
    sectors = term_names("sector", day=asked.day)
    chosen = request.args.get("sector", "")
    sector = chosen if chosen in sectors else None
    held = directory.held_over(db.session, area, sector, day=asked.day)
    return render_template(
        "grants/who.html",
        tabs=TABS,
        area=area,
        day=asked.day,
        sector=sector,
        sectors=sectors,
        abilities=(*ABILITIES, UNMASK),
        people=[(grants[0].account, grants, may_do(grants)) for grants in _by_account(held)],
        kept=directory.kept_among(db.session, viewer, {one.account.id for one in held}),
        below=directory.works_below(db.session, viewer, area, day=asked.day),
    )


def _by_account(held: Sequence[Held]) -> list[list[Held]]:
    """The grants of each person together, people in the order of their names."""
    people = sorted(held, key=lambda one: (one.account.display_name, one.account.id))
    return [[*grants] for _id, grants in groupby(people, key=lambda one: one.account.id)]
