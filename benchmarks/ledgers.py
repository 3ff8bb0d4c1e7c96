"""Ledgers of assets to measure with: as offices keep them, without a fault, of any length."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import Connection, text

HEADINGS = (
    ("序号", None),
    ("资产名称", "name"),
    ("行政区划代码", "region_code"),
    ("乡镇", "town"),
    ("行政村", "village"),
    ("资产类别", "class"),
    ("资产类型", "type"),
    ("行业", "sector"),
    ("资产形态", "form"),
    ("数量", "quantity"),
    ("单位", "unit"),
    ("规格型号", "specification"),
    ("使用年限", "life"),
    ("建成日期", "built"),
    ("移交日期", "handed"),
    ("运营状态", "status"),
    ("原值(万元)", "value"),
    ("中央资金(万元)", "central"),
    ("省级资金(万元)", "province"),
    ("县级资金(万元)", "county"),
    ("所有权人", "owner"),
    ("监督单位", "supervisor"),
    ("管护主体", "body"),
    ("管护岗位", "post"),
    ("管护责任人", "person"),
    ("联系电话", "phone"),
    ("管护经费来源", "fund"),
    ("年度管护经费(元)", "budget"),
    ("巡查周期(天)", "interval"),
    ("国家系统编码", "national"),
    ("经度", "longitude"),
    ("纬度", "latitude"),
    ("备注", "note"),
)
_TYPES = (
    ("产业路", "公益性", "交通", "公里"),
    ("太阳能路灯", "公益性", "能源", "盏"),
    ("公厕", "公益性", "住建和人居环境", "座"),
    ("果蔬保鲜库", "经营性", "商务流通", "座"),
    ("设施大棚", "经营性", "农业种植", "座"),
    ("农村供水工程", "公益性", "水利", "处"),
)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_GIVEN = "明华强军平丽芳敏静伟刚勇洋艳娟涛超霞辉鹏"


def villages(connection: Connection) -> list[Any]:
    """All villages with their towns and where they lie."""
    return list(
        connection.execute(
            text(
                "SELECT v.code, v.short_name AS village, t.short_name AS town, c.short_name AS county, "
                "ST_X(v.centre) AS x, ST_Y(v.centre) AS y "
                "FROM region v JOIN region t ON t.id = v.parent_id JOIN region c ON c.id = t.parent_id "
                "WHERE v.level = 'village' AND v.centre IS NOT NULL ORDER BY v.id"
            )
        )
    )


def write_ledger(target: Path, places: list[Any], rows: int, day: dt.date) -> Path:
    """A workbook of ``rows`` assets spread over ``places``."""
    pick = random.Random(rows)
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet("资产台账")
    dates = book.add_format({"num_format": "yyyy-mm-dd"})
    for column, (heading, _) in enumerate(HEADINGS):
        sheet.write_string(0, column, heading)
    for number in range(1, rows + 1):
        place = places[(number * 7919) % len(places)]
        said = _row(pick, place, number, day)
        for column, (_, key) in enumerate(HEADINGS):
            value = number if key is None else said[key]
            if isinstance(value, dt.date):
                sheet.write_datetime(number, column, dt.datetime.combine(value, dt.time()), dates)
            elif value is not None:
                sheet.write(number, column, value)
    book.close()
    return target


def _row(pick: random.Random, place: Any, number: int, day: dt.date) -> dict[str, Any]:
    kind, class_, sector, unit = _TYPES[number % len(_TYPES)]
    central, province, county = (round(pick.uniform(1, 40), 2) for _ in range(3))
    built = day - dt.timedelta(days=60 + pick.randrange(3600))
    body = f"{place.town}{place.village}股份经济合作社"
    keeper = (place.x * 1e4 + place.y * 1e3 + number % 2) if place.x else number
    keeper = int(keeper)
    return {
        "name": f"{place.village}{kind}{number:07d}号",
        "region_code": place.code,
        "town": place.town,
        "village": place.village,
        "class": class_,
        "type": kind,
        "sector": sector,
        "form": "固定资产",
        "quantity": pick.randrange(1, 90),
        "unit": unit,
        "specification": f"规格{number % 40}",
        "life": 20,
        "built": built,
        "handed": built + dt.timedelta(days=30),
        "status": "运营正常" if number % 12 else "闲置",
        "value": round(central + province + county, 2),
        "central": central,
        "province": province,
        "county": county,
        "owner": body,
        "supervisor": f"{place.county}农业农村局",
        "body": body,
        "post": "村级管护员",
        "person": _SURNAMES[keeper % 16] + _GIVEN[keeper // 16 % 20] + _GIVEN[keeper // 320 % 20],
        "phone": f"139{keeper % 10**8:08d}",
        "fund": "县级",
        "budget": 600 + number % 5 * 100,
        "interval": (30, 60, 90)[number % 3],
        "national": f"GJ2026{number:09d}",
        "longitude": round(place.x + pick.uniform(-0.005, 0.005), 6),
        "latitude": round(place.y + pick.uniform(-0.005, 0.005), 6),
        "note": None if number % 4 else "台账补录",
    }
