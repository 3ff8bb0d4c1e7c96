"""Shares as they are printed: rounded once, half up, decimals per indicator."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any


def percentage(part: Any, whole: Any, decimals: int = 1) -> Decimal | None:
    """``part / whole`` in percent.

    Parameters
    ----------
    part, whole : int, Decimal or None
        Exact numbers of one unit.
    decimals : int
        Places kept; the one rounding is half up.

    Returns
    -------
    Decimal or None
        None where there is nothing to divide by.
    """
    if part is None or not whole:
        return None
    share = Decimal(part) * 100 / Decimal(whole)
    return share.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
