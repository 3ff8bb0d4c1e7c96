"""Linkage-fund projects, their stages and their money."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import CheckConstraint, ColumnElement, FetchedValue, ForeignKey, Index, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from assets.db import Base, Id, Named, Path, Placed, Recorded, Reviewed, Yuan, name_indexes, one_of
from assets.scope import Viewer, scoped_by, scoped_through
from assets.vocabulary import CATEGORIES, FUND_SOURCES, STAGES


class Project(Named, Placed, Reviewed, Recorded, Base):
    """A 衔接资金项目; edited from and counted in its own region only."""

    __tablename__ = "project"
    __table_args__ = (
        UniqueConstraint("code"),
        one_of("kind", ("works", "purchase", "reward", "service")),
        one_of("category", CATEGORIES),
        one_of("stage", STAGES),
        CheckConstraint("budget_yuan >= 0", name="budget_not_negative"),
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
    four_batch: Mapped[str | None]
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
    """The day and document with which a project reached a stage."""

    __tablename__ = "project_stage"
    __table_args__ = (UniqueConstraint("project_id", "stage"), one_of("stage", STAGES))

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    stage: Mapped[str]
    reached_on: Mapped[dt.date]
    document: Mapped[str | None]


class FundDocument(Placed, Recorded, Base):
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
    purpose: Mapped[str | None]
    received_on: Mapped[dt.date]
    received_yuan: Mapped[Yuan]


class Allocation(Recorded, Base):
    """Money of one document arranged for one project."""

    __tablename__ = "allocation"
    __table_args__ = (UniqueConstraint("fund_document_id", "project_id"),)

    id: Mapped[Id]
    fund_document_id: Mapped[int] = mapped_column(ForeignKey("fund_document.id"))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    arranged_on: Mapped[dt.date]
    arranged_yuan: Mapped[Yuan]


class Payment(Recorded, Base):
    """Money paid out of an allocation."""

    __tablename__ = "payment"

    id: Mapped[Id]
    allocation_id: Mapped[int] = mapped_column(ForeignKey("allocation.id"), index=True)
    paid_on: Mapped[dt.date]
    paid_yuan: Mapped[Yuan]
    voucher: Mapped[str | None]
    payee: Mapped[str | None]


def _seen_where_served(viewer: Viewer) -> ColumnElement[bool]:
    served = select(ProjectArea.project_id).where(viewer.narrow(ProjectArea.region_path, None))
    return or_(viewer.narrow(Project.region_path, Project.sector), Project.id.in_(served))


scoped_by(Project, _seen_where_served)
scoped_by(ProjectArea, lambda viewer: viewer.narrow(ProjectArea.region_path, None))
scoped_through(ProjectStage.project_id, Project)
scoped_through(Allocation.project_id, Project)
scoped_by(
    Payment,
    lambda viewer: Payment.allocation_id.in_(select(Allocation.id).join(Project).where(_seen_where_served(viewer))),
)
