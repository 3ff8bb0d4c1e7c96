"""What was done to a record is told in words, whatever the record and whatever was done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import inspect

from app.records.changes import COLUMNS, OWN_COLUMNS, UNTOLD
from app.records.trail import ACTIONS
from assets.db import Base
from assets.editing import _KEPT_BY_THE_DATABASE
from assets.parties.models import Party, Post, PostHolding
from assets.places import sites
from assets.places.models import Facility, NaturalVillage, RelocationSite, Village
from assets.projects import service as projects
from assets.projects.models import Allocation, CarryOver, FundDocument, Payment, Project, ProjectLabel, ProjectStage
from tests import factories
from tests.assets.test_places import SITE
from tests.assets.test_projects import entered
from tests.people import Office

ROOMS = Path(__file__).parents[2] / "assets"
TOLD = (
    *(Village, NaturalVillage, RelocationSite, Facility, Party, Post, PostHolding),
    *(Project, ProjectStage, ProjectLabel, FundDocument, Allocation, Payment, CarryOver),
)


@pytest.mark.parametrize("entity", TOLD)
def test_every_column_of_a_record_with_a_trail_has_its_word(entity: type[Base]) -> None:
    named = {
        attribute.key
        for attribute in inspect(entity).column_attrs
        if not attribute.key.endswith("_id") and attribute.key != "geom"
    }
    words = set(COLUMNS) | {name for table, name in OWN_COLUMNS if table == entity.__tablename__}
    assert named - words - UNTOLD - _KEPT_BY_THE_DATABASE == set()


def test_every_action_of_a_service_has_its_word() -> None:
    named: set[str] = set()
    for path in ROOMS.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r"audit\.record(?:_each)?\(\s*\w+,\s*\"(\w+\.\w+)\"", text))
        named |= set(re.findall(r"action=\"(\w+\.\w+)\"", text))
    assert len(named) > 50
    assert named - set(ACTIONS) == set()


def test_a_correction_is_told_in_the_readers_words(office: Office) -> None:
    village, day = office.tree.north_villages[0], factories.DAY
    with office.session() as session:
        site = sites.register_site(session, region_id=village.id, today=day, **SITE)
        changed = SITE | {"type": "urban", "households_occupied": 70}
        sites.correct_site(
            session, site.id, region_id=village.id, revision=None, reason="入户核实", today=day, **changed
        )
    page = office.browser("clerk").text(f"/places/sites/{site.id}")
    assert "入住户数：76 → 70" in page
    assert "安置类型：农村安置 → 城镇安置" in page
    assert "Households living there：76 → 70" in office.browser("clerk", "en").text(f"/places/sites/{site.id}")
    assert "places.correct_site" not in page


def test_the_villages_a_project_serves_are_told_by_name(office: Office) -> None:
    second = office.tree.north_villages[1]
    with office.session() as session:
        values = entered(office.tree)
        project = projects.register_project(session, planned_on=factories.DAY, served=[], today=factories.DAY, **values)
        projects.correct_project(
            session, project.id, revision=1, served=[second.id], reason="补充", today=factories.DAY, **values
        )
    page = office.browser("clerk").text(f"/projects/{project.id}")
    assert f"— → {second.short_name}" in page
