"""The first view after signing in, for each role."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import zlib

import pytest

from tests import factories
from tests.people import PERSONAS, Office

NORTH, SOUTH = "八渡镇", "天成镇"


@pytest.fixture
def county(office: Office) -> Office:
    """Gaps in the north, one overdue asset in the south."""
    tree = office.tree
    with office.session() as session:
        factories.asset(session, tree.north_villages[0], name="大力村无管护水池", geom=None, position_quality=None)
        factories.asset(session, tree.north_villages[0], name="大力村退回资产", review_status="returned")
        soon = factories.asset(session, tree.north_villages[1], name="八渡村本周到期桥")
        factories.duty(session, soon, interval_days=30)
        factories.inspection(session, soon, dt.date(2026, 10, 24))
        late = factories.asset(session, tree.south_villages[0], name="八龙潭村逾期渠道")
        factories.duty(session, late)
        factories.project(session, tree.south, name="天成镇已验收未入账项目", stage="accepted")
    return office


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("persona", sorted(set(PERSONAS) - {"planner"}))
def test_everyone_has_a_first_view(county: Office, persona: str, language: str) -> None:
    page = county.browser(persona, language).text("/")
    assert "<h1>" in page


@pytest.mark.parametrize("persona", sorted(set(PERSONAS) - {"planner"}))
def test_everyone_has_a_first_view_of_an_empty_registry(office: Office, persona: str) -> None:
    office.browser(persona).text("/")


def test_a_planner_starts_on_the_map(county: Office) -> None:
    answer = county.browser("planner").get("/")
    assert answer.status_code == 302
    assert answer.location == "/map/?preset=planner"


def test_a_clerk_sees_the_own_town_s_gaps_and_tasks_and_no_other_town(county: Office) -> None:
    page = county.browser("clerk").text("/")
    for words in ("大力村无管护水池", "大力村退回资产", "八渡村本周到期桥", "信息缺项", "本周到期"):
        assert words in page
    assert "八龙潭村" not in page
    assert SOUTH not in page
    cards = re.findall(r'gap-name">([^<]+)</span>\s*<strong>(\d+)</strong>', page)
    assert dict(cards) == {
        "缺精确位置": "1",
        "缺所有权人": "3",
        "缺主体": "2",
        "缺责任人": "2",
        "缺经费": "2",
        "资料缺失": "0",
    }


def test_a_leader_sees_six_figures_and_the_towns_in_order(county: Office) -> None:
    page = county.browser("leader").text("/")
    assert page.count('class="figure-change') == 6
    ranked = re.findall(r'<td class="num rank">(.*?)</td>\s*<th scope="row"><a[^>]*>(.*?)</a>', page)
    assert ranked == [("1", NORTH), ("2", SOUTH)]
    assert "生成通报" in page


def test_a_leader_chooses_the_figure_that_ranks(county: Office) -> None:
    page = county.browser("leader").text("/?figure=arranged_share")
    ranked = re.findall(r'<td class="num rank">(.*?)</td>\s*<th scope="row"><a[^>]*>(.*?)</a>', page)
    assert ranked == [("1", SOUTH), ("2", NORTH)]
    assert county.browser("leader").get("/?figure=nonsense").status_code == 400


def test_a_caretaker_sees_no_county_but_the_own_duties(county: Office) -> None:
    page = county.browser("caretaker").text("/")
    assert "您目前没有管护职责" in page
    assert SOUTH not in page


def test_a_department_sees_its_sector_in_the_whole_county(county: Office) -> None:
    page = county.browser("department").text("/")
    assert "八龙潭村逾期渠道" in page
    assert NORTH in page


def test_an_auditor_sees_a_sample_and_what_was_accepted_but_not_booked(county: Office) -> None:
    page = county.browser("auditor").text("/")
    assert "天成镇已验收未入账项目" in page
    assert "今日抽样" in page
    assert page == county.browser("auditor").text("/") or "大力村退回资产" in page


def test_several_roles_are_tabs_and_each_opens_its_own_area(county: Office) -> None:
    with county.session() as session:
        account = factories.account(session, "both", "leader", county.tree.county)
        factories.grant(session, account, "clerk", county.tree.south)
        county.accounts["both"] = account.id
    browser = county.browser("both")
    assert "陇县总览" in browser.text("/")
    assert 'href="/?as=clerk"' in browser.text("/")
    assert "天成镇信息缺项与待办" in browser.text("/?as=clerk")
    assert "陇县总览" in browser.text("/?as=auditor")


def test_an_account_without_a_grant_is_told_so(office: Office) -> None:
    with office.session() as session:
        account = factories.account(session, "late", "viewer", office.tree.county)
        session.flush()
        session.delete(session.query(factories.Grant).filter_by(account_id=account.id).one())
        office.accounts["late"] = account.id
    answer = office.browser("late").get("/")
    assert answer.status_code == 404
    assert "授权" in answer.text or "区域" in answer.text


def test_the_circular_ranks_the_towns_and_says_what_it_is(county: Office) -> None:
    page = county.browser("leader").text("/circular")
    for words in ("帮扶项目资产管护情况通报", "截至日期：2026-11-20", "2026-10-31", NORTH, SOUTH):
        assert words in page


def test_the_circular_is_one_page_of_pdf(county: Office) -> None:
    answer = county.browser("leader").get("/circular.pdf")
    assert answer.status_code == 200
    assert answer.content_type == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", unpacked(answer.data))) == 1


def unpacked(pdf: bytes) -> bytes:
    """The objects of a PDF, out of their compressed streams."""
    parts = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S):
        with contextlib.suppress(zlib.error):
            parts.append(zlib.decompress(stream))
    return b"".join(parts)


def test_a_clerk_s_circular_holds_the_own_town_alone(county: Office) -> None:
    assert SOUTH not in county.browser("clerk").text("/circular?area=610327")
    assert county.browser("clerk").get("/circular.pdf?area=610327102").status_code == 404
