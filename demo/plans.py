"""Kinds of projects: how offices name them, what they aim at, and which assets they leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Plan:
    """One kind of project: how it is named, and which kinds of assets it leaves.

    ``per_yuan`` is what one unit of its goal costs (0: the price of the asset it leaves).
    """

    name: str
    kind: str
    sector: str
    leaves: tuple[str, ...] = ()
    weight: float = 1.0
    scope: str = "village"
    relief: bool = False
    goal: str = ""
    per_yuan: float = 0.0
    typical_wan: float = 0.0


LEAD: Final = (
    Plan(
        "{place}奶山羊标准化养殖小区建设项目{phase}",
        "works",
        "livestock",
        ("goat_base",),
        6,
        goal="新增存栏奶山羊{n}头",
    ),
    Plan(
        "{place}奶山羊养殖基地提升改造项目",
        "works",
        "livestock",
        ("goat_base",),
        4,
        goal="改造羊舍{n}平方米",
        per_yuan=640,
        typical_wan=110,
    ),
    Plan("{place}奶山羊良种引进项目", "purchase", "livestock", ("breeding_stock",), 2, goal="引进良种羊{n}只"),
    Plan(
        "{place}{year}年奶山羊产业到户奖补项目",
        "reward",
        "livestock",
        ("hh_livestock",),
        4,
        "town",
        goal="奖补养殖户{n}户",
    ),
    Plan("{place}机械化挤奶站建设项目", "works", "livestock", ("processing",), 1, goal="新建挤奶站{n}平方米"),
)
INDUSTRY: Final = (
    Plan("{place}肉牛养殖场建设项目{phase}", "works", "livestock", ("cattle_base",), 4, goal="新增肉牛存栏{n}头"),
    Plan(
        "{place}农产品冷链物流中心建设项目",
        "works",
        "commerce",
        ("market",),
        0.3,
        goal="新建冷链设施{n}平方米",
        typical_wan=900,
    ),
    Plan("{place}果蔬保鲜库建设项目", "works", "commerce", ("cold_store",), 3, goal="新增保鲜能力{n}吨"),
    Plan("{place}苹果储藏库建设项目", "works", "agriculture", ("apple_store",), 2, goal="新增储藏能力{n}吨"),
    Plan("{place}密集烤烟房改造提升项目", "works", "agriculture", ("tobacco_barn",), 4, goal="改造烤烟房{n}座"),
    Plan("{place}设施蔬菜大棚建设项目", "works", "agriculture", ("greenhouse",), 4, goal="新建大棚{n}座"),
    Plan("{place}核桃低产园提质增效项目", "works", "forestry", ("orchard",), 3, goal="改造核桃园{n}亩"),
    Plan("{place}帮扶车间建设项目", "works", "human_resources", ("workshop",), 2, goal="新建车间{n}平方米"),
    Plan("{place}中药材加工厂房建设项目", "works", "agriculture", ("processing",), 3, goal="新建厂房{n}平方米"),
    Plan(
        "{place}{km}公里产业路硬化工程",
        "works",
        "transport",
        ("industry_road",),
        9,
        relief=True,
        goal="硬化产业路{km}公里",
    ),
    Plan(
        "{place}高效节水灌溉渠道建设项目",
        "works",
        "water",
        ("canal",),
        3,
        relief=True,
        goal="新建渠道{n}米",
        per_yuan=260,
    ),
    Plan("{place}农机社会化服务设备购置项目", "purchase", "agriculture", ("machinery",), 2, goal="购置农机{n}台"),
    Plan(
        "{place}{year}年特色种植业到户奖补项目",
        "reward",
        "agriculture",
        ("hh_planting",),
        4,
        "town",
        goal="奖补种植户{n}户",
    ),
    Plan(
        "{place}集体经济入股分红项目",
        "purchase",
        "commerce",
        ("shares",),
        2,
        goal="村集体年增收{n}万元",
        per_yuan=166667,
    ),
    Plan(
        "{place}民宿及乡村旅游设施提升项目", "works", "culture", ("homestay",), 2, goal="新增床位{n}张", per_yuan=26000
    ),
    Plan(
        "{year}年脱贫人口小额信贷贴息项目",
        "service",
        "agriculture",
        (),
        1,
        "county",
        goal="贴息{n}户",
        per_yuan=1900,
        typical_wan=60,
    ),
)
CONSTRUCTION: Final = (
    Plan(
        "{place}通组道路硬化工程", "works", "transport", ("village_road",), 9, relief=True, goal="硬化通组道路{km}公里"
    ),
    Plan(
        "{place}供水保障巩固提升工程",
        "works",
        "water",
        ("water_supply", "water_tank", "pipeline"),
        7,
        goal="{n}人饮水保障水平提升",
        per_yuan=1200,
    ),
    Plan(
        "{place}人居环境综合整治项目",
        "works",
        "housing",
        ("drain", "lamps", "toilet", "waste_point"),
        6,
        relief=True,
        goal="{n}户群众人居环境改善",
        per_yuan=3600,
        typical_wan=90,
    ),
    Plan("{place}太阳能路灯安装项目", "purchase", "housing", ("lamps",), 4, goal="安装路灯{n}盏"),
    Plan("{place}生活污水治理项目", "works", "housing", ("sewage",), 3, goal="处理生活污水{n}户", per_yuan=13000),
    Plan(
        "{place}护岸及排洪工程",
        "works",
        "water",
        ("river_bank", "drain"),
        3,
        relief=True,
        goal="保护农田{n}亩",
        per_yuan=2600,
        typical_wan=110,
    ),
    Plan("{place}便民桥建设项目", "works", "transport", ("bridge",), 2, goal="方便{n}名群众出行", per_yuan=2100),
    Plan("{place}文化广场建设项目", "works", "culture", ("square",), 2, goal="新建广场{n}平方米"),
)
EMPLOYMENT: Final = (
    Plan(
        "{year}年乡村公益岗位补助项目",
        "service",
        "human_resources",
        scope="county",
        goal="安置公益岗位{n}人",
        per_yuan=7200,
        typical_wan=260,
    ),
    Plan(
        "{year}年脱贫劳动力跨省务工交通补助项目",
        "service",
        "human_resources",
        scope="county",
        goal="补助务工{n}人",
        per_yuan=500,
        typical_wan=90,
    ),
    Plan(
        "{place}{year}年公益性岗位补贴项目",
        "service",
        "human_resources",
        scope="town",
        weight=4,
        goal="安置公益岗位{n}人",
        per_yuan=7200,
        typical_wan=60,
    ),
    Plan(
        "{place}{year}年帮扶车间吸纳就业奖补项目",
        "service",
        "human_resources",
        scope="town",
        weight=2,
        goal="奖补带动{n}人",
        per_yuan=2400,
        typical_wan=40,
    ),
    Plan(
        "{year}年脱贫劳动力技能培训项目",
        "service",
        "human_resources",
        scope="county",
        goal="培训{n}人",
        per_yuan=1600,
        typical_wan=60,
    ),
)
GUARANTEES: Final = (
    Plan(
        "{year}年雨露计划职业教育补助项目",
        "service",
        "education",
        scope="county",
        goal="补助学生{n}人",
        per_yuan=3000,
        typical_wan=130,
    ),
    Plan("{place}{year}年农村危房改造项目", "reward", "housing", ("hh_housing",), 2, "town", goal="改造危房{n}户"),
    Plan(
        "{year}年防返贫致贫综合保险项目",
        "service",
        "civil_affairs",
        scope="county",
        goal="覆盖{n}人",
        per_yuan=100,
        typical_wan=80,
    ),
    Plan("{place}村卫生室标准化建设项目", "works", "health", ("clinic",), 2, goal="达标卫生室{n}平方米"),
    Plan(
        "{place}饮水安全应急水源建设项目", "works", "water", ("water_supply",), 2, goal="保障{n}人饮水", per_yuan=1200
    ),
)
AFTER_MOVING: Final = (
    Plan(
        "{place}安置点社区工厂建设项目",
        "works",
        "human_resources",
        ("workshop",),
        goal="带动就业{n}人",
        per_yuan=22000,
        typical_wan=150,
    ),
    Plan("{place}安置点配套排水及路灯工程", "works", "housing", ("drain", "lamps"), goal="受益{n}户", per_yuan=6000),
    Plan("{place}安置点文化活动广场项目", "works", "culture", ("square",), goal="受益{n}户", per_yuan=6000),
    Plan(
        "{year}年易地搬迁贷款贴息项目",
        "service",
        "relocation",
        scope="county",
        goal="贴息{n}万元",
        per_yuan=10000,
        typical_wan=90,
    ),
    Plan(
        "{place}安置点公共服务设施提升项目", "works", "relocation", ("elderly_care",), goal="受益{n}户", per_yuan=9000
    ),
)
GOVERNANCE: Final = (
    Plan(
        "{year}年乡村治理积分制示范项目", "service", "civil_affairs", scope="county", goal="示范村{n}个", per_yuan=30000
    ),
)
FEE: Final = (
    Plan(
        "{year}年衔接资金项目管理费",
        "service",
        "agriculture",
        scope="county",
        goal="保障项目前期及监管{n}项",
        per_yuan=10000,
    ),
)
OTHER: Final = (
    Plan(
        "{year}年村庄实用性规划编制项目",
        "service",
        "agriculture",
        scope="county",
        goal="编制规划{n}个",
        per_yuan=80000,
        typical_wan=120,
    ),
    Plan(
        "{year}年防返贫动态监测项目",
        "service",
        "agriculture",
        scope="county",
        goal="监测{n}户",
        per_yuan=60,
        typical_wan=60,
    ),
    Plan(
        "{place}{year}年灾后应急修复项目",
        "works",
        "transport",
        ("village_road",),
        2,
        goal="修复水毁道路{n}米",
        per_yuan=550,
        typical_wan=60,
    ),
)
