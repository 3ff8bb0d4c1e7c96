"""The regions below an area, and which of them a record's path goes through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session, load_only

from assets.errors import InvalidValue
from assets.regions.models import Region
from assets.scope import within
from assets.vocabulary import LEVELS

AREAS_AT_MOST = 5_000

# Shapes are heavy, and no figure needs them.
_LIGHT = load_only(
    Region.id,
    Region.code,
    Region.name,
    Region.short_name,
    Region.level,
    Region.kind,
    Region.parent_id,
    Region.region_path,
    Region.valid_from,
    Region.valid_to,
)


def regions_below(session: Session, area: Region, level: str | None) -> Sequence[Region]:
    """The regions of ``level`` in ``area``, or those directly below it, ended ones included.

    Raises
    ------
    InvalidValue
        For a level that is none or not below the area, or with more than 5,000 regions.
    """
    if level is None:
        criterion: ColumnElement[bool] = Region.parent_id == area.id
    elif level in LEVELS and LEVELS.index(level) > LEVELS.index(area.level):
        criterion = (Region.level == level) & within(Region.region_path, area.region_path)
    else:
        raise InvalidValue("“{value}” is not a level below this area.", value=level[:40], field="level")
    order = (Region.code, Region.id)
    found = session.scalars(
        select(Region).options(_LIGHT).where(criterion).order_by(*order).limit(AREAS_AT_MOST + 1)
    ).all()
    if len(found) > AREAS_AT_MOST:
        raise InvalidValue(
            "This area has more than {limit} areas of that level; choose a higher level.",
            limit=AREAS_AT_MOST,
            field="level",
        )
    return found


def bounds_of(session: Session, area: Region) -> tuple[float, float, float, float] | None:
    """West, south, east and north of an area in degrees; None where its shape is unknown."""
    sides = (getattr(func, f"ST_{side}")(Region.shape) for side in ("XMin", "YMin", "XMax", "YMax"))
    west, south, east, north = session.execute(select(*sides).where(Region.id == area.id)).one()
    return None if west is None else (west, south, east, north)


def steps_through(
    path: Any, area: Region, below: Sequence[Region]
) -> tuple[ColumnElement[Any], Callable[[Sequence[str]], int]]:
    """What to group records by, and how to tell from it which of ``below`` they belong to.

    Regions of one level may lie at several depths, as in a city without counties. What goes
    through none of them belongs to ``area`` itself.
    """
    depths = sorted({region.region_path.count("/") for region in below}) or [area.region_path.count("/") + 1]
    known = {str(region.id): region.id for region in below}

    def belongs(steps: Sequence[str]) -> int:
        return next((known[step] for step in steps if step in known), area.id)

    return array([func.split_part(path, "/", depth) for depth in depths]), belongs
