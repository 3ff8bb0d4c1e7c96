"""The forms of assets and of what belongs to them; fields are named as columns and services name them."""

from __future__ import annotations

from typing import Any, ClassVar

from app.i18n import lazy_gettext as _l
from app.records.fields import (
    ANY_TYPE,
    choice_field,
    date_field,
    geometry_field,
    integer_field,
    long_text_field,
    money_field,
    number_field,
    party_field,
    project_field,
    region_field,
    term_field,
    text_field,
    yes_field,
)
from app.records.form import RecordForm
from assets.registry.operating import SETTABLE
from assets.registry.rules import LONGEST_LIFE_YEARS, LONGEST_NAME
from assets.vocabulary import CLASSES, DEPRECIATION_RULES, FORMS, FUND_SOURCES, POSITION_QUALITIES, VALUE_EVENT_KINDS

_WHAT = ("name", "asset_class", "type", "sector", "form", "quantity", "unit", "specification")
_LIFE = ("built_on", "handed_over_on", "useful_life_years", "depreciation")
_PAPERS = ("registered", "papers_missing", "source")


class AssetForm(RecordForm):
    """What people may set right in the record of an asset."""

    name = text_field(
        _l("Name"),
        required=True,
        least=2,
        most=LONGEST_NAME,
        hint=_l("Village, thing, and what tells it from others: 大力村蓄水池(三组)."),
    )
    asset_class = choice_field(_l("Asset class"), kind="class", codes=CLASSES, required=True)
    type = term_field(_l("Type"), kind="asset_type")
    sector = term_field(_l("Sector"), kind="sector", hint=_l("Its department sees and keeps the record too."))
    form = choice_field(_l("Form"), kind="form", codes=FORMS, required=True)
    quantity = number_field(_l("Quantity"), decimals=2)
    unit = text_field(_l("Unit"), most=20, hint=_l("Such as 公里, 座, 平方米, 头; not 批."))
    specification = text_field(_l("Specification"), most=500)
    region_id = region_field(
        _l("Village"), required=True, levels=("village", "town"), hint=_l("Left empty, it follows from the position.")
    )
    geom = geometry_field(_l("Position"), allowed=ANY_TYPE, source_datum="source_datum")
    position_quality = choice_field(_l("How the position was taken"), kind="position_quality", codes=POSITION_QUALITIES)
    built_on = date_field(_l("Built on"), hint=_l("The day it was finished or bought."))
    handed_over_on = date_field(_l("Handed over on"), hint=_l("Not before its project was accepted."))
    useful_life_years = integer_field(_l("Useful life"), least=1, most=LONGEST_LIFE_YEARS, unit=_l("years"))
    depreciation = choice_field(_l("Depreciation rule"), kind="depreciation", codes=DEPRECIATION_RULES, required=True)
    registered = yes_field(_l("Booked in the accounts"))
    papers_missing = yes_field(_l("Papers missing"), hint=_l("For old assets whose project can no longer be told."))
    source = text_field(_l("Source of the record"), most=200)

    sections: ClassVar[tuple[tuple[Any, ...], ...]] = (
        (_l("What it is"), _WHAT),
        (_l("Where it lies"), ("region_id", "geom", "position_quality")),
        (_l("Since when"), _LIFE),
        (_l("Papers"), _PAPERS),
    )


class NewAssetForm(AssetForm):
    """What is asked when an asset is entered: also how it runs, what it cost and whose it is."""

    operating_status = choice_field(_l("Operating status"), kind="operating", codes=SETTABLE, required=True)
    original_value_yuan = money_field(
        _l("Original value"), hint=_l("In yuan; 12.5万 is read as 125,000. Further sources are added afterwards.")
    )
    fund_source = choice_field(_l("Fund source"), kind="fund", codes=FUND_SOURCES)
    project_id = project_field(_l("Project"), hint=_l("Name or code of the project it came from."))
    document = text_field(_l("Document"), most=200, hint=_l("What the value rests on: acceptance, invoice, accounts."))
    owner_id = party_field(_l("Owner"), hint=_l("Who owns the whole. Shares are entered afterwards under Rights."))

    sections = (
        (_l("What it is"), _WHAT),
        (_l("Where it lies"), ("region_id", "geom", "position_quality")),
        (_l("Since when"), (*_LIFE[:2], "operating_status", *_LIFE[2:])),
        (_l("What it cost"), ("original_value_yuan", "fund_source", "project_id", "document")),
        (_l("Whose it is"), ("owner_id", *_PAPERS)),
    )


class ValueForm(RecordForm):
    """One change of an asset's value."""

    kind = choice_field(_l("Event"), kind="value_event", codes=VALUE_EVENT_KINDS, required=True)
    occurred_on = date_field(_l("Day"), required=True)
    amount_yuan = money_field(
        _l("Amount"), required=True, negative=True, hint=_l("What lowers the value is written with a minus: -2万.")
    )
    fund_source = choice_field(_l("Fund source"), kind="fund", codes=FUND_SOURCES)
    project_id = project_field(_l("Project"))
    document = text_field(_l("Document"), most=200, hint=_l("Needed for impairment, surplus, loss and conversion."))

    sections = (
        (_l("Change of value"), ("kind", "occurred_on", "amount_yuan", "fund_source", "project_id", "document")),
    )


class OperatingForm(RecordForm):
    """How assets run from a day on."""

    operating_status = choice_field(_l("Operating status"), kind="operating", codes=SETTABLE, required=True)
    valid_from = date_field(
        _l("From which day"), required=True, hint=_l("Until the next entry; an entry of the same day replaces it.")
    )
    document = text_field(_l("Document"), most=200, hint=_l("What it rests on, such as a stock-take."))

    sections = ((_l("Operating status"), ("operating_status", "valid_from", "document")),)


class CodeForm(RecordForm):
    """The code of an asset in another system."""

    system = term_field(_l("System"), kind="code_system", required=True)
    code = text_field(
        _l("Code"), required=True, most=60, hint=_l("A second one of the same system replaces the first.")
    )

    sections = ((_l("Code elsewhere"), ("system", "code")),)


class HouseholdForm(RecordForm):
    """What one household got of a batch."""

    name = text_field(
        _l("Head of the household"), required=True, most=40, hint=_l("Kept among personal values; lists show 王**.")
    )
    id_number = text_field(_l("Identity number"), most=18)
    phone = text_field(_l("Telephone"), most=12)
    quantity = number_field(_l("Quantity"), decimals=2)
    amount_yuan = money_field(_l("Amount"))
    note = long_text_field(_l("Remark"), most=200)

    personal = ("name",)
    sections = ((_l("Household"), ("name", "id_number", "phone", "quantity", "amount_yuan", "note")),)


class RemovalForm(RecordForm):
    """Why something is taken out."""

    asks_reason = True
    sections = ((_l("Taking out"), ("reason",)),)
