"""帮扶项目资产: what projects left behind, and the events that make its value."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Numeric, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from assets.db import Base, Id, Named, Placed, Recorded, Retired, Reviewed, Yuan, name_indexes, one_of
from assets.scope import Viewer, scoped_by, scoped_through
from assets.vocabulary import (
    CLASSES,
    DEPRECIATION_RULES,
    FORMS,
    OPERATING_STATUSES,
    POSITION_QUALITIES,
    VALUE_EVENT_KINDS,
)

HOUSEHOLD_READERS = frozenset({"clerk", "administrator", "auditor"})


class Asset(Named, Placed, Reviewed, Retired, Recorded, Base):
    """An assistance asset; 到户类 is one record per project, village and year."""

    __tablename__ = "asset"
    __table_args__ = (
        UniqueConstraint("code"),
        one_of("class", CLASSES),
        one_of("form", FORMS),
        one_of("operating_status", OPERATING_STATUSES),
        one_of("position_quality", POSITION_QUALITIES),
        one_of("depreciation", DEPRECIATION_RULES),
        CheckConstraint("useful_life_years > 0", name="useful_life_positive"),
        # What lists of an area are sorted by, so that sorting them touches no record.
        Index(
            "ix_asset_region_path",
            *("region_path", "id"),
            postgresql_include=["code", "name", "type", "built_on", "handed_over_on", "certified_on"],
        ),
        Index("ix_asset_geom", "geom", postgresql_using="gist"),
        # Lists of millions are read along these; behind key and id stands what narrows them.
        Index("ix_asset_code_prefix", "code", postgresql_ops={"code": "text_pattern_ops"}),
        Index(
            "ix_asset_without_position",
            "region_path",
            postgresql_where="geom IS NULL OR position_quality = 'village_point'",
        ),
        Index("ix_asset_papers_missing", "region_path", postgresql_where="papers_missing IS TRUE"),
        Index("ix_asset_by_code", "code", "id", "region_path", "class", "sector"),
        Index(
            "ix_asset_by_name",
            *("name", "id", "region_path", "class", "sector"),
            postgresql_ops={"name": 'COLLATE "zh-x-icu"'},
        ),
        Index("ix_asset_by_built_on", "built_on", "id", "region_path", "class", "sector"),
        Index("ix_asset_review_status", "review_status", "region_path", postgresql_where="review_status <> 'approved'"),
        *name_indexes("asset"),
    )

    id: Mapped[Id]
    code: Mapped[str]
    sector: Mapped[str | None]
    asset_class: Mapped[str] = mapped_column("class")
    type: Mapped[str | None]
    form: Mapped[str] = mapped_column(server_default="fixed")
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    unit: Mapped[str | None]
    specification: Mapped[str | None]
    useful_life_years: Mapped[int | None]
    depreciation: Mapped[str] = mapped_column(server_default="straight_line")
    built_on: Mapped[dt.date | None]
    handed_over_on: Mapped[dt.date | None]
    registered: Mapped[bool] = mapped_column(server_default="true")
    certified_on: Mapped[dt.date | None]
    certificate: Mapped[str | None]
    operating_status: Mapped[str]
    disposed_on: Mapped[dt.date | None]
    papers_missing: Mapped[bool] = mapped_column(server_default="false")
    position_quality: Mapped[str | None]
    source_datum: Mapped[str | None]
    geom: Mapped[Any | None] = mapped_column(Geometry("GEOMETRY", srid=4490, spatial_index=False))
    source: Mapped[str | None]


class OutsideCode(Recorded, Base):
    """The code of an asset in another system: the national one, the 三资 platform."""

    __tablename__ = "outside_code"
    __table_args__ = (UniqueConstraint("system", "code"), UniqueConstraint("asset_id", "system"))

    id: Mapped[Id]
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    system: Mapped[str]
    code: Mapped[str]


class OperatingPeriod(Recorded, Base):
    """From which day an asset runs, idles, stands damaged; until its next row."""

    __tablename__ = "operating_period"
    __table_args__ = (one_of("status", OPERATING_STATUSES), UniqueConstraint("asset_id", "valid_from"))

    id: Mapped[Id]
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    status: Mapped[str]
    valid_from: Mapped[dt.date]
    document: Mapped[str | None]


class HouseholdItem(Recorded, Base):
    """What one household got of a 到户类 batch; seen by few, its person kept in ``person``."""

    __tablename__ = "household_item"
    __table_args__ = (UniqueConstraint("asset_id", "person_id"),)

    id: Mapped[Id]
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    amount_yuan: Mapped[Yuan | None]
    note: Mapped[str | None]


class ValueEvent(Recorded, Base):
    """A dated change of an asset's original value, from one fund source of one project."""

    __tablename__ = "value_event"
    __table_args__ = (
        one_of("kind", VALUE_EVENT_KINDS),
        Index("ix_value_event_fund_source", "fund_source", "asset_id"),
    )

    id: Mapped[Id]
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    kind: Mapped[str]
    occurred_on: Mapped[dt.date]
    amount_yuan: Mapped[Yuan]
    fund_source: Mapped[str | None]
    document: Mapped[str | None]


scoped_through(OutsideCode.asset_id, Asset)
scoped_through(OperatingPeriod.asset_id, Asset)
scoped_through(ValueEvent.asset_id, Asset)


def _listed_for(viewer: Viewer) -> ColumnElement[bool]:
    """Households are seen by those who keep and check their lists, not by all who see the batch."""
    reaches = tuple(reach for reach in viewer.reaches if reach.role in HOUSEHOLD_READERS)
    readers = Viewer(reaches=reaches, unbounded=viewer.unbounded)
    return HouseholdItem.asset_id.in_(select(Asset.id).where(readers.narrow(Asset.region_path, Asset.sector)))


scoped_by(HouseholdItem, _listed_for)
