"""What a word finds: areas, villages, sites, projects, assets, facilities, each within the viewer's reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, literal, or_, select
from sqlalchemy.orm import Session, aliased

from app.i18n import lazy_gettext as _l
from assets.places.models import Facility, RelocationSite, Village
from assets.projects.models import Project
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.registry.finding import assets_like
from assets.registry.models import Asset
from assets.scope import Viewer, within
from assets.search.finding import Rows, best

PLACE, ABOVE = aliased(Region), aliased(Region)


@dataclass(frozen=True)
class Answer:
    """One find: what it is called, where it lies, where it leads."""

    name: str
    code: str
    where: str
    href: str


@dataclass(frozen=True)
class Group:
    """The finds of one kind."""

    name: Any
    answers: list[Answer]


def find(session: Session, words: str, *, viewer: Viewer, day: dt.date, limit: int = 8) -> list[Group]:
    """The best answers to ``words``, by kind; kinds without any are left out.

    Parameters
    ----------
    session : Session
        The viewer's session.
    words : str
        From :func:`assets.search.finding.clean`; nothing is found for an empty text.
    viewer : Viewer
        Whose reach narrows the areas, which every session may read.
    day : date
        On which regions must be in force.
    limit : int
        Answers of each kind at most.
    """
    if not words:
        return []
    groups = [Group(_l("Areas"), _areas(session, words, viewer, day, limit))]
    for name, entity, endpoint, key in _KINDS:
        groups.append(Group(name, _records(session, words, entity, endpoint, key, day, limit)))
    return [group for group in groups if group.answers]


_KINDS: tuple[tuple[Any, Any, str, str], ...] = (
    (_l("Villages"), Village, "places.show_village", "village_id"),
    (_l("Relocation sites"), RelocationSite, "places.show_site", "site_id"),
    (_l("Projects"), Project, "projects.show", "project_id"),
    (_l("Assets"), Asset, "registry.show", "asset_id"),
    (_l("Facilities"), Facility, "places.show_facility", "facility_id"),
)


def _areas(session: Session, words: str, viewer: Viewer, day: dt.date, limit: int) -> list[Answer]:
    statement = (
        select(Region, ABOVE.short_name)
        .outerjoin(ABOVE, ABOVE.id == Region.parent_id)
        .where(Region.level != "village", regions.valid_on(day), _touched(viewer))
    )
    rows = session.execute(best(statement, Region, words, limit=limit, name=Region.short_name))
    return [
        Answer(region.short_name, region.code, above or "", url_for("map.index", area=regions.handle(region)))
        for region, above in rows
    ]


def _touched(viewer: Viewer) -> Any:
    """Regions at, below or above a grant: what :meth:`Viewer.touches` says of a path, in SQL."""
    if viewer.unbounded:
        return literal(True)
    above = {int(step) for reach in viewer.reaches for step in reach.path.strip("/").split("/")}
    return or_(Region.id.in_(above), *(within(Region.region_path, reach.path) for reach in viewer.reaches))


def _records(
    session: Session, words: str, entity: Any, endpoint: str, key: str, day: dt.date, limit: int
) -> list[Answer]:
    find_in = _FIND_IN.get(entity, _by_own_name)
    return [
        Answer(
            row.name,
            row.code or "",
            " · ".join(filter(None, (row.above, row.place))),
            url_for(endpoint, **{key: row.id}),
        )
        for row in session.execute(find_in(entity, words, day, limit))
    ]


def _by_own_name(
    entity: Any, words: str, _day: dt.date, limit: int, matching: ColumnElement[bool] | None = None
) -> Rows:
    code = entity.code if hasattr(entity, "code") else literal("")
    statement = (
        select(
            entity.id,
            entity.name.label("name"),
            code.label("code"),
            PLACE.short_name.label("place"),
            ABOVE.short_name.label("above"),
        )
        .outerjoin(PLACE, PLACE.id == entity.region_id)
        .outerjoin(ABOVE, ABOVE.id == PLACE.parent_id)
    )
    return best(statement, entity, words, limit=limit, matching=matching)


def _by_code_elsewhere(entity: Any, words: str, day: dt.date, limit: int) -> Rows:
    """Assets by name and code, and by the code another system gave them."""
    return _by_own_name(entity, words, day, limit, assets_like(words))


def _by_region(_entity: Any, words: str, day: dt.date, limit: int) -> Rows:
    statement = (
        select(
            Village.id,
            Region.short_name.label("name"),
            Region.code.label("code"),
            literal("").label("place"),
            ABOVE.short_name.label("above"),
        )
        .join(Region, Region.id == Village.region_id)
        .outerjoin(ABOVE, ABOVE.id == Region.parent_id)
        .where(regions.valid_on(day))
    )
    return best(statement, Region, words, limit=limit, name=Region.short_name)


_FIND_IN: dict[Any, Callable[[Any, str, dt.date, int], Rows]] = {Village: _by_region, Asset: _by_code_elsewhere}
