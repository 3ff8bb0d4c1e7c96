"""Dated rows: versions follow each other, old days stay right, and what is used does not vanish."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.administration.effects import outcome, uses
from assets.administration.reach import may_administer
from assets.administration.versions import add_version, correct_version, end_version
from assets.audit import AuditEntry
from assets.errors import NotAllowed, Unacceptable
from assets.places.models import Village
from assets.scope import Reach, Viewer, bind_viewer
from assets.terms.defaults import DATED, default_rows, load_defaults
from assets.terms.models import ChecklistItem, FacilityStandard, StageStep, Term, Threshold
from assets.terms.queries import checklist, find_term, names, standards
from assets.terms.thresholds import find_threshold
from tests import factories
from tests.assets.refusals import refused_today
from tests.factories import DAY, Tree

NEXT_YEAR = dt.date(2027, 1, 1)


@pytest.fixture
def tree(session: Session) -> Tree:
    tree = factories.tree(session)
    load_defaults(session)
    session.flush()
    return tree


def water(session: Session, on: dt.date = DAY) -> Term:
    found = find_term(session, "sector", "water", day=on)
    assert found is not None
    return found


def label(session: Session, on: dt.date, code: str = "water") -> str | None:
    return names(session, "sector", day=on, language="zh").get(code)


def rename(session: Session, name: str, on: dt.date, **more: Any) -> Term:
    values = {"kind": "sector", "code": "water", "name_zh": name, "name_en": f"Water {name}", "position": 4}
    return add_version(session, Term, valid_from=on, parent_code=None, today=DAY, **(values | more))


def as_administrator(session: Session, tree: Tree, at: Any = None) -> Session:
    region = at or tree.county
    reach = Reach("administrator", region.id, region.region_path)
    return bind_viewer(session, Viewer(account_id=1, username="admin", reaches=(reach,)))


def test_defaults_are_loaded_once_and_only_where_nothing_is(session: Session, tree: Tree) -> None:
    assert load_defaults(session) == 0
    counts = {entity: len(session.scalars(select(entity.id)).all()) for entity in DATED}
    assert counts == {entity: len(default_rows(entity)) for entity in DATED}


def test_what_an_administrator_ended_does_not_come_back(session: Session, tree: Tree) -> None:
    end_version(session, Term, water(session).id, revision=1, on=DAY, reason="机构改革", today=DAY)
    load_defaults(session)
    assert label(session, DAY) is None


def test_a_kind_of_labels_that_is_new_gets_its_defaults(session: Session, tree: Tree) -> None:
    for term in session.scalars(select(Term).where(Term.kind == "code_system")):
        session.delete(term)
    session.flush()
    assert load_defaults(session) == 2


def test_a_new_label_leaves_earlier_days_alone(session: Session, tree: Tree) -> None:
    rename(session, "水务", NEXT_YEAR)
    assert (label(session, dt.date(2026, 12, 31)), label(session, NEXT_YEAR)) == ("水利", "水务")
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.record_id.is_not(None))).all()
    assert sorted(actions) == ["administration.add_version", "administration.end_version"]


def test_a_version_may_be_put_between_two(session: Session, tree: Tree) -> None:
    rename(session, "水务", NEXT_YEAR)
    rename(session, "水政", dt.date(2026, 12, 1))
    assert [
        label(session, dt.date(2026, 11, 30)),
        label(session, dt.date(2026, 12, 15)),
        label(session, NEXT_YEAR),
    ] == [
        "水利",
        "水政",
        "水务",
    ]


def test_a_second_version_on_one_day_is_refused(session: Session, tree: Tree) -> None:
    rename(session, "水务", NEXT_YEAR)
    assert refused_today(rename_with, session, name_zh="水政", valid_from=NEXT_YEAR) == {"valid_from": None}


def rename_with(session: Session, *, today: dt.date, **values: Any) -> Term:
    base = {"kind": "sector", "code": "water", "name_zh": "水务", "name_en": "Waters", "position": 4}
    base |= {"parent_code": None, "valid_from": NEXT_YEAR}
    return add_version(session, Term, today=today, **(base | values))


@pytest.mark.parametrize(
    ("changed", "field", "doubt"),
    [
        ({"name_zh": ""}, "name_zh", None),
        ({"name_zh": "水" * 61}, "name_zh", None),
        ({"name_en": "Energy"}, "name_en", None),
        ({"name_zh": "能源"}, "name_zh", None),
        ({"name_zh": "水利", "name_en": "Water"}, "", None),
        ({"code": "Water!"}, "code", None),
        ({"position": 1_000}, "position", None),
        ({"valid_from": dt.date(1999, 12, 31)}, "valid_from", None),
        ({"valid_from": dt.date(2030, 1, 1)}, "valid_from", None),
        ({"valid_from": dt.date(2026, 1, 1)}, "valid_from", "past"),
        ({"kind": "weather"}, "kind", None),
        ({"kind": "village_class", "code": "drowned"}, "code", None),
    ],
)
def test_impossible_labels_are_refused(
    session: Session, tree: Tree, changed: dict[str, Any], field: str, doubt: str | None
) -> None:
    assert refused_today(rename_with, session, **changed) == {field: doubt}


def test_a_gap_is_asked_about(session: Session, tree: Tree) -> None:
    end_version(session, Term, water(session).id, revision=1, on=DAY, reason="机构改革", today=DAY)
    assert refused_today(rename_with, session) == {"valid_from": "gap"}
    rename_with(session, today=DAY, confirmed={"gap"})
    assert (label(session, DAY), label(session, NEXT_YEAR)) == (None, "水务")


def test_ending_a_code_that_records_use_is_asked_about(session: Session, tree: Tree) -> None:
    factories.asset(session, tree.north_villages[0], sector="water")
    factories.project(session, tree.north_villages[0], sector="water")
    assert [(use.table, use.count) for use in uses(session, water(session))] == [("asset", 1), ("project", 1)]
    told = refused_today(end_version, session, Term, water(session).id, revision=1, on=NEXT_YEAR, reason="机构改革")
    assert told == {"on": "in_use"}


@pytest.mark.parametrize(("kind", "code"), [("village_class", "clustered"), ("right_kind", "ownership")])
def test_codes_of_the_program_do_not_end(session: Session, tree: Tree, kind: str, code: str) -> None:
    term = find_term(session, kind, code, day=DAY)
    assert term is not None
    told = refused_today(end_version, session, Term, term.id, revision=1, on=NEXT_YEAR, reason="不再使用")
    assert told["on"] is None


def test_a_version_that_has_a_successor_does_not_end(session: Session, tree: Tree) -> None:
    old = water(session)
    rename(session, "水务", NEXT_YEAR)
    told = refused_today(end_version, session, Term, old.id, revision=None, on=dt.date(2026, 12, 1), reason="写错")
    assert told is not None


def test_a_used_code_does_not_change(session: Session, tree: Tree) -> None:
    factories.asset(session, tree.north_villages[0], sector="water")
    values = {"valid_from": dt.date(2000, 1, 1), "code": "waters"}
    told = refused_today(correct_version, session, Term, water(session).id, revision=1, reason="改代码", **values)
    assert told["code"] is None


def test_a_correction_of_a_past_label_is_asked_about_and_moves_its_neighbour(session: Session, tree: Tree) -> None:
    new = rename(session, "水务", NEXT_YEAR)
    same = {"valid_from": dt.date(2000, 1, 1), "name_zh": "水利行业"}
    told = refused_today(correct_version, session, Term, water(session).id, revision=None, reason="改名", **same)
    assert told == {"": "past"}
    later = dt.date(2027, 3, 1)
    correct_version(session, Term, new.id, revision=None, reason="推迟执行", valid_from=later, today=DAY)
    assert (label(session, dt.date(2027, 2, 28)), label(session, later)) == ("水利", "水务")
    told = refused_today(
        correct_version, session, Term, new.id, revision=None, reason="提前", valid_from=dt.date(2000, 1, 1)
    )
    assert told["valid_from"] is None


def limit(session: Session, value: str, **more: Any) -> Threshold:
    values = {"code": "strong_village_income_yuan", "region_id": None, "basis": "市委〔2026〕5号"}
    return add_version(
        session, Threshold, value=Decimal(value), **({"valid_from": NEXT_YEAR, "today": DAY} | values | more)
    )


def test_an_area_sets_its_own_limit(session: Session, tree: Tree) -> None:
    limit(session, "800000", region_id=tree.county.id, valid_from=DAY)
    code = "strong_village_income_yuan"
    assert find_threshold(session, code, tree.north_villages[0].region_path, DAY) == 800_000
    assert find_threshold(session, code, tree.neighbour_village.region_path, DAY) == 500_000


@pytest.mark.parametrize(
    ("value", "more"),
    [
        ("-1", {}),
        ("200000000", {}),
        ("0.5", {}),
        ("1.2", {"code": "industry_share"}),
        ("0", {"code": "contract_expiring_days"}),
        ("5", {"code": "good_weather_days"}),
    ],
)
def test_limits_out_of_range_are_refused(session: Session, tree: Tree, value: str, more: dict[str, Any]) -> None:
    with pytest.raises(Unacceptable) as caught:
        limit(session, value, **more)
    assert {problem.doubt for problem in caught.value.problems} == {None}


def test_what_a_limit_would_decide_is_told_before_it_is_saved(session: Session, tree: Tree) -> None:
    for region, income in zip(tree.villages, (900_000, 600_000, 40_000, None), strict=True):
        village = Village(region_id=region.id, name=region.short_name, kind="village", village_class="other")
        village.collective_income = None if income is None else Decimal(income)
        session.add(village)
    session.flush()
    now = outcome(session, "strong_village_income_yuan", Decimal(500_000), path="/", day=DAY)
    assert now is not None
    assert (now.part, now.whole) == (2, 3)
    with pytest.raises(Unacceptable) as caught:
        limit(session, "700000")
    [problem] = caught.value.problems
    assert (problem.doubt, problem.data) == ("effect", {"after": 1, "whole": 3, "before": 2})
    assert limit(session, "700000", confirmed={"effect"}).value == 700_000


def test_a_limit_without_basis_is_asked_about(session: Session, tree: Tree) -> None:
    with pytest.raises(Unacceptable) as caught:
        limit(session, "700000", basis=" ")
    assert [problem.doubt for problem in caught.value.problems] == ["no_basis"]


def test_standards_of_an_area_stand_before_those_for_everyone(session: Session, tree: Tree) -> None:
    values = {"type": "clinic", "level": "village", "travel_mode": "walk", "mandatory": True, "basis": "县文件"}
    add_version(
        session,
        FacilityStandard,
        **values,
        region_id=tree.county.id,
        min_area_m2=Decimal(100),
        min_staff=2,
        reach_m=None,
        travel_min=None,
        min_population=None,
        capacity_per_1000=None,
        valid_from=DAY,
        today=DAY,
    )

    def least(path: str) -> Decimal | None:
        return next(row.min_area_m2 for row in standards(session, day=DAY, path=path) if row.type == "clinic")

    assert (least(tree.county.region_path), least(tree.neighbour.region_path)) == (100, 90)


def test_a_template_does_not_go_backwards(session: Session, tree: Tree) -> None:
    step = session.scalars(select(StageStep).where(StageStep.kind == "works", StageStep.milestone == "tendered")).one()
    values = {"valid_from": step.valid_from, "stage": "finished"}
    told = refused_today(correct_version, session, StageStep, step.id, revision=1, reason="试改", **values)
    assert told["stage"] is None
    told = refused_today(
        correct_version, session, StageStep, step.id, revision=1, reason="试改", valid_from=step.valid_from, position=1
    )
    assert told["position"] is None


def test_a_checklist_asks_the_type_first_and_then_everything(session: Session, tree: Tree) -> None:
    asked = [item.asset_type for item in checklist(session, "village_road", day=DAY)]
    assert asked == ["village_road"] * 5 + [None] * 3
    values = {"asset_type": "village_road", "position": 9, "name_zh": "积水", "name_en": "Standing water"}
    measured = values | {"kind": "measure", "unit": None, "low": Decimal(5), "high": Decimal(1)}
    told = refused_today(add_version, session, ChecklistItem, **measured, valid_from=DAY)
    assert told == {"unit": None, "high": None}


def test_only_who_administers_everybody_here_changes_what_holds_for_all(session: Session, tree: Tree) -> None:
    factories.account(session, "clerk", "clerk", tree.north)
    admin = as_administrator(session, tree)
    assert may_administer(admin, None, today=DAY)
    bind_viewer(session, Viewer.system())
    factories.account(session, "far", "clerk", tree.neighbour)
    admin = as_administrator(session, tree)
    assert not may_administer(admin, None, today=DAY)
    assert may_administer(admin, tree.north.id, today=DAY)
    assert not may_administer(admin, tree.neighbour.id, today=DAY)
    with pytest.raises(NotAllowed):
        rename(admin, "水务", NEXT_YEAR)


def test_a_clerk_changes_no_labels(session: Session, tree: Tree) -> None:
    reach = Reach("clerk", tree.nation.id, tree.nation.region_path)
    bind_viewer(session, Viewer(account_id=1, reaches=(reach,)))
    with pytest.raises(NotAllowed):
        rename(session, "水务", NEXT_YEAR)
