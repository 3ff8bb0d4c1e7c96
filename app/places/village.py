"""What is filed under one village."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, null
from sqlalchemy.orm import Session

from assets.filters import Filter
from assets.maintenance import queries as maintenance
from assets.maintenance.models import UpkeepPeriod
from assets.places import queries
from assets.places.models import Facility, NaturalVillage, RelocationSite, Village
from assets.projects import queries as projects
from assets.projects.models import Project
from assets.regions.models import Designation
from assets.registry.models import Asset

SHOWN = 15


@dataclass(frozen=True)
class Part:
    """Records of one kind: the first of them, how many there are, and the sum of their money."""

    rows: Sequence[Any]
    total: int
    yuan: Any = None


@dataclass(frozen=True)
class Here:
    """Everything filed under a village."""

    lists: Sequence[Designation]
    statuses: dict[str, int]
    assets: Part
    projects: Part
    natural: Part
    sites: Part
    facilities: Part


def read_village(session: Session, village: Village, *, day: dt.date) -> Here:
    """The lists a village stands in and the records filed under it, on ``day``."""
    asked = Filter(day=day, area_path=village.region_path)
    assets = maintenance.matching(
        asked,
        Asset.id,
        Asset.name,
        Asset.asset_class,
        maintenance.status_on(day).label("status"),
        UpkeepPeriod.value_yuan,
        UpkeepPeriod.due_on,
    ).order_by(UpkeepPeriod.value_yuan.desc(), Asset.id)
    served = projects.matching(
        asked, Project.id, Project.name, Project.year, Project.stage, Project.category, Project.budget_yuan
    ).order_by(Project.year.desc(), Project.budget_yuan.desc(), Project.id)
    natural = queries.natural_villages(
        asked,
        NaturalVillage.id,
        NaturalVillage.name,
        NaturalVillage.households,
        NaturalVillage.sanitary_toilets,
        NaturalVillage.waste_collected,
        NaturalVillage.tap_water,
        NaturalVillage.paved_road,
    ).order_by(NaturalVillage.households.desc().nulls_last(), NaturalVillage.id)
    sites = queries.sites(
        asked, RelocationSite.id, RelocationSite.name, RelocationSite.type, RelocationSite.persons_moved
    ).order_by(RelocationSite.persons_moved.desc().nulls_last(), RelocationSite.id)
    facilities = queries.facilities(
        asked,
        Facility.id,
        Facility.name,
        Facility.type,
        queries.facility_status_on(day).label("status"),
        Facility.area_m2,
    ).order_by(Facility.type, Facility.id)
    return Here(
        lists=queries.lists_of(session, village.region_id, day),
        statuses={row.status: row.assets for row in session.execute(maintenance.status_counts(asked))},
        assets=_part(session, assets, maintenance.matching(asked, func.count(), func.sum(UpkeepPeriod.value_yuan))),
        projects=_part(session, served, projects.matching(asked, func.count(), func.sum(Project.budget_yuan))),
        natural=_part(session, natural, queries.natural_villages(asked, func.count(), _nothing()), most=40),
        sites=_part(session, sites, queries.sites(asked, func.count(), _nothing())),
        facilities=_part(session, facilities, queries.facilities(asked, func.count(), _nothing())),
    )


def _nothing() -> Any:
    return null()


def _part(session: Session, rows: Select[Any], sums: Select[Any], most: int = SHOWN) -> Part:
    total, yuan = session.execute(sums).one()
    return Part(session.execute(rows.limit(most)).all(), total, yuan)
