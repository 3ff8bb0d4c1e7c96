"""元 and 万元 in one column: told by the sizes, and never guessed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import numpy as np

from assets.imports.cells import masking, texts
from assets.imports.cells.columns import Read
from assets.imports.cells.found import Column
from assets.imports.cells.money import SCALES, names_unit
from assets.imports.problems import Fault, declare

declare(
    {
        "money_mixed": (
            "Read as the rest of the column, “{value}” is {reading} yuan. Did you mean {other} yuan? "
            "Confirm it, or write the unit behind the number, such as {suggested}."
        ),
    }
)
_WAN: Final = 10_000
# Below and above, an amount of a village's ledger was probably counted in the other unit.
LEAST_YUAN, MOST_YUAN = 10, 100_000_000
# A column that names no unit and whose usual amounts are this small counts in 万元.
_USUAL_IN_WAN: Final = 100
_ENOUGH: Final = 5
# Few assets of a village are worth less in yuan, or more in 万元.
_BETWEEN: Final = 1_000
# Between two heaps of amounts in two units lies this gap at least; their middles lie within these factors.
_GAP: Final = 10.0
_APART: Final = (300.0, 1_000_000.0)


def faults(read: Read, column: Column, numbers: Any) -> dict[int, Fault]:
    """Rows of a column of money that were probably meant in another unit; by row."""
    if column.field.type != "money" or not len(read.texts):
        return {}
    scale = SCALES.get(column.scale, 1)
    if scale not in (1, _WAN):
        return {}
    yuan = read.values.cast("float64").fill_null(0.0).to_numpy(zero_copy_only=False)
    sizes = np.abs(yuan) / scale
    bare = sizes > 0
    for place, text in read.cells.items():
        if names_unit(text):
            bare[place] = False
    counts = np.bincount(read.says[read.says >= 0], minlength=len(sizes))
    doubtful = _doubtful(sizes, bare, counts, scale=scale, named=bool(column.scale))
    told: dict[int, Fault] = {}
    places = {int(place): None for place in np.flatnonzero(doubtful)}
    for row, place in read.places(places):
        told[row] = _fault(read, place, column, scale, int(numbers[row]))
    return told


def _doubtful(sizes: Any, bare: Any, counts: Any, *, scale: int, named: bool) -> Any:
    """Which distinct amounts, as they stand, were probably counted in the other unit."""
    beyond = bare & (sizes * scale > MOST_YUAN)
    low, high = _heaps(sizes, bare, counts, in_wan=scale == _WAN)
    if scale == _WAN:
        return beyond | high
    usual = np.repeat(sizes[bare], counts[bare])
    if not named and len(usual) >= _ENOUGH and np.median(usual) < _USUAL_IN_WAN:
        # Nothing says in what it counts: all of it has to be looked at, but for what is plainly yuan.
        return (bare & ~high) | beyond
    return (bare & (sizes < LEAST_YUAN)) | beyond | low


def _heaps(sizes: Any, bare: Any, counts: Any, *, in_wan: bool) -> tuple[Any, Any]:
    """The smaller and the larger amounts of a column that falls into two heaps; none where it does not."""
    none = np.zeros(len(sizes), dtype=bool)
    known = np.sort(sizes[bare])
    if len(known) < 2 or counts[bare].sum() < _ENOUGH:
        return none, none
    odd = known[1:] >= _BETWEEN if in_wan else known[:-1] < _BETWEEN
    splits = np.flatnonzero((known[1:] / known[:-1] >= _GAP) & odd)
    best = max(splits, key=lambda at: known[at + 1] / known[at], default=None)
    if best is None:
        return none, none
    low, high = bare & (sizes <= known[best]), bare & (sizes > known[best])
    apart = _middle(sizes, high, counts) / _middle(sizes, low, counts)
    return (low, high) if _APART[0] <= apart <= _APART[1] else (none, none)


def _middle(sizes: Any, chosen: Any, counts: Any) -> float:
    return float(np.median(np.repeat(sizes[chosen], counts[chosen])))


def _fault(read: Read, place: int, column: Column, scale: int, number: int) -> Fault:
    text = texts.tidy(read.texts[place].as_py())
    value = Decimal(read.values[place].as_py())
    other, unit = (value * _WAN, "万元") if scale == 1 and abs(value) <= MOST_YUAN else (value / _WAN, "元")
    bare = (value / scale).normalize()
    suggested = f"{bare:f}{unit}" if unit == "万元" or scale != 1 else f"{other.normalize():f}元"
    data = {"reading": _written(value), "other": _written(other), "suggested": suggested}
    return Fault(
        number, column.field.key, "money_mixed", "doubt", masking.told(texts.shown(text), column.field), suggested, data
    )


def _written(value: Decimal) -> str:
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"
