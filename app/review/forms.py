"""Small forms of review: returning, taking back, switching steps."""

from __future__ import annotations

from app.i18n import lazy_gettext as _l
from app.records.fields import choice_field, date_field, long_text_field, region_field, yes_field
from app.records.form import RecordForm
from assets.review.models import KINDS


class ReturnForm(RecordForm):
    """What is to be set right."""

    asks_reason = True
    sections = ((_l("What is to be set right"), ("reason",)),)


class WithdrawForm(RecordForm):
    """Why it is taken back, if there is something to say."""

    note = long_text_field(_l("Remark"), most=500)
    sections = ((_l("Taking it back"), ("note",)),)


class RuleForm(RecordForm):
    """Which steps changes of one kind pass, where, and from when."""

    region_id = region_field(_l("Area"), required=True, levels=("village", "town", "county"))
    kind = choice_field(_l("Kind of record"), kind="proposal_kind", codes=KINDS, required=True)
    village = yes_field(_l("Village report"))
    town = yes_field(_l("Town review"))
    department = yes_field(_l("Department check"))
    county = yes_field(_l("County decision"))
    valid_from = date_field(_l("From"), required=True, future=True)
    sections = (
        (_l("What it is about"), ("region_id", "kind")),
        (
            _l("Steps that are on"),
            ("village", "town", "department", "county"),
            _l("In this order, by somebody else than the submitter. With none, changes are saved at once."),
        ),
        (_l("When it begins"), ("valid_from",)),
    )
