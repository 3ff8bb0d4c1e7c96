"""A ledger on its way at the desk: sent back marked, reviewed as one, stopped."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape

import pytest
from sqlalchemy import func, select

from app.jobs import asking
from assets.registry.models import Asset
from assets.review.models import ReviewRule
from assets.terms.defaults import load_defaults
from tests import factories
from tests.app.imports_desk import Clerk, batch_of, ledger, row, work
from tests.people import PERSONAS, Office

PERSONAS.update(
    town_approver=lambda s, tree: factories.account(s, "town_approver", "approver", tree.north),
    south_approver=lambda s, tree: factories.account(s, "south_approver", "approver", tree.south),
)
UNKNOWN = "大利屯"


@pytest.fixture
def clerk(office: Office) -> Clerk:
    """The clerk of the northern town, with the words of every installation."""
    with office.session() as session:
        load_defaults(session)
    return Clerk(office, office.browser("clerk"))


def count(office: Office, entity: type[Asset]) -> int:
    with office.session() as session:
        return session.scalar(select(func.count()).select_from(entity)) or 0


def test_the_ledger_goes_back_with_its_cells_marked(clerk: Clerk) -> None:
    batch = clerk.bring(row("大力村蓄水池"), row("大力村水塔", 村=UNKNOWN))
    answer = clerk.browser.get(f"/imports/{batch}/returned.xlsx")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        texts = "".join(unescape(book.read(name).decode()) for name in book.namelist() if name.endswith(".xml"))
    assert UNKNOWN in texts and "大力村水塔" in texts
    clerk.say(batch, "drop")
    assert clerk.browser.get(f"/imports/{batch}/returned.xlsx").status_code == 409


def test_the_ledger_goes_back_to_nobody_but_whoever_brought_it(clerk: Clerk) -> None:
    people = {"管护主体": "大力村股份经济合作社", "责任人": "张三丰", "联系电话": "13800138000"}
    batch = clerk.bring(row("大力村蓄水池", 村=UNKNOWN, **people))
    approver = clerk.office.browser("town_approver")
    assert "returned.xlsx" in clerk.browser.text(f"/imports/{batch}")
    assert "returned.xlsx" not in approver.text(f"/imports/{batch}")
    assert approver.get(f"/imports/{batch}/returned.xlsx").status_code == 403
    assert clerk.office.browser("neighbour_clerk").get(f"/imports/{batch}/returned.xlsx").status_code == 404


def test_a_large_file_is_never_read_anew_while_the_page_waits(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = clerk.bring(row("大力村蓄水池"))
    answer = {"number": "1", "field": "specification", "answer": "一座"}
    clerk.say(batch, "cells", **answer)
    assert batch_of(clerk.office, batch).status == "checked"
    # Another sheet may hold a million rows, and pictures may hide among few.
    clerk.say(batch, "settings", whole="1", sheets="另一张表")
    assert batch_of(clerk.office, batch).status == "reading"
    other = clerk.bring(row("大力村水塔"))
    monkeypatch.setattr(asking, "AT_ONCE_BYTES", 10)
    clerk.say(other, "cells", **answer)
    assert batch_of(clerk.office, other).status == "reading"


def test_where_changes_are_reviewed_the_ledger_is_reviewed_as_one(clerk: Clerk) -> None:
    office = clerk.office
    with office.session() as session:
        begins = factories.DAY.replace(year=2024)
        session.add(ReviewRule(region_id=office.tree.north.id, kind="asset", steps=["town"], valid_from=begins))
    batch = clerk.bring(row("大力村蓄水池"), row("大力村水塔"))
    assert "提交审核" in clerk.browser.text(f"/imports/{batch}")
    assert clerk.say(batch, "commit").status_code == 303
    page = clerk.browser.text(f"/imports/{batch}")
    assert "该台账待审核" in page and "镇审" in page and "data-field" not in page
    approver = Clerk(office, office.browser("town_approver"))
    page = approver.browser.text(f"/imports/{batch}")
    proposal = re.search(r"/review/(\d+)", page)
    assert proposal
    address = f"/review/{proposal.group(1)}"
    assert f"/imports/{batch}" in approver.browser.text(address)
    returned = approver.browser.post(f"{address}/return", {"reason": "村名请核对", "request_key": "a-key-of-returning"})
    assert returned.status_code == 303
    page = clerk.browser.text(f"/imports/{batch}")
    assert "村名请核对" in page and "data-field" in page
    assert clerk.say(batch, "commit").status_code == 303
    proposal = re.search(r"/review/(\d+)", clerk.browser.text(f"/imports/{batch}"))
    assert proposal
    approved = approver.browser.post(f"/review/{proposal.group(1)}/approve", {"step": "town"})
    assert approved.status_code == 303
    assert count(office, Asset) == 0
    work(office, "commit", batch)
    assert "已新增 2 项" in clerk.browser.text(f"/imports/{batch}")
    assert count(office, Asset) == 2


def test_the_work_on_a_ledger_is_stopped_by_who_brought_it_alone(clerk: Clerk) -> None:
    answer = clerk.upload(ledger([row("大力村蓄水池")]))
    batch = int(answer.location.rpartition("/")[2])
    assert "停止" in clerk.browser.text(answer.location)
    approver = Clerk(clerk.office, clerk.office.browser("town_approver"))
    assert 'action="/imports' not in approver.browser.text(answer.location)
    assert approver.say(batch, "cancel").status_code == 403
    assert clerk.say(batch, "cancel").status_code == 303
    assert "正在停止" in clerk.browser.text(answer.location)
    assert "正在停止" in clerk.browser.text(f"{answer.location}/progress")
