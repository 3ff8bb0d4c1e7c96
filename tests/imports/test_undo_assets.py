"""Ledgers of assets taken back: with all that belongs to an asset, and with what others have gone on from."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select, text

from assets.imports.models import ImportBatch
from assets.imports.undoing import undo_batch
from assets.maintenance.models import Duty, Inspection
from assets.ownership.models import Right
from assets.ownership.service import end_right, grant_right
from assets.parties.models import Party
from assets.registry.codes import note_code
from assets.registry.models import Asset, OutsideCode, ValueEvent
from assets.registry.service import correct_asset
from assets.scope import Viewer, bind_viewer
from tests import factories
from tests.imports.bringing import Desk, asset_row

DAY = factories.DAY
PARTS = ("operating_period", "value_event", "outside_code", "maintenance_duty", Right.__tablename__)
TABLES = ("asset", *PARTS, "inspection", "upkeep_period", "party", "person", "post", "post_holding")


def full_row(name: str, **values: Any) -> dict[str, Any]:
    """A row with all that an asset may have."""
    row = {"中央资金": "300000", "省级资金": "150000", "移交日期": "2023-08-01"}
    row |= {"所有权人": "大力村股份经济合作社 1/2、八渡镇人民政府 1/2", "经营主体": "陇县大力农业发展有限公司"}
    row |= {"监督主体": "陇县农业农村局", "管护主体": "大力村股份经济合作社", "责任人": "张三", "电话": "13909170001"}
    row |= {"管护经费来源": "县级", "巡查周期": "60"}
    return asset_row(name, **row | values)


def said(desk: Desk) -> dict[str, str]:
    """A checksum over what every table says, but when, by whom and in which version."""
    session = bind_viewer(desk.session, Viewer.system())
    session.expire_all()
    row = "to_jsonb(t) - '{revision,updated_at,updated_by}'::text[]"
    made = "SELECT md5(coalesce(string_agg(({row})::text, '|' ORDER BY ({row})::text), '')) FROM \"{table}\" t"
    return {name: str(session.scalar(text(made.format(row=row, table=name)))) for name in TABLES}


def entered(desk: Desk, *rows: dict[str, Any], verdicts: dict[str, int] | None = None, **how: Any) -> ImportBatch:
    batch = desk.bring(rows, kind="asset", **how)
    desk.session.commit()
    assert desk.problems(batch) == [[]] * len(rows)
    assert batch.counts["verdicts"] == (verdicts or {"new": len(rows)})
    desk.commit(batch)
    desk.session.commit()
    return batch


def taken_back(desk: Desk, batch: ImportBatch) -> list[tuple[str, str]]:
    done = undo_batch(desk.acts(desk.account()), batch.id, today=DAY)
    desk.session.commit()
    assert done.status == "undone"
    return sorted((one["table"], one["name"]) for one in done.left)


def asset(desk: Desk, name: str) -> Asset:
    desk.system().expire_all()
    return desk.session.scalars(select(Asset).where(Asset.name == name)).one()


def of_asset(desk: Desk, name: str) -> list[str]:
    """All that one asset and its parts say."""
    number = asset(desk, name).id
    row = "to_jsonb(t) - '{revision,updated_at,updated_by}'::text[]"
    told = [f'SELECT ({row})::text FROM "{table}" t WHERE asset_id = :number' for table in PARTS]
    told.append(f"SELECT ({row})::text FROM asset t WHERE id = :number")
    found = desk.session.scalars(text(" UNION ALL ".join(told)), {"number": number})
    return sorted(found)


def names(desk: Desk) -> set[str]:
    return set(desk.system().scalars(select(Asset.name)))


def test_new_assets_go_with_all_that_belongs_to_them(lasting: Desk) -> None:
    entered(lasting, asset_row("大力村文化广场"))
    before = said(lasting)
    rows = [
        full_row("大力村供水站", 国家系统编码="GJ1", 三资平台编码="SZ1"),
        full_row("大力村公厕", 国家系统编码="GJ2"),
    ]
    batch = entered(lasting, *rows)
    now = said(lasting)
    assert {name for name in before if now[name] == before[name]} == {"inspection"}
    assert taken_back(lasting, batch) == []
    assert said(lasting) == before


def test_changed_assets_say_again_what_they_said(lasting: Desk) -> None:
    entered(lasting, full_row("大力村供水站", 国家系统编码="GJ1"), full_row("大力村公厕", 三资平台编码="SZ2"))
    code, before = asset(lasting, "大力村供水站").code, said(lasting)
    other = {"中央资金": "250000", "省级资金": "200000", "巡查周期": "45", "三资平台编码": "SZ1"}
    other |= {"所有权人": "大力村股份经济合作社 1/1", "监督主体": "陇县水利局", "状态": "闲置"}
    rows = [
        full_row("大力村供水站", 资产编号=code, 国家系统编码="GJ9", 责任人="李四", 电话="13909170002", **other),
        full_row("大力村公厕", 数量="2", 单位="座"),
        full_row("大力村产业路"),
    ]
    batch = entered(lasting, *rows, verdicts={"changed": 2, "new": 1})
    assert taken_back(lasting, batch) == []
    assert said(lasting) == before


def test_what_others_have_gone_on_from_is_left_and_named(lasting: Desk) -> None:
    old = factories.asset(lasting.session, lasting.tree.north_villages[0], name="大力村旧桥")
    entered(lasting, full_row("大力村产业路"), full_row("大力村供水站"))
    before = of_asset(lasting, "大力村供水站")
    rows = [
        full_row(name, 经营主体=f"{name}经营公司") for name in ("大力村广场", "大力村公厕", "大力村水塔", "大力村凉亭")
    ]
    rows += [full_row("大力村产业路", 使用年限="10"), full_row("大力村供水站", 巡查周期="30", 使用年限="15")]
    batch = entered(lasting, *rows, verdicts={"new": 4, "changed": 2})
    someone = lasting.account("planner", "planner", lasting.tree.county)
    visited, ceded, corrected = (asset(lasting, name) for name in ("大力村广场", "大力村公厕", "大力村产业路"))
    session = lasting.acts(someone)
    factories.inspection(session, visited)
    session.commit()
    right = session.scalars(select(Right).where(Right.asset_id == ceded.id, Right.kind == "operation")).one()
    end_right(session, right.id, revision=right.revision, on=DAY, reason="合同到期", today=DAY)
    session.commit()
    holder = session.scalars(select(Party).where(Party.name == "大力村水塔经营公司")).one()
    day = dt.date(2026, 1, 1)
    grant_right(session, old.id, kind="operation", party_id=holder.id, valid_from=day, today=DAY, document="合同")
    session.commit()
    correct_asset(session, corrected.id, revision=corrected.revision, reason="有误", today=DAY, useful_life_years=12)
    session.commit()
    left = taken_back(lasting, batch)
    assert left == [
        ("asset", "大力村产业路"),
        ("asset", "大力村公厕"),
        ("asset", "大力村广场"),
        ("party", "大力村公厕经营公司"),
        ("party", "大力村广场经营公司"),
        ("party", "大力村水塔经营公司"),
    ]
    assert names(lasting) == {"大力村旧桥", "大力村产业路", "大力村供水站", "大力村广场", "大力村公厕"}
    assert asset(lasting, "大力村产业路").useful_life_years == 12
    assert of_asset(lasting, "大力村供水站") == before
    kept = asset(lasting, "大力村广场").id
    # Whole: with its rights, duty, values, and its visit.
    for entity in (Right, Duty, ValueEvent, Inspection):
        assert lasting.session.scalars(select(entity).where(entity.asset_id == kept)).first() is not None


def test_a_code_that_was_given_to_another_since_stays_there(lasting: Desk) -> None:
    entered(lasting, full_row("大力村供水站", 国家系统编码="GJ1"), full_row("大力村公厕", 国家系统编码="GJ2"))
    other = factories.asset(lasting.system(), lasting.tree.north_villages[0], name="大力村旧桥")
    lasting.session.commit()
    rows = [
        full_row("大力村供水站", 资产编号=asset(lasting, "大力村供水站").code, 国家系统编码="GJ8", 使用年限="15"),
        full_row("大力村公厕", 资产编号=asset(lasting, "大力村公厕").code, 国家系统编码="GJ9", 使用年限="15"),
    ]
    batch = entered(lasting, *rows, verdicts={"changed": 2})
    someone = lasting.account("planner", "planner", lasting.tree.county)
    note_code(lasting.acts(someone), other.id, system="national", code="GJ1", today=DAY)
    lasting.session.commit()
    done = undo_batch(lasting.acts(lasting.account()), batch.id, today=DAY)
    lasting.session.commit()
    assert [(one["table"], one["name"], one["who"]) for one in done.left] == [
        ("asset", "大力村供水站", someone.display_name)
    ]
    codes = select(Asset.name, OutsideCode.code).join(OutsideCode, OutsideCode.asset_id == Asset.id)
    found = {tuple(row) for row in lasting.system().execute(codes)}
    assert found == {("大力村供水站", "GJ8"), ("大力村公厕", "GJ2"), ("大力村旧桥", "GJ1")}
    assert asset(lasting, "大力村供水站").useful_life_years == 15
    assert asset(lasting, "大力村公厕").useful_life_years is None
