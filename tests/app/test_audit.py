"""Auditors read what was done in their area, and nothing of their neighbours'; nobody else does."""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote

import pytest
from sqlalchemy import select, text

from app.audit import views
from app.config import Settings
from assets import audit
from assets.audit import AuditEntry, queries
from assets.registry.models import Asset
from assets.scope import Viewer, bind_viewer
from tests import factories, workbooks
from tests.people import Office

NORTH, SOUTH = "北镇蓄水池改名", "南镇冷库改名"


@pytest.fixture
def told(office: Office) -> Office:
    """An entry about an asset of either town, and one of the program's own."""
    office.account("clerk")
    with office.session() as session:
        clerk = office.account("clerk")
        for village, reason in ((office.tree.north_villages[0], NORTH), (office.tree.south_villages[0], SOUTH)):
            asset = factories.asset(session, village)
            bind_viewer(session, Viewer(clerk, "clerk", "10.1.2.3", unbounded=True))
            asset.name = f"{reason}后"
            audit.record(session, "registry.correct_asset", asset, reason=reason)
        bind_viewer(session, Viewer.system())
        audit.record(session, "regions.load_tree", rows=7)
    return office


def actions(office: Office) -> list[str]:
    with office.session() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def last_entry(office: Office) -> AuditEntry:
    with office.session() as session:
        return session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


@pytest.mark.parametrize("persona", ["auditor", "administrator"])
def test_auditors_and_administrators_read_the_trail_of_their_area(told: Office, persona: str) -> None:
    page = told.browser(persona).text("/audit/")
    assert NORTH in page
    assert SOUTH in page
    assert "更正" in page
    assert "10.1.2.3" in page


@pytest.mark.parametrize("persona", ["clerk", "leader", "planner", "caretaker", "department", "viewer"])
@pytest.mark.parametrize("address", ["/audit/", "/audit/export.xlsx"])
def test_nobody_else_reads_it(told: Office, persona: str, address: str) -> None:
    response = told.browser(persona).get(address)
    assert response.status_code == 403
    assert NORTH not in response.text


def test_the_entries_of_the_neighbouring_town_do_not_appear(told: Office) -> None:
    with told.session() as session:
        told.accounts["town_auditor"] = factories.account(session, "town_auditor", "auditor", told.tree.north).id
    browser = told.browser("town_auditor")
    page = browser.text("/audit/")
    assert NORTH in page
    assert SOUTH not in page
    assert SOUTH not in browser.text(f"/audit/?words={quote(SOUTH)}").replace(f'value="{SOUTH}"', "")
    with told.session() as session:
        south = session.scalars(select(Asset).where(Asset.region_id == told.tree.south_villages[0].id)).one()
    assert "没有找到" in browser.text(f"/audit/?table=asset&record={south.id}")
    assert browser.get(f"/audit/?area={told.tree.south.code[:9]}").status_code == 404


def test_who_audits_one_town_and_keeps_another_reads_the_trail_of_the_first_alone(told: Office) -> None:
    with told.session() as session:
        account = factories.account(session, "both", "auditor", told.tree.north)
        factories.grant(session, account, "clerk", told.tree.south)
        told.accounts["both"] = account.id
    page = told.browser("both").text(f"/audit/?area={told.tree.county.code[:6]}")
    assert NORTH in page
    assert SOUTH not in page


def test_an_auditor_of_one_sector_reads_of_no_other(told: Office) -> None:
    with told.session() as session:
        told.accounts["roads"] = factories.account(session, "roads", "auditor", told.tree.county, sector="roads").id
    assert NORTH not in told.browser("roads").text("/audit/")


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("who=clerk", True),
        ("who=CLERK", True),
        ("action=registry.correct_asset", True),
        ("action=funds.pay", False),
        ("table=asset", True),
        ("table=project", False),
        ("address=10.1.", True),
        ("address=10.2.", False),
        ("result=success", True),
        ("result=refused", False),
        (f"words={quote('蓄水池')}", True),
        (f"words={quote('%')}", False),
        ("from=2026-01-01&to=2100-01-01", True),
        ("to=2020-01-01", False),
        ("before=20991231T000000.000000-1", True),
        ("before=20000101T000000.000000-1", False),
    ],
)
def test_each_filter_narrows(told: Office, question: str, found: bool) -> None:
    assert (NORTH in told.browser("auditor").text(f"/audit/?{question}")) is found


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("from=2026-13-01", "请填写日期"),
        ("to=yesterday", "请填写日期"),
        ("from=0001-01-01", "请填写日期"),
        ("from=2026-02-01&to=2026-01-01", "结束日期早于开始日期"),
        ("record=5", "请同时选择记录类型"),
        ("table=asset&record=5x", "请填写记录编号"),
        ("table=asset&record=99999999999999999999", "请填写记录编号"),
        ("who=nobody-there", "没有这个名字的账号"),
    ],
)
def test_what_cannot_be_understood_is_said_beside_its_field(told: Office, question: str, said: str) -> None:
    page = told.browser("auditor").text(f"/audit/?{question}")
    assert said in page
    assert NORTH not in page


def test_asking_for_somebody_of_another_area_tells_no_more_than_asking_for_nobody(told: Office) -> None:
    with told.session() as session:
        told.accounts["near"] = factories.account(session, "near", "auditor", told.tree.north).id
        factories.account(session, "far", "clerk", told.tree.south)
        factories.account(session, "over", "leader", told.tree.county)
    near = told.browser("near")
    far, nobody = (near.text(f"/audit/?who={name}").partition("<main")[2].replace(name, "") for name in ("far", "rfa"))
    assert "没有这个名字的账号" in far
    assert far == nobody
    assert "没有这个名字的账号" not in near.text("/audit/?who=over")


@pytest.mark.parametrize(
    "question",
    [
        *("before=x", "before=20260101T000000.000000-99999999999999999999", "before=-", "table=nothing", "result=7"),
        *("words=%00", "action=%00,,", "address=%25_'", "batch=%00x", "who=%25", "words=" + "x" * 5000),
    ],
)
def test_odd_addresses_are_answered(told: Office, question: str) -> None:
    assert told.browser("auditor").get(f"/audit/?{question}").status_code == 200


def test_pages_go_back_in_time_without_gap_or_repetition(office: Office) -> None:
    with office.session() as session:
        for number in range(120):
            audit.record(session, "test.act", reason=f"第{number:03}次", region_path=office.tree.north.region_path)
    browser, address, seen = office.browser("auditor"), "/audit/?words=次", []
    while address:
        page = browser.text(address)
        seen += [part[:5] for part in page.split('<p class="entry-reason"><span>原因</span>')[1:]]
        _nothing, more, rest = page.partition('rel="next" href="')
        address = rest.split('"')[0].replace("&amp;", "&") if more else ""
    assert seen == [f"第{number:03}次" for number in reversed(range(120))]


def test_both_languages_tell_before_and_after_in_words(told: Office) -> None:
    with told.session() as session:
        asset = session.scalars(select(Asset).where(Asset.region_id == told.tree.north_villages[0].id)).one()
        before = asset.asset_class
        asset.asset_class = "public" if before != "public" else "earning"
        audit.record(session, "registry.correct_asset", asset, reason="改类别")
    assert "资产类别" in told.browser("auditor").text("/audit/")
    page = told.browser("auditor", "en").text("/audit/")
    assert "Asset class" in page
    assert "asset_class" not in page


def test_the_workbook_holds_what_the_page_shows_and_is_noted(told: Office) -> None:
    response = told.browser("auditor").get(f"/audit/export.xlsx?words={quote('蓄水池')}")
    assert response.status_code == 200
    cells = [cell for row in workbooks.cells(response.data) for cell in row]
    assert NORTH in cells
    assert SOUTH not in cells
    entry = last_entry(told)
    assert entry.action == "audit.export"
    assert entry.changes is not None
    assert entry.changes["rows"] == 1
    assert entry.changes["filter"]["words"] == "…"
    assert entry.region_path == told.tree.county.region_path


def test_a_file_holds_no_more_than_it_should_and_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST_EXPORTED", 7)
    monkeypatch.setattr(queries, "PAGE_OF_MANY", 3)
    with office.session() as session:
        for number in range(20):
            audit.record(session, "test.act", reason=f"第{number:03}次", region_path=office.tree.north.region_path)
    rows = workbooks.cells(office.browser("auditor").get("/audit/export.xlsx?words=次").data)
    assert [cell for row in rows for cell in row if cell.startswith("第")] == [f"第{n:03}次" for n in range(19, 12, -1)]
    assert any("最近的 7 条" in cell for row in rows for cell in row)


@pytest.mark.parametrize("steps", [(1,), (3, 2), (1, 1, 1)])
def test_what_is_rare_is_looked_for_step_by_step(
    office: Office, monkeypatch: pytest.MonkeyPatch, steps: tuple[int, ...]
) -> None:
    monkeypatch.setattr(queries, "STEPS", steps)
    with office.session() as session:
        for number in range(12):
            reason = "要找的" if number in (0, 5, 6) else "其他"
            audit.record(session, "test.act", reason=reason, number=number, region_path=office.tree.north.region_path)
        asked = queries.Asked(office.tree.county.region_path, words="要找的")
        found, place, looks = [], None, 0
        while True:
            page = queries.read_entries(session, asked, before=place, size=2)
            found += [entry.changes["number"] for entry in page.entries if entry.changes]
            place, looks = page.further, looks + 1
            if place is None:
                break
    assert found == [6, 5, 0]
    assert looks > 1


@pytest.mark.parametrize(
    ("address", "action"),
    [
        ("/registry/export.xlsx?class=public", "registry.export"),
        ("/projects/export.xlsx", "projects.export"),
        ("/places/villages/export.xlsx", "places.export"),
        ("/places/standards/export.xlsx", "places.export"),
        ("/maintenance/status.xlsx", "maintenance.export"),
        ("/map/handover.html?layers=assets", "map.export"),
        ("/circular.pdf", "home.export"),
    ],
)
def test_whatever_is_taken_along_as_a_file_is_noted_once(told: Office, address: str, action: str) -> None:
    before = len(actions(told))
    assert told.browser("planner").get(address).status_code == 200
    assert actions(told)[before:] == [action]
    entry = last_entry(told)
    assert entry.account_id == told.account("planner")
    assert entry.result == "success"


def test_a_file_of_a_larger_area_is_noted_where_the_person_works(told: Office) -> None:
    told.browser("clerk").get(f"/registry/export.xlsx?area={told.tree.county.code}")
    assert last_entry(told).region_path == told.tree.north.region_path
    told.browser("planner").get(f"/registry/export.xlsx?area={told.tree.south.code}")
    assert last_entry(told).region_path == told.tree.south.region_path


def test_a_refused_try_is_noted_with_the_address(told: Office) -> None:
    told.browser("viewer").get("/registry/new")
    entry = last_entry(told)
    assert (entry.action, entry.result) == ("access.refused", "refused")
    assert entry.changes == {"path": "/registry/new", "method": "GET"}
    assert entry.region_path == told.tree.county.region_path


def test_the_page_tells_how_far_the_trail_is_sealed_and_checked(told: Office) -> None:
    browser = told.browser("auditor")
    assert "尚未封存" in browser.text("/audit/")
    with told.session() as session:
        audit.note(session, "audit.verify", result="refused", findings=1)
    assert "发现与封存不一致" in browser.text("/audit/")
    with told.session() as session:
        audit.note(session, "audit.verify", seals=1)
    assert "与封存一致" in browser.text("/audit/")


def test_the_trail_of_a_moved_record_stays_on_its_page(told: Office) -> None:
    with told.session() as session:
        asset = session.scalars(select(Asset).where(Asset.region_id == told.tree.north_villages[0].id)).one()
        asset.region_id = told.tree.south_villages[1].id
        audit.record(session, "registry.correct_asset", asset, reason="划转")
    assert NORTH in told.browser("neighbour_clerk").text(f"/registry/{asset.id}/history")


def test_an_entry_stays_where_it_was_made_when_its_region_is_moved(told: Office) -> None:
    with told.session() as session:
        before = session.scalar(select(AuditEntry.region_path).where(AuditEntry.reason == NORTH))
        session.execute(
            text("UPDATE region SET parent_id = :parent WHERE id = :id"),
            {"parent": told.tree.south.id, "id": told.tree.north_villages[0].id},
        )
    with told.session() as session:
        assert session.scalar(select(AuditEntry.region_path).where(AuditEntry.reason == NORTH)) == before


@pytest.mark.parametrize("months", ["1", "5", "-6", "six", "6.5"])
def test_keeping_the_trail_for_less_than_six_months_is_refused_at_start(months: str) -> None:
    with pytest.raises(ValueError, match="XIANGTU_AUDIT_MONTHS must be 0"):
        Settings.from_environment({"DATABASE_URL": "x", "XIANGTU_SECRET_KEY": "k" * 40, "XIANGTU_AUDIT_MONTHS": months})


@pytest.mark.parametrize(("months", "kept"), [("", 0), ("0", 0), ("6", 6), ("24", 24)])
def test_six_months_or_for_ever_are_accepted(months: str, kept: int) -> None:
    environment = {"DATABASE_URL": "x", "XIANGTU_SECRET_KEY": "k" * 40, "XIANGTU_AUDIT_MONTHS": months}
    assert Settings.from_environment(environment).audit_months == kept


def test_an_entry_of_today_is_found_by_its_day_in_the_office(told: Office) -> None:
    with told.session() as session:
        at = session.scalar(select(AuditEntry.at).where(AuditEntry.reason == NORTH))
    assert at is not None
    day = at.astimezone(dt.timezone(dt.timedelta(hours=8))).date()
    browser = told.browser("auditor")
    assert NORTH in browser.text(f"/audit/?from={day}&to={day}")
    assert NORTH not in browser.text(f"/audit/?to={day - dt.timedelta(days=1)}")
