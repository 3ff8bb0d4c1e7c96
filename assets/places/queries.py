"""Reading villages, relocation sites, facilities and roads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from assets.errors import NotFound
from assets.filters import Filter
from assets.places.models import Facility, NaturalVillage, RelocationSite, Road, Village
from assets.regions.models import Designation, Region
from assets.regions.queries import valid_on as region_valid_on
from assets.scope import within
from assets.search.matching import named_like

_Record = TypeVar("_Record")
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
    found = [within(Village.region_path, asked.area_path), region_valid_on(asked.day), Village.kept_on(asked.day)]
    if asked.village_class:
        found.append(Village.village_class.in_(sorted(asked.village_class)))
    found += [designated(kind, asked.day, Village.region_id) for kind in sorted(asked.key)]
    if asked.words:
        found.append(named_like(Region, asked.words))
    return select(*columns).select_from(Village).join(Region, Region.id == Village.region_id).where(*found)


def sites(asked: Filter, *columns: Any) -> Select[Any]:
    """The relocation sites that ``asked`` describes."""
    found = [within(RelocationSite.region_path, asked.area_path), RelocationSite.kept_on(asked.day)]
    if asked.site_type:
        found.append(RelocationSite.type.in_(sorted(asked.site_type)))
    if asked.words:
        found.append(named_like(RelocationSite, asked.words))
    return select(*columns).select_from(RelocationSite).where(*found)


def natural_villages(asked: Filter, *columns: Any) -> Select[Any]:
    """The natural villages that ``asked`` describes."""
    found = [within(NaturalVillage.region_path, asked.area_path), NaturalVillage.kept_on(asked.day)]
    if asked.words:
        found.append(named_like(NaturalVillage, asked.words))
    return select(*columns).select_from(NaturalVillage).where(*found)


def facilities(asked: Filter, *columns: Any) -> Select[Any]:
    """The facilities that ``asked`` describes; those that have closed stay as closed ones."""
    found = [within(Facility.region_path, asked.area_path), Facility.kept_on(asked.day)]
    found.append(or_(Facility.opened_on.is_(None), Facility.opened_on <= asked.day))
    if asked.words:
        found.append(named_like(Facility, asked.words))
    return select(*columns).select_from(Facility).where(*found)


def facility_status_on(day: dt.date) -> ColumnElement[str]:
    """How a facility stood on ``day``: one that closed later was still in use."""
    later = and_(Facility.status == "closed", Facility.closed_on > day)
    return case((later, "in_use"), else_=Facility.status)


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
    columns: list[Any] = [Facility.id, Facility.geom, Facility.type, Facility.level]
    columns.append(facility_status_on(asked.day).label("status"))
    if names:
        columns.append(Facility.name)
    return facilities(asked, *columns)


def road_tile(classes: tuple[str, ...]) -> Select[Any]:
    """Roads of the given classes for a tile; seen by everyone signed in."""
    return select(Road.id, Road.geom, Road.road_class.label("class"), Road.name, Road.code).where(
        and_(Road.road_class.in_(classes))
    )


def get_village(session: Session, village_id: int) -> Village:
    """One village.

    Raises
    ------
    NotFound
        When there is none, or it is not the viewer's to see.
    """
    return _one(session, select(Village).where(Village.id == village_id))


def get_natural_village(session: Session, natural_village_id: int) -> NaturalVillage:
    """One natural village; raises ``NotFound`` like :func:`get_village`."""
    return _one(session, select(NaturalVillage).where(NaturalVillage.id == natural_village_id))


def get_list_entry(session: Session, designation_id: int, *, region_id: int) -> Designation:
    """One entry of a region in a dated list; raises ``NotFound`` like :func:`get_village`."""
    return _one(
        session, select(Designation).where(Designation.id == designation_id, Designation.region_id == region_id)
    )


def get_site(session: Session, site_id: int) -> RelocationSite:
    """One relocation site; raises ``NotFound`` like :func:`get_village`."""
    return _one(session, select(RelocationSite).where(RelocationSite.id == site_id))


def get_facility(session: Session, facility_id: int) -> Facility:
    """One facility; raises ``NotFound`` like :func:`get_village`."""
    return _one(session, select(Facility).where(Facility.id == facility_id))


def find_facility_status(session: Session, facility_id: int, *, day: dt.date) -> str | None:
    """How a facility stood on ``day``."""
    return session.scalar(select(facility_status_on(day)).where(Facility.id == facility_id))


def lists_of(session: Session, region_id: int, day: dt.date) -> Sequence[Designation]:
    """The dated lists a region stands in on ``day``, the highest level first."""
    found = session.scalars(
        select(Designation).where(
            Designation.region_id == region_id,
            Designation.valid_from <= day,
            or_(Designation.valid_to.is_(None), Designation.valid_to > day),
        )
    ).all()
    return sorted(found, key=lambda row: (row.kind, LEVEL_ORDER.index(row.level)))


def find_village_of(session: Session, region_id: int) -> Village | None:
    """The village whose region this is."""
    return session.scalars(select(Village).where(Village.region_id == region_id)).first()


def villages_of_regions(session: Session, region_ids: Sequence[int]) -> Sequence[Any]:
    """The regions of these ids with the id of the village each of them is."""
    return session.execute(
        select(Region.id, Region.short_name, Region.level, Village.id.label("village_id"))
        .outerjoin(Village, Village.region_id == Region.id)
        .where(Region.id.in_(region_ids))
        .order_by(Region.code)
    ).all()


def _one(session: Session, statement: Select[_Record]) -> _Record:
    found = session.scalars(statement).first()
    if found is None:
        raise NotFound
    return found
