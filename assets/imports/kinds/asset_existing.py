"""What the register says of the assets that rows name, in the form in which rows say it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import aliased

from assets.imports.kinds.asset_fields import CODE_FIELDS
from assets.imports.kinds.asset_work import COLUMNS
from assets.imports.staging import Staging
from assets.registry.models import Asset, OutsideCode, ValueEvent
from assets.vocabulary import FUND_SOURCES


def existing(staging: Staging) -> Select[Any]:
    """The assets of the viewer with everything a row can say of them.

    What is gathered from several rows is joined by a unique key, so that a reader who wants few of
    the columns pays for those alone.
    """
    named = select(staging.rows.c.record_id).where(staging.rows.c.record_id.is_not(None))
    worth = _worth(named)
    chosen: list[Any] = [Asset.id.label("record_id"), Asset.revision, Asset.code]
    chosen += [getattr(Asset, name).label(name) for name in COLUMNS]
    chosen += [worth.c.original_value_yuan, worth.c.fund_source]
    chosen += [func.coalesce(worth.c[f"fund_{one}"], 0).label(f"fund_{one}") for one in FUND_SOURCES]
    statement = select(*chosen).outerjoin(worth, worth.c.asset_id == Asset.id)
    for key, system in CODE_FIELDS.items():
        code = aliased(OutsideCode)
        statement = statement.add_columns(code.code.label(key)).outerjoin(
            code, and_(code.asset_id == Asset.id, code.system == system)
        )
    return statement


def _worth(named: Select[Any]) -> Any:
    """What the assets cost, whole and by source; the source where there is one."""
    one_source = func.count(ValueEvent.fund_source.distinct()) == 1
    return (
        select(
            ValueEvent.asset_id,
            func.sum(ValueEvent.amount_yuan).label("original_value_yuan"),
            case((one_source, func.min(ValueEvent.fund_source))).label("fund_source"),
            *(
                func.sum(ValueEvent.amount_yuan).filter(ValueEvent.fund_source == one).label(f"fund_{one}")
                for one in FUND_SOURCES
            ),
        )
        .where(ValueEvent.asset_id.in_(named))
        .group_by(ValueEvent.asset_id)
        .subquery("worth")
    )
