"""Finding the region a record is filed under: by name, code or pinyin, told with what stands above it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import Session

from assets.errors import InvalidValue
from assets.regions.models import Region, RegionSuccessor
from assets.regions.queries import valid_on
from assets.scope import Viewer, viewer_of, within
from assets.search.finding import best, clean

BETWEEN = " › "
_LOCAL = ("town", "village")
_CANDIDATES = 60


class RegionEnded(InvalidValue):
    """A region that is no longer in force takes no new records."""

    message = "{name} ended on {day}. Choose what it became: {successors}."


def full_names(session: Session, regions: Iterable[Region], *, home: str = "/") -> dict[int, str]:
    """Each region's name with those above it: 八渡镇 › 大力村.

    Parameters
    ----------
    session : Session
        Any; the tree is open to everyone.
    regions : iterable of Region
        The regions to name.
    home : str
        Path of the reader's own area; what stands above counties is told outside of it only.
    """
    chains = {region.id: [int(step) for step in region.region_path.strip("/").split("/")] for region in regions}
    every = {step for chain in chains.values() for step in chain}
    known = {row.id: row for row in session.scalars(select(Region).where(Region.id.in_(every)))} if every else {}

    def told(step: int, own: int) -> bool:
        region = known.get(step)
        if region is None or region.level == "nation":
            return step == own
        return step == own or region.level in _LOCAL or not home.startswith(region.region_path)

    return {
        own: BETWEEN.join(known[step].short_name for step in chain if told(step, own)) for own, chain in chains.items()
    }


def find_regions(
    session: Session,
    words: str,
    *,
    viewer: Viewer,
    roles: Collection[str],
    day: dt.date,
    levels: Collection[str],
    limit: int = 10,
) -> list[tuple[Region, str]]:
    """The regions that ``words`` may mean, where ``viewer`` holds one of ``roles``; the best first.

    ``八渡 大力`` finds 大力村 in 八渡镇: the last word is the region's own, the others stand above it.
    """
    home = home_path(viewer)
    *above, own = (words.replace(BETWEEN.strip(), " ").split() or [""])[-4:]
    statement = _open_to(viewer, roles).where(Region.level.in_(levels), valid_on(day))
    found = session.scalars(best(statement, Region, clean(own), limit=_CANDIDATES, name=Region.short_name)).all()
    names = full_names(session, found, home=home)
    fitting = [(region, names[region.id]) for region in found if all(word in names[region.id] for word in above)]
    return fitting[:limit]


def find_ended(session: Session, words: str, *, viewer: Viewer, roles: Collection[str], day: dt.date) -> Region | None:
    """The region of exactly this name or code that had ended by ``day``, the latest; None if there was none."""
    own = (words.replace(BETWEEN.strip(), " ").split() or [""])[-1]
    return session.scalars(
        _open_to(viewer, roles)
        .where(Region.valid_to <= day, or_(Region.short_name == own, Region.name == own, Region.code == own))
        .order_by(Region.valid_to.desc(), Region.id)
        .limit(1)
    ).first()


def heirs_of(session: Session, region_id: int) -> Sequence[Region]:
    """What an ended region became."""
    return session.scalars(
        select(Region)
        .join(RegionSuccessor, RegionSuccessor.successor_id == Region.id)
        .where(RegionSuccessor.region_id == region_id)
        .order_by(Region.code)
    ).all()


def region_in_force(session: Session, region_id: int, *, day: dt.date) -> Region:
    """The region with this id, if it exists on ``day``.

    Raises
    ------
    InvalidValue
        When there is none, or it has ended; names what it became.
    """
    region = session.get(Region, region_id)
    if region is None or region.valid_from > day:
        raise InvalidValue("There is no such place. Please choose one from the list.")
    if region.valid_to is not None and region.valid_to <= day:
        heirs = heirs_of(session, region_id)
        names = full_names(session, heirs, home=home_path(viewer_of(session))).values()
        raise RegionEnded(name=region.short_name, day=region.valid_to, successors="、".join(names) or "—")
    return region


def home_path(viewer: Viewer) -> str:
    """The path of the area a viewer works in; the root's for several."""
    paths = {reach.path for reach in viewer.reaches}
    return paths.pop() if len(paths) == 1 else "/"


def _open_to(viewer: Viewer, roles: Collection[str]) -> Select[Region]:
    if viewer.unbounded:
        return select(Region)
    wanted = frozenset(roles)
    reached = [within(Region.region_path, reach.path) for reach in viewer.reaches if reach.role in wanted]
    return select(Region).where(or_(false(), *reached))
