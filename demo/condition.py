"""How the assets stand on the day: in use, idle, damaged, certified, located, with papers or without."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from demo.assets import Made
from demo.land import Land

_IDLE_SHARE: Final = 0.08
_NO_PAPERS_SHARE: Final = 0.15
_LETTER: Final = {"earning": "J", "public": "G", "household": "D"}
_BY_WATER: Final = ("village_road", "industry_road", "bridge", "river_bank", "canal", "pipeline", "water_supply")
_CERTIFIED: Final = {
    2013: 0.72,
    2014: 0.72,
    2015: 0.76,
    2016: 0.86,
    2017: 0.9,
    2018: 0.92,
    2019: 0.94,
    2020: 0.94,
    2021: 0.95,
    2022: 0.94,
    2023: 0.92,
    2024: 0.86,
}


@dataclass(frozen=True)
class Flood:
    """The one flood week along the 千河."""

    first: dt.date
    last: dt.date


def flood_before(on: dt.date) -> Flood:
    """The latest flood week that is over on ``on``."""
    year = on.year if on >= dt.date(on.year, 8, 25) else on.year - 1
    return Flood(dt.date(year, 8, 10), dt.date(year, 8, 16))


def judge_assets(rng: np.random.Generator, land: Land, made: Made, on: dt.date) -> pd.DataFrame:
    """The asset table of the registry, with the helping columns of ``made`` still in it."""
    table = made.table.copy()
    today = on.toordinal()
    _papers(rng, table, today)
    table["operating_status"] = _statuses(rng, land, table, on)
    building = table["operating_status"] == "under_construction"
    table["registered"] = ~building & (rng.random(len(table)) < np.where(table["year"] >= on.year - 1, 0.95, 0.995))
    table["disposed_on"] = None
    gone = table["operating_status"] == "disposed"
    table.loc[gone, "disposed_on"] = [on - dt.timedelta(int(d)) for d in rng.integers(40, 700, int(gone.sum()))]
    _positions(rng, land, table)
    v = land.villages
    table["region_id"] = v["region_id"].to_numpy()[table["village"]]
    table["region_path"] = v["region_path"].to_numpy()[table["village"]]
    letter = table["asset_class"].map(_LETTER)
    serial = table.groupby("village").cumcount() + 1
    table["code"] = [
        f"{place}-{x}{y}-{n:03d}"
        for place, x, y, n in zip(v["code"].to_numpy()[table["village"]], letter, table["year"], serial, strict=True)
    ]
    national = rng.random(len(table)) < np.where(table["year"] <= 2022, 0.9, 0.7)
    table["national_code"] = [national_code(i) if has else None for i, has in zip(table["id"], national, strict=True)]
    table["review_status"] = "approved"
    young = np.flatnonzero((table["year"] >= on.year - 1) & table["registered"])
    chosen = rng.permutation(young)
    table.loc[chosen[:14], "review_status"] = "pending"
    table.loc[chosen[14:20], "review_status"] = "returned"
    table["built_on"] = [dt.date.fromordinal(int(d)) for d in table["built"]]
    table["source"] = "演示数据"
    return table


def national_code(asset_id: int) -> str:
    """The code an asset has in the national system."""
    return f"6103270{asset_id:06d}"


def _papers(rng: np.random.Generator, table: pd.DataFrame, today: int) -> None:
    size = len(table)
    early = table["year"].between(2013, 2015).to_numpy()
    missing = np.zeros(size, dtype=bool)
    old = np.flatnonzero(early)
    missing[rng.permutation(old)[: round(_NO_PAPERS_SHARE * len(old))]] = True
    table["papers_missing"] = missing
    handed = table["accepted"].to_numpy() + rng.integers(10, 75, size)
    slow = rng.random(size) < np.where(table["year"] >= 2025, 0.2, 0.03)
    none = (handed > today) | slow | (missing & (rng.random(size) < 0.5)) | (table["accepted"].to_numpy() > today)
    table["handed_over_on"] = [None if n else dt.date.fromordinal(int(h)) for h, n in zip(handed, none, strict=True)]
    likely = table["year"].map(_CERTIFIED).fillna(0.62).to_numpy() * np.where(missing, 0.2, 1.0)
    certified = np.maximum(
        handed + rng.integers(20, 240, size), dt.date(2021, 6, 1).toordinal() + rng.integers(0, 500, size)
    )
    no = none | (certified > today) | (rng.random(size) > likely)
    table["certified_on"] = [None if n else dt.date.fromordinal(int(c)) for c, n in zip(certified, no, strict=True)]
    numbers = rng.integers(1, 400, size)
    table["certificate"] = [
        None if d is None else f"陇帮资确〔{d.year}〕{n}号" for d, n in zip(table["certified_on"], numbers, strict=True)
    ]


def _statuses(rng: np.random.Generator, land: Land, table: pd.DataFrame, on: dt.date) -> NDArray[np.object_]:
    size = len(table)
    status = np.full(size, "operating", dtype=object)
    earning = (table["asset_class"] == "earning").to_numpy()
    public = (table["asset_class"] == "public").to_numpy()
    age = on.year - table["year"].to_numpy()
    settled = (table["accepted"] <= on.toordinal()).to_numpy()
    chance = rng.random(size)
    if not 7 <= on.month <= 10:
        status[table["kind"] == "tobacco_barn"] = "seasonal"
    if 4 <= on.month <= 8:
        status[table["kind"] == "apple_store"] = "seasonal"
    status[earning & (age >= 2) & (chance < 0.075)] = "inefficient"
    status[public & (age >= 4) & (chance < 0.012)] = "inefficient"
    status[public & table["kind"].isin(["school", "kindergarten", "elderly_care", "square"]) & (chance > 0.95)] = "idle"
    value = table["value"].to_numpy()
    candidates = rng.permutation(np.flatnonzero(earning & (age >= 2) & (status == "operating") & settled))
    running = np.cumsum(value[candidates])
    status[candidates[running <= _IDLE_SHARE * value[earning].sum()]] = "idle"
    status[rng.permutation(np.flatnonzero(earning & (status == "operating") & (age >= 3)))[:7]] = "in_dispute"
    flood = flood_before(on)
    place = land.relief.river_km(_middle(table))
    wet = table["kind"].isin(_BY_WATER) & (place < 1.8) & (table["built"] < flood.first.toordinal())
    status[rng.permutation(np.flatnonzero(wet & (status == "operating")))[:24]] = "damaged"
    old = np.flatnonzero((table["year"] <= 2018) & (status == "operating") & (earning | public))
    status[rng.permutation(old)[:16]] = "disposed"
    status[~settled] = "under_construction"
    return status


def _positions(rng: np.random.Generator, land: Land, table: pd.DataFrame) -> None:
    size = len(table)
    household = (table["asset_class"] == "household").to_numpy()
    recent = (table["year"] >= 2021).to_numpy()[:, None]
    share = np.where(recent, [0.42, 0.74, 0.93, 0.98], [0.2, 0.46, 0.72, 0.93])
    pick = (rng.random(size)[:, None] > share).sum(axis=1)
    quality = np.array(["surveyed", "drawn", "phone", "village_point", None], dtype=object)[pick]
    line = shapely.get_type_id(table["geom"].to_numpy(dtype=object)) == 1
    quality[line & np.isin(quality, ["phone", "village_point"])] = "drawn"
    quality[household] = "village_point"
    table["position_quality"] = quality
    datum = np.where(quality == "phone", np.where(rng.random(size) < 0.7, "gcj02", "wgs84"), "cgcs2000")
    table["source_datum"] = np.where(pd.isna(quality), None, datum)
    geometry = table["geom"].to_numpy(dtype=object).copy()
    stands_for = quality == "village_point"
    village = shapely.points(land.villages[["x", "y"]].to_numpy(dtype=float))
    geometry[stands_for] = village[table["village"].to_numpy()[stands_for]]
    geometry[pd.isna(quality)] = None
    table["true_geom"] = table["geom"]
    table["geom"] = geometry


def _middle(table: pd.DataFrame) -> Any:
    return shapely.get_coordinates(shapely.point_on_surface(table["geom"].to_numpy(dtype=object)))
