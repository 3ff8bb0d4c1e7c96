"""The figures an area is judged by: each a number, or a share with both its parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

from assets.indicators.ratios import percentage
from assets.maintenance.sums import ZERO, Sums

Kind = Literal["count", "yuan", "share"]


@dataclass(frozen=True)
class Facts:
    """What is known of one area on one day: exact numbers, nothing rounded."""

    sums: Sums = field(default_factory=Sums)
    certified: int = 0
    idle: int = 0
    paid_yuan: Decimal = ZERO
    payable_yuan: Decimal = ZERO


@dataclass(frozen=True)
class Value:
    """One figure of one area; ``denominator`` is 1 for counts and amounts."""

    kind: Kind
    numerator: int | Decimal
    denominator: int | Decimal = 1
    decimals: int = 1

    @property
    def exact(self) -> Fraction | None:
        """The unrounded value; None when the denominator is zero."""
        return Fraction(self.numerator) / Fraction(self.denominator) if self.denominator else None

    @property
    def percent(self) -> Decimal | None:
        """A share in percent, rounded once, half up."""
        return percentage(self.numerator, self.denominator, self.decimals)

    def change_from(self, earlier: Value) -> Decimal | None:
        """The difference to ``earlier``: percentage points for shares; rounded once, half up."""
        now, before = self.exact, earlier.exact
        if now is None or before is None:
            return None
        difference = now - before
        if self.kind == "share":
            scaled = difference * 100 * 10**self.decimals
            half_up = (abs(scaled) + Fraction(1, 2)).__floor__() * (1 if scaled >= 0 else -1)
            return Decimal(half_up).scaleb(-self.decimals)
        return Decimal(difference.numerator) / Decimal(difference.denominator)

    @property
    def plain(self) -> Decimal | None:
        """What a map or a file is coloured and filled with: percent for shares, else the number."""
        if self.kind == "share":
            return self.percent
        value = Decimal(self.numerator)
        return value if self.kind == "count" else value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Figure:
    """How a figure comes from the facts, and which of them it needs.

    ``better`` says which end is praised; None for plain sizes.
    """

    key: str
    kind: Kind
    better: Literal["low", "high"] | None
    parts: Callable[[Facts], tuple[int | Decimal, int | Decimal]]
    needs: frozenset[str] = frozenset()

    def of(self, facts: Facts) -> Value:
        """The value for one area."""
        numerator, denominator = self.parts(facts)
        return Value(self.kind, numerator, denominator)


def _figures(*listed: Figure) -> dict[str, Figure]:
    return {figure.key: figure for figure in listed}


RECORDS, MONEY = frozenset({"records"}), frozenset({"money"})
FIGURES = _figures(
    Figure("overdue_share", "share", "low", lambda f: (f.sums.overdue, f.sums.to_inspect)),
    Figure("arranged_share", "share", "high", lambda f: (f.sums.to_inspect, f.sums.to_arrange)),
    Figure("unarranged_share", "share", "low", lambda f: (f.sums.unarranged, f.sums.to_arrange)),
    Figure("in_order_share", "share", "high", lambda f: (f.sums.in_order, f.sums.to_arrange)),
    Figure("idle_share", "share", "low", lambda f: (f.idle, f.sums.to_arrange), RECORDS),
    Figure("certified_share", "share", "high", lambda f: (f.certified, f.sums.collective), RECORDS),
    Figure("paid_share", "share", "high", lambda f: (f.paid_yuan, f.payable_yuan), MONEY),
    Figure("assets", "count", None, lambda f: (f.sums.assets, 1)),
    Figure("value_yuan", "yuan", None, lambda f: (f.sums.value_yuan, 1)),
    Figure("overdue", "count", "low", lambda f: (f.sums.overdue, 1)),
    Figure("unarranged", "count", "low", lambda f: (f.sums.unarranged, 1)),
)
CARDS = ("assets", "arranged_share", "overdue_share", "idle_share", "certified_share", "paid_share")
