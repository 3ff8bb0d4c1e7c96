"""What changed in a record: its columns and their values in the words of its forms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.i18n import figure
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.term_names import term_names
from app.words import label
from assets.regions.models import Region

Change = tuple[str, str, str]

COLUMNS: Final[Mapping[str, Any]] = {
    "name": _l("Name"),
    "title": _l("Title"),
    "code": _l("Code"),
    "kind": _l("Kind"),
    "type": _l("Type"),
    "level": _l("Facility level"),
    "status": _l("Facility status"),
    "sector": _l("Sector"),
    "source": _l("Source of the record"),
    "document": _l("Document"),
    "review_status": _l("Review status"),
    "retired_on": _l("Withdrawn on"),
    "retired_reason": _l("Reason"),
    "valid_from": _l("From"),
    "valid_to": _l("Until"),
    "note": _l("Remark"),
    # Places.
    "village_class": _l("Village class"),
    "lifted_out_of_poverty": _l("Lifted out of poverty"),
    "plan_done": _l("Village plan done"),
    "households": _l("Households"),
    "pop_registered": _l("People registered"),
    "pop_resident": _l("People resident"),
    "collective_income": _l("Collective income"),
    "lead_industry": _l("Main industry"),
    "elevation_m": _l("Elevation"),
    "sanitary_toilets": _l("Households with sanitary toilets"),
    "waste_collected": _l("Waste is collected"),
    "tap_water": _l("Tap water"),
    "paved_road": _l("Paved road"),
    "built_year": _l("Built in"),
    "housing_units": _l("Dwellings"),
    "certificates_issued": _l("Certificates issued"),
    "households_moved": _l("Households moved"),
    "persons_moved": _l("People moved"),
    "households_occupied": _l("Households living there"),
    "old_houses_demolished": _l("Old houses demolished"),
    "labour_force": _l("Labour force"),
    "employed": _l("Employed"),
    "zero_employment_households": _l("Households without work"),
    "workshops": _l("Workshops"),
    "management_body": _l("Management body"),
    "area_m2": _l("Floor area"),
    "capacity": _l("Capacity"),
    "staff": _l("Staff"),
    "opened_on": _l("Opened on"),
    "closed_on": _l("Closed on"),
    # Projects and their steps.
    "category": _l("Project category"),
    "year": _l("Project year"),
    "stage": _l("Stage"),
    "stage_due_on": _l("Next step due on"),
    "owner_unit": _l("Owner unit"),
    "department": _l("Department"),
    "budget_yuan": _l("Budget"),
    "is_lead_industry": _l("Lead industry"),
    "is_work_relief": _l("Work relief"),
    "wage_share": _l("Share of wages"),
    "households_benefiting": _l("Households benefiting"),
    "performance_goal": _l("Performance goal"),
    "description": _l("Content"),
    "no_assets_reason": _l("Why it leaves no assets"),
    "served": _l("Villages served"),
    "reached_on": _l("Day of the step"),
    # Money.
    "number": _l("Document number"),
    "fund_name": _l("Name of the fund"),
    "budget_year": _l("Budget year"),
    "batch": _l("Batch"),
    "received_on": _l("Received on"),
    "received_yuan": _l("Received from above"),
    "purpose": _l("Purpose"),
    "arranged_on": _l("Arranged on"),
    "arranged_yuan": _l("Amount"),
    "paid_on": _l("Paid on"),
    "paid_yuan": _l("Amount paid"),
    "voucher": _l("Voucher"),
    "payee": _l("Payee"),
    "excess_reason": _l("Explanation of an excess"),
    "carried_yuan": _l("Carried over"),
    "taken_back_yuan": _l("Taken back"),
    "decided_on": _l("Decided on"),
    # Accounts.
    "display_name": _l("Full name"),
    "username": _l("Account name"),
    "locale": _l("Language"),
    "active": _l("Account in use"),
    "must_change_password": _l("Password to be changed"),
    "password_expires_at": _l("First password good until"),
    "password_changed_at": _l("Password last changed"),
    "outside_subject": _l("Name at the outside sign-in"),
    "role": _l("Role"),
    "may_unmask": _l("May see personal values unmasked"),
    "reason": _l("Reason"),
    "revoked_at": _l("Revoked on"),
    "expires_on": _l("Last day"),
    "used_on": _l("Last used"),
}
# Where a table's column is called otherwise than the same column elsewhere.
OWN_COLUMNS: Final[Mapping[tuple[str, str], Any]] = {
    ("facility", "type"): _l("Facility type"),
    ("relocation_site", "type"): _l("Site type"),
    ("project", "kind"): _l("Project kind"),
    ("party", "type"): _l("Party type"),
    ("party", "code"): _l("Unified social credit code"),
    ("party", "valid_to"): _l("Ended on"),
    ("project", "code"): _l("Project code"),
    ("project_label", "code"): _l("Four batches"),
    ("fund_document", "source"): _l("Fund source"),
    ("carry_over", "year"): _l("Year closed"),
    ("post", "title"): _l("Post"),
}
_WORDS: Final = {
    ("village", "kind"): "village_kind",
    ("village", "village_class"): "village_class",
    ("relocation_site", "type"): "site_type",
    ("facility", "level"): "facility_level",
    ("facility", "status"): "facility_status",
    ("project", "kind"): "project_kind",
    ("project", "category"): "category",
    ("project", "stage"): "stage",
    ("project_stage", "stage"): "milestone",
    ("fund_document", "source"): "fund",
    ("allocation", "kind"): "allocation",
    ("party", "type"): "party_type",
    ("account", "locale"): "language",
    ("grant", "role"): "role",
}
_TERMS: Final = {
    ("facility", "type"): "facility_type",
    ("project", "sector"): "sector",
    ("post", "sector"): "sector",
    ("grant", "sector"): "sector",
    ("fund_document", "fund_name"): "fund_name",
    ("project_label", "code"): "four_batch",
}
# Made by the database or by the name, or told elsewhere.
UNTOLD: Final = frozenset({"pinyin", "initials", "plain_name", "scheme", "request_key"})


def told_changes(session: Session, table: str, changes: Mapping[str, Any], *, day: dt.date) -> list[Change]:
    """Columns with before and after; a new record's first values are not repeated."""
    return [
        (
            str(OWN_COLUMNS.get((table, name)) or COLUMNS.get(name, name)),
            written_value(session, table, name, value[0], day),
            written_value(session, table, name, value[1], day),
        )
        for name, value in changes.items()
        if isinstance(value, list)
        and len(value) == 2
        and value[0] is not None
        and name not in UNTOLD
        and not name.endswith("_id")
    ]


def written_value(session: Session, table: str, name: str, value: Any, day: dt.date) -> str:
    """A value of a column in the words of its form."""
    if value is None or value in ("", []):
        return "—"
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, list):
        return _places(session, value)
    if name.endswith("_yuan") or name == "collective_income":
        return str(_("%(amount)s yuan", amount=figure(Decimal(str(value)), 2)))
    if name == "wage_share":
        return f"{Decimal(str(value)) * 100:.4g} %"
    if name == "review_status":
        return label("review", str(value))
    if (kind := _WORDS.get((table, name))) is not None:
        return label(kind, str(value))
    if (kind := _TERMS.get((table, name))) is not None:
        return term_names(kind, day=day).get(str(value), str(value))
    return str(value)


def _places(session: Session, ids: Iterable[Any]) -> str:
    found = session.scalars(select(Region.short_name).where(Region.id.in_(list(ids))).order_by(Region.region_path))
    return "、".join(found) or "—"
