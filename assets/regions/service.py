"""Loading the tree of regions, and merging regions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from assets import audit
from assets.errors import RegistryError
from assets.regions import loading
from assets.regions.borders import refresh_shapes
from assets.regions.models import Region, RegionSuccessor
from assets.regions.tree import CodeList

Progress = Callable[[int], None]


class CannotMerge(RegistryError):
    """The regions named cannot become one."""

    message = "“{name}” cannot be merged into “{successor}”: they must be of one level and in force on {day}."


@dataclass(frozen=True)
class Loaded:
    """How many regions a list added, renamed and ended."""

    added: int
    renamed: int
    ended: int


def load_tree(session: Session, codes: CodeList, *, progress: Progress | None = None) -> Loaded:
    """Make the tree of regions agree with a list of codes, whatever was loaded before.

    A region that the list has and the tree lacks is added, valid since the list's day, or since
    ever where no other list was known. One that an earlier list had and this one lacks is ended
    on the list's day. Names follow the list. The same list again changes nothing.

    Parameters
    ----------
    session : Session
        A system session; 665,000 rows take about half a minute.
    codes : CodeList
        From :func:`assets.regions.tree.read_shipped` or :func:`assets.regions.tree.code_list`.
    progress : callable, optional
        Told how many more rows are done, ``len(codes.rows)`` in all.

    Returns
    -------
    Loaded
        What changed.
    """
    connection = session.connection()
    connection.execute(_PREPARE)
    changes = loading.compare(connection, codes)
    if progress:
        progress(len(codes.rows) - len(changes.fresh))
    for _level, rows in loading.add(connection, changes.fresh):
        if progress:
            progress(rows)
    loading.rename(connection, changes.renamed, codes.source)
    parents = connection.execute(_END, {"ids": changes.ended, "day": codes.on}).scalars().all()
    session.expire_all()
    if parents:
        refresh_shapes(session, set(parents), day=codes.on)
    loaded = Loaded(len(changes.fresh), len(changes.renamed), len(parents))
    if loaded != Loaded(0, 0, 0):
        audit.record(
            session,
            "regions.load_tree",
            batch=f"regions {codes.root[0]} {codes.on}",
            source=codes.source,
            **asdict(loaded),
        )
    return loaded


# One load at a time; and the index of names is cheaper to feed in large portions.
_PREPARE: Final = text("""
SELECT pg_advisory_xact_lock(hashtext('regions.load_tree')),
       set_config('gin_pending_list_limit', '32MB', true), set_config('maintenance_work_mem', '256MB', true)
""")

_END: Final = text("UPDATE region SET valid_to = :day WHERE id = ANY (:ids) RETURNING parent_id")


def merge_regions(session: Session, ended: Sequence[Region], successor: Region, on: dt.date) -> None:
    """End regions on a day, name their successor, and put what lies below them under it.

    Records stay filed under the ended regions, where they remain readable.

    Parameters
    ----------
    session : Session
        The session of the action.
    ended : sequence of Region
        The regions that cease, of one level with the successor.
    successor : Region
        What they become part of; in force on the day.
    on : date
        The first day of the new state.

    Raises
    ------
    CannotMerge
        When levels differ, a region has ended or not begun, or is its own successor.
    """
    for region in ended:
        begun = all(r.valid_from < on and (r.valid_to is None or r.valid_to > on) for r in (region, successor))
        if region.id == successor.id or region.level != successor.level or not begun:
            raise CannotMerge(name=region.name, successor=successor.name, day=on)
    batch = f"merge {successor.code} {on}"
    for region in ended:
        region.valid_to = on
        audit.record(session, "regions.merge", region, batch=batch, successor=successor.code)
        session.add(RegionSuccessor(region_id=region.id, successor_id=successor.id, kind="merged", effective_on=on))
        below = select(Region).where(Region.parent_id == region.id, func.coalesce(Region.valid_to, dt.date.max) > on)
        for child in session.scalars(below.order_by(Region.code)).all():
            child.parent_id = successor.id
            audit.record(session, "regions.move", child, batch=batch)
    session.flush()
    session.expire_all()
    refresh_shapes(session, {successor.id}, day=on)
