"""Labels and limits the demonstration starts with; an administrator may change every one."""

from __future__ import annotations

import datetime as dt
from typing import Final

import pandas as pd

_SINCE: Final = dt.date(2000, 1, 1)

SECTORS: Final = {
    "agriculture": ("农业种植", "Crops"),
    "livestock": ("畜牧养殖", "Livestock"),
    "forestry": ("林业", "Forestry"),
    "water": ("水利", "Water"),
    "transport": ("交通", "Transport"),
    "energy": ("能源", "Energy"),
    "housing": ("住建和人居环境", "Housing and settlements"),
    "health": ("卫生健康", "Health"),
    "education": ("教育", "Education"),
    "culture": ("文旅", "Culture and tourism"),
    "commerce": ("商务流通", "Commerce"),
    "human_resources": ("人社就业", "Employment"),
    "civil_affairs": ("民政", "Civil affairs"),
    "relocation": ("易地搬迁", "Relocation"),
}
FUND_SOURCES: Final = {
    "central": ("中央", "Central government"),
    "province": ("省级", "Province"),
    "city": ("市级", "City"),
    "county": ("县级", "County"),
    "east_west": ("东西部协作", "East–west cooperation"),
    "designated_unit": ("定点帮扶", "Designated unit"),
    "donation": ("社会帮扶", "Donations"),
    "bond": ("债券", "Bonds"),
    "self_raised": ("自筹", "Self-raised"),
    "private": ("社会资本", "Private capital"),
    "other": ("其他", "Other"),
}
CATEGORIES: Final = {
    "industry": ("产业发展", "Industry"),
    "employment": ("就业项目", "Employment"),
    "rural_construction": ("乡村建设行动", "Rural construction"),
    "relocation_support": ("易地搬迁后扶", "Support after relocation"),
    "three_guarantees": ("巩固三保障成果", "Three guarantees"),
    "governance": ("乡村治理和精神文明建设", "Rural governance"),
    "management_fee": ("项目管理费", "Management fee"),
    "other": ("其他", "Other"),
}
FOUR_BATCH: Final = {
    "consolidate": ("巩固一批", "Consolidate"),
    "upgrade": ("升级一批", "Upgrade"),
    "revive": ("盘活一批", "Revive"),
    "adjust": ("调整一批", "Adjust"),
}
VILLAGE_CLASSES: Final = {
    "clustered": ("集聚提升类", "To be strengthened"),
    "suburban": ("城郊融合类", "Suburban"),
    "characteristic": ("特色保护类", "Characteristic"),
    "relocating": ("搬迁撤并类", "To be moved or merged"),
    "other": ("其他类", "Other"),
}
FACILITY_TYPES: Final = {
    "village_office": ("村级阵地", "Village office"),
    "clinic": ("村卫生室", "Village clinic"),
    "health_centre": ("乡镇卫生院", "Town health centre"),
    "hospital": ("县级医院", "County hospital"),
    "kindergarten": ("幼儿园", "Kindergarten"),
    "primary_school": ("小学", "Primary school"),
    "middle_school": ("初中", "Middle school"),
    "elderly_care": ("互助养老点", "Mutual care for the elderly"),
    "care_centre": ("区域养老中心", "Regional care centre"),
    "culture_square": ("文化广场", "Culture square"),
    "delivery_point": ("快递物流点", "Parcel point"),
    "delivery_hub": ("乡镇物流站", "Parcel hub"),
    "cold_store": ("冷库", "Cold store"),
    "waste_point": ("垃圾收集点", "Waste collection"),
    "toilet": ("公厕", "Public toilet"),
    "workshop": ("社区工厂", "Community workshop"),
    "market": ("集贸市场", "Market"),
}
RIGHT_KINDS: Final = {
    "ownership": ("所有权", "Ownership"),
    "use": ("使用权", "Use"),
    "operation": ("经营权", "Operation"),
    "income": ("收益权", "Income"),
    "distribution": ("分配权", "Distribution"),
    "disposal": ("处置权", "Disposal"),
    "supervision": ("监督权", "Supervision"),
    "upkeep": ("管护", "Upkeep"),
}
FUND_NAMES: Final = (
    ("linkage", "中央财政衔接推进乡村振兴补助资金", "Linkage funds", dt.date(2021, 4, 1), dt.date(2026, 1, 1)),
    ("linkage", "常态化帮扶资金", "Regular assistance funds", dt.date(2026, 1, 1), None),
    ("poverty", "财政专项扶贫资金", "Poverty relief funds", dt.date(2011, 1, 1), dt.date(2021, 4, 1)),
)
THRESHOLDS: Final = (
    ("due_soon_days", 30, "示范县约定:到期前30天提醒,各责任可另设"),
    ("industry_share", 0.65, "中央和省级资金用于产业不低于65%(县年度实施方案)"),
    ("lead_share", 0.30, "产业资金用于首位产业不低于30%(县年度实施方案)"),
    ("work_relief_projects", 10, "每年以工代赈项目不少于10个(县年度实施方案)"),
    ("contract_expiring_days", 60, "合同到期前60天提醒(县约定)"),
    ("management_fee_share_central", 0.01, "中央资金提取项目管理费不超过1%"),
    ("management_fee_share_province", 0.03, "省级资金提取项目管理费不超过3%"),
    ("acceptance_without_assets_days", 60, "验收后60天未形成资产登记即提醒(县约定)"),
    ("clinic_area_m2", 90, "村卫生室不低于90平方米(市2018年标准)"),
    ("office_area_m2", 200, "村级阵地不低于200平方米"),
)


def make_terms(asset_types: dict[str, tuple[str, str, str]]) -> pd.DataFrame:
    """All labels; ``asset_types`` gives Chinese, English and class of each asset type."""
    rows: list[tuple[object, ...]] = []
    plain = {
        "sector": SECTORS,
        "fund_source": FUND_SOURCES,
        "project_category": CATEGORIES,
        "four_batch": FOUR_BATCH,
        "village_class": VILLAGE_CLASSES,
        "facility_type": FACILITY_TYPES,
        "right_kind": RIGHT_KINDS,
    }
    for kind, labels in plain.items():
        for position, (code, (zh, en)) in enumerate(labels.items(), start=1):
            rows.append((kind, code, zh, en, None, position, _SINCE, None))
    for position, (code, (zh, en, parent)) in enumerate(asset_types.items(), start=1):
        rows.append(("asset_type", code, zh, en, parent, position, _SINCE, None))
    for position, (code, zh, en, since, until) in enumerate(FUND_NAMES, start=1):
        rows.append(("fund_name", code, zh, en, None, position, since, until))
    columns = ["kind", "code", "name_zh", "name_en", "parent_code", "position", "valid_from", "valid_to"]
    table = pd.DataFrame(rows, columns=columns)
    table.insert(0, "id", range(1, len(table) + 1))
    return table


def make_thresholds() -> pd.DataFrame:
    """Limits that hold everywhere until a region sets its own."""
    table = pd.DataFrame(THRESHOLDS, columns=["code", "value", "basis"])
    table.insert(0, "id", range(1, len(table) + 1))
    table["valid_from"] = _SINCE
    return table
