"""Every page states who may open it, and is held to it before anything is read."""

from __future__ import annotations

import pytest

from app import access
from tests.people import Office


def test_a_page_without_a_rule_stops_the_program(office: Office) -> None:
    office.app.view_functions["registry.forgotten"] = lambda: "open to all"
    with pytest.raises(LookupError, match=r"registry\.forgotten"):
        access.init_app(office.app)


def test_a_rule_without_a_page_stops_the_program(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(access.MATRIX, "gone", ((access.EVERYONE, "index"),))
    with pytest.raises(LookupError, match=r"gone\.index"):
        access.init_app(office.app)


def test_a_page_named_by_two_rules_stops_the_program(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(access.MATRIX, "search", (*access.MATRIX["search"], (access.WRITE, "index")))
    with pytest.raises(LookupError, match=r"search\.index"):
        access.init_app(office.app)


def test_every_address_has_a_page_with_a_rule(office: Office) -> None:
    rules = office.app.extensions["access"]
    assert {rule.endpoint for rule in office.app.url_map.iter_rules()} == rules.keys()


def test_what_a_program_may_open_changes_nothing(office: Office) -> None:
    for rule in office.app.url_map.iter_rules():
        if office.app.extensions["access"][rule.endpoint].token_scope:
            assert "GET" in (rule.methods or ()) and "POST" not in (rule.methods or ())


@pytest.mark.parametrize("record_id", [1, 999_999])
def test_a_role_that_is_not_held_is_told_before_any_record_is_looked_for(office: Office, record_id: int) -> None:
    answer = office.browser("viewer").get(f"/registry/{record_id}/correct")
    assert answer.status_code == 403
    assert "您的账号" in answer.text
