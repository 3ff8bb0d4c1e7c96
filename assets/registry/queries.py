"""Reading assets, the events that make their value, and what is missing of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session

from assets.db import Base
from assets.errors import NotFound
from assets.projects.models import Project
from assets.registry.models import Asset, OperatingPeriod, OutsideCode, ValueEvent

AnyPart = TypeVar("AnyPart", bound=Base)
# What an auditor expects of an asset's card, beside rights and upkeep.
CARD_FIELDS = ("type", "sector", "quantity", "built_on", "useful_life_years", "handed_over_on", "certified_on", "geom")


def get_asset(session: Session, asset_id: int) -> Asset:
    """One asset.

    Raises
    ------
    NotFound
        When there is none, or it is not the viewer's to see.
    """
    found = session.scalars(select(Asset).where(Asset.id == asset_id)).first()
    if found is None:
        raise NotFound
    return found


def get_part(session: Session, entity: type[AnyPart], asset_id: int, part_id: int) -> AnyPart:
    """One row that belongs to an asset: a value event, a code, a household.

    Raises
    ------
    NotFound
        When the asset has none such, or it is not the viewer's to see.
    """
    of: Any = entity
    found = session.scalars(select(entity).where(of.id == part_id, of.asset_id == asset_id)).first()
    if found is None:
        raise NotFound
    return found


def value_events_of(session: Session, asset_id: int) -> Sequence[Any]:
    """What made an asset's value, each event with its project as far as the viewer sees it."""
    return session.execute(
        select(
            ValueEvent.id,
            ValueEvent.revision,
            ValueEvent.kind,
            ValueEvent.occurred_on,
            ValueEvent.amount_yuan,
            ValueEvent.fund_source,
            ValueEvent.document,
            Project.id.label("project_id"),
            Project.name.label("project_name"),
            Project.year.label("project_year"),
        )
        .outerjoin(Project, Project.id == ValueEvent.project_id)
        .where(ValueEvent.asset_id == asset_id)
        .order_by(ValueEvent.occurred_on, ValueEvent.id)
        .limit(200)
    ).all()


def assets_of_project(session: Session, project_id: int, *, limit: int = 100) -> Sequence[Any]:
    """The assets a project left behind, with what it put into each."""
    return session.execute(
        select(
            Asset.id,
            Asset.code,
            Asset.name,
            Asset.asset_class,
            Asset.operating_status,
            func.sum(ValueEvent.amount_yuan).label("amount_yuan"),
        )
        .join(ValueEvent, ValueEvent.asset_id == Asset.id)
        .where(ValueEvent.project_id == project_id)
        .group_by(Asset.id)
        .order_by(func.sum(ValueEvent.amount_yuan).desc(), Asset.id)
        .limit(limit)
    ).all()


def outside_codes(asset_id: Any) -> ScalarSelect[str]:
    """The codes of an asset in other systems, in one text."""
    return select(func.string_agg(OutsideCode.code, "、")).where(OutsideCode.asset_id == asset_id).scalar_subquery()


def outside_codes_of(session: Session, asset_id: int) -> Sequence[OutsideCode]:
    """The codes of an asset in other systems, by system."""
    return session.scalars(
        select(OutsideCode).where(OutsideCode.asset_id == asset_id).order_by(OutsideCode.system)
    ).all()


def operating_periods_of(session: Session, asset_id: int) -> Sequence[OperatingPeriod]:
    """How an asset ran, the latest first."""
    return session.scalars(
        select(OperatingPeriod)
        .where(OperatingPeriod.asset_id == asset_id)
        .order_by(OperatingPeriod.valid_from.desc())
        .limit(50)
    ).all()


def filled_fields() -> ColumnElement[int]:
    """How many of :data:`CARD_FIELDS` an :class:`Asset` has, in SQL."""
    places = [getattr(Asset, name) for name in CARD_FIELDS]
    return func.num_nonnulls(*places)


def missing_fields(asset: Asset) -> list[str]:
    """The columns of :data:`CARD_FIELDS` that the record leaves empty."""
    asked = [name for name in CARD_FIELDS if not (name == "handed_over_on" and asset.asset_class == "household")]
    missing = [name for name in asked if getattr(asset, name) is None]
    if asset.geom is not None and asset.position_quality == "village_point":
        missing.append("geom")
    if asset.papers_missing:
        missing.append("papers")
    return missing
