"""What each village is like, its facilities, and the relocation sites."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from demo.land import Land
from demo.relief import STRETCH, FloatArray

RESIDENTS: Final = 208_482
URBAN_RESIDENTS: Final = 81_707
_NOTE: Final = "演示数据"

KEY_VILLAGES: Final = ("大力村", "八龙潭村", "李家山村", "铁马河村")
_KEY_TOWN: Final = "八渡镇"
_DEMONSTRATION_VILLAGES: Final = ("固关街村", "流渠村", "坪头村", "下凉泉村", "韦家庄村")
_CHARACTERISTIC: Final = ("咸宜关村", "关山村", "固关街村", "边家庄村", "峡口村", "八龙潭村")
_INDUSTRIES: Final = ("奶山羊", "核桃", "烤烟", "苹果", "肉牛", "中药材", "设施蔬菜", "中蜂", "马铃薯", "乡村旅游")

# type: (level, share of villages that have one, typical area in m², typical capacity, staff)
_IN_VILLAGES: Final[dict[str, tuple[float, int, int | None, int]]] = {
    "village_office": (1.0, 260, None, 6),
    "clinic": (0.94, 105, 4, 1),
    "culture_square": (0.9, 850, None, 0),
    "delivery_point": (0.78, 35, None, 1),
    "waste_point": (0.92, 60, None, 1),
    "toilet": (0.8, 42, None, 1),
    "elderly_care": (0.46, 240, 18, 2),
    "kindergarten": (0.17, 780, 90, 9),
    "primary_school": (0.22, 2600, 180, 15),
    "cold_store": (0.14, 620, 350, 2),
}
_IN_TOWNS: Final[dict[str, tuple[int, int | None, int]]] = {
    "health_centre": (2100, 24, 26),
    "middle_school": (8600, 480, 42),
    "kindergarten": (1500, 180, 18),
    "delivery_hub": (220, None, 4),
    "care_centre": (1600, 60, 12),
}
# Kinds that came into villages late.
_SINCE: Final = {
    "delivery_point": 2019,
    "delivery_hub": 2019,
    "elderly_care": 2013,
    "care_centre": 2017,
    "workshop": 2017,
}
_LABEL: Final = {
    "village_office": "党群服务中心",
    "clinic": "卫生室",
    "culture_square": "文化广场",
    "delivery_point": "快递服务点",
    "waste_point": "垃圾收集点",
    "toilet": "公厕",
    "elderly_care": "互助幸福院",
    "kindergarten": "幼儿园",
    "primary_school": "小学",
    "cold_store": "果蔬保鲜库",
    "health_centre": "卫生院",
    "middle_school": "初级中学",
    "delivery_hub": "物流综合服务站",
    "care_centre": "区域养老服务中心",
    "workshop": "社区工厂",
}


def make_villages(rng: np.random.Generator, land: Land) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """One row per village, in the order of ``land.villages``; and which of them are urban."""
    v = land.villages
    name, height = v["name"], v["height_m"].to_numpy()
    community = (v["kind"] == "community").to_numpy()
    centre = (v["town"] == "城关镇").to_numpy()
    near_centre = centre & name.isin(["东关村", "西关村", "北关村", "神泉村", "店子村", "堡子身村"]).to_numpy()
    urban = community | near_centre | (v["seat"].to_numpy() & ~centre)
    weight = rng.lognormal(0.0, 0.32, len(v)) * np.exp(-(height - 900) / 900.0) * (0.6 + 0.05 * np.sqrt(v["area_km2"]))
    weight = np.where(community & centre, 6.5 * rng.uniform(0.8, 1.3, len(v)), weight)
    weight = np.where(near_centre, 2.2 * weight, weight)
    resident = np.zeros(len(v), dtype=int)
    resident[urban] = parts(URBAN_RESIDENTS, weight[urban])
    resident[~urban] = parts(RESIDENTS - URBAN_RESIDENTS, weight[~urban])
    registered = np.rint(resident * np.where(urban, rng.uniform(0.82, 1.05, len(v)), rng.uniform(1.2, 1.6, len(v))))
    moving = (height > 1450) & (rng.random(len(v)) < 0.45) & ~name.isin(KEY_VILLAGES).to_numpy()
    kind = np.select(
        [moving, near_centre | community, name.isin(_CHARACTERISTIC), resident > 1500, rng.random(len(v)) < 0.25],
        ["relocating", "suburban", "characteristic", "clustered", "clustered"],
        "other",
    )
    table = pd.DataFrame(
        {
            "id": range(1, len(v) + 1),
            "region_id": v["region_id"],
            "name": name,
            "kind": v["kind"],
            "class": kind,
            "lifted_out_of_poverty": (rng.random(len(v)) < np.where(height > 1150, 0.8, 0.4)) & ~urban,
            "households": np.rint(registered / rng.uniform(3.3, 4.1, len(v))).astype(int),
            "pop_registered": registered.astype(int),
            "pop_resident": resident,
            "collective_income": np.rint(rng.lognormal(12.2, 0.65, len(v)) / 100.0) * 100.0,
            "lead_industry": _industries(rng, height),
            "plan_done": rng.random(len(v)) < 0.55,
            "elevation_m": height,
            "geom": shapely.points(v[["x", "y"]].to_numpy()),
            "source": _NOTE,
        }
    )
    table.loc[name.isin(KEY_VILLAGES), "lifted_out_of_poverty"] = True
    table.loc[table["kind"] == "community", ["collective_income", "lead_industry"]] = [None, None]
    table.loc[rng.random(len(v)) < 0.04, "collective_income"] = None
    return table, urban


def make_designations(tree: pd.DataFrame) -> pd.DataFrame:
    """Dated lists: the key town and villages, and the demonstration town and villages."""
    area = dict(zip(tree["short_name"], tree["id"], strict=True))
    since, document = dt.date(2021, 8, 27), "重点帮扶镇村名单(2021年)"
    rows: list[dict[str, Any]] = [
        {
            "region_id": area[n],
            "kind": "key_assistance",
            "level": "provincial",
            "document": document,
            "valid_from": since,
        }
        for n in (_KEY_TOWN, *KEY_VILLAGES)
    ]
    rows += [
        {
            "region_id": area[n],
            "kind": "demonstration",
            "level": "city",
            "document": "示范镇村创建名单(2023年)",
            "valid_from": dt.date(2023, 3, 20),
        }
        for n in ("固关镇", *_DEMONSTRATION_VILLAGES)
    ]
    table = pd.DataFrame(rows)
    table.insert(0, "id", range(1, len(table) + 1))
    return table


def make_sites(rng: np.random.Generator, land: Land) -> pd.DataFrame:
    """The 33 relocation sites; two large ones in the county town, most of them small."""
    v = land.villages
    seats = np.flatnonzero(v["seat"])
    town_centre = np.flatnonzero(v["name"].isin(["西城区社区", "东城区社区", "北城社区", "新城社区"]))
    others = rng.permutation(np.flatnonzero((v["kind"] == "village") & ~v["seat"] & (v["height_m"] < 1500)))
    seats = np.setdiff1d(seats, town_centre)
    where = np.concatenate([town_centre[[0, 2]], seats, others[: 33 - 2 - len(seats)]])
    size = len(where)
    homes = np.concatenate([[612, 428], np.clip(rng.lognormal(4.1, 0.6, size - 2), 14, 260).astype(int)])
    moved = np.rint(homes * rng.uniform(0.94, 1.0, size)).astype(int)
    persons = np.rint(moved * rng.uniform(3.4, 4.1, size)).astype(int)
    labour = np.rint(persons * rng.uniform(0.50, 0.60, size)).astype(int)
    town, name = v["town"].to_numpy(), v["name"].to_numpy()
    urban = np.arange(size) < 2 + len(seats)
    proper = np.array(["幸福家园", "北城新苑"], dtype=object)
    names = [
        f"城关镇{proper[k]}社区安置点" if k < 2 else f"{town[w]}{'镇区' if urban[k] else name[w]}集中安置点"
        for k, w in enumerate(where.tolist())
    ]
    table = pd.DataFrame(
        {
            "id": range(1, size + 1),
            "region_id": v["region_id"].to_numpy()[where],
            "name": names,
            "type": np.where(urban, "urban", "rural"),
            "built_year": rng.choice([2016, 2017, 2018, 2019, 2020], size, p=[0.12, 0.3, 0.34, 0.2, 0.04]),
            "housing_units": homes,
            "households_moved": moved,
            "persons_moved": persons,
            "households_occupied": np.rint(moved * rng.uniform(0.93, 1.0, size)).astype(int),
            "certificates_issued": np.rint(moved * np.clip(rng.normal(0.95, 0.09, size), 0.55, 1.0)).astype(int),
            "old_houses_demolished": np.rint(moved * np.clip(rng.normal(0.98, 0.03, size), 0.85, 1.0)).astype(int),
            "labour_force": labour,
            "employed": np.rint(labour * rng.uniform(0.91, 0.99, size)).astype(int),
            "zero_employment_households": rng.binomial(moved, 0.004),
            "workshops": np.where(homes > 200, 2, (homes > 60).astype(int)),
            "management_body": [
                f"{n.removesuffix('集中安置点').removesuffix('安置点')}安置点管理委员会" for n in names
            ],
            "geom": shapely.points(beside(rng, land, where, 0.25, 0.9)),
            "source": _NOTE,
        }
    )
    table.loc[rng.permutation(size)[:2], "certificates_issued"] = 0
    return table


def make_facilities(rng: np.random.Generator, land: Land, sites: pd.DataFrame) -> pd.DataFrame:
    """Facilities of villages, towns and relocation sites, with honest gaps."""
    v = land.villages
    parts = []
    village = (v["kind"] == "village").to_numpy() | v["seat"].to_numpy()
    for kind, (share, area, capacity, staff) in _IN_VILLAGES.items():
        likely = share * np.where(v["height_m"] > 1400, 0.7, 1.0) if share < 1.0 else np.ones(len(v))
        has = np.flatnonzero((rng.random(len(v)) < likely) & (village | (kind not in ("clinic", "cold_store"))))
        parts.append(_facility(rng, land, has, kind, "village", area, capacity, staff))
    for kind, (area, capacity, staff) in _IN_TOWNS.items():
        has = np.flatnonzero(v["seat"])
        if kind == "care_centre":
            has = rng.permutation(has)[:4]
        parts.append(_facility(rng, land, has, kind, "town", area, capacity, staff))
    at = {region: k for k, region in enumerate(v["region_id"])}
    large = sites[sites["workshops"] > 0]
    has = np.array([at[r] for r in large["region_id"]])
    workshop = _facility(rng, land, has, "workshop", "cluster", 900, 60, 35)
    workshop["name"] = large["name"].str.removesuffix("集中安置点").str.removesuffix("安置点").to_numpy() + "社区工厂"
    workshop["status"] = rng.choice(["in_use", "idle"], len(has), p=[0.85, 0.15])
    hospital = _facility(rng, land, np.flatnonzero(v["name"] == "北城社区"), "hospital", "county", 26000, 420, 510)
    hospital["name"] = "陇县县级医院(示意)"
    table = pd.concat([*parts, workshop, hospital], ignore_index=True)
    table.loc[rng.random(len(table)) < 0.05, "area_m2"] = None
    table.loc[rng.random(len(table)) < 0.02, "geom"] = None
    table.insert(0, "id", range(1, len(table) + 1))
    return table


def _facility(
    rng: np.random.Generator,
    land: Land,
    has: NDArray[np.intp],
    kind: str,
    level: str,
    area: int,
    capacity: int | None,
    staff: int,
) -> pd.DataFrame:
    v = land.villages.iloc[has]
    size = len(has)
    named = (
        v["town"] if level == "town" else v["name"].str.removesuffix("社区").where(v["kind"] == "community", v["name"])
    )
    if level == "town" and kind in ("kindergarten", "middle_school"):
        named = named.str.removesuffix("镇") + "镇中心" if kind == "kindergarten" else named
    scale = rng.lognormal(0.0, 0.28, size)
    status = rng.choice(["in_use", "idle", "closed"], size, p=[0.95, 0.035, 0.015])
    if kind == "primary_school":
        status = np.where(v["height_m"] > 1200, rng.choice(["closed", "in_use"], size), status)
    opened = [
        dt.date(int(y), int(m), 1)
        for y, m in zip(rng.integers(_SINCE.get(kind, 2004), 2024, size), rng.integers(3, 13, size), strict=True)
    ]
    return pd.DataFrame(
        {
            "region_id": v["region_id"].to_numpy(),
            "name": (named + _LABEL.get(kind, "")).to_numpy(),
            "type": kind,
            "level": level,
            "status": status,
            "area_m2": np.rint(area * scale),
            "capacity": pd.array(
                [None] * size if capacity is None else np.rint(capacity * scale).astype(int), dtype="Int64"
            ),
            "staff": pd.array(rng.poisson(staff, size) if staff > 1 else np.full(size, staff), dtype="Int64"),
            "opened_on": opened,
            "geom": shapely.points(beside(rng, land, has, 0.05, 0.5)),
            "source": _NOTE,
        }
    )


def beside(rng: np.random.Generator, land: Land, where: NDArray[Any], least_km: float, most_km: float) -> FloatArray:
    """Points near the village points of positions ``where``, inside the village."""
    v = land.villages
    home = v[["x", "y"]].to_numpy(dtype=float)[where]
    cells = v["cell"].to_numpy(dtype=object)[where]
    angle = rng.uniform(0.0, 2 * np.pi, len(where))
    away = rng.uniform(least_km, most_km, len(where))
    for _ in range(8):
        xy = home + np.column_stack([np.cos(angle), np.sin(angle)]) * away[:, None] / STRETCH
        inside = shapely.contains_xy(cells, xy[:, 0], xy[:, 1])
        if inside.all():
            break
        away = np.where(inside, away, away * 0.5)
        angle = np.where(inside, angle, angle + 1.3)
    return np.asarray(np.where(inside[:, None], xy, home)).round(6)


def _industries(rng: np.random.Generator, height: NDArray[np.int64]) -> NDArray[np.object_]:
    low = np.array([0.26, 0.16, 0.02, 0.22, 0.06, 0.04, 0.2, 0.01, 0.02, 0.01])
    high = np.array([0.34, 0.1, 0.18, 0.02, 0.14, 0.1, 0.01, 0.06, 0.03, 0.02])
    pick = np.where(height < 1050, rng.choice(len(low), len(height), p=low), rng.choice(len(low), len(height), p=high))
    return np.array(_INDUSTRIES, dtype=object)[pick]


def parts(total: int, weight: FloatArray) -> NDArray[np.int64]:
    """Whole numbers in proportion to ``weight`` that add up to ``total``."""
    exact = np.cumsum(np.asarray(weight) / np.sum(weight)) * total
    return np.diff(np.rint(exact).astype(np.int64), prepend=0)
