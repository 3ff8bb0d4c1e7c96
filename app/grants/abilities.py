"""What a role lets a person do: told from the very sets of roles that the rules ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from app.i18n import lazy_gettext as _l
from assets.audit.queries import AUDITORS
from assets.editing import WRITERS
from assets.grants.authority import ADMINISTRATORS
from assets.grants.directory import Held
from assets.projects.documents import FUND_ROLES
from assets.registry.households import KEEPERS
from assets.review.authority import DECIDERS
from assets.vocabulary import ROLES


@dataclass(frozen=True)
class Ability:
    """Something a person may do; ``roles`` is the set the rules themselves use."""

    key: str
    name: Any
    roles: frozenset[str]


ABILITIES: Final = (
    Ability("see", _l("See"), frozenset(ROLES)),
    Ability("write", _l("Register and correct"), WRITERS),
    Ability("money", _l("Enter money"), FUND_ROLES),
    Ability("households", _l("Lists of households"), KEEPERS),
    Ability("decide", _l("Decide at review"), DECIDERS),
    Ability("accounts", _l("Keep accounts"), ADMINISTRATORS),
    Ability("audit", _l("Read the audit"), AUDITORS),
)
UNMASK: Final = Ability("unmask", _l("Personal values"), frozenset())


def may_do(held: Iterable[Held]) -> dict[str, list[Held]]:
    """By ability, the grants that give it."""
    grants = list(held)
    found = {ability.key: [one for one in grants if one.role in ability.roles] for ability in ABILITIES}
    return found | {UNMASK.key: [one for one in grants if one.may_unmask]}
