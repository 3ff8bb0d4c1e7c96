"""The household list of a batch: few see it, masked; it fits the batch or is doubted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from assets.errors import NotAllowed, NotFound
from assets.parties.models import Person
from assets.registry.households import NotABatch, add_household, households_of, remove_household
from assets.registry.models import Asset, HouseholdItem
from tests.assets.desk import Desk, refused


@pytest.fixture
def batch(desk: Desk) -> Asset:
    """40 chicks worth 1,000 yuan for the households of 大力村."""
    return desk.register(
        name="大力村鸡苗发放",
        asset_class="household",
        sector="livestock",
        quantity=Decimal(40),
        unit="只",
        original_value_yuan=Decimal(1_000),
    )


def add(desk: Desk, batch: Asset, **values: Any) -> HouseholdItem:
    facts = {"name": "王建军", "quantity": Decimal(20), "amount_yuan": Decimal(500)}
    return add_household(desk.session, batch.id, **(facts | values))


def test_a_household_is_listed_with_a_masked_name(desk: Desk, batch: Asset) -> None:
    before = desk.last_entry()
    add(desk, batch, id_number="61032719900101123x", phone="16100001234", note="脱贫户")
    listed = households_of(desk.session, batch)
    assert listed is not None
    assert [row.name for row in listed.rows] == ["王**"]
    assert (listed.quantity, listed.amount_yuan) == (20, 500)
    assert desk.entries(before) == [("parties.set_contact", "person"), ("registry.add_household", "household_item")]


@pytest.mark.parametrize("role", ["leader", "planner", "viewer", "caretaker", "department"])
def test_only_clerk_administrator_and_auditor_see_the_list(desk: Desk, batch: Asset, role: str) -> None:
    add(desk, batch)
    desk.seat(role)
    assert households_of(desk.session, batch) is None
    assert desk.session.scalar(select(func.count(HouseholdItem.id))) == 0


@pytest.mark.parametrize("role", ["clerk", "administrator", "auditor"])
def test_who_keeps_and_checks_it_sees_the_list(desk: Desk, batch: Asset, role: str) -> None:
    add(desk, batch)
    desk.seat(role)
    listed = households_of(desk.session, batch)
    assert listed is not None
    assert len(listed.rows) == 1


@pytest.mark.parametrize("role", ["planner", "auditor"])
def test_only_clerk_and_administrator_change_the_list(desk: Desk, batch: Asset, role: str) -> None:
    desk.seat(role)
    with pytest.raises(NotAllowed):
        add(desk, batch)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 41}, "name"),
        ({"id_number": "123"}, "id_number"),
        ({"phone": "abc"}, "phone"),
        ({"quantity": Decimal(0)}, "quantity"),
        ({"amount_yuan": Decimal(-1)}, "amount_yuan"),
        ({"quantity": None, "amount_yuan": None}, "quantity"),
        ({"note": "长" * 201}, "note"),
    ],
)
def test_a_household_that_cannot_be_is_refused(desk: Desk, batch: Asset, values: dict[str, Any], field: str) -> None:
    assert field in refused(add, desk, batch, **values)
    assert desk.session.scalar(select(func.count(Person.id))) == 0


def test_households_do_not_get_more_than_the_batch_is_unless_confirmed(desk: Desk, batch: Asset) -> None:
    add(desk, batch)
    more = {"name": "李四", "quantity": Decimal(21), "amount_yuan": Decimal(501)}
    problems = refused(add, desk, batch, **more)
    assert {field: problem.doubt for field, problem in problems.items()} == {
        "quantity": "above_quantity",
        "amount_yuan": "above_value",
    }
    assert add(desk, batch, **more, confirmed={"above_quantity", "above_value"}).id


def test_a_household_is_listed_once(desk: Desk, batch: Asset) -> None:
    add(desk, batch, id_number="610327199001011234", quantity=Decimal(1), amount_yuan=None)
    twice = {"id_number": "610327199001011234", "quantity": Decimal(1), "amount_yuan": None}
    assert "already" in refused(add, desk, batch, **twice)["name"].message
    assert add(desk, batch, id_number="610327199001015678", quantity=Decimal(1), amount_yuan=None).id


def test_only_a_batch_has_a_list(desk: Desk) -> None:
    tank = desk.register()
    with pytest.raises(NotABatch):
        add(desk, tank)


def test_a_household_is_taken_off_by_the_own_clerk_only(desk: Desk, batch: Asset) -> None:
    item = add(desk, batch)
    desk.session.flush()
    desk.session.refresh(item)
    desk.seat("clerk", desk.tree.south)
    with pytest.raises(NotFound):
        remove_household(desk.session, item.id, revision=item.revision, reason="不在名单")
    desk.seat("clerk")
    assert remove_household(desk.session, item.id, revision=item.revision, reason="不在名单").id == batch.id
