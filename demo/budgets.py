"""How many projects of each category a year has, how large they are, and when they move on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from demo import plans
from demo.plans import Plan
from demo.relief import FloatArray

EXACT_YEAR: Final = 2024
MIDDLE_WAN: Final = 60
LARGEST_WAN: Final = 900
IN_WAN: Final = 10_000


@dataclass(frozen=True)
class Group:
    """Projects of one category: their number, their sum, and how many are below the median."""

    category: str
    plans: tuple[Plan, ...]
    count: int
    total_wan: int
    small: int
    middle: int = 0
    largest: int | None = None
    lead: bool = False


# 2024 as published figures demand it; other years vary around it.
GROUPS: Final = (
    Group("industry", plans.LEAD, 16, 2950, 5, lead=True),
    Group("industry", plans.INDUSTRY, 42, 5650, 20, largest=LARGEST_WAN),
    Group("rural_construction", plans.CONSTRUCTION, 38, 5000, 23, middle=1),
    Group("employment", plans.EMPLOYMENT, 10, 900, 6),
    Group("three_guarantees", plans.GUARANTEES, 6, 500, 3),
    Group("relocation_support", plans.AFTER_MOVING, 5, 520, 2),
    Group("governance", plans.GOVERNANCE, 1, 30, 1),
    Group("management_fee", plans.FEE, 1, 120, 0),
    Group("other", plans.OTHER, 4, 330, 1),
)
SOURCES_WAN: Final = {"central": 9200, "province": 3600, "city": 500, "county": 900, "east_west": 1800}

STAGES: Final = (
    "planned",
    "library",
    "listed",
    "approved",
    "contracted",
    "started",
    "finished",
    "accepted",
    "handed_over",
)
_WITHOUT: Final = {
    "works": (),
    "purchase": (),
    "reward": ("contracted", "handed_over"),
    "service": ("contracted", "accepted", "handed_over"),
}
# Day of the budget year on which a stage is reached, and how far that spreads.
_DAY: Final = np.array([-172, -88, -24, 58, 86, 106, 232, 300, 330], dtype=float)
_SPREAD: Final = np.array([20, 16, 9, 12, 8, 12, 30, 14, 12], dtype=float)


def groups_of(rng: np.random.Generator, year: int) -> tuple[Group, ...]:
    """The year's groups: exact for 2024, near to it otherwise."""
    if year == EXACT_YEAR:
        return GROUPS
    size = {2023: 0.95, 2025: 1.03, 2026: 0.99}.get(year, 1.0)
    varied = []
    for g in GROUPS:
        more = int(rng.integers(0, 3)) if g.count >= 10 else 0
        total = g.total_wan if g.count == 1 else round(g.total_wan * size * (1 + 0.03 * float(rng.standard_normal())))
        varied.append(
            Group(
                g.category,
                g.plans,
                g.count + more,
                total,
                g.small + more,
                g.middle,
                None if g.largest is None else int(rng.integers(640, 880)),
                g.lead,
            )
        )
    return tuple(varied)


def amounts_wan(rng: np.random.Generator, group: Group) -> NDArray[np.int64]:
    """Whole 万元 of the group's projects, skewed, adding up exactly, in random order."""
    small = np.clip(np.rint(rng.lognormal(3.45, 0.4, group.small)), 8, MIDDLE_WAN - 2).astype(np.int64)
    fixed = [MIDDLE_WAN] * group.middle + ([group.largest] if group.largest else [])
    count = group.count - group.small - len(fixed)
    rest = group.total_wan - int(small.sum()) - sum(fixed)
    if count == 0:
        small[-1:] += rest
        return np.concatenate([small, np.array(fixed, dtype=np.int64)])
    weight = rng.lognormal(0.0, 0.75, count)
    floor = MIDDLE_WAN + 2
    large = floor + np.floor((rest - floor * count) * weight / weight.sum())
    large = np.where(large > 150, np.rint(large / 5) * 5, large).astype(np.int64)
    cap = (group.largest or LARGEST_WAN) - 20
    excess = int(np.maximum(large - cap, 0).sum())
    large = np.minimum(large, cap)
    order = np.argsort(large)
    spare = rest - int(large.sum())
    for k in order[::-1]:
        take = int(np.clip(spare, floor - large[k], cap - large[k]))
        large[k] += take
        spare -= take
        if spare == 0:
            break
    if spare:
        raise ValueError(f"{group.category}: {group.total_wan} does not fit {group.count} projects ({excess})")
    amounts = np.concatenate([small, np.array(fixed, dtype=np.int64), large])
    return np.asarray(rng.permutation(amounts))


def stage_plan(
    rng: np.random.Generator, kinds: NDArray[np.object_], year: int, on: dt.date
) -> tuple[FloatArray, FloatArray]:
    """Planned and real days (ordinals; infinite: not in this kind's template), shape (n, 9)."""
    size = len(kinds)
    first = dt.date(year, 1, 1).toordinal()
    due = first + _DAY + rng.normal(0.0, 1.0, (size, 9)) * _SPREAD
    due = np.maximum.accumulate(due + np.arange(9) * 0.01, axis=1)
    due += np.arange(9) * 3.0
    late = np.where(rng.random(size) < 0.16, rng.uniform(25.0, 120.0, size), rng.uniform(-14.0, 0.0, size))
    late = np.where(rng.random(size) < 0.03, late + 140.0, late)
    late = np.where(year < on.year - 1, np.minimum(late, 60.0), late)
    since = rng.integers(3, 8, size)
    real = due + np.where(np.arange(9) >= since[:, None], late[:, None], rng.uniform(-6.0, 0.0, (size, 1)))
    real = np.maximum.accumulate(np.floor(real), axis=1) + np.arange(9)
    left_out = np.array([[s in _WITHOUT[k] for s in STAGES] for k in kinds])
    # Some works are accepted but not handed over: the classic finding.
    stuck = rng.random(size) < (0.06 if year < on.year - 1 else 0.22)
    real[stuck & (kinds == "works"), 8] += 500.0 if year < on.year - 1 else 330.0
    return np.where(left_out, np.inf, np.floor(due) + 6.0), np.where(left_out, np.inf, real)
