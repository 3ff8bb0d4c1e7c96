"""The real codes and names of the demonstration county, from the shipped national list."""

from __future__ import annotations

import csv
import datetime as dt
import lzma
from pathlib import Path
from typing import Any, Final

import pandas as pd

import assets.regions
from assets.regions.models import NATION_CODE
from demo.names import is_community, plain_name

COUNTY_CODE: Final = "610327000000"
KNOWN_SINCE: Final = dt.date(2000, 1, 1)
NAMES_FROM: Final = "国家统计局统计用区划代码(截至2023-06-30)"
BORDERS_FROM: Final = "演示数据:边界为示意,村镇界线为虚构"

_LEVELS: Final = ("nation", "province", "city", "county", "town", "village")
_LIST: Final = Path(assets.regions.__file__).parent / "data" / "regions-2023.csv.xz"


def read_tree() -> pd.DataFrame:
    """The county, what is above it and everything below, with ids and paths, without borders."""
    rows: list[dict[str, Any]] = [{"code": NATION_CODE, "level": "nation", "name": "全国"}]
    above = {COUNTY_CODE[:2] + "0" * 10: "province", COUNTY_CODE[:4] + "0" * 8: "city"}
    with lzma.open(_LIST, "rt", encoding="utf-8", newline="") as lines:
        near = [line for line in lines if line.startswith(COUNTY_CODE[:6]) or line[:12] in above]
        for code, level, name in csv.reader(near):
            if code[:6] == COUNTY_CODE[:6] or above.get(code) == level:
                rows.append({"code": code, "level": level, "name": name})
    rows.sort(key=lambda row: (_LEVELS.index(row["level"]), row["code"]))
    tree = pd.DataFrame(rows)
    tree["id"] = range(1, len(tree) + 1)
    village = tree["level"] == "village"
    tree["short_name"] = tree["name"].map(plain_name).where(village, tree["name"])
    tree["kind"] = None
    tree.loc[village, "kind"] = ["community" if is_community(n) else "village" for n in tree.loc[village, "name"]]
    id_of = dict(zip(tree["code"], tree["id"], strict=True))
    path_of: dict[int, str] = {}
    parents: list[int | None] = []
    for code, level, identity in zip(tree["code"], tree["level"], tree["id"], strict=True):
        parent = None if level == "nation" else int(id_of[_parent_code(code, level)])
        parents.append(parent)
        path_of[identity] = f"{path_of[parent] if parent else '/'}{identity}/"
    tree["parent_id"] = pd.array(parents, dtype="Int64")
    tree["region_path"] = [path_of[i] for i in tree["id"]]
    tree["valid_from"] = KNOWN_SINCE
    tree["valid_to"] = None
    tree["source"] = NAMES_FROM
    return tree


def _parent_code(code: str, level: str) -> str:
    kept = {"province": 0, "city": 2, "county": 4, "town": 6, "village": 9}[level]
    return code[:kept].ljust(12, "0")
