"""The forms of rights."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any, ClassVar

from app.i18n import lazy_gettext as _l
from app.records.fields import choice_field, date_field, party_field, share_field, text_field
from app.records.form import RecordForm
from assets.ownership.certifying import LONGEST_CERTIFICATE
from assets.ownership.rules import LONGEST_DOCUMENT
from assets.vocabulary import RIGHT_KINDS


class RightForm(RecordForm):
    """A right of one holder."""

    kind = choice_field(_l("Right"), kind="right", codes=RIGHT_KINDS, required=True)
    party_id = party_field(_l("Holder"), required=True)
    share = share_field(_l("Share"), hint=_l("For ownership and income, such as 1/3. The other rights are held whole."))
    valid_from = date_field(_l("From"), required=True)
    valid_to = date_field(_l("Until"), future=True, hint=_l("The first day without it; empty while it lasts."))
    document = text_field(
        _l("Document"), most=LONGEST_DOCUMENT, hint=_l("What proves it: certificate, resolution or contract number.")
    )
    sections: ClassVar[tuple[tuple[Any, ...], ...]] = (
        (_l("Which right"), ("kind", "party_id", "share")),
        (_l("Since when"), ("valid_from", "valid_to", "document")),
    )


class HeldRightForm(RightForm):
    """A right that is set right; what kind it is stays."""

    kind = None
    sections = (
        (_l("Which right"), ("party_id", "share")),
        (_l("Since when"), ("valid_from", "valid_to", "document")),
    )


class HeldWholeForm(HeldRightForm):
    """The same for rights without shares."""

    share = None


class EndForm(RecordForm):
    """The end of a right or a duty."""

    on = date_field(_l("Ends on"), required=True, hint=_l("The first day without it."))
    asks_reason = True
    sections = ((_l("When"), ("on",)),)


class CertificateForm(RecordForm):
    """Certification of an asset."""

    certified_on = date_field(_l("Certified on"), required=True)
    certificate = text_field(_l("Certificate"), required=True, most=LONGEST_CERTIFICATE)
    sections = ((_l("Certification"), ("certified_on", "certificate")),)


@lru_cache(maxsize=64)
def shares_form(rows: int) -> type[RecordForm]:
    """A form of all holders together, with room for so many."""
    fields: dict[str, Any] = {
        "valid_from": date_field(_l("From"), required=True, hint=_l("The former shares end on this day.")),
        "document": text_field(_l("Document"), most=LONGEST_DOCUMENT),
        "asks_reason": True,
    }
    names = []
    for number in range(1, rows + 1):
        fields[f"party_{number}"] = party_field(_l("Holder %(number)s", number=number))
        fields[f"share_{number}"] = share_field(_l("Share %(number)s", number=number))
        names += [f"party_{number}", f"share_{number}"]
    fields["sections"] = (
        (_l("Since when"), ("valid_from", "document")),
        (_l("Holders"), tuple(names), _l("Leave all shares empty to divide them equally.")),
    )
    return type("SharesForm", (RecordForm,), fields)


def holders_in(values: dict[str, Any], rows: int) -> list[tuple[int | None, Fraction | None]]:
    """The pairs of holders and shares that were filled in; equal shares where none was."""
    pairs = [(values[f"party_{n}"], values[f"share_{n}"]) for n in range(1, rows + 1)]
    pairs = [pair for pair in pairs if pair != (None, None)]
    if pairs and all(share is None for _party, share in pairs):
        return [(party, Fraction(1, len(pairs))) for party, _share in pairs]
    return pairs
