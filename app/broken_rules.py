"""What the database itself refuses, in words: constraint by constraint."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.i18n import lazy_gettext as _l
from assets.errors import Problem

# Constraint → the field it is told at ("" for the whole form), and the sentence.
RULES: dict[str, tuple[str, Any]] = {
    "uq_proposal_one_waiting": ("", _l("A change of this record waits for review already.")),
    "ex_review_rule_one_at_a_time": ("valid_from", _l("Another rule for this kind begins then already.")),
    "ex_right_one_holder_at_a_time": ("party_id", _l("Somebody else holds this right in that time. End it first.")),
    "ex_right_one_row_a_holder": ("party_id", _l("This holder has this right in that time already.")),
    "ck_right_shares_add_up": (
        "share",
        _l("On {on} the shares of one kind would add up to {numerator}/{denominator}; they must make the whole."),
    ),
    "ck_right_share_fraction": ("share", _l("A share is more than nothing and at most the whole.")),
    "ck_right_period_not_empty": ("valid_to", _l("The last day must lie after the first.")),
    "ck_contract_period_not_empty": ("ends_on", _l("The last day must lie after the first.")),
    "ck_project_label_period_not_empty": ("valid_to", _l("The last day must lie after the first.")),
    "ex_project_label_one_at_a_time": ("code", _l("The project is sorted otherwise in that time. End it first.")),
    "ck_natural_village_toilets_within_households": (
        "sanitary_toilets",
        _l("There cannot be more households with toilets than households."),
    ),
    "ck_project_budget_not_negative": ("budget_yuan", _l("An amount below zero is not possible here.")),
    "ck_project_wage_share_fraction": ("wage_share", _l("The share of wages lies between 0 and 1.")),
    "ck_allocation_first_line_positive": ("arranged_yuan", _l("The first arrangement must be more than zero.")),
    "uq_allocation_first_line": ("project_id", _l("This document has arranged money for this project already.")),
    "ex_grant_one_at_a_time": ("role", _l("The account has this very grant in that time already.")),
    "uq_account_username": ("username", _l("This account name is taken. Please choose another.")),
    "uq_account_outside_subject": (
        "outside_subject",
        _l("Another account is signed in to from outside under this name already."),
    ),
    "uq_asset_code": ("code", _l("Another record has this code already.")),
    "uq_project_code": ("code", _l("Another record has this code already.")),
    "ix_party_code": ("code", _l("Another record has this code already.")),
    "uq_fund_document_number": ("number", _l("A document with this number is there already.")),
    "uq_village_region_id": ("region_id", _l("This village is registered already.")),
    "uq_outside_code_system_code": ("code", _l("Another record has this code already.")),
    "uq_outside_code_asset_id_system": ("system", _l("The asset has a code of this system already.")),
    "uq_income_asset_id_year": ("year", _l("This year is entered already.")),
    "uq_carry_over_fund_document_id_year": ("year", _l("This year is entered already.")),
    "uq_project_stage_project_id_stage": ("stage", _l("This step is entered already.")),
    "uq_project_area_project_id_region_id": ("region_id", _l("This place is entered already.")),
    "uq_operating_period_asset_id_valid_from": ("valid_from", _l("A change on this day is entered already.")),
    "uq_term_kind_code_valid_from": ("valid_from", _l("A version from this day on is entered already.")),
}


def broken_rule(error: IntegrityError) -> Problem | None:
    """The problem to tell for a refusal of the database; None for one that people cannot cause."""
    told = getattr(error.orig, "diag", None)
    name = getattr(told, "constraint_name", None) or ""
    if name not in RULES:
        return None
    field, message = RULES[name]
    return Problem(field, str(message), _data(getattr(told, "message_detail", None)))


def _data(detail: str | None) -> dict[str, Any]:
    """What a rule written by hand says besides its name."""
    try:
        # Whole numbers come from numeric columns with a point.
        found = json.loads(detail or "", parse_float=lambda text: f"{Decimal(text).normalize():f}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
