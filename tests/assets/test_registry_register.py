"""Registering assets: what is kept, and everything that is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from shapely.geometry import LineString, Point
from sqlalchemy import func, select

from assets.errors import NotAllowed
from assets.projects.models import ProjectStage
from assets.regions.models import RegionSuccessor
from assets.registry.models import Asset, OperatingPeriod, ValueEvent
from assets.registry.service import register_asset
from tests import factories
from tests.assets.desk import DAY, Desk, refused

BUILT = dt.date(2024, 5, 1)


def test_a_registered_asset_has_a_code_a_value_and_a_status(desk: Desk) -> None:
    before = desk.last_entry()
    asset = desk.register()
    assert asset.code.startswith("610327-G2024-")
    assert asset.pinyin == "dalicunxushuichi"
    event = desk.session.scalars(select(ValueEvent).where(ValueEvent.asset_id == asset.id)).one()
    assert (event.kind, event.occurred_on, event.amount_yuan) == ("new", BUILT, 190_000)
    period = desk.session.scalars(select(OperatingPeriod).where(OperatingPeriod.asset_id == asset.id)).one()
    assert (period.status, period.valid_from) == ("operating", BUILT)
    assert desk.entries(before) == [("registry.register_asset", "asset"), ("registry.add_value", "value_event")]


def test_codes_are_never_used_twice(desk: Desk) -> None:
    first = desk.register(name="一号蓄水池")
    with desk.session.begin_nested() as attempt:
        lost = desk.register(name="二号蓄水池").code
        attempt.rollback()
    third = desk.register(name="三号蓄水池")
    serials = [int(code[-6:]) for code in (first.code, lost, third.code)]
    assert serials == [serials[0], serials[0] + 1, serials[0] + 2]


def test_only_a_name_class_and_place_are_needed(desk: Desk) -> None:
    asset = register_asset(
        desk.session,
        name="大力村老戏台",
        asset_class="public",
        region_id=desk.tree.north_villages[0].id,
        papers_missing=True,
        today=DAY,
    )
    assert asset.code.startswith("610327-G2026-")
    assert desk.session.scalar(select(func.count()).where(ValueEvent.asset_id == asset.id)) == 0


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"name": " "}, "name", "name of 2 to"),
        ({"name": "长" * 201}, "name", "too long"),
        ({"asset_class": "other"}, "asset_class", "one of the list"),
        ({"sector": "spaceflight"}, "sector", "one of the list"),
        ({"type": "rocket"}, "type", "one of the list"),
        ({"form": "liquid"}, "form", "one of the list"),
        ({"built_on": dt.date(2011, 12, 31)}, "built_on", "too early"),
        ({"built_on": DAY + dt.timedelta(1)}, "built_on", "still to come"),
        ({"handed_over_on": dt.date(2024, 4, 30)}, "handed_over_on", "cannot be handed over before"),
        ({"certified_on": dt.date(2024, 4, 30)}, "certified_on", "cannot be certified before"),
        ({"certified_on": DAY, "operating_status": "under_construction"}, "certified_on", "under construction"),
        ({"operating_status": "disposed"}, "operating_status", "own procedure"),
        ({"quantity": Decimal(0), "unit": "座"}, "quantity", "more than 0"),
        ({"quantity": Decimal(3)}, "unit", "in which unit"),
        ({"unit": "座"}, "quantity", "goes with the unit"),
        ({"useful_life_years": 0}, "useful_life_years", "1 to"),
        ({"useful_life_years": 101}, "useful_life_years", "1 to"),
        ({"original_value_yuan": Decimal(0)}, "original_value_yuan", "changes nothing"),
        ({"original_value_yuan": Decimal(-5_000)}, "original_value_yuan", "more than 0"),
        ({"original_value_yuan": Decimal(1_000_000_001)}, "original_value_yuan", "cannot be right"),
        ({"original_value_yuan": None}, "original_value_yuan", "fill in the amount"),
        ({"fund_source": "lottery win"}, "fund_source", "one of the list"),
        ({"project_id": 987_654_321}, "project_id", "no such project"),
        ({"region_id": None}, "region_id", "choose the place"),
        ({"region_id": 987_654_321}, "region_id", "no such place"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(desk: Desk, values: dict[str, Any], field: str, said: str) -> None:
    problems = refused(desk.register, **values)
    assert said in problems[field].message
    assert problems[field].doubt is None
    assert desk.session.scalar(select(func.count(Asset.id))) == 0


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"quantity": Decimal(1), "unit": "批"}, "one_lot"),
        ({"original_value_yuan": Decimal(100_000_001)}, "large_value"),
        ({"original_value_yuan": Decimal(19)}, "small_value"),
        ({"type": "cold_store"}, "type_of_class"),
    ],
)
def test_what_is_unlikely_passes_once_confirmed(desk: Desk, values: dict[str, Any], key: str) -> None:
    assert [problem.doubt for problem in refused(desk.register, **values).values()] == [key]
    assert desk.register(**values, confirmed={key}).id


def test_everything_wrong_is_told_at_once(desk: Desk) -> None:
    problems = refused(desk.register, name="", useful_life_years=500, built_on=dt.date(1999, 1, 1), fund_source="x")
    assert set(problems) == {"name", "useful_life_years", "built_on", "fund_source"}


def test_an_asset_lies_in_a_village_or_a_town(desk: Desk) -> None:
    desk.seat("planner", desk.tree.county)
    assert "is larger" in refused(desk.register, region_id=desk.tree.county.id)["region_id"].message
    assert desk.register(region_id=desk.tree.north.id).region_id == desk.tree.north.id


def test_a_merged_village_names_what_it_became(desk: Desk) -> None:
    old, new = desk.tree.north_villages
    old.valid_to = dt.date(2025, 1, 1)
    desk.session.add(RegionSuccessor(region_id=old.id, successor_id=new.id, kind="merged", effective_on=old.valid_to))
    desk.session.flush()
    problem = refused(desk.register)["region_id"]
    assert problem.data["successors"] == "八渡镇 › 八渡村" or "八渡村" in problem.data["successors"]


def bordered(desk: Desk) -> None:
    """Give the two villages of the north a border each, side by side."""
    for village, west in zip(desk.tree.north_villages, (106.0, 106.1), strict=True):
        box = f"SRID=4490;MULTIPOLYGON((({west} 34, {west + 0.1} 34, {west + 0.1} 35, {west} 35, {west} 34)))"
        village.geom = village.shape = box
    desk.session.flush()


def test_a_position_outside_its_village_is_doubted_with_both_names(desk: Desk) -> None:
    bordered(desk)
    problem = refused(desk.register, geom=Point(106.15, 34.5))["geom"]
    assert problem.doubt == "outside_region"
    assert "大力村" in problem.data["region"]
    assert "八渡村" in problem.data["where"]
    assert desk.register(geom=Point(106.15, 34.5), confirmed={"outside_region"}).geom is not None


def test_a_road_that_leaves_its_village_lies_in_it_still(desk: Desk) -> None:
    bordered(desk)
    assert desk.register(geom=LineString([(106.05, 34.5), (106.15, 34.5)])).id


def test_the_place_follows_from_the_position(desk: Desk) -> None:
    bordered(desk)
    asset = desk.register(region_id=None, geom=Point(106.15, 34.5))
    assert asset.region_id == desk.tree.north_villages[1].id


def test_a_point_shared_by_many_is_doubted(desk: Desk) -> None:
    here = "SRID=4490;POINT(106.05 34.5)"
    for number in range(21):
        desk.made(factories.asset, desk.tree.north_villages[0], geom=here, name=f"路灯{number}号杆", value_yuan=None)
    problem = refused(desk.register, geom=Point(106.05, 34.5))["geom"]
    assert (problem.doubt, problem.data["count"]) == ("position_shared", 21)
    assert desk.register(geom=Point(106.06, 34.5)).id


@pytest.mark.parametrize("name", ["大力村蓄水池", "大力村 蓄水池", "蓄水池", "大力村蓄水池（新）"])
def test_nearly_the_same_name_in_one_village_is_doubted(desk: Desk, name: str) -> None:
    first = desk.register()
    problem = refused(desk.register, name=name)["name"]
    assert (problem.doubt, problem.data["asset_id"]) == ("duplicate", first.id)
    assert desk.register(name=name, confirmed={"duplicate"}).id != first.id


@pytest.mark.parametrize("name", ["大力村卫生室", "大力村蓄水池(三组)", "大力村产业路"])
def test_another_thing_is_not_taken_for_the_same(desk: Desk, name: str) -> None:
    desk.register(name="大力村蓄水池(二组)")
    assert desk.register(name=name).id


def test_the_same_name_in_another_village_is_another_asset(desk: Desk) -> None:
    desk.register()
    assert desk.register(region_id=desk.tree.north_villages[1].id).id


def test_certification_and_handover_need_acceptance_not_final_accounts(desk: Desk) -> None:
    project = desk.made(factories.project, desk.tree.north_villages[0], stage="finished")
    dated: dict[str, Any] = {"handed_over_on": dt.date(2024, 9, 1), "certified_on": dt.date(2024, 9, 2)}
    problems = refused(desk.register, project_id=project.id, **dated)
    assert "has not been accepted" in problems["handed_over_on"].message
    assert "has not been accepted" in problems["certified_on"].message
    desk.session.add(ProjectStage(project_id=project.id, stage="accepted", reached_on=dt.date(2024, 9, 3)))
    desk.session.flush()
    assert "was accepted on" in refused(desk.register, project_id=project.id, **dated)["certified_on"].message
    assert desk.register(project_id=project.id, handed_over_on=dt.date(2024, 9, 3)).id


def test_the_assets_of_a_project_are_not_worth_more_than_its_budget_unless_confirmed(desk: Desk) -> None:
    project = desk.made(factories.project, desk.tree.north_villages[0], budget_yuan=150_000)
    assert refused(desk.register, project_id=project.id)["project_id"].doubt == "above_cost"


def test_a_second_household_batch_of_one_project_village_and_year_is_doubted(desk: Desk) -> None:
    project = desk.made(factories.project, desk.tree.north_villages[0])
    batch: dict[str, Any] = {"asset_class": "household", "sector": "agriculture", "project_id": project.id}
    first = desk.register(name="大力村鸡苗发放", **batch)
    problem = refused(desk.register, name="大力村化肥发放", **batch)["asset_class"]
    assert (problem.doubt, problem.data["code"]) == ("second_batch", first.code)
    assert desk.register(name="大力村化肥发放", **batch | {"built_on": dt.date(2025, 5, 1)}).id


@pytest.mark.parametrize("role", ["leader", "auditor", "viewer", "caretaker"])
def test_who_keeps_no_records_may_not_register(desk: Desk, role: str) -> None:
    desk.seat(role)
    with pytest.raises(NotAllowed):
        desk.register()


def test_a_clerk_registers_in_the_own_town_only(desk: Desk) -> None:
    problem = refused(desk.register, region_id=desk.tree.south_villages[0].id)["region_id"]
    assert "no such place in your area" in problem.message


def test_a_department_registers_in_its_sectors_only(desk: Desk) -> None:
    desk.seat("department", desk.tree.county, sectors=frozenset({"water"}))
    assert "own sectors" in refused(desk.register, sector="transport")["sector"].message
    assert desk.register(sector="water").id
