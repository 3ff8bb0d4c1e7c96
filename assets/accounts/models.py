"""Who signs in, and what they may see and do."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from assets.db import Base, Id, Recorded, one_of
from assets.vocabulary import ROLES


class Account(Recorded, Base):
    """A person's way in; never shared between persons."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("username"),
        UniqueConstraint("outside_subject"),
        one_of("locale", ("zh", "en")),
    )

    id: Mapped[Id]
    username: Mapped[str]
    display_name: Mapped[str]
    password_hash: Mapped[str]
    locale: Mapped[str] = mapped_column(server_default="zh")
    active: Mapped[bool] = mapped_column(server_default="true")
    is_demonstration: Mapped[bool] = mapped_column(server_default="false")
    # Where the person works: administrators of this region, or of one above it, keep the account.
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"), index=True)
    # A first password, or one that an administrator has set, is changed before anything else.
    must_change_password: Mapped[bool] = mapped_column(server_default="false")
    password_expires_at: Mapped[dt.datetime | None]
    password_changed_at: Mapped[dt.datetime | None]
    # Who the person is at the provider of OpenID Connect.
    outside_subject: Mapped[str | None]


class Grant(Recorded, Base):
    """A role in a region and everything below it, in one sector or (empty) in all.

    A delegated grant stands for another person's one while that person is away: it reaches no
    further and ends with it.
    """

    __tablename__ = "grant"
    __table_args__ = (
        one_of("role", ROLES),
        # One that was taken back before its first day is empty: it begins and ends on the same day.
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period_runs_forward"),
        CheckConstraint("delegated_from IS NULL OR valid_to IS NOT NULL", name="delegation_ends"),
        # No two alike at a time: ex_grant_one_at_a_time, which only the migration can say.
        Index("ix_grant_account_id", "account_id"),
    )

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str]
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    sector: Mapped[str | None]
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]
    # Whether it includes seeing personal values unmasked, for a reason, each time logged.
    may_unmask: Mapped[bool] = mapped_column(server_default="false")
    delegated_from: Mapped[int | None] = mapped_column(ForeignKey("grant.id"), index=True)
    reason: Mapped[str | None]


class SignedIn(Base):
    """One signed-in browser; what it carries is kept as a hash only, and ends here."""

    __tablename__ = "signed_in"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_signed_in_account_id_ended_at", "account_id", "ended_at"),
        one_of("ended_by", ("sign_out", "revoked", "password", "closed", "time")),
    )

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    token_hash: Mapped[str]
    started_at: Mapped[dt.datetime] = mapped_column(server_default=func.clock_timestamp())
    # Noted every few minutes, since each commit is felt by all; the idle time counts from it.
    seen_at: Mapped[dt.datetime] = mapped_column(server_default=func.clock_timestamp())
    ended_at: Mapped[dt.datetime | None]
    ended_by: Mapped[str | None]
    address: Mapped[str | None]
    agent: Mapped[str | None]
    by: Mapped[str] = mapped_column(server_default="password")
    second_factor: Mapped[bool] = mapped_column(server_default="false")


class SecondFactor(Base):
    """The secret an account's telephone shares with us, sealed with a key that is not in the database."""

    __tablename__ = "second_factor"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    sealed_secret: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    confirmed_at: Mapped[dt.datetime | None]
    # The last step that was used: none counts twice.
    last_step: Mapped[int | None] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """A code for the day the telephone is lost; each opens once."""

    __tablename__ = "recovery_code"

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    code_hash: Mapped[str]
    used_at: Mapped[dt.datetime | None]


class ApiToken(Recorded, Base):
    """A key for programs such as QGIS: reads in its owner's area what its scopes name, until its last day."""

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("token_hash"),)

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str]
    prefix: Mapped[str]
    token_hash: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    expires_on: Mapped[dt.date]
    used_on: Mapped[dt.date | None]
    revoked_at: Mapped[dt.datetime | None]


class SignInAttempt(Base):
    """Tries to show who one is, counted per name, step and browser before any hash is computed."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_username_at", "username", "at"),
        Index("ix_sign_in_attempt_address_at", "address", "at"),
        one_of("step", ("password", "code", "confirm", "lift")),
    )

    id: Mapped[Id]
    username: Mapped[str]
    address: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(server_default=func.clock_timestamp())
    succeeded: Mapped[bool]
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    step: Mapped[str] = mapped_column(server_default="password")
    # The browser that has signed in to this account before; counted apart from strangers.
    device: Mapped[str | None]
    # How often it was tried, those during the lock that followed included.
    tries: Mapped[int] = mapped_column(server_default="1")


class RateUse(Base):
    """How often somebody has asked for something costly in one hour; lost with the server, and that is enough."""

    __tablename__ = "rate_use"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    kind: Mapped[str] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[dt.datetime] = mapped_column(primary_key=True)
    used: Mapped[int]
