"""Holders that may be the same under another spelling."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, literal, or_, select
from sqlalchemy.orm import Session

from assets.parties.models import Party, Person
from assets.parties.visibility import seen_by
from assets.regions import queries as regions
from assets.regions.models import Region
from assets.scope import viewer_of, within
from assets.search.words import spell
from assets.vocabulary import PEOPLE

NEARLY = 0.45
# What a name ends with besides the part that tells it apart, longest first.
ENDINGS = (
    "股份经济合作联合社|集体经济合作联合社|经济合作联合社|股份经济合作总社|集体经济股份合作社|集体股份经济合作社"
    "|集体经济合作社|股份经济合作社|农村集体经济组织|村级集体经济组织|集体经济组织|经济合作总社|经济合作社|经济联合社"
    "|居民委员会|村民委员会|社区居委会|居委会|村委会|村集体|集体"
    "|农民专业合作社联合社|农民专业合作社|专业合作社|农民合作社|合作社联合社|合作社"
    "|集团有限责任公司|集团有限公司|股份有限公司|有限责任公司|责任有限公司|有限公司|公司"
    "|人民政府|镇政府|政府|受益农户|农户"
)
_LEVELS = ("province", "city", "county", "town")


def similar_parties(
    session: Session,
    name: str,
    *,
    region_id: int | None,
    people: bool = False,
    groups: bool = False,
    but: int | None = None,
    limit: int = 5,
) -> Sequence[Any]:
    """Holders of one county that may be ``name``: id, name, type, code, told; the likest first.

    Compared is what tells a name apart: without the county's and town's names before it and the
    kind of body after it, 陇县八渡镇大力村股份经济合作社 and 大力村村委会 are alike, 张家山村… and
    李家山村… are not. A name that sounds the same is alike as well. Bodies are compared with all
    bodies of the county, ``groups`` of households with such groups, ``people`` by their whole name
    with those whom the viewer may see. ``told`` tells apart those of one name: a code, or the place
    of people, whose names are masked.
    """
    if people:
        return _people_called(session, name, but=but, limit=limit)
    above = regions.ancestors(session, session.get_one(Region, region_id)) if region_id is not None else ()
    beginnings = _beginnings(above)
    given: Any = literal(name)

    def core(text: Any) -> Any:
        bare = func.regexp_replace(text, f"^({beginnings})", "") if beginnings else text
        bare = func.regexp_replace(bare, f"({ENDINGS})$", "")
        return func.regexp_replace(bare, "(村|社区)$", "")

    plain = Party.plain_name
    likeness = func.similarity(core(plain), core(func.plain_name(given)))
    pinyin, _initials = spell(name)
    same = plain == func.plain_name(given)
    alike = or_(same, and_(Party.pinyin == pinyin, Party.pinyin != ""), likeness >= NEARLY)
    statement = (
        select(Party.id, Party.name, Party.type, Party.code, Party.code.label("told"), Party.valid_to)
        .where(alike, Party.retired_on.is_(None), Party.person_id.is_(None))
        .where(Party.type.in_(PEOPLE) if groups else Party.type.not_in(PEOPLE))
        .order_by(same.desc(), likeness.desc(), Party.id)
        .limit(limit)
    )
    county = next((region for region in above if region.level == "county"), above[-1] if above else None)
    if county is not None:
        inside = select(Region.id).where(within(Region.region_path, county.region_path))
        statement = statement.where(or_(Party.region_id.in_(inside), and_(Party.region_id.is_(None), same)))
    else:
        statement = statement.where(same)
    return session.execute(statement.where(Party.id != but) if but is not None else statement).all()


def _people_called(session: Session, name: str, *, but: int | None, limit: int) -> Sequence[Any]:
    pinyin, _initials = spell(name)
    same = func.plain_name(Person.name) == func.plain_name(name)
    statement = (
        select(Party.id, Party.name, Party.type, Party.code, Region.short_name.label("told"), Party.valid_to)
        .join(Person, Person.id == Party.person_id)
        .outerjoin(Region, Region.id == Party.region_id)
        .where(or_(same, and_(Person.pinyin == pinyin, Person.pinyin != "")), Party.retired_on.is_(None))
        .where(seen_by(viewer_of(session)))
        .order_by(same.desc(), Party.id)
        .limit(limit)
    )
    return session.execute(statement.where(Party.id != but) if but is not None else statement).all()


def same_name(session: Session, name: str) -> Sequence[Party]:
    """The holders called ``name``, written with other brackets, blanks or widths included."""
    return session.scalars(
        select(Party)
        .where(Party.plain_name == func.plain_name(name), Party.retired_on.is_(None))
        .order_by(Party.valid_to.is_not(None), Party.id)
    ).all()


def _beginnings(above: Sequence[Region]) -> str:
    """The names of the areas above, each in full and short, in the order in which they precede a name."""
    parts = []
    for region in above:
        if region.level in _LEVELS:
            names = {region.name, region.short_name, re.sub(r"(省|市|县|区|镇|乡|街道)$", "", region.name)}
            listed = "|".join(re.escape(each.lower()) for each in sorted(names, key=len, reverse=True) if each)
            parts.append(f"({listed})?")
    return "".join(parts)
