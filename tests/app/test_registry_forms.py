"""Registering and correcting assets at the desk, by persona: what is saved, refused, and done by others meanwhile."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from assets.ownership.models import Right
from assets.registry.models import Asset, HouseholdItem, OperatingPeriod, OutsideCode, ValueEvent
from assets.terms.defaults import load_defaults
from tests.people import Browser, Office

NEW = "/registry/new"
FORMS = ("/correct", "/retire", "/values/new", "/operating", "/codes/new")
ENTERED = {
    "name": "大力村蓄水池",
    "asset_class": "public",
    "form": "fixed",
    "depreciation": "straight_line",
    "operating_status": "operating",
    "sector": "water",
    "region_id-words": "大力村",
    "built_on": "2024年5月1日",
    "original_value_yuan": "19万",
    "fund_source": "county",
    "registered": "y",
}


@pytest.fixture
def clerk(office: Office) -> Browser:
    """The clerk of the northern town, in an office with the usual terms."""
    with office.session() as session:
        load_defaults(session)
    return office.browser("clerk")


def send(browser: Browser, address: str = NEW, **values: Any) -> TestResponse:
    entered = ENTERED if address == NEW else {}
    return browser.post(address, entered | {"request_key": f"key-of-{abs(hash(address)) % 10**9}"} | values)


def told(answer: TestResponse) -> str:
    """What a refused form says."""
    assert answer.status_code in (400, 409), answer.status_code
    summary = re.search(r'class="notice notice-bad form-summary".*?</ul>', unescape(answer.text), re.S)
    return summary.group() if summary else ""


def confirmations(answer: TestResponse) -> list[str]:
    """The tokens of the doubts a refused form asks about."""
    return re.findall(r'name="confirmed" value="([^"]+)"', unescape(answer.text))


def the_asset(office: Office, browser: Browser) -> Asset:
    """The clerk's tank, registered through the form."""
    answer = send(browser)
    assert answer.status_code == 303, told(answer)
    with office.session() as session:
        return session.scalars(select(Asset)).one()


def test_the_clerk_registers_an_asset_with_value_and_owner(office: Office, clerk: Browser) -> None:
    answer = send(clerk, **{"owner_id-words": "大力村股份经济合作社", "owner_id-type": "village_collective"})
    assert answer.status_code == 303, told(answer)
    page = clerk.text(answer.headers["Location"])
    for said in ("大力村蓄水池", "610327-G2024-", "19.00", "大力村股份经济合作社", "已登记，编码"):
        assert said in page, said
    with office.session() as session:
        right = session.scalars(select(Right)).one()
        assert (right.kind, right.valid_from, right.share_numerator) == ("ownership", dt.date(2024, 5, 1), 1)


def test_a_form_sent_twice_makes_one_asset(office: Office, clerk: Browser) -> None:
    first, second = send(clerk), send(clerk)
    assert first.headers["Location"] == second.headers["Location"]
    with office.session() as session:
        assert session.scalar(select(func.count(Asset.id))) == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": ""}, "名称"),
        ({"built_on": "2025-02-29"}, "2 月 29 日"),
        ({"built_on": "2011-12-31"}, "2012-01-01"),
        ({"built_on": "2027-01-01"}, "2026-11-20"),
        ({"handed_over_on": "2024-04-01"}, "移交不能早于"),
        ({"quantity": "3"}, "数量的单位"),
        ({"useful_life_years": "101"}, "100"),
        ({"original_value_yuan": "-5"}, "不能"),
        ({"original_value_yuan": "20亿"}, "10 亿元"),
        ({"region_id-words": "八龙潭村"}, "管辖范围内没有"),
        ({"asset_class": "other"}, "资产类别"),
    ],
)
def test_what_cannot_be_is_told_in_chinese_and_nothing_is_lost(
    office: Office, clerk: Browser, values: dict[str, str], said: str
) -> None:
    answer = send(clerk, **values)
    assert said in told(answer)
    assert 'value="大力村蓄水池"' in unescape(answer.text) or values.get("name") == ""
    with office.session() as session:
        assert session.scalar(select(func.count(Asset.id))) == 0


def test_doubts_are_confirmed_one_by_one(office: Office, clerk: Browser) -> None:
    unlikely = {"original_value_yuan": "19", "quantity": "1", "unit": "批"}
    answer = send(clerk, **unlikely)
    page = told(answer)
    assert "是否应为 19 万元" in page
    assert "“1批”无法盘点" in page
    tokens = confirmations(answer)
    assert len(tokens) == 2
    assert send(clerk, **unlikely, confirmed=tokens[:1]).status_code == 400
    assert send(clerk, **unlikely, confirmed=tokens).status_code == 303


def test_a_duplicate_is_named_while_typing_and_when_saving(office: Office, clerk: Browser) -> None:
    asset = the_asset(office, clerk)
    found = clerk.text(f"/registry/similar?name=蓄水池&region_id={asset.region_id}")
    assert f'href="/registry/{asset.id}"' in found
    assert clerk.text("/registry/similar?name=&region_id=x").strip() == ""
    answer = send(clerk, request_key="another-key-of-it", name="大力村 蓄水池")
    assert "可能是同一资产" in told(answer)


@pytest.mark.parametrize("persona", ["leader", "auditor", "caretaker", "viewer"])
def test_readers_get_no_form(office: Office, clerk: Browser, persona: str) -> None:
    asset = the_asset(office, clerk)
    reader = office.browser(persona)
    one = f"/registry/{asset.id}"
    for address in (
        NEW,
        f"{one}/correct",
        f"{one}/retire",
        f"{one}/values/new",
        f"{one}/operating",
        f"{one}/codes/new",
    ):
        assert reader.get(address).status_code == 403, address
    assert "更正</a>" not in reader.text(one)


def test_the_neighbouring_clerk_finds_nothing(office: Office, clerk: Browser) -> None:
    asset = the_asset(office, clerk)
    neighbour = office.browser("neighbour_clerk")
    for page in ("", *FORMS, "/history", "/card", "/known?at=2026-11-20T10:00"):
        assert neighbour.get(f"/registry/{asset.id}{page}").status_code == 404, page


def correction(clerk: Browser, asset: Asset, **values: str) -> TestResponse:
    page = clerk.text(f"/registry/{asset.id}/correct")
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    first = ("operating_status", "original_value_yuan", "fund_source")
    sent = {name: value for name, value in ENTERED.items() if name not in first}
    sent |= {"revision": revision.group(1), "reason": "核对后更正", "request_key": "key-of-the-correction"}
    return clerk.post(f"/registry/{asset.id}/correct", sent | values)


def test_a_correction_stands_in_the_history_with_its_reason(office: Office, clerk: Browser) -> None:
    asset = the_asset(office, clerk)
    answer = correction(clerk, asset, name="大力村高位水池", specification="钢筋混凝土")
    assert answer.status_code == 303, told(answer)
    page = clerk.text(f"/registry/{asset.id}/history")
    for said in ("更正", "核对后更正", "<del>大力村蓄水池</del>", "<ins>大力村高位水池</ins>", "clerk"):
        assert said in page, said


def test_the_second_of_two_editors_sees_what_the_first_changed(office: Office, clerk: Browser) -> None:
    asset = the_asset(office, clerk)
    planner = office.browser("planner")
    assert correction(planner, asset, name="大力村高位水池").status_code == 303
    late = correction(clerk, asset, specification="砖砌", revision="1", request_key="key-of-the-late-one")
    assert late.status_code == 409
    assert "大力村高位水池" in unescape(late.text)
    assert "砖砌" in unescape(late.text)


def test_a_record_withdrawn_while_it_is_corrected_shows_what_was_typed(office: Office, clerk: Browser) -> None:
    asset = the_asset(office, clerk)
    revision = {"revision": "1"}
    gone = send(
        office.browser("planner"), f"/registry/{asset.id}/retire", on="2026-11-20", reason="重复登记", **revision
    )
    assert gone.status_code == 303, told(gone)
    page = clerk.post(f"/registry/{asset.id}/correct", ENTERED | {"reason": "更正", "specification": "砖砌"} | revision)
    assert page.status_code == 409
    assert "砖砌" in unescape(page.text)
    shown = clerk.text(f"/registry/{asset.id}")
    assert "已于 2026-11-20 撤下：重复登记" in shown
    assert "更正</a>" not in shown
    assert "大力村蓄水池" not in clerk.text("/registry/")
    assert "大力村蓄水池" in clerk.text("/registry/?on=2026-11-19")


def test_a_registration_can_be_undone(office: Office, clerk: Browser) -> None:
    asset = the_asset(office, clerk)
    page = clerk.text(f"/registry/{asset.id}")
    transaction = re.search(r'name="transaction" value="(\d+)"', page)
    assert transaction
    assert clerk.post("/records/undo", {"transaction": transaction.group(1)}).status_code == 303
    assert clerk.get(f"/registry/{asset.id}").status_code == 404
    with office.session() as session:
        for entity in (Asset, ValueEvent, OperatingPeriod):
            assert session.scalar(select(func.count(entity.id))) == 0


def test_a_value_is_added_corrected_and_taken_out(office: Office, clerk: Browser) -> None:
    asset = the_asset(office, clerk)
    one = f"/registry/{asset.id}"
    loss = {"kind": "impairment", "occurred_on": "2026-08-12", "amount_yuan": "-5万"}
    assert "依据文件" in told(send(clerk, f"{one}/values/new", **loss))
    answer = send(clerk, f"{one}/values/new", **loss, document="鉴定意见")
    assert answer.status_code == 303, told(answer)
    assert "14.00" in clerk.text(one)
    assert "19.00" in clerk.text(f"{one}?on=2026-08-11")
    with office.session() as session:
        event = session.scalars(select(ValueEvent).where(ValueEvent.kind == "impairment")).one()
    corrected = send(
        clerk,
        f"{one}/values/{event.id}/correct",
        **loss | {"amount_yuan": "-4万", "document": "鉴定意见", "revision": "1", "reason": "金额有误"},
    )
    assert corrected.status_code == 303, told(corrected)
    assert "15.00" in clerk.text(one)
    taken = send(clerk, f"{one}/values/{event.id}/remove", revision="2", reason="不属于本资产")
    assert taken.status_code == 303, told(taken)
    page = clerk.text(f"{one}/history")
    assert "删除价值变动" in page
    assert "不属于本资产" in page
    assert clerk.get(f"{one}/values/{event.id}/correct").status_code == 404


def test_an_operating_status_holds_from_its_day(office: Office, clerk: Browser) -> None:
    asset = the_asset(office, clerk)
    one = f"/registry/{asset.id}"
    status = {"operating_status": "damaged", "document": "灾情核查表"}
    assert "2024-05-01" in told(send(clerk, f"{one}/operating", **status, valid_from="2024-04-30"))
    assert send(clerk, f"{one}/operating", **status, valid_from="2026-08-12").status_code == 303
    assert "损毁" in clerk.text(one)
    before = clerk.text(f"{one}?on=2026-08-11")
    assert "运营正常" in before
    assert "您看到的是 2026-08-11 当日的情况" in before


def test_a_code_of_another_system_finds_the_asset(office: Office, clerk: Browser) -> None:
    asset = the_asset(office, clerk)
    assert send(clerk, f"/registry/{asset.id}/codes/new", system="national", code="6103 2700 99887").status_code == 303
    clerk.text("/")
    for address in ("/registry/", "/search/"):
        assert "大力村蓄水池" in clerk.text(f"{address}?q=6103270099887"), address
        assert "大力村蓄水池" not in office.browser("neighbour_clerk").text(f"{address}?q=6103270099887")
    with office.session() as session:
        code = session.scalars(select(OutsideCode)).one()
    assert send(clerk, f"/registry/{asset.id}/codes/{code.id}/remove", revision="1", reason="录错").status_code == 303
    clerk.text("/")
    assert "大力村蓄水池" not in clerk.text("/registry/?q=6103270099887")


@pytest.fixture
def batch(office: Office, clerk: Browser) -> int:
    """A batch of chicks with one household on its list."""
    answer = send(clerk, name="大力村鸡苗发放", asset_class="household", quantity="40", unit="只")
    assert answer.status_code == 303, told(answer)
    with office.session() as session:
        asset_id = session.scalars(select(Asset.id)).one()
    entered = {"name": "王建军", "quantity": "20", "amount_yuan": "500", "phone": "16100001234"}
    answer = send(clerk, f"/registry/{asset_id}/households/new", **entered)
    assert answer.status_code == 303, told(answer)
    return asset_id


@pytest.mark.parametrize("persona", ["planner", "leader", "viewer"])
def test_the_list_of_households_is_not_for_everyone(office: Office, batch: int, persona: str) -> None:
    page = office.browser(persona).text(f"/registry/{batch}")
    assert "王" not in page
    assert "仅本地经办员、管理员和审计人员可见" in page


@pytest.mark.parametrize("persona", ["clerk", "auditor", "administrator"])
def test_who_keeps_the_list_sees_it_masked(office: Office, batch: int, persona: str) -> None:
    page = office.browser(persona).text(f"/registry/{batch}")
    assert "王**" in page
    assert "王建军" not in page
    assert "16100001234" not in page


def test_a_household_is_taken_off_the_list(office: Office, clerk: Browser, batch: int) -> None:
    with office.session() as session:
        item = session.scalars(select(HouseholdItem)).one()
    assert office.browser("planner").get(f"/registry/{batch}/households/{item.id}/remove").status_code in (403, 404)
    assert (
        send(clerk, f"/registry/{batch}/households/{item.id}/remove", revision="1", reason="不在名单").status_code
        == 303
    )
    assert "尚未登记农户" in clerk.text(f"/registry/{batch}")


def test_the_forms_speak_english(office: Office, clerk: Browser) -> None:
    english = office.browser("clerk", language="en")
    page = english.text(NEW)
    for said in ("Register an asset", "How the position was taken", "What it cost"):
        assert said in page
    assert "did you mean 19 10k yuan" in told(send(english, original_value_yuan="19"))
