"""Whose the assets are, from which money they came, and the value that later years added or took."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo.condition import flood_before
from demo.funds import Funds
from demo.kinds import ROADS
from demo.land import Land
from demo.people import Parties

_TOWN_SHARE: Final = 0.04
_COUNTY_SHARE: Final = 0.03
_OTHER_SHARE: Final = 0.01
_OLD_SOURCES: Final = (
    ("central", 0.46),
    ("province", 0.26),
    ("city", 0.07),
    ("county", 0.1),
    ("east_west", 0.06),
    ("designated_unit", 0.02),
    ("donation", 0.01),
    ("bond", 0.02),
)


def make_rights(rng: np.random.Generator, land: Land, parties: Parties, assets: pd.DataFrame) -> pd.DataFrame:
    """Ownership whose shares sum to one, supervision by towns, and a few shares among villages."""
    owner = _owners(rng, land, parties, assets)
    since = [
        h or c or b
        for h, c, b in zip(assets["handed_over_on"], assets["certified_on"], assets["built_on"], strict=True)
    ]
    base = pd.DataFrame(
        {
            "asset_id": assets["id"],
            "kind": "ownership",
            "party_id": owner,
            "share_numerator": 1,
            "share_denominator": 1,
            "valid_from": since,
            "document": assets["certificate"],
        }
    )
    # Solar stations and markets are often held by several villages together.
    joint = assets["kind"].isin(["pv_station", "market", "processing"]).to_numpy() & np.isin(owner, parties.collective)
    joint = np.flatnonzero(joint & (rng.random(len(assets)) < 0.18))
    rows: list[dict[str, Any]] = []
    towns = land.villages["town"].to_numpy(dtype=object)
    for k in joint.tolist():
        village = int(assets["village"].iloc[k])
        mates = np.setdiff1d(np.flatnonzero(towns == towns[village]), [village])
        partners = [village, *rng.permutation(mates)[: int(rng.integers(1, 3))].tolist()]
        row = base.iloc[k].to_dict()
        rows += [row | {"party_id": parties.collective[p], "share_denominator": len(partners)} for p in partners]
    single = base.drop(index=base.index[joint])
    watched = assets[assets["asset_class"] != "household"]
    supervision = pd.DataFrame(
        {
            "asset_id": watched["id"],
            "kind": "supervision",
            "party_id": [parties.town[t] for t in towns[watched["village"].to_numpy()]],
            "share_numerator": 1,
            "share_denominator": 1,
            "valid_from": base.loc[watched.index, "valid_from"],
            "document": None,
        }
    )
    earning = assets["asset_class"] == "earning"
    owned = pd.concat([single, pd.DataFrame(rows)], ignore_index=True)
    income = owned[owned["asset_id"].isin(assets.loc[earning, "id"])].assign(kind="income")
    table = pd.concat([owned, income, supervision], ignore_index=True)
    return table.sort_values(["asset_id", "kind", "party_id"], ignore_index=True)


def make_value_events(rng: np.random.Generator, assets: pd.DataFrame, funds: Funds, on: dt.date) -> pd.DataFrame:
    """What each asset cost, from which source, and what was added or lost since."""
    size = len(assets)
    names = np.array([n for n, _ in _OLD_SOURCES], dtype=object)
    share = np.array([s for _, s in _OLD_SOURCES])
    first = names[rng.choice(len(names), size, p=share / share.sum())]
    paid = funds.allocations.merge(funds.documents[["id", "source"]], left_on="fund_document_id", right_on="id")
    paid = paid.sort_values("arranged_yuan").groupby("project_id")["source"]
    main, second_of = paid.last(), paid.first()
    project = assets["project"].to_numpy()
    known = np.isin(project, main.index.to_numpy())
    first[known] = main.loc[project[known]].to_numpy()
    second = names[rng.choice(4, size, p=[0.3, 0.35, 0.1, 0.25])]
    second[known] = second_of.loc[project[known]].to_numpy()
    split = (second != first) & ((rng.random(size) < 0.25) | known)
    value = assets["value"].to_numpy()
    part = np.where(split, (value * rng.uniform(0.1, 0.4, size)).round(-2), 0.0)
    base = pd.DataFrame(
        {"asset_id": assets["id"], "project_id": project, "kind": "new", "occurred_on": assets["built_on"]}
    )
    rows = [
        base.assign(amount_yuan=(value - part).round(2), fund_source=first),
        base[split].assign(amount_yuan=part[split], fund_source=second[split]),
        _later(rng, assets, on),
    ]
    table = pd.concat(rows, ignore_index=True)
    table = table[table["amount_yuan"] != 0]
    unknown = assets.loc[assets["papers_missing"], "id"]
    table.loc[table["asset_id"].isin(unknown), ["project_id", "fund_source"]] = [0, None]
    table["project_id"] = pd.array(table["project_id"], dtype="Int64").astype("Int64")
    table.loc[table["project_id"] == 0, "project_id"] = pd.NA
    return table.sort_values(["asset_id", "occurred_on"], ignore_index=True)


def _later(rng: np.random.Generator, assets: pd.DataFrame, on: dt.date) -> pd.DataFrame:
    """Overhauls of roads, extensions of bases, and the flood's losses."""
    old = (assets["year"] <= on.year - 4).to_numpy() & assets["operating_status"].isin(
        ["operating", "inefficient"]
    ).to_numpy()
    overhaul = rng.permutation(
        np.flatnonzero(old & assets["kind"].isin([*ROADS, "water_supply", "bridge"]).to_numpy())
    )[:70]
    extension = rng.permutation(
        np.flatnonzero(old & assets["kind"].isin(["goat_base", "cattle_base", "workshop"]).to_numpy())
    )[:18]
    lost = np.flatnonzero((assets["operating_status"] == "damaged").to_numpy())
    parts = []
    for kind, at, low, high in (
        ("overhaul", overhaul, 0.08, 0.2),
        ("extension", extension, 0.15, 0.4),
        ("impairment", lost, -0.5, -0.15),
    ):
        days = rng.integers(60, 900, len(at))
        when = [on - dt.timedelta(int(d)) for d in days]
        if kind == "impairment":
            when = [flood_before(on).last + dt.timedelta(int(d) % 9 + 1) for d in days]
        amount = (assets["value"].to_numpy()[at] * rng.uniform(low, high, len(at))).round(-2)
        parts.append(
            pd.DataFrame(
                {
                    "asset_id": assets["id"].to_numpy()[at],
                    "project_id": 0,
                    "kind": kind,
                    "occurred_on": when,
                    "amount_yuan": amount,
                    "fund_source": None if kind == "impairment" else "county",
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _owners(rng: np.random.Generator, land: Land, parties: Parties, assets: pd.DataFrame) -> NDArray[np.int64]:
    village = assets["village"].to_numpy()
    owner = parties.collective[village].astype(np.int64)
    household = (assets["asset_class"] == "household").to_numpy()
    owner[household] = parties.households[village[household]]
    value, total = assets["value"].to_numpy(), assets["value"].sum()
    sector = assets["sector"].to_numpy(dtype=object)
    town = land.villages["town"].to_numpy(dtype=object)[village]
    county = rng.permutation(
        np.flatnonzero(assets["kind"].isin(["kindergarten", "school", "bridge", "river_bank", "market"]))
    )
    central = rng.permutation(
        np.flatnonzero(assets["kind"].isin(["water_supply", "sewage", "workshop", "village_road", "bridge"]))
    )
    for at in _up_to(value, county, _COUNTY_SHARE * total):
        owner[at] = parties.department[sector[at]]
    taken = set(np.flatnonzero(np.isin(owner, list(parties.department.values()))).tolist())
    for at in _up_to(value, np.array([k for k in central if k not in taken]), _TOWN_SHARE * total):
        owner[at] = parties.town[town[at]]
    private = rng.permutation(np.flatnonzero(assets["kind"].isin(["goat_base", "cold_store", "processing"])))
    for at in _up_to(value, private, _OTHER_SHARE * total):
        owner[at] = int(parties.cooperatives[at % len(parties.cooperatives)])
    return owner


def _up_to(value: NDArray[np.float64], order: NDArray[np.intp], limit: float) -> list[int]:
    return [int(k) for k in order[np.cumsum(value[order]) <= limit]]
