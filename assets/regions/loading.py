"""What a list of codes changes in the tree, worked out in columns."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, bindparam, text

from assets.regions.tree import KNOWN_SINCE, CodeList
from assets.vocabulary import LEVELS

_KEY: Final = ["code", "level"]
_PARENT_KEY: Final = ["parent_code", "parent_level"]
_COPIED: Final = (
    "id, code, level, kind, name, short_name, pinyin, initials, parent_id, region_path, rollup_id, valid_from, source"
)
_CHUNK: Final = 20_000


@dataclass(frozen=True)
class Changes:
    """Rows to add (in the order of their levels), to rename, and ids of regions to end."""

    fresh: pd.DataFrame
    renamed: pd.DataFrame
    ended: list[int]


def compare(connection: Connection, codes: CodeList) -> Changes:
    """Compare a list with the tree as it was on the list's day or became later.

    Parameters
    ----------
    connection : Connection
        Sees the region table.
    codes : CodeList
        The list, complete below its root.
    """
    kept, ever = _tree(connection, codes)
    rows = codes.rows.merge(kept, how="left", on=_KEY, suffixes=("", "_kept"), indicator=True)
    fresh = rows["_merge"] == "left_only"
    numbers = connection.execute(_NUMBERS, {"size": int(fresh.sum())}).scalars().all()
    ordered = rows.loc[fresh].sort_values("code", kind="stable").index
    rows.loc[ordered, "id"] = numbers
    rows["id"] = rows["id"].astype("int64")
    seen = pd.MultiIndex.from_frame(rows[_KEY]).isin(pd.MultiIndex.from_frame(ever[_KEY]))
    placed = _placed(rows, fresh, pd.Series(seen, index=rows.index), set(kept.loc[kept["other"], "parent_id"]), codes)
    changed = rows.loc[~fresh & rows["other"].eq(True) & (rows["name"] != rows["name_kept"])]
    return Changes(placed, changed, _vanished(kept, codes))


def _tree(connection: Connection, codes: CodeList) -> tuple[pd.DataFrame, pd.DataFrame]:
    found = connection.execute(_TREE, {"day": codes.on, "source": codes.source})
    tree = pd.DataFrame(found.all(), columns=list(found.keys()))
    kept = tree.loc[tree["lasts"].astype(bool)].drop_duplicates(_KEY, keep="last").drop(columns="lasts")
    return kept, tree


def _placed(
    rows: pd.DataFrame, fresh: pd.Series[bool], seen: pd.Series[bool], listed_elsewhere: set[Any], codes: CodeList
) -> pd.DataFrame:
    """Give the new rows parent, path, and the day since when they are valid, level by level."""
    parts = []
    above: dict[tuple[str, str], tuple[int, str, int, Any]] = {}
    for level in LEVELS:
        here = rows.loc[rows["level"] == level]
        new = here.loc[fresh.loc[here.index]].copy()
        parents = [above.get(key) for key in zip(new["parent_code"], new["parent_level"], strict=True)]
        new["parent_id"] = pd.array([p[0] if p else None for p in parents], dtype="Int64")
        new["region_path"] = [f"{p[1] if p else '/'}{i}/" for p, i in zip(parents, new["id"], strict=True)]
        summed_above = level in ("county", "town", "village")
        sums = [p[2] if p and summed_above else i for p, i in zip(parents, new["id"], strict=True)]
        new["rollup_id"] = pd.array(sums, dtype="Int64")
        late = seen.loc[new.index].to_numpy() | new["parent_id"].isin(listed_elsewhere).to_numpy()
        since = [max(p[3], KNOWN_SINCE) if p else KNOWN_SINCE for p in parents]
        new["valid_from"] = [codes.on if is_late else day for is_late, day in zip(late, since, strict=True)]
        new["source"] = codes.source
        parts.append(new)
        if level != "village":
            known = pd.concat([here.loc[~fresh.loc[here.index]], new])
            above |= {
                (code, level): (i, path, rollup, day)
                for code, i, path, rollup, day in zip(
                    known["code"],
                    known["id"],
                    known["region_path"],
                    known["rollup_id"].astype("int64"),
                    known["valid_from"],
                    strict=True,
                )
            }
    placed: pd.DataFrame = pd.concat(parts)
    return placed


def _vanished(kept: pd.DataFrame, codes: CodeList) -> list[int]:
    """Regions below the root that another list named and this one lacks; hand-made ones stay."""
    root = kept.loc[(kept["code"] == codes.root[0]) & (kept["level"] == codes.root[1]), "region_path"]
    if root.empty:
        return []
    path = str(root.iloc[0])
    below = kept["region_path"].str.startswith(path) & (kept["region_path"] != path)
    unlisted = ~pd.MultiIndex.from_frame(kept[_KEY]).isin(pd.MultiIndex.from_frame(codes.rows[_KEY]))
    ended = kept.loc[below & unlisted & kept["other"] & (kept["valid_from"] < codes.on), "id"]
    return [int(identity) for identity in ended]


def add(connection: Connection, fresh: pd.DataFrame) -> Iterator[tuple[str, int]]:
    """Add the new rows, yielding level and number of rows after each portion."""
    driver: Any = connection.connection
    for level in LEVELS:
        rows = fresh.loc[fresh["level"] == level]
        for start in range(0, len(rows), _CHUNK):
            part = rows.iloc[start : start + _CHUNK]
            lines = io.StringIO()
            part.to_csv(lines, columns=_COPIED.split(", "), header=False, index=False)
            with driver.cursor() as cursor, cursor.copy(f"COPY region ({_COPIED}) FROM STDIN (FORMAT csv)") as copy:
                copy.write(lines.getvalue())
            yield level, len(part)


def rename(connection: Connection, renamed: pd.DataFrame, source: str) -> None:
    """Give regions the names that the list has."""
    columns = ["id", "name", "short_name", "kind", "pinyin", "initials"]
    given = renamed[columns].astype(object).where(renamed[columns].notna(), None)
    if len(given):
        connection.execute(
            _RENAME, [dict(zip(columns, row, strict=True)) | {"source": source} for row in given.values.tolist()]
        )


_NUMBERS: Final = text("SELECT nextval(pg_get_serial_sequence('region', 'id')) FROM generate_series(1, :size)")

_TREE: Final = text("""
SELECT id, code, level, name, parent_id, region_path, rollup_id, valid_from,
       source IS NOT NULL AND source <> :source AS other, valid_to IS NULL OR valid_to > :day AS lasts
FROM region ORDER BY valid_from
""")

_RENAME: Final = text("""
UPDATE region SET name = :name, short_name = :short_name, kind = :kind, pinyin = :pinyin, initials = :initials,
       source = :source
WHERE id = :id
""").bindparams(bindparam("id"))
