"""The project library and the page of one project, by persona."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from assets.projects.models import ProjectArea, ProjectStage
from tests import factories
from tests.people import Office
from tests.workbooks import cells


def names(html: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a></th>', html)


@pytest.fixture
def towns(office: Office) -> tuple[int, int]:
    """One project in each town, each with money from the county."""
    tree = office.tree
    with office.session() as session:
        ours = factories.project(session, tree.north_villages[0], name="大力村产业路", budget_yuan=600_000)
        theirs = factories.project(
            session, tree.south_villages[0], name="八龙潭村供水", category="rural_construction", stage="accepted"
        )
        for project in (ours, theirs):
            factories.money(session, project, tree.county, received=1_000_000, arranged=480_000, paid=120_000)
        return ours.id, theirs.id


def test_budget_arranged_and_paid_are_summed(office: Office, towns: tuple[int, int]) -> None:
    page = office.browser("planner").text("/projects/?sort=name")
    assert names(page) == ["八龙潭村供水", "大力村产业路"]
    foot = page[page.index("<tfoot>") :]
    assert [figure in foot for figure in ("120.00", "96.00", "24.00")] == [True] * 3


def test_a_clerk_sees_and_counts_only_the_own_town(office: Office, towns: tuple[int, int]) -> None:
    clerk = office.browser("clerk")
    page = clerk.text("/projects/")
    assert names(page) == ["大力村产业路"]
    foot = page[page.index("<tfoot>") :]
    assert [figure in foot for figure in ("60.00", "48.00", "12.00")] == [True] * 3
    assert "八龙潭" not in str(cells(clerk.get("/projects/export.xlsx").data))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("stage=accepted", ["八龙潭村供水"]),
        ("category=industry", ["大力村产业路"]),
        ("fund=central", ["八龙潭村供水", "大力村产业路"]),
        ("fund=bond", []),
        ("year=2025", []),
        ("q=dlc", ["大力村产业路"]),
    ],
)
def test_a_filter_narrows(office: Office, towns: tuple[int, int], query: str, found: list[str]) -> None:
    assert names(office.browser("planner").text(f"/projects/?sort=name&{query}")) == found


def test_a_clerk_filters_by_the_source_of_a_document_of_the_county(office: Office, towns: tuple[int, int]) -> None:
    assert names(office.browser("clerk").text("/projects/?fund=central")) == ["大力村产业路"]


def test_the_page_tells_money_stages_villages_and_assets(office: Office, towns: tuple[int, int]) -> None:
    tree = office.tree
    with office.session() as session:
        asset = factories.asset(session, tree.north_villages[0], name="大力村产业路3.2公里", value_yuan=None)
        session.add_all(
            [
                ProjectStage(
                    project_id=towns[0], stage="approved", reached_on=dt.date(2026, 2, 20), document="陇发改〔2026〕8号"
                ),
                ProjectArea(project_id=towns[0], region_id=tree.north_villages[1].id),
                factories.ValueEvent(
                    asset_id=asset.id,
                    project_id=towns[0],
                    kind="new",
                    occurred_on=dt.date(2026, 9, 1),
                    amount_yuan=450_000,
                ),
            ]
        )
        asset_id = asset.id
    page = office.browser("clerk").text(f"/projects/{towns[0]}")
    for said in ("陇发改〔2026〕8号", "2026-02-20", "48.00", "12.00", "25.0 %", "45.00", "八渡村", "陇财发〔2026〕"):
        assert said in page, said
    assert f'href="/registry/{asset_id}"' in page


def test_a_project_behind_says_so(office: Office) -> None:
    with office.session() as session:
        late = factories.project(session, office.tree.north_villages[0], stage_due_on=dt.date(2026, 11, 10)).id
    page = office.browser("clerk").text(f"/projects/{late}")
    assert "已超 10 天" in page
    assert names(office.browser("clerk").text("/projects/?flag=behind")) != []


def test_a_project_is_seen_where_it_serves(office: Office) -> None:
    with office.session() as session:
        project = factories.project(session, office.tree.south_villages[0], name="连片供水")
        session.add(ProjectArea(project_id=project.id, region_id=office.tree.north_villages[0].id))
        project_id = project.id
    assert office.browser("clerk").get(f"/projects/{project_id}").status_code == 200
    assert names(office.browser("clerk").text("/projects/")) == ["连片供水"]


def test_assets_elsewhere_are_not_told_on_a_shared_project(office: Office) -> None:
    with office.session() as session:
        project = factories.project(session, office.tree.north_villages[0])
        theirs = factories.asset(session, office.tree.south_villages[0], name="八龙潭村泵房", value_yuan=None)
        session.add(
            factories.ValueEvent(
                asset_id=theirs.id,
                project_id=project.id,
                kind="new",
                occurred_on=dt.date(2026, 9, 1),
                amount_yuan=1,
            )
        )
        project_id = project.id
    assert "八龙潭村泵房" in office.browser("planner").text(f"/projects/{project_id}")
    assert "八龙潭村泵房" not in office.browser("clerk").text(f"/projects/{project_id}")


def test_what_lies_elsewhere_is_not_found(office: Office, towns: tuple[int, int]) -> None:
    clerk = office.browser("clerk")
    assert clerk.get(f"/projects/{towns[1]}").status_code == 404
    assert clerk.get("/projects/987654321").status_code == 404


def test_the_library_speaks_english(office: Office, towns: tuple[int, int]) -> None:
    page = office.browser("planner", language="en").text("/projects/")
    assert "Project library" in page
    assert "Rural construction" in page
