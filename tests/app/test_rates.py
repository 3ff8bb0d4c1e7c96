"""Nobody takes more than their share of what is costly."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from tests.people import Office


@pytest.fixture
def sparing(office: Office) -> Office:
    """An office that gives three files and sixty suggestions an hour."""
    settings = office.app.extensions["settings"]
    office.app.extensions["settings"] = replace(settings, files_per_hour=3, suggestions_per_hour=60)
    return office


def test_the_fourth_file_is_refused_and_says_when_to_go_on(sparing: Office) -> None:
    browser = sparing.browser("clerk")
    files = ["/registry/export.xlsx", "/projects/export.xlsx", "/maintenance/status.xlsx", "/registry/export.xlsx"]
    answers = [browser.get(file) for file in files]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "一小时内已超过 3 次" in answers[-1].text
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3601
    assert browser.get("/registry/").status_code == 200


def test_one_account_does_not_use_up_anothers_share(sparing: Office) -> None:
    for _ in range(5):
        last = sparing.browser("clerk").get("/registry/export.xlsx")
    assert last.status_code == 429
    assert sparing.browser("neighbour_clerk").get("/registry/export.xlsx").status_code == 200


def test_a_file_that_is_not_allowed_is_not_counted(sparing: Office) -> None:
    assert [sparing.browser().get("/registry/export.xlsx").status_code for _ in range(5)] == [401] * 5


def test_suggestions_are_counted_by_the_lot(sparing: Office) -> None:
    browser = sparing.browser("clerk")
    statuses = [browser.get("/search/suggest?q=村").status_code for _ in range(85)]
    assert statuses[:60] == [200] * 60
    assert statuses[-1] == 429
    with sparing.session() as session:
        assert session.execute(text("SELECT kind, used FROM rate_use")).all() == [("suggestions", 80)]
