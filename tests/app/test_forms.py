"""The engine of record forms, by the forms of facilities."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from sqlalchemy import func, select

from assets.audit import AuditEntry
from assets.places.models import Facility
from assets.terms.models import Term
from tests.people import Browser, Office

NEW = "/places/facilities/new"
ENTERED = {
    "name": "大力村卫生室",
    "type": "clinic",
    "level": "village",
    "status": "in_use",
    "region_id-words": "大力村",
}


@pytest.fixture
def clerk(office: Office) -> Browser:
    """The clerk of the northern town, in an office that knows clinics."""
    with office.session() as session:
        session.add(
            Term(
                kind="facility_type",
                code="clinic",
                name_zh="村卫生室",
                name_en="Village clinic",
                valid_from=dt.date(2000, 1, 1),
            )
        )
    return office.browser("clerk")


def send(browser: Browser, address: str = NEW, **values: Any) -> Any:
    return browser.post(address, ENTERED | {"request_key": "key-of-this-test"} | values)


def test_a_clerk_registers_a_facility(office: Office, clerk: Browser) -> None:
    answer = send(clerk)
    assert answer.status_code == 303
    page = clerk.text(answer.headers["Location"])
    assert "“大力村卫生室”已登记" in page
    with office.session() as session:
        [facility] = session.scalars(select(Facility)).all()
        assert (facility.name, facility.pinyin) == ("大力村卫生室", "dalicunweishengshi")
        assert facility.region_id == office.tree.north_villages[0].id
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "places.register_facility")).all()
        assert entry.record_id == facility.id


def test_a_form_posted_twice_is_taken_in_once(office: Office, clerk: Browser) -> None:
    first, second = send(clerk), send(clerk)
    assert first.headers["Location"] == second.headers["Location"]
    with office.session() as session:
        assert session.scalar(select(func.count()).select_from(Facility)) == 1


def test_two_editors_of_one_record_see_each_others_changes(office: Office, clerk: Browser) -> None:
    address = send(clerk).headers["Location"] + "/correct"
    assert 'name="revision" value="1"' in clerk.text(address)
    planner = office.browser("planner")
    theirs = send(planner, address, name="大力村卫生所", revision="1", reason="按牌匾", request_key="theirs-theirs")
    assert theirs.status_code == 303
    yours = send(clerk, address, name="大力卫生室", staff="3", revision="1", reason="改名", request_key="yours-yours")
    assert yours.status_code == 409
    for text in ("大力村卫生室", "大力村卫生所", "大力卫生室", 'name="staff" value="3"'):
        assert text in yours.text, text
    revision = re.search(r'name="revision" value="(\d+)"', yours.text)[1]  # type: ignore[index]
    again = {"name": "大力卫生室", "staff": "3", "take-name": "theirs", "revision": revision, "reason": "改名"}
    assert send(clerk, address, **again, request_key="yours-again").status_code == 303
    with office.session() as session:
        [facility] = session.scalars(select(Facility)).all()
        assert (facility.name, facility.staff) == ("大力村卫生所", 3)
