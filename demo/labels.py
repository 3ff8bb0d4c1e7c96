"""How the industry projects of ten years were sorted into the four batches, and sorted anew."""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
import pandas as pd

_SORTED_ON: Final = dt.date(2023, 3, 15)
_AGAIN_ON: Final = dt.date(2024, 6, 28)
_DOCUMENT: Final = "陇乡振领发〔2023〕6号 产业项目“四个一批”分类台账"
_SECOND: Final = "陇农领办发〔2024〕19号 产业项目“四个一批”动态调整"
_CHANGED: Final = 37
_BEFORE: Final = {"consolidate": "revive", "upgrade": "consolidate", "revive": "upgrade", "adjust": "revive"}


def make_labels(rng: np.random.Generator, projects: pd.DataFrame) -> pd.DataFrame:
    """One row per project and period; some were sorted otherwise at first."""
    mine = projects[projects["four_batch"].notna()]
    now = pd.DataFrame(
        {
            "project_id": mine["id"].to_numpy(),
            "scheme": "four_batch",
            "code": mine["four_batch"].to_numpy(dtype=object),
            "document": _DOCUMENT,
            "valid_from": _SORTED_ON,
            "valid_to": None,
        }
    )
    again = np.sort(rng.permutation(len(now))[:_CHANGED])
    before = now.iloc[again].assign(valid_to=_AGAIN_ON)
    before["code"] = before["code"].map(_BEFORE)
    now.loc[now.index[again], "valid_from"] = _AGAIN_ON
    now.loc[now.index[again], "document"] = _SECOND
    return pd.concat([before, now], ignore_index=True).sort_values(["project_id", "valid_from"], ignore_index=True)
