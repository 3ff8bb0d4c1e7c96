"""Labels and limits of the demonstration: those every registry begins with."""

from __future__ import annotations

import pandas as pd

from assets.terms.defaults import DATED, default_rows


def make_dated_rows() -> dict[str, pd.DataFrame]:
    """One frame per table of dated rows."""
    tables = {}
    for entity in DATED:
        table = pd.DataFrame(default_rows(entity), dtype=object)
        table.insert(0, "id", range(1, len(table) + 1))
        tables[entity.__tablename__] = table
    return tables
