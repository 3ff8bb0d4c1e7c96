"""Reading the region tree: open to everyone signed in, narrowed only in what it leads to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from assets.errors import NotFound
from assets.regions.models import Region
from assets.scope import Viewer, within
from assets.vocabulary import LEVELS


def valid_on(day: dt.date) -> ColumnElement[bool]:
    """The criterion that a region exists on ``day``."""
    return and_(Region.valid_from <= day, or_(Region.valid_to.is_(None), Region.valid_to > day))


def handle(region: Region) -> str:
    """How addresses name a region: its code, with the level where one code stands at several."""
    full = region.code if region.level == "village" else region.code.rstrip("0")
    return region.code if len(full) > _DIGITS_ABOVE[region.level] else f"{region.code}-{region.level}"


_DIGITS_ABOVE = {"nation": -1, "province": 0, "city": 2, "county": 4, "town": 6, "village": 9}


def get_by_handle(session: Session, text: str, *, day: dt.date, viewer: Viewer) -> Region:
    """The region named by a code (2 to 12 digits), as far as the viewer's area reaches.

    Raises
    ------
    NotFound
        For anything else: no such code on that day, or nothing there for the viewer.
    """
    code, _, level = text.partition("-")
    if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 12) or (level and level not in LEVELS):
        raise NotFound("There is no area with the code “{code}”, or it lies outside yours.", code=text[:40])
    own = Region.id.in_([reach.region_id for reach in viewer.reaches])
    found = session.scalars(
        select(Region)
        .where(Region.code == code.ljust(12, "0"), or_(valid_on(day), own))
        .order_by(Region.valid_to.is_not(None), Region.region_path)
    ).all()
    for region in found:
        if (not level or region.level == level) and viewer.touches(region.region_path):
            return region
    raise NotFound("There is no area with the code “{code}”, or it lies outside yours.", code=text[:40])


def get_home(session: Session, viewer: Viewer) -> Region:
    """Where a viewer starts: the highest region granted, or the one county of an installation.

    Raises
    ------
    NotFound
        When no grant is in force.
    """
    paths = sorted((reach.path for reach in viewer.reaches), key=lambda path: (path.count("/"), path))
    criterion = Region.region_path == paths[0] if paths else Region.level == "nation"
    if not paths and not viewer.unbounded:
        raise NotFound("No area is granted to your account. Ask the administrator of the area above.")
    home = session.scalars(select(Region).where(criterion)).first()
    if home is None:
        raise NotFound("No area is granted to your account. Ask the administrator of the area above.")
    return home


def ancestors(session: Session, region: Region) -> Sequence[Region]:
    """The region and all above it, from the root down."""
    ids = [int(part) for part in region.region_path.strip("/").split("/")]
    return session.scalars(select(Region).where(Region.id.in_(ids)).order_by(Region.region_path)).all()


def children(session: Session, region: Region, *, day: dt.date) -> Sequence[Region]:
    """The regions directly below, as of ``day``, in the order of their codes."""
    return session.scalars(
        select(Region).where(Region.parent_id == region.id, valid_on(day)).order_by(Region.code, Region.id)
    ).all()


def border_tile(*, level: str, path: str, day: dt.date) -> Select[tuple[int]]:
    """The shapes of one level inside one subtree, for a tile."""
    return select(
        Region.id,
        Region.shape.label("geom"),
        Region.code,
        Region.short_name.label("name"),
        Region.level,
        Region.kind,
        Region.is_schematic.label("schematic"),
    ).where(Region.level == level, Region.shape.is_not(None), within(Region.region_path, path), valid_on(day))


def label_tile(*, level: str, path: str, day: dt.date) -> Select[tuple[int]]:
    """Where the names of one level's regions are written."""
    return select(
        Region.id,
        Region.centre.label("geom"),
        Region.code,
        Region.short_name.label("name"),
        Region.level,
    ).where(Region.level == level, Region.centre.is_not(None), within(Region.region_path, path), valid_on(day))


def counts_tile(counted: Callable[..., Select[Any]], asked: Any, level: str) -> Select[Any]:
    """One point per region with what ``counted`` counts there, for a tile.

    ``counted(asked)`` selects the ``region_path`` of each record, and further columns to be
    added up. Records of a region above ``level`` stand at that region's own place.
    """
    records = counted(asked).subquery("record")
    own = Region.level != level
    upper = case((own, Region.region_path + "0"), else_=func.left(Region.region_path, -1) + "0")
    sums = [func.sum(column).label(column.key) for column in records.c if column.key != "region_path"]
    inside = (
        select(func.count().label("count"), *sums)
        .where(records.c.region_path >= Region.region_path, records.c.region_path < upper)
        .correlate(Region)
        .lateral("inside")
    )
    return (
        select(
            Region.id,
            Region.centre.label("geom"),
            Region.id.label("region_id"),
            Region.code,
            Region.short_name.label("name"),
            Region.level,
            *inside.c,
        )
        .join(inside, true())
        .where(
            Region.level.in_(LEVELS[: LEVELS.index(level) + 1]),
            Region.centre.is_not(None),
            within(Region.region_path, asked.area_path),
            valid_on(asked.day),
            inside.c.count > 0,
        )
    )
