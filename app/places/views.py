"""Villages, relocation sites and facilities: lists and pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from app import db
from app.i18n import language
from app.i18n import lazy_gettext as _l
from app.lists.answers import send_list, show_list
from app.places import facilities as facility_pages
from app.places.columns import FACILITIES, SITES, VILLAGES
from app.places.village import read_village
from app.records.locator import locate
from app.records.trail import trail_of
from assets.places import queries
from assets.places.models import Facility, RelocationSite
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.terms import queries as terms

bp = Blueprint("places", __name__, url_prefix="/places")
TABS = (
    ("places.index", _l("Villages")),
    ("places.sites", _l("Relocation sites")),
    ("places.facilities", _l("Facilities")),
)
_ID = "<int:{}>"


@bp.get("/")
@bp.get("/villages/", endpoint="villages")
def index() -> str | Response:
    """The villages."""
    return show_list(VILLAGES, tabs=TABS)


@bp.get("/sites/")
def sites() -> str | Response:
    """The relocation sites."""
    return show_list(SITES, tabs=TABS)


@bp.get("/facilities/")
def facilities() -> str | Response:
    """The facilities."""
    return show_list(FACILITIES, tabs=TABS)


@bp.get("/villages/export.xlsx")
def export_villages() -> Response:
    """The villages as a workbook."""
    return send_list(VILLAGES)


@bp.get("/sites/export.xlsx")
def export_sites() -> Response:
    """The relocation sites as a workbook."""
    return send_list(SITES)


@bp.get("/facilities/export.xlsx")
def export_facilities() -> Response:
    """The facilities as a workbook."""
    return send_list(FACILITIES)


@bp.get("/villages/" + _ID.format("village_id"))
def show_village(village_id: int) -> str:
    """One village: people, upkeep, and everything filed under it."""
    village = queries.get_village(db.session, village_id)
    return render_template(
        "places/village.html",
        village=village,
        here=read_village(db.session, village, day=db.current_day()),
        facility_names=terms.names(db.session, "facility_type", day=db.current_day(), language=language()),
        **_frame(village, village_id),
    )


@bp.get("/sites/" + _ID.format("site_id"))
def show_site(site_id: int) -> str:
    """One relocation site: housing, certificates, work."""
    site = queries.get_site(db.session, site_id)
    return render_template("places/site.html", site=site, **_frame(site, site_id))


@bp.get("/facilities/" + _ID.format("facility_id"))
def show_facility(facility_id: int) -> str:
    """One facility."""
    facility = queries.get_facility(db.session, facility_id)
    names = terms.names(db.session, "facility_type", day=db.current_day(), language=language())
    return render_template(
        "places/facility.html", facility=facility, type_name=names.get(facility.type), **_frame(facility, facility_id)
    )


for _address, _page in (
    ("/facilities/new", facility_pages.register),
    ("/facilities/<int:facility_id>/correct", facility_pages.correct),
    ("/facilities/<int:facility_id>/retire", facility_pages.retire),
):
    bp.add_url_rule(_address, f"{_page.__name__}_facility", _page, methods=["GET", "POST"])

_ASKED = {
    "village": ("households", "pop_registered", "pop_resident", "collective_income", "lead_industry", "geom"),
    "relocation_site": (
        *("built_year", "housing_units", "households_moved", "persons_moved", "households_occupied"),
        *("certificates_issued", "old_houses_demolished", "labour_force", "employed", "management_body", "geom"),
    ),
    "facility": ("area_m2", "capacity", "staff", "opened_on", "geom"),
}
FIELD_NAMES = {
    "households": _l("Households"),
    "pop_registered": _l("People registered"),
    "pop_resident": _l("People resident"),
    "collective_income": _l("Collective income"),
    "lead_industry": _l("Main industry"),
    "geom": _l("Position"),
    "built_year": _l("Built in"),
    "housing_units": _l("Dwellings"),
    "households_moved": _l("Households moved"),
    "persons_moved": _l("People moved"),
    "households_occupied": _l("Households living there"),
    "certificates_issued": _l("Certificates issued"),
    "old_houses_demolished": _l("Old houses demolished"),
    "labour_force": _l("Labour force"),
    "employed": _l("Employed"),
    "management_body": _l("Management body"),
    "area_m2": _l("Floor area"),
    "capacity": _l("Capacity"),
    "staff": _l("Staff"),
    "opened_on": _l("Opened on"),
}


def _frame(record: Any, record_id: int) -> dict[str, Any]:
    """Where the record lies, what is missing of it, what was done to it."""
    session, day = db.session, db.current_day()
    region = session.get_one(Region, record.region_id)
    asked = _ASKED[record.__tablename__]
    home = queries.find_village_of(session, region.id) if isinstance(record, Facility | RelocationSite) else None
    return {
        "region": region,
        "above": regions.ancestors(session, region),
        "home": home,
        "day": day,
        "missing": [FIELD_NAMES[name] for name in asked if getattr(record, name) is None],
        "asked": len(asked),
        "drawings": locate(session, region, record.geom, day=day),
        "trail": trail_of(session, record, record_id),
    }
