"""Status by area in the browser: page, figures and file say the same, to each what is theirs."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.maintenance.models import Inspection
from assets.parties.models import Person
from assets.terms.models import Installation
from tests import factories
from tests.people import Office

NORTH, SOUTH = "八渡镇", "天成镇"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def county(office: Office) -> Office:
    """Two towns: the north with one overdue of two and a household asset, the south with one in order."""
    tree = office.tree
    with office.session() as session:
        factories.duty(session, factories.asset(session, tree.north_villages[0], name="大力村蓄水池"))
        kept = factories.asset(session, tree.north_villages[1], asset_class="earning")
        factories.duty(session, kept)
        factories.inspection(session, kept, dt.date(2026, 11, 1))
        factories.asset(session, tree.north_villages[1], asset_class="household", value_yuan=55_000)
        south = factories.asset(session, tree.south_villages[0], value_yuan=1_234_567, sector="roads")
        factories.duty(session, south)
        factories.inspection(session, south, dt.date(2026, 11, 1))
        factories.asset(session, tree.south_villages[1])
    return office


def rows_of(page: str) -> dict[str, list[str]]:
    """Name to cells of the table, as a reader sees them."""
    body = page[page.index("<tbody>") : page.index("</table>")]
    found = {}
    for row in re.findall(r"<tr.*?</tr>", body, re.S):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", re.sub(r"<details.*?</details>", "", row, flags=re.S), re.S)
        words = [html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in cells]
        found[words[0]] = words[1:]
    return found


def test_a_leader_sees_every_town_own_and_total(county: Office) -> None:
    page = county.browser("leader").text("/maintenance/")
    rows = rows_of(page)
    assert list(rows) == [NORTH, SOUTH, "本级", "合计"]
    assert rows[NORTH] == ["3", "20.0", "1", "0", "1", "0", "1", "0", "0", "0", "50.0 %", "2"]
    assert rows[SOUTH] == ["2", "133.5", "1", "0", "0", "1", "0", "1", "1", "1", "0.0 %", "1"]
    assert rows["合计"] == ["5", "153.5", "2", "0", "1", "1", "1", "1", "1", "1", "33.3 %", "—"]
    assert "另有到户类资产原值 5.5 万元未计入" in page


def test_the_page_is_complete_in_english(county: Office) -> None:
    page = county.browser("leader", language="en").text("/maintenance/")
    assert "Upkeep status by area" in page
    assert list(rows_of(page))[-2:] == ["The area itself", "Total"]


def test_one_level_down_are_the_villages(county: Office) -> None:
    rows = rows_of(county.browser("leader").text("/maintenance/?area=610327101"))
    assert list(rows) == ["大力村", "八渡村", "本级", "合计"]
    assert rows["合计"][0] == "3"


def test_a_village_shows_its_own_total(county: Office) -> None:
    rows = rows_of(county.browser("leader").text("/maintenance/?area=610327101201"))
    assert list(rows) == ["合计"]
    assert rows["合计"][0] == "1"


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("class=earning", "1"),
        ("sector=roads", "1"),
        ("class=public,earning", "4"),
        ("on=2024-01-14", "0"),
        ("status=overdue", "5"),
    ],
)
def test_filters_narrow_the_table(county: Office, query: str, total: str) -> None:
    assert rows_of(county.browser("leader").text(f"/maintenance/?{query}"))["合计"][0] == total


def test_a_past_day_shows_what_was_true_then(county: Office) -> None:
    rows = rows_of(county.browser("leader").text("/maintenance/?on=2024-02-01"))
    assert rows["合计"][2:7] == ["3", "0", "0", "1", "1"]


@pytest.mark.parametrize(
    ("sort", "first"), [("-share", NORTH), ("share", SOUTH), ("-value", SOUTH), ("rank", SOUTH), ("x", NORTH)]
)
def test_the_table_is_sorted_by_any_column(county: Office, sort: str, first: str) -> None:
    assert next(iter(rows_of(county.browser("leader").text(f"/maintenance/?sort={sort}")))) == first


def test_a_clerk_finds_nothing_of_the_neighbouring_town(county: Office) -> None:
    browser = county.browser("clerk")
    for address in (
        "/maintenance/",
        "/maintenance/?area=610327",
        "/maintenance/figures.json?area=610327&level=village",
    ):
        text = browser.text(address)
        assert SOUTH not in text
        assert "八龙潭村" not in text
    assert rows_of(browser.text("/maintenance/?area=610327"))["合计"][0] == "3"
    assert "仅统计该部分" in browser.text("/maintenance/?area=610327")
    assert SOUTH not in str(sheet(browser.get("/maintenance/status.xlsx?area=610327").data))


@pytest.mark.parametrize("page", ["", "status.xlsx", "figures.json"])
def test_the_neighbouring_town_itself_is_not_found(county: Office, page: str) -> None:
    assert county.browser("clerk").get(f"/maintenance/{page}?area=610327102").status_code == 404


def test_a_department_counts_its_own_sector_alone(county: Office) -> None:
    rows = rows_of(county.browser("department").text("/maintenance/"))
    assert rows["合计"][0] == "4"
    assert rows[SOUTH][0] == "1"


@pytest.mark.parametrize("address", ["/maintenance/", "/maintenance/status.xlsx", "/maintenance/figures.json"])
def test_a_stranger_is_asked_to_sign_in(office: Office, address: str) -> None:
    assert office.browser().get(address).status_code in (302, 401)


def sheet(content: bytes) -> list[list[Any]]:
    """The rows of a workbook's first sheet, numbers as texts, read from its own XML."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        shared = ["".join(item.itertext()) for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]
        rows = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(f"{SHEET}row")
    return [[text_of(cell, shared) for cell in row if cell.find(f"{SHEET}v") is not None] for row in rows]


def text_of(cell: ElementTree.Element, shared: list[str]) -> str:
    text = cell.findtext(f"{SHEET}v") or ""
    return shared[int(text)] if cell.get("t") == "s" else text


@pytest.mark.parametrize("query", ["", "?sort=-share", "?area=610327101", "?sector=water&sort=value"])
def test_the_file_equals_the_page(county: Office, query: str) -> None:
    browser = county.browser("leader")
    on_page = rows_of(browser.text(f"/maintenance/{query}"))
    in_file = {row[0]: row[1:] for row in sheet(browser.get(f"/maintenance/status.xlsx{query}").data)}
    assert [name for name in in_file if name in on_page] == list(on_page)
    for name, cells in on_page.items():
        numbers = [text.replace(",", "").replace(" %", "") for text in cells]
        assert [plain(value) for value in in_file[name]] == [plain(text) for text in numbers], name


def plain(value: Any) -> Any:
    return value if value == "—" else float(value)


def test_the_file_says_what_it_is_and_of_when(county: Office) -> None:
    with county.session() as session:
        session.merge(Installation(id=1, demonstration_on=factories.DAY, seed=1))
    answer = county.browser("leader").get("/maintenance/status.xlsx?class=public")
    words = str(sheet(answer.data))
    for said in ("陇县管护状态分区统计", "演示数据", "截至日期：2026-11-20", "逾期未巡 ÷", "类别：公益性"):
        assert said in words
    assert "%E6%BC%94%E7%A4%BA%E6%95%B0%E6%8D%AE" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_name_that_looks_like_a_formula_stays_text(county: Office, name: str) -> None:
    with county.session() as session:
        village = session.get_one(factories.Region, county.tree.north_villages[0].id)
        village.short_name = name
    cells = sheet(county.browser("leader").get("/maintenance/status.xlsx?area=610327101").data)
    assert "'" + name in [row[0] for row in cells]


def test_figures_carry_values_parts_and_class_limits(county: Office) -> None:
    answer = county.browser("leader").get("/maintenance/figures.json?area=610327&figure=overdue_share").json
    by_name = {row["name"]: row for row in answer["figures"]}
    assert (by_name[NORTH]["value"], by_name[NORTH]["shown"]) == (50.0, "50.0 %")
    assert (by_name[NORTH]["numerator"], by_name[NORTH]["denominator"]) == (1, 2)
    assert by_name[SOUTH]["value"] == 0
    assert answer["classes"] == [50]
    assert "÷" in answer["formula"]


def test_figures_without_anything_to_divide_by_are_no_data(county: Office) -> None:
    answer = county.browser("leader").get("/maintenance/figures.json?area=610327102&figure=overdue_share").json
    assert {row["name"]: row["value"] for row in answer["figures"]} == {"八龙潭村": 0, "天成村": None}


@pytest.mark.parametrize(
    "query", ["figure=nonsense", "level=town&area=610327101", "level=planet", "breaks=x", "on=tomorrow", "class=x"]
)
def test_nonsense_is_refused_in_words(county: Office, query: str) -> None:
    answer = county.browser("leader").get(f"/maintenance/figures.json?{query}")
    assert answer.status_code == 400
    assert answer.json["error"]


@pytest.fixture
def kept(county: Office) -> tuple[Office, int]:
    """The caretaker of 大力村 and the asset of the own post."""
    account_id = county.account("caretaker")
    with county.session() as session:
        village = county.tree.north_villages[0]
        person = Person(name="王五", account_id=account_id)
        session.add(person)
        session.flush()
        post = factories.post(session, village)
        factories.holding(session, post, person)
        asset = factories.asset(session, village, name="大力村太阳能路灯")
        factories.duty(session, asset, post_id=post.id)
        return county, asset.id


def visit(asset_id: int, **values: Any) -> dict[str, Any]:
    return {"asset_id": asset_id, "result": "all_well", "request_key": "0123456789abcdef"} | values


def visits(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Inspection).where(Inspection.request_key.is_not(None))) or 0


def test_a_caretaker_s_tap_is_recorded_once_and_can_be_undone(kept: tuple[Office, int]) -> None:
    office, asset_id = kept
    browser = office.browser("caretaker")
    assert "大力村太阳能路灯" in browser.text("/")
    for _tap in range(2):
        assert (
            browser.post("/maintenance/inspections", visit(asset_id, longitude="106.9", latitude="34.9")).status_code
            == 302
        )
    with office.session() as session:
        assert visits(session) == 1
        number = session.scalars(select(Inspection.id).where(Inspection.request_key.is_not(None))).one()
    page = browser.text(f"/?recorded={number}")
    assert "今日已巡查" in page
    assert "点错了？" in page
    browser.post(f"/maintenance/inspections/{number}/undo")
    with office.session() as session:
        assert visits(session) == 0


def test_two_taps_at_the_same_moment_are_recorded_once(kept: tuple[Office, int]) -> None:
    office, asset_id = kept
    browsers = [office.browser("caretaker") for _ in range(4)]
    with ThreadPoolExecutor(4) as hands:
        answers = list(hands.map(lambda one: one.post("/maintenance/inspections", visit(asset_id)), browsers))
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.location for answer in answers}) == 1
    with office.session() as session:
        assert visits(session) == 1


def test_filters_that_came_along_are_named_and_can_be_cleared(county: Office) -> None:
    page = county.browser("leader").text("/maintenance/?operating=idle&class=public")
    assert rows_of(page)["合计"][0] == "0"
    assert "清除这些条件" in page
    assert "清除这些条件" not in county.browser("leader").text("/maintenance/?class=public&on=2026-01-01")


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"result": "problem"}, 400),
        ({"result": "nonsense"}, 400),
        ({"inspected_on": "2027-01-01"}, 400),
        ({"asset_id": "x"}, 400),
        ({"asset_id": "999999999"}, 404),
        ({"request_key": ""}, 400),
        ({"longitude": "far", "latitude": "away"}, 400),
        ({"longitude": "nan", "latitude": "1"}, 400),
    ],
)
def test_what_cannot_be_recorded_is_refused_in_words(
    kept: tuple[Office, int], values: dict[str, Any], status: int
) -> None:
    office, asset_id = kept
    answer = office.browser("caretaker").post("/maintenance/inspections", visit(asset_id) | values)
    assert answer.status_code == status
    with office.session() as session:
        assert visits(session) == 0


@pytest.mark.parametrize(
    ("persona", "status"), [("clerk", 403), ("neighbour_clerk", 404), ("leader", 403), ("viewer", 403)]
)
def test_nobody_else_records_for_the_caretaker(kept: tuple[Office, int], persona: str, status: int) -> None:
    office, asset_id = kept
    answer = office.browser(persona).post("/maintenance/inspections", visit(asset_id), token_from="/maintenance/")
    assert answer.status_code == status


def test_a_form_without_its_token_is_refused(kept: tuple[Office, int]) -> None:
    office, asset_id = kept
    assert office.browser("caretaker").client.post("/maintenance/inspections", data=visit(asset_id)).status_code == 400
