"""The forms of holders."""

from __future__ import annotations

from types import MappingProxyType

from app.i18n import lazy_gettext as _l
from app.records.fields import choice_field, date_field, party_field, region_field, text_field
from app.records.form import RecordForm
from assets.parties.rules import LONGEST_NAME
from assets.vocabulary import PARTY_TYPES

_KEPT = _l("Kept apart and shown masked. Empty: what is kept stays.")


class PartyForm(RecordForm):
    """What people enter of a holder."""

    name = text_field(_l("Name"), required=True, least=2, most=LONGEST_NAME, hint=_l("In full, as in its certificate."))
    type = choice_field(_l("Party type"), kind="party_type", codes=PARTY_TYPES, required=True)
    code = text_field(
        _l("Unified social credit code"), most=30, hint=_l("18 digits and letters; its last sign is checked.")
    )
    region_id = region_field(_l("Seat"), hint=_l("Within your area; empty if it is seated elsewhere."))
    valid_to = date_field(_l("Ended on"), first=None, hint=_l("The first day on which it no longer existed."))
    contact_name = text_field(_l("Contact person"), most=100, hint=_KEPT)
    contact_phone = text_field(_l("Telephone"), most=30, hint=_KEPT)
    identity_number = text_field(_l("Identity number"), most=30, hint=_KEPT)
    personal_by = MappingProxyType({"name": "type"})
    sections = (
        (_l("Who it is"), ("name", "type", "code", "region_id", "valid_to")),
        (_l("Personal values"), ("contact_name", "contact_phone", "identity_number")),
    )


class MergeForm(RecordForm):
    """What a holder has become."""

    keep_id = party_field(
        _l("Successor"), required=True, hint=_l("Who takes its place: merged, renamed or entered twice.")
    )
    on = date_field(_l("From"), required=True, hint=_l("The first day on which it no longer existed."))
    sections = ((_l("What it became"), ("keep_id", "on")),)
