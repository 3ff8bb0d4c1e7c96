"""Which first view a viewer gets: by role, in a stated order, each in its own area."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request

from app import db
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.scope import Viewer

# The first one held opens; the others are tabs. A planner's view is the map, so a planner
# with another role starts with that.
ORDER = ("leader", "clerk", "approver", "department", "planner", "caretaker", "auditor", "administrator", "viewer")


@dataclass(frozen=True)
class Desk:
    """The view shown, the other roles held, and where."""

    role: str
    others: tuple[str, ...]
    area: Region
    sectors: frozenset[str] | None


def desk_of(viewer: Viewer) -> Desk:
    """The viewer's desk: the role asked for with ``?as=`` if it is held, else the first held."""
    held = [role for role in ORDER if role in viewer.roles] or ["viewer"]
    wanted = request.args.get("as", "")
    role = wanted if wanted in held else held[0]
    reaches = sorted((r for r in viewer.reaches if r.role == role), key=lambda r: (r.path.count("/"), r.path))
    if "area" in request.args or not reaches:
        from app.area import current_area

        area = current_area()
    else:
        area = db.session.get_one(Region, reaches[0].region_id)
        # The breadcrumb and every address of the page follow the role's own area.
        g.area = area
    sectors = None
    if reaches and all(reach.sectors is not None for reach in reaches):
        sectors = frozenset[str]().union(*(reach.sectors or () for reach in reaches))
    return Desk(role, tuple(held), area, sectors)


def handle(desk: Desk) -> str:
    """How addresses name the desk's area."""
    return regions.handle(desk.area)
