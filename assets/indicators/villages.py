"""Figures of villages and natural villages: income, waste, toilets, plans."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func
from sqlalchemy.orm import Session

from assets.filters import Filter
from assets.indicators.ratios import percentage
from assets.places import queries as places
from assets.places.models import NaturalVillage, Village
from assets.terms.thresholds import find_threshold, threshold_at

STRONG = "strong_village_income_yuan"
WEAK = "weak_village_income_yuan"
WASTE = "natural_village_waste_share"
TOILETS = "sanitary_toilet_share"
PLANS = "village_plans_target"


@dataclass(frozen=True)
class Ratio:
    """A part of a whole; ``wanted`` is the limit it is held against, ``unknown`` what could not be counted."""

    part: int
    whole: int
    wanted: Decimal | None = None
    unknown: int = 0
    decimals: int = 1

    @property
    def percent(self) -> Decimal | None:
        """In percent, rounded once; None where there is nothing to divide by."""
        return percentage(self.part, self.whole, self.decimals)

    @property
    def met(self) -> bool | None:
        """Whether the share reaches the limit; None where there is no limit or nothing to compare."""
        if self.wanted is None or not self.whole:
            return None
        return Decimal(self.part) >= self.wanted * self.whole

    @property
    def lacking(self) -> int:
        """What is not part of it."""
        return self.whole - self.part


def village_ratios(session: Session, asked: Filter) -> dict[str, Ratio]:
    """The figures of an area, by the code of the limit each is held against.

    Only villages 行政村 count, communities do not. Strong and weak are shares of the villages
    whose income is known; a village is held against the limit of the nearest area that sets one.
    """
    income = Village.collective_income
    strong = income >= threshold_at(STRONG, Village.region_path, asked.day)
    weak = income < threshold_at(WEAK, Village.region_path, asked.day)
    every, known, rich, poor, planned = session.execute(
        places.villages(
            asked,
            func.count(),
            func.count(income),
            func.count().filter(strong),
            func.count().filter(weak),
            func.count().filter(Village.plan_done),
        ).where(Village.kind == "village")
    ).one()
    waste, collected, households, toilets = session.execute(_natural(asked)).one()

    def limit(code: str) -> Decimal | None:
        return find_threshold(session, code, asked.area_path, asked.day)

    target = limit(PLANS)
    return {
        STRONG: Ratio(rich, known, unknown=every - known),
        WEAK: Ratio(poor, known, unknown=every - known),
        WASTE: Ratio(collected, waste, limit(WASTE)),
        TOILETS: Ratio(int(toilets or 0), int(households or 0), limit(TOILETS)),
        PLANS: Ratio(planned, every if target is None else int(target)),
    }


def _natural(asked: Filter) -> Any:
    """Natural villages whose waste is known, and collected; households whose toilets are known, and good."""
    both = and_(NaturalVillage.sanitary_toilets.is_not(None), NaturalVillage.households.is_not(None))
    return places.natural_villages(
        asked,
        func.count(NaturalVillage.waste_collected),
        func.count().filter(NaturalVillage.waste_collected.is_(True)),
        func.sum(NaturalVillage.households).filter(both),
        func.sum(NaturalVillage.sanitary_toilets).filter(both),
    )
