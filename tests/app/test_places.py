"""Villages, relocation sites and facilities, by persona."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import pytest

from assets.places.models import Facility, RelocationSite, Village
from assets.regions.borders import attach_borders
from assets.regions.models import Designation
from assets.terms.models import Term
from tests import factories
from tests.people import Office
from tests.workbooks import cells

PAGES = {"villages": "/places/", "sites": "/places/sites/", "facilities": "/places/facilities/"}


@dataclass
class Ground:
    """What was filed in the northern and in the southern town."""

    north: dict[str, int]
    south: dict[str, int]


def names(html: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a></th>', html)


@pytest.fixture
def ground(office: Office) -> Ground:
    """A village with a site and a clinic in each town; the northern village is on the city's key list."""
    sides = []
    with office.session() as session:
        for region in (office.tree.north_villages[0], office.tree.south_villages[0]):
            village = Village(
                region_id=region.id,
                name=region.short_name,
                kind="village",
                village_class="clustered",
                households=400,
                pop_resident=1_200,
            )
            site = RelocationSite(
                region_id=region.id,
                name=f"{region.short_name}安置点",
                type="rural",
                households_moved=80,
                households_occupied=78,
                labour_force=160,
                employed=120,
            )
            clinic = Facility(
                region_id=region.id, name=f"{region.short_name}卫生室", type="clinic", level="village", area_m2=95
            )
            session.add_all([village, site, clinic])
            session.flush()
            sides.append({"villages": village.id, "sites": site.id, "facilities": clinic.id})
        session.add(
            Designation(
                region_id=office.tree.north_villages[0].id,
                kind="key_assistance",
                level="city",
                valid_from=dt.date(2024, 1, 1),
            )
        )
        session.add(
            Term(
                kind="facility_type",
                code="clinic",
                name_zh="村卫生室",
                name_en="Village clinic",
                valid_from=dt.date(2000, 1, 1),
            )
        )
    return Ground(*sides)


@pytest.mark.parametrize("kind", PAGES)
def test_a_clerk_sees_only_the_own_town(office: Office, ground: Ground, kind: str) -> None:
    assert len(names(office.browser("planner").text(PAGES[kind]))) == 2
    [name] = names(office.browser("clerk").text(PAGES[kind]))
    assert name.startswith("大力村")


@pytest.mark.parametrize("kind", PAGES)
def test_a_clerks_file_holds_nothing_of_the_neighbours(office: Office, ground: Ground, kind: str) -> None:
    address = f"/places/{kind}/export.xlsx"
    assert "八龙潭村" in str(cells(office.browser("planner").get(address).data))
    assert "八龙潭村" not in str(cells(office.browser("clerk").get(address).data))


@pytest.mark.parametrize("kind", PAGES)
def test_a_record_page_is_shown_in_the_own_town_and_not_found_elsewhere(
    office: Office, ground: Ground, kind: str
) -> None:
    clerk = office.browser("clerk")
    assert "大力村" in clerk.text(f"/places/{kind}/{ground.north[kind]}")
    assert clerk.get(f"/places/{kind}/{ground.south[kind]}").status_code == 404
    assert clerk.get(f"/places/{kind}/987654321").status_code == 404


def test_a_village_page_leads_to_everything_filed_there(office: Office, ground: Ground) -> None:
    village = office.tree.north_villages[0]
    with office.session() as session:
        asset_id = factories.asset(session, village, name="大力村蓄水池", value_yuan=190_000).id
        project_id = factories.project(session, village, name="大力村产业路").id
    page = office.browser("clerk").text(f"/places/villages/{ground.north['villages']}")
    for address in (
        f"/registry/{asset_id}",
        f"/projects/{project_id}",
        f"/places/sites/{ground.north['sites']}",
        f"/places/facilities/{ground.north['facilities']}",
    ):
        assert f'href="{address}"' in page
    assert "重点帮扶村" in page
    assert "19.00" in page


def test_a_site_shows_its_rates(office: Office, ground: Ground) -> None:
    page = office.browser("clerk").text(f"/places/sites/{ground.north['sites']}")
    assert "97.5 %" in page
    assert "75.0 %" in page


def test_key_villages_can_be_filtered(office: Office, ground: Ground) -> None:
    planner = office.browser("planner")
    assert names(planner.text("/places/?key=key_assistance")) == ["大力村"]
    assert names(planner.text("/places/?key=key_assistance&on=2023-06-01")) == []


def test_facility_types_are_named_in_the_readers_language(office: Office, ground: Ground) -> None:
    assert "村卫生室" in office.browser("planner").text("/places/facilities/")
    assert "Village clinic" in office.browser("planner", language="en").text("/places/facilities/")


def test_the_page_draws_the_village_among_its_neighbours(office: Office, ground: Ground) -> None:
    import shapely

    with office.session() as session:
        borders = {
            village.code: shapely.box(106.5 + i / 10, 34.7, 106.6 + i / 10, 34.8)
            for i, village in enumerate(office.tree.villages)
        }
        attach_borders(session, borders, level="village", day=factories.DAY, source="test", schematic=True)
    page = office.browser("clerk").text(f"/places/villages/{ground.north['villages']}")
    assert len(re.findall(r'class="locator-area own"', page)) == 2
    assert "示意图" in page
    assert "尚未登记位置" in page


def test_a_village_without_borders_has_no_drawing(office: Office, ground: Ground) -> None:
    assert '<svg class="locator' not in office.browser("clerk").text(f"/places/villages/{ground.north['villages']}")
