"""From positions to regions: which village a place lies in, and whether it is where it says."""

from __future__ import annotations

import datetime as dt

import pytest
import shapely
from sqlalchemy.orm import Session

from assets.checking import Checks
from assets.errors import Unacceptable
from assets.regions.borders import attach_borders
from assets.regions.directory import find_regions, full_names
from assets.regions.models import RegionSuccessor
from assets.regions.positions import OUTSIDE, check_place, region_at, to_column
from assets.scope import Reach, Viewer
from tests import factories

ROLES = ("clerk",)


@pytest.fixture
def tree(session: Session) -> factories.Tree:
    """The regions, each village a square of a tenth of a degree from west to east."""
    made = factories.tree(session)
    borders = {
        village.code: shapely.box(106.5 + place / 10, 34.7, 106.6 + place / 10, 34.8)
        for place, village in enumerate(made.villages)
    }
    attach_borders(session, borders, level="village", day=factories.DAY, source="test", schematic=True)
    return made


def clerk_of(region: factories.Region) -> Viewer:
    return Viewer(account_id=1, reaches=(Reach("clerk", region.id, region.region_path),))


@pytest.mark.parametrize(
    "geometry",
    [
        shapely.Point(106.65, 34.75),
        shapely.LineString([(106.61, 34.71), (106.69, 34.79)]),
        shapely.box(106.62, 34.72, 106.68, 34.78),
    ],
)
def test_a_position_lies_in_the_smallest_region_around_it(
    session: Session, tree: factories.Tree, geometry: shapely.Geometry
) -> None:
    found = region_at(session, geometry, day=factories.DAY)
    assert found is not None
    assert found.id == tree.villages[1].id


def test_a_position_outside_every_border_lies_nowhere(session: Session, tree: factories.Tree) -> None:
    assert region_at(session, shapely.Point(100, 30), day=factories.DAY) is None


def test_a_region_that_has_ended_takes_no_position(session: Session, tree: factories.Tree) -> None:
    tree.villages[1].valid_to = dt.date(2025, 1, 1)
    session.flush()
    found = region_at(session, shapely.Point(106.65, 34.75), day=factories.DAY)
    assert found is not None
    assert found.level == "town"


def test_without_a_region_the_position_tells_it(session: Session, tree: factories.Tree) -> None:
    checks = Checks()
    found = check_place(checks, session, None, shapely.Point(106.75, 34.75), day=factories.DAY)
    checks.settle()
    assert found is not None
    assert found.id == tree.villages[2].id


def test_a_position_outside_the_chosen_village_is_a_doubt(session: Session, tree: factories.Tree) -> None:
    there, here = shapely.Point(106.75, 34.75), tree.villages[0]
    checks = Checks()
    check_place(checks, session, here.id, there, day=factories.DAY)
    with pytest.raises(Unacceptable) as refusal:
        checks.settle()
    [problem] = refusal.value.problems
    assert (problem.doubt, problem.field) == (OUTSIDE, "geom")
    assert "八龙潭村" in problem.data["where"]
    sure = Checks({OUTSIDE})
    assert check_place(sure, session, here.id, there, day=factories.DAY) is not None
    sure.settle()


def test_a_position_in_a_village_of_the_chosen_town_is_no_doubt(session: Session, tree: factories.Tree) -> None:
    checks = Checks()
    check_place(checks, session, tree.south.id, shapely.Point(106.75, 34.75), day=factories.DAY)
    checks.settle()


def test_what_a_record_says_already_is_not_asked_about_again(session: Session, tree: factories.Tree) -> None:
    there = shapely.Point(106.75, 34.75)
    asset = factories.asset(session, tree.villages[0], geom=to_column(there))
    checks = Checks()
    check_place(checks, session, tree.villages[0].id, there, day=factories.DAY, known=asset)
    checks.settle()
    check_place(checks, session, tree.villages[1].id, there, day=factories.DAY, known=asset)
    assert [problem.doubt for problem in checks.problems] == [OUTSIDE]


def test_a_merged_village_names_its_heir(session: Session, tree: factories.Tree) -> None:
    old, heir = tree.villages[0], tree.villages[1]
    old.valid_to = dt.date(2025, 3, 1)
    session.add(RegionSuccessor(region_id=old.id, successor_id=heir.id, kind="merged", effective_on=old.valid_to))
    session.flush()
    checks = Checks()
    assert check_place(checks, session, old.id, None, day=factories.DAY) is None
    with pytest.raises(Unacceptable, match=r"大力村 ended on 2025-03-01.*八渡镇 › 八渡村"):
        checks.settle()


def test_a_stored_position_that_did_not_move_equals_itself(session: Session, tree: factories.Tree) -> None:
    for geometry in (shapely.Point(106.123456789, 34.75), shapely.box(106.62, 34.72, 106.68, 34.78)):
        asset = factories.asset(session, tree.villages[0], geom=to_column(geometry))
        assert asset.geom == to_column(geometry)


@pytest.mark.parametrize("words", ["大力村", "大力", "dali", "dlc", "610327101201", "八渡镇 › 大力村", "八渡 大力"])
def test_a_region_is_found_by_name_code_and_pinyin(session: Session, tree: factories.Tree, words: str) -> None:
    found = find_regions(
        session,
        words,
        viewer=clerk_of(tree.north),
        roles=ROLES,
        day=factories.DAY,
        levels=("village", "town"),
    )
    assert [name for _region, name in found][:1] == ["八渡镇 › 大力村"]


def test_regions_out_of_reach_are_not_offered(session: Session, tree: factories.Tree) -> None:
    viewer = clerk_of(tree.north)
    for roles, words in ((ROLES, "八龙潭"), (("planner",), "大力")):
        assert find_regions(session, words, viewer=viewer, roles=roles, day=factories.DAY, levels=("village",)) == []


def test_a_county_is_told_only_to_those_who_work_in_several(session: Session, tree: factories.Tree) -> None:
    village = tree.villages[0]
    assert full_names(session, [village], home=tree.county.region_path)[village.id] == "八渡镇 › 大力村"
    assert full_names(session, [village], home=tree.city.region_path)[village.id] == "陇县 › 八渡镇 › 大力村"
