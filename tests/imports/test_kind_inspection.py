"""Visits kept on paper come in as a ledger; what they mean for upkeep follows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.audit import Deed
from assets.errors import RegistryError
from assets.imports.kinds import inspection
from assets.maintenance.models import Inspection, UpkeepPeriod
from assets.maintenance.service import record_inspection
from assets.parties.models import Person
from assets.registry.models import Asset
from assets.scope import Viewer, bind_viewer
from tests import factories
from tests.imports.kind_desk import DAY, Ledgers, entered, looked_at, told, verdicts

KIND = inspection.KIND


@pytest.fixture
def tree(session: Session) -> factories.Tree:
    return factories.tree(session)


@pytest.fixture
def county(session: Session, tree: factories.Tree) -> Ledgers:
    return Ledgers(session, tree.county)


@pytest.fixture
def tank(session: Session, tree: factories.Tree) -> Asset:
    """Kept by 张三, every 90 days."""
    made = factories.asset(session, tree.north_villages[0], name="大力村蓄水池", code="610327-G2024-000001")
    factories.duty(session, made)
    return made


ROW: dict[str, Any] = {
    "asset_code": "610327-G2024-000001",
    "inspected_on": dt.date(2026, 11, 1),
    "result": "all_well",
}


def test_a_visit_moves_the_day_of_the_next_one(county: Ledgers, session: Session, tank: Asset) -> None:
    [number] = entered(county, KIND, [ROW | {"condition": 4, "cost_yuan": Decimal("12.50"), "inspector": "张三"}])
    visit = session.get_one(Inspection, number)
    assert (visit.asset_id, visit.condition, visit.cost_yuan) == (tank.id, 4, Decimal("12.50"))
    due = session.scalar(
        select(UpkeepPeriod.due_on).where(
            UpkeepPeriod.asset_id == tank.id, UpkeepPeriod.valid_from <= DAY, UpkeepPeriod.valid_to > DAY
        )
    )
    assert due == dt.date(2026, 11, 1) + dt.timedelta(90)
    deed = session.scalars(
        select(Deed).where(Deed.action == "maintenance.record_inspection", Deed.record_id == number)
    ).one()
    assert deed.region_path == tank.region_path


def test_an_asset_is_found_by_name_and_village(county: Ledgers, session: Session, tank: Asset) -> None:
    row = {"asset": " 大力村蓄水池", "village": "大力村"} | {key: ROW[key] for key in ("inspected_on", "result")}
    [number] = entered(county, KIND, [row])
    assert session.get_one(Inspection, number).asset_id == tank.id


def test_the_same_ledger_again_changes_nothing(county: Ledgers, tank: Asset) -> None:
    rows = [ROW, ROW | {"inspected_on": dt.date(2026, 10, 1), "inspector": "李四"}]
    entered(county, KIND, rows)
    assert verdicts(looked_at(county, KIND, rows)) == ["same", "same"]
    changed = [ROW | {"note": "已清淤"}]
    assert verdicts(looked_at(county, KIND, changed)) == ["changed"]


def test_a_correction_keeps_what_it_does_not_say(county: Ledgers, session: Session, tank: Asset) -> None:
    [number] = entered(county, KIND, [ROW | {"condition": 3}])
    assert entered(county, KIND, [ROW | {"note": "已清淤"}]) == [number]
    visit = session.get_one(Inspection, number)
    assert (visit.condition, visit.note) == (3, "已清淤")


def test_two_people_may_visit_on_one_day(county: Ledgers, session: Session, tank: Asset) -> None:
    rows = [ROW | {"inspector": "李四"}, ROW | {"inspector": "王五"}]
    one, other = entered(county, KIND, rows)
    assert one != other
    assert verdicts(looked_at(county, KIND, rows)) == ["same", "same"]
    assert [one[1] for one in told(looked_at(county, KIND, [ROW]))] == ["inspection_same_day"]
    assert {one[1] for one in told(looked_at(county, KIND, [ROW | {"inspector": "赵六"}] * 2))} == {"inspection_twice"}


def test_an_inspector_is_the_person_of_the_town_and_entered_once(
    county: Ledgers, session: Session, tank: Asset, tree: factories.Tree
) -> None:
    known = session.scalars(select(Person).where(Person.name == "张三")).one()
    other = factories.asset(session, tree.north_villages[1], code="610327-G2024-000002")
    far = factories.asset(session, tree.south_villages[0], code="610327-G2024-000003")
    rows = [
        ROW | {"inspector": "张三"},
        ROW | {"inspector": "李四", "asset_code": other.code},
        ROW | {"inspector": "李四", "inspected_on": dt.date(2026, 9, 1)},
        ROW | {"inspector": "李四", "asset_code": far.code},
    ]
    visits = [session.get_one(Inspection, number) for number in entered(county, KIND, rows)]
    mine, here, again, there = [visit.inspector_id for visit in visits]
    assert mine == known.id
    assert here == again != there
    later = entered(county, KIND, [ROW | {"inspector": "李四", "inspected_on": dt.date(2026, 8, 1)}])
    assert session.get_one(Inspection, later[0]).inspector_id == here


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"inspected_on": dt.date(2026, 11, 21)}, "inspection_day"),
        ({"inspected_on": dt.date(2024, 1, 14)}, "inspection_day"),
        ({"result": "problem"}, "inspection_words"),
        ({"condition": 6}, "inspection_condition"),
        ({"condition": 10**12}, "inspection_condition"),
        ({"cost_yuan": Decimal(-1)}, "inspection_cost"),
        ({"asset_code": "没有"}, "asset_unknown"),
        ({"asset_code": None}, "asset_needed"),
        ({"asset_code": None, "asset": "水塔"}, "asset_unknown"),
        ({"asset": "水塔"}, "asset_named_otherwise"),
        ({"inspected_on": None}, "cell_required"),
        ({"result": None}, "cell_required"),
    ],
)
def test_a_visit_that_cannot_be_is_refused(county: Ledgers, tank: Asset, row: dict[str, Any], code: str) -> None:
    staging = looked_at(county, KIND, [ROW | row])
    assert ([one[1] for one in told(staging)], verdicts(staging)) == ([code], ["rejected"])


def test_what_recording_one_visit_refuses_a_ledger_refuses(
    county: Ledgers, session: Session, tank: Asset, tree: factories.Tree
) -> None:
    caretaker = factories.account(session, "keeper", "caretaker", tree.north_villages[0])
    person = session.scalars(select(Person).where(Person.name == "张三")).one()
    person.account_id = caretaker.id
    session.flush()
    for number, facts in enumerate(
        [
            {"on": DAY, "result": "problem", "note": ""},
            {"on": DAY + dt.timedelta(1), "result": "all_well", "note": ""},
            {"on": dt.date(2000, 1, 1), "result": "all_well", "note": ""},
            {"on": DAY, "result": "problem", "note": "漏水"},
        ]
    ):
        bind_viewer(session, Viewer(caretaker.id, reaches=()))
        county.seat("caretaker", tree.north_villages[0])
        bind_viewer(session, Viewer(caretaker.id, "keeper", None, session.info["viewer"].reaches))
        try:
            with session.begin_nested():
                record_inspection(session, tank.id, today=DAY, request_key=f"key-{number:06}", **facts)  # type: ignore[arg-type]
                taken = True
                session.get_transaction()
                raise _Taken
        except _Taken:
            taken = True
        except RegistryError:
            taken = False
        bind_viewer(session, Viewer.system())
        row = ROW | {"inspected_on": facts["on"], "result": facts["result"], "note": facts["note"] or None}
        assert (verdicts(looked_at(county, KIND, [row])) == ["new"]) == taken, facts


class _Taken(Exception):
    """It was recorded, and is not meant to stay."""


def test_a_neighbours_asset_is_not_inspected(county: Ledgers, tank: Asset, tree: factories.Tree) -> None:
    county.seat("clerk", tree.south)
    assert [one[1] for one in told(looked_at(county, KIND, [ROW]))] == ["asset_unknown"]


def test_a_disposed_asset_is_not_inspected(county: Ledgers, session: Session, tank: Asset) -> None:
    tank.operating_status = "disposed"
    session.flush()
    assert [one[1] for one in told(looked_at(county, KIND, [ROW]))] == ["asset_gone"]


def test_an_asset_of_an_ambiguous_name_asks_for_the_code(
    county: Ledgers, session: Session, tank: Asset, tree: factories.Tree
) -> None:
    factories.asset(session, tree.north_villages[0], name="大力村蓄水池", code="610327-G2024-000009")
    row = {"asset": "大力村蓄水池"} | {key: ROW[key] for key in ("inspected_on", "result")}
    assert [one[1] for one in told(looked_at(county, KIND, [row]))] == ["asset_ambiguous"]
