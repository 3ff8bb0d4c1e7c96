"""A list of region codes, read and made ready for :func:`assets.regions.service.load_tree`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from assets.errors import InvalidValue
from assets.regions.models import NATION_CODE
from assets.search.words import spell_many
from assets.vocabulary import LEVELS

SHIPPED: Final = Path(__file__).parent / "data" / "regions-2023.csv.xz"
SHIPPED_ON: Final = dt.date(2023, 6, 30)
SHIPPED_SOURCE: Final = "国家统计局统计用区划代码(截至2023-06-30)"
KNOWN_SINCE: Final = dt.date(2000, 1, 1)

_PARENT_DIGITS: Final = {"province": 0, "city": 2, "county": 4, "town": 6, "village": 9}
_VILLAGE: Final = r"(?:村民委员会|村委会)$"
_COMMUNITY: Final = r"(?:居民委员会|居委会)$"
_COMPLETE: Final = r"(?:村|嘎查|社区|大队|生活区|管理区)$"


@dataclass(frozen=True)
class CodeList:
    """A part of a list of codes, with everything above it.

    ``rows`` has one row per region: code, level, name, short_name, kind, pinyin, initials,
    parent_code, parent_level. ``root`` is the code and level below which the list is complete.
    """

    rows: pd.DataFrame
    root: tuple[str, str]
    on: dt.date
    source: str


def read_shipped(within: str = "") -> CodeList:
    """The national list that comes with the program, or its part under one code.

    Parameters
    ----------
    within : str
        The 2, 4, 6 or 9 significant digits of a province, city, county or town; empty for all.

    Raises
    ------
    InvalidValue
        When the list has no region with this code.
    """
    table = pd.read_csv(SHIPPED, dtype=str, keep_default_na=False)
    return code_list(table, within=within, on=SHIPPED_ON, source=SHIPPED_SOURCE)


def code_list(table: pd.DataFrame, *, within: str, on: dt.date, source: str) -> CodeList:
    """Make a table of code, level and name ready to be loaded.

    Parameters
    ----------
    table : DataFrame
        Columns code (12 digits), level, name; the nation itself may be left out.
    within : str
        As for :func:`read_shipped`.
    on : date
        The day on which the list was closed.
    source : str
        What the list is called; tells its rows from those of another list.

    Raises
    ------
    InvalidValue
        When a code or level is none, or ``within`` is not in the list.
    """
    _check(table)
    # A town or village under its county's own code (金门县) stands for "there is none".
    hollow = table["level"].isin(("town", "village")) & table["code"].str.endswith("000000")
    rows = table.loc[~hollow & (table["level"] != "nation"), ["code", "level", "name"]]
    root = ("nation", NATION_CODE)
    if within:
        rows, root = _part(rows, within)
    nation = pd.DataFrame({"code": [NATION_CODE], "level": ["nation"], "name": ["全国"]})
    rows = pd.concat([nation, rows], ignore_index=True)
    return CodeList(_described(rows), (root[1], root[0]), on, source)


def _check(table: pd.DataFrame) -> None:
    wrong = table.loc[~table["code"].str.fullmatch(r"[0-9]{12}"), "code"]
    if len(wrong):
        raise InvalidValue("“{value}” is not a region code of 12 digits.", value=str(wrong.iloc[0])[:40])
    unknown = table.loc[~table["level"].isin(LEVELS), "level"]
    if len(unknown):
        raise InvalidValue("“{value}” is not a level of regions.", value=str(unknown.iloc[0])[:40])


def _part(rows: pd.DataFrame, within: str) -> tuple[pd.DataFrame, tuple[str, str]]:
    found = rows.loc[rows["code"] == within.ljust(12, "0")]
    level = {2: "province", 4: "city", 6: "county", 9: "town"}.get(len(within))
    if not (level and (found["level"] == level).any()):
        raise InvalidValue("The list has no region with the code “{value}”.", value=within[:40])
    depth = LEVELS.index(level)
    below = rows["code"].str.startswith(within) & (rows["level"].map(LEVELS.index) >= depth)
    above = pd.Series(False, index=rows.index)
    for upper in LEVELS[1:depth]:
        code = within[: {"province": 2, "city": 4, "county": 6}[upper]].ljust(12, "0")
        above |= (rows["level"] == upper) & (rows["code"] == code)
    return rows.loc[below | above], (level, within.ljust(12, "0"))


def _described(rows: pd.DataFrame) -> pd.DataFrame:
    village = rows["level"] == "village"
    rows["short_name"] = rows["name"].where(~village, _short(rows["name"]))
    rows["kind"] = _kind(rows).where(village)
    spelled = spell_many(rows["short_name"])
    rows["pinyin"] = [spelled[name][0] for name in rows["short_name"]]
    rows["initials"] = [spelled[name][1] for name in rows["short_name"]]
    rows["parent_level"] = rows["level"].map(dict(zip(LEVELS[1:], LEVELS, strict=False)))
    rows["parent_code"] = None
    for level, digits in _PARENT_DIGITS.items():
        here = rows["level"] == level
        rows.loc[here, "parent_code"] = rows.loc[here, "code"].str[:digits].str.ljust(12, "0")
    return rows


def _short(names: pd.Series[str]) -> pd.Series[str]:
    """大力村委会 → 大力村, 方家畈村村民委员会 → 方家畈村, 北城社区居民委员会 → 北城社区."""
    collective, residents = names.str.contains(_VILLAGE), names.str.contains(_COMMUNITY)
    bare = names.str.replace(f"{_VILLAGE}|{_COMMUNITY}", "", regex=True)
    complete = bare.str.contains(_COMPLETE)
    short = bare.where(~collective | complete, bare + "村")
    return short.where(~residents | bare.str.endswith("社区"), bare + "社区").where(bare != "", names)


def _kind(rows: pd.DataFrame) -> pd.Series[str]:
    """By what the name says, else by the code's tenth digit: 0, 1 and 4 are urban bodies."""
    name = rows["name"]
    kind = pd.Series("village", index=rows.index).where(~rows["code"].str[9].isin(("0", "1", "4")), "community")
    kind = kind.where(~name.str.contains(r"(?:村|嘎查|村民委员会|村委会)$"), "village")
    return kind.where(~name.str.contains(r"(?:社区|居民委员会|居委会)$"), "community")
