"""Villages, natural villages, relocation sites and facilities: lists and pages."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from app import db
from app.i18n import language
from app.lists.answers import show_list
from app.lists.sending import send_list
from app.places import facilities as facility_pages
from app.places import key_lists, registering, standards
from app.places.columns import FACILITIES, NATURAL_VILLAGES, SITES, VILLAGES
from app.places.surroundings import shown_day, surroundings
from app.places.tabs import TABS
from app.places.village import read_village
from app.records.answering import may_write
from assets.places import lists, queries
from assets.terms import queries as terms

bp = Blueprint("places", __name__, url_prefix="/places")
_ID = "<int:{}>"


def _new(kind: str) -> str | None:
    """Where a record of this kind is registered, for those who may."""
    return url_for(f"places.register_{kind}") if may_write() else None


@bp.get("/")
@bp.get("/villages/", endpoint="villages")
def index() -> str | Response:
    """The villages."""
    return show_list(VILLAGES, tabs=TABS, new=_new("village"))


@bp.get("/natural-villages/")
def natural_villages() -> str | Response:
    """The natural villages."""
    return show_list(NATURAL_VILLAGES, tabs=TABS, new=_new("natural_village"))


@bp.get("/sites/")
def sites() -> str | Response:
    """The relocation sites."""
    return show_list(SITES, tabs=TABS, new=_new("site"))


@bp.get("/facilities/")
def facilities() -> str | Response:
    """The facilities."""
    return show_list(FACILITIES, tabs=TABS, new=_new("facility"))


@bp.get("/villages/export.<form>")
def export_villages(form: str) -> str | Response:
    """The villages as a file of that form."""
    return send_list(VILLAGES, form)


@bp.get("/natural-villages/export.<form>")
def export_natural_villages(form: str) -> str | Response:
    """The natural villages as a file of that form."""
    return send_list(NATURAL_VILLAGES, form)


@bp.get("/sites/export.<form>")
def export_sites(form: str) -> str | Response:
    """The relocation sites as a file of that form."""
    return send_list(SITES, form)


@bp.get("/facilities/export.<form>")
def export_facilities(form: str) -> str | Response:
    """The facilities as a file of that form."""
    return send_list(FACILITIES, form)


@bp.get("/villages/" + _ID.format("village_id"))
def show_village(village_id: int) -> str:
    """One village: people, upkeep, and everything filed under it."""
    village = queries.get_village(db.session, village_id)
    return render_template(
        "places/village.html",
        village=village,
        here=read_village(db.session, village, day=shown_day()),
        entries=lists.list_entries(db.session, village.region_id),
        facility_names=terms.names(db.session, "facility_type", day=shown_day(), language=language()),
        **surroundings(village, village_id),
    )


@bp.get("/natural-villages/" + _ID.format("natural_village_id"))
def show_natural_village(natural_village_id: int) -> str:
    """One natural village: who lives there, and what there is."""
    record = queries.get_natural_village(db.session, natural_village_id)
    return render_template("places/natural_village.html", record=record, **surroundings(record, natural_village_id))


@bp.get("/sites/" + _ID.format("site_id"))
def show_site(site_id: int) -> str:
    """One relocation site: housing, certificates, work."""
    site = queries.get_site(db.session, site_id)
    return render_template("places/site.html", site=site, **surroundings(site, site_id))


@bp.get("/facilities/" + _ID.format("facility_id"))
def show_facility(facility_id: int) -> str:
    """One facility."""
    facility = queries.get_facility(db.session, facility_id)
    names = terms.names(db.session, "facility_type", day=shown_day(), language=language())
    return render_template(
        "places/facility.html",
        facility=facility,
        type_name=names.get(facility.type),
        status=queries.find_facility_status(db.session, facility_id, day=shown_day()),
        **surroundings(facility, facility_id),
    )


for _address, _page in (
    ("/facilities/new", facility_pages.register),
    ("/facilities/<int:facility_id>/correct", facility_pages.correct),
    ("/facilities/<int:facility_id>/retire", facility_pages.retire),
):
    bp.add_url_rule(_address, f"{_page.__name__}_facility", _page, methods=["GET", "POST"])


registering.add_to(bp)
standards.add_to(bp)
key_lists.add_to(bp)
