"""Villages, relocation sites and facilities come in as their forms would enter them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Point
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.audit import Deed
from assets.errors import Unacceptable
from assets.imports.kinds import facility, site, village
from assets.places.facilities import register_facility
from assets.places.models import Facility, RelocationSite, Village
from assets.places.sites import NUMBERS, correct_site, register_site
from assets.places.villages import register_village
from assets.regions.positions import to_column
from assets.terms.defaults import load_defaults
from tests import factories
from tests.imports.kind_desk import DAY, Ledgers, columns_of, entered, looked_at, told, verdicts

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def tree(session: Session) -> factories.Tree:
    load_defaults(session)
    return factories.tree(session)


@pytest.fixture
def county(session: Session, tree: factories.Tree) -> Ledgers:
    return Ledgers(session, tree.county)


VILLAGE: dict[str, Any] = {"town": "八渡镇", "village": "大力村", "village_class": "clustered"}
SITE: dict[str, Any] = {"name": "大力安置点", "type": "rural", "town": "八渡镇", "village": "大力村"}
FACILITY: dict[str, Any] = {
    "name": "大力村卫生室",
    "type": "clinic",
    "level": "village",
    "town": "八渡镇",
    "village": "大力村",
}
_counts = st.none() | st.integers(-1, 400) | st.integers(0, 200_000)
_villages = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["village", "community"]),
        "village_class": st.sampled_from(["clustered", "suburban", "other"]),
        "lifted_out_of_poverty": st.booleans(),
        "households": _counts,
        "pop_registered": _counts,
        "pop_resident": _counts,
        "collective_income": st.none() | st.decimals(-1, 200_000_000, places=2),
        "lead_industry": st.none() | st.sampled_from(["核桃", "奶山羊"]),
        "plan_done": st.booleans(),
        "elevation_m": st.none() | st.integers(-1, 7_000),
        "source": st.none() | st.just("村统计表"),
    }
)
_sites = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["大力安置点", "八渡新居", "点"]),
        "type": st.sampled_from(["urban", "rural"]),
        "built_year": st.none() | st.integers(1999, 2028),
        **{name: st.none() | st.integers(-1, 60) for name in NUMBERS},
        "management_body": st.none() | st.just("大力村社区"),
        "source": st.none(),
    }
)
_days = st.none() | st.dates(dt.date(2010, 1, 1), dt.date(2028, 1, 1))
_facilities = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["大力村卫生室", "大力幼儿园"]),
        "type": st.sampled_from(["clinic", "no_such_type"]),
        "level": st.sampled_from(["village", "town"]),
        "status": st.sampled_from(["in_use", "idle", "closed", "planned"]),
        "area_m2": st.none() | st.decimals(0, 30_000, places=1),
        "capacity": st.none() | st.integers(0, 9_000),
        "staff": st.none() | st.integers(0, 9_000),
        "opened_on": _days,
        "closed_on": _days,
        "source": st.none(),
    }
)


def _compare(county: Ledgers, kind: Any, row: dict[str, Any], register: Any, entity: Any, where: Any) -> None:
    """What the service enters is what the ledger enters; what it refuses is rejected."""
    session = county.session
    facts = {key: value for key, value in row.items() if key not in ("town", "village")}
    expected: dict[str, Any] | None = None
    deed: dict[str, Any] | None = None
    with session.begin_nested() as outer:
        try:
            made = register(session, today=DAY, **facts, region_id=where.id, geom=None)
            session.flush()
            session.refresh(made)
            expected = columns_of(made)
            deed = session.scalars(select(Deed).order_by(Deed.id.desc())).first().changes  # type: ignore[union-attr]
        except Unacceptable:
            pass
        outer.rollback()
    session.expire_all()
    with session.begin_nested() as outer:
        staging = looked_at(county, kind, [row])
        assert (verdicts(staging) == ["new"]) == (expected is not None), told(staging)
        if expected is not None:
            kind.write(staging)
            record = session.get_one(entity, session.scalar(select(staging.rows.c.record_id)))
            assert columns_of(record) == expected
            last = session.scalars(select(Deed).order_by(Deed.id.desc())).first()
            assert last is not None and deed is not None
            assert set(last.changes or {}) == {key for key in deed if key != "id"}
        outer.rollback()
    session.expire_all()


@QUICK
@given(facts=_villages)
def test_a_village_is_entered_as_its_service_would(
    county: Ledgers, tree: factories.Tree, facts: dict[str, Any]
) -> None:
    _compare(county, village.KIND, VILLAGE | facts, register_village, Village, tree.north_villages[0])


@QUICK
@given(facts=_sites)
def test_a_site_is_entered_as_its_service_would(county: Ledgers, tree: factories.Tree, facts: dict[str, Any]) -> None:
    _compare(county, site.KIND, SITE | facts, register_site, RelocationSite, tree.north_villages[0])


@QUICK
@given(facts=_facilities)
def test_a_facility_is_entered_as_its_service_would(
    county: Ledgers, tree: factories.Tree, facts: dict[str, Any]
) -> None:
    _compare(county, facility.KIND, FACILITY | facts, register_facility, Facility, tree.north_villages[0])


@pytest.mark.parametrize(
    ("kind", "row"), [(village.KIND, VILLAGE), (site.KIND, SITE), (facility.KIND, FACILITY)], ids=["v", "s", "f"]
)
def test_the_same_ledger_again_changes_nothing(county: Ledgers, kind: Any, row: dict[str, Any]) -> None:
    facts = row | {"source": "2026年台账"}
    [number] = entered(county, kind, [facts])
    again = looked_at(county, kind, [facts])
    assert (verdicts(again), told(again)) == (["same"], [])
    if kind is not village.KIND:
        by_number = looked_at(county, kind, [facts | {"record_number": str(number), "name": "另一名称"}])
        assert verdicts(by_number) == ["changed"]


def test_a_changed_figure_changes_that_alone(county: Ledgers, session: Session) -> None:
    facts = SITE | {"households_moved": 40, "persons_moved": 120, "management_body": "大力村"}
    [number] = entered(county, site.KIND, [facts])
    since = session.scalar(select(Deed.id).order_by(Deed.id.desc()).limit(1))
    [same] = entered(county, site.KIND, [SITE | {"households_occupied": 38}])
    assert same == number
    record = session.get_one(RelocationSite, number)
    assert (record.households_moved, record.households_occupied, record.revision) == (40, 38, 2)
    [deed] = session.scalars(select(Deed).where(Deed.id > since))
    assert (deed.action, deed.changes) == ("places.correct_site", {"households_occupied": [None, 38]})


def test_a_part_is_compared_with_the_whole_that_is_recorded(county: Ledgers) -> None:
    entered(county, site.KIND, [SITE | {"households_moved": 40}])
    staging = looked_at(county, site.KIND, [SITE | {"households_occupied": 41}])
    assert told(staging) == [(1, "site_occupied", "error", None)]


def test_what_was_confirmed_once_is_not_asked_again(county: Ledgers, session: Session, tree: factories.Tree) -> None:
    facts = {key: value for key, value in SITE.items() if key not in ("town", "village")}
    register_site(
        session,
        today=DAY,
        confirmed={"more_households"},
        **facts,
        region_id=tree.north_villages[0].id,
        households_moved=50,
        housing_units=40,
    )
    session.flush()
    rows = [SITE | {"workshops": 2}, SITE | {"name": "八渡新居", "households_moved": 50, "housing_units": 40}]
    assert told(looked_at(county, site.KIND, rows)) == [(2, "site_more_households", "doubt", None)]


def test_a_name_borne_by_another_of_the_place_is_a_doubt(county: Ledgers, session: Session) -> None:
    [_one, other] = entered(county, site.KIND, [SITE, SITE | {"name": "八渡新居"}])
    staging = looked_at(county, site.KIND, [SITE | {"record_number": str(other)}])
    assert told(staging) == [(1, "same_name_there", "doubt", None)]


def test_a_withdrawn_village_is_not_entered_again(county: Ledgers, session: Session, tree: factories.Tree) -> None:
    [number] = entered(county, village.KIND, [VILLAGE])
    session.get_one(Village, number).retired_on = DAY
    session.flush()
    assert [one[1] for one in told(looked_at(county, village.KIND, [VILLAGE]))] == ["record_withdrawn"]


def test_a_neighbours_record_is_not_changed(county: Ledgers, session: Session, tree: factories.Tree) -> None:
    [number] = entered(county, site.KIND, [SITE])
    county.seat("clerk", tree.south)
    staging = looked_at(county, site.KIND, [{"record_number": str(number), "name": "大力安置点"}])
    assert verdicts(staging) == ["rejected"]


def test_a_position_that_stands_in_for_an_unknown_one_is_not_recorded(county: Ledgers, session: Session) -> None:
    where = to_column(Point(106.7, 34.8))
    [number] = entered(county, site.KIND, [SITE | {"geom": where, "position_quality": "village_point"}])
    assert session.get_one(RelocationSite, number).geom is None
    [number] = entered(county, facility.KIND, [FACILITY | {"geom": where, "position_quality": "surveyed"}])
    assert session.get_one(Facility, number).geom == where


def test_thousands_of_numbers_beyond_any_limit_are_told_and_break_nothing(county: Ledgers) -> None:
    rows = [VILLAGE | {"households": 10**14, "collective_income": Decimal(10) ** 15}]
    assert {one[1] for one in told(looked_at(county, village.KIND, rows))} >= {"number_range", "village_income_large"}


def test_a_village_takes_its_kind_from_the_list_of_codes(county: Ledgers, session: Session) -> None:
    [number] = entered(county, village.KIND, [VILLAGE])
    assert session.get_one(Village, number).kind == "village"


def test_a_corrected_site_is_as_its_service_would_correct_it(
    county: Ledgers, session: Session, tree: factories.Tree
) -> None:
    [first] = entered(county, site.KIND, [SITE])
    facts = {key: value for key, value in SITE.items() if key not in ("town", "village")}
    with session.begin_nested() as outer:
        correct_site(
            session,
            first or 0,
            revision=None,
            reason="核对",
            today=DAY,
            **facts | {"type": "urban", "built_year": 2017},
            region_id=tree.north_villages[0].id,
        )
        session.flush()
        expected = columns_of(session.get_one(RelocationSite, first))
        outer.rollback()
    session.expire_all()
    entered(county, site.KIND, [SITE | {"type": "urban", "built_year": 2017}])
    assert columns_of(session.get_one(RelocationSite, first)) == expected
