"""Facilities: a ledger of schools, clinics, stores and whatever else serves villages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, Table, Text, and_, cast, func, select

from assets.imports.fields import POSITION_FIELDS, REGION_FIELDS, Field, Kind
from assets.imports.kinds import place_work
from assets.imports.kinds.place_work import in_range, news
from assets.imports.problems import declare
from assets.imports.staging import Staging
from assets.imports.telling import Rule, tell_all
from assets.places.facilities import LARGEST_USUAL_M2, MOST_AT_ONCE
from assets.places.models import Facility
from assets.terms import queries as terms
from spatial.validity import POINTS

declare(
    {
        "facility_opens_later": "A facility that opens on a later day is planned. Choose that status.",
        "facility_closed": "A facility with a closing day is closed. Choose that status, or leave the day out.",
        "facility_backwards": "It cannot close on {closed} before it opened on {opened}.",
        "facility_large": "{value} m² is larger than a facility of a county usually is.",
        "facility_many": "{value} is more than a facility of a county usually has.",
    }
)
_COLUMNS = (
    "name",
    "type",
    "level",
    "status",
    "area_m2",
    "capacity",
    "staff",
    "opened_on",
    "closed_on",
    "source",
)
_MOST = {"area_m2": 1_000_000, "capacity": 1_000_000, "staff": 100_000}
FIELDS = (
    Field("record_number", "Record number", "code", ("系统编号", "记录号")),
    Field(
        "name",
        "Name",
        "name",
        ("设施名称", "名称"),
        required=True,
        most=100,
        example=("大力村卫生室", "Dali village clinic"),
    ),
    *REGION_FIELDS,
    Field(
        "type",
        "Facility type",
        "term",
        ("设施类型", "类型", "设施类别"),
        required=True,
        words="facility_type",
        example=("村卫生室", "Village clinic"),
    ),
    Field(
        "level",
        "Facility level",
        "word",
        ("设施级别", "设施等级", "级别", "层级", "服务层级"),
        required=True,
        words="facility_level",
        example=("村级", "Village level"),
    ),
    Field("status", "Facility status", "word", ("设施状态", "状态", "使用状态", "使用情况"), words="facility_status"),
    Field("area_m2", "Floor area", "number", ("建筑面积", "面积", "占地面积"), unit="m²"),
    Field("capacity", "Capacity", "integer", ("容量", "规模", "床位", "座位", "学位")),
    Field("staff", "Staff", "integer", ("人员", "工作人员", "人员数", "职工人数", "医生人数", "教职工")),
    Field("opened_on", "Opened on", "date", ("启用日期", "开放日期", "启用时间", "投用时间", "建成日期", "建成时间")),
    Field("closed_on", "Closed on", "date", ("停用日期", "关闭日期", "停用时间")),
    Field("source", "Source of the record", "text", ("备注", "说明", "数据来源", "来源"), most=500),
    *(one for one in POSITION_FIELDS if one.key != "position_quality"),
)


def existing(_staging: Staging) -> Select[Any]:
    """The facilities that are not withdrawn."""
    return select(
        Facility.id.label("record_id"),
        Facility.revision,
        cast(Facility.id, Text).label("record_number"),
        Facility.region_id,
        *(getattr(Facility, name).label(name) for name in _COLUMNS),
        Facility.geom,
    ).where(Facility.retired_on.is_(None))


def check(staging: Staging) -> None:
    """Tell whatever the service that enters one facility would refuse or doubt."""
    rows = staging.rows
    # As the register keeps it, so that the same file again is no change.
    staging.set({"area_m2": func.round(rows.c.area_m2, 1)}, rows.c.area_m2.is_not(None))
    work = place_work.prepare(staging, Facility, _COLUMNS, {"status": "in_use"})
    place_work.check_held(staging, work, work.c.was_name)
    tell_all(staging, [*in_range(work, _MOST), *_days(staging, work), *_sizes(work)], work.c.number, work)
    place_work.check_same_name(staging, work, Facility)


def _days(staging: Staging, work: Table) -> list[Rule]:
    known = list(terms.names(staging.session, "facility_type", day=staging.context.today, language="zh"))
    opened, closed, status = work.c.opened_on, work.c.closed_on, work.c.status
    return [
        Rule(
            "not_a_choice",
            "type",
            and_(news(work, "type"), work.c.type.not_in(known)),
            value=work.c.type,
            data={"value": work.c.type},
        ),
        Rule(
            "facility_opens_later",
            "opened_on",
            and_(opened > staging.context.today, status != "planned"),
            value=opened,
        ),
        Rule("facility_closed", "closed_on", and_(closed.is_not(None), status != "closed"), value=closed),
        Rule(
            "facility_backwards",
            "closed_on",
            closed <= opened,
            value=closed,
            data={"closed": closed, "opened": opened},
        ),
    ]


def _sizes(work: Table) -> list[Rule]:
    large = Rule(
        "facility_large",
        "area_m2",
        and_(work.c.area_m2 > LARGEST_USUAL_M2, news(work, "area_m2")),
        "doubt",
        value=work.c.area_m2,
        data={"value": func.to_char(work.c.area_m2, "FM999,999,999,990.0")},
    )
    many = [
        Rule(
            "facility_many",
            name,
            and_(work.c[name] > MOST_AT_ONCE, news(work, name)),
            "doubt",
            value=work.c[name],
            data={"value": func.to_char(work.c[name], "FM999,999,999,990")},
        )
        for name in ("capacity", "staff")
    ]
    return [large, *many]


def write(staging: Staging) -> None:
    """Enter new facilities and set right those that are there."""
    place_work.write(staging, Facility, _COLUMNS, action=("places.register_facility", "places.correct_facility"))


KIND = Kind(
    key="facility",
    title="Facilities",
    fields=FIELDS,
    identities=("record_number", "name+region_id"),
    existing=existing,
    check=check,
    write=write,
    geometry=POINTS,
    review_kind="place",
    levels=("county", "town", "village"),
    given=frozenset({"record_number"}),
    emptied=frozenset(_COLUMNS) - {"name", "type", "level", "status"},
)
