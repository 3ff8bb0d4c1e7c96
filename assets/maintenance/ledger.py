"""The asset ledger of a large area: orders kept by indexes, and sums kept ready."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Select, func, select

from assets.db import today
from assets.filters import Filter
from assets.maintenance.models import UpkeepPeriod
from assets.maintenance.queries import valid_on
from assets.registry.models import Asset
from assets.scope import within

CHINESE_ORDER = "zh-x-icu"
DUE_ON = func.upkeep_due_on(UpkeepPeriod.exempt, UpkeepPeriod.missing, UpkeepPeriod.due_on, type_=Date)
# What an order is by, how such a key is read from an address, and whether it may be unknown.
_OF_ASSETS = {
    "code": (Asset.code, str, False),
    "name": (Asset.name.collate(CHINESE_ORDER), str, False),
    "built_on": (Asset.built_on, dt.date.fromisoformat, True),
}
_OF_PERIODS = {
    "value": (UpkeepPeriod.value_yuan, Decimal, False),
    "due_on": (DUE_ON, dt.date.fromisoformat, True),
}


def orders(asked: Filter) -> dict[str, tuple[Any, Any, Any, bool]]:
    """The orders that an index keeps on ``asked.day``: key, id, how a key is read, whether it may be unknown.

    Values and due dates are kept in order for today and the days after it.
    """
    found: dict[str, tuple[Any, Any, Any, bool]] = {
        name: (key, Asset.id, read, unknown) for name, (key, read, unknown) in _OF_ASSETS.items()
    }
    if asked.day >= today():
        for name, (key, read, unknown) in _OF_PERIODS.items():
            found[name] = (key, UpkeepPeriod.asset_id, read, unknown)
    return found


def is_narrow(asked: Filter) -> bool:
    """Whether what is asked for is rare wherever it is asked, as names with a number in them are."""
    if any(sign.isdigit() for sign in asked.words):
        return True
    return bool(
        asked.flag & {"mine", "pending", "returned", "contract_expiring"} or asked.missing & {"position", "papers"}
    )


def narrowed(asked: Filter) -> Filter:
    """What an index tells of ``asked`` without a look at the assets."""
    return Filter(day=asked.day, area_path=asked.area_path, asset_class=asked.asset_class, sector=asked.sector)


def is_costly(asked: Filter) -> bool:
    """Whether telling what matches takes a look into other tables for each asset."""
    return bool(asked.fund or asked.category or "owner" in asked.missing)


def entries(asked: Filter, order: str) -> Select[Any]:
    """Key and id of the assets in an order, narrowed by area, class and sector: what its index holds."""
    if order in _OF_ASSETS:
        table: Any = Asset
        statement: Any = select(_OF_ASSETS[order][0].label("key"), Asset.id.label("id"))
    else:
        table = UpkeepPeriod
        statement = select(_OF_PERIODS[order][0].label("key"), UpkeepPeriod.asset_id.label("id"))
        statement = statement.where(valid_on(asked.day))
    found = [within(table.region_path, asked.area_path)]
    if asked.asset_class:
        found.append(table.asset_class.in_(sorted(asked.asset_class)))
    if asked.sector:
        found.append(table.sector.in_(sorted(asked.sector)))
    return statement.where(*found)  # type: ignore[no-any-return]
