"""What history, audit and proposals never repeat: personal values and secrets.

The triggers of these tables leave the columns out of the history and note only that they changed
(``history.withheld``); the audit leaves them out of its changes. Whoever else copies what a form
or a row says, asks :data:`PERSONAL` for the name and keeps the mask, or a reference to the person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from assets.masks import mask_identity, mask_name, mask_phone

WITHHELD: Final[Mapping[str, frozenset[str]]] = {
    "account": frozenset({"password_hash"}),
    "api_token": frozenset({"token_hash"}),
    "person": frozenset({"name", "pinyin", "initials", "phone", "id_number"}),
}
# The columns, keywords of services and fields of forms that hold personal values, with their masks.
PERSONAL: Final[Mapping[str, Callable[[str], str]]] = {
    "contact_name": mask_name,
    "contact_phone": mask_phone,
    "id_number": mask_identity,
    "identity_number": mask_identity,
    "person_name": mask_name,
    "phone": mask_phone,
}


def withheld_of(table: str) -> frozenset[str]:
    """The columns of ``table`` that are never repeated."""
    return WITHHELD.get(table, frozenset())


def masked_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` by keyword with the personal ones masked, to be kept or shown elsewhere."""
    return {
        name: PERSONAL[name](value) if name in PERSONAL and isinstance(value, str) and value else value
        for name, value in values.items()
    }
