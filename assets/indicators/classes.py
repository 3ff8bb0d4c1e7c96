"""Class limits of a choropleth: natural breaks or quantiles, rounded as far as the values allow."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Breaks = Literal["natural", "quantiles"]


def class_limits(values: Sequence[Decimal], how: Breaks = "natural", classes: int = 5) -> list[Decimal]:
    """The upper limits of ``classes`` classes of ``values``; fewer where there are fewer values.

    Parameters
    ----------
    values : sequence of Decimal
        In any order; zeros and negative values are left out, since zero has a colour of its own.
    how : {"natural", "quantiles"}
        Natural breaks (Jenks) make the sum of squared deviations inside the classes least;
        quantiles put equally many values in each.
    classes : int
        How many, at most.

    Returns
    -------
    list of Decimal
        Ascending. A value belongs to the first class whose limit is not less than it. Each
        limit is the roundest number that parts the same values.
    """
    ordered = sorted(value for value in values if value > 0)
    distinct = sorted(set(ordered))
    if not distinct:
        return []
    count = min(classes, len(distinct))
    starts = _natural(ordered, distinct, count) if how == "natural" else _quantiles(ordered, distinct, count)
    inner = [_roundest(distinct[start - 1], distinct[start]) for start in starts]
    return [*inner, _roundest_above(distinct[-1])]


def _quantiles(ordered: Sequence[Decimal], distinct: Sequence[Decimal], count: int) -> list[int]:
    """Indices into ``distinct`` where a new class starts."""
    places = [round(len(ordered) * part / count) for part in range(1, count)]
    return sorted({index for place in places if (index := distinct.index(ordered[min(place, len(ordered) - 1)])) > 0})


def _natural(ordered: Sequence[Decimal], distinct: Sequence[Decimal], count: int) -> list[int]:
    """Indices into ``distinct`` where a new class starts, by exact dynamic programming.

    ``cost[k][j]`` is the least sum of squares of the first j distinct values in k classes.
    """
    numbers = np.array([float(value) for value in distinct])
    weights = np.bincount(np.searchsorted(numbers, [float(value) for value in ordered]), minlength=len(numbers))
    w = np.concatenate([[0.0], np.cumsum(weights)])
    s = np.concatenate([[0.0], np.cumsum(weights * numbers)])
    q = np.concatenate([[0.0], np.cumsum(weights * numbers**2)])
    n = len(numbers)

    def inside(begin: NDArray[np.int_], end: int) -> NDArray[np.float64]:
        held = w[end] - w[begin]
        return np.asarray(q[end] - q[begin] - (s[end] - s[begin]) ** 2 / held)

    first = np.zeros(1, dtype=int)
    cost = np.array([np.inf, *(inside(first, j)[0] for j in range(1, n + 1))])
    cut = np.zeros((count + 1, n + 1), dtype=int)
    for k in range(2, count + 1):
        fresh = np.full(n + 1, np.inf)
        for j in range(k, n + 1):
            begin = np.arange(k - 1, j)
            totals = cost[begin] + inside(begin, j)
            best = int(np.argmin(totals))
            fresh[j], cut[k, j] = totals[best], begin[best]
        cost = fresh
    starts, end = [], n
    for k in range(count, 1, -1):
        end = int(cut[k, end])
        starts.append(end)
    return sorted(starts)


def _roundest(lowest: Decimal, below: Decimal) -> Decimal:
    """The number with the fewest digits in [lowest, below)."""
    for power in range(below.adjusted(), below.adjusted() - 30, -1):
        for step in (Decimal(5).scaleb(power), Decimal(2).scaleb(power), Decimal(1).scaleb(power)):
            candidate = _ceiling(lowest, step)
            if candidate < below:
                return candidate
    return lowest


def _roundest_above(value: Decimal) -> Decimal:
    """The least number of two digits that is not less than ``value``."""
    return _ceiling(value, Decimal(1).scaleb(value.adjusted() - 1))


def _ceiling(value: Decimal, step: Decimal) -> Decimal:
    return ((value / step).to_integral_value(ROUND_CEILING) * step).normalize()
