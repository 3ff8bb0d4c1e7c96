"""What happens to money after it was arranged: taken back, moved, carried over, paid in excess."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import numpy as np
import pandas as pd

from demo.funds import Funds
from demo.projects import Works

_MOVED: Final = 6
_MOVED_SHARE: Final = 0.1
_EXCESS: Final = ((0.04, "合同变更增加工程量,已报县领导小组同意,差额由县级资金补足"), (0.025, None))
_SETTLED_DAYS: Final = (35, 150)
_FINAL_DAYS: Final = (160, 420)


def corrected_funds(rng: np.random.Generator, works: Works, funds: Funds, on: dt.date) -> tuple[Funds, pd.DataFrame]:
    """The money with its later changes, and what each document carried over its year's end."""
    lines = funds.allocations.assign(kind="arranged", document=None, excess_reason=None)
    returned = _returned(works, lines, on)
    moved = _moved(rng, works, funds, lines, on)
    lines = pd.concat([lines, returned, moved], ignore_index=True)
    lines["id"] = range(1, len(lines) + 1)
    payments = _with_excess(rng, funds, on)
    return Funds(funds.documents, lines, payments), _carried(funds.documents, lines, payments, on)


def account_stages(rng: np.random.Generator, stages: pd.DataFrame, projects: pd.DataFrame, on: dt.date) -> pd.DataFrame:
    """Settlement and final accounts on their own clock, months after completion and acceptance."""
    kind = projects.set_index("id")["kind"]
    parts = []
    for name, after, kinds, (low, high), share, mark in (
        ("settled", "finished", ("works", "purchase", "service"), _SETTLED_DAYS, 0.93, "结审〔{y}〕{n}号"),
        ("final_accounts", "accepted", ("works",), _FINAL_DAYS, 0.85, "陇财决批〔{y}〕{n}号"),
    ):
        from_ = stages[(stages["stage"] == after) & stages["project_id"].map(kind).isin(kinds)]
        days = np.array([d.toordinal() for d in from_["reached_on"]]) + rng.integers(low, high, len(from_))
        done = (days <= on.toordinal()) & (rng.random(len(from_)) < share)
        when = [dt.date.fromordinal(int(d)) for d in days[done]]
        numbers = rng.integers(1, 260, len(when))
        parts.append(
            pd.DataFrame(
                {
                    "project_id": from_["project_id"].to_numpy()[done],
                    "stage": name,
                    "reached_on": when,
                    "document": [mark.format(y=d.year, n=n) for d, n in zip(when, numbers, strict=True)],
                }
            )
        )
    return pd.concat([stages, *parts], ignore_index=True)


def _returned(works: Works, lines: pd.DataFrame, on: dt.date) -> pd.DataFrame:
    """Money of projects given up goes back to its document."""
    ended = works.table.loc[works.table["stage"] == "terminated", "id"]
    back = lines[lines["project_id"].isin(ended)].copy()
    back["arranged_yuan"] = -back["arranged_yuan"]
    back["arranged_on"] = [min(d + dt.timedelta(120), on) for d in back["arranged_on"]]
    back["kind"] = "returned"
    back["document"] = [f"陇财农函〔{d.year}〕{d.month + 20}号" for d in back["arranged_on"]]
    return back


def _moved(rng: np.random.Generator, works: Works, funds: Funds, lines: pd.DataFrame, on: dt.date) -> pd.DataFrame:
    """A tenth of what some projects of the year get comes from another document than first said."""
    spare = funds.documents.set_index("id")["received_yuan"] - lines.groupby("fund_document_id")["arranged_yuan"].sum()
    papers = funds.documents.set_index("id").loc[spare[spare > 0].index]
    papers = papers[papers["budget_year"] == on.year]
    if papers.empty:
        return lines.iloc[:0]
    paper = int(papers.index[-1])
    paid = funds.payments.groupby("allocation_id")["paid_yuan"].sum().reindex(lines["id"]).fillna(0.0).to_numpy()
    open_ = (lines["arranged_yuan"] - paid).where(lines["fund_document_id"] != paper, 0.0)
    year = works.table.set_index("id")["year"].reindex(lines["project_id"]).to_numpy()
    ended = works.table.loc[works.table["stage"] == "terminated", "id"]
    known = lines.loc[lines["fund_document_id"] == paper, "project_id"]
    free = (open_ > 5000) & (year == on.year) & ~lines["project_id"].isin([*ended, *known])
    chosen = lines[free].drop_duplicates("project_id")
    chosen = chosen.iloc[np.sort(rng.permutation(len(chosen))[:_MOVED])].copy()
    most = np.minimum(chosen["arranged_yuan"] * _MOVED_SHARE, open_[chosen.index] * 0.8)
    amount = (most / 100).round() * 100.0
    within = (amount.cumsum() <= spare[paper]).to_numpy() & (amount > 0).to_numpy()
    chosen, amount = chosen[within], amount[within]
    when = [min(max(d, papers.loc[paper, "received_on"]) + dt.timedelta(45), on) for d in chosen["arranged_on"]]
    less = chosen.assign(
        kind="adjusted", arranged_yuan=-amount, arranged_on=when, document=f"陇财农函〔{on.year}〕47号"
    )
    return pd.concat([less, less.assign(kind="arranged", arranged_yuan=amount, fund_document_id=paper)])


def _with_excess(rng: np.random.Generator, funds: Funds, on: dt.date) -> pd.DataFrame:
    """Two payments above what was arranged: one explained, one not."""
    paid = funds.payments.assign(excess_reason=None)
    full = paid.groupby("allocation_id").agg(paid_yuan=("paid_yuan", "sum"), paid_on=("paid_on", "max"))
    arranged = funds.allocations.set_index("id")["arranged_yuan"]
    over = full[(full["paid_yuan"] >= arranged.reindex(full.index) - 0.01) & (full["paid_yuan"] > 100_000)]
    rows: list[dict[str, Any]] = []
    for at, (share, reason) in zip(rng.permutation(len(over)), _EXCESS, strict=False):
        line = over.iloc[int(at)]
        rows.append(
            {
                "allocation_id": int(over.index[int(at)]),
                "paid_on": min(line["paid_on"] + dt.timedelta(25), on),
                "paid_yuan": round(float(line["paid_yuan"]) * share, -2),
                "voucher": None,
                "payee": None,
                "excess_reason": reason,
            }
        )
    return pd.concat([paid, pd.DataFrame(rows)], ignore_index=True)


def _carried(documents: pd.DataFrame, lines: pd.DataFrame, payments: pd.DataFrame, on: dt.date) -> pd.DataFrame:
    """What was received and not paid when the budget year ended; a little of it was taken back."""
    paid = payments.merge(lines[["id", "fund_document_id"]], left_on="allocation_id", right_on="id")
    arranged = lines.groupby("fund_document_id")["arranged_yuan"].sum()
    rows: list[dict[str, Any]] = []
    for paper in documents.itertuples():
        decided = dt.date(paper.budget_year + 1, 1, 20)
        if decided > on:
            continue
        spent = paid[(paid["fund_document_id"] == paper.id) & (paid["paid_on"] <= dt.date(paper.budget_year, 12, 31))][
            "paid_yuan"
        ].sum()
        left = round(float(paper.received_yuan) - float(spent), 2)
        if left <= 0:
            continue
        spare = float(paper.received_yuan) - float(arranged.get(paper.id, 0.0))
        back = max(0.0, min(round(left * 0.02, -2), round(spare, 2)))
        rows.append(
            {
                "fund_document_id": paper.id,
                "year": paper.budget_year,
                "carried_yuan": round(left - back, 2),
                "taken_back_yuan": back,
                "decided_on": decided,
                "document": f"陇财农〔{decided.year}〕{4 + paper.id % 9}号",
            }
        )
    return pd.DataFrame(rows)
