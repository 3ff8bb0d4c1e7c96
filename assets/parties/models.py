"""Holders of rights, bodies with duties, people and posts."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Computed, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from assets.db import Base, Id, Named, Placed, Recorded, Retired, name_indexes, one_of
from assets.scope import scoped_through
from assets.vocabulary import PARTY_TYPES


class Party(Named, Retired, Recorded, Base):
    """Anyone who can hold a right or a duty; seen through the records that name it."""

    __tablename__ = "party"
    __table_args__ = (
        one_of("type", PARTY_TYPES),
        Index("ix_party_code", "code", unique=True, postgresql_where="code IS NOT NULL"),
        Index("ix_party_plain_name", "plain_name"),
        *name_indexes("party"),
    )

    id: Mapped[Id]
    type: Mapped[str]
    code: Mapped[str | None]
    # The name as it is compared: without spaces, brackets and differences of width.
    plain_name: Mapped[str] = mapped_column(Computed("plain_name(name)", persisted=True))
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    valid_to: Mapped[dt.date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))


class Person(Recorded, Base):
    """The one table of personal values; others refer to its id, so a row can be erased."""

    __tablename__ = "person"

    id: Mapped[Id]
    name: Mapped[str | None]
    phone: Mapped[str | None]
    id_number: Mapped[str | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class Post(Placed, Retired, Recorded, Base):
    """An upkeep post (村管护员, 镇水管站): duties stay with it when its holder changes."""

    __tablename__ = "post"
    __table_args__ = (Index("ix_post_region_path", "region_path"),)

    id: Mapped[Id]
    title: Mapped[str]
    sector: Mapped[str | None]


class PostHolding(Recorded, Base):
    """Who fills a post from a day to a day."""

    __tablename__ = "post_holding"

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]


scoped_through(PostHolding.post_id, Post)
