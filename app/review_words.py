"""Words of review: its kinds, steps and states, and what each reviewed verb is called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

REVIEW_KINDS: dict[str, object] = {
    "proposal_kind": _l("Kind of record"),
    "review_step": _l("Review step"),
    "proposal_status": _l("Outcome"),
    "waiting": _l("Waiting"),
    "verdict": _l("Decision taken"),
    "verb": _l("What is to change"),
}
REVIEW_WORDS: dict[str, dict[str, object]] = {
    "proposal_kind": {
        "asset": _l("Asset"),
        "project": _l("Project"),
        "place": _l("Village or site"),
        "right": _l("Right"),
        "duty": _l("Upkeep duty"),
    },
    "review_step": {
        "village": _l("Village report"),
        "town": _l("Town review"),
        "department": _l("Department check"),
        "county": _l("County decision"),
    },
    "proposal_status": {
        "pending": _l("Waiting for review"),
        "approved": _l("Passed"),
        "returned": _l("Sent back"),
        "withdrawn": _l("Withdrawn by the submitter"),
        "replaced": _l("Corrected and submitted again"),
    },
    "waiting": {
        "3": _l("3 days or more"),
        "7": _l("7 days or more"),
        "15": _l("15 days or more"),
    },
    "verdict": {
        "approve": _l("Passed"),
        "return": _l("Sent back"),
        "withdraw": _l("Withdrawn by the submitter"),
        "replace": _l("Corrected and submitted again"),
    },
    "verb": {
        **dict.fromkeys(
            (
                *("register_asset", "register_owned_asset", "register_project", "register_facility"),
                *("register_village", "register_natural_village", "register_site"),
            ),
            _l("Registration"),
        ),
        **dict.fromkeys(
            (
                *("correct_asset", "correct_project", "correct_facility", "correct_village"),
                *("correct_natural_village", "correct_site"),
            ),
            _l("Correction"),
        ),
        **dict.fromkeys(
            (
                *("retire_asset", "retire_project", "retire_facility", "retire_village"),
                *("retire_natural_village", "retire_site"),
            ),
            _l("Withdrawal"),
        ),
        "set_operating_status": _l("Operating status"),
        "add_value": _l("Change of value"),
        "correct_value": _l("Correct a change of value"),
        "remove_value": _l("Take out a change of value"),
        "explain_missing_assets": _l("Why it leaves no assets"),
        "advance_project": _l("Step of a project"),
        "correct_step": _l("Correction of a step"),
        "take_back_step": _l("Taking back a step"),
        "grant_right": _l("Granting a right"),
        "correct_right": _l("Correction of a right"),
        "end_right": _l("Ending a right"),
        "set_shares": _l("Replacing all shares"),
        "certify_asset": _l("Certification"),
        "assign_duty": _l("Arranging upkeep"),
        "correct_duty": _l("Correction of upkeep"),
        "end_duty": _l("Ending upkeep"),
    },
}
