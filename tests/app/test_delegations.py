"""Whoever stands in works under the own name, with that of the absent person beside it, and not a day longer."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from assets.accounts.models import Grant
from assets.audit import AuditEntry
from assets.places.models import Facility
from assets.terms.defaults import load_defaults
from tests import factories
from tests.people import Browser, Office

DAY = factories.DAY
NEW = "/places/facilities/new"


@pytest.fixture
def colleague(office: Office) -> Browser:
    """Somebody of the northern town who only looks."""
    with office.session() as session:
        load_defaults(session)
        made = factories.account(session, "colleague", "viewer", office.tree.north, display_name="李某")
        office.accounts["colleague"] = made.id
    client = office.app.test_client()
    office.sign_in(client, made.id)
    return Browser(client)


def hand_over(office: Office, **values: str) -> Browser:
    clerk = office.browser("clerk")
    with office.session() as session:
        source = session.scalars(select(Grant.id).where(Grant.account_id == office.account("clerk"))).one()
    given = {"grant_ids": str(source), "account_id": str(office.accounts["colleague"]), "reason": "年休假"}
    given |= {"valid_from": str(DAY), "valid_to": "2026-12-01"} | values
    answer = clerk.post("/accounts/delegations/new", given, token_from="/accounts/delegations/new")
    assert answer.status_code == 303, answer.text
    return clerk


def register(office: Office, browser: Browser) -> int:
    place = office.tree.north_villages[0].id
    values = {"name": "大力村卫生室", "type": "clinic", "level": "village", "status": "in_use", "region_id": str(place)}
    return browser.post(NEW, values, token_from="/").status_code


def test_what_a_stand_in_does_is_told_with_both_names(office: Office, colleague: Browser) -> None:
    assert colleague.get(NEW).status_code == 403
    hand_over(office)
    assert "您正在代理clerk，至 2026-12-01" in colleague.text("/account/")
    assert register(office, colleague) == 303
    with office.session() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "places.register_facility")).one()
        source = session.scalars(select(Grant.id).where(Grant.account_id == office.account("clerk"))).one()
        assert entry.account_id == office.accounts["colleague"]
        assert entry.changes is not None
        assert entry.changes["delegated_from"] == {"grants": [source]}
        number = session.scalars(select(Facility.id)).one()
    assert "李某（代理clerk）" in colleague.text(f"/places/facilities/{number}")


def test_a_form_left_open_saves_nothing_once_the_grant_is_taken_back(office: Office, colleague: Browser) -> None:
    clerk = hand_over(office)
    assert colleague.get(NEW).status_code == 200
    with office.session() as session:
        made = session.scalars(select(Grant).where(Grant.delegated_from.is_not(None))).one()
    address = f"/accounts/delegations/{made.id}/end"
    assert colleague.get(address).status_code == 404
    ended = clerk.post(address, {"reason": "提前返岗", "revision": str(made.revision)}, token_from=address)
    assert ended.status_code == 303
    assert register(office, colleague) == 403
    with office.session() as session:
        assert session.scalars(select(Facility)).all() == []
    assert "代理" not in colleague.text("/account/").split("工作代理")[0]


def test_what_is_wrong_with_handing_over_is_told_beside_the_fields(office: Office, colleague: Browser) -> None:
    del colleague
    clerk, address = office.browser("clerk"), "/accounts/delegations/new"
    answer = clerk.post(
        address, {"account_id": "999999", "reason": "年休假", "valid_from": "2020-01-01"}, token_from=address
    )
    assert answer.status_code == 400
    assert answer.text.count("field-error") >= 3
    with office.session() as session:
        assert session.scalars(select(Grant).where(Grant.delegated_from.is_not(None))).all() == []


def test_colleagues_of_the_neighbouring_town_are_neither_offered_nor_taken(office: Office, colleague: Browser) -> None:
    del colleague
    theirs = office.account("neighbour_clerk")
    clerk, address = office.browser("clerk"), "/accounts/delegations/new"
    assert "neighbour_clerk" not in clerk.text(address)
    answer = clerk.post(address, {"account_id": str(theirs), "reason": "年休假"}, token_from=address)
    assert answer.status_code == 400
    assert "neighbour_clerk" not in answer.text
