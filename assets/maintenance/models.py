"""Upkeep: who must look after an asset, when it was looked at, and what follows from it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from assets.db import Base, Id, Path, Recorded, Yuan, one_of
from assets.registry.models import Asset
from assets.scope import scoped_by, scoped_through


class Duty(Recorded, Base):
    """Who keeps an asset, with which money and how often it must be inspected."""

    __tablename__ = "maintenance_duty"
    __table_args__ = (
        CheckConstraint("interval_days > 0", name="interval_positive"),
        CheckConstraint("notice_days >= 0 AND notice_days < interval_days", name="notice_in_interval"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="period_not_empty"),
    )

    id: Mapped[Id]
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), index=True)
    body_party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"), index=True)
    fund_source: Mapped[str | None]
    annual_budget_yuan: Mapped[Yuan | None]
    rule_document: Mapped[str | None]
    interval_days: Mapped[int]
    notice_days: Mapped[int] = mapped_column(server_default="30")
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]


class Inspection(Recorded, Base):
    """A visit to an asset and what was found."""

    __tablename__ = "inspection"
    __table_args__ = (
        one_of("result", ("all_well", "problem")),
        CheckConstraint("condition BETWEEN 1 AND 5", name="condition_one_to_five"),
        Index("ix_inspection_asset_id_inspected_on", "asset_id", "inspected_on"),
    )

    id: Mapped[Id]
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    inspected_on: Mapped[dt.date]
    inspector_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    result: Mapped[str]
    condition: Mapped[int | None] = mapped_column(SmallInteger)
    note: Mapped[str | None]
    cost_yuan: Mapped[Yuan | None]
    request_key: Mapped[str | None] = mapped_column(unique=True)
    geom: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4490, spatial_index=False))


class UpkeepPeriod(Base):
    """What was true of an asset from a day to a day: the read model of every dated question.

    Kept by the database (``upkeep_refresh``) whenever an asset, its duties, posts, value or
    inspections change. ``latest`` marks the periods that may still hold on or after the day
    of the refresh; only they carry a geometry.
    """

    __tablename__ = "upkeep_period"
    __table_args__ = (
        Index(
            "ix_upkeep_period_latest",
            "region_path",
            "asset_id",
            postgresql_where="latest",
            postgresql_include=[
                "valid_from",
                "valid_to",
                "class",
                "sector",
                "missing",
                "exempt",
                "notice_on",
                "due_on",
                "value_yuan",
            ],
        ),
        Index("ix_upkeep_period_region_path", "region_path", "valid_from", "valid_to"),
        Index("ix_upkeep_period_geom", "geom", postgresql_using="gist", postgresql_where="latest"),
        # Orders of long lists, and words so rare that reading along an order would not meet them.
        Index(
            "ix_upkeep_period_by_value",
            "value_yuan",
            "asset_id",
            "region_path",
            "class",
            "sector",
            postgresql_where="latest",
        ),
        Index(
            "ix_upkeep_period_by_due_on",
            text("upkeep_due_on(exempt, missing, due_on)"),
            "asset_id",
            "region_path",
            "class",
            "sector",
            postgresql_where="latest",
        ),
        Index(
            "ix_upkeep_period_operating_status",
            "operating_status",
            "class",
            "sector",
            "region_path",
            postgresql_where="latest AND operating_status <> 'operating'",
        ),
        Index(
            "ix_upkeep_period_missing",
            "region_path",
            "asset_id",
            postgresql_where="latest AND missing <> 0",
            postgresql_include=[
                "valid_from",
                "valid_to",
                "missing",
                "exempt",
                "notice_on",
                "due_on",
                "value_yuan",
                "class",
                "sector",
            ],
        ),
        Index(
            "ix_upkeep_period_class_sector",
            "class",
            "sector",
            "region_path",
            "asset_id",
            postgresql_where="latest",
            postgresql_include=["valid_from", "valid_to", "missing", "exempt", "notice_on", "due_on", "value_yuan"],
        ),
    )

    asset_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    valid_from: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    valid_to: Mapped[dt.date]
    latest: Mapped[bool]
    region_id: Mapped[int] = mapped_column(BigInteger)
    region_path: Mapped[Path]
    sector: Mapped[str | None]
    asset_class: Mapped[str] = mapped_column("class")
    operating_status: Mapped[str]
    exempt: Mapped[bool]
    missing: Mapped[int] = mapped_column(SmallInteger)
    last_on: Mapped[dt.date | None]
    notice_on: Mapped[dt.date | None]
    due_on: Mapped[dt.date | None]
    value_yuan: Mapped[Yuan]
    geom: Mapped[Any | None] = mapped_column(Geometry("GEOMETRY", srid=4490, spatial_index=False))


class RollupDelta(Base):
    """A change of a sum from a day on, not yet folded into ``rollup_day``."""

    __tablename__ = "rollup_delta"

    id: Mapped[Id]
    region_id: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[dt.date]
    asset_class: Mapped[str] = mapped_column("class")
    sector: Mapped[str] = mapped_column(Text)
    status: Mapped[str]
    missing: Mapped[int] = mapped_column(SmallInteger)
    assets: Mapped[int] = mapped_column(BigInteger)
    value_yuan: Mapped[Yuan]


class _Cell:
    """A part of a sum: a region at city level or above, a class, a sector, a status.

    Rows are only ever added, several may share a place, and reading adds them up, so that
    folding waits for nobody; ``rollup_compact`` makes one row of them at night.
    """

    id: Mapped[Id]
    region_id: Mapped[int] = mapped_column(BigInteger)
    asset_class: Mapped[str] = mapped_column("class")
    sector: Mapped[str]
    status: Mapped[str]
    missing: Mapped[int] = mapped_column(SmallInteger)
    assets: Mapped[int] = mapped_column(BigInteger)
    value_yuan: Mapped[Yuan]


class RollupDay(_Cell, Base):
    """Folded changes of a sum on one day."""

    __tablename__ = "rollup_day"
    __table_args__ = (Index("ix_rollup_day_region_id_day", "region_id", "day"),)
    day: Mapped[dt.date]


class RollupMonth(_Cell, Base):
    """The sum of all days before the first of a month: where adding up may start."""

    __tablename__ = "rollup_month"
    __table_args__ = (Index("ix_rollup_month_region_id_month", "region_id", "month"),)
    month: Mapped[dt.date]


class RollupCheckpoint(Base):
    """A month for which ``rollup_month`` holds every sum."""

    __tablename__ = "rollup_checkpoint"
    month: Mapped[dt.date] = mapped_column(primary_key=True)


scoped_through(Duty.asset_id, Asset)
scoped_through(Inspection.asset_id, Asset)
scoped_by(UpkeepPeriod, lambda viewer: viewer.narrow(UpkeepPeriod.region_path, UpkeepPeriod.sector))
