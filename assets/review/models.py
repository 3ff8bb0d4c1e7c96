"""Which changes are reviewed, the changes that wait, and what was decided about them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assets.db import Base, Id, Placed, Recorded, one_of
from assets.scope import scoped_through

KINDS = ("asset", "project", "place", "right", "duty")
# 村报–镇审–部门核–县定, in the order they are passed.
STEPS = ("village", "town", "department", "county")
STATUSES = ("pending", "approved", "returned", "withdrawn", "replaced")
VERDICTS = ("approve", "return", "withdraw", "replace")


class ReviewRule(Recorded, Base):
    """The steps that changes of one kind pass in a region and below it, from a day to a day.

    The nearest region at or above a record decides; no steps: saved at once.
    """

    __tablename__ = "review_rule"
    __table_args__ = (
        one_of("kind", KINDS),
        CheckConstraint("steps <@ ARRAY['village', 'town', 'department', 'county']", name="steps_known"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="period_not_empty"),
        ExcludeConstraint(
            ("region_id", "="),
            ("kind", "="),
            (text("daterange(valid_from, valid_to)"), "&&"),
            name="ex_review_rule_one_at_a_time",
        ),
    )

    id: Mapped[Id]
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    kind: Mapped[str]
    steps: Mapped[list[str]] = mapped_column(ARRAY(Text))
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]


class Proposal(Placed, Recorded, Base):
    """A change that waits: the verb with all it was given, and what it would do.

    ``record_id`` is the placed record it is about; empty for a registration until it is approved.
    ``step`` is the one it stands at, empty once it is decided.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("status", STATUSES),
        CheckConstraint("(status = 'pending') = (step IS NOT NULL)", name="waits_at_a_step"),
        Index(
            "uq_proposal_one_waiting",
            *("table_name", "record_id", "kind"),
            unique=True,
            postgresql_where=text("status = 'pending'"),
        ),
        Index("ix_proposal_waiting", "region_path", "step", postgresql_where=text("status = 'pending'")),
        Index("ix_proposal_record", "table_name", "record_id"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    verb: Mapped[str]
    title: Mapped[str]
    sector: Mapped[str | None]
    table_name: Mapped[str]
    record_id: Mapped[int | None] = mapped_column(BigInteger)
    # The verb's arguments, as assets.review.plain writes them, and the row whose version they build on.
    entered: Mapped[dict[str, Any]] = mapped_column(JSONB)
    base_revision: Mapped[int | None]
    # The rows it would change, each with its columns before and after.
    differences: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    steps: Mapped[list[str]] = mapped_column(ARRAY(Text))
    step: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="pending")
    reason: Mapped[str | None]
    # The form it was made with, to be opened again when it comes back.
    page: Mapped[str | None]
    submitted_by: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    submitted_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    decided_at: Mapped[dt.datetime | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"), index=True)


class ReviewDecision(Base):
    """What somebody decided about a proposal at one of its steps; never altered."""

    __tablename__ = "review_decision"
    __table_args__ = (one_of("verdict", VERDICTS),)

    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    step: Mapped[str | None]
    verdict: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    reason: Mapped[str | None]
    at: Mapped[dt.datetime] = mapped_column(server_default=func.clock_timestamp())


scoped_through(ReviewDecision.proposal_id, Proposal)
