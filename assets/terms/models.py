"""Words and numbers that change by decree, each valid from a day to a day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assets.db import Base, Id, Recorded, one_of
from assets.vocabulary import FACILITY_LEVELS, MILESTONES, PROJECT_KINDS, STAGES, TERM_KINDS


class Term(Recorded, Base):
    """One label of one code, in both languages: a sector, a fund source, a class."""

    __tablename__ = "term"
    __table_args__ = (
        one_of("kind", TERM_KINDS),
        UniqueConstraint("kind", "code", "valid_from"),
        Index("ix_term_kind_position", "kind", "position"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    code: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    parent_code: Mapped[str | None]
    position: Mapped[int] = mapped_column(server_default="0")
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]


class Threshold(Recorded, Base):
    """A number that rules compare with, for everyone or for one region and below."""

    __tablename__ = "threshold"
    __table_args__ = (UniqueConstraint("code", "region_id", "valid_from", postgresql_nulls_not_distinct=True),)

    id: Mapped[Id]
    code: Mapped[str]
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    value: Mapped[Decimal] = mapped_column(Numeric)
    basis: Mapped[str | None]
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]


class FacilityStandard(Recorded, Base):
    """What a facility of a type must be and reach, for everyone or for one region and below."""

    __tablename__ = "facility_standard"
    __table_args__ = (
        one_of("level", FACILITY_LEVELS),
        one_of("travel_mode", ("walk", "drive", "straight")),
        UniqueConstraint("type", "level", "region_id", "valid_from", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[Id]
    type: Mapped[str]
    level: Mapped[str]
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    reach_m: Mapped[int | None]
    travel_min: Mapped[int | None]
    travel_mode: Mapped[str] = mapped_column(server_default="walk")
    min_area_m2: Mapped[Decimal | None] = mapped_column(Numeric(12, 1))
    min_staff: Mapped[int | None]
    min_population: Mapped[int | None]
    capacity_per_1000: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    mandatory: Mapped[bool] = mapped_column(server_default="false")
    basis: Mapped[str | None]
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]


class StageStep(Recorded, Base):
    """One step in the template of a kind of project: which document it takes, which stage it reaches."""

    __tablename__ = "stage_step"
    __table_args__ = (
        one_of("kind", PROJECT_KINDS),
        one_of("milestone", MILESTONES),
        one_of("stage", STAGES),
        UniqueConstraint("kind", "milestone", "valid_from"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    milestone: Mapped[str]
    stage: Mapped[str]
    position: Mapped[int]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    document_zh: Mapped[str | None]
    document_en: Mapped[str | None]
    required: Mapped[bool] = mapped_column(server_default="true")
    own_clock: Mapped[bool] = mapped_column(server_default="false")
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]


class ChecklistItem(Recorded, Base):
    """One question an inspection of a type of asset asks; measured ones have limits."""

    __tablename__ = "checklist_item"
    __table_args__ = (
        one_of("kind", ("check", "measure")),
        UniqueConstraint("asset_type", "position", "valid_from", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[Id]
    asset_type: Mapped[str | None]
    position: Mapped[int]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="check")
    unit: Mapped[str | None]
    low: Mapped[Decimal | None] = mapped_column(Numeric)
    high: Mapped[Decimal | None] = mapped_column(Numeric)
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]


class Installation(Recorded, Base):
    """One row: whether this is the demonstration county, made when and from which seed."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    demonstration_on: Mapped[dt.date | None]
    seed: Mapped[int | None]
