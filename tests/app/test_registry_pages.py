"""The pages of assets: on a past day, as known at a moment, printed, and what is done to many."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import pytest
from sqlalchemy import event, func, select

from assets.audit import AuditEntry
from assets.ownership.models import Right
from assets.parties.models import Person
from assets.registry.models import Asset, OperatingPeriod, OutsideCode
from assets.registry.service import correct_asset
from assets.terms.defaults import load_defaults
from tests import factories
from tests.people import Browser, Office

DAY = factories.DAY


@pytest.fixture
def store(office: Office) -> int:
    """A cold store of 大力村 with everything a card tells."""
    village = office.tree.north_villages[0]
    with office.session() as session:
        load_defaults(session)
        asset = factories.asset(
            session,
            village,
            name="大力村冷库",
            value_yuan=None,
            asset_class="earning",
            type="cold_store",
            useful_life_years=10,
            quantity=500,
            unit="吨",
            specification="气调",
            certificate="陇帮资确〔2024〕1号",
            handed_over_on=dt.date(2024, 12, 1),
        )
        project = factories.project(session, village, name="大力村冷库建设项目", year=2024)
        factories.money(session, project, office.tree.county, received=2_000_000, arranged=1_600_000, paid=1_500_000)
        for source, amount in (("central", 900_000), ("county", 600_000)):
            session.add(
                factories.ValueEvent(
                    asset_id=asset.id,
                    project_id=project.id,
                    kind="new",
                    occurred_on=dt.date(2024, 1, 15),
                    amount_yuan=amount,
                    fund_source=source,
                )
            )
        old, new = (factories.party(session, name) for name in ("大力村村民委员会", "大力村股份经济合作社"))
        for party, first, last in ((old, dt.date(2024, 1, 15), dt.date(2026, 1, 1)), (new, dt.date(2026, 1, 1), None)):
            session.add(Right(asset_id=asset.id, kind="ownership", party_id=party.id, valid_from=first, valid_to=last))
        session.add(OutsideCode(asset_id=asset.id, system="national", code="6103270099887"))
        session.add(OperatingPeriod(asset_id=asset.id, status="operating", valid_from=dt.date(2024, 1, 15)))
        person = Person(name="王建军", phone="16100001234")
        session.add(person)
        session.flush()
        post = factories.post(session, village, "冷库管护员")
        factories.holding(session, post, person)
        factories.duty(session, asset, post_id=post.id, annual_budget_yuan=6_000)
        return asset.id


def test_the_page_follows_the_money_to_the_asset(office: Office, store: int) -> None:
    page = office.browser("clerk").text(f"/registry/{store}")
    for said in (
        "陇财发〔2026〕",
        "安排 160.00 万元，支付 150.00 万元",
        "大力村冷库建设项目",
        "60.0 %",
        "40.0 %",
        "150.00",
    ):
        assert said in page, said


def test_a_past_day_shows_who_owned_it_then(office: Office, store: int) -> None:
    clerk = office.browser("clerk")
    today, then = clerk.text(f"/registry/{store}"), clerk.text(f"/registry/{store}?on=2025-06-01")
    assert "大力村股份经济合作社" in today
    rights = re.search(r'id="rights".*?</section>', then, re.S)
    assert rights
    assert "大力村村民委员会" in rights.group()
    assert "大力村股份经济合作社" not in rights.group()
    assert "您看到的是 2025-06-01 当日的情况" in then
    assert "更正</a>" not in then


def test_before_it_was_there_the_page_says_so(office: Office, store: int) -> None:
    assert "当日此资产尚未建成或已不存在" in office.browser("clerk").text(f"/registry/{store}?on=2020-01-01")


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "0001-01-01"])
def test_a_day_that_is_none_is_refused(office: Office, store: int, day: str) -> None:
    assert office.browser("clerk").get(f"/registry/{store}?on={day}").status_code == 400


def test_what_is_missing_names_who_fills_it_in(office: Office, store: int) -> None:
    page = office.browser("clerk").text(f"/registry/{store}")
    gaps = re.search(r'id="gaps".*?</section>', page, re.S)
    assert gaps
    assert "主管部门：" in gaps.group()
    assert "确权日期" in gaps.group()


def test_what_was_known_at_a_moment_leaves_out_later_corrections(office: Office, store: int) -> None:
    with office.session() as session:
        revision = session.scalars(select(Asset.revision).where(Asset.id == store)).one()
        moment = session.scalar(select(func.now()))
    assert moment is not None
    time.sleep(0.01)
    with office.session() as session:
        correct_asset(session, store, revision=revision, name="大力村气调库", reason="改名", today=DAY)
    clerk = office.browser("clerk")
    page = clerk.text(f"/registry/{store}/known?at={moment.isoformat().replace('+', '%2B')}")
    assert re.search(r"大力村冷库</td><td>大力村气调库", page)
    assert "150.00 万元" in page
    assert "该时刻此资产尚未登记" in clerk.text(f"/registry/{store}/known?at=2020-01-01T10:00")
    for nonsense in ("", "now", "2026-13-01", "9999-12-31T10:00"):
        assert clerk.get(f"/registry/{store}/known?at={nonsense}").status_code == 400


def test_a_change_without_an_entry_is_told_from_the_rows_themselves(office: Office, store: int) -> None:
    with office.session() as session:
        session.get_one(Asset, store).specification = "速冻"
    page = office.browser("clerk").text(f"/registry/{store}/history")
    assert "<del>气调</del>" in page
    assert "<ins>速冻</ins>" in page


def test_a_long_history_is_turned_page_by_page(office: Office, store: int) -> None:
    with office.session() as session:
        for number in range(60):
            session.add(
                AuditEntry(
                    action="registry.correct_asset",
                    table_name="asset",
                    record_id=store,
                    changes={"specification": [f"第{number}版", f"第{number + 1}版"]},
                )
            )
    clerk = office.browser("clerk")
    assert "第60版" in clerk.text(f"/registry/{store}/history")
    assert "第1版" not in clerk.text(f"/registry/{store}/history")
    assert "第1版" in clerk.text(f"/registry/{store}/history?page=3")
    assert clerk.get(f"/registry/{store}/history?page=99999999").status_code == 200


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_card_has_every_column_auditors_expect(office: Office, store: int, language: str) -> None:
    page = office.browser("auditor", language=language).text(f"/registry/{store}/card")
    for said in (
        "大力村冷库",
        "大力村冷库建设项目",
        "500",
        "2024-01-15",
        "150.00",
        "107.50",
        "90.00",
        "60.00",
        "大力村股份经济合作社",
        "王**",
        "161****1234",
        "6,000",
        "陇帮资确〔2024〕1号",
        "2024-12-01",
        "6103270099887",
    ):
        assert said in page, said
    assert "王建军" not in page


def test_cards_of_a_selection_are_printed_together(office: Office, store: int) -> None:
    with office.session() as session:
        other = factories.asset(session, office.tree.north_villages[1], name="八渡村水池").id
        foreign = factories.asset(session, office.tree.south_villages[0], name="八龙潭村水池").id
    page = office.browser("clerk").text(f"/registry/cards?ids={store}.{other}.{foreign}&count=2")
    assert page.count('<article class="asset-card"') == 2
    assert "八龙潭" not in page


@contextmanager
def statements(office: Office) -> Iterator[list[str]]:
    """The statements the application sends meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    engine = office.app.extensions["engine"]
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_a_page_takes_as_many_statements_for_much_as_for_little(office: Office, store: int) -> None:
    with office.session() as session:
        asset = session.get_one(Asset, store)
        for number in range(50):
            party = factories.party(session, f"监督组{number}")
            session.add(Right(asset_id=store, kind="supervision", party_id=party.id, valid_from=dt.date(2024, 2, 1)))
            factories.inspection(session, asset, dt.date(2025, 1, 1) + dt.timedelta(number))
            session.add(
                AuditEntry(
                    action="registry.correct_asset", table_name="asset", record_id=store, changes={"name": ["甲", "乙"]}
                )
            )
        little = factories.asset(session, office.tree.north_villages[1]).id
    clerk = office.browser("clerk")
    clerk.text(f"/registry/{store}")
    counts = []
    for asset_id in (little, store):
        with statements(office) as seen:
            clerk.text(f"/registry/{asset_id}")
        counts.append(len(seen))
    assert counts[1] <= 45
    with statements(office) as one:
        clerk.text(f"/registry/cards?ids={store}&count=1")
    with statements(office) as two:
        clerk.text(f"/registry/cards?ids={store}.{little}&count=2")
    assert len(two) == len(one)


def choose(browser: Browser, ids: list[int], action: str) -> str:
    return f"/registry/bulk/{action}?ids={'.'.join(map(str, ids))}&count={len(ids)}"


def test_the_clerk_sets_the_status_of_many(office: Office, store: int) -> None:
    with office.session() as session:
        ids = [store, factories.asset(session, office.tree.north_villages[1], name="八渡村水池").id]
    clerk = office.browser("clerk")
    address = choose(clerk, ids, "operating")
    assert "变更运营状态" in clerk.text(address)
    sent = {"operating_status": "idle", "valid_from": "2026-11-01", "request_key": "key-of-the-many"}
    answer = clerk.post(address, sent)
    assert answer.status_code == 303, unescape(answer.text)
    with office.session() as session:
        assert set(session.scalars(select(Asset.operating_status))) == {"idle"}
    after = clerk.text(answer.headers["Location"])
    assert "已更新 2 项资产" in after
    assert office.browser("leader").get(address).status_code == 403


def test_many_are_withdrawn_for_one_reason(office: Office, store: int) -> None:
    clerk = office.browser("clerk")
    address = choose(clerk, [store], "retire")
    sent = {"on": "2026-11-20", "reason": "导入错误", "request_key": "key-of-the-many"}
    assert clerk.post(address, sent | {"reason": ""}).status_code == 400
    assert clerk.post(address, sent).status_code == 303
    assert "大力村冷库" not in clerk.text("/registry/")


def test_the_ledger_tells_codes_completeness_and_funds(office: Office, store: int) -> None:
    clerk = office.browser("clerk")
    keys = ("name", "outside_codes", "filled", "net_value", "funds")
    clerk.get("/registry/?" + "&".join(f"columns={key}" for key in keys))
    page = clerk.text("/registry/?sort=name")
    for said in ("6103270099887", "88", "107.50", "中央 60%、县级 40%"):
        assert said in page, said
