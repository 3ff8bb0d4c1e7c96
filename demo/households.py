"""What single households got of some 到户类 batches; every one of them is invented."""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
import pandas as pd

from demo.names import invent_persons, invent_phones

_BATCHES: Final = 48
_MOST: Final = 60
_EACH: Final = {"hh_livestock": (2, 9), "hh_planting": (1, 6), "hh_tools": (1, 2)}


def make_household_items(
    rng: np.random.Generator, assets: pd.DataFrame, first_person: int, on: dt.date
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Items whose amounts add up to the batch's value, and the persons they name."""
    batches = assets[(assets["asset_class"] == "household") & assets["quantity"].between(3, _MOST)]
    recent = batches.sort_values(["year", "id"], ascending=[False, True])[:_BATCHES]
    rows = []
    for batch in recent.itertuples():
        count = int(batch.quantity)
        worth = round(float(batch.value) * 100)
        amount = np.full(count, worth // count)
        amount[: worth - int(amount.sum())] += 1
        low, high = _EACH.get(batch.kind, (1, 2))
        rows.append(
            pd.DataFrame(
                {"asset_id": batch.id, "quantity": rng.integers(low, high, count), "amount_yuan": amount / 100.0}
            )
        )
    items = pd.concat(rows, ignore_index=True)
    items["person_id"] = first_person + np.arange(len(items))
    items["note"] = None
    left = rng.permutation(len(items))[: len(items) // 60]
    items.loc[left, "note"] = [f"{on.year - 1}年核查:已出栏或外出,见核查表"] * len(left)
    persons = pd.DataFrame(
        {
            "id": items["person_id"],
            "name": invent_persons(rng, len(items)),
            "phone": invent_phones(rng, len(items)),
            "account_id": pd.array([None] * len(items), dtype="Int64"),
        }
    )
    return items, persons
