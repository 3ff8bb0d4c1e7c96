"""The list of fund documents."""

from __future__ import annotations

from typing import Any

from app.i18n import lazy_gettext as _l
from app.lists.columns import Choice, Column, Listing, in_order
from assets.filters import Filter
from assets.projects import money
from assets.projects.models import FundDocument
from assets.vocabulary import FUND_SOURCES

_TEN_THOUSAND = _l("10k yuan")


def _wan(key: str, title: Any, value: Any, *, usual: bool = True) -> Column:
    return Column(key, title, value, show="wan", unit=_TEN_THOUSAND, decimals=2, adds_up=True, usual=usual)


def _arranged(asked: Filter) -> Any:
    return money.arranged_from(FundDocument.id, asked.day)


def _paid(asked: Filter) -> Any:
    return money.paid_from(FundDocument.id, asked.day)


def _taken_back(asked: Filter) -> Any:
    return money.taken_back_from(FundDocument.id, asked.day)


COLUMNS = (
    Column("number", _l("Document number"), lambda _asked: FundDocument.number, show="name"),
    Column("title", _l("Title"), lambda _asked: FundDocument.title, usual=False),
    Column("year", _l("Budget year"), lambda _asked: FundDocument.budget_year, show="year"),
    Column(
        "source",
        _l("Fund source"),
        lambda _asked: FundDocument.source,
        show="word",
        words="fund",
        order=lambda _asked: in_order(FundDocument.source, FUND_SOURCES),
    ),
    Column("batch", _l("Batch"), lambda _asked: FundDocument.batch),
    Column(
        "fund_name",
        _l("Name of the fund"),
        lambda _asked: FundDocument.fund_name,
        show="term",
        words="fund_name",
        usual=False,
    ),
    Column("received_on", _l("Received on"), lambda _asked: FundDocument.received_on, show="date"),
    _wan("received", _l("Received from above"), lambda _asked: FundDocument.received_yuan),
    _wan("arranged", _l("Arranged"), _arranged),
    Column(
        "arranged_rate",
        _l("Arranged, %"),
        lambda asked: 100 * _arranged(asked) / FundDocument.received_yuan,
        show="number",
        decimals=1,
    ),
    _wan("paid", _l("Paid"), _paid),
    Column(
        "paid_rate",
        _l("Paid, %"),
        lambda asked: 100 * _paid(asked) / FundDocument.received_yuan,
        show="number",
        decimals=1,
    ),
    _wan(
        "free",
        _l("Not arranged"),
        lambda asked: FundDocument.received_yuan - _taken_back(asked) - _arranged(asked),
    ),
    _wan("taken_back", _l("Taken back"), _taken_back, usual=False),
)

FUNDS = Listing(
    name="funds",
    title=_l("Fund documents"),
    endpoint="funds.index",
    export="funds.export",
    record="funds.show",
    record_key="document_id",
    layer="projects",
    matching=money.documents,
    id=FundDocument.id,
    region_id=FundDocument.region_id,
    columns=COLUMNS,
    usual_sort="-received_on",
    choices=(Choice("year", "year"),),
    chips=Choice("fund", "fund", FUND_SOURCES),
)
