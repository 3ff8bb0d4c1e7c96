"""Words from which the demonstration's invented names are made."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

SURNAMES: Final = tuple(
    "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶杜苏魏程吕丁沈任姚卢傅钟崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤"
)
GIVEN: Final = [
    "建军",
    "志强",
    "秀兰",
    "永红",
    "宝林",
    "新民",
    "玉梅",
    "小平",
    "拴牢",
    "双全",
    "海龙",
    "亚丽",
    "文博",
    "军锋",
    "会琴",
    "银霞",
    "忙学",
    "红卫",
    "乖娃",
    "周虎",
    "芳侠",
    "录学",
    "生辉",
    "勤学",
    "彩云",
    "天佑",
    "喜来",
    "春娥",
    "林科",
    "怀义",
    "碎娃",
    "改转",
    "宗孝",
    "麦换",
    "百锁",
    "岁虎",
    "存科",
    "玉明",
    "晓燕",
    "国栋",
    "润生",
    "爱萍",
    "永强",
    "金虎",
    "万军",
    "福全",
    "具平",
    "粉侠",
    "亚军",
    "西安",
    "元学",
    "保平",
    "长命",
    "根劳",
    "虎劳",
    "海英",
    "明学",
    "淑琴",
    "俊峰",
    "转娥",
    "秋霞",
]
GROUPS: Final = [
    "东庄",
    "西庄",
    "上河",
    "下河",
    "前山",
    "后沟",
    "南坡",
    "北塬",
    "槐树",
    "核桃树",
    "石咀",
    "寺院",
    "堡子",
    "窑庄",
    "磨坊",
    "柳林",
    "新庄",
    "老庄",
    "瓦窑",
    "桥头",
    "大湾",
    "阳山",
    "阴坡",
    "庙台",
    "水泉",
    "梁上",
    "川道",
    "马场",
    "药沟",
    "松林",
]
BRANDS: Final = [
    "陇塬盛",
    "千汧源",
    "汧川禾",
    "关岭牧",
    "陇汧羊",
    "润塬丰",
    "禾木川",
    "汧阳坡",
    "塬上青",
    "金粟坡",
    "三川汇",
    "陇上禾",
    "绿汧湾",
    "牧关山",
    "丰泽塬",
    "汧源鲜",
    "云岭牧",
    "溪谷春",
    "厚塬",
    "陇坂红",
    "甘塬露",
    "青禾梁",
    "牧野川",
    "惠塬",
    "兴汧",
]
COMPANY_KINDS: Final = (
    "牧业有限公司",
    "农业科技有限公司",
    "果业有限公司",
    "乳业有限公司",
    "食品有限公司",
    "新能源有限公司",
)
COOPERATIVE_KINDS: Final = (
    "养殖专业合作社",
    "种植专业合作社",
    "果业专业合作社",
    "农机专业合作社",
    "烤烟种植专业合作社",
)

_TRAILING: Final = re.compile(r"(社区)?(居民委员会|居委会|村委会|村民委员会)$")


def plain_name(name: str) -> str:
    """A village's or community's name as pages say it: 大力村, never 大力村委会."""
    if name.endswith("村委会"):
        return name.removesuffix("委会")
    if name.endswith(("居委会", "居民委员会")):
        return f"{_TRAILING.sub('', name)}社区"
    return name


def is_community(name: str) -> bool:
    """Whether a code of the village level belongs to a community 社区."""
    return name.endswith(("居委会", "居民委员会"))


def invent_persons(rng: np.random.Generator, size: int) -> NDArray[np.object_]:
    """Invented names of ``size`` persons."""
    family = rng.choice(np.array(SURNAMES[:60], dtype=object), size)
    given = rng.choice(np.array(GIVEN, dtype=object), size)
    return np.asarray(family + given, dtype=object)


def invent_phones(rng: np.random.Generator, size: int) -> NDArray[np.object_]:
    """Telephone numbers under 161, a prefix given to no operator, so that they are nobody's."""
    return np.array([f"161{n:08d}" for n in rng.integers(0, 10**8, size)], dtype=object)
