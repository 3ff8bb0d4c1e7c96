"""What lies on the ground: villages, relocation sites, facilities, roads."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assets.db import Base, Id, Named, Placed, Recorded, Retired, Reviewed, Yuan, name_indexes, one_of
from assets.vocabulary import FACILITY_LEVELS, FACILITY_STATUSES, ROAD_CLASSES, SITE_TYPES, VILLAGE_CLASSES


class Village(Named, Placed, Reviewed, Retired, Recorded, Base):
    """The facts of one 行政村 or 社区; its code and border are its region's."""

    __tablename__ = "village"
    __table_args__ = (
        UniqueConstraint("region_id"),
        one_of("class", VILLAGE_CLASSES),
        Index("ix_village_region_path", "region_path"),
        Index("ix_village_geom", "geom", postgresql_using="gist"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    village_class: Mapped[str] = mapped_column("class")
    lifted_out_of_poverty: Mapped[bool] = mapped_column(server_default="false")
    households: Mapped[int | None]
    pop_registered: Mapped[int | None]
    pop_resident: Mapped[int | None]
    collective_income: Mapped[Yuan | None]
    lead_industry: Mapped[str | None]
    plan_done: Mapped[bool] = mapped_column(server_default="false")
    elevation_m: Mapped[int | None]
    geom: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4490, spatial_index=False))
    source: Mapped[str | None]


class NaturalVillage(Named, Placed, Reviewed, Retired, Recorded, Base):
    """A 自然村: a settlement inside an administrative village."""

    __tablename__ = "natural_village"
    __table_args__ = (
        CheckConstraint("sanitary_toilets <= households", name="toilets_within_households"),
        Index("ix_natural_village_region_path", "region_path"),
        Index("ix_natural_village_geom", "geom", postgresql_using="gist"),
        *name_indexes("natural_village"),
    )

    id: Mapped[Id]
    households: Mapped[int | None]
    pop_resident: Mapped[int | None]
    waste_collected: Mapped[bool | None]
    sanitary_toilets: Mapped[int | None]
    tap_water: Mapped[bool | None]
    paved_road: Mapped[bool | None]
    geom: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4490, spatial_index=False))
    source: Mapped[str | None]


class RelocationSite(Named, Placed, Reviewed, Retired, Recorded, Base):
    """A 易地搬迁集中安置点 and its follow-up support."""

    __tablename__ = "relocation_site"
    __table_args__ = (
        one_of("type", SITE_TYPES),
        Index("ix_relocation_site_region_path", "region_path"),
        Index("ix_relocation_site_geom", "geom", postgresql_using="gist"),
        *name_indexes("relocation_site"),
    )

    id: Mapped[Id]
    type: Mapped[str]
    built_year: Mapped[int | None]
    housing_units: Mapped[int | None]
    households_moved: Mapped[int | None]
    persons_moved: Mapped[int | None]
    households_occupied: Mapped[int | None]
    certificates_issued: Mapped[int | None]
    old_houses_demolished: Mapped[int | None]
    labour_force: Mapped[int | None]
    employed: Mapped[int | None]
    zero_employment_households: Mapped[int | None]
    workshops: Mapped[int | None]
    management_body: Mapped[str | None]
    geom: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4490, spatial_index=False))
    source: Mapped[str | None]


class Facility(Named, Placed, Reviewed, Retired, Recorded, Base):
    """A school, clinic, store … that serves villages."""

    __tablename__ = "facility"
    __table_args__ = (
        one_of("level", FACILITY_LEVELS),
        one_of("status", FACILITY_STATUSES),
        Index("ix_facility_region_path", "region_path"),
        Index("ix_facility_geom", "geom", postgresql_using="gist"),
        *name_indexes("facility"),
    )

    id: Mapped[Id]
    type: Mapped[str]
    level: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="in_use")
    area_m2: Mapped[Decimal | None] = mapped_column(Numeric(12, 1))
    capacity: Mapped[int | None]
    staff: Mapped[int | None]
    opened_on: Mapped[dt.date | None]
    closed_on: Mapped[dt.date | None]
    geom: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4490, spatial_index=False))
    source: Mapped[str | None]


class Road(Recorded, Base):
    """A road line; like borders, seen by everyone signed in."""

    __tablename__ = "road"
    __table_args__ = (
        one_of("class", ROAD_CLASSES),
        Index("ix_road_geom", "geom", postgresql_using="gist"),
    )

    id: Mapped[Id]
    name: Mapped[str | None]
    code: Mapped[str | None]
    road_class: Mapped[str] = mapped_column("class")
    surface: Mapped[str | None]
    width_m: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"), index=True)
    geom: Mapped[Any] = mapped_column(Geometry("LINESTRING", srid=4490, spatial_index=False))
    source: Mapped[str | None]
