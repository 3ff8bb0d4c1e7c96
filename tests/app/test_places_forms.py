"""Registering, correcting and withdrawing villages, natural villages and sites, by persona."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
import shapely
from sqlalchemy import select
from werkzeug.test import TestResponse

from assets.audit import AuditEntry
from assets.places.models import Facility, NaturalVillage, RelocationSite, Village
from assets.regions.borders import attach_borders
from assets.regions.models import Designation
from assets.terms.defaults import load_defaults
from tests import factories
from tests.people import Browser, Office
from tests.workbooks import cells

VILLAGE = {
    "region_id-words": "大力村",
    "kind": "village",
    "village_class": "clustered",
    "households": "400",
    "pop_registered": "1500",
    "pop_resident": "1200",
    "collective_income": "18.5万",
}
NATURAL = {"name": "槐树", "region_id-words": "大力村", "households": "40", "sanitary_toilets": "36"}
SITE = {
    "name": "大力村集中安置点",
    "type": "rural",
    "region_id-words": "大力村",
    "built_year": "2017",
    "housing_units": "80",
    "households_moved": "78",
    "persons_moved": "300",
    "households_occupied": "76",
}


@pytest.fixture
def clerk(office: Office) -> Browser:
    """The clerk of the northern town, in an office with the default labels and borders."""
    with office.session() as session:
        load_defaults(session)
        borders = {
            village.code: shapely.box(106.5 + place / 10, 34.7, 106.6 + place / 10, 34.8)
            for place, village in enumerate(office.tree.villages)
        }
        attach_borders(session, borders, level="village", day=factories.DAY, source="test", schematic=True)
    return office.browser("clerk")


def send(browser: Browser, address: str, entered: dict[str, Any], **values: Any) -> TestResponse:
    return browser.post(address, {"request_key": "key-of-this-test"} | entered | values)


def made(browser: Browser, address: str, entered: dict[str, Any], **values: Any) -> str:
    answer = send(browser, address, entered, **values)
    assert answer.status_code == 303, unescape(answer.text).partition("form-summary")[2][:1000]
    return str(answer.headers["Location"])


def refused(answer: TestResponse) -> str:
    assert answer.status_code == 400
    return unescape(answer.text)


@pytest.mark.parametrize(
    ("address", "entered"),
    [
        ("/places/villages/new", VILLAGE),
        ("/places/natural-villages/new", NATURAL),
        ("/places/sites/new", SITE),
    ],
)
def test_a_clerk_registers_corrects_and_withdraws(
    office: Office, clerk: Browser, address: str, entered: dict[str, str]
) -> None:
    page = made(clerk, address, entered)
    assert "已登记" in clerk.text(page)
    form = clerk.text(f"{page}/correct")
    assert 'name="revision" value="1"' in form
    change = entered | {"reason": "核对有误", "households": "410", "households_occupied": "70", "revision": "1"}
    assert "已更正" in clerk.text(made(clerk, f"{page}/correct", change, request_key="second-key-x"))
    gone = {"on": "2026-11-01", "reason": "整体撤并", "revision": "2"}
    assert "已撤下" in clerk.text(made(clerk, f"{page}/retire", gone, request_key="third-key-xx"))
    listed = page.rpartition("/")[0] + "/"
    name = entered.get("name", "大力村")
    assert f">{name}</a></th>" not in clerk.text(listed)
    assert f">{name}</a></th>" in clerk.text(f"{listed}?on=2026-10-31")
    with office.session() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    kind = [action.partition("_")[0] for action in actions if action.startswith("places.")]
    assert kind == ["places.register", "places.correct", "places.retire"]


@pytest.mark.parametrize("address", ["/places/villages/new", "/places/natural-villages/new", "/places/sites/new"])
@pytest.mark.parametrize("persona", ["leader", "auditor", "viewer", "caretaker"])
def test_who_only_reads_registers_nothing(office: Office, clerk: Browser, persona: str, address: str) -> None:
    assert office.browser(persona).get(address).status_code == 403
    assert ">登记</a>" not in office.browser(persona).text("/places/")


def test_a_clerk_registers_nothing_in_the_neighbours_town(office: Office, clerk: Browser) -> None:
    page = refused(send(clerk, "/places/villages/new", VILLAGE | {"region_id-words": "八龙潭村"}))
    assert "所在地" in page
    with office.session() as session:
        assert session.scalars(select(Village)).all() == []


def test_a_form_sent_twice_makes_one_site(office: Office, clerk: Browser) -> None:
    first = made(clerk, "/places/sites/new", SITE)
    assert made(clerk, "/places/sites/new", SITE) == first
    with office.session() as session:
        assert len(session.scalars(select(RelocationSite)).all()) == 1


def test_everything_wrong_with_a_site_stands_beside_its_field_and_nothing_is_lost(
    office: Office, clerk: Browser
) -> None:
    wrong = SITE | {"households_occupied": "500", "built_year": "2050", "employed": "9", "labour_force": "8"}
    page = refused(send(clerk, "/places/sites/new", wrong))
    for told in ("入住户数不能超过搬迁户数（78）", "就业人数不能超过劳动力（8）", "2026"):
        assert told in page
    assert 'value="500"' in page
    english = office.browser("clerk", language="en")
    page = refused(send(english, "/places/sites/new", wrong))
    assert "No more households can live there than have moved (78)." in page


def test_a_village_cannot_be_registered_twice(office: Office, clerk: Browser) -> None:
    made(clerk, "/places/villages/new", VILLAGE)
    assert "已登记" in refused(send(clerk, "/places/villages/new", VILLAGE, request_key="another-key"))


def test_the_village_follows_from_the_position(office: Office, clerk: Browser) -> None:
    entered = {"name": "槐树", "geom": "106.55, 34.75"}
    page = clerk.text(made(clerk, "/places/natural-villages/new", entered))
    assert "大力村" in page


def test_a_natural_village_outside_its_village_is_asked_about(office: Office, clerk: Browser) -> None:
    far = NATURAL | {"geom": "106.65, 34.75"}
    page = refused(send(clerk, "/places/natural-villages/new", far))
    assert "八渡村" in page
    made(clerk, "/places/natural-villages/new", far, **{"geom-region": "keep"})
    with office.session() as session:
        assert session.scalars(select(NaturalVillage.name)).all() == ["槐树"]


def test_a_village_page_shows_its_natural_villages_and_leads_to_a_new_one(office: Office, clerk: Browser) -> None:
    page = made(clerk, "/places/villages/new", VILLAGE)
    natural = made(clerk, "/places/natural-villages/new", NATURAL, request_key="natural-key")
    text = clerk.text(page)
    assert f'href="{natural}"' in text
    region = office.tree.north_villages[0].id
    assert f"/places/natural-villages/new?region={region}" in text
    assert "大力村" in clerk.text(f"/places/natural-villages/new?region={region}")
    assert "登记自然村" not in office.browser("leader").text(page)
    assert "90.0 %" in clerk.text(natural)


def test_missing_fields_say_who_fills_them_in(office: Office, clerk: Browser) -> None:
    page = clerk.text(made(clerk, "/places/villages/new", VILLAGE))
    assert "主导产业（" in page


def test_a_village_is_entered_in_a_list_and_leaves_it(office: Office, clerk: Browser) -> None:
    page = made(clerk, "/places/villages/new", VILLAGE)
    entry = {
        "kind": "key_assistance",
        "level": "county",
        "valid_from": "2024-01-01",
        "document": "陇农领办发〔2024〕3号",
    }
    made(clerk, f"{page}/lists/new", entry, request_key="list-key-1")
    assert "大力村" in clerk.text("/places/?key=key_assistance&on=2026-11-20")
    with office.session() as session:
        [designation] = session.scalars(select(Designation)).all()
    off = {"on": "2026-06-01", "reason": "名单动态调整", "revision": "1"}
    made(clerk, f"{page}/lists/{designation.id}/end", off, request_key="list-key-2")
    assert ">大力村</a></th>" not in clerk.text("/places/?key=key_assistance&on=2026-06-01")
    assert ">大力村</a></th>" in clerk.text("/places/?key=key_assistance&on=2026-05-31")
    again = refused(send(clerk, f"{page}/lists/new", entry | {"valid_from": "2025-01-01"}, request_key="list-key-3"))
    assert "已列入该名单" in again


def test_an_entry_of_another_village_is_not_found(office: Office, clerk: Browser) -> None:
    page = made(clerk, "/places/villages/new", VILLAGE)
    with office.session() as session:
        other = Designation(
            region_id=office.tree.south_villages[0].id,
            kind="key_assistance",
            level="county",
            valid_from=dt.date(2024, 1, 1),
        )
        session.add(other)
        session.flush()
        other_id = other.id
    assert clerk.get(f"{page}/lists/{other_id}/end").status_code == 404


def test_a_village_page_shows_a_past_day(office: Office, clerk: Browser) -> None:
    page = made(clerk, "/places/villages/new", VILLAGE)
    natural = made(clerk, "/places/natural-villages/new", NATURAL, request_key="natural-key")
    gone = {"on": "2026-06-01", "reason": "整体搬迁", "revision": "1"}
    clerk.text(made(clerk, f"{natural}/retire", gone, request_key="retire-key"))
    assert f'href="{natural}"' not in clerk.text(page)
    past = clerk.text(f"{page}?on=2026-05-31")
    assert f'href="{natural}"' in past
    assert "2026-05-31" in past


def test_a_village_just_registered_can_be_undone(office: Office, clerk: Browser) -> None:
    page = clerk.text(made(clerk, "/places/villages/new", VILLAGE))
    hidden = dict(re.findall(r'type="hidden" name="(transaction|next|stay)" value="([^"]+)"', page))
    assert clerk.post("/records/undo", hidden).status_code == 303
    with office.session() as session:
        assert session.scalars(select(Village)).all() == []


def test_villages_below_standard_are_counted_listed_and_exported(office: Office, clerk: Browser) -> None:
    made(clerk, "/places/villages/new", VILLAGE)
    with office.session() as session:
        village = office.tree.north_villages[0]
        clinic = Facility(
            region_id=village.id, name="大力村卫生室", type="clinic", level="village", area_m2=60, staff=1
        )
        session.add(clinic)
    page = clerk.text("/places/standards/?type=clinic")
    assert "面积不足" in page
    assert "大力村卫生室" in page
    assert "60.0" in page
    sheet = str(cells(clerk.get("/places/standards/export.xlsx?type=clinic").data))
    assert "面积不足" in sheet
    assert "大力村卫生室" in sheet
    english = office.browser("clerk", language="en").text("/places/standards/?type=clinic")
    assert "Too small" in english


def test_standards_of_an_empty_installation_are_told_as_missing(office: Office) -> None:
    assert "该日没有执行中的标准" in office.browser("planner").text("/places/standards/")


def test_key_lists_add_up_by_level(office: Office, clerk: Browser) -> None:
    with office.session() as session:
        for village, level in zip(office.tree.villages, ("provincial", "city", "county", "county"), strict=True):
            row = Designation(region_id=village.id, kind="key_assistance", level=level, valid_from=dt.date(2021, 1, 1))
            session.add(row)
    page = office.browser("planner").text("/places/key-lists/")
    for name in ("八渡镇", "天成镇", "合计", "—"):
        assert name in page
    assert "2021" not in office.browser("planner").text("/places/key-lists/?on=2020-01-01&list=nonsense&of=nonsense")
