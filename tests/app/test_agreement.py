"""The same figure is the same number wherever it is shown, and what it leaves out is said."""

from __future__ import annotations

import datetime as dt

from assets.regions.models import Region
from tests import factories
from tests.people import Office


def test_the_ledger_says_what_of_its_value_belongs_to_households(office: Office) -> None:
    with office.session() as session:
        factories.asset(session, office.tree.north_villages[0], value_yuan=500_000)
        factories.asset(session, office.tree.north_villages[0], value_yuan=300_000, asset_class="household")
    page = office.browser("planner").text("/registry/")
    assert "80.00" in page
    assert "其中到户类 30.0 万元" in page
    assert "50.0" in office.browser("planner").text("/maintenance/")
    assert "其中到户类" not in office.browser("planner").text("/registry/?class=public")


def test_the_legend_counts_what_has_no_position_apart(office: Office) -> None:
    with office.session() as session:
        factories.asset(session, office.tree.north_villages[0])
        factories.asset(session, office.tree.north_villages[0], geom=None)
    counts = office.browser("planner").get("/map/counts.json?by=assets:class").json
    assert counts == {"assets": {"public": 1, "unplaced": 1}}


def test_the_status_page_narrows_by_missing_papers_like_the_ledger(office: Office) -> None:
    with office.session() as session:
        factories.asset(session, office.tree.north_villages[0], papers_missing=True)
        factories.asset(session, office.tree.north_villages[0])
    figures = office.browser("planner").get("/maintenance/figures.json?figure=assets&level=town&missing=papers").json
    by_name = {row["name"]: row["value"] for row in figures["figures"]}
    assert by_name[office.tree.north.short_name] == 1


def test_a_circular_of_a_day_to_come_is_refused(office: Office) -> None:
    tomorrow = factories.DAY + dt.timedelta(days=1)
    for page in ("/circular", "/circular.pdf"):
        answer = office.browser("leader").get(f"{page}?on={tomorrow}")
        assert answer.status_code == 400
        assert "尚未到来" in answer.text


def test_whoever_holds_an_ended_region_still_reaches_its_pages(office: Office) -> None:
    with office.session() as session:
        session.get_one(Region, office.tree.north.id).valid_to = dt.date(2026, 1, 1)
    code = office.tree.north.code
    assert office.browser("clerk").get(f"/registry/?area={code}").status_code == 200
    assert office.browser("planner").get(f"/registry/?area={code}").status_code == 404
