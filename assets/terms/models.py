"""Words and numbers that change by decree, each valid from a day to a day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assets.db import Base, Id, Recorded, one_of
from assets.vocabulary import TERM_KINDS


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


class Installation(Recorded, Base):
    """One row: whether this is the demonstration county, made when and from which seed."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    demonstration_on: Mapped[dt.date | None]
    seed: Mapped[int | None]
