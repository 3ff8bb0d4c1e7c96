"""How each asset came to stand as it does, and its codes in other systems."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import numpy as np
import pandas as pd

from demo.condition import flood_before
from demo.land import Land

_SEASONS: Final = {"tobacco_barn": (11, 7), "apple_store": (4, 9)}
_REVIVED: Final = 26
_SEASONS_BACK: Final = 3
_THREE_ASSETS: Final = "SZ-DEMO-{place}-{id:05d}"


def make_operating_periods(rng: np.random.Generator, assets: pd.DataFrame, on: dt.date) -> pd.DataFrame:
    """Building, running, and whatever came later; the last row is how the asset stands on the day."""
    built = assets["built"].to_numpy().astype(int)
    taken_over = np.maximum(assets["accepted"].to_numpy(), built)
    status = assets["operating_status"].to_numpy(dtype=object)
    building = status == "under_construction"
    rows = [_rows(assets, np.full(len(assets), True), "under_construction", built)]
    begun = ~building & (taken_over > built)
    rows.append(_rows(assets, begun, "operating", taken_over))
    rows.append(_rows(assets, ~building & ~begun, "operating", built))
    today = on.toordinal()
    ready = np.maximum(taken_over, built) + 30
    since = today - rng.integers(60, 720, len(assets))
    flood = flood_before(on).first.toordinal() + rng.integers(0, 9, len(assets))
    disposed = np.array([today if d is None else d.toordinal() for d in assets["disposed_on"]])
    since = np.select([status == "damaged", status == "disposed"], [flood, disposed], since)
    since = np.clip(since, np.minimum(ready, today), today)
    other = ~building & ~np.isin(status, ["operating", "seasonal"])
    rows.append(_rows(assets, other, None, since))
    # Whatever is idle or gone was used less and less before.
    waning = other & np.isin(status, ["idle", "disposed"]) & (since - 420 > ready) & (rng.random(len(assets)) < 0.6)
    rows.append(_rows(assets, waning, "inefficient", since - rng.integers(120, 400, len(assets))))
    rows += [_seasons(assets, kind, off, again, on) for kind, (off, again) in _SEASONS.items()]
    earning = (assets["asset_class"] == "earning").to_numpy() & (status == "operating") & (ready < today - 1500)
    earning &= ~assets["kind"].isin(_SEASONS).to_numpy()
    revived = np.zeros(len(assets), dtype=bool)
    revived[rng.permutation(np.flatnonzero(earning))[:_REVIVED]] = True
    idle_from = today - rng.integers(700, 1200, len(assets))
    rows.append(_rows(assets, revived, "idle", idle_from))
    rows.append(_rows(assets, revived, "operating", idle_from + rng.integers(150, 600, len(assets))))
    table = pd.concat(rows, ignore_index=True).sort_values(["asset_id", "day"], kind="stable", ignore_index=True)
    # Where two states begin on one day, the later one counts.
    table = table.drop_duplicates(["asset_id", "day"], keep="last", ignore_index=True)
    again = table["status"].eq(table["status"].shift()) & table["asset_id"].eq(table["asset_id"].shift())
    table = table[~again].reset_index(drop=True)
    table["valid_from"] = [dt.date.fromordinal(int(d)) for d in table["day"]]
    table["document"] = np.where(
        table["status"].isin(["idle", "disposed", "damaged"]),
        [f"陇帮资核〔{d.year}〕{d.month}号" for d in table["valid_from"]],
        None,
    )
    return table.drop(columns="day")


def make_outside_codes(rng: np.random.Generator, land: Land, assets: pd.DataFrame) -> pd.DataFrame:
    """Codes in the national system, and for what villages hold, on the 三资 platform."""
    national = assets["national_code"].notna()
    first = pd.DataFrame(
        {
            "asset_id": assets.loc[national, "id"],
            "system": "national",
            "code": assets.loc[national, "national_code"],
        }
    )
    booked = (assets["asset_class"] != "household") & assets["certified_on"].notna() & (rng.random(len(assets)) < 0.62)
    places = land.villages["code"].to_numpy()[assets.loc[booked, "village"]]
    second = pd.DataFrame(
        {
            "asset_id": assets.loc[booked, "id"],
            "system": "three_assets",
            "code": [
                _THREE_ASSETS.format(place=p, id=i) for p, i in zip(places, assets.loc[booked, "id"], strict=True)
            ],
        }
    )
    return pd.concat([first, second], ignore_index=True)


def _rows(assets: pd.DataFrame, which: Any, status: str | None, day: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "asset_id": assets["id"].to_numpy()[which],
            "status": assets["operating_status"].to_numpy(dtype=object)[which] if status is None else status,
            "day": np.asarray(day)[which],
        }
    )


def _seasons(assets: pd.DataFrame, kind: str, off: int, again: int, on: dt.date) -> pd.DataFrame:
    """Each year's pause of what works part of the year only, as far back as is recorded."""
    resting = assets["operating_status"].isin(["operating", "seasonal"]).to_numpy()
    mine = assets[(assets["kind"] == kind).to_numpy() & resting]
    ready = np.maximum(mine["accepted"].to_numpy(), mine["built"].to_numpy()) + 30
    parts = []
    for year in range(on.year - _SEASONS_BACK, on.year + 1):
        for status, month in (("seasonal", off), ("operating", again)):
            day = dt.date(year, month, 1)
            if day <= on:
                parts.append(_rows(mine, ready < day.toordinal(), status, np.full(len(mine), day.toordinal())))
    table = pd.concat(parts, ignore_index=True)
    # What is told to rest on the day must have begun to, even where it is younger than its season.
    last = table.sort_values("day").groupby("asset_id")["status"].last()
    wanted = mine.set_index("id")["operating_status"]
    stands = last.reindex(wanted.index).fillna("operating")
    wrong = (stands != wanted).to_numpy()
    return pd.concat([table, _rows(mine, wrong, None, np.minimum(ready, on.toordinal()))], ignore_index=True)
