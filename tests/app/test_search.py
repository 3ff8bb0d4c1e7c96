"""The search of the top bar, by persona."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from assets.places.models import Facility, RelocationSite, Village
from tests import factories
from tests.people import Office

HOSTILE = (
    "长" * 10_000,
    "a" * 10_000,
    "😀" * 50,
    "<script>alert(1)</script>",
    "%",
    "_",
    "\\",
    "\x00",
    "' OR 1=1 --",
    "\u202e",
)


def groups(html: str) -> dict[str, list[str]]:
    """The suggested names by heading."""
    found: dict[str, list[str]] = {}
    for heading, body in re.findall(
        r'class="answer-group"[^>]*>([^<]+)</p>(.*?)(?=<p class="answer-group"|$)', html, re.S
    ):
        found[heading.strip()] = re.findall(r'class="answer-name">([^<]+)<', body)
    return found


def test_initials_find_the_town_first(office: Office) -> None:
    found = groups(office.browser("planner").text("/search/suggest?q=bdz"))
    assert next(iter(found.items())) == ("行政区划", ["八渡镇"])


def test_every_kind_is_found_under_its_heading(office: Office) -> None:
    village = office.tree.north_villages[0]
    with office.session() as session:
        factories.asset(session, village, name="大力村蓄水池")
        factories.project(session, village, name="大力村产业路")
        session.add_all(
            [
                Village(region_id=village.id, name="大力村", kind="village", village_class="other"),
                RelocationSite(region_id=village.id, name="大力村安置点", type="rural"),
                Facility(region_id=village.id, name="大力村卫生室", type="clinic", level="village"),
            ]
        )
    found = groups(office.browser("planner").text("/search/suggest?q=" + quote("大力村")))
    assert found == {
        "村庄": ["大力村"],
        "安置点": ["大力村安置点"],
        "项目": ["大力村产业路"],
        "资产": ["大力村蓄水池"],
        "设施": ["大力村卫生室"],
    }


def test_a_clerk_finds_nothing_of_the_neighbouring_town(office: Office) -> None:
    with office.session() as session:
        for region in (office.tree.north_villages[0], office.tree.south_villages[0]):
            factories.asset(session, region, name=f"{region.name}公共厕所")
            factories.project(session, region, name=f"{region.name}公共厕所项目")
    clerk = office.browser("clerk")
    for address in ("/search/suggest?q=", "/search/?q="):
        page = clerk.text(address + quote("公共厕所"))
        assert "大力村公共厕所" in page
        assert "八龙潭村公共厕所" not in page
    assert groups(clerk.text("/search/suggest?q=tcz")) == {}
    assert groups(clerk.text("/search/suggest?q=lx")) == {"行政区划": ["陇县"]}


def test_a_neighbouring_county_is_not_offered(office: Office) -> None:
    assert groups(office.browser("planner").text("/search/suggest?q=" + quote("千阳"))) == {}


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: ascii(words)[:20])
@pytest.mark.parametrize("address", ["/search/suggest?q=", "/search/?q="])
def test_hostile_words_get_a_clear_answer(office: Office, address: str, words: str) -> None:
    answer = office.browser("planner").get(address + quote(words))
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_a_long_word_is_said_to_be_shortened(office: Office) -> None:
    assert "只查找了前 100 个字符" in office.browser("planner").text("/search/?q=" + quote("长" * 101))
    assert "只查找了前 100 个字符" not in office.browser("planner").text("/search/?q=" + quote("长" * 100))


def test_nothing_typed_finds_nothing(office: Office) -> None:
    assert groups(office.browser("planner").text("/search/suggest?q=")) == {}
    assert "您要找什么" in office.browser("planner").text("/search/")


def test_a_stranger_has_to_sign_in(office: Office) -> None:
    assert office.browser().get("/search/suggest?q=bdz").status_code in (302, 401)


def test_the_page_speaks_english(office: Office) -> None:
    assert "Areas" in office.browser("planner", language="en").text("/search/?q=bdz")
