"""Amounts that were probably meant in another unit."""

from __future__ import annotations

from decimal import Decimal

from assets.checking import Checks

# Ten thousand times, give or take what amounts usually differ by.
_FAR = 2_000


def spoken(amount: Decimal) -> str:
    """An amount with thousands marks, and with fen where there are any."""
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"


def doubt_scale(checks: Checks, field: str, amount: Decimal, usual: Decimal | None) -> None:
    """Doubt an amount that is thousands of times smaller or larger than the ``usual`` one.

    Parameters
    ----------
    checks : Checks
        Gets the doubt, with the key ``unit``.
    field : str
        Where the amount was entered.
    amount, usual : Decimal
        In yuan; nothing is doubted without a usual amount.
    """
    if not usual or not amount:
        return
    if amount * _FAR <= usual:
        checks.doubt(
            "unit",
            field,
            "{amount} yuan is thousands of times less than usual ({usual} yuan). Was 10k yuan meant?",
            amount=spoken(amount),
            usual=spoken(usual),
        )
    elif amount >= usual * _FAR:
        checks.doubt(
            "unit",
            field,
            "{amount} yuan is thousands of times more than usual ({usual} yuan). Is it really in yuan?",
            amount=spoken(amount),
            usual=spoken(usual),
        )
