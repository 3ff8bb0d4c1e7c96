"""Arithmetic of shares: exact fractions, what is missing to the whole, and what was probably meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Protocol

# Rounded percentages of up to this many holders are recognised: 1.5625 % is 1/64.
MOST_EQUAL = 100
# A sum this close to the whole was meant to be the whole.
NEARLY_WHOLE = Fraction(1, 50)
LARGEST_DENOMINATOR = 1_000_000


class Held(Protocol):
    """A share from a day to a day."""

    share_numerator: int
    share_denominator: int
    valid_from: dt.date
    valid_to: dt.date | None


def share_of(right: Held) -> Fraction:
    """The share of a right as a number."""
    return Fraction(right.share_numerator, right.share_denominator)


def written(share: Fraction) -> str:
    """A share for people: ``1/3 (33.33 %)``; the percentage is rounded, the fraction is not."""
    percent = f"{float(share * 100):.4f}".rstrip("0").rstrip(".")
    return f"{share.numerator}/{share.denominator} ({percent} %)" if share.denominator > 1 else f"{share.numerator}"


def fits(share: Fraction) -> bool:
    """Whether a share can be kept."""
    return 0 < share <= 1 and share.denominator <= LARGEST_DENOMINATOR


def in_force_between(rights: Iterable[Held], first: dt.date, last: dt.date | None) -> list[Held]:
    """Those that hold on any day from ``first`` until before ``last``."""
    return [
        right
        for right in rights
        if (last is None or right.valid_from < last) and (right.valid_to is None or right.valid_to > first)
    ]


def largest_sum(rights: Sequence[Held], first: dt.date, last: dt.date | None) -> tuple[Fraction, dt.date]:
    """The largest sum of shares on any day from ``first`` until before ``last``, and its first day."""
    days = sorted({first, *(max(first, right.valid_from) for right in in_force_between(rights, first, last))})
    sums = [(sum_on(rights, day), day) for day in days]
    return max(sums, key=lambda pair: (pair[0], -pair[1].toordinal()))


def sum_on(rights: Iterable[Held], day: dt.date) -> Fraction:
    """The sum of the shares that hold on ``day``."""
    held = (r for r in rights if r.valid_from <= day and (r.valid_to is None or r.valid_to > day))
    return sum((share_of(right) for right in held), Fraction())


def is_rounding(shares: Sequence[Fraction]) -> bool:
    """Whether shares miss the whole by so little that they are rounded, and no holder is missing.

    63 of 64 villages miss as much as one of them holds: there somebody may be missing.
    """
    gap = abs(1 - sum(shares, Fraction()))
    return bool(shares) and 0 < gap <= NEARLY_WHOLE and gap < min(shares) / 2


def proposal(shares: Sequence[Fraction]) -> list[Fraction] | None:
    """The simple fractions that rounded shares were meant for: 33.33 % three times → 1/3 three times.

    None when rounding does not explain what is missing or too much.
    """
    if not is_rounding(shares):
        return None
    total = sum(shares, Fraction())
    for most in range(2, MOST_EQUAL + 1):
        near = [share.limit_denominator(most) for share in shares]
        close = all(abs(guess - share) <= NEARLY_WHOLE / len(shares) for guess, share in zip(near, shares, strict=True))
        if close and sum(near, Fraction()) == 1 and all(guess > 0 for guess in near):
            return near
    # No common pattern: the largest share takes the difference.
    found = list(shares)
    largest = max(range(len(found)), key=lambda k: found[k])
    found[largest] += 1 - total
    return found if fits(found[largest]) else None
