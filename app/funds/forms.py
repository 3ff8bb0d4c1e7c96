"""The forms of fund documents, allocations and payments."""

from __future__ import annotations

from app.i18n import lazy_gettext as _l
from app.records.fields import (
    choice_field,
    date_field,
    long_text_field,
    money_field,
    project_field,
    region_field,
    term_field,
    text_field,
    year_field,
)
from app.records.form import RecordForm
from assets.projects.documents import FUND_ROLES, RECEIVING_LEVELS
from assets.vocabulary import FUND_SOURCES

_EXCESS = _l("Only if more is meant than there is: why. Without it the excess is told until somebody explains it.")


class DocumentForm(RecordForm):
    """A fund document; names are those of the columns and of the service."""

    number = text_field(_l("Document number"), required=True, most=100, hint=_l("Such as 宝财农〔2026〕12号."))
    title = text_field(_l("Title"), required=True, most=200)
    region_id = region_field(_l("Received by"), required=True, levels=RECEIVING_LEVELS, roles=FUND_ROLES)
    source = choice_field(_l("Fund source"), kind="fund", codes=FUND_SOURCES, required=True)
    fund_name = term_field(_l("Name of the fund"), kind="fund_name", hint=_l("Names change by year."))
    budget_year = year_field(_l("Budget year"), required=True, hint=_l("Advance funds belong to the coming year."))
    batch = text_field(_l("Batch"), most=40, hint=_l("Such as 提前批 or 第二批."))
    received_on = date_field(_l("Received on"), required=True)
    received_yuan = money_field(_l("Received from above"), required=True)
    purpose = long_text_field(_l("Purpose"), most=500)

    sections = (
        (_l("What it is"), ("number", "title", "region_id", "source", "fund_name", "budget_year", "batch")),
        (_l("Money"), ("received_on", "received_yuan", "purpose")),
    )


class ArrangeForm(RecordForm):
    """Money of a document for a project."""

    project_id = project_field(_l("Project"), required=True)
    arranged_on = date_field(_l("Arranged on"), required=True)
    arranged_yuan = money_field(_l("Amount"), required=True)
    document = text_field(_l("Document"), most=200, hint=_l("What it was decided with."))
    excess_reason = text_field(_l("Explanation of an excess"), most=500, hint=_EXCESS)

    sections = ((_l("Arrangement"), ("project_id", "arranged_on", "arranged_yuan", "document", "excess_reason")),)


class AdjustForm(RecordForm):
    """More or less money for a project."""

    arranged_on = date_field(_l("Adjusted on"), required=True)
    arranged_yuan = money_field(
        _l("Change of the amount"),
        required=True,
        negative=True,
        hint=_l("More with plus, less with minus, such as -50000."),
    )
    document = text_field(_l("Document"), most=200, hint=_l("What it was decided with."))
    excess_reason = text_field(_l("Explanation of an excess"), most=500, hint=_EXCESS)

    sections = ((_l("Adjustment"), ("arranged_on", "arranged_yuan", "document", "excess_reason")),)


class ReturnForm(RecordForm):
    """Money that a project does not need."""

    arranged_on = date_field(_l("Returned on"), required=True)
    arranged_yuan = money_field(_l("Amount returned"), required=True)
    document = text_field(_l("Document"), most=200, hint=_l("What it was decided with."))

    sections = ((_l("Return"), ("arranged_on", "arranged_yuan", "document")),)


class PayForm(RecordForm):
    """A payment."""

    paid_on = date_field(_l("Paid on"), required=True)
    paid_yuan = money_field(_l("Amount paid"), required=True)
    voucher = text_field(_l("Voucher"), required=True, most=100, hint=_l("Number of the voucher."))
    payee = text_field(_l("Payee"), required=True, most=200)
    excess_reason = text_field(_l("Explanation of an excess"), most=500, hint=_EXCESS)

    sections = ((_l("Payment"), ("paid_on", "paid_yuan", "voucher", "payee", "excess_reason")),)


class CloseYearForm(RecordForm):
    """What was unspent at a year's end."""

    year = year_field(_l("Year closed"), required=True)
    carried_yuan = money_field(_l("Carried over"), required=True, hint=_l("To be used in the next year."))
    taken_back_yuan = money_field(_l("Taken back"), required=True, hint=_l("Goes back to those above."))
    decided_on = date_field(_l("Decided on"), required=True)
    document = text_field(_l("Document"), most=200, hint=_l("Needed where money is taken back."))

    sections = ((_l("End of the year"), ("year", "carried_yuan", "taken_back_yuan", "decided_on", "document")),)


class ExplainForm(RecordForm):
    """Why a line is beyond its limit."""

    excess_reason = text_field(_l("Explanation"), required=True, least=2, most=500)
    sections = ((_l("Explanation"), ("excess_reason",)),)


class StrikeForm(RecordForm):
    """A line or payment entered by mistake; the reason is all that is asked."""

    asks_reason = True
    sections = ()
