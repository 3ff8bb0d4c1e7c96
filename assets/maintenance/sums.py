"""What is counted of a set of assets: by upkeep status, by what is missing, and their value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal

from assets.vocabulary import NO_BODY, NO_MONEY, NO_PERSON

ZERO = Decimal(0)


@dataclass(frozen=True)
class Sums:
    """Counts of assets and their original values in yuan.

    ``value_yuan`` is collective: what was given to households (到户类) is counted in
    ``household_value_yuan`` alone.
    """

    assets: int = 0
    household: int = 0
    value_yuan: Decimal = ZERO
    household_value_yuan: Decimal = ZERO
    in_order: int = 0
    due_soon: int = 0
    overdue: int = 0
    unarranged: int = 0
    exempt: int = 0
    no_body: int = 0
    no_person: int = 0
    no_money: int = 0

    @classmethod
    def of_cell(cls, household: bool, status: str, missing: int, assets: int, value_yuan: Decimal) -> Sums:
        """The sums of ``assets`` that share class, status and what is missing."""
        counts = {status: assets}
        for name, bit in (("no_body", NO_BODY), ("no_person", NO_PERSON), ("no_money", NO_MONEY)):
            counts[name] = assets if missing & bit and status == "unarranged" else 0
        return cls(
            assets=assets,
            household=assets if household else 0,
            value_yuan=ZERO if household else value_yuan,
            household_value_yuan=value_yuan if household else ZERO,
            **counts,
        )

    @classmethod
    def total(cls, parts: Iterable[Sums]) -> Sums:
        """The sum of ``parts``."""
        listed = list(parts)
        return cls(**{name: sum((getattr(part, name) for part in listed), _NOTHING[name]) for name in _NOTHING})

    def __add__(self, other: Sums) -> Sums:
        return Sums.total((self, other))

    def __sub__(self, other: Sums) -> Sums:
        return Sums(**{name: getattr(self, name) - getattr(other, name) for name in _NOTHING})

    def __bool__(self) -> bool:
        return self != Sums()

    @property
    def collective(self) -> int:
        """Assets that are not given to households."""
        return self.assets - self.household

    @property
    def to_inspect(self) -> int:
        """Assets that should be inspected: upkeep is arranged, so a next inspection has a date."""
        return self.in_order + self.due_soon + self.overdue

    @property
    def to_arrange(self) -> int:
        """Assets that should have upkeep: all but the exempt."""
        return self.to_inspect + self.unarranged


_NOTHING = {item.name: getattr(Sums(), item.name) for item in fields(Sums)}
