"""The declarative base, column mixins and sessions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    DateTime,
    Engine,
    FetchedValue,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    Numeric,
    Text,
    create_engine,
    func,
    or_,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")

Id = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
Yuan = Annotated[Decimal, mapped_column(Numeric(18, 2))]
Path = Annotated[str, mapped_column(Text(collation="C"))]

REVIEW_STATUSES = ("pending", "approved", "returned")


def today() -> dt.date:
    """The office's day; passed on from the entry points, never read deeper down."""
    return dt.datetime.now(OFFICE_ZONE).date()


class Base(DeclarativeBase):
    """All tables of the registry."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {str: Text, dt.datetime: DateTime(timezone=True)}


class Recorded:
    """When a row came to be known, and through whom; ``revision`` counts its versions."""

    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[int | None] = mapped_column(BigInteger)
    updated_by: Mapped[int | None] = mapped_column(BigInteger)
    revision: Mapped[int] = mapped_column(server_default="1", server_onupdate=FetchedValue())


class Reviewed:
    """Where a record stands in the review chain."""

    review_status: Mapped[str] = mapped_column(server_default="approved")


class Retired:
    """May be withdrawn from a day on, with a reason; before that day it stays what it was."""

    retired_on: Mapped[dt.date | None]
    retired_reason: Mapped[str | None]

    @classmethod
    def kept_on(cls, day: dt.date) -> ColumnElement[bool]:
        """The criterion that a record is not withdrawn on ``day``."""
        return or_(cls.retired_on.is_(None), cls.retired_on > day)


class Named:
    """A name with what it is found by; filled by :func:`assets.search.words.spell`."""

    name: Mapped[str]
    pinyin: Mapped[str] = mapped_column(server_default="")
    initials: Mapped[str] = mapped_column(server_default="")


class Placed:
    """Belongs to a region; the path is set by the database from the region."""

    region_path: Mapped[Path] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue())

    @declared_attr
    def region_id(cls) -> Mapped[int]:  # noqa: N805 - a class, as declared_attr hands it over
        """The region it belongs to."""
        return mapped_column(ForeignKey("region.id"), index=True)


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A check that ``column`` holds one of the English words ``values``."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def name_indexes(table: str) -> tuple[Index, ...]:
    """Indexes for finding a named record: Chinese bigrams, pinyin and initials by prefix."""
    return (
        Index(f"ix_{table}_name_bigrams", text("name_bigrams(name)"), postgresql_using="gin"),
        Index(f"ix_{table}_pinyin", "pinyin", postgresql_ops={"pinyin": "text_pattern_ops"}),
        Index(f"ix_{table}_initials", "initials", postgresql_ops={"initials": "text_pattern_ops"}),
    )


def make_engine(url: str, *, parallel: bool = True, limit_s: int = 0, **options: Any) -> Engine:
    """An engine whose connections speak the office's time zone and notice a lost server.

    ``parallel`` False keeps the database from starting helpers for one query, which costs a
    short query more than it gains. ``limit_s`` ends a statement, and what waits for a lock or sits in an
    open transaction, after so many seconds.
    """
    # A plan made once for any tile, area or filter suits none of them.
    settings = "-c timezone=Asia/Shanghai -c search_path=public,queue -c plan_cache_mode=force_custom_plan"
    # Only what a ledger at work needs of it is taken; with the usual 8 MB its rows would go out to files.
    settings += " -c temp_buffers=256MB"
    if not parallel:
        settings += " -c max_parallel_workers_per_gather=0"
    if limit_s:
        settings += f" -c statement_timeout={limit_s}s -c idle_in_transaction_session_timeout={2 * limit_s}s"
    return create_engine(url, pool_pre_ping=True, connect_args={"options": settings, "connect_timeout": 5}, **options)
