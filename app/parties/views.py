"""Holders: the list, one holder with what it holds and held, and the forms that change it."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app import db
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.lists.answers import show_list
from app.lists.sending import send_list
from app.parties.columns import PARTIES
from app.parties.forms import MergeForm, PartyForm
from app.records.answering import answer_form, may_write
from app.records.form import RetireForm
from app.records.trail import trail_of
from assets.errors import NotAllowed
from assets.maintenance.models import Duty
from assets.masks import masked_identity, masked_name, masked_phone
from assets.ownership import queries as ownership
from assets.ownership.queries import in_force
from assets.parties import ending, service
from assets.parties.holding import get_party, require_keeper
from assets.parties.models import Party, Person
from assets.parties.visibility import may_see
from assets.regions import queries as regions
from assets.regions.models import Region

bp = Blueprint("parties", __name__, url_prefix="/parties")
SHOWN = 100
TABS = (
    ("registry.index", _l("Asset ledger")),
    ("parties.index", _l("Holders")),
    ("posts.index", _l("Upkeep posts")),
)


@bp.get("/")
def index() -> str | Response:
    """The holders."""
    return show_list(
        PARTIES,
        tabs=TABS,
        tabs_name=_("Assets and who answers for them"),
        new=url_for("parties.register") if may_write() else None,
    )


@bp.get("/export.<form>")
def export(form: str) -> str | Response:
    """The holders as a file of that form."""
    return send_list(PARTIES, form)


@bp.get("/<int:party_id>")
def show(party_id: int) -> str:
    """One holder: facts, and its rights over time."""
    party, day = get_party(db.session, party_id), db.current_day()
    number = max(1, min(10_000, request.args.get("page", 1, type=int)))
    rights = ownership.assets_held_by(db.session, party_id, limit=SHOWN + 1, offset=(number - 1) * SHOWN)
    region = db.session.get(Region, party.region_id) if party.region_id else None
    successor = db.session.get(Party, party.successor_id) if party.successor_id else None
    return render_template(
        "parties/show.html",
        party=party,
        day=day,
        above=regions.ancestors(db.session, region) if region else (),
        rights=rights[:SHOWN],
        more=len(rights) > SHOWN,
        number=number,
        counts=ownership.rights_held_by(db.session, party_id, day),
        kept=db.session.scalar(
            select(func.count(Duty.asset_id.distinct())).where(Duty.body_party_id == party_id, in_force(Duty, day))
        ),
        contact=db.session.execute(
            select(
                masked_name(Person).label("name"),
                masked_phone(Person.phone).label("phone"),
                masked_identity(Person.id_number).label("id_number"),
                Person.erased_on,
                Person.erased_reason,
            ).where(Person.id == (party.person_id or party.contact_id))
        ).first(),
        successor=successor if successor is not None and may_see(db.session, successor.id) else None,
        before=db.session.scalars(select(Party).where(Party.successor_id == party_id).order_by(Party.id)).all(),
        writable=party.retired_on is None and _may_keep(party),
        person_id=party.person_id or party.contact_id,
        steps=trail_of(db.session, party, party_id),
    )


@bp.route("/new", methods=["GET", "POST"])
def register() -> Response | tuple[str, int]:
    """Register a holder."""
    return answer_form(
        PartyForm,
        title=_("Register a holder"),
        save=lambda form: service.register_party(
            db.session, **form.values(), today=db.current_day(), confirmed=form.confirmed_keys()
        ),
        done=_address,
        saved=lambda party: _("“%(name)s” is registered.", name=party.name),
        back=url_for("parties.index"),
    )


@bp.route("/<int:party_id>/correct", methods=["GET", "POST"])
def correct(party_id: int) -> Response | tuple[str, int]:
    """Correct a holder."""
    party = _kept(party_id)
    return answer_form(
        PartyForm,
        record=party,
        title=_("Correct “%(name)s”", name=party.name),
        save=lambda form: service.correct_party(
            db.session,
            party_id,
            revision=form.revision.data,
            reason=form.reason.data,
            **form.values(),
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        done=_address,
        saved=lambda made: _("“%(name)s” is corrected.", name=made.name),
        placeholders=_masked(party),
    )


@bp.route("/<int:party_id>/merge", methods=["GET", "POST"])
def merge(party_id: int) -> Response | tuple[str, int]:
    """Say what a holder has become."""
    party = _kept(party_id)
    return answer_form(
        MergeForm,
        record=party,
        title=_("What “%(name)s” became", name=party.name),
        intro=_("Its rights and duties stay with it and show its successor, until each is transferred."),
        start={"keep_id": None, "on": db.current_day()},
        button=_("Merge"),
        save=lambda form: ending.merge_parties(
            db.session,
            gone_id=party_id,
            revision=form.revision.data,
            reason=form.reason.data,
            **form.values(),
            today=db.current_day(),
            confirmed=form.confirmed_keys(),
        ),
        done=_address,
        saved=lambda made: _("“%(name)s” has its successor now.", name=made.name),
    )


@bp.route("/<int:party_id>/retire", methods=["GET", "POST"])
def retire(party_id: int) -> Response | tuple[str, int]:
    """Withdraw a holder that was entered by mistake."""
    party = _kept(party_id)
    return answer_form(
        RetireForm,
        record=party,
        title=_("Withdraw “%(name)s”", name=party.name),
        intro=_("Only a holder entered by mistake is withdrawn. One that ended is corrected or merged."),
        start={"on": db.current_day()},
        button=_("Withdraw"),
        save=lambda form: ending.retire_party(
            db.session,
            party_id,
            revision=form.revision.data,
            on=form.on.data,
            reason=form.reason.data,
            today=db.current_day(),
        ),
        done=_address,
        saved=lambda made: _("“%(name)s” is withdrawn.", name=made.name),
    )


def _kept(party_id: int) -> Party:
    party = get_party(db.session, party_id)
    require_keeper(db.session, party.region_id)
    return party


def _may_keep(party: Party) -> bool:
    try:
        require_keeper(db.session, party.region_id)
    except NotAllowed:
        return False
    return True


def _masked(party: Party) -> dict[str, str | None]:
    """What the fields of personal values show instead of the values."""
    contact, own = party.contact_id, party.person_id
    row = db.session.execute(
        select(masked_name(Person), masked_phone(Person.phone)).where(Person.id == (contact or own))
    ).first()
    number = db.session.scalar(select(masked_identity(Person.id_number)).where(Person.id == (own or contact)))
    name, phone = row or (None, None)
    return {"contact_name": name if contact else None, "contact_phone": phone, "identity_number": number}


def _address(party: Party) -> str:
    return url_for("parties.show", party_id=party.id)
