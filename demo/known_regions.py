"""Fitting a made county to a database that knows some of its regions already."""

from __future__ import annotations

import io
import re
from typing import Any, Final

import pandas as pd
import psycopg

_REFERENCES: Final = ("region_id", "parent_id")
_NAMED: Final = re.compile(r'(\["region_id", )(\d+)')
_LEARNT: Final = ("kind", "short_name", "urban_rural_code", "geom", "shape", "centre", "is_schematic", "source")


def known_ids(cursor: psycopg.Cursor[Any], regions: pd.DataFrame) -> dict[int, int]:
    """The id each of ``regions`` has or will get; those known in force keep theirs."""
    cursor.execute(
        "SELECT code, level, id FROM region WHERE valid_to IS NULL AND code = ANY (%s)", [regions["code"].tolist()]
    )
    known = {(code, level): int(identity) for code, level, identity in cursor.fetchall()}
    cursor.execute("SELECT coalesce(max(id), 0) FROM region")
    row = cursor.fetchone()
    following = int(row[0]) if row else 0
    ids: dict[int, int] = {}
    for mine, code, level in zip(regions["id"], regions["code"], regions["level"], strict=True):
        found = known.get((code, level))
        if found is None:
            following += 1
        ids[int(mine)] = following if found is None else found
    return ids


def renumbered(frame: pd.DataFrame, ids: dict[int, int], *, regions: bool) -> pd.DataFrame:
    """The frame with the database's region ids, and without paths, which the database sets."""
    frame = frame.drop(columns="region_path", errors="ignore")
    columns = [c for c in _REFERENCES if c in frame] + (["id"] if regions else [])
    if "entered" in frame:
        # What a proposal was given names its region as well.
        frame = frame.assign(
            entered=[_NAMED.sub(lambda m: f"{m[1]}{ids[int(m[2])]}", text) for text in frame["entered"]]
        )
    return frame.assign(**{c: frame[c].map(ids, na_action="ignore").astype("Int64") for c in columns})


def teach(cursor: psycopg.Cursor[Any], known: pd.DataFrame) -> None:
    """Give regions that were there before what the county knows of them: borders above all."""
    text = io.StringIO()
    known[["id", *_LEARNT]].to_csv(text, index=False, header=False)
    columns = ", ".join(_LEARNT)
    cursor.execute(f"CREATE TEMP TABLE learnt ON COMMIT DROP AS SELECT id, {columns} FROM region WITH NO DATA")
    with cursor.copy(f"COPY learnt (id, {columns}) FROM STDIN (FORMAT csv)") as copy:
        copy.write(text.getvalue())
    new = ", ".join(f"{c} = learnt.{c}" for c in _LEARNT)
    cursor.execute(
        f"UPDATE region SET {new} FROM learnt WHERE learnt.id = region.id "
        "AND (region.shape IS NULL OR region.level IN ('county', 'town', 'village'))"
    )
