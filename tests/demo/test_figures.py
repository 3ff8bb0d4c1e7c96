"""The figures the county must show, from published reports."""

from __future__ import annotations

import pandas as pd
import pytest

from demo.county import County


@pytest.fixture(scope="module")
def of_2024(county: County) -> pd.DataFrame:
    projects = county["project"]
    return projects[projects["year"] == 2024]


def test_regions_are_ten_towns_with_104_villages_and_five_communities(county: County) -> None:
    regions = county["region"]
    assert (regions["level"] == "town").sum() == 10
    assert regions["kind"].value_counts().to_dict() == {"village": 104, "community": 5}
    assert "大力村" in set(regions["short_name"])
    assert not regions["short_name"].str.contains("委会").any()


def test_key_town_and_villages_are_designated(county: County) -> None:
    named = county["designation"].merge(county["region"], left_on="region_id", right_on="id")
    key = named[named["kind_x"] == "key_assistance"]
    assert set(key["short_name"]) == {"八渡镇", "大力村", "八龙潭村", "李家山村", "铁马河村"}


def test_people_of_villages_add_up_to_the_census(county: County) -> None:
    villages = county["village"].merge(county["region"], left_on="region_id", right_on="id")
    urban = villages["urban_rural_code"].str.startswith("1")
    assert villages["pop_resident"].sum() == 208_482
    assert villages.loc[urban, "pop_resident"].sum() == 81_707


def test_there_are_33_relocation_sites_with_possible_numbers(county: County) -> None:
    sites = county["relocation_site"]
    assert len(sites) == 33
    assert (sites["households_occupied"] <= sites["households_moved"]).all()
    assert (sites["households_moved"] <= sites["housing_units"]).all()
    assert (sites["employed"] <= sites["labour_force"]).all()


def test_2024_has_123_projects_by_category(of_2024: pd.DataFrame) -> None:
    assert of_2024["category"].value_counts().to_dict() == {
        "industry": 58,
        "rural_construction": 38,
        "employment": 10,
        "three_guarantees": 6,
        "relocation_support": 5,
        "other": 4,
        "governance": 1,
        "management_fee": 1,
    }


def test_2024_money_comes_from_its_sources(county: County) -> None:
    papers = county["fund_document"]
    received = papers[papers["budget_year"] == 2024].groupby("source")["received_yuan"].sum() / 10_000
    assert received.to_dict() == {"central": 9200, "province": 3600, "city": 500, "county": 900, "east_west": 1800}


def test_2024_industry_and_goats_have_their_shares(of_2024: pd.DataFrame) -> None:
    wan = of_2024["budget_yuan"] / 10_000
    industry = of_2024["category"] == "industry"
    assert wan.sum() == 16_000
    assert wan[industry].sum() == 8_600
    assert wan[of_2024["is_lead_industry"].astype(bool)].sum() == 2_950
    assert (wan.median(), wan.max()) == (60, 900)


def test_2024_has_at_least_ten_work_relief_projects(of_2024: pd.DataFrame) -> None:
    assert of_2024["is_work_relief"].sum() >= 10


@pytest.mark.parametrize(
    "name",
    [
        "固关镇固关街村奶山羊标准化养殖小区建设项目(二期)",
        "八渡镇大力村3.2公里产业路硬化工程",
        "温水镇坪头村供水保障巩固提升工程",
        "2024年乡村公益岗位补助项目",
    ],
)
def test_2024_has_projects_named_as_offices_write(of_2024: pd.DataFrame, name: str) -> None:
    assert name in set(of_2024["name"])


def test_industry_projects_of_ten_years_fall_into_four_batches(county: County) -> None:
    projects = county["project"]
    old = projects[projects["year"].between(2013, 2022) & (projects["category"] == "industry")]
    labels = county["project_label"]
    today = labels[labels["valid_to"].isna() & labels["project_id"].isin(old["id"])]
    batches = today["code"].value_counts()
    assert len(old) == 621
    assert today["project_id"].is_unique
    assert set(batches.index) == {"consolidate", "upgrade", "revive", "adjust"}
    assert batches.sum() == 621


def test_one_town_has_102_projects_in_next_years_library_and_none_begun(county: County) -> None:
    projects = county["project"]
    library = projects[(projects["year"] == 2027) & (projects["stage"] == "library")]
    by_town = library["owner_unit"].value_counts()
    assert by_town.iloc[0] == 102
    begun = county["project_stage"].merge(library[["id"]], left_on="project_id", right_on="id")
    assert set(begun["stage"]) == {"planned", "library"}


def test_assets_come_in_their_numbers_and_worth(county: County) -> None:
    assets, events = county["asset"], county["value_event"]
    assert assets["class"].value_counts().to_dict() == {"public": 2200, "earning": 480, "household": 320}
    new = events.loc[events["kind"] == "new", "amount_yuan"].sum()
    assert 1.35e9 < new < 1.5e9
    assert 460_000 < new / len(assets) < 510_000


def test_owners_hold_the_shares_they_should(county: County) -> None:
    events = county["value_event"]
    value = events[events["kind"] == "new"].groupby("asset_id")["amount_yuan"].sum()
    rights = county["right"]
    owned = rights[rights["kind"] == "ownership"].merge(
        county["party"][["id", "type"]], left_on="party_id", right_on="id"
    )
    worth = owned["asset_id"].map(value) * owned["share_numerator"] / owned["share_denominator"]
    share = worth.groupby(owned["type"]).sum() / worth.sum()
    assert share["village_collective"] == pytest.approx(0.78, abs=0.015)
    assert share["household"] == pytest.approx(0.14, abs=0.01)
    assert share["town"] == pytest.approx(0.04, abs=0.01)
    assert share["state_unit"] == pytest.approx(0.03, abs=0.01)


def test_natural_villages_are_in_proportion_and_add_up_to_their_villages(county: County) -> None:
    natural = county["natural_village"]
    of_village = natural.groupby("region_id")[["households", "pop_resident"]].sum()
    villages = county["village"].set_index("region_id")
    assert len(natural) == round(1045 / 139 * 104)
    assert set(of_village.index) == set(villages.index[villages["kind"] == "village"])
    assert (of_village == villages.loc[of_village.index, ["households", "pop_resident"]]).all(axis=None)
    assert round(natural["waste_collected"].mean() * 100, 1) == 94.6
    assert round(natural["sanitary_toilets"].sum() / natural["households"].sum() * 100, 1) == 84.1
