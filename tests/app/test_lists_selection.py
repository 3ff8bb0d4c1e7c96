"""Choosing rows of a list, or all that match, for what is done to many at once."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from flask import g

from app import db
from app.lists import selection
from app.lists.columns import ANYONE, BulkAction
from app.lists.selection import NothingSelected, Selection, SelectionChanged, TooManySelected, read_selection
from app.registry.columns import ASSETS
from assets.accounts.models import Account
from assets.accounts.queries import find_viewer
from assets.scope import bind_viewer
from tests import factories
from tests.people import Office
from tests.workbooks import cells


@pytest.fixture
def six(office: Office) -> list[int]:
    """Three assets in each town, the first of each idle."""
    with office.session() as session:
        return [
            factories.asset(
                session,
                office.tree.villages[number // 3 * 2],
                name=f"资产{number}",
                operating_status="operating" if number % 3 else "idle",
            ).id
            for number in range(6)
        ]


def chosen(
    office: Office, persona: str, query: str, *, method: str = "GET", most: int = 2_000
) -> tuple[Selection, list[int], str]:
    """What ``persona`` has selected by an address, its ids as a service reads them, and what the page says."""
    with office.session() as session:
        account = session.get_one(Account, office.account(persona))
        found = find_viewer(session, account.id, day=factories.DAY, address=None)
    assert found
    with office.app.test_request_context(f"/registry/bulk?lang=zh&{query}", method=method):
        g.account, g.viewer = found
        bind_viewer(db.session, g.viewer)
        made = read_selection(ASSETS, most=most)
        return made, sorted(db.session.scalars(made.ids)), f"{made.sentence} {made.back()}"


def test_records_are_selected_by_id(office: Office, six: list[int]) -> None:
    made, ids, said = chosen(office, "planner", f"ids={six[0]}.{six[4]}")
    assert ids == [six[0], six[4]]
    assert made.count == 2
    assert said == "已选 2 条。 /registry/"
    assert not made.all_matching


def test_all_that_match_the_filter_are_selected_anew(office: Office, six: list[int]) -> None:
    _, ids, said = chosen(office, "planner", "all=1&operating=idle&count=2")
    assert ids == [six[0], six[3]]
    assert said == "已选符合筛选条件的全部 2 条。 /registry/?operating=idle"


def test_nobody_selects_what_lies_elsewhere(office: Office, six: list[int]) -> None:
    _, ids, _ = chosen(office, "clerk", "ids=" + ".".join(map(str, six)))
    assert ids == six[:3]
    _, ids, _ = chosen(office, "clerk", "all=1")
    assert ids == six[:3]
    with pytest.raises(NothingSelected):
        chosen(office, "clerk", f"ids={six[5]}")


def test_a_record_withdrawn_meanwhile_is_no_longer_selected(office: Office, six: list[int]) -> None:
    with office.session() as session:
        session.get_one(factories.Asset, six[1]).retired_on = factories.DAY
    _, ids, _ = chosen(office, "planner", f"ids={six[0]}.{six[1]}")
    assert ids == [six[0]]


@pytest.mark.parametrize(
    "query", ["", "ids=", "ids=..", "ids=x.-1.1e3", "ids=99999999999999999999", "all=1&class=earning"]
)
def test_nothing_selected_is_refused(office: Office, six: list[int], query: str) -> None:
    with pytest.raises(NothingSelected):
        chosen(office, "planner", query)


def test_more_than_an_action_takes_is_refused(office: Office, six: list[int]) -> None:
    with pytest.raises(TooManySelected) as refused:
        chosen(office, "planner", "all=1", most=5)
    assert refused.value.data["count"] == 6
    with pytest.raises(TooManySelected):
        chosen(office, "planner", "ids=" + ".".join(str(number) for number in range(1, selection.MOST_IDS + 2)))


def test_another_number_than_was_shown_is_refused_on_sending(office: Office, six: list[int]) -> None:
    made, _, _ = chosen(office, "planner", "all=1&count=5")
    assert made.count == 6
    with pytest.raises(SelectionChanged) as refused:
        chosen(office, "planner", "all=1&count=5", method="POST")
    assert refused.value.data == {"count": 6, "before": 5}
    chosen(office, "planner", "all=1&count=6", method="POST")


def test_selected_rows_alone_are_exported(office: Office, six: list[int]) -> None:
    planner = office.browser("planner")
    file = cells(planner.get(f"/registry/export.xlsx?ids={six[1]}.{six[3]}&sort=name&class=earning").data)
    assert [row[1] for row in file if len(row) > 3 and row[0].startswith("T")] == ["资产1", "资产3"]
    assert "共 2 行" in str(file[:4])
    assert "手工勾选" in str(file[:4])
    assert any(row[:1] == ["合计"] and "20" in row for row in file)
    file = cells(planner.get("/registry/export.xlsx?all=1&operating=idle&sort=name").data)
    assert [row[1] for row in file if len(row) > 3 and row[0].startswith("T")] == ["资产0", "资产3"]


def test_an_empty_selection_is_answered_in_words(office: Office, six: list[int]) -> None:
    for language, words in (("zh", "没有选中任何记录"), ("en", "Nothing is selected any more")):
        answer = office.browser("planner", language).get("/registry/export.xlsx?ids=")
        assert answer.status_code == 400
        assert words in unescape(answer.text)


@pytest.mark.parametrize(("language", "words"), [("zh", "选择第 1 行"), ("en", "Select row 1")])
def test_every_row_can_be_chosen(office: Office, six: list[int], language: str, words: str) -> None:
    page = office.browser("planner", language).text("/registry/?sort=name")
    assert re.findall(r'name="ids" value="(\d+)"', page) == [str(number) for number in six]
    assert f'aria-label="{words}"' in page


def test_actions_are_offered_to_their_roles_and_where_they_exist(
    office: Office, six: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    actions = (
        BulkAction("look", "细看", ANYONE, "registry.index"),
        BulkAction("write", "改写", frozenset({"clerk"}), "registry.index"),
        BulkAction("later", "以后", ANYONE, "registry.not_there_yet"),
    )
    monkeypatch.setitem(ASSETS.__dict__, "actions", actions)
    clerk, auditor = (office.browser(persona).text("/registry/") for persona in ("clerk", "auditor"))
    for page, offered in ((clerk, ["细看", "改写"]), (auditor, ["细看"])):
        assert [word for word in ("细看", "改写", "以后") if f">{word}</button>" in page] == offered


def test_the_page_says_when_another_day_is_shown(office: Office, six: list[int]) -> None:
    planner = office.browser("planner")
    day = factories.DAY - dt.timedelta(days=400)
    page = planner.text(f"/registry/?on={day}&class=public")
    assert f"当前显示的是 {day} 的情况，不是今天的情况。" in page
    assert '<a href="/registry/?class=public">回到今天</a>' in page
    assert f'name="on" min="1990-01-01" max="2100-01-01" value="{day}"' in page
    for address in ("/registry/", f"/registry/?on={factories.DAY}"):
        assert "不是今天的情况" not in planner.text(address)
    tomorrow = factories.DAY + dt.timedelta(days=1)
    assert "推算" in planner.text(f"/places/?on={tomorrow}")
    assert "not today" in office.browser("planner", "en").text(f"/projects/?on={day}")
