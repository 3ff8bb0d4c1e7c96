"""Borders of regions: attached to any level, and joined upwards where a parent has none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from assets import audit
from assets.errors import NotFound
from assets.regions.models import Region
from assets.regions.queries import valid_on
from assets.vocabulary import LEVELS


def attach_borders(
    session: Session,
    borders: Mapping[str, BaseGeometry],
    *,
    level: str,
    day: dt.date,
    source: str,
    schematic: bool = False,
) -> int:
    """Give regions of one level their borders, and everything above them its shape.

    Parameters
    ----------
    session : Session
        The session of the action; the caller commits.
    borders : mapping of str to geometry
        Polygons or multipolygons in EPSG:4490 by region code of 2 to 12 digits.
    level : str
        The level the codes stand at.
    day : date
        On which the codes are in force.
    source : str
        Where the borders come from.
    schematic : bool
        Whether they are drawn for overview only, which maps then say.

    Returns
    -------
    int
        How many regions got a border.

    Raises
    ------
    NotFound
        For the first code that no region of the level has on that day; nothing is attached.
    """
    wanted = {code.ljust(12, "0"): shape for code, shape in borders.items()}
    found = session.execute(
        select(Region.code, Region.id).where(Region.level == level, Region.code.in_(wanted), valid_on(day))
    )
    ids = {row.code: row.id for row in found}
    for code in wanted:
        if code not in ids:
            raise NotFound("There is no region of this level with the code “{code}” on {day}.", code=code, day=day)
    multi = [_multi(wanted[code]) for code in ids]
    session.execute(
        _ATTACH,
        {
            "ids": list(ids.values()),
            "shapes": [shapely.to_wkb(shape, hex=True) for shape in multi],
            "schematic": schematic,
        },
    )
    refresh_shapes(session, set(ids.values()), day=day)
    audit.record(session, "regions.attach_borders", level=level, source=source, regions=len(ids), schematic=schematic)
    return len(ids)


def refresh_shapes(session: Session, changed: Collection[int] | None = None, *, day: dt.date) -> None:
    """Derive shape and centre of the changed regions and of all above them, lowest level first.

    A region's shape is its own border, else the union of its children's shapes on ``day``.

    Parameters
    ----------
    session : Session
        The session of the action; regions it holds are read anew.
    changed : collection of int, optional
        Ids of regions; None for all.
    day : date
        Whose children count.
    """
    session.flush()
    ids: list[int] | None = None
    if changed is not None:
        steps = func.unnest(func.string_to_array(func.btrim(Region.region_path, "/"), "/")).label("step")
        ids = [int(step) for step in set(session.scalars(select(steps).where(Region.id.in_(changed))))]
    for level in reversed(LEVELS):
        session.execute(_DERIVE, {"level": level, "ids": ids, "day": day})
    session.expire_all()


def detach_border(session: Session, region: Region, *, day: dt.date) -> None:
    """Take a region's own border away; it then shows what lies below it.

    Parameters
    ----------
    session : Session
        The session of the action; the caller commits.
    region : Region
        Whose border goes.
    day : date
        Whose children count.
    """
    session.execute(update(Region).where(Region.id == region.id).values(geom=None, is_schematic=False))
    refresh_shapes(session, {region.id}, day=day)
    audit.record(session, "regions.detach_border", region)


def _multi(shape: BaseGeometry) -> BaseGeometry:
    return shapely.MultiPolygon([shape]) if isinstance(shape, shapely.Polygon) else shape


_ATTACH: Final = text("""
UPDATE region SET geom = ST_SetSRID(given.shape::geometry, 4490), is_schematic = :schematic
FROM unnest(CAST(:ids AS bigint[]), CAST(:shapes AS text[])) AS given (id, shape)
WHERE region.id = given.id
""")

_DERIVE: Final = text("""
WITH joined AS (
    SELECT r.id, coalesce(r.geom, u.shape) AS shape,
           CASE WHEN r.geom IS NULL THEN coalesce(u.schematic, false) ELSE r.is_schematic END AS schematic
    FROM region AS r
    LEFT JOIN LATERAL (
        SELECT ST_Multi(ST_CollectionExtract(ST_Union(c.shape), 3)) AS shape, bool_or(c.is_schematic) AS schematic
        FROM region AS c
        WHERE c.parent_id = r.id AND c.shape IS NOT NULL
          AND c.valid_from <= :day AND (c.valid_to IS NULL OR c.valid_to > :day)
    ) AS u ON r.geom IS NULL
    WHERE r.level = :level AND (CAST(:ids AS bigint[]) IS NULL OR r.id = ANY (:ids))
)
UPDATE region AS r
SET shape = j.shape, centre = ST_PointOnSurface(j.shape), is_schematic = j.schematic
FROM joined AS j
WHERE r.id = j.id
  AND (r.shape IS DISTINCT FROM j.shape OR r.is_schematic <> j.schematic OR (r.centre IS NULL) <> (j.shape IS NULL))
""")
