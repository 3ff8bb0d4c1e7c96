"""Registering projects, taking their steps and sorting them, at the browser and by persona."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from assets.projects.models import Project, ProjectArea, ProjectLabel, ProjectStage
from assets.terms.defaults import load_defaults
from tests import factories
from tests.people import Browser, Office

ENTERED = {
    "name": "八渡镇大力村3.2公里产业路硬化工程",
    "kind": "works",
    "category": "industry",
    "year": "2027",
    "sector": "transport",
    "region_id-words": "大力村",
    "budget_yuan": "176万",
    "planned_on": "2026-10-08",
}


@pytest.fixture
def clerk(office: Office) -> Browser:
    with office.session() as session:
        load_defaults(session)
    return office.browser("clerk")


def send(browser: Browser, address: str, values: dict[str, Any] | None = None, **more: Any) -> TestResponse:
    key = re.sub(r"\W", "", address)[:50].ljust(8, "k")
    return browser.post(address, {"request_key": key} | (values or {}) | more)


def done(answer: TestResponse) -> str:
    assert answer.status_code == 303, unescape(answer.text).partition("form-summary")[2][:800]
    return answer.headers["Location"]


def refused(answer: TestResponse, status: int = 400) -> str:
    assert answer.status_code == status
    return unescape(answer.text)


def project_in(office: Office, **values: Any) -> int:
    with office.session() as session:
        values = {"stage": "planned", "performance_goal": "新增产值"} | values
        project = factories.project(session, office.tree.north_villages[0], **values)
        session.add(ProjectStage(project_id=project.id, stage="planned", reached_on=dt.date(2026, 1, 5)))
        return project.id


def stage(office: Office, project_id: int) -> str:
    with office.session() as session:
        return session.get_one(Project, project_id).stage


def test_a_clerk_registers_a_project_and_it_is_planned(office: Office, clerk: Browser) -> None:
    address = done(send(clerk, "/projects/new", ENTERED))
    page = clerk.text(address)
    assert "八渡镇大力村3.2公里产业路硬化工程" in page
    assert "176.00" in page
    assert "2026-10-08" in page
    assert "入库审定文件" in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "请填写"),
        ("year", "2011", "2012"),
        ("budget_yuan", "-5", "负"),
        ("budget_yuan", "很多", "很多"),
        ("planned_on", "2026-02-29", "2026"),
        ("planned_on", "2026-11-21", "2026-11-21"),
        ("region_id-words", "八龙潭村", "所在地"),
    ],
)
def test_what_is_wrong_is_told_beside_the_field_and_nothing_is_saved(
    office: Office, clerk: Browser, field: str, value: str, said: str
) -> None:
    page = refused(send(clerk, "/projects/new", ENTERED | {field: value}))
    assert "form-summary" in page
    assert said in page
    with office.session() as session:
        assert session.scalars(select(Project)).all() == []


def test_the_amount_in_the_wrong_unit_is_saved_once_confirmed(office: Office, clerk: Browser) -> None:
    page = refused(send(clerk, "/projects/new", ENTERED | {"budget_yuan": "176"}))
    token = re.search(r'name="confirmed" value="([^"]+)"', page)
    assert token
    assert "单位是否应为万元" in page
    done(send(clerk, "/projects/new", ENTERED | {"budget_yuan": "176", "confirmed": token[1]}))


@pytest.mark.parametrize("persona", ["viewer", "leader", "auditor", "caretaker"])
def test_who_only_reads_is_offered_nothing_and_refused_everything(office: Office, clerk: Browser, persona: str) -> None:
    project_id = project_in(office)
    browser = office.browser(persona)
    page = browser.text(f"/projects/{project_id}")
    assert "/steps/" not in page
    assert "/correct" not in page
    for address in ("new", f"{project_id}/correct", f"{project_id}/retire", f"{project_id}/steps/library"):
        assert browser.get(f"/projects/{address}").status_code == 403
        assert send(browser, f"/projects/{address}", ENTERED).status_code == 403
    assert stage(office, project_id) == "planned"


def test_a_clerk_of_a_served_town_sees_it_and_may_not_edit_it(office: Office, clerk: Browser) -> None:
    project_id = project_in(office)
    with office.session() as session:
        session.add(ProjectArea(project_id=project_id, region_id=office.tree.south_villages[0].id))
    neighbour = office.browser("neighbour_clerk")
    assert "/steps/" not in neighbour.text(f"/projects/{project_id}")
    for address in ("correct", "retire", "sort", "steps/library"):
        assert neighbour.get(f"/projects/{project_id}/{address}").status_code == 403


def test_what_lies_elsewhere_is_not_found(office: Office, clerk: Browser) -> None:
    project_id = project_in(office)
    neighbour = office.browser("neighbour_clerk")
    for address in ("", "/correct", "/sort", "/steps/library", "/steps/library/take-back"):
        assert neighbour.get(f"/projects/{project_id}{address}").status_code == 404


def test_steps_are_entered_on_the_page_and_taken_back(office: Office, clerk: Browser) -> None:
    project_id = project_in(office)
    address = f"/projects/{project_id}/steps/library"
    assert "入库审定文件" in clerk.text(address)
    done(send(clerk, address, reached_on="2026-02-01", document="陇乡振领发〔2026〕3号"))
    page = clerk.text(f"/projects/{project_id}")
    assert "陇乡振领发〔2026〕3号" in page
    assert stage(office, project_id) == "library"
    done(send(clerk, f"{address}/take-back", reason="文号有误"))
    assert stage(office, project_id) == "planned"


def test_a_leap_names_the_missing_steps_in_both_languages(office: Office, clerk: Browser) -> None:
    project_id = project_in(office)
    address = f"/projects/{project_id}/steps/approved"
    page = refused(send(clerk, address, reached_on="2026-02-01", document="X"))
    assert "请先办理：入库、列入计划。" in page
    english = office.browser("clerk", language="en")
    page = refused(send(english, address, reached_on="2026-02-01", document="X"))
    assert "First these steps are needed: Entered in the library, Listed in the plan." in page


def test_a_step_to_come_or_without_its_document_is_refused(office: Office, clerk: Browser) -> None:
    project_id = project_in(office)
    page = refused(send(clerk, f"/projects/{project_id}/steps/library", reached_on="2026-11-21"))
    assert "2026-11-21" in page
    page = refused(send(clerk, f"/projects/{project_id}/steps/library", reached_on="2026-02-01"))
    assert "请填写文号或文件名称：入库审定文件" in page


def test_a_step_no_template_knows_is_not_found(office: Office, clerk: Browser) -> None:
    project_id = project_in(office)
    for milestone in ("moon", "started%20", "final-accounts"):
        assert clerk.get(f"/projects/{project_id}/steps/{milestone}").status_code == 404
        assert clerk.get(f"/projects/{project_id}/steps/{milestone}/take-back").status_code == 404


def test_a_project_is_ended_with_a_reason(office: Office, clerk: Browser) -> None:
    project_id = project_in(office)
    address = f"/projects/{project_id}/steps/terminated"
    refused(send(clerk, address, reached_on="2026-05-01"))
    done(send(clerk, address, reached_on="2026-05-01", note="群众不同意"))
    assert stage(office, project_id) == "terminated"
    assert "群众不同意" in clerk.text(f"/projects/{project_id}")


def test_the_page_and_the_list_of_a_past_day_tell_the_stage_of_that_day(office: Office, clerk: Browser) -> None:
    project_id = project_in(office, stage="approved")
    with office.session() as session:
        for milestone, day in (("library", 1), ("listed", 2), ("approved", 3)):
            session.add(ProjectStage(project_id=project_id, stage=milestone, reached_on=dt.date(2026, day + 1, 1)))
    names = re.compile(r'<th scope="row"><a')
    assert names.findall(clerk.text("/projects/?on=2026-02-15&stage=library")) != []
    assert names.findall(clerk.text("/projects/?stage=library")) == []
    assert names.findall(clerk.text("/projects/?on=2026-01-04")) == []
    page = clerk.text(f"/projects/{project_id}?on=2026-02-15")
    assert "截至 2026-02-15" in page
    assert "2026-04-01" not in page


def test_the_page_says_what_is_missing_after_acceptance(office: Office, clerk: Browser) -> None:
    project_id = project_in(office, stage="accepted")
    with office.session() as session:
        session.add(ProjectStage(project_id=project_id, stage="accepted", reached_on=dt.date(2026, 3, 1)))
    assert "未登记资产" in office.browser("auditor").text(f"/projects/{project_id}")
    done(
        send(
            clerk, f"/projects/{project_id}/no-assets", revision="1", reason="补充说明", no_assets_reason="资金直补到户"
        )
    )
    page = clerk.text(f"/projects/{project_id}")
    assert "未形成资产：资金直补到户" in page


def test_capital_beyond_the_cost_is_told(office: Office, clerk: Browser) -> None:
    project_id = project_in(office, budget_yuan=100_000)
    with office.session() as session:
        asset = factories.asset(session, office.tree.north_villages[0], value_yuan=None)
        session.add(
            factories.ValueEvent(
                asset_id=asset.id,
                project_id=project_id,
                kind="new",
                occurred_on=dt.date(2026, 9, 1),
                amount_yuan=150_000,
            )
        )
    assert "比项目投入多 5.00 万元" in clerk.text(f"/projects/{project_id}")


def test_projects_are_sorted_one_by_one_and_many_at_once(office: Office, clerk: Browser) -> None:
    ids = [project_in(office) for _ in range(3)]
    entered = {"code": "revive", "on": "2026-11-01", "document": "陇乡振发〔2026〕31号"}
    done(send(clerk, f"/projects/{ids[0]}/sort", entered))
    chosen = f"/projects/bulk/sort?ids={ids[1]}.{ids[2]}&count=2"
    assert "2" in clerk.text(chosen)
    done(send(clerk, chosen, entered | {"code": "upgrade"}))
    with office.session() as session:
        codes = session.scalars(select(ProjectLabel.code).order_by(ProjectLabel.project_id)).all()
    assert codes == ["revive", "upgrade", "upgrade"]
    page = clerk.text("/projects/four-batches?from=2026&to=2026")
    assert "盘活一批" in page
    assert "label=upgrade" in page


def test_the_pages_of_figures_answer_in_both_languages_for_every_area(office: Office, clerk: Browser) -> None:
    project_in(office)
    for language in ("zh", "en"):
        planner = office.browser("planner", language=language)
        for area in ("610327", "610327101", "610327101201"):
            for page in (
                "targets?year=2026",
                "targets?year=2026&of=industry_share",
                "four-batches?x=1",
                "progress?x=1",
            ):
                planner.text(f"/projects/{page}&area={area}")


@pytest.mark.parametrize(
    "address",
    ["targets?year=20x6", "four-batches?from=abc", "four-batches?to=99999", "?stage=moon", "?label=" + "x" * 50],
)
def test_an_address_that_makes_no_sense_is_answered_politely(office: Office, clerk: Browser, address: str) -> None:
    assert clerk.get(f"/projects/{address}").status_code == 400


def test_a_clerk_corrects_and_is_asked_why(office: Office, clerk: Browser) -> None:
    project_id = project_in(office)
    values = ENTERED | {"revision": "1", "owner_unit": "县交通局"}
    refused(send(clerk, f"/projects/{project_id}/correct", values))
    done(send(clerk, f"/projects/{project_id}/correct", values, reason="单位有误"))
    page = clerk.text(f"/projects/{project_id}")
    assert "县交通局" in page
    assert "单位有误" in page


def test_of_two_editors_the_second_is_shown_the_change_of_the_first(office: Office, clerk: Browser) -> None:
    project_id = project_in(office)
    address = f"/projects/{project_id}/correct"
    values = ENTERED | {"revision": "1", "reason": "单位有误"}
    done(send(clerk, address, values, owner_unit="县交通局"))
    planner = office.browser("planner")
    page = refused(planner.post(address, values | {"owner_unit": "县水利局", "request_key": "another-key"}), 409)
    assert "县交通局" in page
    assert "县水利局" in page


def test_a_step_just_entered_can_be_undone(office: Office, clerk: Browser) -> None:
    project_id = project_in(office)
    address = done(send(clerk, f"/projects/{project_id}/steps/library", reached_on="2026-02-01", document="X"))
    page = clerk.text(address)
    form = re.search(r'action="([^"]*undo[^"]*)"', page)
    assert form, "undo is offered"
    token = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page[form.start() :][:1500]))
    assert clerk.post(form[1], token, token_from=address).status_code in (302, 303)
    assert stage(office, project_id) == "planned"
    with office.session() as session:
        assert session.scalars(select(ProjectStage.stage)).all() == ["planned"]
