"""Linkage-fund projects, their stages and their money."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    FetchedValue,
    ForeignKey,
    Index,
    Numeric,
    UniqueConstraint,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assets.db import Base, Id, Named, Path, Placed, Recorded, Retired, Reviewed, Yuan, name_indexes, one_of
from assets.scope import Viewer, scoped_by, scoped_through
from assets.vocabulary import ALLOCATION_KINDS, CATEGORIES, FUND_SOURCES, MILESTONES, PROJECT_KINDS, STAGES


class Project(Named, Placed, Reviewed, Retired, Recorded, Base):
    """A 衔接资金项目; edited from and counted in its own region only."""

    __tablename__ = "project"
    __table_args__ = (
        UniqueConstraint("code"),
        one_of("kind", PROJECT_KINDS),
        one_of("category", CATEGORIES),
        one_of("stage", STAGES),
        CheckConstraint("budget_yuan >= 0", name="budget_not_negative"),
        CheckConstraint("wage_share BETWEEN 0 AND 1", name="wage_share_fraction"),
        Index("ix_project_region_path_year", "region_path", "year"),
        Index("ix_project_geom", "geom", postgresql_using="gist"),
        *name_indexes("project"),
    )

    id: Mapped[Id]
    code: Mapped[str]
    kind: Mapped[str]
    sector: Mapped[str | None]
    category: Mapped[str]
    year: Mapped[int]
    stage: Mapped[str]
    stage_due_on: Mapped[dt.date | None]
    owner_unit: Mapped[str | None]
    department: Mapped[str | None]
    budget_yuan: Mapped[Yuan]
    is_lead_industry: Mapped[bool] = mapped_column(server_default="false")
    is_work_relief: Mapped[bool] = mapped_column(server_default="false")
    households_benefiting: Mapped[int | None]
    performance_goal: Mapped[str | None]
    wage_share: Mapped[Decimal | None] = mapped_column(Numeric(5, 4))
    no_assets_reason: Mapped[str | None]
    description: Mapped[str | None]
    geom: Mapped[Any | None] = mapped_column(Geometry("GEOMETRY", srid=4490, spatial_index=False))
    source: Mapped[str | None]


class ProjectArea(Recorded, Base):
    """A region a project serves besides its own."""

    __tablename__ = "project_area"
    __table_args__ = (UniqueConstraint("project_id", "region_id"),)

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    region_path: Mapped[Path] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue())


class ProjectStage(Recorded, Base):
    """The day and document with which a project passed a milestone of its template."""

    __tablename__ = "project_stage"
    __table_args__ = (UniqueConstraint("project_id", "stage"), one_of("stage", MILESTONES))

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    stage: Mapped[str]
    reached_on: Mapped[dt.date]
    document: Mapped[str | None]
    note: Mapped[str | None]


class ProjectLabel(Recorded, Base):
    """How a project is sorted from a day to a day, by one scheme such as 四个一批."""

    __tablename__ = "project_label"
    __table_args__ = (
        one_of("scheme", ("four_batch",)),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="period_not_empty"),
        ExcludeConstraint(
            ("project_id", "="),
            ("scheme", "="),
            (text("daterange(valid_from, valid_to)"), "&&"),
            name="ex_project_label_one_at_a_time",
        ),
    )

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    scheme: Mapped[str]
    code: Mapped[str]
    document: Mapped[str | None]
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]


class FundDocument(Placed, Retired, Recorded, Base):
    """A 资金指标文: money received from one source for one budget year."""

    __tablename__ = "fund_document"
    __table_args__ = (
        UniqueConstraint("number"),
        one_of("source", FUND_SOURCES),
        Index("ix_fund_document_region_path", "region_path"),
    )

    id: Mapped[Id]
    number: Mapped[str]
    title: Mapped[str]
    budget_year: Mapped[int]
    batch: Mapped[str | None]
    source: Mapped[str]
    fund_name: Mapped[str | None]
    purpose: Mapped[str | None]
    received_on: Mapped[dt.date]
    received_yuan: Mapped[Yuan]


class Allocation(Recorded, Base):
    """A dated line of money of one document for one project: the first arrangement, then changes.

    ``arranged_yuan`` is negative where money is taken back; what is arranged on a day is the
    sum of the lines up to it.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        one_of("kind", ALLOCATION_KINDS),
        CheckConstraint("arranged_yuan > 0 OR kind <> 'arranged'", name="first_line_positive"),
        Index(
            "uq_allocation_first_line",
            "fund_document_id",
            "project_id",
            unique=True,
            postgresql_where="kind = 'arranged'",
        ),
    )

    id: Mapped[Id]
    fund_document_id: Mapped[int] = mapped_column(ForeignKey("fund_document.id"))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    kind: Mapped[str] = mapped_column(server_default="arranged")
    arranged_on: Mapped[dt.date]
    arranged_yuan: Mapped[Yuan]
    document: Mapped[str | None]
    excess_reason: Mapped[str | None]


class Payment(Recorded, Base):
    """Money paid out of an allocation."""

    __tablename__ = "payment"

    id: Mapped[Id]
    allocation_id: Mapped[int] = mapped_column(ForeignKey("allocation.id"), index=True)
    paid_on: Mapped[dt.date]
    paid_yuan: Mapped[Yuan]
    voucher: Mapped[str | None]
    payee: Mapped[str | None]
    excess_reason: Mapped[str | None]


class CarryOver(Recorded, Base):
    """What of a document was unspent at a year's end: kept for the next year, or taken back."""

    __tablename__ = "carry_over"
    __table_args__ = (
        UniqueConstraint("fund_document_id", "year"),
        CheckConstraint("carried_yuan >= 0 AND taken_back_yuan >= 0", name="not_negative"),
    )

    id: Mapped[Id]
    fund_document_id: Mapped[int] = mapped_column(ForeignKey("fund_document.id"))
    year: Mapped[int]
    carried_yuan: Mapped[Yuan]
    taken_back_yuan: Mapped[Yuan]
    decided_on: Mapped[dt.date]
    document: Mapped[str | None]


def _seen_where_served(viewer: Viewer) -> ColumnElement[bool]:
    served = select(ProjectArea.project_id).where(viewer.narrow(ProjectArea.region_path, None))
    return or_(viewer.narrow(Project.region_path, Project.sector), Project.id.in_(served))


scoped_by(Project, _seen_where_served)
scoped_by(ProjectArea, lambda viewer: viewer.narrow(ProjectArea.region_path, None))
scoped_through(ProjectStage.project_id, Project)
scoped_through(ProjectLabel.project_id, Project)
scoped_through(CarryOver.fund_document_id, FundDocument)
scoped_through(Allocation.project_id, Project)
scoped_by(
    Payment,
    lambda viewer: Payment.allocation_id.in_(select(Allocation.id).join(Project).where(_seen_where_served(viewer))),
)
