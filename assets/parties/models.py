"""Holders of rights, bodies with duties, people and posts."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from assets.db import Base, Id, Named, Placed, Recorded, Retired, name_indexes, one_of
from assets.masks import ERASED, GROUP
from assets.scope import scoped_through
from assets.vocabulary import PARTY_TYPES

# No clear name of a person reaches a holder, its history or a list: the database sees to it.
_MASKED = (
    r"type NOT IN ('household', 'individual') OR name ~ '^.\*\*$' "
    f"OR name = '{ERASED}' OR (type = 'household' AND name ~ '{GROUP}')"
)


class Party(Named, Retired, Recorded, Base):
    """Anyone who can hold a right or a duty; seen through the records that name it.

    The name of somebody who is a person (``person_id``) is masked here and kept in ``person``.
    """

    __tablename__ = "party"
    __table_args__ = (
        one_of("type", PARTY_TYPES),
        CheckConstraint(_MASKED, name="people_are_masked"),
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
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    valid_to: Mapped[dt.date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))


class Person(Recorded, Base):
    """The one table of personal values; others refer to its id, so a row can be erased.

    History and audit tell that a row changed and never what it said (:mod:`assets.withheld`).
    """

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_plain_name", text("plain_name(name)"), postgresql_where="name IS NOT NULL"),
        Index("ix_person_pinyin", "pinyin", postgresql_where="pinyin <> ''"),
        Index("ix_person_id_number", "id_number", postgresql_where="id_number IS NOT NULL"),
        Index("ix_person_phone", "phone", postgresql_where="phone IS NOT NULL"),
    )

    id: Mapped[Id]
    name: Mapped[str | None]
    pinyin: Mapped[str] = mapped_column(server_default="")
    initials: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str | None]
    id_number: Mapped[str | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    erased_on: Mapped[dt.date | None]
    erased_by: Mapped[int | None] = mapped_column(BigInteger)
    erased_reason: Mapped[str | None]


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
