"""How each map layer is counted and listed: its records, colour choices and orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func

from assets.db import today
from assets.filters import Filter
from assets.maintenance import queries as maintenance
from assets.maintenance.models import UpkeepPeriod
from assets.places import queries as places
from assets.places.models import Facility, RelocationSite, Village
from assets.projects import queries as projects
from assets.projects.models import Project
from assets.regions.models import Region
from assets.registry.models import Asset

CHINESE_ORDER = "zh-x-icu"


@dataclass(frozen=True)
class Listed:
    """One layer as counts and list see it.

    ``matching(asked, *columns)`` selects its records; ``shades`` are the columns a reader may
    colour by; ``orders`` the ways to sort, the first being the usual one.
    """

    matching: Callable[..., Select[Any]]
    id: Any
    name: Any
    region_id: Any
    region_path: Any
    geom: Callable[[Filter], Any]
    shades: Mapping[str, Callable[[Filter], Any]]
    orders: Mapping[str, tuple[Any, ...]]
    columns: Callable[[Filter], Sequence[Any]]


def inside(geom: Any, bbox: tuple[float, float, float, float]) -> ColumnElement[bool]:
    """The criterion that a geometry's box touches west, south, east, north in degrees."""
    return geom.op("&&")(func.ST_MakeEnvelope(*bbox, 4490))  # type: ignore[no-any-return]


def _by_name(column: Any) -> Any:
    return column.collate(CHINESE_ORDER)


def _asset_geom(asked: Filter) -> Any:
    return UpkeepPeriod.geom if asked.day >= today() else Asset.geom


LISTED: dict[str, Listed] = {
    "assets": Listed(
        matching=maintenance.matching,
        id=Asset.id,
        name=Asset.name,
        region_id=Asset.region_id,
        region_path=UpkeepPeriod.region_path,
        geom=_asset_geom,
        shades={
            "status": lambda asked: maintenance.status_on(asked.day),
            "class": lambda _asked: UpkeepPeriod.asset_class,
            "operating": lambda _asked: UpkeepPeriod.operating_status,
        },
        orders={
            "due": (UpkeepPeriod.due_on.asc().nulls_last(),),
            "value": (UpkeepPeriod.value_yuan.desc(),),
            "name": (_by_name(Asset.name),),
        },
        columns=lambda asked: (
            maintenance.status_on(asked.day).label("badge"),
            UpkeepPeriod.due_on.label("day"),
            UpkeepPeriod.value_yuan.label("yuan"),
            Asset.code.label("code"),
        ),
    ),
    "projects": Listed(
        matching=projects.matching,
        id=Project.id,
        name=Project.name,
        region_id=Project.region_id,
        region_path=Project.region_path,
        geom=lambda _asked: Project.geom,
        shades={"stage": projects.stage, "category": lambda _asked: Project.category},
        orders={
            "due": (Project.stage_due_on.asc().nulls_last(),),
            "budget": (Project.budget_yuan.desc(),),
            "name": (_by_name(Project.name),),
        },
        columns=lambda asked: (
            projects.stage(asked).label("badge"),
            Project.stage_due_on.label("day"),
            Project.budget_yuan.label("yuan"),
            Project.code.label("code"),
            projects.behind(asked).label("behind"),
        ),
    ),
    "villages": Listed(
        matching=places.villages,
        id=Village.id,
        name=Region.short_name,
        region_id=Region.parent_id,
        region_path=Village.region_path,
        geom=lambda _asked: Region.shape,
        shades={"class": lambda _asked: Village.village_class},
        orders={
            "code": (Region.code,),
            "name": (_by_name(Region.name),),
            "population": (Village.pop_resident.desc().nulls_last(),),
        },
        columns=lambda _asked: (
            Village.village_class.label("badge"),
            Village.pop_resident.label("persons"),
            Region.code.label("code"),
        ),
    ),
    "sites": Listed(
        matching=places.sites,
        id=RelocationSite.id,
        name=RelocationSite.name,
        region_id=RelocationSite.region_id,
        region_path=RelocationSite.region_path,
        geom=lambda _asked: RelocationSite.geom,
        shades={"type": lambda _asked: RelocationSite.type},
        orders={
            "persons": (RelocationSite.persons_moved.desc().nulls_last(),),
            "name": (_by_name(RelocationSite.name),),
        },
        columns=lambda _asked: (
            RelocationSite.type.label("badge"),
            RelocationSite.persons_moved.label("persons"),
        ),
    ),
    "facilities": Listed(
        matching=places.facilities,
        id=Facility.id,
        name=Facility.name,
        region_id=Facility.region_id,
        region_path=Facility.region_path,
        geom=lambda _asked: Facility.geom,
        shades={"type": lambda _asked: Facility.type, "status": lambda _asked: Facility.status},
        orders={"name": (_by_name(Facility.name),), "type": (Facility.type, _by_name(Facility.name))},
        columns=lambda _asked: (Facility.type.label("badge"), Facility.status.label("state")),
    ),
}
SHADE_KINDS = {
    ("assets", "status"): "status",
    ("assets", "class"): "class",
    ("assets", "operating"): "operating",
    ("projects", "stage"): "stage",
    ("projects", "category"): "category",
    ("villages", "class"): "village_class",
    ("sites", "type"): "site_type",
    ("facilities", "type"): "facility_type",
    ("facilities", "status"): "facility_status",
}
BADGE_KINDS = {
    "assets": "status",
    "projects": "stage",
    "villages": "village_class",
    "sites": "site_type",
    "facilities": "facility_type",
}
