"""Reading villages, relocation sites, facilities and roads."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from assets.filters import Filter
from assets.places.models import Facility, RelocationSite, Road, Village
from assets.regions.models import Designation, Region
from assets.regions.queries import valid_on as region_valid_on
from assets.scope import within
from assets.search.matching import named_like

LEVEL_ORDER = ("national", "provincial", "city", "county")


def designated(kind: str, day: dt.date, region_id: Any) -> ColumnElement[bool]:
    """The criterion that a region stands in the dated list ``kind`` on ``day``."""
    return exists(
        select(Designation.id).where(
            Designation.region_id == region_id,
            Designation.kind == kind,
            Designation.valid_from <= day,
            or_(Designation.valid_to.is_(None), Designation.valid_to > day),
        )
    )


def villages(asked: Filter, *columns: Any) -> Select[Any]:
    """The villages that ``asked`` describes, with their regions."""
    found = [within(Village.region_path, asked.area_path), region_valid_on(asked.day)]
    if asked.village_class:
        found.append(Village.village_class.in_(sorted(asked.village_class)))
    found += [designated(kind, asked.day, Village.region_id) for kind in sorted(asked.key)]
    if asked.words:
        found.append(named_like(Region, asked.words))
    return select(*columns).select_from(Village).join(Region, Region.id == Village.region_id).where(*found)


def sites(asked: Filter, *columns: Any) -> Select[Any]:
    """The relocation sites that ``asked`` describes."""
    found = [within(RelocationSite.region_path, asked.area_path)]
    if asked.site_type:
        found.append(RelocationSite.type.in_(sorted(asked.site_type)))
    if asked.words:
        found.append(named_like(RelocationSite, asked.words))
    return select(*columns).select_from(RelocationSite).where(*found)


def facilities(asked: Filter, *columns: Any) -> Select[Any]:
    """The facilities that ``asked`` describes."""
    found = [within(Facility.region_path, asked.area_path)]
    found.append(or_(Facility.opened_on.is_(None), Facility.opened_on <= asked.day))
    if asked.words:
        found.append(named_like(Facility, asked.words))
    return select(*columns).select_from(Facility).where(*found)


def village_tile(asked: Filter, *, borders: bool) -> Select[Any]:
    """Villages as areas (or, where borders are unknown or unwanted, as points) for a tile."""
    shape = func.coalesce(Region.shape, Village.geom) if borders else Village.geom
    return villages(
        asked,
        Village.id,
        shape.label("geom"),
        Village.region_id,
        Region.short_name.label("name"),
        Village.kind,
        Village.village_class.label("class"),
        designated("key_assistance", asked.day, Village.region_id).label("key"),
        designated("demonstration", asked.day, Village.region_id).label("demonstration"),
        Village.pop_resident.label("population"),
    )


def site_tile(asked: Filter) -> Select[Any]:
    """Relocation sites for a tile."""
    return sites(
        asked,
        RelocationSite.id,
        RelocationSite.geom,
        RelocationSite.name,
        RelocationSite.type,
        RelocationSite.persons_moved.label("persons"),
    )


def facility_tile(asked: Filter, *, names: bool) -> Select[Any]:
    """Facilities for a tile."""
    columns: list[Any] = [Facility.id, Facility.geom, Facility.type, Facility.level, Facility.status]
    if names:
        columns.append(Facility.name)
    return facilities(asked, *columns)


def road_tile(classes: tuple[str, ...]) -> Select[Any]:
    """Roads of the given classes for a tile; seen by everyone signed in."""
    return select(Road.id, Road.geom, Road.road_class.label("class"), Road.name, Road.code).where(
        and_(Road.road_class.in_(classes))
    )
