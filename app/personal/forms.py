"""The forms about people."""

from __future__ import annotations

from app.i18n import lazy_gettext as _l
from app.records.fields import text_field
from app.records.form import RecordForm
from assets.editing import LONGEST_REASON

_STAYS = _l("Left empty, what is kept stays.")


class ReasonForm(RecordForm):
    """Why somebody's values are handed over or erased."""

    asks_reason = True


class ReadForm(RecordForm):
    """Why somebody's values are needed."""

    reason = text_field(
        _l("Reason"),
        required=True,
        least=2,
        most=LONGEST_REASON,
        hint=_l("Such as: to check who was paid what. It stays in the audit."),
    )
    asks_reason = True
    sections = ((_l("What for"), ("reason",)),)


class ValuesForm(RecordForm):
    """The right values of a person, none of them shown."""

    person_name = text_field(_l("Full name"), most=100, hint=_STAYS)
    phone = text_field(_l("Telephone"), most=30, hint=_STAYS)
    id_number = text_field(_l("Identity number"), most=30, hint=_STAYS)
    asks_reason = True
    sections = ((_l("Personal values"), ("person_name", "phone", "id_number")),)


class FindForm(RecordForm):
    """Who is looked for."""

    name = text_field(_l("Full name"), required=True, most=100)
    id_number = text_field(_l("Identity number"), most=30)
    phone = text_field(_l("Telephone"), most=30, hint=_l("One of the two numbers."))
    personal = ("name",)
    sections = ((_l("Who is looked for"), ("name", "id_number", "phone")),)
