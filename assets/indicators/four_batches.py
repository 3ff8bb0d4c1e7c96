"""四个一批: industry projects of some years, sorted by what is to become of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.maintenance.areas import steps_through
from assets.projects.models import Project
from assets.projects.queries import label_on
from assets.regions.models import Region
from assets.scope import within

ZERO = Decimal(0)


@dataclass(frozen=True)
class Part:
    """How many projects, and what they were planned to cost."""

    projects: int = 0
    budget_yuan: Decimal = ZERO

    def plus(self, other: Part) -> Part:
        """Both together."""
        return Part(self.projects + other.projects, self.budget_yuan + other.budget_yuan)


@dataclass(frozen=True)
class Sorted:
    """Projects by label (None: not sorted yet), and again for each area below."""

    parts: dict[str | None, Part]
    below: dict[int, dict[str | None, Part]]

    @property
    def total(self) -> Part:
        """All of them."""
        total = Part()
        for part in self.parts.values():
            total = total.plus(part)
        return total


def four_batches(
    session: Session, area: Region, below: Sequence[Region], years: tuple[int, int], day: dt.date
) -> Sorted:
    """The industry projects of ``years`` (both included) in an area by their label on ``day``.

    Parameters
    ----------
    session : Session
        Bound to the viewer.
    area : Region
        The area.
    below : sequence of Region
        Its sub-areas; what lies in none of them counts under the area's own id.
    years : tuple of int
        First and last year.
    day : date
        Labels in force on it, withdrawn projects left out.
    """
    steps, belongs = steps_through(Project.region_path, area, below)
    code = label_on(day).label("sorted_as")
    rows = session.execute(
        select(steps.label("through"), code, func.count(), func.sum(Project.budget_yuan))
        .where(
            within(Project.region_path, area.region_path),
            Project.category == "industry",
            Project.year.between(*years),
            Project.kept_on(day),
        )
        .group_by("through", "sorted_as")
    )
    parts: dict[str | None, Part] = {}
    places: dict[int, dict[str | None, Part]] = {}
    for through, label, count, budget in rows:
        part = Part(count, budget or ZERO)
        parts[label] = parts.get(label, Part()).plus(part)
        place = places.setdefault(belongs(through), {})
        place[label] = place.get(label, Part()).plus(part)
    return Sorted(parts, places)
