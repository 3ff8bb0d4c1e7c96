"""Registering, correcting and withdrawing projects: every rule, by who may and who may not."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.audit import AuditEntry
from assets.editing import AlreadyRetired, ChangedMeanwhile
from assets.errors import InvalidValue, NotAllowed, NotFound, Unacceptable
from assets.filters import Filter
from assets.projects import queries, service
from assets.projects.models import Project, ProjectArea, ProjectStage
from assets.projects.stages import advance_project
from assets.regions.borders import attach_borders
from assets.terms.defaults import load_defaults
from tests import factories
from tests.assets.desk import seen_by

DAY = factories.DAY


@pytest.fixture
def tree(session: Session) -> factories.Tree:
    load_defaults(session)
    return factories.tree(session)


def entered(tree: factories.Tree, **values: Any) -> dict[str, Any]:
    return {
        "name": "八渡镇大力村3.2公里产业路硬化工程",
        "code": None,
        "kind": "works",
        "category": "industry",
        "year": 2027,
        "sector": "transport",
        "region_id": tree.north_villages[0].id,
        "geom": None,
        "budget_yuan": Decimal(1_760_000),
        "is_lead_industry": False,
        "is_work_relief": False,
        "wage_share": None,
        "owner_unit": "八渡镇人民政府",
        "department": None,
        "households_benefiting": 120,
        "performance_goal": None,
        "description": None,
        "source": None,
    } | values


def register(session: Session, tree: factories.Tree, **values: Any) -> Project:
    chosen = {"planned_on": DAY, "served": (), "confirmed": ()} | values
    rest = {name: chosen.pop(name) for name in ("planned_on", "served", "confirmed")}
    return service.register_project(session, **rest, today=DAY, **entered(tree, **chosen))


def correct(session: Session, tree: factories.Tree, project: Project, **values: Any) -> Project:
    chosen = {"revision": project.revision, "served": None, "reason": "笔误", "confirmed": ()} | values
    rest = {name: chosen.pop(name) for name in ("revision", "served", "reason", "confirmed")}
    same = {name: getattr(project, name) for name in entered(tree)} | {"geom": None}
    return service.correct_project(session, project.id, **rest, today=DAY, **(same | chosen))


def test_a_registered_project_is_planned_from_its_day_and_has_a_code(session: Session, tree: factories.Tree) -> None:
    project = register(session, tree, planned_on=dt.date(2026, 10, 8), served=[tree.south_villages[0].id])
    [step] = session.scalars(select(ProjectStage).where(ProjectStage.project_id == project.id))
    assert (project.stage, step.stage, step.reached_on) == ("planned", "planned", dt.date(2026, 10, 8))
    assert project.code.startswith("XM610327-2027-")
    assert register(session, tree).code != project.code
    assert (project.pinyin[:5], project.initials[:3]) == ("baduz", "bdz")
    assert list(queries.regions_served(session, project.id)) == [tree.south_villages[0].id]
    entries = session.scalars(
        select(AuditEntry.action).where(AuditEntry.table_name == "project", AuditEntry.record_id == project.id)
    ).all()
    assert entries == ["projects.register"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "路" * 201),
        ("kind", "moon"),
        ("category", "moon"),
        ("year", 2011),
        ("year", 2029),
        ("region_id", None),
        ("budget_yuan", None),
        ("budget_yuan", Decimal(-1)),
        ("households_benefiting", -1),
        ("wage_share", Decimal("0.3")),
        ("planned_on", dt.date(2026, 11, 21)),
        ("planned_on", dt.date(2011, 12, 31)),
        ("description", "内" * 4001),
    ],
)
def test_a_wrong_entry_is_refused_at_its_field(
    session: Session, tree: factories.Tree, field: str, value: object
) -> None:
    with pytest.raises(Unacceptable) as refused:
        register(session, tree, **{field: value})
    assert [problem.field for problem in refused.value.problems] == [field]


def test_a_project_outside_industry_is_no_lead_industry(session: Session, tree: factories.Tree) -> None:
    with pytest.raises(Unacceptable) as refused:
        register(session, tree, category="governance", is_lead_industry=True)
    assert refused.value.problems[0].field == "is_lead_industry"


@pytest.mark.parametrize(("amount", "key"), [("176", "small_budget"), ("1760000000", "large_budget")])
def test_a_budget_in_the_wrong_unit_is_doubted(session: Session, tree: factories.Tree, amount: str, key: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        register(session, tree, budget_yuan=Decimal(amount))
    assert refused.value.problems[0].doubt == key
    assert register(session, tree, budget_yuan=Decimal(amount), confirmed={key}).id


def test_a_share_of_wages_is_kept_to_four_places(session: Session, tree: factories.Tree) -> None:
    project = register(session, tree, is_work_relief=True, wage_share=Fraction(1, 3))
    assert project.wage_share == Decimal("0.3333")


def test_a_code_given_by_the_office_is_taken_once(session: Session, tree: factories.Tree) -> None:
    assert register(session, tree, code="陇乡振2027-001").code == "陇乡振2027-001"
    with pytest.raises(Unacceptable) as refused:
        register(session, tree, code="陇乡振2027-001")
    assert refused.value.problems[0].field == "code"


def test_a_position_outside_the_village_is_doubted(session: Session, tree: factories.Tree) -> None:
    borders = {
        village.code: shapely.box(106.5 + place / 10, 34.7, 106.6 + place / 10, 34.8)
        for place, village in enumerate(tree.villages)
    }
    attach_borders(session, borders, level="village", day=DAY, source="test", schematic=True)
    road = shapely.LineString([(106.61, 34.75), (106.65, 34.75)])
    with pytest.raises(Unacceptable) as refused:
        register(session, tree, geom=road)
    assert (refused.value.problems[0].field, refused.value.problems[0].doubt) == ("geom", "outside_region")
    assert register(session, tree, geom=road, confirmed={"outside_region"}).geom is not None
    assert register(session, tree, geom=road, region_id=None).region_id == tree.north_villages[1].id


def test_only_villages_and_towns_are_served_and_other_counties_are_doubted(
    session: Session, tree: factories.Tree
) -> None:
    with pytest.raises(Unacceptable, match="Only villages and towns"):
        register(session, tree, served=[tree.county.id])
    with pytest.raises(Unacceptable) as refused:
        register(session, tree, served=[tree.neighbour_village.id])
    assert refused.value.problems[0].doubt == "other_county"


@pytest.mark.parametrize(
    ("role", "area"), [("clerk", "south"), ("viewer", "county"), ("leader", "county"), ("caretaker", "north")]
)
def test_who_may_not_write_there_registers_nothing(
    session: Session, tree: factories.Tree, role: str, area: str
) -> None:
    with pytest.raises(NotAllowed):
        register(seen_by(session, role, getattr(tree, area).region_path), tree)


def test_a_department_registers_in_its_own_sector_only(session: Session, tree: factories.Tree) -> None:
    department = seen_by(session, "department", tree.county.region_path, sectors=frozenset({"water"}))
    assert register(department, tree, sector="water").id
    with pytest.raises(NotAllowed):
        register(department, tree, sector="transport")


def test_a_clerk_of_a_served_town_sees_the_project_and_may_not_edit_it(session: Session, tree: factories.Tree) -> None:
    project = register(session, tree, served=[tree.south_villages[0].id])
    neighbour = seen_by(session, "clerk", tree.south.region_path)
    assert queries.get_project(neighbour, project.id).name == project.name
    with pytest.raises(NotAllowed):
        correct(neighbour, tree, project)
    with pytest.raises(NotAllowed):
        advance_project(neighbour, project.id, "library", reached_on=DAY, document="X", today=DAY)
    with pytest.raises(NotFound):
        queries.get_project(neighbour, register(session, tree).id)


def test_a_clerk_keeps_the_served_villages_of_other_towns_that_are_not_seen(
    session: Session, tree: factories.Tree
) -> None:
    project = register(session, tree, served=[tree.south_villages[0].id, tree.north_villages[1].id])
    clerk = seen_by(session, "clerk", tree.north.region_path)
    correct(clerk, tree, project, served=())
    session.expire_all()
    rows = session.scalars(select(ProjectArea.region_id).where(ProjectArea.project_id == project.id)).all()
    assert list(rows) == [tree.south_villages[0].id]


def test_a_correction_needs_a_reason_and_the_latest_version(session: Session, tree: factories.Tree) -> None:
    project = register(session, tree)
    with pytest.raises(Unacceptable) as refused:
        correct(session, tree, project, reason=" ", name="")
    assert {problem.field for problem in refused.value.problems} == {"reason", "name"}
    opened = project.revision
    correct(session, tree, project, owner_unit="县交通局")
    session.refresh(project)
    with pytest.raises(ChangedMeanwhile) as conflict:
        correct(session, tree, project, revision=opened, owner_unit="县水利局")
    assert [(change.field, change.before) for change in conflict.value.changes] == [("owner_unit", "八渡镇人民政府")]


def test_a_kind_is_not_changed_under_steps_it_does_not_have(session: Session, tree: factories.Tree) -> None:
    project = factories.project(session, tree.north, kind="works")
    session.add(ProjectStage(project_id=project.id, stage="contracted", reached_on=dt.date(2026, 5, 1)))
    session.flush()
    with pytest.raises(Unacceptable) as refused:
        correct(session, tree, project, kind="reward")
    assert refused.value.problems[0].field == "kind"


def test_a_project_with_money_is_not_withdrawn(session: Session, tree: factories.Tree) -> None:
    project = factories.project(session, tree.north)
    factories.money(session, project, tree.county, received=1_000, arranged=500, paid=0)
    with pytest.raises(InvalidValue, match="arranged for it"):
        service.retire_project(session, project.id, revision=project.revision, on=DAY, reason="重复", today=DAY)


def test_a_withdrawn_project_is_there_until_its_day_and_takes_no_changes(
    session: Session, tree: factories.Tree
) -> None:
    project = register(session, tree)
    service.retire_project(session, project.id, revision=project.revision, on=DAY, reason="重复录入", today=DAY)
    asked = Filter(day=DAY, area_path=tree.county.region_path)
    assert list(session.scalars(queries.matching(asked, Project.id))) == []
    with pytest.raises(AlreadyRetired):
        correct(session, tree, project)


def accepted(session: Session, tree: factories.Tree, on: dt.date, **values: Any) -> Project:
    project = factories.project(session, tree.north_villages[0], stage="accepted", **values)
    session.add(ProjectStage(project_id=project.id, stage="accepted", reached_on=on))
    session.flush()
    return project


def test_an_accepted_project_without_assets_is_told_after_the_days_of_the_threshold(
    session: Session, tree: factories.Tree
) -> None:
    project = accepted(session, tree, dt.date(2026, 9, 1))
    assert not queries.is_unbooked(session, project.id, dt.date(2026, 10, 31))
    assert queries.is_unbooked(session, project.id, dt.date(2026, 11, 1))
    asked = Filter(day=DAY, area_path=tree.county.region_path, flag=frozenset({"unbooked"}))
    assert list(session.scalars(queries.matching(asked, Project.id))) == [project.id]


def test_a_reason_or_an_asset_ends_the_alert(session: Session, tree: factories.Tree) -> None:
    with_reason, with_asset = (accepted(session, tree, dt.date(2026, 3, 1)) for _ in range(2))
    service.explain_missing_assets(
        session, with_reason.id, revision=with_reason.revision, no_assets_reason="资金直补到户"
    )
    asset = factories.asset(session, tree.north_villages[0], value_yuan=None)
    session.add(
        factories.ValueEvent(
            asset_id=asset.id, project_id=with_asset.id, kind="new", occurred_on=DAY, amount_yuan=Decimal(1)
        )
    )
    session.flush()
    for project in (with_reason, with_asset, accepted(session, tree, dt.date(2026, 3, 1), kind="service")):
        assert not queries.is_unbooked(session, project.id, DAY)
    service.explain_missing_assets(session, with_reason.id, revision=with_reason.revision, no_assets_reason=None)
    assert queries.is_unbooked(session, with_reason.id, DAY)


def test_what_was_confirmed_of_a_project_is_not_asked_again(session: Session, tree: factories.Tree) -> None:
    first = tree.north_villages[0]
    attach_borders(
        session, {first.code: shapely.box(106.5, 34.6, 106.7, 34.8)}, level="village", day=DAY, source="测试"
    )
    unlikely: dict[str, Any] = {
        "geom": shapely.Point(106.9, 34.7),
        "budget_yuan": Decimal(120),
        "households_benefiting": 200_000,
    }
    confirmed = {"outside_region", "small_budget", "many_households"}
    project = register(session, tree, confirmed=confirmed, **unlikely)
    assert correct(session, tree, project, source="项目库", geom=unlikely["geom"]).source == "项目库"
    with pytest.raises(Unacceptable) as caught:
        correct(session, tree, project, geom=shapely.Point(106.91, 34.7), budget_yuan=Decimal(130))
    assert {problem.doubt for problem in caught.value.problems} == {"outside_region", "small_budget"}
