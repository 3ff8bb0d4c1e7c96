"""Villages, natural villages and sites: what may be entered, what is refused, what stays of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from shapely.geometry import Point, box
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.audit import AuditEntry
from assets.errors import NotAllowed, Unacceptable
from assets.filters import Filter
from assets.places import natural_villages, queries, sites, villages
from assets.places.models import Facility, NaturalVillage, RelocationSite, Village
from assets.regions.borders import attach_borders
from assets.scope import Reach, Viewer, bind_viewer
from tests import factories
from tests.assets.refusals import refused_today
from tests.factories import DAY, Tree

VILLAGE: dict[str, Any] = {
    "kind": "village",
    "village_class": "clustered",
    "lifted_out_of_poverty": True,
    "plan_done": False,
    "households": 400,
    "pop_registered": 1_500,
    "pop_resident": 1_200,
    "collective_income": Decimal(180_000),
    "lead_industry": "奶山羊",
    "elevation_m": 1_020,
    "geom": None,
    "source": None,
}
SITE: dict[str, Any] = {
    "name": "大力村集中安置点",
    "type": "rural",
    "built_year": 2017,
    "housing_units": 80,
    "households_moved": 78,
    "persons_moved": 300,
    "households_occupied": 76,
    "certificates_issued": 80,
    "old_houses_demolished": 70,
    "labour_force": 160,
    "employed": 150,
    "zero_employment_households": 0,
    "workshops": 1,
    "management_body": "大力村村民委员会",
    "geom": None,
    "source": None,
}
NATURAL: dict[str, Any] = {
    "name": "槐树",
    "households": 40,
    "pop_resident": 120,
    "waste_collected": True,
    "sanitary_toilets": 36,
    "tap_water": True,
    "paved_road": None,
    "geom": None,
    "source": None,
}


@pytest.fixture
def tree(session: Session) -> Tree:
    return factories.tree(session)


@pytest.fixture
def village(session: Session, tree: Tree) -> Village:
    return villages.register_village(session, region_id=tree.north_villages[0].id, today=DAY, **VILLAGE)


def test_a_village_is_registered_once_with_one_audit_entry(session: Session, tree: Tree, village: Village) -> None:
    assert (village.name, village.region_path) == ("大力村", tree.north_villages[0].region_path)
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.table_name == "village")).all()
    assert actions == ["places.register_village"]
    again = refused_today(villages.register_village, session, region_id=tree.north_villages[0].id, **VILLAGE)
    assert again == {"region_id": None}


@pytest.mark.parametrize(
    ("changed", "field", "doubt"),
    [
        ({"kind": "town"}, "kind", None),
        ({"kind": "community"}, "kind", None),
        ({"village_class": "large"}, "village_class", None),
        ({"households": -1}, "households", None),
        ({"pop_registered": 399, "pop_resident": 390}, "pop_registered", None),
        ({"pop_registered": 9_000}, "households", "household_size"),
        ({"pop_resident": 6_000}, "pop_resident", "residents"),
        ({"collective_income": Decimal(-5)}, "collective_income", None),
        ({"collective_income": Decimal(18)}, "collective_income", "income"),
        ({"collective_income": Decimal(60_000_000)}, "collective_income", "income"),
        ({"elevation_m": 9_000}, "elevation_m", None),
        ({"lead_industry": "羊" * 101}, "lead_industry", None),
    ],
)
def test_impossible_facts_of_a_village_are_refused_and_unlikely_ones_asked(
    session: Session, tree: Tree, changed: dict[str, Any], field: str, doubt: str | None
) -> None:
    where = tree.north_villages[0].id
    assert refused_today(villages.register_village, session, region_id=where, **(VILLAGE | changed)) == {field: doubt}
    if doubt is not None:
        made = villages.register_village(session, region_id=where, today=DAY, confirmed={doubt}, **(VILLAGE | changed))
        assert made.id


def test_a_town_is_no_village(session: Session, tree: Tree) -> None:
    assert refused_today(villages.register_village, session, region_id=tree.north.id, **VILLAGE) == {"region_id": None}


def test_an_ended_region_takes_no_village(session: Session, tree: Tree) -> None:
    tree.north_villages[1].valid_to = dt.date(2025, 1, 1)
    session.flush()
    told = refused_today(villages.register_village, session, region_id=tree.north_villages[1].id, **VILLAGE)
    assert told == {"region_id": None}


def test_a_clerk_registers_in_the_own_town_only(session: Session, tree: Tree) -> None:
    reach = Reach("clerk", tree.north.id, tree.north.region_path)
    clerk = bind_viewer(session, Viewer(account_id=1, username="clerk", reaches=(reach,)))
    with pytest.raises(NotAllowed):
        villages.register_village(clerk, region_id=tree.south_villages[0].id, today=DAY, **VILLAGE)
    assert villages.register_village(clerk, region_id=tree.north_villages[0].id, today=DAY, **VILLAGE).created_by == 1


def test_a_correction_that_changes_nothing_leaves_nothing(session: Session, village: Village) -> None:
    villages.correct_village(session, village.id, revision=1, reason="核对", today=DAY, **VILLAGE)
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.table_name == "village")).all()
    assert actions == ["places.register_village"]


def test_a_corrected_village_keeps_its_region_and_says_why(session: Session, village: Village) -> None:
    villages.correct_village(
        session, village.id, revision=1, reason="入户核实", today=DAY, **(VILLAGE | {"households": 410})
    )
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "places.correct_village")).one()
    assert (entry.reason, entry.changes) == ("入户核实", {"households": [400, 410]})


def test_a_village_cannot_have_fewer_households_than_its_natural_villages(
    session: Session, tree: Tree, village: Village
) -> None:
    where = tree.north_villages[0].id
    natural_villages.register_natural_village(
        session, region_id=where, today=DAY, **(NATURAL | {"households": 350, "pop_resident": 900})
    )
    told = refused_today(
        villages.correct_village, session, village.id, revision=1, reason="核对", **(VILLAGE | {"households": 300})
    )
    assert told == {"households": "natural_villages"}
    other = NATURAL | {"name": "柳林", "households": 60}
    told = refused_today(natural_villages.register_natural_village, session, region_id=where, **other)
    assert told == {"households": "more_households"}


@pytest.mark.parametrize(
    ("changed", "field", "doubt"),
    [
        ({"name": " "}, "name", None),
        ({"sanitary_toilets": 41}, "sanitary_toilets", None),
        ({"households": None}, "households", None),
        ({"pop_resident": 700}, "pop_resident", "household_size"),
        ({"pop_resident": -1}, "pop_resident", None),
    ],
)
def test_impossible_facts_of_a_natural_village_are_refused(
    session: Session, tree: Tree, village: Village, changed: dict[str, Any], field: str, doubt: str | None
) -> None:
    where = tree.north_villages[0].id
    told = refused_today(natural_villages.register_natural_village, session, region_id=where, **(NATURAL | changed))
    assert told == {field: doubt}


def test_a_village_has_each_natural_village_once(session: Session, tree: Tree, village: Village) -> None:
    first, second = tree.north_villages
    natural_villages.register_natural_village(session, region_id=first.id, today=DAY, **NATURAL)
    assert refused_today(natural_villages.register_natural_village, session, region_id=first.id, **NATURAL) == {
        "name": None
    }
    assert natural_villages.register_natural_village(session, region_id=second.id, today=DAY, **NATURAL).id


def test_a_natural_village_belongs_to_a_village(session: Session, tree: Tree) -> None:
    told = refused_today(natural_villages.register_natural_village, session, region_id=tree.north.id, **NATURAL)
    assert told == {"region_id": None}


def test_what_was_confirmed_once_is_not_asked_again_at_the_next_correction(
    session: Session, tree: Tree, village: Village
) -> None:
    first = tree.north_villages[0]
    attach_borders(session, {first.code: box(106.5, 34.6, 106.7, 34.8)}, level="village", day=DAY, source="测试")
    away: dict[str, Any] = {"geom": Point(106.9, 34.7)}
    site = SITE | away | {"households_moved": 81, "persons_moved": 900}
    doubts = {"outside_region", "far", "more_households", "household_size", "residents", "income"}
    told = VILLAGE | away | {"pop_resident": 6_000, "collective_income": Decimal(18)}
    villages.correct_village(session, village.id, revision=1, reason="补充", today=DAY, confirmed=doubts, **told)
    made = sites.register_site(session, region_id=first.id, today=DAY, confirmed=doubts, **site)
    other = NATURAL | {"geom": Point(106.4, 34.7), "pop_resident": 600}
    natural = natural_villages.register_natural_village(
        session, region_id=first.id, today=DAY, confirmed=doubts, **other
    )
    again: dict[str, Any] = {"revision": None, "reason": "补来源", "today": DAY}
    renewed = {"source": "乡镇台账"}
    villages.correct_village(session, village.id, **again, **(told | renewed))
    sites.correct_site(session, made.id, region_id=first.id, **again, **(site | renewed))
    natural_villages.correct_natural_village(session, natural.id, region_id=first.id, **again, **(other | renewed))
    assert {village.source, made.source, natural.source} == {"乡镇台账"}
    moved = site | {"geom": Point(106.91, 34.7)}
    with pytest.raises(Unacceptable):
        sites.correct_site(session, made.id, region_id=first.id, **again, **moved)


def test_a_site_of_a_village_merged_since_can_be_set_right_where_it_is(session: Session, tree: Tree) -> None:
    first, second = tree.north_villages
    made = sites.register_site(session, region_id=first.id, today=DAY, **SITE)
    first.valid_to = second.valid_to = dt.date(2026, 1, 1)
    session.flush()
    again: dict[str, Any] = {"revision": None, "reason": "补来源", "today": DAY}
    sites.correct_site(session, made.id, region_id=first.id, **again, **(SITE | {"source": "乡镇台账"}))
    assert made.source == "乡镇台账"
    with pytest.raises(Unacceptable):
        sites.correct_site(session, made.id, region_id=second.id, **again, **SITE)


def test_a_natural_village_lies_in_its_village_and_near_it(session: Session, tree: Tree, village: Village) -> None:
    borders = {tree.north_villages[0].code: box(106.5, 34.6, 106.7, 34.8)}
    attach_borders(session, borders, level="village", day=DAY, source="测试")
    where = tree.north_villages[0].id
    villages.correct_village(
        session, village.id, revision=1, reason="补位置", today=DAY, **(VILLAGE | {"geom": Point(106.6, 34.7)})
    )

    def told(lon: float, lat: float) -> dict[str, str | None]:
        place = NATURAL | {"geom": Point(lon, lat)}
        return refused_today(natural_villages.register_natural_village, session, region_id=where, **place)

    with pytest.raises(Unacceptable) as caught:
        natural_villages.register_natural_village(
            session, region_id=where, today=DAY, **(NATURAL | {"geom": Point(106.9, 34.7)})
        )
    assert {problem.doubt for problem in caught.value.problems} == {"outside_region", "far"}
    assert told(106.69, 34.79) == {"geom": "far"}
    near = NATURAL | {"geom": Point(106.61, 34.71)}
    assert natural_villages.register_natural_village(session, region_id=None, today=DAY, **near).region_id == where


@pytest.mark.parametrize(
    ("changed", "field", "doubt"),
    [
        ({"name": "点"}, "name", None),
        ({"type": "mixed"}, "type", None),
        ({"built_year": 1999}, "built_year", None),
        ({"built_year": DAY.year + 1}, "built_year", None),
        ({"households_occupied": 79}, "households_occupied", None),
        ({"certificates_issued": 81}, "certificates_issued", None),
        ({"old_houses_demolished": 79}, "old_houses_demolished", None),
        ({"labour_force": 301}, "labour_force", None),
        ({"employed": 161}, "employed", None),
        ({"zero_employment_households": 79}, "zero_employment_households", None),
        ({"workshops": -1}, "workshops", None),
        ({"housing_units": 60, "certificates_issued": 60}, "households_moved", "more_households"),
        ({"persons_moved": 70, "labour_force": 60, "employed": 60}, "persons_moved", "household_size"),
        ({"employed": 160, "zero_employment_households": 3}, "zero_employment_households", "without_work"),
    ],
)
def test_impossible_numbers_of_a_site_are_refused_and_unlikely_ones_asked(
    session: Session, tree: Tree, changed: dict[str, Any], field: str, doubt: str | None
) -> None:
    where = tree.north_villages[0].id
    assert refused_today(sites.register_site, session, region_id=where, **(SITE | changed)) == {field: doubt}
    if doubt is not None:
        assert sites.register_site(session, region_id=where, today=DAY, confirmed={doubt}, **(SITE | changed)).id


def test_everything_wrong_with_a_site_is_told_at_once(session: Session, tree: Tree) -> None:
    wrong = SITE | {"built_year": 2050, "employed": 900, "households_occupied": 500}
    told = refused_today(sites.register_site, session, region_id=tree.north_villages[0].id, **wrong)
    assert set(told) == {"built_year", "employed", "households_occupied"}
    assert session.scalars(select(RelocationSite)).all() == []


def test_a_withdrawn_natural_village_is_absent_from_its_day_on(session: Session, tree: Tree) -> None:
    record = natural_villages.register_natural_village(
        session, region_id=tree.north_villages[0].id, today=DAY, **NATURAL
    )
    natural_villages.retire_natural_village(
        session, record.id, revision=1, on=dt.date(2026, 6, 1), reason="整体搬迁", today=DAY
    )

    def there(day: dt.date) -> int:
        return len(session.scalars(queries.natural_villages(Filter(day=day), NaturalVillage.id)).all())

    assert (there(dt.date(2026, 5, 31)), there(dt.date(2026, 6, 1))) == (1, 0)


def test_a_facility_that_closed_later_was_in_use_before(session: Session, tree: Tree) -> None:
    school = Facility(
        region_id=tree.north_villages[0].id,
        name="大力村小学",
        type="primary_school",
        level="village",
        status="closed",
        closed_on=dt.date(2025, 9, 1),
    )
    session.add(school)
    session.flush()
    assert queries.find_facility_status(session, school.id, day=dt.date(2025, 8, 31)) == "in_use"
    assert queries.find_facility_status(session, school.id, day=dt.date(2025, 9, 1)) == "closed"
