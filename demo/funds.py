"""Fund documents, what each project gets of them, and what has been paid."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo.budgets import EXACT_YEAR, IN_WAN, SOURCES_WAN
from demo.names import BRANDS
from demo.projects import Works

# source, batch, share of the source, month and day, months before (-1) or in (0) the year, number
_BATCHES: Final = (
    ("central", "提前批", 0.7, -1, 11, 18, "宝财农〔{y}〕{n}号"),
    ("province", "提前批", 0.6, -1, 12, 6, "宝财农〔{y}〕{n}号"),
    ("central", "第二批", 0.3, 0, 4, 22, "宝财农〔{y}〕{n}号"),
    ("province", "第二批", 0.4, 0, 5, 16, "宝财农〔{y}〕{n}号"),
    ("city", "第一批", 1.0, 0, 3, 14, "宝财农〔{y}〕{n}号"),
    ("county", "第一批", 1.0, 0, 2, 26, "陇财农〔{y}〕{n}号"),
    ("east_west", "第一批", 1.0, 0, 4, 9, "陇财农〔{y}〕{n}号"),
)
_TITLES: Final = {
    "central": "中央财政衔接推进乡村振兴补助资金",
    "province": "省级财政衔接推进乡村振兴补助资金",
    "city": "市级财政衔接资金",
    "county": "县级财政衔接配套资金",
    "east_west": "苏陕协作资金",
}
_FUND_NAMES: Final = {"county": "matching", "east_west": "cooperation"}
_REGULAR_SINCE: Final = 2026
_FEE_SHARES: Final = {"central": 0.01, "province": 0.03}


@dataclass(frozen=True)
class Funds:
    """The three tables of money."""

    documents: pd.DataFrame
    allocations: pd.DataFrame
    payments: pd.DataFrame


def make_funds(rng: np.random.Generator, works: Works, on: dt.date, county_id: int) -> Funds:
    """Money of every year, consistent: paid ≤ arranged ≤ received."""
    table = works.table
    documents: list[dict[str, Any]] = []
    allocations = []
    for year in range(int(table["year"].min()), on.year + 2):
        mine = table[(table["year"] == year) & ~(table["year"] == on.year + 1)]
        total = round(float(mine["budget_yuan"].sum()) / IN_WAN)
        received = {EXACT_YEAR: total, on.year: round(total * 1.03), on.year + 1: 15600}.get(year, total)
        papers = _documents(rng, year, received, county_id)
        if len(mine):
            order = np.lexsort((rng.random(len(mine)), mine["category"] != "industry"))
            part = _lines(mine.iloc[order], papers, fee_from_one=year == on.year - 1)
            part["fund_document_id"] += len(documents)
            allocations.append(part)
        documents += papers
    papers_table = pd.DataFrame(documents)
    papers_table.insert(0, "id", range(1, len(papers_table) + 1))
    shares = pd.concat(allocations, ignore_index=True)
    listed = works.real[shares["at"].to_numpy(), 2]
    came = np.array([d.toordinal() for d in papers_table["received_on"]])[shares["fund_document_id"] - 1]
    arranged = np.maximum(listed, came) + rng.integers(4, 30, len(shares))
    kept = arranged <= on.toordinal()
    shares, arranged = shares[kept].reset_index(drop=True), arranged[kept]
    shares["arranged_on"] = [dt.date.fromordinal(int(d)) for d in arranged]
    shares.insert(0, "id", range(1, len(shares) + 1))
    payments = _payments(rng, works, shares, arranged, on)
    known = papers_table[papers_table["received_on"] <= on]
    return Funds(known, shares.drop(columns="at"), payments)


def _documents(rng: np.random.Generator, year: int, total_wan: int, county_id: int) -> list[dict[str, Any]]:
    whole = sum(SOURCES_WAN.values())
    by_source = {s: round(total_wan * wan / whole) for s, wan in SOURCES_WAN.items()}
    by_source["county"] += total_wan - sum(by_source.values())
    rows, left = [], dict(by_source)
    for k, (source, batch, share, back, month, day, pattern) in enumerate(_BATCHES):
        n = 3 + 12 * k + int(rng.integers(0, 11)) - (100 * back if back else 0)
        wan = left[source] if share == 1.0 or batch == "第二批" else round(by_source[source] * share)
        left[source] -= wan
        when = dt.date(year + back, month, min(28, day + int(rng.integers(0, 6))))
        title = _TITLES[source]
        if year >= _REGULAR_SINCE:
            title = title.replace("衔接推进乡村振兴补助资金", "常态化帮扶资金").replace("衔接", "常态化帮扶")
        rows.append(
            {
                "region_id": county_id,
                "number": pattern.format(y=when.year, n=n),
                "title": f"关于下达{year}年{title}({batch})的通知",
                "budget_year": year,
                "batch": batch,
                "source": source,
                "fund_name": _FUND_NAMES.get(source, "linkage"),
                "purpose": "产业发展、乡村建设等" if source != "east_west" else "劳务协作、产业协作",
                "received_on": when,
                "received_yuan": float(wan * IN_WAN),
            }
        )
    return rows


def _lines(projects: pd.DataFrame, papers: list[dict[str, Any]], *, fee_from_one: bool) -> pd.DataFrame:
    """Industry is paid from central and provincial money first; the management fee from what may be used for it."""
    received = np.array([p["received_yuan"] for p in papers])
    is_fee = (projects["category"] == "management_fee").to_numpy()
    fee = projects["budget_yuan"].to_numpy()[is_fee].sum()
    share = np.array([_FEE_SHARES.get(p["source"], 0.0) for p in papers])
    most = np.floor(share * received / IN_WAN) * IN_WAN
    if fee_from_one:
        # What auditors find: the whole fee from one document, beyond its share, and nobody says why.
        most[0] = fee
    taken = np.diff(np.minimum(np.cumsum(most), fee), prepend=0.0)
    return pd.concat(
        [_intersections(projects[is_fee], taken), _intersections(projects[~is_fee], received - taken)],
        ignore_index=True,
    )


def _intersections(projects: pd.DataFrame, money: NDArray[np.float64]) -> pd.DataFrame:
    """Lay projects and documents end to end along the money: what overlaps is an allocation."""
    to = np.cumsum(projects["budget_yuan"].to_numpy())
    have = np.cumsum(money)
    start = np.maximum((to - projects["budget_yuan"].to_numpy())[:, None], np.concatenate([[0.0], have[:-1]])[None, :])
    amount = np.minimum(to[:, None], have[None, :]) - start
    project, paper = np.nonzero(amount > 0.5)
    return pd.DataFrame(
        {
            "fund_document_id": paper + 1,
            "project_id": projects["id"].to_numpy()[project],
            "at": projects.index.to_numpy()[project],
            "arranged_yuan": amount[project, paper].round(2),
        }
    )


def _payments(rng: np.random.Generator, works: Works, shares: pd.DataFrame, arranged: Any, on: dt.date) -> pd.DataFrame:
    """An advance, a payment at completion, one at acceptance, and a retention a year later."""
    at = shares["at"].to_numpy()
    real = works.real[at]
    service = works.table["kind"].isin(["service", "reward"]).to_numpy()[at]
    days = np.stack(
        [
            real[:, 5] + 10,
            real[:, 6] + 12,
            np.where(service, np.inf, real[:, 7] + 25),
            np.where(service, np.inf, real[:, 7] + 365),
        ]
    )
    part = np.where(service, np.array([[0.55], [0.45], [0.0], [0.0]]), np.array([[0.3], [0.45], [0.22], [0.03]]))
    days = np.maximum(days + rng.integers(0, 25, days.shape), arranged + 3)
    number, row = np.nonzero((days <= on.toordinal()) & (part > 0))
    amount = (shares["arranged_yuan"].to_numpy()[row] * part[number, row]).round(2)
    when = [dt.date.fromordinal(int(d)) for d in days[number, row]]
    builders = np.array([f"陕西{b}建设工程有限公司" for b in BRANDS[:14]], dtype=object)
    payee = np.where(service[row], "惠农一卡通代发户", builders[works.table["id"].to_numpy()[at][row] % len(builders)])
    table = pd.DataFrame(
        {
            "allocation_id": shares["id"].to_numpy()[row],
            "paid_on": when,
            "paid_yuan": amount,
            "voucher": [f"记-{d:%Y-%m}-{n:04d}" for d, n in zip(when, rng.integers(1, 900, len(when)), strict=True)],
            "payee": payee,
        }
    )
    # Half cents are rounded up or down; the last payment takes what is left, never more.
    over = (
        table.groupby("allocation_id")["paid_yuan"].cumsum()
        - shares.set_index("id")["arranged_yuan"].loc[table["allocation_id"]].to_numpy()
    )
    table["paid_yuan"] = (table["paid_yuan"] - over.clip(lower=0.0)).round(2)
    return table[table["paid_yuan"] > 0].reset_index(drop=True)
