"""Codes in other systems: one a system, each on one asset only."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from assets.editing import ReasonNeeded
from assets.errors import NotFound
from assets.registry.codes import note_code, remove_code
from assets.registry.models import OutsideCode
from tests import factories
from tests.assets.desk import DAY, Desk, refused


def test_a_code_is_kept_without_blanks_and_replaced(desk: Desk) -> None:
    asset = desk.register()
    before = desk.last_entry()
    note_code(desk.session, asset.id, system="national", code=" 6103 2700 1234 ", today=DAY)
    note_code(desk.session, asset.id, system="national", code="610327001235", today=DAY)
    note_code(desk.session, asset.id, system="national", code="610327001235", today=DAY)
    assert desk.session.scalars(select(OutsideCode.code)).all() == ["610327001235"]
    assert desk.entries(before) == [("registry.note_code", "outside_code")] * 2


@pytest.mark.parametrize(
    ("system", "code", "field"),
    [("nowhere", "1", "system"), ("national", " ", "code"), ("national", "9" * 61, "code")],
)
def test_a_code_that_is_none_is_refused(desk: Desk, system: str, code: str, field: str) -> None:
    asset = desk.register()
    assert field in refused(note_code, desk.session, asset.id, system=system, code=code, today=DAY)


def test_a_code_of_another_asset_names_it(desk: Desk) -> None:
    first = desk.register()
    second = desk.register(name="大力村凉亭")
    note_code(desk.session, first.id, system="national", code="X1", today=DAY)
    problem = refused(note_code, desk.session, second.id, system="national", code="X1", today=DAY)["code"]
    assert problem.data["other"] == first.name
    assert note_code(desk.session, second.id, system="three_assets", code="X1", today=DAY).id


def test_a_code_of_an_asset_out_of_sight_names_nothing(desk: Desk) -> None:
    theirs = desk.made(factories.asset, desk.tree.south_villages[0], name="八龙潭村冷库")
    desk.seat("clerk", desk.tree.south)
    note_code(desk.session, theirs.id, system="national", code="X1", today=DAY)
    desk.seat("clerk", desk.tree.north)
    ours = desk.register()
    problem = refused(note_code, desk.session, ours.id, system="national", code="X1", today=DAY)["code"]
    assert "outside your area" in problem.message
    assert "八龙潭" not in str(problem.data)


def test_a_code_is_taken_out_with_a_reason(desk: Desk) -> None:
    asset = desk.register()
    code = note_code(desk.session, asset.id, system="national", code="X1", today=DAY)
    desk.session.flush()
    desk.session.refresh(code)
    with pytest.raises(ReasonNeeded):
        remove_code(desk.session, code.id, revision=code.revision, reason="")
    before = desk.last_entry()
    assert remove_code(desk.session, code.id, revision=code.revision, reason="录错系统").id == asset.id
    assert desk.entries(before) == [("registry.remove_code", "outside_code")]
    with pytest.raises(NotFound):
        remove_code(desk.session, code.id, revision=1, reason="再删")
