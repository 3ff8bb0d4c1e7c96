"""开工率 and 安排率: how far the projects and the money of a year have come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.filters import Filter
from assets.indicators.ratios import percentage
from assets.maintenance.areas import steps_through
from assets.projects import money
from assets.projects.models import FundDocument, Project
from assets.projects.queries import matching, stage
from assets.regions.models import Region
from assets.vocabulary import STAGES

BEGUN = ("started", "finished", "accepted", "handed_over")
DONE = ("finished", "accepted", "handed_over")
ZERO = Decimal(0)


@dataclass(frozen=True)
class Progress:
    """Projects by stage; those ended are told apart and count in no rate."""

    stages: dict[str, int]

    def count(self, *names: str) -> int:
        """How many stand at one of these stages."""
        return sum(self.stages.get(name, 0) for name in names)

    @property
    def ended(self) -> int:
        """How many were ended."""
        return self.count("terminated")

    @property
    def planned(self) -> int:
        """How many are to be carried out."""
        return sum(self.stages.values()) - self.ended

    @property
    def started(self) -> int:
        """How many have started."""
        return self.count(*BEGUN)

    @property
    def waiting(self) -> int:
        """How many have not started."""
        return self.planned - self.started

    @property
    def started_share(self) -> Decimal | None:
        """开工率 in percent."""
        return percentage(self.started, self.planned)

    @property
    def finished_share(self) -> Decimal | None:
        """完工率 in percent."""
        return percentage(self.count(*DONE), self.planned)


@dataclass(frozen=True)
class FundProgress:
    """What the documents of an area received, and how much of it was arranged and paid."""

    received: Decimal
    arranged: Decimal
    paid: Decimal
    taken_back: Decimal

    @property
    def arranged_share(self) -> Decimal | None:
        """安排率 in percent."""
        return percentage(self.arranged, self.received)

    @property
    def paid_share(self) -> Decimal | None:
        """支出进度 in percent."""
        return percentage(self.paid, self.received)

    @property
    def free(self) -> Decimal:
        """What is neither arranged nor taken back."""
        return self.received - self.taken_back - self.arranged


def progress(
    session: Session, area: Region, below: Sequence[Region], asked: Filter
) -> tuple[Progress, dict[int, Progress]]:
    """The projects that ``asked`` describes by stage: of the area, and of each area below.

    Parameters
    ----------
    session : Session
        Bound to the viewer.
    area : Region
        The area; projects that only serve it are not counted.
    below : sequence of Region
        Its sub-areas.
    asked : Filter
        Years and further filters.
    """
    steps, belongs = steps_through(Project.region_path, area, below)
    rows = session.execute(
        matching(
            asked.in_area(area.region_path),
            steps.label("through"),
            stage(asked).label("stage_then"),
            func.count(),
            counted=True,
        ).group_by("through", "stage_then")
    )
    total: dict[str, int] = dict.fromkeys(STAGES, 0)
    places: dict[int, dict[str, int]] = {}
    for through, name, count in rows:
        total[name] += count
        place = places.setdefault(belongs(through), {})
        place[name] = place.get(name, 0) + count
    return Progress(total), {key: Progress(stages) for key, stages in places.items()}


def fund_progress(session: Session, asked: Filter) -> FundProgress:
    """The money of the documents that ``asked`` describes, as far as the viewer sees it."""
    return next(iter(fund_progress_by(session, asked).values()), FundProgress(ZERO, ZERO, ZERO, ZERO))


def fund_progress_of(session: Session, document: FundDocument, day: dt.date) -> FundProgress:
    """The same of one document."""
    sums = session.execute(
        select(
            money.arranged_from(document.id, day),
            money.paid_from(document.id, day),
            money.taken_back_from(document.id, day),
        )
    ).one()
    return FundProgress(document.received_yuan, *sums)


def fund_progress_by(session: Session, asked: Filter, *keys: Any) -> dict[Any, FundProgress]:
    """The same, apart for each value of the columns ``keys`` of the document, in their order."""
    per_document = money.documents(
        asked,
        *(key.label(f"key_{place}") for place, key in enumerate(keys)),
        FundDocument.received_yuan.label("received"),
        money.arranged_from(FundDocument.id, asked.day).label("arranged"),
        money.paid_from(FundDocument.id, asked.day).label("paid"),
        money.taken_back_from(FundDocument.id, asked.day).label("taken_back"),
    ).subquery("document")
    by = [per_document.c[f"key_{place}"] for place in range(len(keys))]
    names = ("received", "arranged", "paid", "taken_back")
    rows = session.execute(
        select(*by, *(func.coalesce(func.sum(per_document.c[name]), 0) for name in names)).group_by(*by).order_by(*by)
    )
    return {tuple(row[: len(by)]): FundProgress(*row[len(by) :]) for row in rows}
