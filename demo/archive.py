"""The projects of 2013–2022, told from what they left: 621 of industry, the others by town and year."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import numpy as np
import pandas as pd

from demo.budgets import IN_WAN
from demo.kinds import KINDS
from demo.land import Land
from demo.people import DEPARTMENTS

INDUSTRY_PROJECTS: Final = 621
FOUR_BATCH: Final = {"adjust": 74, "revive": 103, "upgrade": 146, "consolidate": 298}
_MOST_IN_ONE: Final = 5
_FOR_LIVING: Final = ("hh_housing", "hh_toilet")
_STAGES: Final = ("approved", "started", "finished", "accepted", "handed_over")
_TITLE: Final = {
    "transport": "通组道路及桥涵建设项目",
    "water": "农村饮水安全及水利项目",
    "housing": "人居环境整治项目",
    "health": "村卫生室建设项目",
    "civil_affairs": "村级公共服务设施项目",
    "culture": "文化广场建设项目",
    "education": "教育设施改善项目",
}
_SERVICES: Final = ("小额信贷贴息项目", "产业技术培训项目", "电商销售奖补项目", "互助资金补充项目")


def make_archive(
    rng: np.random.Generator, land: Land, assets: pd.DataFrame, first_id: int
) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Old projects, their stages, and each old asset's project (indexed like ``assets``)."""
    old = assets[assets["project"] == 0]
    batch = old["asset_class"] == "household"
    industry = ((old["asset_class"] == "earning") | batch) & ~old["kind"].isin(_FOR_LIVING) | (
        old["kind"] == "industry_road"
    )
    key = pd.Series(index=old.index, dtype=object)
    single = industry & ~batch
    key[single] = "S" + old.loc[single, "id"].astype(str)
    town = pd.Series(land.villages["town"].to_numpy()[old["village"]], index=old.index)
    for mask, field, mark in ((batch, "kind", "H"), (~industry & ~batch, "sector", "P")):
        label = mark + old.loc[mask, "year"].astype(str) + town[mask] + old.loc[mask, field].astype(str)
        key[mask] = label + (label.groupby(label).cumcount() // _MOST_IN_ONE).astype(str)
    first = old.assign(key=key, town=town, industry=industry).groupby("key", sort=True)
    table = first.agg(
        asset=("name", "first"),
        kind_of=("kind", "first"),
        sector=("sector", "first"),
        year=("year", "first"),
        built=("built", "max"),
        value=("value", "sum"),
        villages=("village", "nunique"),
        village=("village", "first"),
        town=("town", "first"),
        industry=("industry", "first"),
        idle=("operating_status", _worst),
    ).reset_index()
    lacking = INDUSTRY_PROJECTS - int(table["industry"].sum())
    if lacking < 0:
        raise ValueError(f"{-lacking} industry projects too many before 2023")
    table = pd.concat([table, _without_assets(rng, land, lacking)], ignore_index=True)
    table = table.sort_values(["year", "key"], ignore_index=True)
    table.insert(0, "id", np.arange(first_id, first_id + len(table)))
    chosen = key.map(table.set_index("key")["id"])
    table["name"] = [_name(row, land) for row in table.itertuples()]
    again = table.groupby("name").cumcount()
    table["name"] = table["name"] + np.where(again == 0, "", "(第" + (again + 1).astype(str) + "批)")
    serial = table.groupby("year").cumcount() + 1
    table["code"] = "LX" + table["year"].astype(str) + "-" + serial.astype(str).str.zfill(3)
    table["kind"] = np.where(table["value"].isna(), "service", np.where(table["key"].str[0] == "H", "reward", "works"))
    living = table["kind_of"].isin(_FOR_LIVING)
    table["category"] = np.select(
        [table["industry"].astype(bool), living], ["industry", "three_guarantees"], "rural_construction"
    )
    guess = rng.integers(15, 90, len(table)) * float(IN_WAN)
    table["budget_yuan"] = np.rint(np.where(table["value"].isna(), guess, table["value"] * 1.04) / 1000) * 1000.0
    table["four_batch"] = _batches(rng, table)
    table["is_lead_industry"] = table["kind_of"].isin(["goat_base", "breeding_stock", "hh_livestock"])
    table["is_work_relief"] = False
    table["department"] = table["sector"].map(DEPARTMENTS)
    table["owner_unit"] = "陇县" + table["town"].astype(str) + "人民政府"
    table["households_benefiting"] = rng.integers(20, 400, len(table))
    v = land.villages
    town_id = dict(zip(v["town"], v["town_id"], strict=True))
    wide = (table["villages"] > 1) | table["value"].isna()
    table["region_id"] = np.where(
        wide, table["town"].map(town_id), v["region_id"].to_numpy()[table["village"].astype(int)]
    ).astype(np.int64)
    table["village"] = np.where(wide, -1, table["village"]).astype(int)
    return _with_stages(rng, table), _stages(rng, table), chosen


def _worst(status: Any) -> int:
    """2 where something is damaged or gone, 1 where something is idle, 0 otherwise."""
    if status.isin(["damaged", "disposed", "in_dispute"]).any():
        return 2
    return int(status.isin(["idle", "inefficient"]).any())


def _without_assets(rng: np.random.Generator, land: Land, count: int) -> pd.DataFrame:
    town = land.villages["town"].to_numpy(dtype=object)
    at = rng.integers(0, len(town), count)
    return pd.DataFrame(
        {
            "key": [f"V{k}" for k in range(count)],
            "sector": "agriculture",
            "year": rng.integers(2013, 2023, count),
            "village": at,
            "town": town[at],
            "industry": True,
            "idle": 0,
            "villages": 2,
            "asset": rng.choice(np.array(_SERVICES, dtype=object), count),
            "kind_of": "service",
        }
    )


def _name(row: Any, land: Land) -> str:
    place = f"{row.town}{land.villages['name'].iloc[int(row.village)]}"
    if row.key[0] == "V":
        return f"{row.town}{row.year}年{row.asset}"
    if row.key[0] == "S":
        return f"{place}{row.year}年{KINDS[row.kind_of].zh}建设项目"
    if row.key[0] == "H":
        return f"{row.town}{row.year}年{KINDS[row.kind_of].zh}奖补项目"
    return f"{row.town if row.villages > 1 else place}{row.year}年{_TITLE.get(row.sector, '基础设施建设项目')}"


def _batches(rng: np.random.Generator, table: pd.DataFrame) -> pd.Series:
    """Sort the industry projects into the four batches, those with idle assets first to be revived."""
    mine = table.index[table["industry"].astype(bool)].to_numpy()
    worst = (table.loc[mine, "idle"] == 2).to_numpy().astype(float)
    youth = (table.loc[mine, "year"].to_numpy() - 2013) / 4.0
    order = {"adjust": mine[np.argsort(-worst * 3.0 + youth * 0.4 + rng.random(len(mine)), kind="stable")]}
    left = order["adjust"][FOUR_BATCH["adjust"] :]
    idle = table.loc[left, "idle"].to_numpy()
    left = left[np.argsort(-(idle > 0).astype(float) * 3.0 + rng.random(len(left)), kind="stable")]
    batch = pd.Series(index=table.index, dtype=object)
    batch[order["adjust"][: FOUR_BATCH["adjust"]]] = "adjust"
    at = 0
    for name in ("revive", "upgrade", "consolidate"):
        batch[left[at : at + FOUR_BATCH[name]]] = name
        at += FOUR_BATCH[name]
    return batch


def _with_stages(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    service = table["kind"] == "service"
    table["built"] = table["built"].fillna(
        pd.Series([dt.date(int(y), 11, 20).toordinal() for y in table["year"]], index=table.index)
    )
    kept_back = rng.random(len(table)) < 0.03
    table["stage"] = np.where(
        service, "finished", np.where(kept_back | (table["kind"] == "reward"), "accepted", "handed_over")
    )
    table["stage_due_on"] = None
    table["review_status"] = "approved"
    return table


def _stages(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    built = table["built"].to_numpy(dtype=float)
    days = np.stack([built - 210, built - 170, built, built + 20, built + 60]) + rng.integers(0, 12, (5, len(table)))
    last = table["stage"].map({"finished": 2, "accepted": 3, "handed_over": 4}).to_numpy()
    stage, row = np.nonzero(np.arange(5)[:, None] <= last[None, :])
    when = [dt.date.fromordinal(int(d)) for d in days[stage, row]]
    mark = {
        "approved": "陇扶发〔{y}〕{n}号",
        "accepted": "验收报告〔{y}〕{n}号",
        "handed_over": "资产移交书〔{y}〕{n}号",
    }
    names = np.array(_STAGES, dtype=object)[stage]
    numbers = rng.integers(2, 200, len(when))
    return pd.DataFrame(
        {
            "project_id": table["id"].to_numpy()[row],
            "stage": names,
            "reached_on": when,
            "document": [
                mark[s].format(y=d.year, n=n) if s in mark else None
                for s, d, n in zip(names, when, numbers, strict=True)
            ],
        }
    )
