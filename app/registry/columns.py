"""The list of assets."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ScalarSelect, case, func, select

from app.i18n import language
from app.i18n import lazy_gettext as _l
from app.lists.columns import ANYONE, Aside, BulkAction, Choice, Column, Listing, in_order, place_columns
from app.registry.ledger import LARGE
from assets.editing import WRITERS
from assets.filters import Filter
from assets.maintenance import queries as maintenance
from assets.maintenance.models import Duty, UpkeepPeriod
from assets.masks import masked_name, masked_phone
from assets.ownership.queries import in_force, operator_name, owner_names, owner_shares
from assets.parties.models import Party, Person, Post, PostHolding
from assets.registry.models import Asset
from assets.registry.queries import CARD_FIELDS, filled_fields, outside_codes
from assets.registry.worth import fund_shares_of, net_value_of
from assets.vocabulary import CLASSES, OPERATING_STATUSES, STATUSES


def _of_duty(asked: Filter, what: Any, *joins: tuple[Any, Any]) -> ScalarSelect[Any]:
    """One value of the duties in force, and of what they name."""
    statement = select(func.string_agg(what.distinct(), "、")).select_from(Duty)
    for entity, on in joins:
        statement = statement.join(entity, on)
    return statement.where(Duty.asset_id == Asset.id, in_force(Duty, asked.day)).scalar_subquery()


def _of_person(asked: Filter, what: Any) -> ScalarSelect[Any]:
    return _of_duty(
        asked,
        what,
        (PostHolding, (PostHolding.post_id == Duty.post_id) & in_force(PostHolding, asked.day)),
        (Person, Person.id == PostHolding.person_id),
    )


def _due_on(_asked: Filter) -> Any:
    return case((~UpkeepPeriod.exempt & (UpkeepPeriod.missing == 0), UpkeepPeriod.due_on))


COLUMNS = (
    Column("code", _l("Asset code"), lambda _asked: Asset.code, order=lambda _asked: Asset.code),
    Column("name", _l("Name"), lambda _asked: Asset.name, show="name"),
    *place_columns(),
    Column(
        "class",
        _l("Asset class"),
        lambda _asked: UpkeepPeriod.asset_class,
        show="word",
        words="class",
        order=lambda _asked: in_order(UpkeepPeriod.asset_class, CLASSES),
    ),
    Column("type", _l("Type"), lambda _asked: Asset.type, show="term", words="asset_type"),
    Column("sector", _l("Sector"), lambda _asked: UpkeepPeriod.sector, show="term", words="sector", usual=False),
    Column(
        "value",
        _l("Original value"),
        lambda _asked: UpkeepPeriod.value_yuan,
        show="wan",
        unit=_l("10k yuan"),
        decimals=2,
        adds_up=True,
    ),
    Column(
        "net_value",
        _l("Net value"),
        lambda asked: net_value_of(asked.day),
        show="wan",
        unit=_l("10k yuan"),
        decimals=2,
        sortable=False,
        usual=False,
    ),
    Column(
        "funds",
        _l("Funds by source"),
        lambda asked: fund_shares_of(asked.day, language=language()),
        sortable=False,
        usual=False,
    ),
    Column("quantity", _l("Quantity"), lambda _asked: Asset.quantity, show="number", decimals=2, usual=False),
    Column("unit", _l("Unit"), lambda _asked: Asset.unit, usual=False, sortable=False),
    Column(
        "operating",
        _l("Operating status"),
        lambda _asked: UpkeepPeriod.operating_status,
        show="badge",
        words="operating",
        order=lambda _asked: in_order(UpkeepPeriod.operating_status, OPERATING_STATUSES),
    ),
    Column(
        "status",
        _l("Upkeep status"),
        lambda asked: maintenance.status_on(asked.day),
        show="badge",
        words="status",
        order=lambda asked: in_order(maintenance.status_on(asked.day), STATUSES),
    ),
    Column(
        "missing",
        _l("Upkeep lacks"),
        lambda _asked: case((~UpkeepPeriod.exempt & (UpkeepPeriod.missing != 0), UpkeepPeriod.missing)),
        show="missing",
        usual=False,
    ),
    Column("due_on", _l("Inspect by"), _due_on, show="date"),
    Column("last_on", _l("Last inspected on"), lambda _asked: UpkeepPeriod.last_on, show="date", usual=False),
    Column(
        "body",
        _l("Upkeep body"),
        lambda asked: _of_duty(asked, Party.name, (Party, Party.id == Duty.body_party_id)),
        sortable=False,
        usual=False,
    ),
    Column(
        "post",
        _l("Upkeep post"),
        lambda asked: _of_duty(asked, Post.title, (Post, Post.id == Duty.post_id)),
        sortable=False,
        usual=False,
    ),
    Column(
        "person",
        _l("Person responsible"),
        lambda asked: _of_person(asked, masked_name(Person)),
        sortable=False,
        usual=False,
    ),
    Column(
        "phone",
        _l("Telephone"),
        lambda asked: _of_person(asked, masked_phone(Person.phone)),
        sortable=False,
        usual=False,
    ),
    Column(
        "owner",
        _l("Owner"),
        lambda asked: owner_names(Asset.id, asked.day),
        sortable=False,
        usual=False,
        filed=lambda asked: owner_shares(Asset.id, asked.day),
    ),
    Column("operator", _l("Operator"), lambda asked: operator_name(Asset.id, asked.day), sortable=False, usual=False),
    Column("built_on", _l("Built on"), lambda _asked: Asset.built_on, show="date", usual=False),
    Column("handed_over_on", _l("Handed over on"), lambda _asked: Asset.handed_over_on, show="date", usual=False),
    Column("certified_on", _l("Certified on"), lambda _asked: Asset.certified_on, show="date", usual=False),
    Column("certificate", _l("Certificate"), lambda _asked: Asset.certificate, usual=False, sortable=False),
    Column(
        "filled",
        _l("Filled in"),
        lambda _asked: 100 * filled_fields() / len(CARD_FIELDS),
        show="number",
        unit="%",
        usual=False,
    ),
    Column("outside_codes", _l("Codes elsewhere"), lambda _asked: outside_codes(Asset.id), usual=False, sortable=False),
)

ASSETS = Listing(
    name="registry",
    title=_l("Asset ledger"),
    endpoint="registry.index",
    export="registry.export",
    record="registry.show",
    record_key="asset_id",
    layer="assets",
    geom=Asset.geom,
    identity="code",
    large=LARGE,
    matching=maintenance.matching,
    id=Asset.id,
    region_id=Asset.region_id,
    columns=COLUMNS,
    usual_sort="code",
    aside=Aside(
        lambda _asked: case((UpkeepPeriod.asset_class == "household", UpkeepPeriod.value_yuan), else_=0),
        _l("Of the value, %(value)s 10k yuan belong to households and stay out of collective totals."),
    ),
    choices=(
        Choice("class", "class", CLASSES),
        Choice("operating", "operating", OPERATING_STATUSES),
        Choice("sector", "sector", term="sector"),
        Choice("fund", "fund", ("central", "province", "city", "county", "east_west", "designated_unit", "donation")),
        Choice("year", "year"),
    ),
    chips=Choice("status", "status", STATUSES),
    actions=(
        BulkAction("operating", _l("Set operating status"), WRITERS, "registry.set_operating_of_many"),
        BulkAction("duty", _l("Assign upkeep duty"), WRITERS, "upkeep_duties.assign_to_many"),
        BulkAction("cards", _l("Print cards"), ANYONE, "registry.cards", most=200),
        BulkAction("retire", _l("Withdraw"), WRITERS, "registry.retire_many", most=200),
    ),
)
