"""The asset ledger and the page of one asset, by persona."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import quote

import pytest

from assets.ownership.models import Contract, Income, Right
from assets.parties.models import Person
from assets.terms.models import Installation
from tests import factories
from tests.people import Office
from tests.workbooks import cells, formulas

NOT_FOUND = "没有这条记录，或不在您的管辖区域内。"
USUAL = "/registry/?sort=name"


def names(html: str) -> list[str]:
    """The names of the rows shown, in their order."""
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a></th>', html)


def last_line(html: str) -> list[str]:
    """The texts of the totals row."""
    foot = re.search(r"<tfoot>(.*?)</tfoot>", html, re.S)
    assert foot
    return [text.strip() for text in re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", foot.group(1)) if text.strip()]


@pytest.fixture
def towns(office: Office) -> tuple[int, int]:
    """One asset in each of the two towns: a tank worth 19万, a cold store worth 150万."""
    with office.session() as session:
        ours = factories.asset(session, office.tree.north_villages[0], name="大力村蓄水池", value_yuan=190_000)
        theirs = factories.asset(
            session,
            office.tree.south_villages[0],
            name="八龙潭村冷库",
            value_yuan=1_500_000,
            asset_class="earning",
            sector="agriculture",
        )
        return ours.id, theirs.id


def test_the_planner_sees_both_towns_and_their_sum(office: Office, towns: tuple[int, int]) -> None:
    page = office.browser("planner").text(USUAL)
    assert names(page) == ["八龙潭村冷库", "大力村蓄水池"]
    assert last_line(page) == ["合计 2 条", "169.00"]


def test_a_clerk_sees_and_counts_only_the_own_town(office: Office, towns: tuple[int, int]) -> None:
    page = office.browser("clerk").text(USUAL)
    assert names(page) == ["大力村蓄水池"]
    assert last_line(page) == ["合计 1 条", "19.00"]
    assert "八龙潭" not in page


def test_a_department_sees_its_sector(office: Office, towns: tuple[int, int]) -> None:
    assert names(office.browser("department").text(USUAL)) == ["大力村蓄水池"]


def test_the_list_of_a_neighbouring_area_is_not_found(office: Office, towns: tuple[int, int]) -> None:
    clerk = office.browser("clerk")
    for area in ("610327102", "610328", "999999"):
        assert clerk.get(f"/registry/?area={area}").status_code == 404
        assert clerk.get(f"/registry/export.xlsx?area={area}").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("class=earning", ["八龙潭村冷库"]),
        ("class=earning,public", ["八龙潭村冷库", "大力村蓄水池"]),
        ("sector=water", ["大力村蓄水池"]),
        ("year=2024", ["八龙潭村冷库", "大力村蓄水池"]),
        ("year=2023", []),
        ("status=unarranged", ["八龙潭村冷库", "大力村蓄水池"]),
        ("status=overdue", []),
        ("fund=central", ["八龙潭村冷库", "大力村蓄水池"]),
        ("fund=bond", []),
        ("q=" + quote("蓄水"), ["大力村蓄水池"]),
        ("q=blt", ["八龙潭村冷库"]),
        ("area=610327101", ["大力村蓄水池"]),
        ("missing=owner", ["八龙潭村冷库", "大力村蓄水池"]),
        ("on=2023-01-01", []),
    ],
)
def test_a_filter_narrows_rows_totals_and_file_alike(
    office: Office, towns: tuple[int, int], query: str, found: list[str]
) -> None:
    planner = office.browser("planner")
    page = planner.text(f"{USUAL}&{query}")
    assert names(page) == found
    assert ("没有符合条件的记录" in page) == (not found)
    file = cells(planner.get(f"/registry/export.xlsx?sort=name&{query}").data)
    assert [row[1] for row in file if len(row) > 3 and row[0].startswith("T")] == found


@pytest.mark.parametrize(
    ("sort", "first"),
    [("name", "八龙潭村冷库"), ("-name", "大力村蓄水池"), ("value", "大力村蓄水池"), ("-value", "八龙潭村冷库")],
)
def test_a_column_sorts_both_ways(office: Office, towns: tuple[int, int], sort: str, first: str) -> None:
    assert names(office.browser("planner").text(f"/registry/?sort={sort}"))[0] == first


@pytest.mark.parametrize("key", ["code", "town", "village", "class", "status", "due_on", "type"])
def test_every_sortable_column_sorts(office: Office, towns: tuple[int, int], key: str) -> None:
    assert len(names(office.browser("planner").text(f"/registry/?sort=-{key}"))) == 2


def test_names_sort_as_in_a_chinese_dictionary(office: Office) -> None:
    with office.session() as session:
        for name in ("张家桥", "安乐桥", "李家桥", "八渡桥"):
            factories.asset(session, office.tree.north_villages[0], name=name)
    assert names(office.browser("clerk").text(USUAL)) == ["安乐桥", "八渡桥", "李家桥", "张家桥"]


def test_a_long_list_is_turned_page_by_page(office: Office) -> None:
    with office.session() as session:
        for number in range(53):
            factories.asset(session, office.tree.north_villages[0], name=f"路灯{number:02}", value_yuan=None)
    clerk = office.browser("clerk")
    assert len(names(clerk.text(USUAL))) == 50
    assert names(clerk.text(f"{USUAL}&page=2")) == ["路灯50", "路灯51", "路灯52"]
    assert names(clerk.text(f"{USUAL}&page=999999999999")) == ["路灯50", "路灯51", "路灯52"]
    assert len(names(clerk.text(f"{USUAL}&page=-4"))) == 50


def test_chosen_columns_are_remembered_on_page_and_in_file(office: Office, towns: tuple[int, int]) -> None:
    clerk = office.browser("clerk")
    assert clerk.get("/registry/?columns=name&columns=owner&columns=nonsense&sort=name").status_code == 302
    page = clerk.text(USUAL)
    assert re.findall(r'<th scope="col"', page) == ['<th scope="col"'] * 2
    assert "所有权人" in page
    header = next(row for row in cells(clerk.get("/registry/export.xlsx").data) if row[0] == "名称")
    assert header == ["名称", "所有权人", "资产编码", "区划代码", "经度", "纬度", "位置", "坐标系"]
    clerk.get("/registry/?columns=usual")
    assert len(re.findall(r'<th scope="col"', clerk.text(USUAL))) > 2


def test_the_file_says_what_it_holds(office: Office, towns: tuple[int, int]) -> None:
    with office.session() as session:
        session.add(Installation(id=1, demonstration_on=factories.DAY, seed=1))
    answer = office.browser("planner").get("/registry/export.xlsx?class=earning&year=2024")
    words = str(cells(answer.data)[:6])
    for said in ("陇县资产台账", "截至 2026-11-20，共 1 行", "资产类别：经营性", "年度：2024", "演示数据"):
        assert said in words
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]


def test_a_clerks_file_holds_nothing_of_the_neighbours(office: Office, towns: tuple[int, int]) -> None:
    words = str(cells(office.browser("clerk").get("/registry/export.xlsx").data))
    assert "大力村蓄水池" in words
    assert "八龙潭" not in words


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"])
def test_a_name_that_looks_like_a_formula_stays_text(office: Office, name: str) -> None:
    with office.session() as session:
        factories.asset(session, office.tree.north_villages[0], name=name)
    content = office.browser("clerk").get("/registry/export.xlsx").data
    assert formulas(content) == 0
    assert "'" + name in [text for row in cells(content) for text in row]


def test_persons_are_masked_on_page_and_in_file(office: Office, towns: tuple[int, int]) -> None:
    with office.session() as session:
        asset = session.get_one(factories.Asset, towns[0])
        post = factories.post(session, office.tree.north_villages[0])
        person = Person(name="王建军", phone="16100001234", id_number="610327199001011234")
        session.add(person)
        session.flush()
        factories.holding(session, post, person)
        factories.duty(session, asset, post_id=post.id)
        factories.inspection(session, asset, inspector_id=person.id)
    clerk = office.browser("clerk")
    clerk.get("/registry/?columns=name&columns=person&columns=phone")
    pages = [
        clerk.text(USUAL),
        clerk.text(f"/registry/{towns[0]}"),
        str(cells(clerk.get("/registry/export.xlsx").data)),
    ]
    for page in pages:
        assert "王**" in page
        assert "161****1234" in page
        assert "王建军" not in page
        assert "16100001234" not in page
        assert "610327199001011234" not in page


def test_the_page_of_an_asset_tells_all_of_it(office: Office) -> None:
    village = office.tree.north_villages[0]
    with office.session() as session:
        asset = factories.asset(session, village, name="大力村冷库", value_yuan=None, useful_life_years=10)
        project = factories.project(session, village, name="大力村冷库建设项目")
        party = factories.party(session, "大力村股份经济合作社")
        session.add_all(
            [
                factories.ValueEvent(
                    asset_id=asset.id,
                    project_id=project.id,
                    kind="new",
                    occurred_on=dt.date(2024, 11, 20),
                    amount_yuan=1_500_000,
                    fund_source="central",
                ),
                Right(
                    asset_id=asset.id,
                    kind="ownership",
                    party_id=party.id,
                    share_numerator=1,
                    share_denominator=3,
                    valid_from=dt.date(2024, 12, 1),
                ),
                Contract(
                    asset_id=asset.id,
                    party_id=party.id,
                    mode="lease",
                    number="HT-1",
                    annual_rent_yuan=50_000,
                    starts_on=dt.date(2025, 1, 1),
                    ends_on=dt.date(2026, 1, 1),
                ),
                Income(asset_id=asset.id, year=2025, due_yuan=50_000, received_yuan=40_000, distributed_yuan=0),
            ]
        )
        factories.duty(session, asset)
        factories.inspection(session, asset, dt.date(2026, 7, 1), result="problem", note="门锁损坏")
        asset_id, project_id = asset.id, project.id
    page = office.browser("clerk").text(f"/registry/{asset_id}")
    for said in (
        "150.00",
        "120.00",
        "1/3",
        "大力村股份经济合作社",
        "HT-1",
        "80.0 %",
        "门锁损坏",
        "逾期未巡",
        "2026-09-29",
    ):
        assert said in page, said
    assert f'href="/projects/{project_id}"' in page


@pytest.mark.parametrize("persona", ["clerk", "caretaker"])
def test_what_lies_elsewhere_is_answered_like_what_does_not_exist(
    office: Office, towns: tuple[int, int], persona: str
) -> None:
    browser = office.browser(persona)
    theirs, nothing = browser.get(f"/registry/{towns[1]}"), browser.get("/registry/987654321")
    assert theirs.status_code == nothing.status_code == 404
    assert NOT_FOUND in theirs.text
    assert _without_own_words(theirs.text) == _without_own_words(nothing.text)


def _without_own_words(page: str) -> str:
    """A page without what differs between any two answers: nonce, token, its own address."""
    page = re.sub(r'nonce="[^"]+"|nonce&#34;[^,}]*|"inlineScriptNonce": "[^"]+"', "", page)
    page = re.sub(r'content="[^"]{40,}"|value="[^"]{40,}"', "", page)
    return re.sub(r"/registry/\d+|%2Fregistry%2F\d+", "", page)


def test_an_asset_without_anything_is_shown_with_its_gaps(office: Office) -> None:
    with office.session() as session:
        bare = factories.asset(
            session,
            office.tree.county,
            value_yuan=None,
            geom=None,
            sector=None,
            position_quality=None,
            papers_missing=True,
        )
        asset_id = bare.id
    page = office.browser("planner").text(f"/registry/{asset_id}")
    for said in (
        "位置",
        "行业",
        "数量",
        "缺主体",
        "缺责任人",
        "缺经费",
        "尚未登记位置" if "locator" in page else "位置",
    ):
        assert said in page


def test_a_stranger_has_to_sign_in(office: Office) -> None:
    for address in ("/registry/", "/registry/1", "/registry/export.xlsx"):
        assert office.browser().get(address).status_code in (302, 401)


def test_the_ledger_speaks_english(office: Office, towns: tuple[int, int]) -> None:
    page = office.browser("planner", language="en").text("/registry/")
    for said in ("Asset ledger", "Public-benefit", "No upkeep arranged", "Total of 2"):
        assert said in page
