"""The workbench's page, counts, list, drawer, strip and hand-over, each within the viewer's reach."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import update

from assets.regions.models import Region
from assets.registry.models import Asset
from tests import factories
from tests.people import Browser, Office

BOX = "106,34,107.4,35.4"


def desk_of(browser: Browser, address: str = "/map/") -> dict[str, object]:
    """What the page tells its scripts."""
    page = browser.client.get(address, follow_redirects=True).text
    found = re.search(r'<script type="application/json" id="desk"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found
    told: dict[str, object] = json.loads(found.group(1))
    return told


def two_assets(office: Office) -> tuple[int, int]:
    """An asset in each town; nobody looks after them."""
    with office.session() as session:
        ours = factories.asset(session, office.tree.north_villages[0], name="大力村产业路", code="A1")
        theirs = factories.asset(session, office.tree.south_villages[0], name="八龙潭村水池", code="A2")
        return ours.id, theirs.id


def test_the_map_opens_in_both_languages_with_every_phrase_filled(office: Office) -> None:
    for language, word in (("zh", "管护状态"), ("en", "Upkeep status")):
        words = desk_of(office.browser("planner", language))["words"]
        assert isinstance(words, dict)
        assert words["by_status"] == word
        assert all(words.values())


def test_a_stranger_is_sent_to_sign_in_and_back(office: Office) -> None:
    response = office.browser().get("/map/?view=106.8,34.9,10", headers={"Accept": "text/html"})
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/login?next=/map/")


@pytest.mark.parametrize(
    "address",
    [
        "/map/?area=999999",
        "/map/?area=<script>alert(1)</script>",
        "/map/?status=bogus&class=earning",
        "/map/?year=0&on=2026-02-30",
        "/map/?q=" + "陇" * 3_000,
        "/map/?area=610328",
    ],
)
def test_an_unusable_address_opens_the_map_and_says_so(office: Office, address: str) -> None:
    page = office.browser("planner").client.get(address, follow_redirects=True)
    assert page.status_code == 200
    assert "地址中有一部分无法使用" in page.text
    assert "alert(1)" not in page.text


def test_what_can_be_used_of_an_address_is_kept(office: Office) -> None:
    response = office.browser("planner").get("/map/?status=bogus&class=earning&view=106.8,34.9,10")
    assert response.headers["Location"] == "/map/?class=earning&view=106.8,34.9,10"


def test_counts_in_view_stay_within_the_viewers_reach(office: Office) -> None:
    two_assets(office)
    address = f"/map/counts.json?by=assets:status,villages:class&bbox={BOX}"
    assert office.browser("planner").get(address).json == {"assets": {"unarranged": 2}, "villages": {}}
    assert office.browser("clerk").get(address).json == {"assets": {"unarranged": 1}, "villages": {}}


def test_counts_leave_out_what_lies_outside_the_view(office: Office) -> None:
    two_assets(office)
    assert office.browser("planner").get("/map/counts.json?by=assets:class&bbox=100,30,101,31").json == {"assets": {}}


@pytest.mark.parametrize(
    "address",
    [
        "/map/counts.json?by=assets:name",
        "/map/counts.json?by=nonsense:status",
        "/map/counts.json?by=assets:status&bbox=1,2,3",
        "/map/counts.json?by=assets:status&bbox=107,34,106,35",
        "/map/counts.json?by=assets:status&bbox=nan,nan,nan,nan",
        "/map/list?layer=account",
        "/map/list?layer=assets&bbox=x",
        "/map/list?layer=assets&status=bogus",
        "/map/area.json?area=61032",
    ],
)
def test_nonsense_is_refused_in_words_and_never_a_fault(office: Office, address: str) -> None:
    response = office.browser("planner").get(address)
    assert response.status_code in (400, 404)
    assert "Traceback" not in response.text


def test_the_list_holds_what_is_in_view_and_says_what_has_no_position(office: Office) -> None:
    two_assets(office)
    with office.session() as session:
        factories.asset(session, office.tree.north_villages[1], name="八渡村无位置", geom=None, position_quality=None)
    text = office.browser("planner").text(f"/map/list?layer=assets&bbox={BOX}&sort=name")
    assert text.index("八龙潭村水池") < text.index("大力村产业路")
    assert "八渡村无位置" not in text
    assert "另有 1 条无位置" in text


def test_the_list_of_a_clerk_holds_nothing_of_another_town(office: Office) -> None:
    two_assets(office)
    text = office.browser("clerk").text("/map/list?layer=assets")
    assert "大力村产业路" in text
    assert "八龙潭村" not in text


def test_list_and_counts_follow_the_filters(office: Office) -> None:
    two_assets(office)
    browser = office.browser("planner")
    assert "八龙潭村水池" not in browser.text("/map/list?layer=assets&q=dlc")
    assert browser.get("/map/counts.json?by=assets:status&q=dlc").json == {"assets": {"unarranged": 1}}


def test_a_page_beyond_the_last_shows_the_last(office: Office) -> None:
    two_assets(office)
    assert "大力村产业路" in office.browser("planner").text("/map/list?layer=assets&page=999999999999")


def test_the_drawer_tells_the_facts_and_names_no_person(office: Office) -> None:
    ours, _theirs = two_assets(office)
    with office.session() as session:
        factories.duty(session, session.get_one(Asset, ours))
    text = office.browser("planner").text(f"/map/feature/assets/{ours}")
    assert "大力村产业路" in text
    assert "大力村村集体" in text
    assert "村级管护员" in text
    assert "张三" not in text
    assert f"/registry/{ours}" in text


def test_the_drawer_of_another_towns_record_is_not_found(office: Office) -> None:
    _ours, theirs = two_assets(office)
    clerk = office.browser("clerk")
    assert clerk.get(f"/map/feature/assets/{theirs}").status_code == 404
    assert clerk.get("/map/feature/assets/99999999999999999999").status_code == 404
    assert clerk.get("/map/feature/account/1").status_code == 404


def test_a_project_drawer_shows_its_stage_and_its_money(office: Office) -> None:
    with office.session() as session:
        made = factories.project(session, office.tree.north_villages[0], name="大力村产业路项目")
        factories.money(session, made, office.tree.county, received=600_000, arranged=400_000, paid=100_000)
        number = made.id
    text = office.browser("planner").text(f"/map/feature/projects/{number}")
    assert "大力村产业路项目" in text
    assert "25.0 %" in text


def test_the_strip_counts_what_waits_in_the_area(office: Office) -> None:
    with office.session() as session:
        factories.asset(session, office.tree.north_villages[0], operating_status="idle")
        factories.asset(session, office.tree.south_villages[0], review_status="pending")
    numbers = re.findall(r"<strong>(\d+)</strong>", office.browser("planner").text("/map/strip"))
    assert numbers == ["0", "1", "0", "0", "1", "0"]
    numbers = re.findall(r"<strong>(\d+)</strong>", office.browser("clerk").text("/map/strip"))
    assert numbers == ["0", "0", "0", "0", "1", "0"]


def test_going_down_names_the_areas_above_that_the_viewer_holds(office: Office) -> None:
    told = office.browser("planner").get("/map/area.json?area=610327101").json
    assert told is not None
    assert [region["name"] for region in told["above"]] == ["陇县", "八渡镇"]
    assert office.browser("clerk").get("/map/area.json?area=610327102").status_code == 404


def test_the_menu_of_areas_leads_to_the_same_page(office: Office) -> None:
    text = office.browser("planner").text("/map/areas?area=610327&page=map.index&status=overdue")
    assert "/map/?area=610327101000&status=overdue" in text
    assert "八渡镇" in text
    assert "/map/?" in office.browser("planner").text("/map/areas?area=610327&page=accounts.logout%0d%0a")


def test_the_handed_over_map_holds_the_view_and_needs_no_network(office: Office) -> None:
    two_assets(office)
    with office.session() as session:
        square = "SRID=4490;MULTIPOLYGON(((106 34.5,107 34.5,107 35,106 35,106 34.5)))"
        session.execute(update(Region).where(Region.id == office.tree.north.id).values(geom=square))
    response = office.browser("clerk").get("/map/handover.html?layers=assets&by=assets:status")
    assert response.status_code == 200
    assert "attachment" in response.headers["Content-Disposition"]
    assert "大力村产业路" in response.text
    assert "八龙潭村" not in response.text
    assert "示意图" in response.text
    assert not re.findall(r'(?:src|href)="https?://', response.text)


def test_too_many_records_for_one_file_offers_counts_per_area(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    two_assets(office)
    monkeypatch.setattr("app.map.handover.MAX_FEATURES", 1)
    planner = office.browser("planner")
    text = planner.text("/map/handover.html?layers=assets&status=unarranged")
    assert "2 条记录，单个文件最多 1 条" in text
    assert "/map/handover.html?layers=assets&status=unarranged&as=counts" in text
    assert planner.get("/map/handover.html?layers=assets&as=counts").status_code == 200
