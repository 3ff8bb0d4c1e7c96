"""What stands around the facts of a place: where it lies, what is missing, what was done."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import request

from app import db
from app.i18n import lazy_gettext as _l
from app.records.answering import may_write
from app.records.locator import locate
from app.records.trail import trail_of
from app.words import label
from assets import filters
from assets.places import queries
from assets.places.models import Village
from assets.regions import queries as regions
from assets.regions.models import Region

# Every field people are asked for, with the role that fills it in.
ASKED: dict[str, dict[str, str]] = {
    "village": {
        "households": "clerk",
        "pop_registered": "clerk",
        "pop_resident": "clerk",
        "collective_income": "clerk",
        "lead_industry": "clerk",
        "geom": "planner",
    },
    "natural_village": {
        "households": "clerk",
        "pop_resident": "clerk",
        "sanitary_toilets": "clerk",
        "waste_collected": "clerk",
        "tap_water": "clerk",
        "paved_road": "clerk",
        "geom": "planner",
    },
    "relocation_site": {
        "built_year": "department",
        "housing_units": "department",
        "households_moved": "clerk",
        "persons_moved": "clerk",
        "households_occupied": "clerk",
        "certificates_issued": "department",
        "old_houses_demolished": "clerk",
        "labour_force": "clerk",
        "employed": "clerk",
        "management_body": "clerk",
        "geom": "planner",
    },
    "facility": {
        "area_m2": "clerk",
        "capacity": "department",
        "staff": "department",
        "opened_on": "clerk",
        "geom": "planner",
    },
}
FIELD_NAMES = {
    "households": _l("Households"),
    "pop_registered": _l("People registered"),
    "pop_resident": _l("People resident"),
    "collective_income": _l("Collective income"),
    "lead_industry": _l("Main industry"),
    "geom": _l("Position"),
    "sanitary_toilets": _l("Households with sanitary toilets"),
    "waste_collected": _l("Waste is collected"),
    "tap_water": _l("Tap water"),
    "paved_road": _l("Paved road"),
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


def shown_day() -> dt.date:
    """The day a page shows: the one asked for in the address, else today."""
    return filters.parse({"on": request.args.getlist("on")}, day=db.current_day(), area_path="/").day


def surroundings(record: Any, record_id: int) -> dict[str, Any]:
    """What the page of a place shows beside its facts.

    Fields that mean nothing for a record are not asked: a community has no collective income.
    """
    session, day = db.session, shown_day()
    region = session.get_one(Region, record.region_id)
    asked = dict(ASKED[record.__tablename__])
    if isinstance(record, Village) and record.kind == "community":
        asked.pop("collective_income")
        asked.pop("lead_industry")
    missing = [name for name in asked if getattr(record, name) is None]
    return {
        "region": region,
        "above": regions.ancestors(session, region),
        "home": None if isinstance(record, Village) else queries.find_village_of(session, region.id),
        "day": day,
        "missing": [f"{FIELD_NAMES[name]}（{label('role', asked[name])}）" for name in missing],
        "asked": len(asked),
        "drawings": locate(session, region, record.geom, day=day),
        "trail": trail_of(session, record, record_id),
        "may_write": may_write(record) and not record.retired_on,
    }
