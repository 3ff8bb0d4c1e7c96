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
    past |= {
        "decided_on",
        "certified_on",
        "occurred_on",
        "filed_on",
        "disposed_on",
        "starts_on",
        "ended_early_on",
        "found_on",
    }
    county = make_county(7, when)
    for table in ORDER:
        for column in past & set(county[table].columns):
            days = county[table][column].dropna()
            assert (days <= when).all(), (table, column)
    assert (county["operating_period"]["valid_from"] <= when).all()
    assert (county["project_label"]["valid_from"] <= when).all()


@pytest.mark.parametrize("table", ORDER)
def test_references_point_to_rows_that_exist(county: County, table: str) -> None:
    for key in metadata.tables[table].foreign_keys:
        column, target = key.parent.name, key.column.table.name
        if column in county[table]:
            assert county[table][column].dropna().isin(county[target][key.column.name]).all(), column


def test_paid_is_at_most_arranged_but_for_two_exceptions_of_which_one_is_explained(county: County) -> None:
    papers, lines = county["fund_document"], county["allocation"]
    pair = ["fund_document_id", "project_id"]
    paid = county["payment"].merge(lines[["id", *pair]], left_on="allocation_id", right_on="id")
    arranged = lines.groupby(pair)["arranged_yuan"].sum()
    over = paid.groupby(pair)["paid_yuan"].sum() - arranged
    exceeding = over[over > 0.001].index
    assert len(exceeding) == 2
    last = paid[paid.set_index(pair).index.isin(exceeding)].groupby(pair)["excess_reason"].last()
    assert last.notna().sum() == 1
    by_paper = lines.groupby("fund_document_id")["arranged_yuan"].sum()
    assert (by_paper <= papers.set_index("id")["received_yuan"].loc[by_paper.index] + 0.001).all()


def test_nothing_taken_back_was_arranged(county: County) -> None:
    papers, carried = county["fund_document"].set_index("id"), county["carry_over"].set_index("fund_document_id")
    arranged = county["allocation"].groupby("fund_document_id")["arranged_yuan"].sum()
    usable = papers["received_yuan"].sub(carried["taken_back_yuan"], fill_value=0.0)
    assert (arranged <= usable.loc[arranged.index] + 0.001).all()


def test_the_management_fee_stays_within_its_share_but_for_one_document(county: County) -> None:
    fees = county["project"].query("category == 'management_fee'")["id"]
    lines, papers = county["allocation"], county["fund_document"].set_index("id")
    fee = lines[lines["project_id"].isin(fees)].groupby("fund_document_id")["arranged_yuan"].sum()
    most = papers["received_yuan"] * papers["source"].map({"central": 0.01, "province": 0.03})
    beyond = papers.loc[fee.index][fee > most.loc[fee.index] + 0.001]
    assert beyond["budget_year"].tolist() == [2025]


def test_money_is_moved_returned_and_carried_over(county: County) -> None:
    lines, papers = county["allocation"], county["fund_document"].set_index("id")
    assert (lines["kind"].value_counts()[["adjusted", "returned"]] >= 3).all()
    assert (lines.loc[lines["kind"] != "arranged", "arranged_yuan"] < 0).all()
    carried = county["carry_over"].set_index("fund_document_id")
    left = carried["carried_yuan"] + carried["taken_back_yuan"]
    assert (left <= papers.loc[carried.index, "received_yuan"]).all()
    assert (carried["taken_back_yuan"] > 0).any()


def test_the_operating_status_is_the_last_of_its_history(county: County) -> None:
    periods = county["operating_period"]
    assert not periods.duplicated(["asset_id", "valid_from"]).any()
    last = periods.sort_values(["asset_id", "valid_from"]).groupby("asset_id")["status"].last()
    assert (last == county["asset"].set_index("id")["operating_status"]).all()
    same = periods["status"].eq(periods["status"].shift()) & periods["asset_id"].eq(periods["asset_id"].shift())
    assert same.sum() == 0


def test_every_code_in_use_has_its_label(county: County) -> None:
    terms = county["term"]
    codes = {kind: set(rows["code"]) for kind, rows in terms.groupby("kind")}
    for table, column, kind in (
        ("asset", "type", "asset_type"),
        ("asset", "sector", "sector"),
        ("project", "sector", "sector"),
        ("facility", "type", "facility_type"),
        ("village", "class", "village_class"),
        ("project_label", "code", "four_batch"),
        ("outside_code", "system", "code_system"),
        ("fund_document", "fund_name", "fund_name"),
        ("fund_document", "source", "fund_source"),
    ):
        assert set(county[table][column].dropna()) <= codes[kind], (table, column)


def test_labels_of_a_project_follow_each_other(county: County) -> None:
    labels = county["project_label"].sort_values(["project_id", "valid_from"])
    same = labels["project_id"].eq(labels["project_id"].shift())
    assert same.sum() > 10
    assert (labels["valid_to"].shift()[same] == labels.loc[same, "valid_from"]).all()


def test_what_households_got_adds_up_to_their_batch(county: County) -> None:
    items, events = county["household_item"], county["value_event"]
    worth = events[events["kind"] == "new"].groupby("asset_id")["amount_yuan"].sum()
    given = items.groupby("asset_id")["amount_yuan"].sum()
    assert len(given) == 48
    assert ((given - worth.loc[given.index]).abs() < 0.005).all()
    persons = county["person"].set_index("id").loc[items["person_id"]]
    assert persons["phone"].str.startswith("161").all()


def test_allocations_of_a_project_are_at_most_its_budget(county: County) -> None:
    arranged = county["allocation"].groupby("project_id")["arranged_yuan"].sum()
    budget = county["project"].set_index("id")["budget_yuan"]
    assert (arranged <= budget.loc[arranged.index] + 0.001).all()


def test_stages_follow_each_other_in_time(county: County) -> None:
    order = ["planned", "library", "listed", "approved", "contracted", "started", "finished", "accepted"]
    rank = {stage: k for k, stage in enumerate([*order, "handed_over", "terminated"])}
    stages = county["project_stage"].copy()
    stages["rank"] = stages["stage"].map(rank)
    stages = stages.dropna(subset=["rank"]).sort_values(["project_id", "rank"])
    same = stages["project_id"].eq(stages["project_id"].shift())
    before = stages["reached_on"].shift()
    assert (stages.loc[same, "reached_on"] >= before[same]).all()


def test_stages_are_steps_of_the_kind_of_project(county: County) -> None:
    steps = county["stage_step"].groupby("kind")["milestone"].agg(set)
    kind = county["project"].set_index("id")["kind"]
    reached = county["project_stage"]
    reached = reached[reached["stage"] != "terminated"]
    kinds = kind.loc[reached["project_id"]]
    assert all(stage in steps[k] for stage, k in zip(reached["stage"], kinds, strict=True))


def test_accounts_are_closed_after_the_work(county: County) -> None:
    days = county["project_stage"].pivot(index="project_id", columns="stage", values="reached_on")
    for earlier, later in (("finished", "settled"), ("accepted", "final_accounts")):
        both = days[[earlier, later]].dropna()
        assert len(both) > 100
        assert (both[earlier] < both[later]).all()


def test_a_project_stands_at_the_last_stage_it_reached(county: County) -> None:
    last = county["project_stage"].groupby("project_id").tail(1)
    reached = county["project_stage"].groupby("project_id")["stage"].agg(set)
    stage = county["project"].set_index("id")["stage"]
    assert all(stage[project] in stages for project, stages in reached.items())
    assert set(last["project_id"]) == set(county["project"]["id"])


@pytest.mark.parametrize(("kind", "classes"), [("ownership", 3), ("income", 1)])
def test_shares_sum_to_one(county: County, kind: str, classes: int) -> None:
    rights, assets = county["right"], county["asset"]
    held = rights[rights["kind"] == kind]
    sums = (held["share_numerator"] / held["share_denominator"]).groupby(held["asset_id"]).sum()
    assert set(sums.index) == set(assets.loc[assets["class"].isin(["earning", "public", "household"][:classes]), "id"])
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
