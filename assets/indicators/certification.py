"""确权率 by fund year: what became of the assets that a year's money made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from assets.indicators.ratios import percentage
from assets.projects.models import Project
from assets.regions.models import Region
from assets.registry.models import Asset, ValueEvent
from assets.scope import within


@dataclass(frozen=True)
class FundYear:
    """The assets first made with the money of one year's projects."""

    year: int
    assets: int
    registered: int
    certified: int
    handed_over: int

    @property
    def certified_share(self) -> Decimal | None:
        """确权率 in percent."""
        return percentage(self.certified, self.assets)


def certification(session: Session, area: Region, years: Sequence[int], day: dt.date) -> list[FundYear]:
    """Registration, certification and handover of new assets by the year of their project.

    Parameters
    ----------
    session : Session
        Bound to the viewer.
    area : Region
        Where the assets lie.
    years : sequence of int
        Years of projects.
    day : date
        What came later does not count. Assets of households are theirs and not certified.
    """
    first = (
        select(ValueEvent.asset_id, func.min(Project.year).label("year"))
        .join(Project, Project.id == ValueEvent.project_id)
        .where(ValueEvent.occurred_on <= day, ValueEvent.kind == "new")
        .group_by(ValueEvent.asset_id)
        .subquery("first")
    )

    def counted(criterion: Any) -> Any:
        return func.count(case((criterion, 1)))

    rows = session.execute(
        select(
            first.c.year,
            func.count(),
            counted(Asset.registered.is_(True)),
            counted(Asset.certified_on <= day),
            counted(Asset.handed_over_on <= day),
        )
        .join(first, first.c.asset_id == Asset.id)
        .where(
            within(Asset.region_path, area.region_path),
            Asset.asset_class != "household",
            Asset.kept_on(day),
            first.c.year.in_(list(years)),
        )
        .group_by(first.c.year)
        .order_by(first.c.year)
    )
    return [FundYear(*row) for row in rows]
