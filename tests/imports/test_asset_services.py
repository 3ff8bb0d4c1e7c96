"""A row of a ledger is accepted, refused and written as the services would: random rows are given to both."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.audit.models import AuditEntry
from assets.errors import Unacceptable
from assets.imports.kinds.asset import KIND
from assets.imports.kinds.asset_work import COLUMNS
from assets.registry.models import Asset, OperatingPeriod, ValueEvent
from assets.registry.service import register_asset
from tests import factories
from tests.imports.asset_ledgers import checked, staged

DAYS = st.none() | st.dates(dt.date(2011, 6, 1), dt.date(2027, 3, 1))
# What the services say in other words, or the database says to them at the end.
ROWS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["大力村文化广场", "大力村公厕2座", "桥", "大力村产业路(二期)"]),
        "asset_class": st.sampled_from(["public", "earning", "household"]),
        "sector": st.sampled_from([None, "water"]),
        "form": st.sampled_from([None, "fixed", "biological"]),
        "quantity": st.sampled_from([None, Decimal("-1"), Decimal("0"), Decimal("1"), Decimal("3.25")]),
        "unit": st.sampled_from([None, "座", "批"]),
        "specification": st.sampled_from([None, "长 3 公里"]),
        "useful_life_years": st.sampled_from([None, 0, 1, 20, 100, 101]),
        "built_on": DAYS,
        "handed_over_on": DAYS,
        "operating_status": st.sampled_from([None, "operating", "idle", "under_construction", "disposed"]),
        "papers_missing": st.sampled_from([None, True, False]),
        "source": st.sampled_from([None, "补录"]),
        "original_value_yuan": st.sampled_from(
            [None, Decimal("-5"), Decimal("0"), Decimal("45"), Decimal("123456.78"), Decimal("2e8"), Decimal("3e9")]
        ),
        "fund_source": st.sampled_from([None, "central", "county"]),
    }
)


def registered(session: Session, row: dict[str, Any], region_id: int) -> bool:
    """Whether the service accepts it."""
    values = {key: value for key, value in row.items() if value is not None}
    try:
        register_asset(session, today=factories.DAY, region_id=region_id, **values)
    except Unacceptable:
        return False
    return True


def written(session: Session) -> list[Any]:
    """The last asset with what belongs to it, apart from numbers that are given out."""
    asset = session.scalars(select(Asset).order_by(Asset.id.desc()).limit(1)).one()
    period = select(OperatingPeriod.status, OperatingPeriod.valid_from, OperatingPeriod.document)
    event = select(ValueEvent.kind, ValueEvent.occurred_on, ValueEvent.amount_yuan, ValueEvent.fund_source)
    entries = session.execute(
        select(AuditEntry.action, AuditEntry.changes, AuditEntry.region_path, AuditEntry.sector)
        .where(AuditEntry.action.in_(("registry.register_asset", "registry.add_value")))
        .order_by(AuditEntry.id.desc())
        .limit(2 if asset_has_value(session, asset.id) else 1)
    ).all()
    told = sorted(((one.action, comparable(one.changes), one.region_path, one.sector) for one in entries), key=str)
    return [
        *(getattr(asset, name) for name in (*COLUMNS, "pinyin", "initials", "region_path", "review_status")),
        asset.code[:14],
        session.execute(period.where(OperatingPeriod.asset_id == asset.id)).all(),
        session.execute(event.where(ValueEvent.asset_id == asset.id)).all(),
        told,
    ]


def asset_has_value(session: Session, asset_id: int) -> bool:
    return session.scalar(select(ValueEvent.id).where(ValueEvent.asset_id == asset_id).limit(1)) is not None


def comparable(changes: dict[str, Any] | None) -> dict[str, Any]:
    """What an entry tells, numbers as numbers, without what is given out anew each time."""
    told = {}
    for name, sides in (changes or {}).items():
        after = sides[1] if isinstance(sides, list) else sides
        if name in ("quantity", "amount_yuan"):
            after = Decimal(str(after)).normalize()
        if name not in ("code", "asset_id", "created_by"):
            told[name] = after
    return told


@pytest.fixture
def tree(session: Session) -> factories.Tree:
    return factories.tree(session)


FULL = {
    "name": "大力村产业路(二期)",
    "asset_class": "public",
    "sector": "water",
    "form": "biological",
    "quantity": Decimal("3.25"),
    "unit": "座",
    "specification": "长 3 公里",
    "useful_life_years": 20,
    "built_on": dt.date(2024, 5, 20),
    "handed_over_on": dt.date(2024, 8, 1),
    "operating_status": "idle",
    "papers_missing": True,
    "source": "补录",
    "original_value_yuan": Decimal("123456.78"),
    "fund_source": "central",
}


@example(row=FULL)
@example(row=dict.fromkeys(FULL) | {"name": "桥桥", "asset_class": "earning"})
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=ROWS)
def test_a_row_is_judged_and_written_as_the_service_does(
    session: Session, tree: factories.Tree, row: dict[str, Any]
) -> None:
    village = tree.north_villages[0].id
    with session.begin_nested() as one:
        accepted = registered(session, row, village)
        by_service = written(session) if accepted else []
        one.rollback()
    with session.begin_nested() as other:
        staging = staged(session, [row | {"region_id": village}], tree.county)
        verdict = checked(staging)
        assert verdict == (["new"] if accepted else ["rejected"]), session.execute(select(staging.found)).all()
        if accepted:
            KIND.write(staging)
            session.expire_all()
            assert written(session) == by_service
        other.rollback()
    session.expire_all()
