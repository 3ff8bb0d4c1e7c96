"""Who may open what: every page and every form has exactly one rule, and none opens without.

A rule asks for roles *somewhere*: it is checked before any record is read, so that its refusal never
tells whether a record exists. Where the role is held is the services' question, and a record outside
one's area is not found, as one that was never there. A program's token opens a page that names its
scope, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from flask import Flask, abort, current_app, g, request

from assets.administration.reach import ADMINISTRATORS
from assets.audit.queries import AUDITORS
from assets.editing import WRITERS
from assets.errors import NotAllowed
from assets.grants.authority import READERS
from assets.imports.models import READERS as LOOKING_ON
from assets.projects.documents import FUND_ROLES
from assets.registry.households import KEEPERS
from assets.review.authority import DECIDERS
from assets.review.rules import KEEPERS as STEP_KEEPERS

TOKEN_SCOPES = ("tiles", "lists", "figures", "features")


@dataclass(frozen=True)
class Rule:
    """Strangers, everybody signed in (no ``roles``), or holders of one of ``roles`` somewhere."""

    roles: frozenset[str] = frozenset()
    strangers: bool = False
    token_scope: str | None = None

    def admits(self, roles: frozenset[str]) -> bool:
        """Whether somebody signed in who holds ``roles`` may go on."""
        return not self.roles or bool(self.roles & roles)


STRANGERS = Rule(strangers=True)
EVERYONE = Rule()
WRITE = Rule(WRITERS)
FUNDS = Rule(FUND_ROLES)
HOUSEHOLDS = Rule(KEEPERS)
ADMINISTER = Rule(ADMINISTRATORS)
DECIDE = Rule(DECIDERS)
KEEP_STEPS = Rule(STEP_KEEPERS)
KEEP_ACCOUNTS = Rule(READERS)
AUDIT = Rule(AUDITORS)
BRING = Rule(WRITERS | LOOKING_ON)
TILES, LISTS, FIGURES, FEATURES = (replace(EVERYONE, token_scope=scope) for scope in TOKEN_SCOPES)

# Room by room; the names of endpoints without their room's.
MATRIX: dict[str, tuple[tuple[Rule, str], ...]] = {
    "health": ((STRANGERS, "healthz readyz"),),
    "accounts": (
        (STRANGERS, "login give_code choose_language"),
        (EVERYONE, "logout"),
    ),
    "account": (
        (EVERYONE, "show prove change_password end_session end_other_sessions"),
        (EVERYONE, "show_second_factor begin_second_factor confirm_second_factor renew_codes turn_off_second_factor"),
    ),
    "outside": (
        (STRANGERS, "begin answer"),
        (EVERYONE, "link unlink"),
    ),
    "grants": (
        (KEEP_ACCOUNTS, "index export show who"),
        (ADMINISTER, "invite correct invite_again close reopen sign_out reset_second_factor lift_lock"),
        (ADMINISTER, "add end"),
        # One's own: grants handed over, keys for programs.
        (EVERYONE, "standing_in hand_over take_back tokens create_token revoke_token"),
    ),
    "home": ((EVERYONE, "index circular circular_file"),),
    "imports": (
        # The scope asks who brought it, or looks after the area.
        (BRING, "index show progress row place mvt returned"),
        (WRITE, "upload template correct confirm same_as leave_out columns settings places"),
        (WRITE, "commit undo cancel drop"),
    ),
    "search": ((EVERYONE, "index suggest"),),
    "map": (
        (EVERYONE, "index areas area rows strip handover"),
        (FIGURES, "counts"),
        (FEATURES, "keys feature"),
    ),
    "tiles": ((TILES, "mvt description"),),
    "records": (
        (EVERYONE, "ready choices"),
        (WRITE, "undo"),
    ),
    "positions": ((EVERYONE, "read"),),
    "maintenance": (
        (EVERYONE, "index"),
        (FIGURES, "figures status_file"),
        # Whoever holds the post inspects; the service asks for the duty.
        (EVERYONE, "record_inspection undo_inspection"),
    ),
    "registry": (
        (EVERYONE, "index show card cards history known"),
        (LISTS, "export"),
        (WRITE, "register similar correct retire retire_many set_operating set_operating_of_many"),
        (WRITE, "add_value correct_value remove_value note_code remove_code"),
        (HOUSEHOLDS, "add_household remove_household"),
    ),
    "ownership": (
        (EVERYONE, "show"),
        (WRITE, "certify grant correct end replace"),
    ),
    "upkeep_duties": ((WRITE, "assign assign_to_many correct end"),),
    "posts": (
        (EVERYONE, "index show"),
        (LISTS, "export"),
        (WRITE, "register correct fill vacate retire"),
    ),
    "parties": (
        (EVERYONE, "index show"),
        (LISTS, "export"),
        (WRITE, "register correct merge retire"),
    ),
    "personal": (
        # Through a record one sees, with a grant that unmasks: the service asks for both.
        (EVERYONE, "unmask"),
        (WRITE, "correct"),
        (ADMINISTER, "index show erase file"),
    ),
    "projects": (
        (EVERYONE, "index show four_batches progress targets"),
        (LISTS, "export"),
        (WRITE, "register correct retire advance correct_step take_back_step explain sort sort_many"),
    ),
    "funds": (
        (EVERYONE, "index show overview list_exceptions"),
        (LISTS, "export"),
        (FUNDS, "register correct retire close_year open_year arrange adjust give_back strike_line"),
        (FUNDS, "pay correct_payment strike_payment explain"),
    ),
    "places": (
        (EVERYONE, "index villages natural_villages sites facilities key_lists standards"),
        (EVERYONE, "show_village show_natural_village show_site show_facility"),
        (LISTS, "export_villages export_natural_villages export_sites export_facilities export_standards"),
        (WRITE, "register_village correct_village retire_village enter_in_list take_off_list"),
        (WRITE, "register_natural_village correct_natural_village retire_natural_village"),
        (WRITE, "register_site correct_site retire_site"),
        (WRITE, "register_facility correct_facility retire_facility"),
    ),
    "review": (
        (EVERYONE, "index submitted every show rules"),
        (LISTS, "export_mine export_submitted export_all"),
        (DECIDE, "approve approve_many return_"),
        (WRITE, "withdraw"),
        (KEEP_STEPS, "set_rule"),
    ),
    # Whole ledgers go out to whoever sees the records.
    "ledgers": ((EVERYONE, "index"), (LISTS, "send")),
    "audit": ((AUDIT, "index export"),),
    "administration": (
        (EVERYONE, "index show"),
        (ADMINISTER, "new correct add_version end"),
    ),
}


def stated() -> Iterator[tuple[str, Rule]]:
    """Every endpoint with its rule, as the matrix names them."""
    for room, rules in MATRIX.items():
        for rule, names in rules:
            for name in names.split():
                yield f"{room}.{name}", rule


def init_app(app: Flask) -> None:
    """Hold every request to its rule; called when all rooms are in.

    Raises
    ------
    LookupError
        When an endpoint has no rule or two, or a rule no endpoint.
    """
    pairs = list(stated())
    rules = dict(pairs)
    twice = sorted({name for name, _rule in pairs if [named for named, _ in pairs].count(name) > 1})
    unstated = sorted(app.view_functions.keys() - rules.keys())
    unused = sorted(rules.keys() - app.view_functions.keys())
    if twice or unstated or unused:
        raise LookupError(f"app/access.py: without a rule {unstated}, without a page {unused}, named twice {twice}")
    app.extensions["access"] = rules
    app.before_request(_enforce)


def rule_of(endpoint: str | None) -> Rule | None:
    """The rule of an endpoint of the running application; None for an address that is no page."""
    rules: Mapping[str, Rule] = current_app.extensions["access"]
    return rules[endpoint] if endpoint is not None else None


def is_open(endpoint: str | None) -> bool:
    """Whether strangers may come here."""
    rule = rule_of(endpoint)
    return rule is not None and rule.strangers


def _enforce() -> None:
    """Runs after the viewer was found (``app/security.py``), before anything is read."""
    rule = rule_of(request.endpoint)
    if rule is None or rule.strangers:
        return
    if "account" not in g:
        abort(401)
    scopes: frozenset[str] | None = g.get("token_scopes")
    if scopes is not None and (rule.token_scope not in scopes or request.method not in ("GET", "HEAD")):
        raise NotAllowed
    if not rule.admits(g.viewer.roles):
        raise NotAllowed
