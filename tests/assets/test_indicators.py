"""Figures by area: exact parts, one rounding, ranks and changes, honest class limits."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from assets.filters import Filter
from assets.indicators.by_area import facts_by_area
from assets.indicators.classes import class_limits
from assets.indicators.figures import CARDS, FIGURES, Value
from assets.indicators.ranking import end_of_last_month, ranks, review
from assets.indicators.ratios import percentage
from assets.scope import Reach, Viewer, bind_viewer
from tests import factories

DAY = factories.DAY


@pytest.mark.parametrize(
    ("part", "whole", "printed"),
    [
        (4457, 4649, "95.9"),
        (1692, 4275, "39.6"),
        (54, 54, "100.0"),
        (1, 8, "12.5"),
        (129_678, 129_639, "100.0"),
        (Decimal("0.05"), 100, "0.1"),
        (1, 0, None),
    ],
)
def test_a_share_is_rounded_once_half_up(part: Decimal, whole: Decimal, printed: str | None) -> None:
    found = Value("share", part, whole).percent
    assert (str(found) if found is not None else None) == printed


def test_two_decimals_are_kept_where_they_are_asked_for() -> None:
    assert percentage(1692, 4275, 2) == Decimal("39.58")
    assert percentage(129_678, 129_639, 2) == Decimal("100.03")


def test_a_change_is_the_difference_of_exact_shares_not_of_printed_ones() -> None:
    now, before = Value("share", 1245, 10_000), Value("share", 1154, 10_000)
    assert (now.percent, before.percent) == (Decimal("12.5"), Decimal("11.5"))
    assert now.change_from(before) == Decimal("0.9")
    assert before.change_from(now) == Decimal("-0.9")
    assert now.change_from(Value("share", 0, 0)) is None


def test_equal_values_share_a_rank_and_nothing_to_divide_by_has_none() -> None:
    values = {1: Value("share", 1, 2), 2: Value("share", 2, 4), 3: Value("share", 1, 3), 4: Value("share", 0, 0)}
    assert ranks(values, "low") == {3: 1, 1: 2, 2: 2}
    assert ranks(values, "high") == {1: 1, 2: 1, 3: 3}


def test_the_day_compared_with_is_the_last_of_the_month_before() -> None:
    assert end_of_last_month(dt.date(2026, 3, 1)) == dt.date(2026, 2, 28)
    assert end_of_last_month(dt.date(2026, 1, 31)) == dt.date(2025, 12, 31)


def county(session: Session) -> factories.Tree:
    """Two towns: the north has one asset overdue of two and one idle, the south all well."""
    tree = factories.tree(session)
    for village in tree.villages:
        asset = factories.asset(session, village, certified_on=dt.date(2025, 1, 1))
        factories.duty(session, asset)
        if village is not tree.north_villages[0]:
            factories.inspection(session, asset, dt.date(2026, 10, 25))
    factories.asset(session, tree.north_villages[1], operating_status="idle")
    factories.asset(session, tree.north_villages[1], asset_class="household", value_yuan=77)
    project = factories.project(session, tree.north)
    factories.money(session, project, tree.county, received=1_000, arranged=800, paid=600)
    return tree


def test_figures_of_a_county_keep_numerator_and_denominator(session: Session) -> None:
    tree = county(session)
    facts = facts_by_area(session, tree.county, Filter(day=DAY), figures=FIGURES)
    parts = {
        key: (figure.of(facts.total).numerator, figure.of(facts.total).denominator) for key, figure in FIGURES.items()
    }
    assert parts["overdue_share"] == (1, 4)
    assert parts["arranged_share"] == (4, 5)
    assert parts["unarranged_share"] == (1, 5)
    assert parts["idle_share"] == (1, 5)
    assert parts["certified_share"] == (4, 5)
    assert parts["paid_share"] == (600, 1000)
    assert parts["assets"] == (6, 1)
    assert parts["value_yuan"] == (500_000, 1)


def test_a_town_that_receives_no_documents_is_measured_by_what_was_arranged(session: Session) -> None:
    tree = county(session)
    town = facts_by_area(session, tree.north, Filter(day=DAY), figures=["paid_share"])
    assert town.paid_of == "arranged"
    assert FIGURES["paid_share"].of(town.total).percent == Decimal("75.0")
    other = facts_by_area(session, tree.south, Filter(day=DAY), figures=["paid_share"])
    assert FIGURES["paid_share"].of(other.total).percent is None


def test_money_paid_after_the_day_does_not_count(session: Session) -> None:
    tree = county(session)
    earlier = facts_by_area(session, tree.county, Filter(day=dt.date(2026, 5, 31)), figures=["paid_share"])
    assert earlier.total.paid_yuan == 0
    assert earlier.total.payable_yuan == 1000


@pytest.mark.parametrize("area", ["city", "county", "north"])
def test_facts_of_the_rows_and_the_area_itself_add_up(session: Session, area: str) -> None:
    tree = county(session)
    factories.asset(session, tree.county, certified_on=DAY)
    found = facts_by_area(session, getattr(tree, area), Filter(day=DAY), figures=CARDS)
    parts = [found.own, *(facts for _, facts in found.rows)]
    for name in ("certified", "idle"):
        assert sum(getattr(part, name) for part in parts) == getattr(found.total, name)


def test_towns_are_ranked_best_first_with_their_change_since_last_month(session: Session) -> None:
    tree = county(session)
    found = review(session, tree.county, Filter(day=DAY), "overdue_share")
    assert found.compared_on == dt.date(2026, 10, 31)
    assert [(row.region.name, row.rank, row.value.percent) for row in found.rows] == [
        ("天成镇", 1, Decimal("0.0")),
        ("八渡镇", 2, Decimal("50.0")),
    ]
    late = factories.asset(session, tree.south_villages[0])
    factories.duty(session, late)
    factories.inspection(session, late, dt.date(2026, 8, 10))
    [south] = [row for row in review(session, tree.county, Filter(day=DAY), "overdue_share").rows if row.rank == 1]
    assert south.region.name == "天成镇"
    assert (south.before.percent, south.value.percent, south.change) == (
        Decimal("0.0"),
        Decimal("33.3"),
        Decimal("33.3"),
    )


def test_what_is_known_of_today_only_has_no_change(session: Session) -> None:
    tree = county(session)
    found = review(session, tree.county, Filter(day=DAY), "idle_share")
    assert [card.change for card in found.cards if card.figure.key == "idle_share"] == [None]
    assert all(row.change is None and row.rise is None for row in found.rows)


def test_a_clerk_s_figures_hold_nothing_of_the_neighbouring_town(session: Session) -> None:
    tree = county(session)
    bind_viewer(session, Viewer(account_id=1, reaches=(Reach("clerk", tree.south.id, tree.south.region_path),)))
    found = facts_by_area(session, tree.county, Filter(day=DAY), figures=FIGURES)
    assert found.partial
    assert found.total.sums.assets == 2
    assert (found.total.paid_yuan, found.total.payable_yuan) == (0, 0)
    assert [region.name for region, _ in found.rows] == ["天成镇"]


decimals = st.decimals(min_value=0, max_value=10**7, places=1)


@given(st.lists(decimals, max_size=60), st.sampled_from(["natural", "quantiles"]))
def test_class_limits_ascend_and_hold_every_value(values: list[Decimal], how: str) -> None:
    limits = class_limits(values, how)  # type: ignore[arg-type]
    assert limits == sorted(set(limits))
    assert len(limits) <= 5
    positive = [value for value in values if value > 0]
    assert bool(limits) == bool(positive)
    assert not positive or max(positive) <= limits[-1]


def test_natural_breaks_find_the_gaps_and_round_the_limits_between_them() -> None:
    values = [Decimal(v) for v in ("1.2", "1.4", "7.7", "8.1", "31.4", "33", "60.2", "61", "88", "89.9")]
    assert class_limits(values) == [Decimal(5), Decimal(20), Decimal(50), Decimal(80), Decimal(90)]


def test_quantiles_put_equally_many_values_in_each_class() -> None:
    values = [Decimal(v) for v in range(1, 101)]
    limits = class_limits(values, "quantiles")
    sizes = [
        sum(1 for v in values if (low <= v < high)) for low, high in zip([Decimal(0), *limits], limits, strict=False)
    ]
    assert max(sizes) - min(sizes) <= 2
