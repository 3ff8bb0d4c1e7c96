"""What a written name says of a holder: what kind of body it is, and what tells it apart."""

from __future__ import annotations

import re
from functools import lru_cache

from assets.masks import GROUP

_GENERIC = re.compile(
    r"(本|该|所在|全体)?(行政)?村(民)?(小组|委会|集体|民委员会|集体经济组织|股份经济合作社|经济合作社|两委)?"
)
_COLLECTIVE = re.compile(
    r"(经济合作(联合)?(社|总社)|经济联合社|集体经济组织|村集体|集体|村委会?|居委会|村民委员会|居民委员会|村两委|村民小组|[村组]|社区)$"
)
_COMPANY = re.compile(r"(公司|集团|厂|企业|商行|经营部|服务部|超市|酒店)$")
_COOPERATIVE = re.compile(r"(合作社|联合社|农场|养殖场|基地|协会)$")
_TOWN = re.compile(
    r"(镇|乡|街道|镇政府|乡政府|镇人民政府|乡人民政府|街道办|街道办事处|(镇|乡).{0,6}(所|站|中心|办公室))$"
)
_OFFICE = re.compile(
    r"(局|委|委员会|中心|站|所|院|校|学校|小学|中学|幼儿园|卫生室|办|办公室|政府|部|队|处|馆|社|会|组|室|学院|大学|段|署|厅)$"
)
_PERSON = re.compile(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,8}·[\u3400-\u9fff]{1,8}|.\*\*")


def is_generic(name: str) -> bool:
    """Whether a name says a village's own body without saying which village's."""
    return _GENERIC.fullmatch(name) is not None


@lru_cache(maxsize=100_000)
def holder_type(name: str) -> str:
    """The type of holder that a name speaks of; ``individual`` where it is a person's."""
    if re.search(GROUP, name) or name in ("农户", "群众", "受益户", "受益农户"):
        return "household"
    for pattern, type_ in (
        (_COMPANY, "company"),
        (_COLLECTIVE, "village_collective"),
        (_COOPERATIVE, "cooperative"),
        (_TOWN, "town"),
        (_OFFICE, "state_unit"),
    ):
        if pattern.search(name):
            return type_
    return "individual" if _PERSON.fullmatch(name) else "state_unit"
