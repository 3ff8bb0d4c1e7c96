"""The room of money at the browser: documents, allocations, payments, years, exceptions; by persona."""

from __future__ import annotations

import datetime as dt
import re
import threading
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from assets.errors import Unacceptable
from assets.projects.models import Allocation, CarryOver, FundDocument, Payment
from assets.projects.payments import pay
from assets.terms.defaults import load_defaults
from tests import factories
from tests.people import Browser, Office

DOCUMENT = {
    "number": "宝财农〔2026〕12号",
    "title": "关于下达2026年中央财政资金的通知",
    "region_id-words": "陇县",
    "source": "central",
    "budget_year": "2026",
    "received_on": "2026-02-01",
    "received_yuan": "100万",
}


@pytest.fixture
def planner(office: Office) -> Browser:
    with office.session() as session:
        load_defaults(session)
    return office.browser("planner")


def send(browser: Browser, address: str, values: dict[str, Any] | None = None, **more: Any) -> TestResponse:
    send.number += 1  # type: ignore[attr-defined]
    key = f"key-{send.number:08d}"  # type: ignore[attr-defined]
    return browser.post(address, {"request_key": key} | (values or {}) | more)


send.number = 0  # type: ignore[attr-defined]


def done(answer: TestResponse) -> str:
    assert answer.status_code == 303, unescape(answer.text).partition("form-summary")[2][:800]
    return answer.headers["Location"]


def refused(answer: TestResponse, status: int = 400) -> str:
    assert answer.status_code == status
    return unescape(answer.text)


def given(office: Office, *, received: int = 1_000_000, arranged: int = 480_000, paid: int = 120_000) -> dict[str, int]:
    """A document of the county with an allocation to a project of the northern town."""
    with office.session() as session:
        project = factories.project(session, office.tree.north_villages[0], name="大力村产业路")
        document = factories.money(
            session, project, office.tree.county, received=received, arranged=arranged, paid=paid
        )
        line = session.scalars(select(Allocation).where(Allocation.fund_document_id == document.id)).one()
        return {"project": project.id, "document": document.id, "line": line.id}


def amounts(office: Office, entity: Any, column: Any) -> list[Decimal]:
    with office.session() as session:
        return list(session.scalars(select(column).order_by(entity.id)))


def test_a_planner_enters_a_document_arranges_and_pays_it(office: Office, planner: Browser) -> None:
    with office.session() as session:
        project_id = factories.project(session, office.tree.north_villages[0], name="大力村产业路").id
    address = done(send(planner, "/funds/new", DOCUMENT))
    assert "100.00" in planner.text(address)
    done(
        send(
            planner,
            f"{address}/arrange",
            {"project_id": project_id, "arranged_on": "2026-03-01", "arranged_yuan": "48万"},
        )
    )
    [line] = amounts(office, Allocation, Allocation.id)
    paid = {"paid_on": "2026-06-01", "paid_yuan": "12万元", "voucher": "记-12", "payee": "陕西某公司"}
    done(send(planner, f"/funds/allocations/{line}/pay", paid))
    page = planner.text(address)
    for said in ("48.0 %", "25.0 %", "12.0 %", "大力村产业路", "陕西某公司", "480,000.00", "120,000.00"):
        assert said in page, said
    project = planner.text(f"/projects/{project_id}")
    assert address.partition("?")[0] in project


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", ""),
        ("received_yuan", "0"),
        ("received_yuan", "-100"),
        ("received_yuan", "一大笔"),
        ("received_on", "2026-11-21"),
        ("received_on", "2011-01-01"),
        ("budget_year", "1999"),
        ("region_id-words", "大力村"),
        ("source", "moon"),
    ],
)
def test_a_wrong_document_is_refused_and_nothing_typed_is_lost(
    office: Office, planner: Browser, field: str, value: str
) -> None:
    page = refused(send(planner, "/funds/new", DOCUMENT | {field: value}))
    assert "form-summary" in page
    assert "关于下达2026年中央财政资金的通知" in page
    assert amounts(office, FundDocument, FundDocument.id) == []


def test_a_number_is_entered_once(office: Office, planner: Browser) -> None:
    done(send(planner, "/funds/new", DOCUMENT))
    assert "已登记" in refused(send(planner, "/funds/new", DOCUMENT))


@pytest.mark.parametrize("persona", ["clerk", "viewer", "leader", "auditor", "caretaker"])
def test_only_those_responsible_for_the_county_move_money(office: Office, planner: Browser, persona: str) -> None:
    known = given(office)
    browser = office.browser(persona)
    for address in (
        "new",
        f"{known['document']}/arrange",
        f"{known['document']}/correct",
        f"{known['document']}/close-year",
        f"allocations/{known['line']}/pay",
        f"allocations/{known['line']}/adjust",
        f"allocations/{known['line']}/return",
        f"allocations/{known['line']}/strike",
    ):
        assert browser.get(f"/funds/{address}").status_code in (403, 404), address
        assert send(browser, f"/funds/{address}", DOCUMENT, paid_yuan="1").status_code in (403, 404), address
    assert amounts(office, Payment, Payment.paid_yuan) == [120_000]


def test_a_clerk_of_a_town_sees_no_document_of_the_county(office: Office, planner: Browser) -> None:
    known = given(office)
    clerk = office.browser("clerk")
    assert clerk.get(f"/funds/{known['document']}").status_code == 404
    assert "陇财发" not in clerk.text("/funds/")
    assert "陇财发" in clerk.text(f"/projects/{known['project']}")


def test_an_auditor_reads_everything_and_is_offered_no_action(office: Office, planner: Browser) -> None:
    known = given(office)
    page = office.browser("auditor").text(f"/funds/{known['document']}")
    assert "48.00" in page
    assert "/pay" not in page
    assert "/arrange" not in page


def test_a_department_counts_only_what_it_may_see(office: Office, planner: Browser) -> None:
    known = given(office)
    with office.session() as session:
        session.get_one(factories.Project, known["project"]).sector = "transport"
    page = office.browser("department").text(f"/funds/{known['document']}")
    assert "只包括您权限内的项目" in page
    assert "大力村产业路" not in page
    assert "48.00" not in page


def test_a_payment_beyond_the_arrangement_is_refused_confirmed_told_and_explained(
    office: Office, planner: Browser
) -> None:
    known = given(office)
    address = f"/funds/allocations/{known['line']}/pay"
    paid = {"paid_on": "2026-07-01", "paid_yuan": "360000.01", "voucher": "记-99", "payee": "陕西某公司"}
    page = refused(send(planner, address, paid))
    assert "仅剩 360,000 元可支付，超出 0.01 元" in page
    token = re.search(r'name="confirmed" value="([^"]+)"', page)
    assert token
    done(send(planner, address, paid, confirmed=token[1]))
    page = planner.text("/funds/exceptions")
    assert "支付超安排" in page
    explain = re.search(r'href="(/funds/exceptions/paid_over_arranged/\d+)"', page)
    assert explain
    refused(send(planner, explain[1], excess_reason=" "))
    done(send(planner, explain[1], excess_reason="决算审减前预付"))
    assert "支付超安排" not in planner.text("/funds/exceptions")
    assert "决算审减前预付" in planner.text("/funds/exceptions?explained=1")


def test_an_excess_with_its_reason_is_saved_at_once(office: Office, planner: Browser) -> None:
    known = given(office)
    paid = {"paid_on": "2026-07-01", "paid_yuan": "40万", "voucher": "记-99", "payee": "陕西某公司"}
    done(send(planner, f"/funds/allocations/{known['line']}/pay", paid, excess_reason="工程变更"))
    assert "支付超安排" not in planner.text("/funds/exceptions")


def test_money_is_adjusted_returned_and_struck(office: Office, planner: Browser) -> None:
    known = given(office)
    line = f"/funds/allocations/{known['line']}"
    done(send(planner, f"{line}/adjust", arranged_on="2026-08-01", arranged_yuan="-8万"))
    page = refused(send(planner, f"{line}/return", arranged_on="2026-08-02", arranged_yuan="280000.01"))
    assert "最多可减少 280,000 元" in page
    done(send(planner, f"{line}/return", arranged_on="2026-08-02", arranged_yuan="28万"))
    assert amounts(office, Allocation, Allocation.arranged_yuan) == [480_000, -80_000, -280_000]
    refused(send(planner, f"{line}/strike", reason="录入有误"))
    with office.session() as session:
        last = session.scalar(select(func.max(Allocation.id)))
    done(send(planner, f"/funds/allocations/{last}/strike", reason="录入有误"))
    assert amounts(office, Allocation, Allocation.arranged_yuan) == [480_000, -80_000]


def test_a_payment_is_corrected_and_struck(office: Office, planner: Browser) -> None:
    known = given(office)
    [payment] = amounts(office, Payment, Payment.id)
    values = {"revision": "1", "paid_on": "2026-06-02", "paid_yuan": "13万", "voucher": "记-1", "payee": "某公司"}
    refused(send(planner, f"/funds/payments/{payment}/correct", values))
    done(send(planner, f"/funds/payments/{payment}/correct", values, reason="金额有误"))
    assert amounts(office, Payment, Payment.paid_yuan) == [130_000]
    done(send(planner, f"/funds/payments/{payment}/strike", reason="重复录入"))
    assert amounts(office, Payment, Payment.id) == []
    assert "0.00" in planner.text(f"/funds/{known['document']}")


def test_a_year_is_closed_and_opened_again(office: Office, planner: Browser) -> None:
    known = given(office)
    with office.session() as session:
        session.get_one(FundDocument, known["document"]).received_on = dt.date(2025, 2, 1)
        line = session.get_one(Allocation, known["line"])
        line.arranged_on = dt.date(2025, 3, 1)
        session.execute(select(Payment)).scalar_one().paid_on = dt.date(2025, 6, 1)
    address = f"/funds/{known['document']}/close-year"
    assert "880,000" in planner.text(address)
    values = {"year": "2025", "taken_back_yuan": "0", "decided_on": "2026-01-20"}
    assert "880,000" in refused(send(planner, address, values, carried_yuan="87万"))
    done(send(planner, address, values, carried_yuan="88万"))
    assert amounts(office, CarryOver, CarryOver.carried_yuan) == [880_000]
    paid = {"paid_on": "2025-12-30", "paid_yuan": "1万", "voucher": "记-2", "payee": "某公司"}
    assert "已结转" in refused(send(planner, f"/funds/allocations/{known['line']}/pay", paid))
    done(send(planner, f"/funds/{known['document']}/years/2025/open", reason="漏记一笔"))
    done(send(planner, f"/funds/allocations/{known['line']}/pay", paid))


def test_two_payments_at_once_cannot_exceed_what_is_arranged_unnoticed(office: Office, planner: Browser) -> None:
    known = given(office, arranged=300_000, paid=100_000)
    ready = threading.Barrier(2)
    found: list[str] = []

    def settle(voucher: str) -> None:
        with office.session() as session:
            ready.wait(10)
            try:
                pay(
                    session,
                    known["line"],
                    paid_on=dt.date(2026, 7, 1),
                    paid_yuan=Decimal(150_000),
                    voucher=voucher,
                    payee="某公司",
                    today=factories.DAY,
                )
                session.commit()
                found.append("paid")
            except Unacceptable as refusal:
                session.rollback()
                found.append(str(refusal.problems[0].data["excess"]))

    threads = [threading.Thread(target=settle, args=(f"记-{number}",)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(found) == ["100,000", "paid"]
    assert sum(amounts(office, Payment, Payment.paid_yuan)) == 250_000


def test_the_list_adds_up_and_filters(office: Office, planner: Browser) -> None:
    given(office)
    given(office, received=500_000, arranged=100_000, paid=0)
    page = planner.text("/funds/")
    foot = page[page.index("<tfoot>") :]
    assert [figure in foot for figure in ("150.00", "58.00", "12.00", "92.00")] == [True] * 4
    assert "陇财发" not in planner.text("/funds/?fund=bond")
    assert "陇财发" not in planner.text("/funds/?on=2026-01-31")
    assert "陇财发" not in planner.text("/funds/?year=2025")
    assert planner.get("/funds/export.xlsx").status_code == 200


def test_the_room_speaks_both_languages(office: Office, planner: Browser) -> None:
    known = given(office, arranged=1_000_001)
    for language, said in (("zh", "安排超下达"), ("en", "More arranged than received")):
        browser = office.browser("planner", language=language)
        for address in (
            "overview",
            "exceptions",
            str(known["document"]),
            "?x=1",
            "new",
            f"{known['document']}/arrange",
        ):
            browser.text(f"/funds/{address}")
        assert said in browser.text("/funds/exceptions")
        assert said in browser.text(f"/funds/{known['document']}")


def test_the_overview_tells_received_arranged_and_paid_by_year_and_source(office: Office, planner: Browser) -> None:
    given(office, received=8_080_000, arranged=7_255_840, paid=0)
    page = planner.text("/funds/overview")
    for said in ("808.00", "725.58", "89.8 %", "中央", "2026"):
        assert said in page, said


@pytest.mark.parametrize(
    "address",
    ["987654321", "allocations/987654321/pay", "payments/987654321/correct", "exceptions/moon/1", "1/years/2025/open"],
)
def test_what_is_not_there_is_not_found(office: Office, planner: Browser, address: str) -> None:
    assert planner.get(f"/funds/{address}").status_code == 404
