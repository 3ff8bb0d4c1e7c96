"""Writing a made county into the database: one transaction, table by table, by COPY."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any, Final, LiteralString, cast

import numpy as np
import pandas as pd
import psycopg
import shapely
from psycopg import sql

from assets.accounts.passwords import hash_password
from assets.db import Base
from assets.schema import metadata
from assets.terms.defaults import DATED
from demo.county import ORDER, County
from demo.known_regions import known_ids, renumbered, teach
from spatial.crs import STORAGE_SRID

Report = Callable[[str, int, int], None]
_SPELLINGS: Final = ("pinyin", "initials")
_GEOMETRIES: Final = ("geom", "shape", "centre")
_DATED: Final = tuple(entity.__tablename__ for entity in DATED)


class AlreadyLoaded(Exception):
    """The database holds a registry; a demonstration is loaded only into an empty one."""


def load(
    connection: psycopg.Connection[Any], county: County, *, fresh: bool = False, report: Report | None = None
) -> None:
    """Write ``county``; the caller's connection is left committed.

    Parameters
    ----------
    connection : psycopg.Connection
        As the role that owns the tables.
    county : County
        What to write.
    fresh : bool
        Empty every table of the registry first, its audit and history too.
    report : callable, optional
        Called with (table, rows, rows in all) before each table is written.

    Raises
    ------
    AlreadyLoaded
        If there are accounts, villages, projects or assets already, and ``fresh`` was not
        asked for. Regions may be there: they keep their ids and learn their borders; so may
        labels, limits and templates, which stay as they are.
    """
    told = report or _silently
    total = sum(len(county[table]) for table in ORDER)
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL xiangtu.upkeep_later = 'on'")
        if fresh:
            _empty(cursor)
        else:
            refuse_unless_empty(cursor)
        done, ids = 0, known_ids(cursor, county["region"])
        for table in ORDER:
            told(table, done, total)
            frame = _plain(renumbered(county[table], ids, regions=table == "region"))
            if table == "region":
                frame = _only_new(cursor, frame)
            if table in _DATED and _is_filled(cursor, table):
                continue
            _copy(cursor, table, frame)
            done += len(county[table])
        told("upkeep_period", done, total)
        cursor.execute("SELECT upkeep_refresh(array_agg(id)) FROM asset")
        cursor.execute("SELECT rollup_fold()")
        cursor.execute(
            "INSERT INTO audit_entry (action, table_name, changes) VALUES ('demo.load', 'installation', %s)",
            [psycopg.types.json.Jsonb({"seed": county.seed, "on": str(county.on), "rows": total})],
        )
        cursor.execute("ANALYZE")
    connection.commit()


def _silently(_table: str, _done: int, _total: int) -> None:
    """Report to nobody."""


def _empty(cursor: psycopg.Cursor[Any]) -> None:
    tables = sql.SQL(", ").join(sql.Identifier(t.name) for t in Base.metadata.sorted_tables)
    cursor.execute("SET LOCAL xiangtu.trimming = 'on'")
    cursor.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(tables))


def refuse_unless_empty(cursor: psycopg.Cursor[Any]) -> None:
    """Raise :class:`AlreadyLoaded` if there is anything a demonstration would mix with."""
    cursor.execute(
        "SELECT EXISTS (SELECT FROM account) OR EXISTS (SELECT FROM village) "
        "OR EXISTS (SELECT FROM project) OR EXISTS (SELECT FROM asset)"
    )
    row = cursor.fetchone()
    if row and row[0]:
        raise AlreadyLoaded


def _is_filled(cursor: psycopg.Cursor[Any], table: str) -> bool:
    cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table)))
    row = cursor.fetchone()
    return bool(row and row[0])


def _only_new(cursor: psycopg.Cursor[Any], regions: pd.DataFrame) -> pd.DataFrame:
    cursor.execute("SELECT id FROM region WHERE id = ANY (%s)", [regions["id"].tolist()])
    old = regions["id"].isin([row[0] for row in cursor.fetchall()])
    if old.any():
        teach(cursor, regions[old])
    return regions[~old]


def _copy(cursor: psycopg.Cursor[Any], table: str, frame: pd.DataFrame) -> None:
    if frame.empty:
        return
    # A masked name is spelled by nothing, which is not the same as unknown.
    spelled = [column for column in _SPELLINGS if column in frame]
    form = sql.SQL("FORMAT csv, FORCE_NOT_NULL ({})").format(_listed(spelled)) if spelled else sql.SQL("FORMAT csv")
    into = sql.SQL("COPY {} ({}) FROM STDIN ({})").format(sql.Identifier(table), _listed(frame.columns), form)
    text = io.StringIO()
    frame.to_csv(text, index=False, header=False)
    with cursor.copy(into) as copy:
        copy.write(text.getvalue())
    if "id" in frame and metadata.tables[table].c["id"].identity is not None:
        name = cast(LiteralString, f'"{table}"')
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), greatest(%s, nextval(pg_get_serial_sequence(%s, 'id'))))",
            [name, int(frame["id"].max()), name],
        )


def _listed(columns: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Geometries as text for COPY, passwords as hashes."""
    frame = frame.copy()
    if "password" in frame:
        frame["password_hash"] = [hash_password(p) for p in frame.pop("password")]
    for column in _GEOMETRIES:
        if column in frame:
            shapes = shapely.set_srid(frame[column].to_numpy(dtype=object), STORAGE_SRID)
            text = shapely.to_wkb(shapes, hex=True, include_srid=True)
            frame[column] = np.where(pd.isna(text), None, text)
    return frame
