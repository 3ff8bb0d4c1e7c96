"""The dated tree of administrative divisions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, FetchedValue, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assets.db import Base, Id, Named, Path, Recorded, name_indexes, one_of
from assets.vocabulary import LEVELS

NATION_CODE = "000000000000"


class Region(Named, Recorded, Base):
    """A division from one day to another; a change of parent or code makes a new row.

    ``region_path`` is the chain of ids from the root, as ``/1/25/300/``: a subtree is one
    range of it in byte order. ``rollup_id`` is the nearest region at city level or above,
    where sums are kept. ``geom`` is the region's own border; ``shape`` is that border
    or else the union of its children's shapes.
    """

    __tablename__ = "region"
    __table_args__ = (
        one_of("level", LEVELS),
        one_of("kind", ("village", "community")),
        UniqueConstraint("code", "level", "valid_from"),
        Index("ix_region_region_path", "region_path", unique=True),
        Index("ix_region_code", "code"),
        Index("ix_region_shape", "shape", postgresql_using="gist"),
        *name_indexes("region"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12))
    level: Mapped[str]
    kind: Mapped[str | None]
    short_name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("region.id"), index=True)
    region_path: Mapped[Path] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue())
    rollup_id: Mapped[int] = mapped_column(BigInteger, server_default=FetchedValue())
    urban_rural_code: Mapped[str | None]
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]
    # A border is many times larger than all else; whoever needs one selects it.
    geom: Mapped[Any | None] = mapped_column(Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), deferred=True)
    shape: Mapped[Any | None] = mapped_column(Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), deferred=True)
    centre: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4490, spatial_index=False))
    is_schematic: Mapped[bool] = mapped_column(server_default="false")
    source: Mapped[str | None]


class RegionSuccessor(Recorded, Base):
    """What a region became: merged into, split into, renamed to, or moved to."""

    __tablename__ = "region_successor"
    __table_args__ = (
        one_of("kind", ("merged", "split", "renamed", "moved")),
        UniqueConstraint("region_id", "successor_id"),
    )

    id: Mapped[Id]
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    successor_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    kind: Mapped[str]
    effective_on: Mapped[dt.date]


class Designation(Recorded, Base):
    """A dated list entry: 重点帮扶 county, town or village; 示范 town or village."""

    __tablename__ = "designation"
    __table_args__ = (
        one_of("kind", ("key_assistance", "demonstration")),
        one_of("level", ("national", "provincial", "city", "county")),
        UniqueConstraint("region_id", "kind", "level", "valid_from"),
    )

    id: Mapped[Id]
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    kind: Mapped[str]
    level: Mapped[str]
    document: Mapped[str | None]
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]
