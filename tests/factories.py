"""Records with plausible defaults, so that a test says only what matters to it.

Every factory takes a session first, adds, flushes and never commits.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from assets.accounts.models import Account, Grant
from assets.accounts.passwords import hash_password
from assets.maintenance.models import Duty, Inspection
from assets.masks import mask_name, names_people
from assets.parties.models import Party, Person, Post, PostHolding
from assets.projects.models import Allocation, FundDocument, Payment, Project
from assets.regions.models import Region
from assets.registry.models import Asset, ValueEvent
from assets.search.words import spell

DAY = dt.date(2026, 11, 20)
PASSWORD = "correct horse 象图"
_HASH = hash_password(PASSWORD)
_numbers = itertools.count(1)
Record = TypeVar("Record")


@dataclass(frozen=True)
class Tree:
    """A province with one city, two counties; Longxian has two towns of two villages each.

    ::

        陕西省 ─ 宝鸡市 ┬ 陇县 ┬ 八渡镇 (north) ─ 大力村, 八渡村
                        │      └ 天成镇 (south) ─ 八龙潭村, 天成村
                        └ 千阳县 (neighbour) ─ 崔家头镇 ─ 崔家头村
    """

    nation: Region
    province: Region
    city: Region
    county: Region
    neighbour: Region
    north: Region
    south: Region
    north_villages: tuple[Region, Region]
    south_villages: tuple[Region, Region]
    neighbour_village: Region

    @property
    def villages(self) -> tuple[Region, ...]:
        """The four villages of Longxian."""
        return self.north_villages + self.south_villages

    @property
    def regions(self) -> tuple[Region, ...]:
        """Every region, from the root down."""
        return (
            *(self.nation, self.province, self.city, self.county, self.neighbour, self.north, self.south),
            *self.villages,
            self.neighbour_village,
        )


def region(session: Session, name: str, code: str, level: str, parent: Region | None = None, **values: Any) -> Region:
    """A region below ``parent``, valid since 2000."""
    pinyin, initials = spell(name)
    values = {"valid_from": dt.date(2000, 1, 1), "kind": "village" if level == "village" else None} | values
    made = Region(
        name=name,
        short_name=name,
        code=code.ljust(12, "0"),
        level=level,
        parent_id=parent.id if parent else None,
        pinyin=pinyin,
        initials=initials,
        **values,
    )
    return _kept(session, made)


def tree(session: Session) -> Tree:
    """The regions of :class:`Tree`."""
    nation = region(session, "中国", "0", "nation")
    province = region(session, "陕西省", "61", "province", nation)
    city = region(session, "宝鸡市", "6103", "city", province)
    county = region(session, "陇县", "610327", "county", city)
    neighbour = region(session, "千阳县", "610328", "county", city)
    north = region(session, "八渡镇", "610327101", "town", county)
    south = region(session, "天成镇", "610327102", "town", county)
    over_there = region(session, "崔家头镇", "610328101", "town", neighbour)
    return Tree(
        nation=nation,
        province=province,
        city=city,
        county=county,
        neighbour=neighbour,
        north=north,
        south=south,
        north_villages=(
            region(session, "大力村", "610327101201", "village", north),
            region(session, "八渡村", "610327101202", "village", north),
        ),
        south_villages=(
            region(session, "八龙潭村", "610327102201", "village", south),
            region(session, "天成村", "610327102202", "village", south),
        ),
        neighbour_village=region(session, "崔家头村", "610328101201", "village", over_there),
    )


def asset(session: Session, where: Region, *, value_yuan: int | Decimal | None = 100_000, **values: Any) -> Asset:
    """An asset in operation since 2024-01-15, worth 100,000 yuan; ``asset_class`` is public."""
    number = next(_numbers)
    name = values.pop("name", f"{where.short_name}饮水工程{number}")
    pinyin, initials = spell(name)
    values = {
        "code": f"T{number:08d}",
        "asset_class": "public",
        "operating_status": "operating",
        "built_on": dt.date(2024, 1, 15),
        "sector": "water",
        "geom": f"SRID=4490;POINT({106.5 + number % 100 / 1000} {34.7 + number % 83 / 1000})",
        "position_quality": "surveyed",
    } | values
    made = _kept(session, Asset(name=name, region_id=where.id, pinyin=pinyin, initials=initials, **values))
    if value_yuan is not None:
        session.add(
            ValueEvent(
                asset_id=made.id,
                kind="new",
                occurred_on=made.built_on or DAY,
                amount_yuan=value_yuan,
                fund_source="central",
            )
        )
        session.flush()
    return made


def party(session: Session, name: str = "大力村村集体", type: str = "village_collective", **values: Any) -> Party:
    """A village collective, or another holder; the name of a person is kept apart."""
    pinyin, initials = spell(name)
    if names_people(type, name):
        person = _kept(session, Person(name=name, pinyin=pinyin, initials=initials))
        return _kept(session, Party(name=mask_name(name), type=type, person_id=person.id, **values))
    return _kept(session, Party(name=name, type=type, pinyin=pinyin, initials=initials, **values))


def post(session: Session, where: Region, title: str = "村级管护员", **values: Any) -> Post:
    """An upkeep post that nobody holds yet."""
    return _kept(session, Post(region_id=where.id, title=title, **values))


def holding(session: Session, held: Post, person: Person | None = None, **values: Any) -> PostHolding:
    """Somebody in a post, since 2024."""
    person = person or _kept(session, Person(name="张三"))
    values = {"valid_from": dt.date(2024, 1, 1)} | values
    return _kept(session, PostHolding(post_id=held.id, person_id=person.id, **values))


def duty(session: Session, of: Asset, **values: Any) -> Duty:
    """A complete duty since 2024: body, a held post, money; every 90 days, notice 30 days before.

    ``body_party_id=None``, ``post_id=None`` or ``fund_source=None`` leave one out.
    """
    if "post_id" not in values:
        made = _kept(session, Post(region_id=of.region_id, title="村级管护员"))
        holding(session, made)
        values["post_id"] = made.id
    if "body_party_id" not in values:
        values["body_party_id"] = party(session).id
    values = {"fund_source": "county", "interval_days": 90, "valid_from": dt.date(2024, 1, 15)} | values
    values = {"notice_days": min(30, values["interval_days"] - 1)} | values
    return _kept(session, Duty(asset_id=of.id, **values))


def inspection(session: Session, of: Asset, on: dt.date = DAY, **values: Any) -> Inspection:
    """A visit that found all well."""
    return _kept(session, Inspection(asset_id=of.id, inspected_on=on, **{"result": "all_well"} | values))


def project(session: Session, where: Region, **values: Any) -> Project:
    """An industry project of 2026 that has started."""
    number = next(_numbers)
    name = values.pop("name", f"{where.short_name}产业路硬化工程{number}")
    pinyin, initials = spell(name)
    values = {
        "code": f"P{number:08d}",
        "kind": "works",
        "category": "industry",
        "year": 2026,
        "stage": "started",
        "budget_yuan": 600_000,
    } | values
    return _kept(session, Project(name=name, region_id=where.id, pinyin=pinyin, initials=initials, **values))


def money(
    session: Session, of: Project, received_from: Region, *, received: int, arranged: int, paid: int, **values: Any
) -> FundDocument:
    """A fund document of 2026 with one allocation to the project and one payment of it."""
    number = next(_numbers)
    values = {"budget_year": 2026, "source": "central", "received_on": dt.date(2026, 2, 1)} | values
    document = _kept(
        session,
        FundDocument(
            region_id=received_from.id,
            number=f"陇财发〔2026〕{number}号",
            title="衔接资金",
            received_yuan=received,
            **values,
        ),
    )
    arranged_ = _kept(
        session,
        Allocation(
            fund_document_id=document.id, project_id=of.id, arranged_on=dt.date(2026, 3, 1), arranged_yuan=arranged
        ),
    )
    _kept(session, Payment(allocation_id=arranged_.id, paid_on=dt.date(2026, 6, 1), paid_yuan=paid))
    return document


def account(
    session: Session, username: str, role: str, where: Region, *, sector: str | None = None, **values: Any
) -> Account:
    """An account with one grant since 2024 and the password :data:`PASSWORD`."""
    values = {"display_name": username, "region_id": where.id} | values
    made = _kept(session, Account(username=username, password_hash=_HASH, **values))
    grant(session, made, role, where, sector=sector)
    return made


def grant(session: Session, to: Account, role: str, where: Region, **values: Any) -> Grant:
    """One more grant, since 2024."""
    values = {"valid_from": dt.date(2024, 1, 1)} | values
    return _kept(session, Grant(account_id=to.id, role=role, region_id=where.id, **values))


def _kept(session: Session, made: Record) -> Record:
    session.add(made)
    session.flush()
    session.refresh(made)
    return made
