"""Kinds of assets, with what they typically cost and how often they must be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Kind:
    """One kind of asset: ``price_yuan`` per ``unit``, and a typical whole value in 万元.

    ``share`` is its weight among the older assets of its class; ``interval`` and ``notice``
    are the days of its upkeep rhythm.
    """

    zh: str
    en: str
    asset_class: str
    sector: str
    unit: str
    price_yuan: float
    typical_wan: float
    share: float
    life: int = 20
    form: str = "fixed"
    interval: int = 180
    notice: int = 30
    spread: float = 0.32


def _earning(
    zh: str,
    en: str,
    sector: str,
    unit: str,
    price: float,
    typical: float,
    share: float,
    life: int = 20,
    form: str = "fixed",
    interval: int = 180,
    notice: int = 30,
) -> Kind:
    return Kind(zh, en, "earning", sector, unit, price, typical, share, life, form, interval, notice)


def _public(
    zh: str,
    en: str,
    sector: str,
    unit: str,
    price: float,
    typical: float,
    share: float,
    life: int,
    interval: int,
    notice: int,
) -> Kind:
    return Kind(zh, en, "public", sector, unit, price, typical, share, life, "fixed", interval, notice, 0.38)


def _household(zh: str, en: str, sector: str, price: float, typical: float, share: float, form: str) -> Kind:
    return Kind(zh, en, "household", sector, "户", price, typical, share, 5, form)


KINDS: Final[dict[str, Kind]] = {
    "goat_base": _earning("奶山羊养殖基地", "Dairy goat base", "livestock", "头", 905, 185, 50),
    "cattle_base": _earning("肉牛养殖场", "Cattle farm", "livestock", "头", 6500, 120, 30),
    "breeding_stock": _earning("种羊繁育群", "Breeding flock", "livestock", "头", 2600, 42, 22, 5, "biological"),
    "pv_station": _earning(
        "村级光伏电站", "Village solar station", "energy", "千瓦", 7667, 235, 76, 25, interval=30, notice=7
    ),
    "cold_store": _earning("果蔬保鲜库", "Cold store", "commerce", "吨", 3000, 180, 30),
    "apple_store": _earning("苹果储藏库", "Apple store", "agriculture", "吨", 3000, 78, 20),
    "tobacco_barn": _earning("密集烤烟房", "Tobacco barns", "agriculture", "座", 45000, 46, 38, 15),
    "greenhouse": _earning("设施大棚", "Greenhouses", "agriculture", "座", 62000, 75, 42, 10),
    "workshop": _earning("帮扶车间", "Assistance workshop", "human_resources", "平方米", 1500, 88, 34),
    "processing": _earning("农产品加工厂房", "Processing plant", "agriculture", "平方米", 2000, 160, 28),
    "market": _earning("农产品交易市场", "Farm market", "commerce", "平方米", 1600, 260, 6, 30),
    "machinery": _earning("农机具", "Farm machinery", "agriculture", "台", 61000, 30, 26, 8),
    "orchard": _earning("核桃示范园", "Walnut orchard", "forestry", "亩", 3500, 48, 28, 20, "biological"),
    "shares": _earning("入股股权", "Shares", "commerce", "份", 10000, 60, 24, 10, "equity"),
    "shopfront": _earning("门面房", "Shop premises", "commerce", "平方米", 4500, 105, 20, 40),
    "homestay": _earning("民宿及旅游设施", "Guest house", "culture", "平方米", 3000, 115, 14),
    "brand": _earning("区域公用品牌商标", "Regional brand", "commerce", "项", 80000, 12, 2, 10, "intangible"),
    "village_road": _public("通村通组道路", "Village road", "transport", "公里", 550000, 47, 430, 15, 30, 7),
    "industry_road": _public("产业路", "Industry road", "transport", "公里", 520000, 60, 92, 15, 30, 7),
    "bridge": _public("便民桥", "Bridge", "transport", "座", 450000, 56, 64, 40, 180, 30),
    "water_supply": _public("农村供水工程", "Water supply", "water", "处", 340000, 34, 150, 20, 7, 2),
    "water_tank": _public("蓄水池", "Water tank", "water", "立方米", 1100, 15, 140, 20, 30, 7),
    "pipeline": _public("供水管网", "Water mains", "water", "公里", 82000, 22, 96, 20, 30, 7),
    "canal": _public("灌溉渠道", "Irrigation canal", "water", "公里", 260000, 30, 84, 20, 30, 7),
    "river_bank": _public("护岸工程", "River bank", "water", "米", 2700, 52, 58, 30, 90, 15),
    "lamps": _public("太阳能路灯", "Solar street lamps", "housing", "盏", 3000, 11, 236, 8, 90, 15),
    "toilet": _public("公厕", "Public toilet", "housing", "座", 100000, 10, 138, 20, 90, 15),
    "waste_point": _public("垃圾收集设施", "Waste collection", "housing", "处", 58000, 6, 104, 8, 90, 15),
    "sewage": _public("污水处理设施", "Sewage treatment", "housing", "处", 640000, 64, 44, 20, 30, 7),
    "drain": _public("排水渠", "Drain", "housing", "米", 350, 15, 92, 15, 180, 30),
    "clinic": _public("村卫生室", "Clinic", "health", "平方米", 2400, 34, 92, 30, 180, 30),
    "office": _public("党群服务中心", "Village office", "civil_affairs", "平方米", 2300, 72, 84, 40, 180, 30),
    "square": _public("文化广场", "Culture square", "culture", "平方米", 220, 18, 104, 20, 180, 30),
    "kindergarten": _public("幼儿园", "Kindergarten", "education", "平方米", 2600, 135, 16, 40, 180, 30),
    "school": _public("学校附属用房", "School building", "education", "平方米", 2500, 96, 22, 40, 180, 30),
    "elderly_care": _public("互助幸福院", "Mutual care home", "civil_affairs", "平方米", 1500, 35, 54, 30, 180, 30),
    "hh_livestock": _household("到户养殖", "Household livestock", "livestock", 7600, 70, 120, "biological"),
    "hh_planting": _household("到户种植", "Household planting", "agriculture", 3800, 42, 70, "biological"),
    "hh_tools": _household("到户小型农机具", "Household tools", "agriculture", 3200, 28, 34, "fixed"),
    "hh_housing": _household("危房改造", "Rebuilt houses", "housing", 26000, 105, 70, "fixed"),
    "hh_toilet": _household("户厕改造", "Household toilets", "housing", 2400, 24, 30, "fixed"),
}

ROADS: Final = ("village_road", "industry_road")
COUNTS: Final = {"earning": 480, "public": 2200, "household": 320}
