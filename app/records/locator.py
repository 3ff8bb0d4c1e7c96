"""A small map of where a record lies, drawn as SVG: its village in its town, its town in its county."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from assets.regions.models import Region
from assets.regions.queries import valid_on

_DIGITS = 10_000
_STEPS = 500


@dataclass(frozen=True)
class Area:
    """One region drawn: its outline as path data, where its name stands, whether it is the record's."""

    name: str
    path: str
    x: float
    y: float
    own: bool


@dataclass(frozen=True)
class Locator:
    """A drawing: the areas of ``name``, a mark, and the box they fill (x, y, width, height)."""

    name: str
    areas: tuple[Area, ...]
    box: tuple[float, float, float, float]
    schematic: bool
    mark: tuple[float, float] | None = None
    outline: str = ""

    @property
    def unit(self) -> float:
        """One hundredth of the drawing's longer side: what sizes of marks are given in."""
        return max(self.box[2], self.box[3]) / 100


def locate(session: Session, region: Region, geom: Any | None, *, day: dt.date) -> list[Locator]:
    """The drawings for a record of ``region``: the nearer first; none where borders are unknown."""
    drawings = []
    frame_id, own_id = (region.parent_id, region.id) if region.level == "village" else (region.id, None)
    for _ in range(2):
        frame = session.get(Region, frame_id) if frame_id else None
        if frame is None or frame.level not in ("county", "town"):
            break
        drawing = _draw(session, frame, own_id, geom, day)
        if drawing:
            drawings.append(drawing)
        frame_id, own_id = frame.parent_id, frame.id
    return drawings


def _draw(session: Session, frame: Region, own_id: int | None, geom: Any | None, day: dt.date) -> Locator | None:
    extent = [getattr(func, f"ST_{side}")(Region.shape) for side in ("XMin", "YMin", "XMax", "YMax")]
    west, south, east, north = session.execute(select(*extent).where(Region.id == frame.id)).one()
    if west is None:
        return None
    # Degrees of longitude are shorter than those of latitude; drawn so, shapes look right.
    squeeze = math.cos(math.radians((south + north) / 2))
    tolerance = max((east - west) * squeeze, north - south) / _STEPS

    def drawn(shape: Any) -> Any:
        plain = func.ST_SimplifyPreserveTopology(shape, tolerance)
        return func.ST_AsSVG(func.ST_Scale(plain, squeeze * _DIGITS, _DIGITS), 1, 0)

    rows = session.execute(
        select(
            Region.id,
            Region.short_name,
            drawn(Region.shape).label("path"),
            func.ST_X(Region.centre).label("x"),
            func.ST_Y(Region.centre).label("y"),
        )
        .where(Region.parent_id == frame.id, Region.shape.is_not(None), valid_on(day))
        .order_by(Region.code)
    ).all()
    areas = tuple(
        Area(row.short_name, row.path, row.x * squeeze * _DIGITS, -row.y * _DIGITS, row.id == own_id) for row in rows
    )
    if not areas:
        path = session.scalar(select(drawn(Region.shape)).where(Region.id == frame.id))
        areas = (Area(frame.short_name, str(path), 0, 0, False),)
    margin = 0.02 * max((east - west) * squeeze, north - south) * _DIGITS
    box = (
        west * squeeze * _DIGITS - margin,
        -north * _DIGITS - margin,
        (east - west) * squeeze * _DIGITS + 2 * margin,
        (north - south) * _DIGITS + 2 * margin,
    )
    mark, outline = _mark(session, geom, squeeze, drawn)
    return Locator(frame.short_name, areas, box, frame.is_schematic, mark, outline)


def _mark(session: Session, geom: Any | None, squeeze: float, drawn: Any) -> tuple[tuple[float, float] | None, str]:
    if geom is None:
        return None, ""
    value = literal(geom, Geometry("GEOMETRY", srid=4490))
    middle = func.ST_PointOnSurface(value)
    x, y, flat, path = session.execute(
        select(func.ST_X(middle), func.ST_Y(middle), func.ST_Dimension(value) == 0, drawn(value))
    ).one()
    return (x * squeeze * _DIGITS, -y * _DIGITS), "" if flat else path
