"""What a position means, told while a form is filled in."""

from __future__ import annotations

from typing import Any

import pytest
import shapely

from assets.regions.borders import attach_borders
from tests import factories
from tests.people import Browser, Office


@pytest.fixture
def clerk(office: Office) -> Browser:
    """The clerk of the northern town, whose villages have borders."""
    with office.session() as session:
        borders = {
            village.code: shapely.box(106.5 + place / 10, 34.7, 106.6 + place / 10, 34.8)
            for place, village in enumerate(office.tree.villages)
        }
        attach_borders(session, borders, level="village", day=factories.DAY, source="test", schematic=True)
    return office.browser("clerk")


def read(browser: Browser, text: str, **values: Any) -> dict[str, Any]:
    answer = browser.post("/positions/read.json", {"text": text} | values)
    assert answer.status_code == 200
    return answer.get_json()  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("106.55, 34.75", "cgcs2000"),
        ("北纬34°45′00″ 东经106°33′00″", "cgcs2000"),
        ("POINT(106.55 34.75)", "cgcs2000"),
        ('{"type": "Point", "coordinates": [106.55, 34.75]}', "cgcs2000"),
        ("106.55459, 34.74899", "gcj02"),
        ("36367308.5 3847853.6", "gk"),
        ("3847853.6 367308.5", "gk-108"),
    ],
)
def test_every_way_of_writing_leads_to_the_village(clerk: Browser, text: str, datum: str) -> None:
    answer = read(clerk, text, datum=datum)
    assert answer["problems"] == []
    assert answer["geometry"]["coordinates"] == pytest.approx([106.55, 34.75], abs=0.001)
    assert (answer["region"]["name"], answer["region"]["open"]) == ("八渡镇 › 大力村", True)


def test_a_place_of_a_neighbour_is_named_and_not_open(clerk: Browser) -> None:
    answer = read(clerk, "106.75, 34.75")
    assert (answer["region"]["name"], answer["region"]["open"]) == ("天成镇 › 八龙潭村", False)


def test_a_contradiction_with_the_chosen_place_is_told(office: Office, clerk: Browser) -> None:
    chosen = office.tree.north_villages[1].id
    assert "而在八渡镇 › 大力村" in read(clerk, "106.55, 34.75", region=chosen)["outside"]
    assert read(clerk, "106.65, 34.75", region=chosen)["outside"] == ""


@pytest.mark.parametrize(
    ("text", "code", "is_repaired"),
    [
        ("34.75, 106.55", "swapped", True),
        ("106.5 34.7;106.6 34.8;106.6 34.7;106.5 34.8;106.5 34.7", "self_crossing", True),
        ("0, 0", "outside_china", False),
        ("hello", "no_coordinates", False),
        ("", "missing", False),
        ("\x00", "no_coordinates", False),
        ("106.55", "odd_numbers", False),
        ("500000, 3847000", "out_of_range", False),
    ],
)
def test_a_problem_comes_with_its_remedy(clerk: Browser, text: str, code: str, is_repaired: bool) -> None:
    answer = read(clerk, text)
    [problem] = answer["problems"]
    assert problem["code"] == code
    assert (problem["repaired"] is not None) == is_repaired
    assert answer["geometry"] is None
    if is_repaired:
        assert read(clerk, problem["repaired_text"])["problems"] == []


@pytest.mark.parametrize("values", [{"datum": "mars"}, {"allowed": "Blob"}, {"region": "x"}, {"region": "9" * 30}])
def test_nonsense_beside_the_coordinates_is_passed_over(clerk: Browser, values: dict[str, str]) -> None:
    assert read(clerk, "106.55, 34.75", **values)["problems"] == []


def test_only_the_allowed_kinds_are_taken(clerk: Browser) -> None:
    [problem] = read(clerk, "POINT(106.55 34.75)", allowed="LineString")["problems"]
    assert problem["code"] == "wrong_type"
