"""What is missing of an asset, and by whom it is to be filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.words import label
from assets.regions.models import Region
from assets.registry.models import Asset

FIELD_NAMES = {
    "type": _l("Type"),
    "sector": _l("Sector"),
    "quantity": _l("Quantity"),
    "built_on": _l("Built on"),
    "useful_life_years": _l("Useful life"),
    "handed_over_on": _l("Handed over on"),
    "certified_on": _l("Certified on"),
    "geom": _l("Position"),
    "papers": _l("Papers missing"),
}
# What the department that paid for it knows; all else is known in the town.
OF_THE_DEPARTMENT = frozenset({"useful_life_years", "handed_over_on", "certified_on"})
# Which endpoint fills what is not a field of the asset itself.
ENDPOINTS = {
    "owner": "ownership.grant",
    "certified_on": "ownership.certify",
    "body": "upkeep_duties.assign",
    "person": "upkeep_duties.assign",
    "money": "upkeep_duties.assign",
}


@dataclass(frozen=True)
class Gap:
    """One thing that is missing: its name in words, who fills it in, and on which page."""

    field: str
    name: str
    by: str
    endpoint: str


def find_gaps(fields: Sequence[str], asset: Asset, above: Sequence[Region], sectors: Mapping[str, str]) -> list[Gap]:
    """What is missing, in the order it was found; ``sectors`` names the departments."""
    town = next((region for region in reversed(above) if region.level == "town"), above[-1])
    clerk = _("Clerk of %(town)s", town=town.short_name)
    sector = sectors.get(asset.sector or "", "")
    department = _("Department: %(sector)s", sector=sector) if sector else clerk
    return [
        Gap(
            field,
            _name(field),
            department if field in OF_THE_DEPARTMENT else clerk,
            ENDPOINTS.get(field, "registry.correct"),
        )
        for field in fields
    ]


def _name(field: str) -> str:
    name: Any = FIELD_NAMES.get(field)
    return str(name) if name is not None else label("missing", field)
