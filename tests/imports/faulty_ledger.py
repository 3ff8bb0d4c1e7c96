"""A ledger as offices keep them, with faults planted at known cells: what a preview must find, and nothing else."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.styles import Font
from sqlalchemy.orm import Session

from assets.regions.models import Region, RegionSuccessor
from tests import factories

TITLE = "2024年度帮扶项目资产台账（八渡镇、天成镇等10个镇）"
# Two rows of headings: what stands over several columns, and the columns' own.
HEADINGS: tuple[tuple[str, str], ...] = (
    ("序号", ""),
    ("资产名称", ""),
    ("坐落", "乡镇"),
    ("", "行政村"),
    ("资产类别", ""),
    ("资产类型", ""),
    ("数量", ""),
    ("单位", ""),
    ("原值(万元)", ""),
    ("资金来源(万元)", "中央"),
    ("", "省级"),
    ("建成日期", ""),
    ("移交日期", ""),
    ("确权日期", ""),
    ("所有权人", ""),
    ("管护主体", ""),
    ("管护责任人", ""),
    ("联系电话", ""),
    ("管护经费来源", ""),
    ("巡查周期(天)", ""),
    ("经度", ""),
    ("纬度", ""),
    ("国家系统编码", ""),
    ("备注", ""),
)
COLUMN = {lower or upper: place for place, (upper, lower) in enumerate(HEADINGS)}
FIRST_ROW = 4
_TYPES = (
    ("产业路", "公里"),
    ("太阳能路灯", "盏"),
    ("公厕", "座"),
    ("农村供水工程", "处"),
    ("垃圾收集设施", "处"),
)


@dataclass
class County:
    """Ten towns of ten villages each, every village a square of its own."""

    county: Region
    towns: list[Region]
    villages: list[Region]
    merged: Region
    squares: dict[int, tuple[float, float]]


@dataclass
class Fault:
    """What is planted in one row: its kind, the headings of the cells it shows at, and what mends them."""

    kind: str
    row: int
    cells: tuple[str, ...]
    mended: dict[str, Any] = field(default_factory=dict)


def county(session: Session, tree: factories.Tree) -> County:
    """The regions the ledger speaks of; one village was merged into another last year."""
    towns, villages, squares = [], [], {}
    for place in range(10):
        town = factories.region(
            session, f"{'东西南北中上下前后新'[place]}川镇", f"6103272{place:02d}", "town", tree.county
        )
        towns.append(town)
        for number in range(10):
            name = f"{'赵钱孙李周吴郑王冯陈'[number]}家{'东西南北中上下前后新'[place]}村"
            west, south = 106.5 + 0.02 * place, 34.7 + 0.02 * number
            village = factories.region(
                session,
                name,
                f"6103272{place:02d}2{number:02d}",
                "village",
                town,
                geom=f"SRID=4490;MULTIPOLYGON((({_square(west, south)})))",
                shape=f"SRID=4490;MULTIPOLYGON((({_square(west, south)})))",
            )
            squares[village.id] = (west, south)
            villages.append(village)
    merged = factories.region(session, "老庄河村", "610327200299", "village", towns[0], valid_to=dt.date(2025, 1, 1))
    heir = RegionSuccessor(
        region_id=merged.id, successor_id=villages[0].id, kind="merged", effective_on=dt.date(2025, 1, 1)
    )
    session.add(heir)
    session.flush()
    return County(tree.county, towns, villages, merged, squares)


def _square(west: float, south: float, side: float = 0.02) -> str:
    corners = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    return ", ".join(f"{west + side * x:.6f} {south + side * y:.6f}" for x, y in corners)


def rows_of(place: County, count: int, seed: int = 7) -> list[dict[str, Any]]:
    """Rows without a fault, as they are typed: by heading."""
    pick = random.Random(seed)
    rows = []
    for number in range(1, count + 1):
        village = place.villages[(number - 1) % len(place.villages)]
        town = next(one for one in place.towns if one.id == village.parent_id)
        kind, unit = _TYPES[number % len(_TYPES)]
        west, south = place.squares[village.id]
        built = dt.date(2024, 3, 1) + dt.timedelta(days=pick.randrange(200))
        central, province = pick.randrange(20, 4000) / 100, pick.randrange(10, 1500) / 100
        rows.append(
            {
                "序号": number,
                "资产名称": f"{village.short_name}{kind}{number:04d}号",
                "乡镇": town.short_name,
                "行政村": village.short_name + ("委会" if number % 9 == 0 else ""),
                "资产类别": "公益性资产" if number % 4 == 0 else "公益性",
                "资产类型": kind,
                "数量": pick.randrange(1, 90),
                "单位": unit,
                "原值(万元)": round(central + province, 2) if number % 3 else f"{central + province:.2f}万元",
                "中央": central,
                "省级": province,
                "建成日期": (built, f"{built:%Y.%m.%d}", f"{built.year}年{built.month}月{built.day}日")[number % 3],
                "移交日期": built + dt.timedelta(days=40),
                "确权日期": None,
                "所有权人": f"{village.short_name}股份经济合作社",
                "管护主体": f"{village.short_name}股份经济合作社",
                "管护责任人": f"{village.short_name}管护员",
                "联系电话": None,
                "管护经费来源": "村集体收入",
                "巡查周期(天)": 30,
                "经度": round(west + 0.002 + 0.016 * pick.random(), 6),
                "纬度": round(south + 0.002 + 0.016 * pick.random(), 6),
                "国家系统编码": f"GJ2024{number:08d}",
                "备注": "  " if number % 50 == 0 else None,
            }
        )
    return rows


def _wrong(**cells: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda _row: cells


# What is planted, the headings of the cells it must show at, and how.
PLANTS: tuple[tuple[str, tuple[str, ...], Callable[[dict[str, Any]], dict[str, Any]]], ...] = (
    ("a village that is not there", ("行政村",), _wrong(行政村="桃花源村")),
    ("a village that was merged", ("行政村",), _wrong(行政村="老庄河村")),
    ("no name", ("资产名称",), _wrong(资产名称="   ")),
    ("an unknown class", ("资产类别",), _wrong(资产类别="其他类")),
    ("an unknown type", ("资产类型",), _wrong(资产类型="航天飞机")),
    ("a quantity in words", ("数量",), _wrong(数量="若干")),
    ("a value in words", ("原值(万元)",), _wrong(**{"原值(万元)": "约十几万", "中央": None, "省级": None})),
    ("a negative value", ("原值(万元)",), _wrong(**{"原值(万元)": -12.5, "中央": None, "省级": None})),
    ("yuan in a column of 10k yuan", ("原值(万元)",), _wrong(**{"原值(万元)": 356_000, "中央": None, "省级": None})),
    ("sources that do not add up", ("原值(万元)",), lambda row: {"中央": row["中央"] + 5}),
    ("a day that is not there", ("建成日期",), _wrong(建成日期="2024年2月30日")),
    ("a day to come", ("建成日期",), _wrong(建成日期=dt.date(2031, 5, 1), 移交日期=None)),
    ("a day before there were such assets", ("建成日期",), _wrong(建成日期=dt.date(1998, 5, 1))),
    ("handed over before it was built", ("移交日期",), _wrong(移交日期=dt.date(2023, 1, 5))),
    ("a telephone number cut short", ("联系电话",), _wrong(联系电话="1390917")),
    ("longitude and latitude swapped", ("经度",), lambda row: {"经度": row["纬度"], "纬度": row["经度"]}),
    ("a position in another county", ("经度",), lambda row: {"经度": row["经度"] + 0.6}),
    ("a code given twice", ("国家系统编码",), _wrong(国家系统编码="GJ-TWICE")),
    ("an error of a formula", ("巡查周期(天)",), _wrong(**{"巡查周期(天)": "#REF!"})),
    (
        "a code the spreadsheet has rounded",
        ("国家系统编码",),
        lambda row: {"国家系统编码": float(610327202400000000 + 1000 * row["序号"])},
    ),
)


def plant(rows: list[dict[str, Any]], place: County, *, each: int = 2, seed: int = 11) -> list[Fault]:
    """Plant every kind of fault ``each`` times, one to a row; the rows are changed."""
    pick = random.Random(seed)
    here = [number for number, row in enumerate(rows) if row["行政村"].startswith(place.villages[0].short_name)]
    free = [number for number in range(len(rows)) if number not in here]
    pick.shuffle(free)
    faults = []
    for kind, cells, spoil in PLANTS:
        for _time in range(each):
            number = here.pop() if kind == "a village that was merged" else free.pop()
            row = rows[number]
            wrong = spoil(row)
            faults.append(Fault(kind, FIRST_ROW + number, cells, {name: row[name] for name in wrong}))
            row.update(wrong)
    return faults


def write(rows: list[dict[str, Any]], target: Path) -> Path:
    """The ledger as a workbook: a merged title, merged headings in two rows, a row of totals, a note below."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "资产台账"
    sheet.append([TITLE])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(HEADINGS))
    sheet["A1"].font = Font(bold=True, size=16)
    sheet.append([upper or None for upper, _ in HEADINGS])
    sheet.append([lower or None for _, lower in HEADINGS])
    for place, (upper, lower) in enumerate(HEADINGS, start=1):
        if not lower:
            sheet.merge_cells(start_row=2, end_row=3, start_column=place, end_column=place)
        elif upper:
            sheet.merge_cells(start_row=2, end_row=2, start_column=place, end_column=place + 1)
    for row in rows:
        sheet.append([row[name] for name in COLUMN])
    sheet.append(["合计", *[None] * 7, f"=SUM(I{FIRST_ROW}:I{FIRST_ROW + len(rows) - 1})"])
    sheet.append(["填表人：王某某    审核人：李某某    填报日期：2024年12月"])
    book.save(target)
    return target


def cell_of(fault: Fault) -> set[tuple[int, int]]:
    """Row and column (from 1) of the cells a fault shows at."""
    return {(fault.row, COLUMN[name] + 1) for name in fault.cells}
