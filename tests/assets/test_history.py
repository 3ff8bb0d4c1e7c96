"""What a row said before is kept by the database itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from assets.db import Recorded
from assets.history import Addition, History
from assets.maintenance.models import Inspection
from assets.registry.models import Asset
from assets.schema import metadata
from assets.withheld import WITHHELD
from tests import factories


def former(session: Session, table: str, record_id: int) -> list[History]:
    session.flush()
    return list(
        session.scalars(
            select(History).where(History.table_name == table, History.record_id == record_id).order_by(History.id)
        )
    )


@pytest.fixture
def asset(session: Session) -> Asset:
    tree = factories.tree(session)
    return factories.asset(session, tree.north_villages[0], name="大力村蓄水池", value_yuan=None)


def test_an_update_keeps_the_former_version(session: Session, asset: Asset) -> None:
    asset.name = "大力村100立方米蓄水池"
    [version] = former(session, "asset", asset.id)
    assert version.operation == "update"
    assert version.before["name"] == "大力村蓄水池"
    assert version.after is not None
    assert version.after["name"] == "大力村100立方米蓄水池"


def test_a_delete_keeps_the_last_version(session: Session, asset: Asset) -> None:
    visit = factories.inspection(session, asset, note="一切正常")
    session.delete(visit)
    [version] = former(session, "inspection", visit.id)
    assert (version.operation, version.after) == ("delete", None)
    assert version.before["note"] == "一切正常"


def test_an_update_in_bulk_keeps_every_version(session: Session, asset: Asset) -> None:
    visits = [factories.inspection(session, asset, note=f"第{i}次") for i in range(3)]
    session.execute(update(Inspection).values(note="改"))
    assert [version.before["note"] for visit in visits for version in former(session, "inspection", visit.id)] == [
        "第0次",
        "第1次",
        "第2次",
    ]


def test_a_delete_in_bulk_keeps_every_version(session: Session, asset: Asset) -> None:
    visits = [factories.inspection(session, asset) for _ in range(3)]
    session.execute(delete(Inspection))
    assert all(former(session, "inspection", visit.id)[-1].operation == "delete" for visit in visits)


def test_an_update_that_changes_nothing_leaves_no_version(session: Session, asset: Asset) -> None:
    session.execute(update(Asset).where(Asset.id == asset.id).values(name=asset.name))
    assert former(session, "asset", asset.id) == []


def test_the_versions_of_a_record_follow_each_other(session: Session, asset: Asset) -> None:
    for name in ("甲", "乙", "丙"):
        asset.name = name
        session.flush()
    names = [
        (version.before["name"], version.after and version.after["name"])
        for version in former(session, "asset", asset.id)
    ]
    assert names == [("大力村蓄水池", "甲"), ("甲", "乙"), ("乙", "丙")]


def test_plain_sql_is_kept_too(session: Session, asset: Asset) -> None:
    session.execute(text("UPDATE asset SET unit = '座' WHERE id = :id"), {"id": asset.id})
    assert former(session, "asset", asset.id)[0].after["unit"] == "座"  # type: ignore[index]


def test_what_a_statement_added_is_kept_with_its_transaction(session: Session, asset: Asset) -> None:
    rows = [{"asset_id": asset.id, "inspected_on": factories.DAY, "result": "all_well"} for _ in range(3)]
    ids = session.scalars(insert(Inspection).returning(Inspection.id), rows).all()
    latest = session.scalars(
        select(Addition).where(Addition.table_name == "inspection").order_by(Addition.id.desc())
    ).first()
    assert latest is not None
    assert sorted(latest.record_ids) == sorted(ids)
    assert latest.transaction == session.scalar(text("SELECT pg_current_xact_id()::text::bigint"))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    longitude=st.floats(73, 135, allow_subnormal=False),
    latitude=st.floats(18, 54, allow_subnormal=False),
)
def test_a_position_is_kept_to_the_last_bit(session: Session, asset: Asset, longitude: float, latitude: float) -> None:
    asset.geom = f"SRID=4490;POINT({longitude!r} {latitude!r})"
    session.flush()
    asset.geom = None
    session.flush()
    same = session.scalar(
        text(
            "SELECT a.geom = ST_GeomFromEWKT(:ewkt) AND ST_AsEWKB(a.geom) = ST_AsEWKB(ST_GeomFromEWKT(:ewkt)) "
            "FROM (SELECT (jsonb_populate_record(NULL::asset, before)).geom FROM history "
            "      WHERE table_name = 'asset' AND record_id = :id ORDER BY id DESC LIMIT 1) AS a"
        ),
        {"ewkt": f"SRID=4490;POINT({longitude!r} {latitude!r})", "id": asset.id},
    )
    assert same


RECORDED = sorted(
    mapper.local_table.name  # type: ignore[attr-defined]
    for mapper in factories.Asset.registry.mappers
    if issubclass(mapper.class_, Recorded)
)


@pytest.mark.parametrize("table", RECORDED)
def test_every_registry_table_keeps_its_history(session: Session, table: str) -> None:
    functions: Any = session.scalars(
        text(
            "SELECT p.proname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE t.tgrelid = CAST(:name AS regclass) AND NOT t.tgisinternal"
        ),
        {"name": f'"{table}"'},
    ).all()
    verb = "withhold" if table in WITHHELD else "keep"
    assert {"history_keep_insert", f"history_{verb}_update", f"history_{verb}_delete"} <= set(functions)
    assert table in metadata.tables
