"""A list too long to sort at once: pages follow an index, and nothing is lost or shown twice."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from html import unescape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.lists import page as pages
from app.lists import walk
from assets.maintenance.rollup import fold_rollups
from tests import factories
from tests.people import Browser, Office

KEEP = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LEDGER = "/registry/?area=6103"


def names(html: str) -> list[str]:
    """The names of the rows shown, in their order."""
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a></th>', html)


def link(html: str, rel: str) -> str | None:
    """Where the previous or next page lies."""
    found = re.search(rf'rel="{rel}" href="([^"]+)"', html)
    return unescape(found.group(1)) if found else None


def turned(browser: Browser, address: str, rel: str = "next") -> list[list[str]]:
    """The names on each page from ``address`` on."""
    found, at = [], address
    while at:
        html = browser.text(at)
        found.append(names(html))
        at = link(html, rel) or ""
        assert len(found) < 60
    return found


@pytest.fixture
def city(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """A city's planner, for whom four records are too many to sort."""
    monkeypatch.setattr(pages, "SORTED_AT_MOST", 4)
    monkeypatch.setattr(pages, "FEW", 3)
    monkeypatch.setattr(pages, "ROWS_PER_PAGE", 5)
    with office.session() as session:
        account = factories.account(session, "city_planner", "planner", office.tree.city)
        account_id = account.id
    browser = office.browser()
    office.sign_in(browser.client, account_id)
    yield browser


def make(office: Office, count: int) -> None:
    """Assets in all villages: every third without a day of building, every fifth household, values repeat."""
    with office.session() as session:
        for number in range(count):
            factories.asset(
                session,
                office.tree.villages[number % 4],
                name=f"{'安北东高'[number % 4]}桥{number:02}",
                built_on=None if number % 3 == 0 else dt.date(2020 + number % 4, 1, 1),
                handed_over_on=dt.date(2021, 1, 1),
                asset_class="household" if number % 5 == 0 else "public",
                operating_status="idle" if number % 7 == 0 else "operating",
                value_yuan=100_000 * (number % 3),
            )
        fold_rollups(session)


@pytest.mark.parametrize("key", ["code", "name", "built_on", "value", "due_on"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_turning_page_by_page_shows_every_record_once_and_in_order(
    office: Office, city: Browser, monkeypatch: pytest.MonkeyPatch, key: str, sign: str
) -> None:
    make(office, 23)
    walked = turned(city, f"{LEDGER}&sort={sign}{key}")
    assert [len(part) for part in walked] == [5, 5, 5, 5, 3]
    monkeypatch.setattr(pages, "SORTED_AT_MOST", 1_000)
    monkeypatch.setattr(pages, "ROWS_PER_PAGE", 50)
    (whole,) = turned(city, f"{LEDGER}&sort={sign}{key}")
    flat = [name for part in walked for name in part]
    assert sorted(flat) == sorted(whole)
    if key in ("code", "name"):
        assert flat == whole


@pytest.mark.parametrize("sort", ["name", "-name", "built_on", "-built_on", "-value"])
def test_the_way_back_shows_the_same_pages(office: Office, city: Browser, sort: str) -> None:
    make(office, 23)
    forth, at = [], f"{LEDGER}&sort={sort}"
    while True:
        html = city.text(at)
        forth.append(names(html))
        if not (at := link(html, "next") or ""):
            break
    back = [names(html)]
    while at := link(html, "prev") or "":
        html = city.text(at)
        back.append(names(html))
    assert back[::-1] == forth


@KEEP
@given(
    operating=st.sampled_from(["", "idle", "operating"]),
    kind=st.sampled_from(["", "household"]),
    first=st.integers(1, 9),
)
def test_no_window_loses_or_repeats_what_matches(
    office: Office, city: Browser, operating: str, kind: str, first: int
) -> None:
    if not office.accounts.get("made"):
        make(office, 29)
        office.accounts["made"] = 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk, "ENTRIES_AT_FIRST", 1)
        patch.setattr(walk, "ENTRIES_AT_MOST", first)
        patch.setattr(pages, "FEW", 0)
        query = "".join(f"&{name}={value}" for name, value in (("operating", operating), ("class", kind)) if value)
        shown = [name for part in turned(city, f"{LEDGER}&sort=name{query}") for name in part]
    wanted = [
        f"{'安北东高'[number % 4]}桥{number:02}"
        for number in range(29)
        if (not kind or number % 5 == 0) and (not operating or (operating == "idle") == (number % 7 == 0))
    ]
    assert sorted(shown) == sorted(wanted)
    assert shown == sorted(shown, key=lambda name: ("安北东高".index(name[0]), name))


def test_what_is_rare_is_found_and_counted_at_once(office: Office, city: Browser) -> None:
    make(office, 15)
    page = city.text(f"{LEDGER}&operating=idle")
    assert len(names(page)) == 3
    assert '<span class="page-count">3</span>' in page


def test_the_sums_kept_for_a_city_are_on_the_page(office: Office, city: Browser) -> None:
    make(office, 9)
    page = city.text(LEDGER)
    assert "合计 9 条" in page
    assert '<td class="num">90.00</td>' in page
    assert "20.00" in city.text(f"{LEDGER}&class=household")


def test_what_no_sum_knows_is_counted_after_the_page(office: Office, city: Browser) -> None:
    make(office, 23)
    page = city.text(f"{LEDGER}&operating=operating")
    assert "正在统计合计…" in page.split("<tfoot")[1]
    address = unescape(re.search(r'tfoot hx-get="([^"]+)"', page).group(1))  # type: ignore[union-attr]
    row = city.text(address)
    assert "合计 19 条" in row
    assert 'data-count="19"' in row


def test_other_columns_sort_in_small_areas_only_and_the_page_says_so(office: Office, city: Browser) -> None:
    make(office, 9)
    page = city.text(f"{LEDGER}&sort=town")
    assert "区域内记录不超过 4 条时才能按此列排序" in page
    assert "sort=town" not in page.split("<thead>")[1].split("</thead>")[0]
    village = city.text("/registry/?area=610327101201&sort=town")
    assert "才能按此列排序" not in village
    assert "sort=-town" in village


@pytest.mark.parametrize("place", ["nonsense", "W10", "WyJhIiwgMV0", "5pel5pys", "=" * 500])
@pytest.mark.parametrize("way", ["after", "before"])
@pytest.mark.parametrize("sort", ["name", "-built_on", "value"])
def test_a_place_that_is_none_shows_a_page_all_the_same(
    office: Office, city: Browser, place: str, way: str, sort: str
) -> None:
    make(office, 9)
    assert len(names(city.text(f"{LEDGER}&sort={sort}&{way}={place}&page=2"))) <= 5


def test_a_page_number_that_was_typed_leads_there(office: Office, city: Browser) -> None:
    make(office, 23)
    pages_turned = turned(city, f"{LEDGER}&sort=name")
    assert names(city.text(f"{LEDGER}&sort=name&page=3")) == pages_turned[2]
    assert city.get(f"{LEDGER}&page=999999").status_code == 200
    assert city.get(f"{LEDGER}&page=-1").status_code == 200


def test_past_days_are_read_along_the_indexes_too(office: Office, city: Browser) -> None:
    make(office, 23)
    with office.session() as session:
        factories.asset(session, office.tree.villages[0], name="安桥今日", built_on=factories.DAY)
    day = factories.DAY - dt.timedelta(days=1)
    shown = [name for part in turned(city, f"{LEDGER}&sort=name&on={day}") for name in part]
    assert len(shown) == 23
    assert "安桥今日" not in shown
    assert "才能按此列排序" in city.text(f"{LEDGER}&sort=-value&on={day}")
