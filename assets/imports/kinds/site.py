"""易地搬迁集中安置点: a ledger of relocation sites and their follow-up support."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Numeric, Select, Table, Text, and_, cast, func, or_, select

from assets.imports.fields import POSITION_FIELDS, REGION_FIELDS, Field, Kind
from assets.imports.kinds import place_work
from assets.imports.kinds.place_work import in_range, news
from assets.imports.problems import declare
from assets.imports.staging import Staging
from assets.imports.telling import Rule, tell_all
from assets.places.models import RelocationSite
from assets.places.sites import FIRST_YEAR, LONGEST_NAME, MOST, MOST_WORKSHOPS, NUMBERS
from spatial.validity import POINTS

declare(
    {
        "site_name": "Please fill in a name of 2 to {limit} characters.",
        "site_built": "Choose a year from {first} to {last}.",
        "site_occupied": "No more households can live there than have moved ({limit}).",
        "site_certificates": "There cannot be more certificates than dwellings ({limit}).",
        "site_demolished": "No more old houses can be gone than households have moved ({limit}).",
        "site_labour": "The labour force cannot be more than the people who moved ({limit}).",
        "site_employed": "No more people can be employed than the labour force has ({limit}).",
        "site_without": "No more households can be without work than have moved ({limit}).",
        "site_more_households": "More households have moved than there are dwellings ({limit}).",
        "site_household_size": "That would be {each} people in a household.",
        "site_without_work": "Everybody is employed, and yet {value} households are without work?",
    }
)
_COLUMNS = ("name", "type", "built_year", *NUMBERS, "management_body", "source")
# A part, the whole it belongs to, and what is told when it is more.
_PARTS = (
    ("households_occupied", "households_moved", "site_occupied"),
    ("certificates_issued", "housing_units", "site_certificates"),
    ("old_houses_demolished", "households_moved", "site_demolished"),
    ("labour_force", "persons_moved", "site_labour"),
    ("employed", "labour_force", "site_employed"),
    ("zero_employment_households", "households_moved", "site_without"),
)
FIELDS = (
    Field("record_number", "Record number", "code", ("系统编号", "记录号")),
    Field(
        "name",
        "Name",
        "name",
        ("安置点名称", "名称", "安置点", "集中安置点名称", "安置小区"),
        required=True,
        most=LONGEST_NAME,
        example=("八渡镇大力安置点", "Dali relocation site"),
    ),
    *REGION_FIELDS,
    Field(
        "type",
        "Site type",
        "word",
        ("安置点类型", "安置类型", "类型", "安置方式"),
        required=True,
        words="site_type",
        example=("农村安置", "Rural site"),
    ),
    Field("built_year", "Built in", "year", ("建成年份", "建成年度", "建成时间", "建设年度")),
    Field("housing_units", "Dwellings", "integer", ("住房套数", "建房套数", "安置房套数", "住房数", "套数")),
    Field("households_moved", "Households moved", "integer", ("搬迁户数", "安置户数", "户数")),
    Field("persons_moved", "People moved", "integer", ("搬迁人数", "安置人数", "搬迁人口", "安置人口", "人数")),
    Field("households_occupied", "Households living there", "integer", ("入住户数", "实际入住户数", "已入住户数")),
    Field(
        "certificates_issued", "Certificates issued", "integer", ("办证套数", "办证户数", "不动产证办理数", "已办证")
    ),
    Field(
        "old_houses_demolished",
        "Old houses demolished",
        "integer",
        ("拆旧户数", "旧房拆除户数", "拆旧复垦户数", "旧房拆除数"),
    ),
    Field("labour_force", "Labour force", "integer", ("劳动力", "劳动力人数", "劳动力数")),
    Field("employed", "Employed", "integer", ("就业人数", "已就业", "已就业人数")),
    Field("zero_employment_households", "Households without work", "integer", ("零就业户", "零就业户数", "零就业家庭")),
    Field("workshops", "Workshops", "integer", ("帮扶车间", "帮扶车间数", "社区工厂", "车间数")),
    Field("management_body", "Management body", "text", ("管理单位", "管理主体", "管理机构", "社区管理机构"), most=200),
    Field("source", "Source of the record", "text", ("备注", "说明", "数据来源", "来源"), most=500),
    *(one for one in POSITION_FIELDS if one.key != "position_quality"),
)


def existing(_staging: Staging) -> Select[Any]:
    """The sites that are not withdrawn."""
    return select(
        RelocationSite.id.label("record_id"),
        RelocationSite.revision,
        cast(RelocationSite.id, Text).label("record_number"),
        RelocationSite.region_id,
        *(getattr(RelocationSite, name).label(name) for name in _COLUMNS),
        RelocationSite.geom,
    ).where(RelocationSite.retired_on.is_(None))


def check(staging: Staging) -> None:
    """Tell whatever the service that enters one site would refuse or doubt."""
    work = place_work.prepare(staging, RelocationSite, _COLUMNS)
    place_work.check_held(staging, work, work.c.was_name)
    limits = dict.fromkeys(NUMBERS, MOST) | {"workshops": MOST_WORKSHOPS}
    rules = [*_words(staging, work), *in_range(work, limits), *_parts(work), *_likelihood(work)]
    tell_all(staging, rules, work.c.number, work)
    place_work.check_same_name(staging, work, RelocationSite)


def _words(staging: Staging, work: Table) -> list[Rule]:
    this_year = staging.context.today.year
    return [
        Rule("site_name", "name", func.char_length(work.c.name) < 2, value=work.c.name, data={"limit": LONGEST_NAME}),
        Rule(
            "site_built",
            "built_year",
            or_(work.c.built_year < FIRST_YEAR, work.c.built_year > this_year),
            value=work.c.built_year,
            data={"first": FIRST_YEAR, "last": this_year},
        ),
    ]


def _parts(work: Table) -> list[Rule]:
    return [
        Rule(code, part, work.c[part] > work.c[whole], value=work.c[part], data={"limit": work.c[whole]})
        for part, whole, code in _PARTS
    ]


def _likelihood(work: Table) -> list[Rule]:
    moved, persons, units = work.c.households_moved, work.c.persons_moved, work.c.housing_units
    without = work.c.zero_employment_households
    each = func.to_char(cast(persons, Numeric) / func.nullif(moved, 0), "FM999990.0")
    return [
        Rule(
            "site_more_households",
            "households_moved",
            and_(moved > units, news(work, "households_moved", "housing_units")),
            "doubt",
            value=moved,
            data={"limit": units},
        ),
        Rule(
            "site_household_size",
            "persons_moved",
            and_(
                moved > 0,
                or_(persons < moved, persons > 10 * moved),
                news(work, "households_moved", "persons_moved"),
            ),
            "doubt",
            value=persons,
            data={"each": each},
        ),
        Rule(
            "site_without_work",
            "zero_employment_households",
            and_(
                without > 0,
                work.c.labour_force == work.c.employed,
                news(work, "zero_employment_households", "labour_force", "employed"),
            ),
            "doubt",
            value=without,
            data={"value": without},
        ),
    ]


def write(staging: Staging) -> None:
    """Enter new sites and set right those that are there."""
    place_work.write(staging, RelocationSite, _COLUMNS, action=("places.register_site", "places.correct_site"))


KIND = Kind(
    key="site",
    title="Relocation sites",
    fields=FIELDS,
    identities=("record_number", "name+region_id"),
    existing=existing,
    check=check,
    write=write,
    geometry=POINTS,
    review_kind="place",
    levels=("county", "town", "village"),
    given=frozenset({"record_number"}),
    emptied=frozenset(_COLUMNS) - {"name", "type"},
)
