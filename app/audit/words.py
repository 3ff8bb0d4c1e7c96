"""The words of the auditors' page: actions, kinds of records, facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.records.trail import ACTIONS

# Acts that change no record, and so stand on no record's page.
ACTS: Final[Mapping[str, Any]] = {
    "access.refused": _l("Refused at a page"),
    "audit.export": _l("Trail taken along as a file"),
    "audit.trim": _l("Old entries carried off"),
    "audit.verify": _l("Trail checked"),
    "funds.export": _l("Taken along as a file"),
    "grants.export": _l("Taken along as a file"),
    "home.export": _l("Taken along as a file"),
    "maintenance.export": _l("Taken along as a file"),
    "map.export": _l("Taken along as a file"),
    "parties.export": _l("Taken along as a file"),
    "places.export": _l("Taken along as a file"),
    "posts.export": _l("Taken along as a file"),
    "projects.export": _l("Taken along as a file"),
    "registry.export": _l("Taken along as a file"),
    "review.export": _l("Taken along as a file"),
}
ROOMS: Final[Mapping[str, Any]] = {
    "access": _l("Access"),
    "accounts": _l("Accounts"),
    "administration": _l("Administration"),
    "audit": _l("Audit"),
    "demo": _l("Demonstration"),
    "funds": _l("Funds"),
    "grants": _l("Grants"),
    "home": _l("Circular"),
    "maintenance": _l("Upkeep"),
    "map": _l("Map"),
    "ownership": _l("Rights"),
    "parties": _l("Holders of rights"),
    "personal": _l("Personal data"),
    "places": _l("Places"),
    "posts": _l("Posts"),
    "projects": _l("Projects"),
    "regions": _l("Regions"),
    "registry": _l("Assets"),
    "review": _l("Review"),
    "terms": _l("Labels"),
    "undo": _l("Undo"),
}
TABLES: Final[Mapping[str, Any]] = {
    "account": _l("Account"),
    "allocation": _l("Arrangement"),
    "api_token": _l("Key for programs"),
    "asset": _l("Asset"),
    "carry_over": _l("Year closed"),
    "checklist_item": _l("Checklist"),
    "contract": _l("Contract"),
    "designation": _l("Entry in a list"),
    "facility": _l("Facility"),
    "facility_standard": _l("Facility standard"),
    "fund_document": _l("Fund document"),
    "grant": _l("Grant"),
    "household_item": _l("Household"),
    "income": _l("Income by year"),
    "inspection": _l("Inspection"),
    "installation": _l("Installation"),
    "maintenance_duty": _l("Upkeep duty"),
    "natural_village": _l("Natural village"),
    "outside_code": _l("Code elsewhere"),
    "party": _l("Holder of rights"),
    "payment": _l("Payment"),
    "person": _l("Person"),
    "post": _l("Post"),
    "post_holding": _l("Filling of a post"),
    "project": _l("Project"),
    "project_label": _l("Four batches"),
    "project_stage": _l("Step of a project"),
    "proposal": _l("Submitted change"),
    "region": _l("Region"),
    "relocation_site": _l("Relocation site"),
    "review_rule": _l("Step of review"),
    "right": _l("Right"),
    "stage_step": _l("Stage template"),
    "term": _l("Label"),
    "threshold": _l("Limit"),
    "value_event": _l("Value event"),
    "village": _l("Village"),
}
FACTS: Final[Mapping[str, Any]] = {
    "what": _l("What"),
    "filter": _l("Filter"),
    "rows": _l("Rows"),
    "action": _l("Action"),
    "area": _l("Area"),
    "batch": _l("Batch"),
    "code": _l("Code"),
    "ended_by": _l("How it ended"),
    "entries": _l("Entries"),
    "file": _l("File"),
    "findings": _l("Findings"),
    "locked_until": _l("Locked until"),
    "method": _l("Way of asking"),
    "on": _l("Day"),
    "path": _l("Address asked for"),
    "projects": _l("Projects"),
    "q": _l("Words"),
    "words": _l("Words"),
    "who": _l("Who"),
    "from": _l("From day"),
    "to": _l("To day"),
    "table": _l("Kind of record"),
    "record": _l("Record number"),
    "address": _l("From where"),
    "seals": _l("Seals"),
    "sessions": _l("Browsers"),
    "up_to_seal": _l("Up to seal"),
    "username": _l("Account name"),
    "through": _l("Reached through"),
    "why": _l("Why it was refused"),
    "found": _l("Found"),
    "person": _l("Person"),
    "persons": _l("People"),
    "withheld": _l("Changed, and not told"),
    "delegated_from": _l("Stood in for"),
    "approved": _l("Changes approved"),
    "left": _l("Changes left"),
    "removed": _l("Taken out"),
    "regions": _l("Regions"),
    "successor": _l("Successor"),
    "taken_back": _l("Taken back"),
    "transaction": _l("Saved as number"),
    "amount": _l("Amount"),
    "carried": _l("Carried over"),
    "account": _l("Account"),
    "way": _l("How I sign in"),
    "inspected_on": _l("Inspected on"),
    "inspection_result": _l("Inspection result"),
    "schematic": _l("Schematic borders"),
    "seed": _l("Seed"),
}
# What facts say in codes of the program.
FACT_WORDS: Final[Mapping[tuple[str, str], Any]] = {
    ("ended_by", "sign_out"): _l("Signed out"),
    ("ended_by", "revoked"): _l("Signed out from elsewhere"),
    ("ended_by", "password"): _l("New password"),
    ("ended_by", "closed"): _l("Account closed"),
    ("ended_by", "time"): _l("Time ran out"),
    ("kind", "code"): _l("Code of the telephone"),
    ("kind", "recovery"): _l("Recovery codes"),
    ("way", "outside"): _l("From outside"),
    ("why", "NotAllowed"): _l("No grant for it"),
    ("why", "NotFound"): _l("Not in the own area"),
    ("why", "PersonErased"): _l("Values erased"),
    ("why", "ReasonNeeded"): _l("No reason given"),
    ("why", "TooManyReads"): _l("Too many within an hour"),
    ("withheld", "name"): _l("Full name"),
    ("withheld", "phone"): _l("Telephone"),
    ("withheld", "id_number"): _l("Identity number"),
    ("withheld", "password_hash"): _l("Password"),
}
RESULTS: Final[Mapping[str, Any]] = {"success": _l("Done"), "refused": _l("Refused")}


def fact_value(fact: str, value: str) -> str:
    """A value of a fact in words: of a code, of several, or of a record; itself where it has none."""
    if fact == "through":
        table, _dash, number = value.partition("-")
        return (
            record_name(table, int(number))
            if table in TABLES and number.isascii() and number.isdecimal()
            else value or "—"
        )
    told = [str(FACT_WORDS[fact, one]) for one in value.split(", ") if (fact, one) in FACT_WORDS]
    return "、".join(told) or action_name(value)


def action_name(action: str) -> str:
    """What an action is called; its code where it has no words."""
    return str(ACTIONS.get(action) or ACTS.get(action) or action)


def actions_by_room() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every known action under its room, for choosing."""
    rooms: dict[str, list[tuple[str, str]]] = {}
    for action in sorted({*ACTIONS, *ACTS}):
        rooms.setdefault(action.partition(".")[0], []).append((action, action_name(action)))
    named = [(str(ROOMS.get(room, room)), sorted(actions, key=lambda one: one[1])) for room, actions in rooms.items()]
    return sorted(named)


def record_name(table: str | None, number: int | None) -> str:
    """The kind of a record, and its number where it has one."""
    if table is None:
        return ""
    kind = str(TABLES.get(table, table))
    return kind if number is None else str(_("%(kind)s %(number)s", kind=kind, number=number))
