"""Figures of published reports, computed by the real code from a test's own records."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from assets.filters import Filter
from assets.indicators.key_lists import ListCounts, key_lists
from assets.indicators.ratios import percentage
from assets.indicators.villages import PLANS, STRONG, TOILETS, WASTE, WEAK, village_ratios
from assets.places.models import Facility, NaturalVillage, RelocationSite, Village
from assets.places.standards import requirements, villages_below
from assets.regions.models import Designation, Region
from assets.terms.defaults import load_defaults
from assets.terms.models import FacilityStandard, Threshold
from tests import factories
from tests.factories import DAY

SINCE = dt.date(2021, 8, 27)


def regions(session: Session, parent: Region, level: str, count: int, stem: str, code: str) -> list[Region]:
    width = {"county": 2, "town": 3, "village": 3}[level]
    return [factories.region(session, f"{stem}{k}", f"{code}{k:0{width}d}", level, parent) for k in range(1, count + 1)]


def listed(session: Session, region: Region, level: str, kind: str = "key_assistance") -> None:
    session.add(Designation(region_id=region.id, kind=kind, level=level, valid_from=SINCE))


@pytest.fixture
def city(session: Session) -> Region:
    nation = factories.region(session, "中国", "0", "nation")
    province = factories.region(session, "陕西省", "61", "province", nation)
    return factories.region(session, "宝鸡市", "6103", "city", province)


def test_682_key_villages_of_a_city_add_up_by_level_and_county(session: Session, city: Region) -> None:
    shares = {"provincial": 132, "city": 240, "county": 310}
    levels = [level for level, count in shares.items() for _ in range(count)]
    counties = regions(session, city, "county", 12, "县", "6103")
    towns = [regions(session, county, "town", 1, "镇", county.code[:6])[0] for county in counties]
    for k, level in enumerate(levels):
        town = towns[k % 12]
        village = factories.region(session, f"村{k}", f"{town.code[:9]}{k // 12 + 1:03d}", "village", town)
        listed(session, village, level)
    for county in counties[:4]:
        session.add(RelocationSite(region_id=county.id, name=f"{county.name}安置点", type="urban"))
    session.flush()
    found = key_lists(session, city, Filter(day=DAY, area_path=city.region_path), kind="key_assistance", of="village")
    assert (found.total.listed, found.total.total, found.total.sites) == (shares, 682, 4)
    assert found.own == ListCounts()
    assert sum(row.total for _, row in found.rows) == 682
    assert [row.sites for _, row in found.rows] == [1] * 4 + [0] * 8
    before = Filter(day=SINCE - dt.timedelta(1), area_path=city.region_path)
    assert key_lists(session, city, before, kind="key_assistance", of="village").total.total == 0


def test_eleven_national_and_fifteen_provincial_key_counties_are_26(session: Session) -> None:
    nation = factories.region(session, "中国", "0", "nation")
    province = factories.region(session, "陕西省", "61", "province", nation)
    city = factories.region(session, "宝鸡市", "6103", "city", province)
    for k, county in enumerate(regions(session, city, "county", 30, "县", "6103")):
        if k < 26:
            listed(session, county, "national" if k < 11 else "provincial")
    session.flush()
    asked = Filter(day=DAY, area_path=province.region_path)
    found = key_lists(session, province, asked, kind="key_assistance", of="county")
    assert (found.total.listed, found.total.total) == ({"national": 11, "provincial": 15}, 26)


@pytest.fixture
def county(session: Session, city: Region) -> Region:
    """139 villages with 1,045 natural villages; 99 clinics are as they should be."""
    load_defaults(session)
    county = factories.region(session, "甲县", "610399", "county", city)
    town = factories.region(session, "乙镇", "610399101", "town", county)
    for k, region in enumerate(regions(session, town, "village", 139, "村", "610399101")):
        income = [Decimal(900_000)] * 8 + [Decimal(20_000)] * 2 + [Decimal(200_000)] * 55
        session.add(
            Village(
                region_id=region.id,
                name=region.name,
                kind="village",
                village_class="other",
                collective_income=income[k] if k < 65 else None,
                plan_done=k < 14,
            )
        )
        clinic = {100: (None, 1), 101: (95, 0), 102: (60, 1), 103: (None, None)}.get(k, (90, 1))
        if k < 104:
            session.add(
                Facility(
                    region_id=region.id,
                    name=f"{region.name}卫生室",
                    type="clinic",
                    level="village",
                    area_m2=clinic[0],
                    staff=clinic[1],
                    status="idle" if k == 99 else "in_use",
                    opened_on=dt.date(2018, 5, 1),
                )
            )
        for n in range(8 if k < 72 else 7):
            at = k * 8 + n if k < 72 else 576 + (k - 72) * 7 + n
            session.add(
                NaturalVillage(
                    region_id=region.id,
                    name=f"庄{n}",
                    households=40,
                    sanitary_toilets=40 if at < 841 else 8 if at < 927 else 7,
                    waste_collected=at < 989,
                )
            )
    session.flush()
    return county


def test_villages_and_natural_villages_are_counted_as_such(session: Session, county: Region) -> None:
    asked = Filter(day=DAY, area_path=county.region_path)
    [clinic] = [row for row in requirements(session, asked) if row.type == "clinic"]
    ratios = village_ratios(session, asked)
    assert (clinic.villages, ratios[WASTE].whole) == (139, 1045)
    assert str(ratios[WASTE].percent) == "94.6"
    assert ratios[WASTE].met is True


def test_clinics_of_90_square_metres_with_a_doctor_give_a_list_of_villages_below(
    session: Session, county: Region
) -> None:
    asked = Filter(day=DAY, area_path=county.region_path)
    [clinic] = [row for row in requirements(session, asked) if row.type == "clinic"]
    assert (clinic.min_area_m2, clinic.min_staff) == (90, 1)
    assert (clinic.met, clinic.below) == (99, 40)
    assert clinic.faults == {"absent": 35, "closed": 1, "area": 1, "staff": 1, "unknown": 2}
    rows = villages_below(session, asked, "clinic")
    assert [row.name for row in rows[:5]] == ["村100", "村101", "村102", "村103", "村104"]
    assert [row.fault for row in rows[:5]] == ["closed", "unknown", "staff", "area", "unknown"]
    assert [row.name for row in villages_below(session, asked, "clinic", fault="area")] == ["村103"]
    before = Filter(day=dt.date(2018, 4, 30), area_path=county.region_path)
    assert [row.below for row in requirements(session, before) if row.type == "clinic"] == [139]


def test_a_better_second_facility_speaks_for_its_village(session: Session, county: Region) -> None:
    asked = Filter(day=DAY, area_path=county.region_path)
    [small] = villages_below(session, asked, "clinic", fault="area")
    region_id = session.get_one(Village, small.id).region_id
    session.add(Facility(region_id=region_id, name="新卫生室", type="clinic", level="village", area_m2=120, staff=2))
    session.flush()
    assert villages_below(session, asked, "clinic", fault="area") == []


def test_a_village_is_judged_by_the_nearest_standard_of_the_day(session: Session, county: Region) -> None:
    later = dt.date(2027, 1, 1)
    session.add(
        FacilityStandard(
            type="clinic", level="village", region_id=county.id, min_area_m2=60, mandatory=True, valid_from=later
        )
    )
    session.flush()
    asked = Filter(day=later, area_path=county.region_path)
    [clinic] = [row for row in requirements(session, asked) if row.type == "clinic"]
    assert (clinic.min_area_m2, clinic.min_staff, clinic.faults) == (
        60,
        None,
        {"absent": 35, "closed": 1, "unknown": 2},
    )
    above = session.get_one(Region, county.parent_id)
    [clinic] = [
        row for row in requirements(session, Filter(day=later, area_path=above.region_path)) if row.type == "clinic"
    ]
    assert (clinic.min_area_m2, clinic.elsewhere, clinic.below) == (90, True, 38)


def test_strong_villages_are_12_3_and_weak_ones_3_1_percent_of_those_whose_income_is_known(
    session: Session, county: Region
) -> None:
    ratios = village_ratios(session, Filter(day=DAY, area_path=county.region_path))
    assert (str(ratios[STRONG].percent), str(ratios[WEAK].percent)) == ("12.3", "3.1")
    assert (ratios[STRONG].whole, ratios[STRONG].unknown) == (65, 74)


def test_sanitary_toilets_reach_84_1_percent_of_households(session: Session, county: Region) -> None:
    ratio = village_ratios(session, Filter(day=DAY, area_path=county.region_path))[TOILETS]
    assert (ratio.part, ratio.whole, str(ratio.percent)) == (35_154, 41_800, "84.1")


def test_sixteen_village_plans_are_the_target(session: Session, county: Region) -> None:
    asked = Filter(day=DAY, area_path=county.region_path)
    assert (village_ratios(session, asked)[PLANS].part, village_ratios(session, asked)[PLANS].whole) == (14, 139)
    session.add(Threshold(code=PLANS, region_id=county.id, value=16, valid_from=dt.date(2026, 1, 1)))
    session.flush()
    ratio = village_ratios(session, asked)[PLANS]
    assert (ratio.part, ratio.whole, ratio.lacking, str(ratio.percent)) == (14, 16, 2, "87.5")


def test_an_area_without_villages_has_no_share(session: Session, city: Region) -> None:
    ratio = village_ratios(session, Filter(day=DAY, area_path=city.region_path))[STRONG]
    assert (ratio.percent, ratio.met) == (None, None)


def test_a_share_is_rounded_once_to_the_decimals_of_its_figure() -> None:
    assert str(percentage(1_692, 4_275, 2)) == "39.58"
    assert str(percentage(129_678, 129_639, 2)) == "100.03"
    assert percentage(3, 0, 2) is None
