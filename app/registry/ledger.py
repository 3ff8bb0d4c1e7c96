"""How the asset ledger is read where an area holds more than can be sorted at once."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.kept import remembered
from app.lists.columns import Large, Order
from app.lists.whole import ASIDE
from assets.filters import Filter
from assets.maintenance import ledger
from assets.maintenance.models import UpkeepPeriod
from assets.maintenance.status import kept_sums
from assets.regions.models import Region
from assets.scope import viewer_of


def _orders(asked: Filter) -> dict[str, Order]:
    return {name: Order(*order) for name, order in ledger.orders(asked).items()}


def _sums(session: Session, area: Region, asked: Filter) -> tuple[int, dict[str, Any]] | None:
    """Count, value and what of it belongs to households, from the sums kept for the area."""
    key = ("sums", area.id, asked, viewer_of(session).fingerprint)
    kept = remembered(key, lambda: kept_sums(session, area, asked))
    if kept is None:
        return None
    return kept.assets, {"value": kept.value_yuan + kept.household_value_yuan, ASIDE: kept.household_value_yuan}


LARGE = Large(
    id=UpkeepPeriod.asset_id,
    orders=_orders,
    entries=ledger.entries,
    sums=_sums,
    is_narrow=ledger.is_narrow,
    is_costly=ledger.is_costly,
    narrowed=ledger.narrowed,
    region_path=UpkeepPeriod.region_path,
)
