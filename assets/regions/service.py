"""Loading the tree of regions, and merging regions."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from assets import audit
from assets.errors import RegistryError
from assets.regions.borders import refresh_shapes
from assets.regions.models import LEVELS, Region, RegionSuccessor
from assets.regions.tree import KNOWN_SINCE, CodeList

Progress = Callable[[int], None]

COPIED: Final = (
    "code",
    "level",
    "name",
    "short_name",
    "kind",
    "pinyin",
    "initials",
    "parent_code",
    "parent_level",
)
_CHUNK: Final = 50_000


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
    told = progress or (lambda _rows: None)
    connection = session.connection()
    connection.execute(_PREPARE)
    _copy(connection, codes.rows)
    given = {"day": codes.on, "source": codes.source, "since": KNOWN_SINCE}
    connection.execute(_KNOWN, given)
    connection.execute(_NUMBER)
    for level in LEVELS:
        connection.execute(_PLACE, given | {"level": level})
    added = 0
    for level in LEVELS:
        here = codes.rows.loc[codes.rows["level"] == level, "code"]
        for first, last, rows in _stretches(here):
            added += connection.execute(_ADD, given | {"level": level, "first": first, "last": last}).rowcount
            told(rows)
    renamed = connection.execute(_RENAME, given).rowcount
    parents = connection.execute(_END, given | {"code": codes.root[0], "level": codes.root[1]}).scalars().all()
    connection.execute(text("DROP TABLE listed_region"))
    session.expire_all()
    if parents:
        refresh_shapes(session, set(parents), day=codes.on)
    loaded = Loaded(added, renamed, len(parents))
    if loaded != Loaded(0, 0, 0):
        audit.record(
            session,
            "regions.load_tree",
            batch=f"regions {codes.root[0]} {codes.on}",
            source=codes.source,
            added=added,
            renamed=renamed,
            ended=len(parents),
        )
    return loaded


def _copy(connection: Any, rows: pd.DataFrame) -> None:
    columns = ", ".join(f'{column} text COLLATE "C"' for column in COPIED)
    connection.execute(text(f"CREATE TEMP TABLE listed_region ({columns}, {_FOUND}) ON COMMIT DROP"))
    with connection.connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for start in range(0, len(rows), _CHUNK):
            lines = io.StringIO()
            rows.iloc[start : start + _CHUNK].to_csv(lines, columns=list(COPIED), header=False, index=False)
            copy.write(lines.getvalue())
    connection.execute(text("CREATE INDEX ON listed_region (level, code)"))
    connection.execute(text("ANALYZE listed_region"))


def _stretches(codes: pd.Series[str]) -> Iterator[tuple[str, str, int]]:
    """Ranges of codes of about one chunk, so that progress is seen."""
    ordered = sorted(codes)
    for start in range(0, len(ordered), _CHUNK):
        part = ordered[start : start + _CHUNK]
        yield part[0], part[-1], len(part)


_COPY: Final = f"COPY listed_region ({', '.join(COPIED)}) FROM STDIN (FORMAT csv)"

_FOUND: Final = "id bigint, fresh boolean DEFAULT true, parent_id bigint, region_path text, rollup_id bigint, since date"

# One load at a time; and the name index is cheaper to feed in large portions.
_PREPARE: Final = text("""
SELECT pg_advisory_xact_lock(hashtext('regions.load_tree')),
       set_config('gin_pending_list_limit', '32MB', true), set_config('maintenance_work_mem', '256MB', true)
""")

_KNOWN: Final = text("""
UPDATE listed_region AS l
SET id = r.id, fresh = false, parent_id = r.parent_id, region_path = r.region_path, rollup_id = r.rollup_id,
    since = r.valid_from
FROM region AS r
WHERE r.code = l.code AND r.level = l.level AND (r.valid_to IS NULL OR r.valid_to > :day)
""")

_NUMBER: Final = text("""
UPDATE listed_region AS l SET id = n.id
FROM (
    SELECT nextval(pg_get_serial_sequence('region', 'id')) AS id, code, level
    FROM (SELECT code, level FROM listed_region WHERE fresh ORDER BY code) AS ordered
) AS n
WHERE n.code = l.code AND n.level = l.level
""")

# A region that was there before, or whose siblings another list knew, is new on the list's day.
_PLACE: Final = text("""
UPDATE listed_region AS l
SET parent_id = p.id, region_path = coalesce(p.region_path, '/') || l.id || '/',
    rollup_id = CASE WHEN l.level IN ('county', 'town', 'village') THEN coalesce(p.rollup_id, l.id) ELSE l.id END,
    since = CASE
        WHEN p.elsewhere OR EXISTS (SELECT FROM region AS r WHERE r.code = l.code AND r.level = l.level) THEN :day
        ELSE greatest(p.since, :since) END
FROM listed_region AS f
LEFT JOIN (
    SELECT up.*, o.parent_id IS NOT NULL AS elsewhere
    FROM listed_region AS up
    LEFT JOIN (SELECT DISTINCT parent_id FROM region WHERE source <> :source) AS o ON o.parent_id = up.id
) AS p ON p.code = f.parent_code AND p.level = f.parent_level
WHERE l.code = f.code AND l.level = f.level AND l.level = :level AND f.level = :level AND l.fresh
""")

_ADD: Final = text("""
INSERT INTO region (id, code, level, kind, name, short_name, pinyin, initials, parent_id, region_path, rollup_id,
                    valid_from, source)
SELECT id, code, level, kind, name, short_name, pinyin, initials, parent_id, region_path, rollup_id, since, :source
FROM listed_region
WHERE level = :level AND code BETWEEN :first AND :last AND fresh
""")

_RENAME: Final = text("""
UPDATE region AS r
SET name = l.name, short_name = l.short_name, kind = l.kind, pinyin = l.pinyin, initials = l.initials,
    source = :source
FROM listed_region AS l
WHERE r.code = l.code AND r.level = l.level AND (r.valid_to IS NULL OR r.valid_to > :day)
  AND r.source <> :source AND r.name <> l.name
""")

# Only what came from another list can vanish from this one; what was entered by hand stays.
_END: Final = text("""
UPDATE region AS r SET valid_to = :day
FROM region AS root
WHERE root.code = :code AND root.level = :level AND (root.valid_to IS NULL OR root.valid_to > :day)
  AND r.region_path > root.region_path AND r.region_path < left(root.region_path, -1) || '0'
  AND r.source <> :source AND r.valid_from < :day AND (r.valid_to IS NULL OR r.valid_to > :day)
  AND NOT EXISTS (SELECT FROM listed_region AS l WHERE l.code = r.code AND l.level = r.level)
RETURNING r.parent_id
""")


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
