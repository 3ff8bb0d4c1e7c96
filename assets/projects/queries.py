"""Reading projects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, ScalarSelect, Select, Table, and_, func, or_, select
from sqlalchemy.orm import Session

from assets.errors import NotFound
from assets.filters import Filter
from assets.projects.models import Allocation, FundDocument, Payment, Project, ProjectArea, ProjectStage
from assets.scope import within
from assets.search.matching import named_like

# A county's document is told to whoever sees an allocation from it, so it is read unscoped here.
_document = cast(Table, FundDocument.__table__)
# What an office expects to be known of a project, beside its money and stages.
CARD_FIELDS = ("sector", "owner_unit", "department", "households_benefiting", "performance_goal", "geom")
UNFINISHED = ("planned", "library", "listed", "approved", "contracted", "started")


def matching(asked: Filter, *columns: Any, counted: bool = False) -> Select[Any]:
    """The projects that ``asked`` describes; ``counted`` leaves out those that only serve the area."""
    return select(*columns).select_from(Project).where(*criteria(asked, counted=counted))


def criteria(asked: Filter, *, counted: bool = False) -> list[ColumnElement[bool]]:
    """What ``asked`` demands of a project."""
    here = within(Project.region_path, asked.area_path)
    served = select(ProjectArea.project_id).where(within(ProjectArea.region_path, asked.area_path))
    found = [here if counted else or_(here, Project.id.in_(served)), Project.kept_on(asked.day)]
    for column, chosen in (
        (Project.year, asked.year),
        (Project.stage, asked.stage),
        (Project.category, asked.category),
        (Project.sector, asked.sector),
    ):
        if chosen:
            found.append(column.in_(sorted(chosen)))
    if asked.fund:
        found.append(
            Project.id.in_(
                select(Allocation.project_id)
                .join(_document, _document.c.id == Allocation.fund_document_id)
                .where(_document.c.source.in_(sorted(asked.fund)))
            )
        )
    flags: dict[str, ColumnElement[bool]] = {
        "behind": behind(asked.day),
        "pending": Project.review_status == "pending",
        "returned": Project.review_status == "returned",
        "lead_industry": Project.is_lead_industry.is_(True),
        "work_relief": Project.is_work_relief.is_(True),
    }
    found += [flags[flag] for flag in sorted(asked.flag) if flag in flags]
    if asked.words:
        found.append(named_like(Project, asked.words))
    return found


def behind(day: dt.date) -> ColumnElement[bool]:
    """The criterion that a project's next stage was due before ``day``."""
    return and_(Project.stage_due_on < day, Project.stage.in_(UNFINISHED))


def is_behind(project: Project, day: dt.date) -> bool:
    """Whether a project's next stage was due before ``day``, as :func:`behind` says in SQL."""
    return project.stage in UNFINISHED and project.stage_due_on is not None and project.stage_due_on < day


def project_tile(asked: Filter, *, names: bool) -> Select[Any]:
    """The matching projects for a tile."""
    columns = [
        Project.id,
        Project.geom,
        Project.stage,
        Project.category,
        Project.year,
        behind(asked.day).label("behind"),
    ]
    if names:
        columns.append(Project.name)
    return matching(asked, *columns)


def get_project(session: Session, project_id: int) -> Project:
    """One project.

    Raises
    ------
    NotFound
        When there is none, or it is not the viewer's to see.
    """
    found = session.scalars(select(Project).where(Project.id == project_id)).first()
    if found is None:
        raise NotFound
    return found


def arranged(project_id: Any) -> ScalarSelect[Any]:
    """The money arranged for a project."""
    return select(func.sum(Allocation.arranged_yuan)).where(Allocation.project_id == project_id).scalar_subquery()


def paid(project_id: Any) -> ScalarSelect[Any]:
    """The money paid for a project."""
    return (
        select(func.sum(Payment.paid_yuan))
        .join(Allocation, Allocation.id == Payment.allocation_id)
        .where(Allocation.project_id == project_id)
        .scalar_subquery()
    )


def money_of(session: Session, project_id: int) -> Sequence[Any]:
    """Each document that gave money to a project: what was arranged from it and what is paid."""
    paid_out = select(func.sum(Payment.paid_yuan)).where(Payment.allocation_id == Allocation.id).scalar_subquery()
    last_paid = select(func.max(Payment.paid_on)).where(Payment.allocation_id == Allocation.id).scalar_subquery()
    return session.execute(
        select(
            _document.c.number,
            _document.c.title,
            _document.c.source,
            _document.c.budget_year,
            Allocation.arranged_on,
            Allocation.arranged_yuan,
            func.coalesce(paid_out, 0).label("paid_yuan"),
            last_paid.label("last_paid_on"),
        )
        .join(_document, _document.c.id == Allocation.fund_document_id)
        .where(Allocation.project_id == project_id)
        .order_by(_document.c.budget_year, _document.c.number)
        .limit(100)
    ).all()


def stages_of(session: Session, project_id: int) -> dict[str, ProjectStage]:
    """The stages a project has reached, by name."""
    rows = session.scalars(select(ProjectStage).where(ProjectStage.project_id == project_id))
    return {row.stage: row for row in rows}


def regions_served(session: Session, project_id: int) -> Sequence[int]:
    """The regions a project serves besides its own, as far as the viewer sees them."""
    return session.scalars(
        select(ProjectArea.region_id).where(ProjectArea.project_id == project_id).order_by(ProjectArea.region_path)
    ).all()
