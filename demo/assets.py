"""The assets: what recent projects left behind, and what stands from the years before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo.budgets import IN_WAN
from demo.kinds import COUNTS, KINDS, ROADS
from demo.land import Land
from demo.names import GROUPS
from demo.places import KEY_VILLAGES
from demo.projects import FIRST_YEAR, Works
from demo.roads import Roads
from demo.tracks import Tracks

OLD_YEARS: Final = np.arange(2013, FIRST_YEAR)
_YEAR_WEIGHT: Final = np.array([4, 5, 7, 11, 15, 17, 14, 12, 8, 7], dtype=float)
_HANDED_ON: Final = 0.95
_HOUSEHOLD_SHARE: Final = 0.14
_TOTAL_YUAN: Final = 1.465e9
_WHOLE_UNITS: Final = ("头", "座", "台", "盏", "户", "亩", "份", "处", "项", "平方米", "吨", "千瓦", "立方米", "米")
_SPECIFICATION: Final = {
    "village_road": "宽3.5米,厚18厘米C25混凝土",
    "industry_road": "宽3.5米,厚18厘米C25混凝土",
    "bridge": "跨径8-16米钢筋混凝土",
    "lamps": "6米杆,40瓦太阳能",
    "water_tank": "钢筋混凝土",
    "pipeline": "PE管DN63-DN110",
    "pv_station": "单晶组件,并网",
    "cold_store": "气调保鲜,-2至8℃",
    "goat_base": "羊舍、饲草棚、挤奶间",
    "cattle_base": "牛舍、青贮池",
    "tobacco_barn": "密集式,电能或生物质",
    "greenhouse": "钢架,跨度8-10米",
    "toilet": "水冲式",
    "river_bank": "浆砌石",
    "canal": "U型渠D40-D60",
    "drain": "40×40盖板渠",
    "office": "砖混",
    "clinic": "砖混",
    "sewage": "A/O一体化",
}


@dataclass(frozen=True)
class Made:
    """Assets before anybody has looked at their condition.

    ``table`` has kind, village (position), year, built (ordinal), value, project (id or 0),
    finished_only, quantity, km, name and geom.
    """

    table: pd.DataFrame


def make_assets(
    rng: np.random.Generator, land: Land, roads: Roads, works: Works, areas: pd.DataFrame, on: dt.date
) -> Made:
    """Every asset with its kind, place, day, worth and name; numbers by class as ordered."""
    tracks = Tracks(roads)
    new = _left_by_projects(rng, land, works, areas, on)
    old = _from_before(rng, land, tracks, new)
    table = pd.concat([old, new], ignore_index=True)
    kind = table["kind"].map(KINDS)
    for column in ("asset_class", "sector", "unit", "form"):
        table[column] = [getattr(k, column) for k in kind]
    table["useful_life_years"] = [k.life for k in kind]
    price = np.array([k.price_yuan for k in kind])
    amount = table["value"].to_numpy() / price
    whole = np.isin(table["unit"].to_numpy(dtype=object), np.array(_WHOLE_UNITS, dtype=object))
    single = table["kind"].isin(["water_supply", "sewage", "brand"]).to_numpy()
    amount = np.where(single, 1.0, np.where(whole, np.maximum(1.0, np.rint(amount)), amount.round(2)))
    is_road = table["kind"].isin(ROADS).to_numpy()
    table["quantity"] = np.where(is_road, np.maximum(0.1, table["km"].fillna(0.5).round(2)), np.maximum(amount, 0.05))
    table["specification"] = table["kind"].map(_SPECIFICATION)
    table["value"] = table["value"].round(2)
    table["group"] = rng.choice(np.array(GROUPS, dtype=object), len(table))
    table["name"] = _names(land, table)
    table["geom"] = tracks.geometries(rng, land, table)
    table.insert(0, "id", range(1, len(table) + 1))
    return Made(table)


def _left_by_projects(
    rng: np.random.Generator, land: Land, works: Works, areas: pd.DataFrame, on: dt.date
) -> pd.DataFrame:
    position = {region: k for k, region in enumerate(land.villages["region_id"])}
    served = areas.groupby("project_id")["region_id"].agg(list).to_dict()
    rows = []
    done = (works.table["done_on"] <= on.toordinal()) & (works.table["stage"] != "terminated")
    for project in works.table[done].itertuples():
        plan = project.plan
        if not plan.leaves:
            continue
        where = [project.village] if plan.scope == "village" else [position[r] for r in served[project.id]]
        parts = [(leaf, at) for leaf in plan.leaves for at in where]
        usual = np.array([KINDS[leaf].typical_wan for leaf, _ in parts]) * rng.lognormal(0.0, 0.3, len(parts))
        worth = project.budget_yuan * (_HANDED_ON if plan.kind == "works" else 1.0) * usual / usual.sum()
        accepted = min(project.accepted_on, project.done_on + 90) if plan.kind != "service" else project.done_on
        for (leaf, at), value in zip(parts, worth.tolist(), strict=True):
            rows.append(
                {
                    "kind": leaf,
                    "village": at,
                    "year": project.year,
                    "built": int(project.done_on),
                    "accepted": project.accepted_on if np.isfinite(project.accepted_on) else accepted,
                    "value": value,
                    "project": project.id,
                    "km": project.km if leaf == "industry_road" else value / KINDS["village_road"].price_yuan,
                }
            )
    table = pd.DataFrame(rows)
    classes = table["kind"].map(lambda k: KINDS[k].asset_class)
    for name, count in COUNTS.items():
        if (classes == name).sum() >= count:
            raise ValueError(f"recent projects left more {name} assets than {count}")
    return table


def _from_before(rng: np.random.Generator, land: Land, tracks: Tracks, new: pd.DataFrame) -> pd.DataFrame:
    have = new["kind"].map(lambda k: KINDS[k].asset_class).value_counts()
    kinds: list[str] = []
    for name, count in COUNTS.items():
        mine = [k for k, kind in KINDS.items() if kind.asset_class == name]
        share = np.array([KINDS[k].share for k in mine])
        kinds += np.repeat(mine, _rounded(share, count - int(have.get(name, 0)))).tolist()
    table = pd.DataFrame({"kind": kinds})
    size = len(table)
    table["village"] = _villages(rng, land, table["kind"].to_numpy(dtype=object))
    table["year"] = rng.choice(OLD_YEARS, size, p=_YEAR_WEIGHT / _YEAR_WEIGHT.sum())
    day = np.clip(rng.normal(300, 38, size), 120, 362).astype(int)
    table["built"] = [
        dt.date(y, 1, 1).toordinal() + d for y, d in zip(table["year"].tolist(), day.tolist(), strict=True)
    ]
    table["accepted"] = table["built"] + rng.integers(5, 60, size)
    kind = table["kind"].map(KINDS)
    typical = np.array([k.typical_wan for k in kind]) * IN_WAN
    table["value"] = typical * np.exp(rng.normal(0.0, 1.0, size) * np.array([k.spread for k in kind]))
    price = np.array([k.price_yuan for k in kind])
    is_road = table["kind"].isin(ROADS).to_numpy()
    km = np.clip(table["value"] / price, 0.25, None)
    longest = tracks.longest_km[table["village"]]
    table["km"] = np.where(is_road, np.minimum(km, longest), np.nan)
    table["value"] = np.where(is_road, table["km"] * price * rng.uniform(0.92, 1.1, size), table["value"])
    table["project"] = 0
    return _scaled(table, new)


def _scaled(table: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Bring the sums near to what the county is said to have; roads keep their price."""

    def classes(t: pd.DataFrame) -> Any:
        return t["kind"].map(lambda k: KINDS[k].asset_class).to_numpy()

    household, fixed = classes(table) == "household", table["kind"].isin(ROADS).to_numpy()
    wanted = _HOUSEHOLD_SHARE * _TOTAL_YUAN - new["value"][classes(new) == "household"].sum()
    table.loc[household, "value"] *= wanted / table.loc[household, "value"].sum()
    rest = _TOTAL_YUAN - new["value"].sum() - table.loc[household | fixed, "value"].sum()
    free = ~household & ~fixed
    table.loc[free, "value"] *= rest / table.loc[free, "value"].sum()
    return table


def _villages(rng: np.random.Generator, land: Land, kinds: NDArray[np.object_]) -> NDArray[np.int64]:
    v = land.villages
    base = np.where(v["kind"] == "community", 0.2, 1.0) * np.where(v["name"].isin(KEY_VILLAGES), 1.9, 1.0)
    base = base * rng.lognormal(0.0, 0.3, len(v))
    high = {"tobacco_barn", "cattle_base", "homestay", "water_tank", "hh_planting"}
    low = {"apple_store", "greenhouse", "market", "shopfront", "processing"}
    river = {"river_bank", "bridge", "canal"}
    at = np.empty(len(kinds), dtype=np.int64)
    for kind in dict.fromkeys(kinds.tolist()):
        weight = base.copy()
        if kind in high:
            weight *= np.where(v["height_m"] > 1150, 2.5, 0.3)
        if kind in low:
            weight *= np.where(v["height_m"] < 1100, 2.5, 0.15)
        if kind in river:
            weight *= np.where(v["river_km"] < 3.0, 2.5, 0.7)
        mine = kinds == kind
        # One clinic, one village office and one solar station a village, before there is a second.
        turns = [rng.choice(len(v), len(v), replace=False, p=weight / weight.sum()) for _ in range(8)]
        few = mine.sum() <= len(v)
        at[mine] = turns[0][: mine.sum()] if few else rng.choice(len(v), mine.sum(), p=weight / weight.sum())
    return at


def _names(land: Land, table: pd.DataFrame) -> list[str]:
    village = land.villages["name"].to_numpy(dtype=object)[table["village"]]
    names = []
    for place, kind, year, group, quantity in zip(
        village, table["kind"], table["year"], table["group"], table["quantity"], strict=True
    ):
        zh = KINDS[kind].zh.removeprefix("村")
        if kind in ("village_road", "industry_road"):
            names.append(f"{place}{'产业路' if kind == 'industry_road' else '通组路'}({group}组段{quantity:.1f}公里)")
        elif kind == "water_tank":
            names.append(f"{place}{max(10, round(quantity / 10) * 10):.0f}立方米蓄水池({group}组)")
        elif kind == "lamps":
            names.append(f"{place}太阳能路灯({year}年{quantity:.0f}盏)")
        elif kind.startswith("hh_"):
            names.append(f"{place}{year}年{zh}({quantity:.0f}户)")
        elif kind == "pv_station":
            names.append(f"{place}{quantity:.0f}千瓦光伏电站")
        elif kind == "cold_store":
            names.append(f"{place}{quantity:.0f}吨果蔬保鲜库")
        elif kind == "tobacco_barn":
            names.append(f"{place}密集烤烟房{quantity:.0f}座")
        elif KINDS[kind].asset_class == "public" and kind not in ("office", "clinic", "kindergarten", "school"):
            names.append(f"{place}{zh}({group}组)")
        else:
            names.append(f"{place}{zh}")
    again = pd.Series(names).groupby(names).cumcount().to_numpy()
    return [
        f"{n}({y}年)" if k == 1 else f"{n}({k + 1}号)" if k else n
        for n, k, y in zip(names, again.tolist(), table["year"].tolist(), strict=True)
    ]


def _rounded(share: Any, total: int) -> NDArray[np.int64]:
    exact = np.cumsum(share / np.sum(share)) * total
    return np.diff(np.rint(exact).astype(np.int64), prepend=0)
