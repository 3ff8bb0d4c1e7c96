"""Who must look after what, and three years of visits as caretakers make them."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from demo.condition import Flood, flood_before
from demo.kinds import KINDS
from demo.land import Land
from demo.people import Parties, Posts

SLACK_TOWN: Final = "河北镇"
_YEARS_OF_VISITS: Final = 3
_RULE_SINCE: Final = dt.date(2021, 9, 1)
_WEEKLY_SINCE_DAYS: Final = 400
_BODY_GAP, _PERSON_GAP, _MONEY_GAP, _NOTHING = 0.018, 0.016, 0.026, 0.008
_DUE_SOON_SHARE: Final = 0.155
_OVERDUE_SHARE: Final = 0.18
_OVERDUE_SLACK: Final = 0.52
# Terms of the kind fund_source, as the form of a duty offers them.
_FUNDS: Final = {"water": "county", "transport": "county", "energy": "other", None: "self_raised"}
_BUDGET: Final = {"village_road": 3000.0, "industry_road": 3000.0, "water_supply": 5400.0, "pv_station": 8000.0}
_RULES: Final = {
    "water": "陇县农村供水工程管护办法",
    "transport": "陇县农村公路养护管理办法",
    "energy": "陇县村级光伏电站管理办法",
    None: "陇县帮扶项目资产后续管护办法",
}
_PROBLEMS: Final = {
    "transport": ("路面有裂缝约{n}米", "路肩塌陷约{n}米", "边沟堵塞,雨后积水", "护栏缺2处", "路面坑槽{n}处,已临时填补"),
    "water": ("管道接口渗水", "蓄水池进水阀失灵", "水泵异响,已报镇水管站", "水量变小,需清洗滤料", "井盖破损1处"),
    "energy": ("逆变器报警,发电量下降", "2块组件表面破损", "杂草遮挡组件,已清理", "汇流箱门锁坏"),
    "housing": ("路灯不亮{n}盏", "电瓶老化,亮灯时间短", "门锁损坏", "冲水设备故障", "垃圾箱倾倒,已扶正"),
    "livestock": ("羊舍顶棚漏雨", "围栏破损1处", "饲草棚卷帘损坏"),
    None: ("墙面渗水,需维修", "门窗损坏1处", "屋面漏雨", "设备闲置未用", "电线老化,存在隐患"),
}
_FLOOD_NOTES: Final = (
    "暴雨后路基冲毁约{n}米",
    "河水漫堤,护岸基础淘空",
    "管道被冲断,已应急供水",
    "渠道淤积约{n}0米",
    "桥台护坡冲毁",
)


def make_duties(
    rng: np.random.Generator, land: Land, parties: Parties, posts: Posts, assets: pd.DataFrame, on: dt.date
) -> pd.DataFrame:
    """One duty per asset that needs upkeep, with gaps of body, person or money, each apart."""
    needs = (assets["asset_class"] != "household") & (assets["operating_status"] != "under_construction")
    table = assets[needs]
    size = len(table)
    kinds = table["kind"].to_numpy(dtype=object)
    village = table["village"].to_numpy()
    town = land.villages["town"].to_numpy(dtype=object)[village]
    sector = np.array([s if s in ("water", "transport", "energy") else None for s in table["sector"]], dtype=object)
    gap = rng.random(size) * np.where(town == SLACK_TOWN, 0.45, 1.0)
    edges = np.cumsum([_NOTHING, _BODY_GAP, _PERSON_GAP, _MONEY_GAP])
    nothing, no_body, no_person, no_money = ((gap < e) & (gap >= s) for s, e in zip([0, *edges], edges, strict=False))
    del nothing
    post = np.array(
        [
            posts.of_town[t, "energy"] if s == "energy" else posts.of_village[int(v), s]
            for v, t, s in zip(village, town, sector, strict=True)
        ]
    )
    body = parties.collective[village].copy()
    by_town = np.isin(kinds, ["water_supply", "pv_station", "bridge"]) & (rng.random(size) < 0.5)
    body[by_town] = [parties.town[t] for t in town[by_town]]
    interval = np.array([KINDS[k].interval for k in kinds])
    notice = np.array([KINDS[k].notice for k in kinds])
    start = [max(h or b, _RULE_SINCE) for h, b in zip(table["handed_over_on"], table["built_on"], strict=True)]
    duties = pd.DataFrame(
        {
            "asset_id": table["id"].to_numpy(),
            "body_party_id": pd.array(np.where(no_body, 0, body), dtype="Int64"),
            "post_id": pd.array(np.where(no_person, 0, post), dtype="Int64"),
            "fund_source": np.where(no_money, None, [_FUNDS[s] for s in sector]),
            "annual_budget_yuan": np.where(no_money, np.nan, _budgets(rng, table)),
            "rule_document": [_RULES[s] for s in sector],
            "interval_days": interval,
            "notice_days": notice,
            "valid_from": start,
            "valid_to": None,
        }
    )
    duties = duties[gap >= _NOTHING]
    for column in ("body_party_id", "post_id"):
        duties.loc[duties[column] == 0, column] = pd.NA
    return _weekly_by_rule(duties, on)


def make_inspections(
    rng: np.random.Generator, land: Land, posts: Posts, assets: pd.DataFrame, duties: pd.DataFrame, on: dt.date
) -> pd.DataFrame:
    """Visits following each duty's rhythm with jitter and lapses, and those after the flood."""
    current = duties[duties["valid_to"].isna()].merge(
        assets, left_on="asset_id", right_on="id", suffixes=("", "_asset")
    )
    current["town"] = land.villages["town"].to_numpy()[current["village"]]
    today = on.toordinal()
    first = np.array([d.toordinal() for d in current["valid_from"]])
    built = current["built"].to_numpy()
    began = np.where(current["weekly_now"], np.minimum(first, today), first)
    early = duties[duties["valid_to"].notna()].set_index("asset_id")["valid_from"]
    began = np.array([early.get(a, None) or d for a, d in zip(current["asset_id"], current["valid_from"], strict=True)])
    began = np.maximum([d.toordinal() for d in began], np.maximum(built, today - 365 * _YEARS_OF_VISITS))
    end = np.array([d.toordinal() if d is not None and d == d else today for d in current["disposed_on"]])
    last = end - _days_since_last(rng, current)
    rows = _walk_back(rng, current, began, last, today)
    rows = pd.concat([rows, _after_flood(rng, land, current, flood_before(on), on)], ignore_index=True)
    rows = rows[(rows["day"] <= today) & (rows["day"] >= built[rows["at"]])]
    rows = rows.drop_duplicates(["at", "day"]).sort_values(["day", "at"], ignore_index=True)
    return _described(rng, current, posts, rows, today)


def _weekly_by_rule(duties: pd.DataFrame, on: dt.date) -> pd.DataFrame:
    """Waterworks are visited weekly since last year's rule, and were monthly before."""
    rule = on - dt.timedelta(_WEEKLY_SINCE_DAYS)
    duties = duties.assign(weekly_now=duties["interval_days"] == 7)
    changed = duties["weekly_now"] & (duties["valid_from"] < rule)
    before = duties[changed].assign(interval_days=30, notice_days=7, valid_to=rule)
    duties = duties.copy()
    duties.loc[changed, "valid_from"] = rule
    duties = pd.concat([before, duties], ignore_index=True).sort_values(["asset_id", "valid_from"], ignore_index=True)
    duties.insert(0, "id", range(1, len(duties) + 1))
    return duties


def _budgets(rng: np.random.Generator, table: pd.DataFrame) -> NDArray[np.float64]:
    base = table["kind"].map(_BUDGET).fillna(0.0).to_numpy()
    per_km = table["kind"].isin(["village_road", "industry_road"]).to_numpy()
    money = np.where(per_km, base * table["quantity"], base)
    money = np.where(money > 0, money, np.clip(table["value"] * 0.006, 300.0, 6000.0))
    return np.asarray(np.rint(money * rng.uniform(0.9, 1.1, len(table)) / 100) * 100)


def _days_since_last(rng: np.random.Generator, current: pd.DataFrame) -> NDArray[np.float64]:
    """How long ago each asset was last seen, so that every status occurs in a likely share."""
    size = len(current)
    interval, notice = current["interval_days"].to_numpy(), current["notice_days"].to_numpy()
    slack = (current["town"] == SLACK_TOWN).to_numpy()
    town = current["town"].map(dict(zip(sorted(set(current["town"])), rng.uniform(0.6, 1.4, 10), strict=False)))
    draw = rng.random(size)
    late = np.where(slack, _OVERDUE_SLACK, _OVERDUE_SHARE * town.to_numpy())
    soon = late + np.where(slack, 0.2, _DUE_SOON_SHARE)
    part = rng.random(size)
    in_order = np.floor(part * np.maximum(interval - notice, 1))
    due_soon = interval - notice + np.floor(part * (notice + 1))
    overdue = interval + 1 + np.floor(np.minimum(rng.gamma(1.3, 0.7, size) * interval * np.where(slack, 1.8, 1.0), 400))
    return np.select([draw < late, draw < soon], [overdue, due_soon], in_order)


def _walk_back(
    rng: np.random.Generator, current: pd.DataFrame, began: NDArray[Any], last: NDArray[np.float64], today: int
) -> pd.DataFrame:
    """From the last visit back in time, one step of about an interval after the other, all assets at once."""
    day = last.astype(float)
    slack = (current["town"] == SLACK_TOWN).to_numpy()
    weekly = current["weekly_now"].to_numpy()
    interval = current["interval_days"].to_numpy().astype(float)
    monthly_before = today - _WEEKLY_SINCE_DAYS
    parts = []
    active = np.flatnonzero(day >= began)
    while active.size:
        parts.append(pd.DataFrame({"at": active, "day": day[active].astype(np.int64)}))
        step = np.where(weekly[active] & (day[active] <= monthly_before), 30.0, interval[active])
        lapse = rng.random(active.size) < np.where(slack[active], 0.38, 0.11)
        step = step * np.where(lapse, rng.uniform(1.3, 2.6, active.size), rng.uniform(0.72, 1.0, active.size))
        day[active] -= np.maximum(1.0, np.rint(step))
        active = active[day[active] >= began[active]]
    return pd.concat(parts, ignore_index=True)


def _after_flood(
    rng: np.random.Generator, land: Land, current: pd.DataFrame, flood: Flood, on: dt.date
) -> pd.DataFrame:
    """One order sends everybody to roads, water and banks along the 千河."""
    middle = shapely.get_coordinates(shapely.point_on_surface(current["true_geom"].to_numpy(dtype=object)))
    near = land.relief.river_km(middle) < 3.5
    chosen = (
        near & current["sector"].isin(["transport", "water"]).to_numpy() & (current["town"] != SLACK_TOWN).to_numpy()
    )
    chosen |= (current["operating_status"] == "damaged").to_numpy()
    at = np.flatnonzero(chosen & (current["disposed_on"].isna()).to_numpy())
    day = flood.last.toordinal() + rng.integers(1, 6, at.size)
    table = pd.DataFrame({"at": at, "day": day.astype(np.int64), "flood": True})
    return table[table["day"] <= on.toordinal()]


def _described(
    rng: np.random.Generator, current: pd.DataFrame, posts: Posts, rows: pd.DataFrame, today: int
) -> pd.DataFrame:
    at = rows["at"].to_numpy()
    size = len(rows)
    flood = rows["flood"].fillna(False).to_numpy(dtype=bool)
    damaged = (current["operating_status"] == "damaged").to_numpy()[at]
    problem = (rng.random(size) < 0.055) | (flood & (damaged | (rng.random(size) < 0.3)))
    sector = current["sector"].to_numpy(dtype=object)[at]
    pick, extent = rng.random(size), rng.integers(2, 16, size)
    notes = np.empty(size, dtype=object)
    for k in np.flatnonzero(problem).tolist():
        words = _FLOOD_NOTES if flood[k] else _PROBLEMS.get(sector[k], _PROBLEMS[None])
        notes[k] = words[int(pick[k] * len(words))].format(n=extent[k])
    age = (today - current["built"].to_numpy()[at]) / 365.0
    condition = np.clip(np.rint(5.0 - age * 0.12 + rng.normal(0.0, 0.4, size)), 2, 5)
    condition = np.where(problem, np.minimum(condition, rng.integers(1, 4, size)), condition)
    recent = (rows["day"].to_numpy() > today - 400) & (rng.random(size) < 0.4)
    point = shapely.point_on_surface(current["true_geom"].to_numpy(dtype=object))[at]
    jitter = rng.normal(0.0, 0.00012, (size, 2))
    places = shapely.points((shapely.get_coordinates(point) + jitter).round(6))
    places[~recent] = None
    return pd.DataFrame(
        {
            "id": range(1, size + 1),
            "asset_id": current["asset_id"].to_numpy()[at],
            "inspected_on": _dates(rows["day"].to_numpy()),
            "inspector_id": pd.array(_inspectors(current, posts, at, rows["day"].to_numpy()), dtype="Int64"),
            "result": np.where(problem, "problem", "all_well"),
            "condition": condition.astype(int),
            "note": notes,
            "cost_yuan": np.where(problem & (pick > 0.6), np.rint(rng.gamma(2.0, 180.0, size) / 10) * 10, np.nan),
            "geom": places,
        }
    )


def _inspectors(
    current: pd.DataFrame, posts: Posts, at: NDArray[np.int64], day: NDArray[np.int64]
) -> NDArray[np.object_]:
    """Whoever held the post on the day; nobody known where there was no post or no holder."""
    holdings = posts.holdings.sort_values("valid_from")
    found = np.full(len(at), None, dtype=object)
    post = current["post_id"].to_numpy(dtype=object)[at]
    post = np.array([0 if p is pd.NA else int(p) for p in post])
    size = int(holdings["post_id"].max()) + 1
    for turn in (0, 1):
        nth = holdings[holdings.groupby("post_id").cumcount() == turn]
        person, since, until = (np.full(size, fill) for fill in (0, 10**7, 0))
        index = nth["post_id"].to_numpy()
        person[index] = nth["person_id"].to_numpy()
        since[index] = [d.toordinal() for d in nth["valid_from"]]
        until[index] = [10**7 if d is None or d != d else d.toordinal() for d in nth["valid_to"]]
        held = (since[post] <= day) & (day < until[post])
        found[held] = person[post][held]
    return found


def _dates(day: NDArray[np.int64]) -> NDArray[np.object_]:
    first = int(day.min())
    calendar = np.array([dt.date.fromordinal(first + k) for k in range(int(day.max()) - first + 1)], dtype=object)
    return np.asarray(calendar[day - first])
