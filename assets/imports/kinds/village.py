"""行政村 and 社区: a ledger of what is known of them; each is named by its region."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

from sqlalchemy import Numeric, Select, Table, and_, cast, func, select

from assets.imports.fields import POSITION_FIELDS, REGION_FIELDS, Field, Kind
from assets.imports.kinds import place_work
from assets.imports.kinds.place_work import in_range, news
from assets.imports.problems import declare
from assets.imports.staging import Staging
from assets.imports.telling import Rule, tell_all
from assets.places.models import NaturalVillage, Village
from assets.places.villages import HIGHEST_M, MOST_INCOME, MOST_PEOPLE, MOST_PEOPLE_EACH
from assets.regions.models import Region
from assets.terms import queries as terms
from assets.vocabulary import VILLAGE_CLASSES
from spatial.validity import POINTS

declare(
    {
        "village_other_kind": "In the list of codes {region} is of the other kind.",
        "village_people": "There cannot be fewer people than households ({limit}).",
        "village_household_size": "That would be {each} people in a household.",
        "village_residents": "More than three times as many live there as are registered.",
        "village_income_below": "An amount below zero is not possible here.",
        "village_income_large": "{value} yuan a year is more than a village usually has.",
        "village_income_small": "Only {value} yuan: is it meant in 10,000 yuan?",
        "village_households": "Its natural villages have {total} households.",
    }
)
_COLUMNS = (
    "kind",
    "village_class",
    "lifted_out_of_poverty",
    "households",
    "pop_registered",
    "pop_resident",
    "collective_income",
    "lead_industry",
    "plan_done",
    "elevation_m",
    "source",
)
# Here the name of a village is that of its region.
_PLACE = tuple(
    dataclasses.replace(one, headings=(*one.headings, "名称", "村名称", "行政村名称", "name"), required=False)
    if one.key == "village"
    else one
    for one in REGION_FIELDS
    if one.key != "place"
)
FIELDS = (
    *_PLACE,
    Field("kind", "Kind", "word", ("类型", "村(社区)类型", "类别"), words="village_kind"),
    Field(
        "village_class",
        "Village class",
        "word",
        ("村庄分类", "村庄类型", "规划分类"),
        required=True,
        words="village_class",
        example=("集聚提升", "Clustered growth"),
    ),
    Field("lifted_out_of_poverty", "Lifted out of poverty", "yes", ("脱贫村", "是否脱贫村", "是否脱贫")),
    Field("households", "Households", "integer", ("户数", "总户数", "户籍户数"), example=("312", "312")),
    Field("pop_registered", "People registered", "integer", ("户籍人口", "人口", "总人口", "户籍人口数", "人口数")),
    Field("pop_resident", "People resident", "integer", ("常住人口", "常住人口数")),
    Field(
        "collective_income",
        "Collective income",
        "money",
        ("村集体收入", "集体经济收入", "村集体经济收入", "集体收入"),
        unit="yuan",
    ),
    Field("lead_industry", "Main industry", "text", ("主导产业", "产业"), most=100),
    Field("plan_done", "Village plan done", "yes", ("实用性规划", "村庄规划", "是否编制规划", "村庄规划完成")),
    Field("elevation_m", "Elevation", "integer", ("海拔", "高程", "平均海拔"), unit="m"),
    Field("source", "Source of the record", "text", ("备注", "说明", "数据来源", "来源"), most=500),
    *(one for one in POSITION_FIELDS if one.key != "position_quality"),
    Field("record_number", "Record number", "code", derived=True),
    Field("key", "Key-assistance village", "yes", ("重点帮扶村",), derived=True),
    Field("demonstration", "Demonstration village", "yes", ("示范村",), derived=True),
    Field("assets", "Assets", "integer", derived=True),
    Field("value", "Collective asset value", "money", derived=True),
)


def existing(_staging: Staging) -> Select[Any]:
    """The villages registered, withdrawn ones as well: a region has one record at most."""
    said = [getattr(Village, name).label(name) for name in _COLUMNS]
    return select(
        Village.id.label("record_id"),
        Village.revision,
        Village.name,
        Village.region_id,
        *said,
        Village.geom,
    )


def check(staging: Staging) -> None:
    """Tell whatever the service that enters one village would refuse or doubt."""
    work = place_work.prepare(staging, Village, _COLUMNS, _DEFAULTS, region_default={"kind": Region.kind})
    place_work.check_held(staging, work, work.c.region_name)
    rules = [
        *_kinds(staging, work),
        *in_range(work, dict.fromkeys(("households", "pop_registered", "pop_resident"), MOST_PEOPLE)),
        *in_range(work, {"elevation_m": HIGHEST_M}),
        *_people(work),
        *_income(work),
    ]
    tell_all(staging, rules, work.c.number, work)
    _compare_with_natural_villages(staging, work)


_DEFAULTS = {"lifted_out_of_poverty": False, "plan_done": False}


def _kinds(staging: Staging, work: Table) -> list[Rule]:
    offered = terms.names(staging.session, "village_class", day=staging.context.today, language="zh")
    known = [code for code in VILLAGE_CLASSES if code in offered] or list(VILLAGE_CLASSES)
    return [
        Rule(
            "village_other_kind",
            "kind",
            work.c.kind != work.c.region_kind,
            value=work.c.kind,
            data={"region": work.c.region_name},
        ),
        Rule(
            "not_a_choice",
            "village_class",
            and_(news(work, "village_class"), work.c.village_class.not_in(known)),
            value=work.c.village_class,
            data={"value": work.c.village_class},
        ),
    ]


def _people(work: Table) -> list[Rule]:
    households, registered, resident = work.c.households, work.c.pop_registered, work.c.pop_resident
    each = func.to_char(cast(registered, Numeric) / func.nullif(households, 0), "FM999990.0")
    return [
        Rule(
            "village_people",
            "pop_registered",
            and_(households > 0, registered < households),
            value=registered,
            data={"limit": households},
        ),
        Rule(
            "village_household_size",
            "households",
            and_(
                households > 0, registered > households * MOST_PEOPLE_EACH, news(work, "households", "pop_registered")
            ),
            "doubt",
            value=households,
            data={"each": each},
        ),
        Rule(
            "village_residents",
            "pop_resident",
            and_(registered > 0, resident > 3 * registered, news(work, "pop_registered", "pop_resident")),
            "doubt",
            value=resident,
        ),
    ]


def _income(work: Table) -> list[Rule]:
    income = work.c.collective_income
    said = news(work, "collective_income")
    spoken = func.to_char(income, "FM999,999,999,990")
    small = and_(income > 0, income < Decimal(100), said)
    return [
        Rule("village_income_below", "collective_income", income < 0, value=income),
        Rule(
            "village_income_large",
            "collective_income",
            and_(income > MOST_INCOME, said),
            "doubt",
            value=income,
            data={"value": spoken},
        ),
        Rule("village_income_small", "collective_income", small, "doubt", value=income, data={"value": income}),
    ]


def _compare_with_natural_villages(staging: Staging, work: Table) -> None:
    totals = (
        select(NaturalVillage.region_id, func.sum(NaturalVillage.households).label("total"))
        .where(NaturalVillage.retired_on.is_(None), staging.seen(NaturalVillage))
        .group_by(NaturalVillage.region_id)
        .subquery("totals")
    )
    rule = Rule(
        "village_households",
        "households",
        and_(
            ~work.c.is_new,
            work.c.households < totals.c.total,
            work.c.households.is_distinct_from(work.c.was_households),
        ),
        "doubt",
        value=work.c.households,
        data={"total": totals.c.total},
    )
    tell_all(staging, [rule], work.c.number, work.join(totals, totals.c.region_id == work.c.region_id))


def write(staging: Staging) -> None:
    """Enter new villages and set right those that are there."""
    place_work.write(
        staging,
        Village,
        _COLUMNS,
        action=("places.register_village", "places.correct_village"),
        named_by_region=True,
    )


KIND = Kind(
    key="village",
    title="Villages",
    fields=FIELDS,
    identities=("region_id",),
    existing=existing,
    check=check,
    write=write,
    geometry=POINTS,
    review_kind="place",
    levels=("village",),
    given=frozenset(),
    emptied=frozenset(_COLUMNS) - _DEFAULTS.keys() - {"kind", "village_class"},
)
