"""帮扶项目资产: what projects left behind, and the events that make its value."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assets.db import Base, Id, Named, Placed, Recorded, Reviewed, Yuan, name_indexes, one_of
from assets.scope import scoped_through
from assets.vocabulary import CLASSES, FORMS, OPERATING_STATUSES, POSITION_QUALITIES, VALUE_EVENT_KINDS


class Asset(Named, Placed, Reviewed, Recorded, Base):
    """An assistance asset; 到户类 is one record per project, village and year."""

    __tablename__ = "asset"
    __table_args__ = (
        UniqueConstraint("code"),
        one_of("class", CLASSES),
        one_of("form", FORMS),
        one_of("operating_status", OPERATING_STATUSES),
        one_of("position_quality", POSITION_QUALITIES),
        CheckConstraint("useful_life_years > 0", name="useful_life_positive"),
        Index("ix_asset_region_path", "region_path", "id"),
        Index("ix_asset_geom", "geom", postgresql_using="gist"),
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
    national_code: Mapped[str | None]
    source: Mapped[str | None]


class ValueEvent(Recorded, Base):
    """A dated change of an asset's original value, from one fund source of one project."""

    __tablename__ = "value_event"
    __table_args__ = (one_of("kind", VALUE_EVENT_KINDS),)

    id: Mapped[Id]
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    kind: Mapped[str]
    occurred_on: Mapped[dt.date]
    amount_yuan: Mapped[Yuan]
    fund_source: Mapped[str | None]


scoped_through(ValueEvent.asset_id, Asset)
