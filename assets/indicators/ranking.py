"""Areas in order of one figure, and how that changed since the end of last month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from sqlalchemy.orm import Session

from assets.filters import Filter
from assets.indicators.by_area import AreaFacts, facts_by_area
from assets.indicators.figures import CARDS, FIGURES, Figure, Value
from assets.regions.models import Region

# Whether an asset stands idle is known of today only, so it has no change since last month.
UNDATED = frozenset({"idle_share"})


@dataclass(frozen=True)
class Ranked:
    """One area in the order; ``rank`` is None where the figure has nothing to divide by."""

    region: Region
    value: Value
    rank: int | None
    before: Value | None
    rank_before: int | None
    change: Decimal | None

    @property
    def rise(self) -> int | None:
        """Places gained since last month; negative for places lost."""
        return None if self.rank is None or self.rank_before is None else self.rank_before - self.rank


@dataclass(frozen=True)
class Card:
    """One figure of an area with its change since the end of last month."""

    figure: Figure
    value: Value
    before: Value | None
    change: Decimal | None


@dataclass(frozen=True)
class Review:
    """An area in six figures, and the areas below it in the order of one."""

    now: AreaFacts
    compared_on: dt.date
    figure: Figure
    cards: Sequence[Card]
    rows: Sequence[Ranked]


def end_of_last_month(day: dt.date) -> dt.date:
    """The last day of the month before ``day``'s."""
    return day.replace(day=1) - dt.timedelta(days=1)


def review(session: Session, area: Region, asked: Filter, key: str, *, cards: Iterable[str] = CARDS) -> Review:
    """``area`` on ``asked.day``: its cards, and its sub-areas ranked by the figure ``key``.

    Parameters
    ----------
    session : Session
        Bound to the viewer.
    area : Region
        The area.
    asked : Filter
        Day and filters.
    key : str
        The figure that ranks; best first, equals share a rank.
    cards : iterable of str
        The figures shown for the area as a whole.
    """
    wanted = list(cards)
    keys = [*wanted, key]
    now = facts_by_area(session, area, asked, figures=keys)
    compared_on = end_of_last_month(asked.day)
    earlier = facts_by_area(session, area, replace(asked, day=compared_on), figures=keys)
    return Review(
        now,
        compared_on,
        FIGURES[key],
        [_card(FIGURES[wish], now, earlier) for wish in wanted],
        _ranked(FIGURES[key], now, earlier),
    )


def ranks(values: Mapping[int, Value], better: str | None) -> dict[int, int]:
    """Rank by key, 1 for the best (the greatest where nothing is better); equals share a rank."""
    exact = {key: value.exact for key, value in values.items()}
    known: dict[int, Fraction] = {key: number for key, number in exact.items() if number is not None}
    signed = {key: number if better == "low" else -number for key, number in known.items()}
    return {key: 1 + sum(other < number for other in signed.values()) for key, number in signed.items()}


def _card(figure: Figure, now: AreaFacts, earlier: AreaFacts) -> Card:
    value, before = figure.of(now.total), figure.of(earlier.total)
    if figure.key in UNDATED or (figure.key == "paid_share" and now.day.year != earlier.day.year):
        return Card(figure, value, None, None)
    return Card(figure, value, before, value.change_from(before))


def _ranked(figure: Figure, now: AreaFacts, earlier: AreaFacts) -> list[Ranked]:
    values = {region.id: figure.of(facts) for region, facts in now.rows}
    before = {} if figure.key in UNDATED else {region.id: figure.of(facts) for region, facts in earlier.rows}
    rank, rank_before = ranks(values, figure.better), ranks(before, figure.better)
    rows = [
        Ranked(
            region,
            values[region.id],
            rank.get(region.id),
            before.get(region.id),
            rank_before.get(region.id),
            values[region.id].change_from(before[region.id]) if region.id in before else None,
        )
        for region, _ in now.rows
    ]
    return sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.region.code))
