"""Who operates the earning assets for what rent, and what came in."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo.people import Parties

_LET_SHARE: Final = 0.62
_EXPIRED_SHARE: Final = 0.12
_EXPIRING_SHARE: Final = 0.07
_FAILED: Final = 5
_OVERDUE_SHARE: Final = 0.08
_FIRST_INCOME_YEAR: Final = 2021
_SOLAR_YIELD: Final = 0.104


def make_contracts(rng: np.random.Generator, parties: Parties, assets: pd.DataFrame, on: dt.date) -> pd.DataFrame:
    """Contracts in force, about to end, run out, and five of one operator who failed."""
    fit = (assets["asset_class"] == "earning") & ~assets["operating_status"].isin(["under_construction", "disposed"])
    fit &= ~assets["kind"].isin(["brand"]) & (assets["year"] < on.year)
    candidates = assets[fit]
    troubled = candidates["operating_status"].isin(["idle", "in_dispute"]).to_numpy()
    let = rng.random(len(candidates)) < np.where(candidates["kind"] == "pv_station", 0.3, _LET_SHARE + 0.1)
    failed_at = rng.permutation(np.flatnonzero(troubled))[:_FAILED]
    let[np.flatnonzero(troubled)] &= rng.random(int(troubled.sum())) < 0.4
    let[failed_at] = True
    table = candidates[let]
    size = len(table)
    failed = np.isin(np.flatnonzero(let), failed_at)
    today = on.toordinal()
    draw = rng.random(size)
    term = rng.choice([3, 5, 5, 8, 10, 15], size) * 365
    left = rng.integers(75, term - 40)
    # Only what has been let for years can have run out: as many of them as the whole should show.
    old = (table["built"].to_numpy() < today - 3 * 365 - 420) & ~failed
    share = size / max(1, int(old.sum()))
    expired = old & (draw < _EXPIRED_SHARE * share)
    soon = old & ~expired & (draw < (_EXPIRED_SHARE + _EXPIRING_SHARE) * share)
    left = np.where(soon, rng.integers(3, 59, size), left)
    left = np.where(expired, -rng.integers(6, 420, size), left)
    ends = today + left
    starts = np.maximum(ends - term, table["built"].to_numpy() + rng.integers(10, 80, size))
    starts = np.minimum(starts, np.minimum(ends, today - 138 * failed) - 4)
    mode = rng.choice(
        np.array(["lease", "entrusted", "cooperation", "shareholding"], dtype=object), size, p=[0.62, 0.16, 0.14, 0.08]
    )
    mode[(table["form"] == "equity").to_numpy()] = "shareholding"
    mode[(table["kind"] == "pv_station").to_numpy()] = "entrusted"
    operators = np.concatenate([parties.companies[1:], parties.cooperatives, parties.individuals])
    operator = operators[rng.integers(0, len(operators), size)]
    operator[failed] = parties.companies[0]
    signed = [dt.date.fromordinal(int(d)) for d in starts]
    filed = np.where(rng.random(size) < 0.86, starts + rng.integers(5, 70, size), 10**7)
    return pd.DataFrame(
        {
            "id": range(1, size + 1),
            "asset_id": table["id"].to_numpy(),
            "party_id": operator,
            "number": [f"LXHT-{d.year}-{k:03d}" for k, d in enumerate(signed, start=1)],
            "mode": mode,
            "annual_rent_yuan": np.rint(table["value"].to_numpy() * rng.uniform(0.035, 0.07, size) / 100) * 100,
            "starts_on": signed,
            "ends_on": [dt.date.fromordinal(int(d)) for d in ends],
            "ended_early_on": [on - dt.timedelta(138) if f else None for f in failed],
            "filed_on": [dt.date.fromordinal(int(d)) if d <= today else None for d in filed],
        }
    )


def make_incomes(rng: np.random.Generator, assets: pd.DataFrame, contracts: pd.DataFrame, on: dt.date) -> pd.DataFrame:
    """Year by year what was due, received and shared out; rent falls due in December."""
    rent = contracts.set_index("asset_id")
    earning = assets[(assets["asset_class"] == "earning") & (assets["operating_status"] != "under_construction")]
    let = earning["id"].isin(rent.index).to_numpy()
    solar = (earning["kind"] == "pv_station").to_numpy()
    own = ~let & ~solar & (rng.random(len(earning)) < 0.45)
    value = earning["value"].to_numpy()
    due = np.where(solar, value * _SOLAR_YIELD * rng.uniform(0.94, 1.08, len(earning)), 0.0)
    due[own] = value[own] * rng.uniform(0.02, 0.05, int(own.sum()))
    rented = let & ~solar
    due[rented] = rent.loc[earning["id"].to_numpy()[rented], "annual_rent_yuan"].to_numpy()
    start = np.array([d.year for d in earning["built_on"]]) + 1
    start[rented] = np.maximum(start[rented], [d.year for d in rent.loc[earning["id"].to_numpy()[rented], "starts_on"]])
    stop = np.where(earning["operating_status"].isin(["idle", "in_dispute"]), on.year - 1, on.year)
    stop = np.where(earning["operating_status"] == "disposed", on.year - 2, stop)
    parts = []
    for year in range(_FIRST_INCOME_YEAR, on.year + 1):
        at = np.flatnonzero((due > 0) & (start <= year) & (year <= stop))
        parts.append(_one_year(rng, earning["id"].to_numpy()[at], due[at], solar[at], year, on))
    table = pd.concat(parts, ignore_index=True).sort_values(["asset_id", "year"], ignore_index=True)
    table.insert(0, "id", range(1, len(table) + 1))
    return table


def _one_year(
    rng: np.random.Generator,
    asset: NDArray[Any],
    usual: NDArray[np.float64],
    solar: NDArray[np.bool_],
    year: int,
    on: dt.date,
) -> pd.DataFrame:
    size = len(asset)
    due = np.rint(usual * np.where(solar, rng.uniform(0.95, 1.05, size), 1.0) / 10) * 10
    day = dt.date(year, 12, 20)
    if day <= on:
        late = rng.random(size) < np.where(solar, 0.02, _OVERDUE_SHARE + 0.03)
        late &= rng.random(size) < (1.0 if year >= on.year - 1 else 0.35)
        received = np.where(late, due * rng.choice([0.0, 0.0, 0.3, 0.5], size), due)
        distributed = received * rng.uniform(0.5, 0.95, size)
        if day > on - dt.timedelta(60):
            distributed = distributed * 0.0
    else:
        passed = (on - dt.date(year, 1, 1)).days / 365.0
        received = np.where(solar, due * passed * 0.92, np.where(rng.random(size) < 0.18, due, 0.0))
        distributed = np.zeros(size)
    return pd.DataFrame(
        {
            "asset_id": asset,
            "year": year,
            "due_on": day,
            "due_yuan": due,
            "received_yuan": received.round(2),
            "distributed_yuan": np.floor(distributed / 100) * 100.0,
        }
    )
