"""Words of what administrators keep, and the names they have given to codes of the program."""

from __future__ import annotations

from collections.abc import Mapping

from flask import g, has_request_context
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import SQLAlchemyError

from assets.errors import RegistryError

DATED_KINDS: dict[str, object] = {
    "list_level": _l("Made by"),
    "list_kind": _l("Key list"),
    "listed_level": _l("Level"),
    "fault": _l("What is lacking"),
    "limit": _l("Limit"),
    "limit_unit": _l("Unit"),
    "travel_mode": _l("How people travel"),
    "question": _l("Kind of question"),
    "term_kind": _l("Kind of label"),
    "used_by": _l("Used by"),
    "period": _l("Period"),
}
DATED_WORDS: dict[str, dict[str, object]] = {
    "list_level": {
        "national": _l("Nation"),
        "provincial": _l("Province level"),
        "city": _l("City level"),
        "county": _l("County level"),
    },
    "list_kind": {
        "key_assistance": _l("Key assistance"),
        "demonstration": _l("Demonstration"),
    },
    "listed_level": {
        "county": _l("Counties"),
        "town": _l("Towns"),
        "village": _l("Villages"),
    },
    "fault": {
        "absent": _l("None there"),
        "closed": _l("Not in use"),
        "area": _l("Too small"),
        "staff": _l("Too few at work"),
        "unknown": _l("Not recorded"),
    },
    "limit": {
        "due_soon_days": _l("Inspection due soon: days before"),
        "contract_expiring_days": _l("Contract expiring: days before"),
        "acceptance_without_assets_days": _l("Accepted without assets: days allowed"),
        "industry_share": _l("Industry share of central and provincial money"),
        "lead_share": _l("Lead industry share of industry money"),
        "work_relief_projects": _l("Work-relief projects a year"),
        "management_fee_share_central": _l("Management fee from central money"),
        "management_fee_share_province": _l("Management fee from provincial money"),
        "strong_village_income_yuan": _l("Strong village: collective income from"),
        "weak_village_income_yuan": _l("Weak village: collective income below"),
        "natural_village_waste_share": _l("Natural villages with waste collection"),
        "sanitary_toilet_share": _l("Share of households with sanitary toilets"),
        "personal_months_after_end": _l("Personal values: months kept after the end"),
        "personal_months_household": _l("Personal values: months kept after households were given something"),
        "import_days_after_end": _l("Ledgers: days kept after entering or taking back"),
        "import_days_open": _l("Ledgers: days kept while nothing is entered"),
        "natural_village_distance_m": _l("Natural village: distance to its village office"),
        "village_plans_target": _l("Village plans to be done"),
    },
    "limit_unit": {
        "days": _l("days"),
        "share": _l("share"),
        "projects": _l("projects"),
        "yuan": _l("yuan a year"),
        "m": _l("m"),
        "months": _l("months"),
        "villages": _l("villages"),
    },
    "travel_mode": {
        "walk": _l("On foot"),
        "drive": _l("By car"),
        "straight": _l("Straight line"),
    },
    "question": {
        "check": _l("Yes or no"),
        "measure": _l("Measured"),
    },
    "term_kind": {
        "sector": _l("Sectors"),
        "fund_source": _l("Fund sources"),
        "fund_name": _l("Names of funds"),
        "project_category": _l("Project categories"),
        "four_batch": _l("Four batches"),
        "village_class": _l("Village classes"),
        "facility_type": _l("Facility types"),
        "asset_type": _l("Asset types"),
        "right_kind": _l("Kinds of rights"),
        "code_system": _l("Other systems"),
    },
    "used_by": {
        "asset": _l("assets"),
        "value_event": _l("value events"),
        "project": _l("projects"),
        "project_label": _l("sorted projects"),
        "fund_document": _l("fund documents"),
        "village": _l("villages"),
        "facility": _l("facilities"),
        "facility_standard": _l("standards"),
        "checklist_item": _l("checklist questions"),
        "right": _l("rights"),
        "outside_code": _l("codes"),
    },
    "period": {
        "past": _l("Ended"),
        "current": _l("In force"),
        "future": _l("From later on"),
    },
}
# Kinds of words that an administrator may give other names, and the kind of terms they are.
RENAMED = {
    "category": "project_category",
    "fund": "fund_source",
    "village_class": "village_class",
    "right": "right_kind",
}


def given_name(kind: str, code: str) -> str | None:
    """The name administrators have given a code on the day that is shown; None where nobody did."""
    if kind not in RENAMED or not has_request_context():
        return None
    return _names(RENAMED[kind]).get(code)


def _names(kind: str) -> Mapping[str, str]:
    from app import db
    from app.area import current_filter
    from app.term_names import term_names

    kept: dict[str, Mapping[str, str]] = g.setdefault("given_names", {})
    if kind not in kept:
        try:
            try:
                day = current_filter().day
            except RegistryError:
                day = db.current_day()
            kept[kind] = term_names(kind, day=day)
        except (SQLAlchemyError, RuntimeError):
            kept[kind] = {}
    return kept[kind]
