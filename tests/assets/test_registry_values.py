"""Value events: signs, days and sums; what an asset was worth on any day is what a plain replay says."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from assets.editing import ChangedMeanwhile
from assets.errors import NotFound, Unacceptable
from assets.maintenance.models import UpkeepPeriod
from assets.registry import queries
from assets.registry.models import Asset, ValueEvent
from assets.registry.operating import set_operating_status
from assets.registry.values import add_value, correct_value, remove_value
from assets.registry.worth import fund_shares, fund_shares_of, net_value, net_value_of, original_value
from tests.assets.desk import DAY, Desk, refused

BUILT = dt.date(2024, 5, 1)


@pytest.fixture
def tank(desk: Desk) -> Asset:
    """A tank worth 190,000 yuan since 2024-05-01."""
    return desk.register()


def add(desk: Desk, asset: Asset, **values: Any) -> ValueEvent:
    facts = {"kind": "extension", "occurred_on": dt.date(2025, 3, 1), "amount_yuan": Decimal(50_000)}
    return add_value(desk.session, asset.id, today=DAY, **(facts | values))


def correct(desk: Desk, event: ValueEvent, **values: Any) -> ValueEvent:
    names = ("kind", "occurred_on", "amount_yuan", "fund_source", "project_id", "document", "revision")
    facts = {name: getattr(event, name) for name in names} | {"reason": "金额录错"} | values
    return correct_value(desk.session, event.id, today=DAY, **facts)


def worth(desk: Desk, asset: Asset, day: dt.date) -> Decimal | None:
    """What the read model says."""
    return desk.session.scalar(
        select(UpkeepPeriod.value_yuan).where(
            UpkeepPeriod.asset_id == asset.id, UpkeepPeriod.valid_from <= day, UpkeepPeriod.valid_to > day
        )
    )


def test_an_event_changes_the_value_from_its_day_on(desk: Desk, tank: Asset) -> None:
    before = desk.last_entry()
    add(desk, tank)
    assert desk.entries(before) == [("registry.add_value", "value_event")]
    assert [worth(desk, tank, dt.date(2025, month, 1)) for month in (2, 3)] == [190_000, 240_000]


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"kind": "gift"}, "kind", "one of the list"),
        ({"amount_yuan": Decimal(0)}, "amount_yuan", "changes nothing"),
        ({"amount_yuan": Decimal(-1_000)}, "amount_yuan", "more than 0"),
        ({"kind": "impairment", "amount_yuan": Decimal(1_000), "document": "会议纪要"}, "amount_yuan", "with a minus"),
        ({"amount_yuan": Decimal(2_000_000_000)}, "amount_yuan", "cannot be right"),
        ({"occurred_on": dt.date(2024, 4, 30)}, "occurred_on", "cannot change before"),
        ({"occurred_on": DAY + dt.timedelta(1)}, "occurred_on", "still to come"),
        ({"kind": "surplus"}, "document", "name the document"),
        ({"document": "长" * 201}, "document", "too long"),
        ({"fund_source": "wishes"}, "fund_source", "one of the list"),
        ({"project_id": 987_654_321}, "project_id", "no such project"),
        (
            {"kind": "impairment", "amount_yuan": Decimal(-190_001), "document": "鉴定意见"},
            "amount_yuan",
            "cannot be below 0",
        ),
    ],
)
def test_an_event_that_cannot_be_is_refused(
    desk: Desk, tank: Asset, values: dict[str, Any], field: str, said: str
) -> None:
    problems = refused(add, desk, tank, **values)
    assert said in problems[field].message
    assert worth(desk, tank, DAY) == 190_000


@pytest.mark.parametrize(("amount", "key"), [(Decimal(99), "small_value"), (Decimal(100_000_001), "large_value")])
def test_an_unlikely_amount_passes_once_confirmed(desk: Desk, tank: Asset, amount: Decimal, key: str) -> None:
    assert refused(add, desk, tank, amount_yuan=amount)["amount_yuan"].doubt == key
    assert add(desk, tank, amount_yuan=amount, confirmed={key}).id


def test_no_day_is_left_below_nothing_by_taking_an_event_out(desk: Desk, tank: Asset) -> None:
    first = desk.session.scalars(select(ValueEvent)).one()
    add(desk, tank, kind="impairment", amount_yuan=Decimal(-100_000), document="鉴定意见")
    desk.session.flush()
    problems = refused(remove_value, desk.session, first.id, revision=first.revision, reason="录错")
    assert problems["amount_yuan"].data["day"] == dt.date(2025, 3, 1)


def test_no_day_is_left_below_nothing_by_moving_an_event(desk: Desk, tank: Asset) -> None:
    loss = (
        add(desk, tank, kind="missing", amount_yuan=Decimal(-200_000), document="盘点表", confirmed=set())
        if (add(desk, tank))
        else None
    )
    assert loss is not None
    desk.session.flush()
    desk.session.refresh(loss)
    problem = refused(correct, desk, loss, occurred_on=dt.date(2025, 2, 28))["amount_yuan"]
    assert "cannot be below 0" in problem.message


def test_a_correction_and_a_removal_leave_an_entry_each(desk: Desk, tank: Asset) -> None:
    event = add(desk, tank)
    desk.session.flush()
    desk.session.refresh(event)
    before = desk.last_entry()
    correct(desk, event, amount_yuan=Decimal(60_000))
    desk.session.flush()
    desk.session.refresh(event)
    assert worth(desk, tank, DAY) == 250_000
    with pytest.raises(ChangedMeanwhile):
        correct(desk, event, amount_yuan=Decimal(70_000), revision=event.revision - 1)
    remove_value(desk.session, event.id, revision=event.revision, reason="不是本资产的")
    assert worth(desk, tank, DAY) == 190_000
    assert desk.entries(before) == [("registry.correct_value", "value_event"), ("registry.remove_value", "value_event")]


def test_an_event_of_the_neighbouring_town_is_not_found(desk: Desk, tank: Asset) -> None:
    event = desk.session.scalars(select(ValueEvent)).one()
    desk.seat("clerk", desk.tree.south)
    with pytest.raises(NotFound):
        add(desk, tank)
    with pytest.raises(NotFound):
        correct(desk, event, amount_yuan=Decimal(1_000))


def test_whose_money_it_was_is_told_in_shares(desk: Desk, tank: Asset) -> None:
    add(desk, tank, fund_source="central", amount_yuan=Decimal(570_000))
    add(desk, tank, kind="impairment", amount_yuan=Decimal(-100_000), document="鉴定意见")
    desk.session.flush()
    events = queries.value_events_of(desk.session, tank.id)
    shares = fund_shares(events, DAY)
    assert [(share.fund_source, share.amount_yuan) for share in shares] == [("central", 570_000), ("county", 190_000)]
    assert {share.whole_yuan for share in shares} == {760_000}
    for language, said in (("zh", {"中央 75%", "县级 25%"}), ("en", {"Central 75%", "County 25%"})):
        text = desk.session.scalar(select(fund_shares_of(DAY, language=language)).select_from(Asset))
        assert set((text or "").split("、")) == said


@pytest.mark.parametrize(
    ("values", "left"),
    [
        ({"useful_life_years": 10}, Decimal("142500.00")),
        ({"useful_life_years": 2}, Decimal("0.00")),
        ({"useful_life_years": None}, None),
        ({"useful_life_years": 10, "depreciation": "none"}, Decimal("190000.00")),
        ({"useful_life_years": None, "depreciation": "none"}, Decimal("190000.00")),
    ],
)
def test_net_value_follows_the_rule_of_depreciation(desk: Desk, values: dict[str, Any], left: Decimal | None) -> None:
    asset = desk.register(**values)
    events = queries.value_events_of(desk.session, asset.id)
    assert net_value(asset, events, DAY) == left
    assert desk.session.scalar(select(net_value_of(DAY)).select_from(Asset)) == left
    assert net_value(asset, events, BUILT - dt.timedelta(1)) is None


DAYS = st.dates(BUILT, DAY)
AMOUNTS = st.integers(100, 500_000).map(Decimal)
VALUES = st.tuples(DAYS, st.sampled_from(["extension", "overhaul", "impairment", "missing"]), AMOUNTS)
STATUSES = st.tuples(DAYS, st.sampled_from(["operating", "idle", "damaged", "seasonal", "under_construction"]))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(VALUES, max_size=8), statuses=st.lists(STATUSES, max_size=6), asked=st.lists(DAYS, max_size=5))
def test_value_and_status_of_any_day_are_what_a_replay_says(
    desk: Desk,
    values: list[tuple[dt.date, str, Decimal]],
    statuses: list[tuple[dt.date, str]],
    asked: list[dt.date],
) -> None:
    with desk.session.begin_nested() as history:
        asset = desk.register(confirmed={"duplicate"}, useful_life_years=15)
        taken = [(BUILT, Decimal(190_000))]
        for day, kind, size in values:
            amount = -size if kind in ("impairment", "missing") else size
            try:
                add(desk, asset, occurred_on=day, kind=kind, amount_yuan=amount, document="依据")
            except Unacceptable:
                assert any(
                    sum(a for d, a in [*taken, (day, amount)] if d <= at) < 0 for at, _ in [*taken, (day, amount)]
                )
                continue
            taken.append((day, amount))
        told = {BUILT: "operating"}
        for day, status in statuses:
            if _on(told, day) == status:
                continue
            set_operating_status(desk.session, asset.id, operating_status=status, valid_from=day, today=DAY)
            told[day] = status
        desk.session.flush()
        desk.session.expire_all()
        assert asset.operating_status == told[max(told)]
        for day in (BUILT, DAY, *asked, *(d for d, *_ in values), *(d for d, _ in statuses)):
            found = desk.session.execute(
                select(UpkeepPeriod.value_yuan, UpkeepPeriod.operating_status).where(
                    UpkeepPeriod.asset_id == asset.id, UpkeepPeriod.valid_from <= day, UpkeepPeriod.valid_to > day
                )
            ).one()
            assert found == (sum(a for d, a in taken if d <= day), _on(told, day))
            assert original_value(queries.value_events_of(desk.session, asset.id), day) == found.value_yuan
            net = desk.session.scalar(select(net_value_of(day)).select_from(Asset).where(Asset.id == asset.id))
            assert net == net_value(asset, queries.value_events_of(desk.session, asset.id), day)
        history.rollback()


def _on(told: dict[dt.date, str], day: dt.date) -> str:
    return told[max(d for d in told if d <= day)]
