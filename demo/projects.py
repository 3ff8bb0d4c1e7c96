"""The years' projects: where, what for, how much, and how far each has come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo import plans as kinds_of_project
from demo.budgets import (
    EXACT_YEAR,
    IN_WAN,
    STAGES,
    Group,
    amounts_wan,
    groups_of,
    stage_plan,
)
from demo.kinds import KINDS
from demo.land import Land
from demo.people import DEPARTMENTS
from demo.places import KEY_VILLAGES
from demo.plans import Plan

FIRST_YEAR: Final = 2023
LIBRARY_TOWN: Final = "东风镇"
LIBRARY_SIZE: Final = 102
_WORK_RELIEF: Final = 12
_FIXED_NAMES: Final = {
    ("livestock", "goat_base"): ("固关街村", "(二期)"),
    ("transport", "industry_road"): ("大力村", ""),
    ("water", "water_supply"): ("坪头村", ""),
}
_NAMED_ROAD_KM: Final = 3.2

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Works:
    """Projects of a run of years: ``table`` as the registry has it, with helping columns.

    Helping columns: plan, village (position or -1), town, km, lead_group, done_on and
    accepted_on (ordinals). ``due`` and ``real`` are the days of the nine stages.
    """

    table: pd.DataFrame
    due: FloatArray
    real: FloatArray


def make_projects(rng: np.random.Generator, land: Land, on: dt.date, county_id: int) -> Works:
    """Projects of 2023 to the year of ``on``, and next year's library."""
    tables, dues, reals = [], [], []
    for year in range(FIRST_YEAR, on.year + 1):
        table = _year_of_projects(rng, land, year, county_id)
        due, real = stage_plan(rng, table["kind"].to_numpy(dtype=object), year, on)
        tables.append(table)
        dues.append(due)
        reals.append(real)
    library, real = _next_library(rng, land, on, county_id)
    tables.append(library)
    dues.append(real + 120.0)
    reals.append(real)
    table, due, real = pd.concat(tables, ignore_index=True), np.concatenate(dues), np.concatenate(reals)
    reached = _reached(real, on)
    table["stage"] = np.array(STAGES, dtype=object)[reached]
    table["stage_due_on"] = _next_due(due, reached)
    ended = _ended(rng, table, on)
    table.loc[ended, ["stage", "stage_due_on"]] = ["terminated", None]
    real[ended, 4:] = np.inf
    table["review_status"] = "approved"
    young = np.flatnonzero((table["year"] > on.year) | (table["stage"] == "planned"))
    table.loc[rng.permutation(young)[:7], "review_status"] = "pending"
    table.loc[rng.permutation(young)[7:10], "review_status"] = "returned"
    table["done_on"], table["accepted_on"] = real[:, 6], real[:, 7]
    table.insert(0, "id", range(1, len(table) + 1))
    wages = 0.15 + table["id"] % 18 / 100.0
    table["wage_share"] = wages.where(table["is_work_relief"].astype(bool)).round(4)
    return Works(table, due, real)


def stage_rows(rng: np.random.Generator, works: Works, on: dt.date) -> pd.DataFrame:
    """One row per stage reached, with its document."""
    number, stage = np.nonzero(works.real <= on.toordinal())
    table = works.table.iloc[number]
    rows = pd.DataFrame(
        {
            "project_id": table["id"].to_numpy(),
            "stage": np.array(STAGES, dtype=object)[stage],
            "reached_on": [dt.date.fromordinal(int(d)) for d in works.real[number, stage]],
        }
    )
    ended = works.table.loc[works.table["stage"] == "terminated"]
    last = rows[rows["project_id"].isin(ended["id"])].groupby("project_id")["reached_on"].max()
    stops = pd.DataFrame(
        {
            "project_id": last.index.to_numpy(),
            "stage": "terminated",
            "reached_on": [min(d + dt.timedelta(40), on) for d in last],
        }
    )
    rows = pd.concat([rows, stops], ignore_index=True)
    year = np.array([d.year for d in rows["reached_on"]])
    serial = rng.integers(3, 280, len(rows))
    patterns = {
        "library": "陇乡振领发〔{y}〕{n}号",
        "listed": "陇政农批〔{y}〕{n}号",
        "approved": "陇农发〔{y}〕{n}号",
        "contracted": "陇采合〔{y}〕{n}号",
        "started": "开工令〔{y}〕{n}号",
        "finished": "竣工报告〔{y}〕{n}号",
        "accepted": "验收报告〔{y}〕{n}号",
        "handed_over": "资产移交书〔{y}〕{n}号",
        "terminated": "陇农函〔{y}〕{n}号",
    }
    rows["document"] = [
        patterns[s].format(y=y, n=n) if s in patterns else None
        for s, y, n in zip(rows["stage"], year, serial, strict=True)
    ]
    return rows


def served_areas(rng: np.random.Generator, land: Land, works: Works) -> pd.DataFrame:
    """Villages a project serves besides the region it belongs to."""
    v = land.villages
    rows = []
    for project in works.table.itertuples():
        mates = np.flatnonzero((v["town"] == project.town).to_numpy() & (np.arange(len(v)) != project.village))
        if project.plan.scope == "town":
            many = int(rng.integers(2, 7))
        elif project.plan.scope == "village" and rng.random() < 0.16:
            many = int(rng.integers(1, 3))
        else:
            continue
        rows += [(project.id, int(k)) for k in rng.permutation(mates)[:many]]
    table = pd.DataFrame(rows, columns=["project_id", "at"])
    table["region_id"] = v["region_id"].to_numpy()[table["at"]]
    table["region_path"] = v["region_path"].to_numpy()[table["at"]]
    return table.drop(columns="at")


def _year_of_projects(rng: np.random.Generator, land: Land, year: int, county_id: int) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for group in groups_of(rng, year):
        amounts = amounts_wan(rng, group)
        plans = _plans(rng, group)
        amounts = _fitting(rng, plans, amounts)
        if year == EXACT_YEAR:
            _swap_for_named_road(plans, amounts)
        places = {plan: _places(rng, land, plan) for plan in dict.fromkeys(plans)}
        if year == EXACT_YEAR:
            _put_named_first(land, places)
        used = dict.fromkeys(places, 0)
        for plan, wan in zip(plans, amounts.tolist(), strict=True):
            at = int(places[plan][used[plan] % len(places[plan])])
            fixed = year == EXACT_YEAR and used[plan] == 0
            rows.append(_project(rng, land, plan, group, year, wan, at, used[plan], fixed) | {"county": county_id})
            used[plan] += 1
    table = pd.DataFrame(rows)
    relief = np.array([p.relief for p in table["plan"]])
    table["is_work_relief"] = False
    table.loc[rng.permutation(np.flatnonzero(relief))[:_WORK_RELIEF], "is_work_relief"] = True
    return _finished(land, table, year, county_id)


def _plans(rng: np.random.Generator, group: Group) -> list[Plan]:
    """Every kind of the group at least once where there is room, the rest by weight."""
    single = [p for p in group.plans if p.scope == "county"]
    plans = list(group.plans[: group.count])
    many = [p for p in group.plans if p not in single] or list(group.plans)
    weight = np.array([p.weight for p in many])
    extra = rng.choice(len(many), group.count - len(plans), p=weight / weight.sum())
    return plans + [many[k] for k in extra]


def _fitting(rng: np.random.Generator, plans: list[Plan], amounts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Larger sums for what usually costs more."""
    usual = [p.typical_wan or (KINDS[p.leaves[0]].typical_wan * len(p.leaves) if p.leaves else 50.0) for p in plans]
    rank = np.argsort(np.array(usual) * rng.lognormal(0.0, 0.4, len(plans)))
    fitted = np.empty_like(amounts)
    fitted[rank] = np.sort(amounts)
    return fitted


def _swap_for_named_road(plans: list[Plan], amounts: NDArray[np.int64]) -> None:
    at = next((k for k, p in enumerate(plans) if p.leaves == ("industry_road",)), None)
    if at is not None:
        fit = int(np.abs(amounts - 176).argmin())
        amounts[[at, fit]] = amounts[[fit, at]]


def _places(rng: np.random.Generator, land: Land, plan: Plan) -> NDArray[np.intp]:
    v = land.villages
    weight = np.where(v["kind"] == "community", 0.05, 1.0) * np.where(v["name"].isin(KEY_VILLAGES), 3.0, 1.0)
    if plan.leaves and plan.leaves[0] in ("tobacco_barn", "cattle_base", "homestay"):
        weight = weight * np.where(v["height_m"] > 1100, 3.0, 0.4)
    if plan.leaves and plan.leaves[0] in ("apple_store", "greenhouse", "market"):
        weight = weight * np.where(v["height_m"] < 1050, 3.0, 0.1)
    if plan in kinds_of_project.AFTER_MOVING:
        weight = weight * np.where(v["seat"], 6.0, 0.3)
    if plan.scope == "town":
        weight = weight * np.where(v["seat"], 1.0, 1e-9)
    return rng.choice(len(v), len(v), replace=False, p=weight / weight.sum())


def _put_named_first(land: Land, places: dict[Plan, NDArray[np.intp]]) -> None:
    for plan, order in places.items():
        if plan.leaves and (plan.sector, plan.leaves[0]) in _FIXED_NAMES and plan.scope == "village":
            name = _FIXED_NAMES[plan.sector, plan.leaves[0]][0]
            at = int(np.flatnonzero(land.villages["name"] == name)[0])
            places[plan] = np.concatenate([[at], order[order != at]])


def _project(
    rng: np.random.Generator, land: Land, plan: Plan, group: Group, year: int, wan: int, at: int, turn: int, fixed: bool
) -> dict[str, Any]:
    village = land.villages.iloc[at]
    kind = KINDS[plan.leaves[0]] if plan.leaves else None
    km = _NAMED_ROAD_KM if fixed and plan.leaves == ("industry_road",) else round(max(0.4, wan * 0.95 / 53.0), 1)
    price = plan.per_yuan or (kind.price_yuan if kind else 6000.0)
    count = max(1, round(wan * IN_WAN * 0.95 / price))
    phase = "(二期)" if (fixed and "phase" in plan.name) or rng.random() < 0.2 else ""
    place = {"village": f"{village['town']}{village['name']}", "town": str(village["town"]), "county": ""}[plan.scope]
    if plan.scope == "village" and turn >= len(land.villages):
        phase = "(二期)"
    return {
        "plan": plan,
        "name": plan.name.format(place=place, year=year, km=km, phase=phase),
        "kind": plan.kind,
        "sector": plan.sector,
        "category": group.category,
        "year": year,
        "village": at if plan.scope == "village" else -1,
        "town": None if plan.scope == "county" else village["town"],
        "budget_yuan": float(wan * IN_WAN),
        "is_lead_industry": group.lead,
        "km": km,
        "performance_goal": plan.goal.format(n=count, km=km),
        "households_benefiting": int(min(6000, max(12, wan * rng.uniform(0.7, 2.2)))),
    }


def _finished(land: Land, table: pd.DataFrame, year: int, county_id: int) -> pd.DataFrame:
    """Names made different, codes, regions, owners and departments."""
    again = table.groupby("name").cumcount()
    parts = np.array(["", "(第二批)", "(第三批)", "(第四批)", "(第五批)", "(第六批)"], dtype=object)
    table["name"] = table["name"] + parts[np.minimum(again, 5)]
    v = land.villages
    town_id = dict(zip(v["town"], v["town_id"], strict=True))
    table["region_id"] = [
        int(v["region_id"].iloc[at]) if at >= 0 else int(town_id.get(town, county_id))
        for at, town in zip(table["village"], table["town"], strict=True)
    ]
    table["code"] = [f"LX{year}-{k:03d}" for k in range(1, len(table) + 1)]
    table["department"] = table["sector"].map(DEPARTMENTS)
    table["owner_unit"] = np.where(
        table["town"].isna(), table["department"], "陇县" + table["town"].fillna("").astype(str) + "人民政府"
    )
    return table


def _next_library(rng: np.random.Generator, land: Land, on: dt.date, county_id: int) -> tuple[pd.DataFrame, FloatArray]:
    """Next year's library: 102 projects of one town, fewer of the others, none begun."""
    v = land.villages
    plans = kinds_of_project.LEAD[:2] + kinds_of_project.INDUSTRY[:-1] + kinds_of_project.CONSTRUCTION
    weight = np.array([p.weight for p in plans])
    group = Group("industry", plans, 0, 0, 0)
    rows = []
    for town, size in [(LIBRARY_TOWN, LIBRARY_SIZE)] + [(t, 8) for t in sorted(set(v["town"]) - {LIBRARY_TOWN})]:
        mine = np.flatnonzero((v["town"] == town).to_numpy())
        for turn, k in enumerate(rng.choice(len(plans), size, p=weight / weight.sum())):
            wan = int(np.clip(rng.lognormal(4.1, 0.7), 8, 600))
            row = _project(rng, land, plans[k], group, on.year + 1, wan, int(mine[turn % len(mine)]), 0, False)
            row["category"] = "rural_construction" if plans[k] in kinds_of_project.CONSTRUCTION else "industry"
            row["is_lead_industry"] = plans[k] in kinds_of_project.LEAD
            row["description"] = "入库储备"
            rows.append(row)
    table = pd.DataFrame(rows)
    table["is_work_relief"] = False
    table = _finished(land, table, on.year + 1, county_id)
    real = np.full((len(table), 9), np.inf)
    real[:, 0] = on.toordinal() - rng.integers(75, 140, len(table))
    real[:, 1] = on.toordinal() - rng.integers(4, 70, len(table))
    elsewhere = (table["town"] != LIBRARY_TOWN).to_numpy() & (rng.random(len(table)) < 0.45)
    real[elsewhere, 1] = np.inf
    return table, real


def _reached(real: FloatArray, on: dt.date) -> NDArray[np.intp]:
    there = real <= on.toordinal()
    return np.asarray(np.where(there.any(axis=1), 8 - there[:, ::-1].argmax(axis=1), 0))


def _next_due(due: FloatArray, reached: NDArray[np.intp]) -> list[dt.date | None]:
    """The planned day of the next stage in the template, none after the last."""
    later = np.where(np.arange(9) > reached[:, None], due, np.inf).min(axis=1)
    return [dt.date.fromordinal(int(d)) if np.isfinite(d) else None for d in later]


def _ended(rng: np.random.Generator, table: pd.DataFrame, on: dt.date) -> NDArray[np.intp]:
    """A few works given up before their contract, in the years that are not fixed."""
    open_ = table["year"].isin([on.year - 1, on.year]) & (table["year"] != EXACT_YEAR) & (table["kind"] == "works")
    open_ &= table["stage"].isin(["approved", "contracted", "started", "finished", "accepted", "handed_over"])
    return rng.permutation(np.flatnonzero(open_ & ~table["is_lead_industry"].astype(bool)))[:3]
