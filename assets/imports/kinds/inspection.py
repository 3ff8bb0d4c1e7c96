"""巡查记录: a ledger of visits to assets, on paper until now; entered by another than made them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Select, Text, and_, case, cast, func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by

from assets.imports import auditing
from assets.imports.fields import POSITION_FIELDS, REGION_FIELDS, Field, Kind
from assets.imports.identities import undecided
from assets.imports.kinds.inspection_asset import find_assets, refuse_assets
from assets.imports.kinds.inspection_person import find_inspectors
from assets.imports.problems import declare
from assets.imports.staging import Staging
from assets.imports.telling import Rule, tell_all
from assets.maintenance.models import Inspection
from assets.maintenance.service import LONGEST_NOTE
from assets.parties.models import Person
from assets.registry.models import Asset
from assets.scope import viewer_of
from spatial.validity import POINTS

declare(
    {
        "inspection_day": "An inspection of “{name}” cannot be dated {day}: choose a day from {first} to {last}.",
        "inspection_words": "Please say in a few words what the problem is.",
        "inspection_condition": "A condition is a number from 1 (bad) to 5 (good).",
        "inspection_cost": "An amount below zero is not possible here.",
        "inspection_twice": "The rows {others} tell of the same visit. Please leave one of them.",
        "inspection_same_day": "{count} visits of this day are recorded. Please name the inspector.",
    }
)
FIRST_DAY = dt.date(1990, 1, 1)
_LARGEST = Decimal(1_000_000_000)
_COLUMNS = ("result", "condition", "note", "cost_yuan")
FIELDS = (
    Field("asset_code", "Asset code", "code", ("资产编号", "资产编码", "编码"), example=("610327-G2024-000001", "")),
    Field("asset", "Asset", "name", ("资产名称", "名称", "资产"), most=200),
    *REGION_FIELDS,
    Field(
        "inspected_on",
        "Inspected on",
        "date",
        ("巡查日期", "巡检日期", "检查日期", "巡查时间", "日期"),
        required=True,
        example=("2026-05-20", "2026-05-20"),
    ),
    Field(
        "result",
        "Inspection result",
        "word",
        ("巡查结果", "巡检结果", "检查结果", "结果", "巡查情况"),
        required=True,
        words="inspection_result",
        example=("一切正常", "All well"),
    ),
    Field("condition", "Condition", "integer", ("状况", "状况评分", "评分", "完好程度")),
    Field("note", "Remark", "text", ("备注", "问题", "存在问题", "问题描述", "说明"), most=LONGEST_NOTE),
    Field("cost_yuan", "Cost", "money", ("费用", "维修费用", "花费"), unit="yuan"),
    Field("inspector", "Inspector", "name", ("巡查人", "巡查人员", "检查人", "巡检人"), most=100, personal=True),
    *(one for one in POSITION_FIELDS if one.key != "position_quality"),
    Field("record_number", "Record number", "code", ("系统编号", "记录号")),
)


def existing(_staging: Staging) -> Select[Any]:
    """Visits as they are recorded; who made them is no part of a comparison, being a personal value."""
    return select(
        Inspection.id.label("record_id"),
        Inspection.revision,
        cast(Inspection.id, Text).label("record_number"),
        Asset.code.label("asset_code"),
        Asset.name,
        Inspection.inspected_on,
        *(getattr(Inspection, name).label(name) for name in _COLUMNS),
        Inspection.geom,
    ).join(Asset, Asset.id == Inspection.asset_id)


def refer(staging: Staging) -> None:
    """Find the asset of every row, who made the visit, and the visit where it is recorded already."""
    assets = find_assets(staging)
    rows = staging.rows
    before = (
        select(
            rows.c.number,
            func.min(Inspection.id).label("record_id"),
            func.min(Inspection.revision).label("revision"),
            func.count().label("count"),
        )
        .select_from(
            rows.join(assets, assets.c.number == rows.c.number)
            .join(
                Inspection,
                and_(Inspection.asset_id == assets.c.asset_id, Inspection.inspected_on == rows.c.inspected_on),
            )
            .outerjoin(Person, Person.id == Inspection.inspector_id)
        )
        .where(
            staging.seen(Inspection),
            or_(
                rows.c.inspector.is_(None),
                Person.name.is_(None),
                func.plain_name(Person.name) == func.plain_name(rows.c.inspector),
            ),
            rows.c.record_number.is_(None),
            undecided(staging),
        )
        .group_by(rows.c.number)
        .cte("before")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    several = rows.join(before, before.c.number == rows.c.number)
    staging.tell("inspection_same_day", "inspector", before.c.count > 1, of=several, count=before.c.count)
    staging.set(
        {"record_id": before.c.record_id, "record_revision": before.c.revision},
        rows.c.number == before.c.number,
        before.c.count == 1,
    )


def check(staging: Staging) -> None:
    """Tell whatever recording one visit would refuse."""
    rows, today = staging.rows, staging.context.today
    staging.set({"geom": None, "position_quality": None}, rows.c.position_quality == "village_point")
    assets = find_assets(staging)
    refuse_assets(staging, assets)
    source = (
        rows.join(assets, assets.c.number == rows.c.number)
        .join(Asset, Asset.id == assets.c.asset_id)
        .outerjoin(Inspection, Inspection.id == rows.c.record_id)
    )
    first = func.coalesce(Asset.built_on, literal(FIRST_DAY))
    day = rows.c.inspected_on
    note = func.coalesce(rows.c.note, Inspection.note)
    rules = [
        Rule(
            "inspection_day",
            "inspected_on",
            or_(day < first, day > today),
            value=day,
            data={"name": Asset.name, "day": day, "first": first, "last": today.isoformat()},
        ),
        Rule(
            "inspection_words",
            "note",
            and_(func.coalesce(rows.c.result, Inspection.result) == "problem", func.coalesce(note, "") == ""),
        ),
        Rule(
            "inspection_condition",
            "condition",
            or_(rows.c.condition < 1, rows.c.condition > 5),
            value=rows.c.condition,
        ),
        Rule(
            "inspection_cost",
            "cost_yuan",
            or_(rows.c.cost_yuan < 0, rows.c.cost_yuan > _LARGEST),
            value=rows.c.cost_yuan,
        ),
    ]
    tell_all(staging, rules, rows.c.number, source, staging.seen(Asset))
    _refuse_twice(staging, assets)


def _refuse_twice(staging: Staging, assets: Any) -> None:
    rows = staging.rows
    whose = func.coalesce(func.plain_name(rows.c.inspector), "")
    listed: Any = func.array_agg(aggregate_order_by(rows.c.row, rows.c.number))
    visit = rows.join(assets, assets.c.number == rows.c.number)
    alike = (
        select(assets.c.asset_id, rows.c.inspected_on, whose.label("whose"), listed[1:6].label("rows"))
        .select_from(visit)
        .where(rows.c.record_id.is_(None), rows.c.inspected_on.is_not(None))
        .group_by(assets.c.asset_id, rows.c.inspected_on, whose)
        .having(func.count() > 1)
        .cte("alike")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    same = and_(
        alike.c.asset_id == assets.c.asset_id, alike.c.inspected_on == rows.c.inspected_on, alike.c.whose == whose
    )
    others = func.array_to_string(func.array_remove(alike.c.rows, rows.c.row), "、")
    new = rows.c.record_id.is_(None)
    staging.tell("inspection_twice", "inspected_on", new, of=visit.join(alike, same), others=others)


def write(staging: Staging) -> None:
    """Enter new visits and set right those that are there; the upkeep of their assets follows in the database."""
    rows, session = staging.rows, staging.session
    me = viewer_of(session).account_id
    assets = find_assets(staging)
    inspectors = find_inspectors(staging, assets, enter=True)
    ordered = select(rows.c.number).where(staging.new).order_by(rows.c.number).subquery()
    numbered = select(
        ordered.c.number, func.nextval(func.pg_get_serial_sequence("inspection", "id")).label("id")
    ).subquery()
    staging.set({"record_id": numbered.c.id}, rows.c.number == numbered.c.number)
    said: dict[str, Any] = {name: rows.c[name] for name in ("inspected_on", *_COLUMNS, "geom")} | {
        "id": rows.c.record_id,
        "asset_id": assets.c.asset_id,
        "inspector_id": inspectors.c.person_id,
        "created_by": literal(me, BigInteger),
    }
    source = rows.join(assets, assets.c.number == rows.c.number).outerjoin(
        inspectors, inspectors.c.number == rows.c.number
    )
    chosen = select(*said.values()).select_from(source).where(staging.new).order_by(rows.c.number)
    session.execute(insert(Inspection).from_select([getattr(Inspection, name) for name in said], chosen))
    auditing.note_added(
        session,
        staging.batch,
        "maintenance.record_inspection",
        Inspection,
        staging.new,
        of=rows.join(Inspection, Inspection.id == rows.c.record_id).join(Asset, Asset.id == Inspection.asset_id),
        path=Asset.region_path,
        sector=Asset.sector,
    )
    since = auditing.latest_version(session)
    values: dict[Any, Any] = {
        name: case((staging.says(name), rows.c[name]), else_=getattr(Inspection, name)) for name in (*_COLUMNS, "geom")
    }
    values["result"] = func.coalesce(values["result"], Inspection.result)
    session.execute(
        update(Inspection)
        .where(Inspection.id == rows.c.record_id, staging.changed, staging.seen(Inspection))
        .values(values | {"updated_by": me})
        .execution_options(synchronize_session=False)
    )
    auditing.note_changed(session, staging.batch, "maintenance.correct_inspection", Inspection, since=since)


KIND = Kind(
    key="inspection",
    title="Inspections",
    fields=FIELDS,
    identities=("record_number",),
    existing=existing,
    check=check,
    write=write,
    geometry=POINTS,
    levels=("county", "town", "village"),
    given=frozenset({"record_number"}),
    emptied=frozenset(_COLUMNS) - {"result"},
    place_needed=False,
    refer=refer,
)
