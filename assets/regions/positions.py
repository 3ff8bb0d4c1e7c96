"""From a position to the region it lies in, and whether that is where the record says."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from geoalchemy2.shape import from_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import Session

from assets.checking import Checks
from assets.errors import InvalidValue
from assets.regions.directory import full_names, home_path, region_in_force
from assets.regions.models import Region
from assets.regions.queries import valid_on
from assets.scope import viewer_of
from assets.vocabulary import LEVELS

SRID = 4490
OUTSIDE = "outside_region"
_INSIDE_OUT = case({level: place for place, level in enumerate(reversed(LEVELS))}, value=Region.level)


def to_column(geometry: BaseGeometry | None) -> WKBElement | None:
    """A geometry as its column holds it; equal to what is stored when nothing moved."""
    return None if geometry is None else from_shape(geometry, srid=SRID, extended=True)


def region_at(session: Session, geometry: BaseGeometry, *, day: dt.date) -> Region | None:
    """The village (or else the town, county …) in force on ``day`` in which a position lies.

    A line or an area lies where a point on it does. None where no known border contains it.
    """
    point = func.ST_PointOnSurface(literal(to_column(geometry), Geometry("GEOMETRY", srid=SRID)))
    return session.scalars(
        select(Region)
        .where(valid_on(day), Region.shape.is_not(None), func.ST_Intersects(Region.shape, point))
        .order_by(_INSIDE_OUT, Region.id)
        .limit(1)
    ).first()


def lies_in(session: Session, geometry: BaseGeometry, region: Region) -> bool:
    """Whether any part of ``geometry`` touches the region; true where its border is unknown."""
    value: Any = literal(to_column(geometry), Geometry("GEOMETRY", srid=SRID))
    touches = func.ST_Intersects(Region.shape, value)
    return session.scalar(select(touches).where(Region.id == region.id)) is not False


def extent(session: Session, region: Region) -> tuple[float, float, float, float] | None:
    """West, south, east, north of a region's shape."""
    corners = session.execute(
        select(*(getattr(func, f"ST_{side}")(Region.shape) for side in ("XMin", "YMin", "XMax", "YMax"))).where(
            Region.id == region.id
        )
    ).one()
    return None if corners[0] is None else (corners[0], corners[1], corners[2], corners[3])


def check_place(
    checks: Checks,
    session: Session,
    region_id: int | None,
    geometry: BaseGeometry | None,
    *,
    day: dt.date,
    known: Any = None,
    region_field: str = "region_id",
    field: str = "geom",
) -> Region | None:
    """Look whether a record may be filed under a region, and lies there.

    Parameters
    ----------
    checks : Checks
        Gathers what is wrong: no region, one that has ended; a position outside it is a doubt
        with the key :data:`OUTSIDE`.
    session : Session
        Any.
    region_id : int or None
        Where the record is filed; None takes the region from the position.
    geometry : BaseGeometry or None
        Its position in EPSG:4490.
    day : date
        On which the region must be in force.
    known : record, optional
        The record that is corrected: what it says already is not asked about again.
    region_field, field : str
        The fields that problems are told at.

    Returns
    -------
    Region or None
        Where the record belongs; None when something was refused.
    """
    there = region_at(session, geometry, day=day) if geometry is not None else None
    if region_id is None:
        if there is None:
            checks.refuse(region_field, "Please choose the place.")
        return there
    try:
        region = region_in_force(session, region_id, day=day)
    except InvalidValue as refusal:
        if known is None or known.region_id != region_id:
            checks.refuse(region_field, refusal.message, **refusal.data)
            return None
        # Filed there while the place was in force; what is set right is something else.
        region = session.get_one(Region, region_id)
    stays = known is not None and (known.region_id, known.geom) == (region_id, to_column(geometry))
    if geometry is not None and not stays and not lies_in(session, geometry, region):
        home = home_path(viewer_of(session))
        names = full_names(session, [region, *([there] if there else [])], home=home)
        where = names[there.id] if there else "—"
        told = "The position lies outside {region}: in {where}." if there else "The position lies outside {region}."
        checks.doubt(OUTSIDE, field, told, region=names[region.id], where=where)
    return region
