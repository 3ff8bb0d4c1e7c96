"""The engine of record forms, by the forms of facilities."""

from __future__ import annotations

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

import pytest
import shapely
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from assets.audit import AuditEntry
from assets.places.models import Facility
from assets.regions.borders import attach_borders
from assets.terms.models import Term
from tests import factories
from tests.people import Browser, Office

NEW = "/places/facilities/new"
ENTERED = {
    "name": "大力村卫生室",
    "type": "clinic",
    "level": "village",
    "status": "in_use",
    "region_id-words": "大力村",
}


@pytest.fixture
def clerk(office: Office) -> Browser:
    """The clerk of the northern town, in an office that knows clinics."""
    clinic = Term(
        kind="facility_type",
        code="clinic",
        name_zh="村卫生室",
        name_en="Village clinic",
        valid_from=dt.date(2000, 1, 1),
    )
    with office.session() as session:
        session.add(clinic)
        borders = {
            village.code: shapely.box(106.5 + place / 10, 34.7, 106.6 + place / 10, 34.8)
            for place, village in enumerate(office.tree.villages)
        }
        attach_borders(session, borders, level="village", day=factories.DAY, source="test", schematic=True)
    return office.browser("clerk")


def send(browser: Browser, address: str = NEW, **values: Any) -> TestResponse:
    return browser.post(address, ENTERED | {"request_key": "key-of-this-test"} | values)


def refused(answer: TestResponse, status: int = 400) -> str:
    assert answer.status_code == status
    return unescape(answer.text)


def made(browser: Browser, **values: Any) -> str:
    """The address of a facility registered by ``browser``."""
    answer = send(browser, **values)
    assert answer.status_code == 303, unescape(answer.text).partition("form-summary")[2][:1000]
    return answer.headers["Location"]


def facilities(office: Office) -> list[Facility]:
    with office.session() as session:
        return list(session.scalars(select(Facility).order_by(Facility.id)))


def test_a_clerk_registers_a_facility(office: Office, clerk: Browser) -> None:
    address = made(clerk, geom="106.55, 34.75")
    assert "“大力村卫生室”已登记" in clerk.text(address)
    [facility] = facilities(office)
    assert (facility.name, facility.pinyin) == ("大力村卫生室", "dalicunweishengshi")
    assert facility.region_id == office.tree.north_villages[0].id
    with office.session() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "places.register_facility")).all()
        assert (entry.record_id, entry.account_id) == (facility.id, office.account("clerk"))


@pytest.mark.parametrize("persona", ["auditor", "leader", "viewer", "caretaker"])
def test_who_may_not_write_is_shown_no_form(office: Office, clerk: Browser, persona: str) -> None:
    address = made(clerk)
    browser = office.browser(persona)
    for page in (NEW, f"{address}/correct", f"{address}/retire"):
        assert browser.get(page).status_code == 403
        assert send(browser, page, revision="1", reason="试一试", on="2026-11-20").status_code == 403
    assert len(facilities(office)) == 1


def test_a_neighbour_does_not_find_the_record(office: Office, clerk: Browser) -> None:
    address = made(clerk)
    neighbour = office.browser("neighbour_clerk")
    assert neighbour.get(f"{address}/correct").status_code == 404
    assert send(neighbour, f"{address}/retire", revision="1", reason="试一试").status_code == 404


def test_a_form_posted_twice_is_taken_in_once(office: Office, clerk: Browser) -> None:
    assert made(clerk) == made(clerk)
    assert len(facilities(office)) == 1


def test_a_form_posted_twice_at_the_same_moment_is_taken_in_once(office: Office, clerk: Browser) -> None:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', clerk.text(NEW))[1]  # type: ignore[index]
    cookie = clerk.client.get_cookie("xiangtu")
    assert cookie is not None

    def once(_number: int) -> str:
        client = office.app.test_client()
        client.set_cookie("xiangtu", cookie.value)
        values = ENTERED | {"request_key": "the-same-moment", "csrf_token": token, "confirmed": "same_name~nothing~"}
        return client.post(NEW, data=values).headers["Location"]

    with ThreadPoolExecutor(4) as hands:
        assert len(set(hands.map(once, range(4)))) == 1
    assert len(facilities(office)) == 1


def test_another_accounts_form_is_not_answered_with_its_record(office: Office, clerk: Browser) -> None:
    made(clerk)
    assert send(office.browser("planner")).status_code == 409
    assert len(facilities(office)) == 1


def test_everything_wrong_is_told_at_once_and_nothing_is_saved(office: Office, clerk: Browser) -> None:
    wrong = {"name": "", "type": "castle", "opened_on": "2023-02-29", "staff": "很多", "region_id-words": "天成村"}
    page = refused(send(clerk, **wrong))
    for told in ("请填写此项", "“castle”不在可选范围内", "不是闰年", "“很多”不是数字", "您的管辖范围内没有此地"):
        assert page.count(told) >= 2, told
    assert 'value="2023-02-29"' in page
    assert 'value="很多"' in page
    assert facilities(office) == []


def test_rules_of_the_service_are_told_beside_their_fields(office: Office, clerk: Browser) -> None:
    page = refused(send(clerk, opened_on="2027-01-01", closed_on="2026-01-01"))
    assert "状态应选“规划”" in page.partition('data-entry="opened_on"')[2].partition("data-entry")[0]
    assert "不能早于启用日期" in page.partition('data-entry="closed_on"')[2].partition("data-entry")[0]
    assert facilities(office) == []


def test_a_doubt_passes_once_it_is_confirmed_and_is_not_asked_again(office: Office, clerk: Browser) -> None:
    page = refused(send(clerk, area_m2="95,000"))
    assert "95,000 平方米明显大于" in page
    token = re.search(r'name="confirmed" value="([^"]+)"', page)[1]  # type: ignore[index]
    assert "96,000 平方米明显大于" in refused(send(clerk, area_m2="96,000", confirmed=token))
    address = made(clerk, area_m2="95,000", confirmed=token)
    correction = {"area_m2": "95000", "staff": "3", "revision": "1", "reason": "补充", "request_key": "correction"}
    assert send(clerk, f"{address}/correct", **correction).status_code == 303


def test_the_same_name_in_the_same_village_is_doubted(office: Office, clerk: Browser) -> None:
    made(clerk)
    assert "大力村已登记过“大力村卫生室”" in refused(send(clerk, request_key="another-form"))
    made(clerk, request_key="another-form", **{"region_id-words": "八渡村"})


def test_a_position_outside_the_place_is_shown_and_either_can_be_taken(office: Office, clerk: Browser) -> None:
    page = refused(send(clerk, geom="106.65, 34.75"))
    assert "位置不在八渡镇 › 大力村范围内，而在八渡镇 › 八渡村" in page
    made(clerk, geom="106.65, 34.75", **{"geom-region": "take"})
    made(clerk, geom="106.65, 34.75", request_key="another-form", name="第二诊室", **{"geom-region": "keep"})
    dali, badu = office.tree.north_villages
    assert [facility.region_id for facility in facilities(office)] == [badu.id, dali.id]


def test_a_place_in_a_neighbours_town_is_refused(office: Office, clerk: Browser) -> None:
    page = refused(send(clerk, geom="106.75, 34.75", **{"region_id-words": ""}))
    assert "请选择所在地" in page
    assert facilities(office) == []


def test_correcting_keeps_what_is_not_touched_and_says_why(office: Office, clerk: Browser) -> None:
    address = made(clerk, geom="106.5512345, 34.7512345")
    before = facilities(office)[0].geom
    form = unescape(clerk.text(f"{address}/correct"))
    for shown in ('value="大力村卫生室"', "106.5512345, 34.7512345", 'value="八渡镇 › 大力村"'):
        assert shown in form
    assert "请填写此项" in refused(send(clerk, f"{address}/correct", revision="1", request_key="no-reason-given"))
    correction = {"name": "大力卫生室", "geom": "106.5512345, 34.7512345", "revision": "1", "reason": "按牌匾更正"}
    assert send(clerk, f"{address}/correct", request_key="correction", **correction).status_code == 303
    [facility] = facilities(office)
    assert (facility.name, facility.geom) == ("大力卫生室", before)
    with office.session() as session:
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "places.correct_facility")).all()
        assert entry.reason == "按牌匾更正"
        assert set(entry.changes or {}) == {"name", "pinyin", "initials"}


def test_a_correction_that_changes_nothing_leaves_no_trace(office: Office, clerk: Browser) -> None:
    address = made(clerk)
    again = {"revision": "1", "reason": "看一看", "request_key": "nothing-changed"}
    assert send(clerk, f"{address}/correct", **again).status_code == 303
    with office.session() as session:
        count = select(func.count()).where(AuditEntry.action == "places.correct_facility")
        assert session.scalar(count) == 0


@pytest.mark.parametrize("revision", ["", "x", "-1", "99999999999999999999"])
def test_a_form_that_names_no_version_is_refused(office: Office, clerk: Browser, revision: str) -> None:
    address = made(clerk)
    page = refused(send(clerk, f"{address}/correct", revision=revision, reason="更正", request_key="no-version"))
    assert "此表单已失效" in page
    assert facilities(office)[0].revision == 1


def test_two_editors_of_one_record_see_each_others_changes(office: Office, clerk: Browser) -> None:
    address = made(clerk) + "/correct"
    assert 'name="revision" value="1"' in clerk.text(address)
    planner = office.browser("planner")
    theirs = {"name": "大力村卫生所", "staff": "5", "revision": "1", "reason": "按牌匾", "request_key": "theirs-theirs"}
    assert send(planner, address, **theirs).status_code == 303
    yours = {"name": "大力卫生室", "capacity": "3", "revision": "1", "reason": "改名", "request_key": "yours-yours"}
    page = refused(send(clerk, address, **yours), 409)
    assert "planner已于" in page
    for shown in ("原值：大力村卫生室", "大力村卫生所", 'name="capacity" value="3"', 'value="改名"'):
        assert shown in page, shown
    taken = dict(re.findall(r'name="take-(\w+)" value="(\w+)" checked', page))
    assert taken == {"name": "yours", "staff": "theirs"}
    revision = re.search(r'name="revision" value="(\d+)"', page)[1]  # type: ignore[index]
    choice = {f"take-{name}": whose for name, whose in taken.items()} | {"revision": revision}
    assert send(clerk, address, **yours | choice | {"request_key": "yours-again"}).status_code == 303
    [facility] = facilities(office)
    assert (facility.name, facility.staff, facility.capacity) == ("大力卫生室", 5, 3)


def test_a_third_change_while_choosing_is_shown_as_well(office: Office, clerk: Browser) -> None:
    address = made(clerk) + "/correct"
    planner = office.browser("planner")
    for number in (1, 2):
        theirs = {"staff": str(number), "revision": str(number), "reason": "核对", "request_key": f"theirs-{number}-x"}
        assert send(planner, address, **theirs).status_code == 303
    yours = {"staff": "9", "revision": "2", "reason": "核对", "request_key": "yours-yours"}
    page = refused(send(clerk, address, **yours), 409)
    assert "原值：1 人" in page
    assert "2 人" in page


def test_a_record_withdrawn_meanwhile_says_so_and_gives_the_entries_back(office: Office, clerk: Browser) -> None:
    address = made(clerk)
    gone = {"on": "2026-11-20", "reason": "已拆除", "revision": "1", "request_key": "withdrawn-x"}
    assert send(office.browser("planner"), f"{address}/retire", **gone).status_code == 303
    page = refused(send(clerk, f"{address}/correct", name="新名称", revision="1", reason="改名"), 409)
    assert "已于 2026-11-20 撤下：已拆除" in page
    assert "<dd>新名称</dd>" in page
    assert "撤下" in refused(clerk.get(f"{address}/correct"), 409)
    [facility] = facilities(office)
    assert (facility.name, facility.retired_on) == ("大力村卫生室", dt.date(2026, 11, 20))


@pytest.mark.parametrize(("on", "told"), [("2026-11-21", "尚未到来"), ("2011-01-01", "过早"), ("", "请填写此项")])
def test_a_day_out_of_bounds_withdraws_nothing(office: Office, clerk: Browser, on: str, told: str) -> None:
    address = made(clerk)
    page = refused(send(clerk, f"{address}/retire", on=on, reason="已拆除", revision="1", request_key="withdrawn-x"))
    assert told in page
    assert facilities(office)[0].retired_on is None


def test_what_was_saved_can_be_undone(office: Office, clerk: Browser) -> None:
    address = made(clerk)
    page = clerk.text(address)
    hidden = dict(re.findall(r'type="hidden" name="(transaction|next|stay)" value="([^"]+)"', page))
    answer = clerk.post("/records/undo", hidden)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/places/facilities/")
    assert facilities(office) == []
    assert "已撤销" in clerk.text("/places/facilities/")


def test_what_another_saved_is_not_undone(office: Office, clerk: Browser) -> None:
    address = made(clerk)
    hidden = dict(re.findall(r'type="hidden" name="(transaction|stay)" value="([^"]+)"', clerk.text(address)))
    planner = office.browser("planner")
    for transaction in (hidden["transaction"], "0", "x", "9" * 30):
        answer = planner.post("/records/undo", {"transaction": transaction, "stay": "//evil.example"})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert len(facilities(office)) == 1


def test_a_rule_held_by_the_database_is_told_in_words(
    office: Office, clerk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where a service did not look, and where the database speaks at the commit only."""
    from app.places import facilities as pages
    from assets.ownership.models import Right

    with office.session() as session:
        asset = factories.asset(session, office.tree.north_villages[0])
        parties = [factories.party(session, name) for name in ("甲", "乙")]
        ids = asset.id, [party.id for party in parties]

    def careless(session: Any, **_values: Any) -> Any:
        for party_id in ids[1]:
            session.add(Right(asset_id=ids[0], kind="ownership", party_id=party_id, valid_from=dt.date(2024, 1, 1)))
        return Facility(id=1)

    monkeypatch.setattr(pages.service, "register_facility", careless)
    page = refused(send(clerk), 409)
    assert "2024-01-01 当天同类权利的份额合计为 2/1" in page
    assert 'value="大力村卫生室"' in page


def test_a_form_asks_whether_the_server_is_ready(office: Office, clerk: Browser) -> None:
    ready = clerk.get("/records/ready.json").get_json()
    assert ready["account"] == office.account("clerk")
    answer = clerk.client.post(NEW, data=ENTERED | {"csrf_token": ready["csrf_token"], "request_key": "ready-ready"})
    assert answer.status_code == 303
    assert office.browser().get("/records/ready.json", headers={"Accept": "application/json"}).status_code == 401


def test_both_languages_have_the_whole_form(office: Office, clerk: Browser) -> None:
    english = office.browser("clerk", language="en")
    page = english.text(NEW)
    for text in ("Register a facility", "What it is", "Recorded in", "Village clinic", "Save"):
        assert text in page
    assert not re.search(r"[一-鿿]", re.sub(r"(?s)<header class=\"topbar.*?</header>|八渡镇|中文|亿|万", "", page))
