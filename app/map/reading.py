"""What the workbench reads beside its tiles: counts in view, rows of the list, marks, the strip."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session, aliased

from app.map.layers import LISTED, Listed, inside
from assets.errors import InvalidValue
from assets.filters import Filter
from assets.maintenance import queries as maintenance
from assets.places import queries as places
from assets.places.models import Village
from assets.projects import queries as projects
from assets.regions.models import Region
from assets.review.models import Proposal
from assets.scope import within

ROWS_PER_PAGE = 50
LAST_PAGE = 400
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Rows:
    """One page of a list: its rows, how many are in view, and how many have no position."""

    rows: list[Any]
    total: int
    unplaced: int
    page: int
    sort: str

    @property
    def last_page(self) -> int:
        """The number of the last page."""
        return max(1, min(LAST_PAGE, -(-self.total // ROWS_PER_PAGE)))


def parse_box(text: str) -> Box | None:
    """``west,south,east,north`` in degrees; None where none is given.

    Raises
    ------
    InvalidValue
        For anything that is no such box.
    """
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west, south, east, north = 1.0, 1.0, 0.0, 0.0
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InvalidValue("“{value}” is not a view of the map.", value=text[:60], field="bbox")
    return west, south, east, north


UNPLACED = "unplaced"


def counts(session: Session, layer: str, shade: str, asked: Filter, box: Box | None) -> dict[str, int]:
    """How many records of a layer lie in view, by the column they are coloured by.

    ``unplaced`` are those of the area that have no position and so lie in no view.
    """
    listed = _listed(layer)
    if shade not in listed.shades:
        raise InvalidValue("“{value}” is not a choice of the filter “{field}”.", value=shade[:40], field="by")
    found = listed.matching(
        asked, listed.shades[shade](asked).label("shade"), listed.geom(asked).label("geom")
    ).subquery()
    unplaced = func.count().filter(found.c.geom.is_(None))
    seen = func.count().filter(inside(found.c.geom, box) if box else found.c.geom.is_not(None))
    rows = session.execute(select(found.c.shade, seen, unplaced).group_by(found.c.shade)).all()
    answer = {str(code): number for code, number, _ in rows if number}
    without = sum(number for _, _, number in rows)
    return answer | ({UNPLACED: without} if without else {})


def rows(session: Session, layer: str, asked: Filter, box: Box | None, *, sort: str, page: int) -> Rows:
    """One page of the records in view, with where each lies."""
    listed = _listed(layer)
    order = sort if sort in listed.orders else next(iter(listed.orders))
    geom = listed.geom(asked)
    in_view: list[ColumnElement[bool]] = [inside(geom, box)] if box else []
    found = listed.matching(asked, geom.label("geom")).subquery()
    seen = inside(found.c.geom, box) if box else true()
    total, unplaced = session.execute(
        select(func.count().filter(seen), func.count().filter(found.c.geom.is_(None))).select_from(found)
    ).one()
    page = max(1, min(page, LAST_PAGE, -(-total // ROWS_PER_PAGE) or 1))
    place, above = aliased(Region), aliased(Region)
    middle = func.ST_PointOnSurface(geom)
    statement = (
        listed.matching(
            asked,
            listed.id.label("id"),
            listed.name.label("name"),
            place.short_name.label("place"),
            place.level.label("place_level"),
            above.short_name.label("above"),
            func.ST_X(middle).label("lng"),
            func.ST_Y(middle).label("lat"),
            *listed.columns(asked),
        )
        .outerjoin(place, place.id == listed.region_id)
        .outerjoin(above, above.id == place.parent_id)
        .where(*in_view)
        .order_by(*listed.orders[order], listed.id)
        .limit(ROWS_PER_PAGE)
        .offset((page - 1) * ROWS_PER_PAGE)
    )
    return Rows(list(session.execute(statement)), total, unplaced, page, order)


def key_villages(session: Session, asked: Filter, *, limit: int = 5_000) -> list[Any]:
    """The villages that stand in a dated list, with the point that marks each."""
    assisted = places.designated("key_assistance", asked.day, Village.region_id)
    shown = places.designated("demonstration", asked.day, Village.region_id)
    statement = (
        places.villages(
            asked,
            Village.id,
            Region.short_name.label("name"),
            assisted.label("key"),
            shown.label("demonstration"),
            func.ST_X(Region.centre).label("lng"),
            func.ST_Y(Region.centre).label("lat"),
        )
        .where(Region.centre.is_not(None), assisted | shown)
        .limit(limit)
    )
    return list(session.execute(statement))


def strip(session: Session, asked: Filter) -> dict[str, int]:
    """The planner's figures for an area: pending, behind, idle or inefficient, expiring."""
    bare = Filter(day=asked.day, area_path=asked.area_path, account_id=asked.account_id)

    def assets(**changes: Any) -> int:
        return session.scalar(maintenance.matching(replace(bare, **changes), func.count())) or 0

    def projects_with(**changes: Any) -> int:
        return session.scalar(projects.matching(replace(bare, **changes), func.count(), counted=True)) or 0

    pending = frozenset({"pending"})
    return {
        "pending_assets": assets(flag=pending),
        "pending_projects": projects_with(flag=pending),
        "changes": session.scalar(_changes_waiting(asked)) or 0,
        "behind": projects_with(flag=frozenset({"behind"})),
        "idle": assets(operating=frozenset({"idle", "inefficient"})),
        "expiring": assets(flag=frozenset({"contract_expiring"})),
    }


def _changes_waiting(asked: Filter) -> Select[Any]:
    """Changes of every kind that wait for review, new registrations included: they have no mark on the map yet."""
    waiting = Proposal.status == "pending"
    return select(func.count()).select_from(Proposal).where(waiting, within(Proposal.region_path, asked.area_path))


def _listed(layer: str) -> Listed:
    if layer not in LISTED:
        raise InvalidValue("“{value}” is not a layer of the map.", value=layer[:40], field="layer")
    return LISTED[layer]
