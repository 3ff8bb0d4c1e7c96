"""Who signs in, and what they may see and do."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from assets.db import Base, Id, Recorded, one_of
from assets.vocabulary import ROLES


class Account(Recorded, Base):
    """A person's way in; never shared between persons."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("username"), one_of("locale", ("zh", "en")))

    id: Mapped[Id]
    username: Mapped[str]
    display_name: Mapped[str]
    password_hash: Mapped[str]
    locale: Mapped[str] = mapped_column(server_default="zh")
    active: Mapped[bool] = mapped_column(server_default="true")
    is_demonstration: Mapped[bool] = mapped_column(server_default="false")


class Grant(Recorded, Base):
    """A role in a region and everything below it, in one sector or (empty) in all."""

    __tablename__ = "grant"
    __table_args__ = (
        one_of("role", ROLES),
        UniqueConstraint("account_id", "role", "region_id", "sector", "valid_from", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str]
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    sector: Mapped[str | None]
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]


class SignInAttempt(Base):
    """Tries to sign in, counted per name and per address before any hash is computed."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_username_at", "username", "at"),
        Index("ix_sign_in_attempt_address_at", "address", "at"),
    )

    id: Mapped[Id]
    username: Mapped[str]
    address: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(server_default=func.clock_timestamp())
    succeeded: Mapped[bool]
    account_id: Mapped[int | None] = mapped_column(BigInteger)
