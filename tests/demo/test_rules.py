"""The county keeps the registry's rules, and hides nothing that offices know as troubles."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from assets.schema import metadata
from demo.county import EARLIEST, ORDER, SEED, County, make_county


def test_the_same_seed_and_day_make_the_same_county(county: County, day: dt.date) -> None:
    assert make_county(SEED, day).checksum() == county.checksum()


def test_another_seed_makes_another_county_with_the_same_figures(county: County, day: dt.date) -> None:
    other = make_county(SEED + 1, day)
    assert other.checksum() != county.checksum()
    assert (other["project"]["year"] == 2024).sum() == 123
    assert other["asset"]["class"].value_counts().equals(county["asset"]["class"].value_counts())


def test_a_day_before_2024_is_over_is_refused() -> None:
    with pytest.raises(ValueError, match="2025"):
        make_county(SEED, EARLIEST - dt.timedelta(1))


@pytest.mark.parametrize("when", [dt.date(2025, 2, 3), dt.date(2026, 8, 12), dt.date(2028, 2, 29)])
def test_nothing_happens_after_the_day(when: dt.date) -> None:
    past = {"inspected_on", "paid_on", "arranged_on", "received_on", "reached_on", "built_on", "handed_over_on"}
    past |= {"certified_on", "occurred_on", "filed_on", "disposed_on", "starts_on", "ended_early_on", "found_on"}
    county = make_county(7, when)
    for table in ORDER:
        for column in past & set(county[table].columns):
            days = county[table][column].dropna()
            assert (days <= when).all(), (table, column)


@pytest.mark.parametrize("table", ORDER)
def test_references_point_to_rows_that_exist(county: County, table: str) -> None:
    for key in metadata.tables[table].foreign_keys:
        column, target = key.parent.name, key.column.table.name
        if column in county[table]:
            assert county[table][column].dropna().isin(county[target][key.column.name]).all(), column


def test_paid_is_at_most_arranged_and_arranged_at_most_received(county: County) -> None:
    papers, shares = county["fund_document"], county["allocation"]
    paid = county["payment"].groupby("allocation_id")["paid_yuan"].sum()
    arranged = shares.set_index("id")["arranged_yuan"]
    assert (paid <= arranged.loc[paid.index] + 0.001).all()
    by_paper = shares.groupby("fund_document_id")["arranged_yuan"].sum()
    assert (by_paper <= papers.set_index("id")["received_yuan"].loc[by_paper.index] + 0.001).all()


def test_allocations_of_a_project_are_at_most_its_budget(county: County) -> None:
    arranged = county["allocation"].groupby("project_id")["arranged_yuan"].sum()
    budget = county["project"].set_index("id")["budget_yuan"]
    assert (arranged <= budget.loc[arranged.index] + 0.001).all()


def test_stages_follow_each_other_in_time(county: County) -> None:
    order = ["planned", "library", "listed", "approved", "contracted", "started", "finished", "accepted"]
    rank = {stage: k for k, stage in enumerate([*order, "handed_over", "terminated"])}
    stages = county["project_stage"].copy()
    stages["rank"] = stages["stage"].map(rank)
    stages = stages.sort_values(["project_id", "rank"])
    same = stages["project_id"].eq(stages["project_id"].shift())
    before = stages["reached_on"].shift()
    assert (stages.loc[same, "reached_on"] >= before[same]).all()


def test_a_project_stands_at_the_last_stage_it_reached(county: County) -> None:
    last = county["project_stage"].groupby("project_id").tail(1)
    reached = county["project_stage"].groupby("project_id")["stage"].agg(set)
    stage = county["project"].set_index("id")["stage"]
    assert all(stage[project] in stages for project, stages in reached.items())
    assert set(last["project_id"]) == set(county["project"]["id"])


def test_ownership_shares_sum_to_one(county: County) -> None:
    rights = county["right"]
    owned = rights[rights["kind"] == "ownership"]
    sums = (owned["share_numerator"] / owned["share_denominator"]).groupby(owned["asset_id"]).sum()
    assert len(sums) == len(county["asset"])
    assert ((sums - 1.0).abs() < 1e-9).all()


def test_dates_of_assets_follow_each_other(county: County) -> None:
    assets = county["asset"]
    for earlier, later in (
        ("built_on", "handed_over_on"),
        ("handed_over_on", "certified_on"),
        ("built_on", "disposed_on"),
    ):
        both = assets[assets[earlier].notna() & assets[later].notna()]
        assert (both[earlier] <= both[later]).all(), (earlier, later)


def test_household_assets_have_no_duty_and_earning_and_public_ones_mostly_do(county: County) -> None:
    duty = county["asset"]["id"].isin(county["maintenance_duty"]["asset_id"])
    by_class = duty.groupby(county["asset"]["class"]).mean()
    assert by_class["household"] == 0.0
    assert by_class["public"] > 0.9
    assert by_class["earning"] > 0.9


def test_each_gap_of_a_duty_occurs_apart(county: County) -> None:
    duties = county["maintenance_duty"]
    gaps = duties[["body_party_id", "post_id", "fund_source"]].isna()
    for column in gaps:
        assert (gaps[column] & (gaps.sum(axis=1) == 1)).sum() > 10


def test_every_operating_status_and_position_quality_occurs(county: County) -> None:
    assets = county["asset"]
    assert assets["operating_status"].nunique() == 8
    assert assets["position_quality"].dropna().nunique() == 4
    idle = (assets["operating_status"] == "idle") & (assets["class"] == "earning")
    assert 20 < idle.sum() < 80


def test_contracts_have_their_troubles(county: County, day: dt.date) -> None:
    contracts = county["contract"]
    ended = contracts["ends_on"] < day
    soon = contracts["ends_on"].between(day, day + dt.timedelta(60))
    failed = contracts[contracts["ended_early_on"].notna()]
    assert 150 <= len(contracts) <= 400
    assert 0.07 < ended.mean() < 0.17
    assert soon.sum() >= 8
    assert len(failed) == 5
    assert failed["party_id"].nunique() == 1


def test_distributed_is_at_most_received(county: County) -> None:
    incomes = county["income"]
    assert (incomes["distributed_yuan"] <= incomes["received_yuan"]).all()
    assert (incomes["received_yuan"] <= incomes["due_yuan"] + 0.01).all()


def test_a_few_holders_of_posts_have_left(county: County, day: dt.date) -> None:
    holdings = county["post_holding"]
    current = holdings[holdings["valid_to"].isna() | (holdings["valid_to"].map(pd.Timestamp) > pd.Timestamp(day))]
    empty = 1 - current["post_id"].nunique() / len(county["post"])
    assert 0.02 < empty < 0.04


def test_the_caretaker_holds_the_posts_of_the_own_village(county: County) -> None:
    mine = county["person"].dropna(subset=["account_id"])
    held = county["post_holding"].merge(mine, left_on="person_id", right_on="id")
    titles = county["post"].set_index("id")["title"].loc[held["post_id"]]
    assert set(titles) == {"大力村管水员", "大力村护路员", "大力村资产管护员"}
