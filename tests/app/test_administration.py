"""The room of dated rows, by persona: what is shown, what is changed, what is refused."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from assets.audit import AuditEntry
from assets.places.models import Facility
from assets.terms.defaults import load_defaults
from assets.terms.models import Term, Threshold
from tests import factories
from tests.people import Browser, Office

SECTIONS = ("terms", "limits", "standards", "templates", "checklists")
NAMES = {"name_zh": "水务", "name_en": "Waterworks", "position": "4"}


@pytest.fixture
def admin(office: Office) -> Browser:
    """The county's administrator; nobody works outside the county."""
    with office.session() as session:
        load_defaults(session)
    return office.browser("administrator")


def term(office: Office, code: str = "water", kind: str = "sector") -> Term:
    with office.session() as session:
        return session.scalars(
            select(Term).where(Term.kind == kind, Term.code == code).order_by(Term.valid_from.desc())
        ).first()  # type: ignore[return-value]


def send(browser: Browser, address: str, **values: Any) -> TestResponse:
    return browser.post(address, {"request_key": "key-of-this-test"} | values)


def told(answer: TestResponse, status: int = 400) -> str:
    assert answer.status_code == status
    return unescape(answer.text)


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_dated_rows_has_its_page(office: Office, admin: Browser, section: str, language: str) -> None:
    page = office.browser("administrator", language=language).text(f"/administration/{section}/")
    assert "/new" in page
    assert "period-current" in page


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("persona", ["planner", "auditor", "clerk"])
def test_who_does_not_administer_reads_and_changes_nothing(
    office: Office, admin: Browser, persona: str, section: str
) -> None:
    browser = office.browser(persona)
    page = browser.text(f"/administration/{section}/")
    assert f"/administration/{section}/new" not in page
    assert "/correct" not in page
    assert browser.get(f"/administration/{section}/new").status_code == 403
    assert send(browser, f"/administration/{section}/new").status_code == 403


def test_the_rail_leads_there_for_whom_it_is_work(office: Office, admin: Browser) -> None:
    assert 'href="/administration/"' in admin.text("/places/")
    assert 'href="/administration/"' not in office.browser("clerk").text("/places/")


def test_a_section_that_is_none_is_not_found(office: Office, admin: Browser) -> None:
    assert admin.get("/administration/weather/").status_code == 404
    assert admin.get("/administration/terms/987654321/correct").status_code == 404
    assert "行业" in admin.text("/administration/terms/?kind=nonsense")


def test_a_new_version_is_shown_from_its_day_on(office: Office, admin: Browser) -> None:
    row = term(office)
    address = f"/administration/terms/{row.id}/version"
    answer = send(admin, address, **NAMES, valid_from="2027-01-01")
    assert answer.status_code == 303
    admin.text(answer.headers["Location"])
    page = admin.text("/administration/terms/?kind=sector")
    assert page.index("水利") < page.index("水务")
    assert "period-future" in page
    assert "period-past" in admin.text("/administration/terms/?kind=sector&on=2027-01-01")


def test_the_new_name_of_a_village_class_is_shown_on_its_days_only(office: Office, admin: Browser) -> None:
    row = term(office, "clustered", "village_class")
    renamed = {"name_zh": "集聚发展", "name_en": "Growing", "position": "1", "valid_from": "2026-12-01"}
    assert send(admin, f"/administration/terms/{row.id}/version", **renamed).status_code == 303
    assert "集聚提升" in admin.text("/places/?on=2026-11-30")
    assert "集聚发展" not in admin.text("/places/?on=2026-11-30")
    assert "集聚发展" in admin.text("/places/?on=2026-12-01")
    assert "Growing" in office.browser("administrator", language="en").text("/places/?on=2026-12-01")


def test_a_list_names_its_facilities_as_on_its_day(office: Office, admin: Browser) -> None:
    with office.session() as session:
        village = office.tree.north_villages[0]
        session.add(Facility(region_id=village.id, name="大力村卫生室", type="clinic", level="village"))
    row = term(office, "clinic", "facility_type")
    renamed = {"name_zh": "村级卫生所", "name_en": "Village surgery", "position": "2", "valid_from": "2026-12-01"}
    assert send(admin, f"/administration/terms/{row.id}/version", **renamed).status_code == 303
    admin.text("/administration/terms/")
    assert "村级卫生所" not in admin.text("/places/facilities/?on=2026-11-30")
    assert "村级卫生所" in admin.text("/places/facilities/?on=2026-12-01")


def test_a_new_version_can_be_undone(office: Office, admin: Browser) -> None:
    answer = send(admin, f"/administration/terms/{term(office).id}/version", **NAMES, valid_from="2027-01-01")
    page = admin.text(answer.headers["Location"].partition("#")[0])
    hidden = dict(re.findall(r'type="hidden" name="(transaction|next|stay)" value="([^"]+)"', page))
    assert admin.post("/records/undo", hidden).status_code == 303
    [row] = all_versions(office)
    assert (row.name_zh, row.valid_to) == ("水利", None)


def test_two_versions_entered_at_once_follow_each_other(office: Office, admin: Browser) -> None:
    row = term(office)
    second = office.browser("administrator")

    def add(browser: Browser, name: str, day: str) -> int:
        values = {"name_zh": name, "name_en": name, "position": "4", "valid_from": day, "request_key": f"at-once-{day}"}
        return send(browser, f"/administration/terms/{row.id}/version", **values).status_code

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(add, admin, "水务", "2027-01-01")
        other = pool.submit(add, second, "水政", "2027-06-01")
        assert {first.result(), other.result()} == {303}
    versions = all_versions(office)
    assert [row.valid_to for row in versions] == [versions[1].valid_from, versions[2].valid_from, None]


def all_versions(office: Office) -> list[Term]:
    with office.session() as session:
        chosen = select(Term).where(Term.kind == "sector", Term.code == "water").order_by(Term.valid_from)
        return list(session.scalars(chosen))


def test_what_uses_a_label_is_shown_before_it_is_changed(office: Office, admin: Browser) -> None:
    with office.session() as session:
        factories.asset(session, office.tree.north_villages[0], sector="water")
    assert "目前使用" in admin.text(f"/administration/terms/{term(office).id}/end")
    assert "目前没有记录使用" in admin.text(f"/administration/terms/{term(office, 'culture').id}/end")


def test_ending_a_used_code_is_confirmed_first(office: Office, admin: Browser) -> None:
    with office.session() as session:
        factories.asset(session, office.tree.north_villages[0], sector="water")
    address = f"/administration/terms/{term(office).id}/end"
    entered = {"on": "2027-01-01", "reason": "机构改革", "revision": "1"}
    page = told(send(admin, address, **entered))
    assert "有 1 条记录在使用" in page
    token = page.partition('name="confirmed" value="')[2].partition('"')[0]
    assert send(admin, address, **entered, confirmed=token).status_code == 303
    with office.session() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "administration.end_version")).one()
    assert entry.reason == "机构改革"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name_zh": ""}, "请填写"),
        ({"name_zh": "能源"}, "已使用此名称"),
        ({"valid_from": "2035-01-01"}, "请选择"),
        ({"valid_from": "1985-01-01"}, "2000-01-01"),
        ({"name_zh": "水利", "name_en": "Water"}, "内容相同"),
    ],
)
def test_impossible_versions_are_refused_beside_their_field(
    office: Office, admin: Browser, changed: dict[str, str], words: str
) -> None:
    address = f"/administration/terms/{term(office).id}/version"
    page = told(send(admin, address, **(NAMES | {"valid_from": "2027-01-01"} | changed)))
    assert words in page
    with office.session() as session:
        assert len(session.scalars(select(Term).where(Term.kind == "sector", Term.code == "water")).all()) == 1


def test_a_new_code_is_entered_and_a_used_one_refused(office: Office, admin: Browser) -> None:
    entered = {"code": "tourism", "name_zh": "旅游", "name_en": "Tourism", "position": "20", "valid_from": "2026-11-20"}
    answer = send(admin, "/administration/terms/new?kind=sector", **entered)
    assert answer.status_code == 303
    assert "旅游" in admin.text("/administration/terms/?kind=sector")
    again = entered | {"name_zh": "文旅融合", "name_en": "Culture", "request_key": "another-key"}
    assert "已有版本" in told(send(admin, "/administration/terms/new?kind=sector", **again))


def test_a_type_of_assets_belongs_to_a_class(office: Office, admin: Browser) -> None:
    entered = {"code": "kiln", "name_zh": "烘干塔", "name_en": "Dryer", "position": "90", "valid_from": "2026-11-20"}
    assert "请选择" in told(send(admin, "/administration/terms/new?kind=asset_type", **entered))
    answer = send(admin, "/administration/terms/new?kind=asset_type", **entered, parent_code="earning")
    assert answer.status_code == 303
    assert term(office, "kiln", "asset_type").parent_code == "earning"


def test_a_county_sets_its_own_limit_in_the_writing_of_offices(office: Office, admin: Browser) -> None:
    entered = {
        "code": "industry_share",
        "region_id-words": "陇县",
        "value": "70%",
        "basis": "陇农领办发〔2026〕2号",
        "valid_from": "2026-11-20",
    }
    assert send(admin, "/administration/limits/new", **entered).status_code == 303
    page = admin.text("/administration/limits/")
    assert "70 %" in page
    assert "65 %" in page
    with office.session() as session:
        [row] = session.scalars(select(Threshold).where(Threshold.region_id.is_not(None))).all()
    assert (str(row.value), row.region_id) == ("0.7", office.tree.county.id)


def test_an_administrator_of_a_county_among_others_changes_only_the_own_limits(office: Office, admin: Browser) -> None:
    with office.session() as session:
        factories.account(session, "over_there", "clerk", office.tree.neighbour)
    address = f"/administration/terms/{term(office).id}/version"
    assert send(admin, address, **NAMES, valid_from="2027-01-01").status_code == 403
    assert "/version" not in admin.text("/administration/terms/")
    own = {"code": "work_relief_projects", "region_id-words": "陇县", "value": "12", "basis": "县方案"}
    assert send(admin, "/administration/limits/new", **own, valid_from="2026-11-20").status_code == 303
    everywhere = own | {"region_id-words": "", "request_key": "another-key"}
    assert send(admin, "/administration/limits/new", **everywhere, valid_from="2027-01-01").status_code == 403


@pytest.mark.parametrize(("value", "words"), [("120%", "之间"), ("很多", "不是数字"), ("-5", "过小")])
def test_limits_that_make_no_sense_are_refused(office: Office, admin: Browser, value: str, words: str) -> None:
    entered = {"code": "industry_share", "region_id-words": "陇县", "value": value, "basis": "县方案"}
    page = told(send(admin, "/administration/limits/new", **entered, valid_from="2026-11-20"))
    assert words in page


def test_two_administrators_of_one_label_see_each_other(office: Office, admin: Browser) -> None:
    row = term(office, "culture")
    address = f"/administration/terms/{row.id}/correct"
    values = {"name_en": "Culture", "position": "10", "valid_from": "2000-01-01", "revision": "1", "reason": "改名核对"}
    first = send(admin, address, **values, name_zh="文化旅游", confirmed="past~~")
    assert first.status_code == 303, told(first)[-3000:]
    second = send(admin, address, **values, name_zh="文体旅游", confirmed="past~~", request_key="another-key")
    assert "文化旅游" in told(second, 409)
    assert "文体旅游" in told(second, 409)


@pytest.mark.parametrize(("order", "words"), [("", "请填写此项"), ("9" * 30, "过大")])
def test_a_label_needs_an_order_that_is_one(office: Office, admin: Browser, order: str, words: str) -> None:
    row = term(office, "culture")
    values = {"name_zh": "文化", "name_en": "Culture", "position": order, "valid_from": "2000-01-01", "revision": "1"}
    assert words in told(send(admin, f"/administration/terms/{row.id}/correct", **values, reason="核对"))
