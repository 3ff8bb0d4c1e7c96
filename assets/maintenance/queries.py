"""Assets as they are on a day: which match a filter, and what their upkeep status is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, not_, or_, select
from sqlalchemy.sql import visitors

from assets.db import today
from assets.filters import Filter
from assets.maintenance.models import Duty, UpkeepPeriod
from assets.ownership.models import Contract, Right
from assets.parties.models import Person, PostHolding
from assets.projects.models import Project
from assets.registry.finding import assets_like
from assets.registry.models import Asset, ValueEvent
from assets.scope import within
from assets.vocabulary import CLASSES, MISSING_FIELDS

CONTRACT_NOTICE_DAYS = 60


def status_on(day: dt.date) -> ColumnElement[str]:
    """The upkeep status of a period's asset on ``day``, derived by the database."""
    return func.upkeep_status(
        UpkeepPeriod.exempt, UpkeepPeriod.missing, UpkeepPeriod.notice_on, UpkeepPeriod.due_on, day
    )


def valid_on(day: dt.date) -> ColumnElement[bool]:
    """The criterion that a period holds on ``day``; on today's and later days by the short index."""
    holds = and_(UpkeepPeriod.valid_from <= day, UpkeepPeriod.valid_to > day)
    return and_(UpkeepPeriod.latest, holds) if day >= today() else holds


def matching(asked: Filter, *columns: Any) -> Select[Any]:
    """The assets that ``asked`` describes, as ``columns`` of :class:`Asset` and :class:`UpkeepPeriod`."""
    statement = select(*columns).select_from(UpkeepPeriod)
    if _speaks_of_asset(asked) or any(_is_of_asset(column) for column in columns):
        statement = statement.join(Asset, Asset.id == UpkeepPeriod.asset_id)
    return statement.where(*criteria(asked))


def _speaks_of_asset(asked: Filter) -> bool:
    flags = asked.flag & {"pending", "returned"}
    return bool(asked.year or asked.words or flags or asked.missing & {"position", "papers"})


def _is_of_asset(column: Any) -> bool:
    if column is Asset:
        return True
    element = column.__clause_element__() if hasattr(column, "__clause_element__") else column
    return any(getattr(part, "table", None) is Asset.__table__ for part in visitors.iterate(element))


def criteria(asked: Filter) -> list[ColumnElement[bool]]:
    """What ``asked`` demands of an asset and its period."""
    found = [valid_on(asked.day), within(UpkeepPeriod.region_path, asked.area_path)]
    if asked.asset_class or asked.sector:
        # Sectors are found by class and sector together, so all classes are named where none is asked for.
        found.append(UpkeepPeriod.asset_class.in_(sorted(asked.asset_class or CLASSES)))
    if asked.operating:
        found.append(UpkeepPeriod.operating_status.in_(sorted(asked.operating)))
    if asked.sector:
        found.append(UpkeepPeriod.sector.in_(sorted(asked.sector)))
    if asked.status:
        found.append(_has_status(asked))
    if asked.year:
        years = ((dt.date(year, 1, 1), dt.date(year, 12, 31)) for year in sorted(asked.year))
        found.append(or_(*(Asset.built_on.between(*ends) for ends in years)))
    if asked.fund or asked.category:
        found.append(_paid_by(asked))
    if asked.missing:
        found.append(or_(*(_lacks(field, asked.day) for field in sorted(asked.missing))))
    found += [_flagged(flag, asked) for flag in sorted(asked.flag) if flag in _ASSET_FLAGS]
    if asked.words:
        found.append(assets_like(asked.words, compares_names=asked.compares_names))
    return found


_ASSET_FLAGS = ("pending", "returned", "contract_expiring", "mine")


def _has_status(asked: Filter) -> ColumnElement[bool]:
    day = asked.day
    arranged = and_(not_(UpkeepPeriod.exempt), UpkeepPeriod.missing == 0)
    by_status = {
        "exempt": UpkeepPeriod.exempt,
        "unarranged": and_(not_(UpkeepPeriod.exempt), UpkeepPeriod.missing != 0),
        "overdue": and_(arranged, UpkeepPeriod.due_on < day),
        "due_soon": and_(arranged, UpkeepPeriod.due_on >= day, UpkeepPeriod.notice_on <= day),
        "in_order": and_(arranged, UpkeepPeriod.notice_on > day),
    }
    return or_(*(by_status[status] for status in sorted(asked.status)))


def _paid_by(asked: Filter) -> ColumnElement[bool]:
    paid = select(ValueEvent.id).where(ValueEvent.asset_id == UpkeepPeriod.asset_id)
    if asked.fund:
        paid = paid.where(ValueEvent.fund_source.in_(sorted(asked.fund)))
    if asked.category:
        paid = paid.join(Project, Project.id == ValueEvent.project_id).where(
            Project.category.in_(sorted(asked.category))
        )
    return paid.exists()


def _lacks(field: str, day: dt.date) -> ColumnElement[bool]:
    if field in MISSING_FIELDS:
        # Said twice, since the index of what lacks anything is known by the plainer words.
        lacking = UpkeepPeriod.missing != 0
        return and_(not_(UpkeepPeriod.exempt), lacking, UpkeepPeriod.missing.op("&")(MISSING_FIELDS[field]) != 0)
    if field == "position":
        return or_(Asset.geom.is_(None), Asset.position_quality == "village_point")
    if field == "papers":
        return Asset.papers_missing.is_(True)
    return ~exists(
        select(Right.id).where(
            Right.asset_id == UpkeepPeriod.asset_id,
            Right.kind == "ownership",
            Right.valid_from <= day,
            or_(Right.valid_to.is_(None), Right.valid_to > day),
        )
    )


def _flagged(flag: str, asked: Filter) -> ColumnElement[bool]:
    if flag == "contract_expiring":
        return exists(
            select(Contract.id).where(
                Contract.asset_id == UpkeepPeriod.asset_id,
                Contract.ended_early_on.is_(None),
                Contract.ends_on.between(asked.day, asked.day + dt.timedelta(days=CONTRACT_NOTICE_DAYS)),
            )
        )
    if flag == "mine":
        return UpkeepPeriod.asset_id.in_(duties_of(asked.account_id, asked.day))
    return Asset.review_status == flag


def duties_of(account_id: int | None, day: dt.date) -> Select[Any]:
    """The assets whose upkeep falls to a post that the account's person fills on ``day``."""
    return (
        select(Duty.asset_id)
        .join(PostHolding, PostHolding.post_id == Duty.post_id)
        .join(Person, Person.id == PostHolding.person_id)
        .where(
            Person.account_id == account_id,
            Duty.valid_from <= day,
            or_(Duty.valid_to.is_(None), Duty.valid_to > day),
            PostHolding.valid_from <= day,
            or_(PostHolding.valid_to.is_(None), PostHolding.valid_to > day),
        )
    )


def status_counts(asked: Filter) -> Select[tuple[str, int]]:
    """How many assets match ``asked`` in each upkeep status."""
    return matching(asked, status_on(asked.day).label("status"), func.count().label("assets")).group_by("status")


def asset_tile(asked: Filter, *, names: bool) -> Select[Any]:
    """The matching assets for a tile; names only where the zoom has room for them."""
    columns = [
        UpkeepPeriod.asset_id.label("id"),
        (UpkeepPeriod.geom if asked.day >= today() else Asset.geom).label("geom"),
        UpkeepPeriod.asset_class.label("class"),
        UpkeepPeriod.operating_status.label("operating"),
        status_on(asked.day).label("status"),
    ]
    if names:
        columns.append(Asset.name.label("name"))
    return matching(asked, *columns)


def counted_assets(asked: Filter, *columns: Any) -> Select[Any]:
    """The matching assets as counts per region add them up."""
    status = status_on(asked.day)
    return matching(
        asked,
        *(
            columns
            or (
                UpkeepPeriod.region_path,
                case((status == "overdue", 1), else_=0).label("overdue"),
                case((status == "unarranged", 1), else_=0).label("unarranged"),
            )
        ),
    )
