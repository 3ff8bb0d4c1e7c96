"""What was done to a record: its audit entries, told in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import db
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.records.changes import Change, told_changes
from assets.accounts.models import Account, ApiToken, Grant
from assets.audit import Deed
from assets.db import OFFICE_ZONE, Base
from assets.maintenance.models import Inspection
from assets.parties.models import PostHolding
from assets.projects.models import Allocation, CarryOver, Payment, ProjectLabel, ProjectStage

ACTIONS: dict[str, Any] = {
    "accounts.begin_second_factor": _l("Second factor begun"),
    "accounts.change_password": _l("Own password changed"),
    "accounts.confirm_password": _l("Password asked again"),
    "accounts.enrol_second_factor": _l("Second factor turned on"),
    "accounts.give_code": _l("Code given"),
    "accounts.lift_lock": _l("Lock lifted"),
    "accounts.link_outside": _l("Linked with an outside account"),
    "accounts.renew_recovery_codes": _l("New recovery codes made"),
    "accounts.reset_second_factor": _l("Second factor reset"),
    "accounts.sign_in": _l("Signed in"),
    "accounts.sign_out": _l("Signed out"),
    "accounts.turn_off_second_factor": _l("Second factor turned off"),
    "accounts.unlink_outside": _l("Link with an outside account removed"),
    "administration.add_version": _l("New version entered"),
    "administration.correct_version": _l("Corrected"),
    "administration.end_version": _l("Version ended"),
    "demo.load": _l("Made for the demonstration"),
    "funds.adjust": _l("Arrangement adjusted"),
    "funds.arrange": _l("Money arranged"),
    "funds.close_year": _l("Year closed by decision"),
    "funds.correct_document": _l("Corrected"),
    "funds.correct_payment": _l("Payment corrected"),
    "funds.explain": _l("Exception explained"),
    "funds.open_year": _l("Year opened again"),
    "funds.pay": _l("Payment entered"),
    "funds.register_document": _l("Registered"),
    "funds.retire_document": _l("Withdrawn"),
    "funds.return": _l("Money returned"),
    "funds.withdraw_line": _l("Arrangement struck"),
    "funds.withdraw_payment": _l("Payment struck"),
    "accounts.create_token": _l("Key made"),
    "accounts.revoke_token": _l("Key revoked"),
    "grants.add_grant": _l("Role granted"),
    "grants.close_account": _l("Account closed by an administrator"),
    "grants.correct_account": _l("Corrected"),
    "grants.end_delegation": _l("Standing in ended"),
    "grants.end_grant": _l("Grant ended"),
    "grants.hand_over": _l("Handed over to stand in"),
    "grants.invite_account": _l("Invited to an account"),
    "grants.invite_again": _l("New first password made"),
    "grants.reopen_account": _l("Account opened again"),
    "grants.sign_out": _l("Signed out by an administrator"),
    "grants.take_back": _l("Taken back"),
    "imports.answer_cell": _l("Cell of a ledger corrected"),
    "imports.answer_confirm": _l("Doubt about a ledger confirmed"),
    "imports.answer_left_out": _l("Row of a ledger left out"),
    "imports.answer_same_as": _l("Record of a row chosen"),
    "imports.approve_batch": _l("Ledger approved"),
    "imports.ask_commit": _l("Entering of a ledger asked for"),
    "imports.ask_undo": _l("Taking back of a ledger asked for"),
    "imports.cancel_work": _l("Work on a ledger stopped"),
    "imports.change_settings": _l("Reading of a ledger changed"),
    "imports.check_batch": _l("Ledger checked"),
    "imports.choose_headings": _l("Columns of a ledger chosen"),
    "imports.commit_batch": _l("Ledger entered"),
    "imports.drop_batch": _l("Ledger given up"),
    "imports.forget_content": _l("File of a ledger let go"),
    "imports.receive_batch": _l("Ledger brought"),
    "imports.reopen_batch": _l("Ledger came back"),
    "imports.submit_batch": _l("Ledger submitted for review"),
    "imports.take_back": _l("Taken back with its ledger"),
    "imports.undo_batch": _l("Ledger taken back"),
    "maintenance.assign_duty": _l("Upkeep assigned"),
    "maintenance.correct_inspection": _l("Inspection corrected"),
    "maintenance.correct_duty": _l("Upkeep corrected"),
    "maintenance.correct_post": _l("Corrected"),
    "maintenance.end_duty": _l("Upkeep ended"),
    "maintenance.fill_post": _l("Post filled"),
    "maintenance.leave_post": _l("Post left"),
    "maintenance.record_inspection": _l("Inspection recorded"),
    "maintenance.register_post": _l("Registered"),
    "maintenance.retire_post": _l("Withdrawn"),
    "maintenance.undo_inspection": _l("Inspection taken back"),
    "ownership.certify_asset": _l("Asset certified"),
    "ownership.correct_right": _l("Right corrected"),
    "ownership.end_right": _l("Right ended"),
    "ownership.grant_right": _l("Right granted"),
    "ownership.set_shares": _l("Shares set"),
    "parties.correct_party": _l("Corrected"),
    "parties.merge_parties": _l("Merged"),
    "parties.register_party": _l("Registered"),
    "parties.retire_party": _l("Withdrawn"),
    "parties.set_contact": _l("Contact kept"),
    "personal.erase": _l("Personal values erased"),
    "personal.find": _l("Looked for a person"),
    "personal.hand_over": _l("Own data handed over"),
    "personal.read": _l("Personal values seen"),
    "personal.retention": _l("Personal values erased after their time"),
    "places.correct_facility": _l("Corrected"),
    "places.correct_natural_village": _l("Corrected"),
    "places.correct_road": _l("Corrected"),
    "places.correct_site": _l("Corrected"),
    "places.correct_village": _l("Corrected"),
    "places.enter_in_list": _l("Entered in a list"),
    "places.register_facility": _l("Registered"),
    "places.register_natural_village": _l("Registered"),
    "places.register_road": _l("Registered"),
    "places.register_site": _l("Registered"),
    "places.register_village": _l("Registered"),
    "places.retire_facility": _l("Withdrawn"),
    "places.retire_natural_village": _l("Withdrawn"),
    "places.retire_site": _l("Withdrawn"),
    "places.retire_village": _l("Withdrawn"),
    "places.take_off_list": _l("Taken off a list"),
    "projects.advance": _l("Step entered"),
    "projects.correct": _l("Corrected"),
    "projects.correct_step": _l("Step corrected"),
    "projects.explain_missing_assets": _l("Reason for no assets given"),
    "projects.register": _l("Registered"),
    "projects.retire": _l("Withdrawn"),
    "projects.sort": _l("Sorted into four batches"),
    "projects.sort_many": _l("Sorted into four batches"),
    "projects.take_back_step": _l("Step taken back"),
    "regions.attach_borders": _l("Border attached"),
    "regions.derive_shape": _l("Shape derived from what lies below"),
    "regions.detach_border": _l("Border detached"),
    "regions.load_tree": _l("Region codes loaded"),
    "regions.merge": _l("Merged"),
    "regions.move": _l("Moved to another region"),
    "registry.add_household": _l("Household entered"),
    "registry.add_value": _l("Change of value entered"),
    "registry.correct_asset": _l("Corrected"),
    "registry.correct_value": _l("Change of value corrected"),
    "registry.note_code": _l("Code elsewhere noted"),
    "registry.register_asset": _l("Registered"),
    "registry.remove_code": _l("Code elsewhere taken out"),
    "registry.remove_household": _l("Household taken off the list"),
    "registry.remove_value": _l("Change of value taken out"),
    "registry.retire_asset": _l("Withdrawn"),
    "registry.set_operating_status": _l("Operating status set"),
    "review.approve": _l("Passed"),
    "review.approve_many": _l("Many approved together"),
    "review.end_rule": _l("Review steps ended"),
    "review.replace": _l("Corrected and submitted again"),
    "review.return": _l("Sent back"),
    "review.set_rule": _l("Review steps switched"),
    "review.submit": _l("Submitted for review"),
    "review.withdraw": _l("Withdrawn by the submitter"),
    "terms.load_defaults": _l("Labels and limits in use loaded"),
    "undo.take_back": _l("Undone"),
}
_SHOWN = 20


def _of_document(number: int) -> tuple[tuple[type[Base], Any], ...]:
    lines = select(Allocation.id).where(Allocation.fund_document_id == number)
    return (
        (Allocation, lines),
        (Payment, select(Payment.id).where(Payment.allocation_id.in_(lines))),
        (CarryOver, select(CarryOver.id).where(CarryOver.fund_document_id == number)),
    )


# What is told with a record, as far as the viewer sees it: the rows it consists of.
PARTS: dict[str, Callable[[int], tuple[tuple[type[Base], Any], ...]]] = {
    "asset": lambda number: ((Inspection, select(Inspection.id).where(Inspection.asset_id == number)),),
    "project": lambda number: (
        (ProjectStage, select(ProjectStage.id).where(ProjectStage.project_id == number)),
        (ProjectLabel, select(ProjectLabel.id).where(ProjectLabel.project_id == number)),
    ),
    "fund_document": _of_document,
    "account": lambda number: (
        (Grant, select(Grant.id).where(Grant.account_id == number)),
        (ApiToken, select(ApiToken.id).where(ApiToken.account_id == number)),
    ),
    "post": lambda number: ((PostHolding, select(PostHolding.id).where(PostHolding.post_id == number)),),
}


@dataclass(frozen=True)
class Step:
    """One thing done: when, by whom, what, and why."""

    at: datetime
    who: str
    what: Any
    changes: Sequence[Change]
    reason: str | None


def _both(who: str, proposed_by: str | None) -> str:
    """Who did it, and who had proposed what was approved."""
    return _("%(who)s, proposed by %(other)s", who=who, other=proposed_by) if proposed_by else who


def trail_of(session: Session, record: Base, record_id: int) -> list[Step]:
    """The latest entries about a record the viewer has been shown, and about its inspections."""
    about = (Deed.table_name == record.__tablename__) & (Deed.record_id == record_id)
    parts = PARTS.get(record.__tablename__)
    for entity, ids in parts(record_id) if parts else ():
        about |= (Deed.table_name == entity.__tablename__) & Deed.record_id.in_(ids)
    rows = session.execute(
        select(Deed, Account.display_name)
        .outerjoin(Account, Account.id == Deed.account_id)
        .where(about)
        .order_by(Deed.at.desc(), Deed.id.desc())
        .limit(_SHOWN)
    )
    steps = [(entry, name, entry.changes or {}) for entry, name in rows]
    away = away_by_grant(session, {number for _entry, _name, changes in steps for number in stood_in(changes)})
    return [
        Step(
            entry.at.astimezone(OFFICE_ZONE),
            _for_others(_both(name or "", changes.get("on_behalf_of")), [away[one] for one in stood_in(changes)]),
            ACTIONS.get(entry.action, entry.action),
            told_changes(session, entry.table_name or "", changes, day=db.current_day()),
            entry.reason,
        )
        for entry, name, changes in steps
    ]


def stood_in(changes: Mapping[str, Any]) -> list[int]:
    """The grants of others by which something was done."""
    found = changes.get("delegated_from")
    return found["grants"] if isinstance(found, dict) else []


def away_by_grant(session: Session, grants: set[int]) -> dict[int, str]:
    """By grant, the name of whoever was stood in for."""
    if not grants:
        return {}
    owners = select(Grant.id, Account.display_name).join(Account, Account.id == Grant.account_id)
    return {row.id: row.display_name for row in session.execute(owners.where(Grant.id.in_(grants)))}


def _for_others(who: str, others: Sequence[str]) -> str:
    """Who did it, and for whom who was away."""
    if not others:
        return who
    return str(_("%(who)s, standing in for %(other)s", who=who, other="、".join(dict.fromkeys(others))))
