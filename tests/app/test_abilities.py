"""What the pages say somebody may do is what the rules let them do."""

from __future__ import annotations

import pytest

from app.access import MATRIX, Rule
from app.grants.abilities import ABILITIES
from assets.vocabulary import ROLES
from tests.people import PERSONAS, Office

# By ability, a page that it opens.
OPENS = {
    "write": ("registry", "register", "/registry/new"),
    "money": ("funds", "register", "/funds/new"),
    "accounts": ("grants", "invite", "/accounts/new"),
    "audit": ("audit", "index", "/audit/"),
    "households": ("registry", "add_household", None),
}


def rule_of(room: str, endpoint: str) -> Rule:
    return next(rule for rule, names in MATRIX[room] if endpoint in names.split())


@pytest.mark.parametrize("key", OPENS)
def test_an_ability_is_held_by_the_very_roles_of_its_rule(key: str) -> None:
    room, endpoint, _address = OPENS[key]
    ability = next(one for one in ABILITIES if one.key == key)
    assert ability.roles is rule_of(room, endpoint).roles or ability.roles == rule_of(room, endpoint).roles


def test_every_set_of_roles_that_a_rule_asks_for_is_told_as_an_ability_or_includes_one() -> None:
    asked = {rule.roles for rules in MATRIX.values() for rule, _names in rules if rule.roles}
    told = {ability.roles for ability in ABILITIES}
    for roles in asked:
        assert roles in told or any(roles >= one for one in told), f"no ability tells of {sorted(roles)}"


def test_every_ability_names_known_roles_and_every_role_sees() -> None:
    assert all(ability.roles <= set(ROLES) for ability in ABILITIES)
    assert ABILITIES[0].roles == set(ROLES)


@pytest.mark.parametrize("persona", sorted(set(PERSONAS) & set(ROLES)))
def test_each_persona_opens_what_its_abilities_say(office: Office, persona: str) -> None:
    browser = office.browser(persona)
    for key, (_room, _endpoint, address) in OPENS.items():
        if address is None:
            continue
        may = persona in next(one.roles for one in ABILITIES if one.key == key)
        assert (browser.get(address).status_code == 200) is may, f"{persona} at {address}"
