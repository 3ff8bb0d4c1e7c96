"""Whose an asset is, who runs it, and what it earns."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assets.db import Base, Id, Recorded, Yuan, one_of
from assets.registry.models import Asset
from assets.scope import scoped_through
from assets.vocabulary import RIGHT_KINDS

_PERIOD = text("daterange(valid_from, valid_to)")


class Right(Recorded, Base):
    """One right of one holder in one asset, as a fraction, from a day to a day.

    The database holds more than the columns say (``rights_check``): the shares of ownership and
    of income never add up to more than one, and to exactly one from certification on.
    """

    __tablename__ = "right"
    __table_args__ = (
        one_of("kind", RIGHT_KINDS),
        CheckConstraint("share_numerator > 0 AND share_numerator <= share_denominator", name="share_fraction"),
        CheckConstraint("share_denominator <= 1000000", name="share_denominator_bounded"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="period_not_empty"),
        ExcludeConstraint(
            ("asset_id", "="),
            ("kind", "="),
            ("party_id", "="),
            (_PERIOD, "&&"),
            name="ex_right_one_row_a_holder",
        ),
        ExcludeConstraint(
            ("asset_id", "="),
            ("kind", "="),
            (_PERIOD, "&&"),
            where=text("kind IN ('operation', 'distribution', 'disposal')"),
            name="ex_right_one_holder_at_a_time",
        ),
        Index("ix_right_asset_id_kind", "asset_id", "kind"),
    )

    id: Mapped[Id]
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    kind: Mapped[str]
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    share_numerator: Mapped[int] = mapped_column(server_default="1")
    share_denominator: Mapped[int] = mapped_column(server_default="1")
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]
    document: Mapped[str | None]


class RightsDue(Base):
    """The assets whose shares a statement touched, until the database has checked them (``rights_settle``).

    No row outlives its transaction.
    """

    __tablename__ = "rights_due"

    id: Mapped[Id]
    asset_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))


class Contract(Recorded, Base):
    """An agreement by which a party operates an asset for rent or a share."""

    __tablename__ = "contract"
    __table_args__ = (
        one_of("mode", ("self_run", "entrusted", "cooperation", "lease", "shareholding")),
        CheckConstraint("ends_on > starts_on", name="period_not_empty"),
        Index("ix_contract_ends_on", "ends_on"),
    )

    id: Mapped[Id]
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    number: Mapped[str | None]
    mode: Mapped[str]
    annual_rent_yuan: Mapped[Yuan]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    ended_early_on: Mapped[dt.date | None]
    filed_on: Mapped[dt.date | None]


class Income(Recorded, Base):
    """What an asset should and did bring in one year."""

    __tablename__ = "income"
    __table_args__ = (UniqueConstraint("asset_id", "year"),)

    id: Mapped[Id]
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id"))
    year: Mapped[int]
    due_on: Mapped[dt.date | None]
    due_yuan: Mapped[Yuan]
    received_yuan: Mapped[Yuan]
    distributed_yuan: Mapped[Yuan]


scoped_through(Right.asset_id, Asset)
scoped_through(Contract.asset_id, Asset)
scoped_through(Income.asset_id, Asset)
