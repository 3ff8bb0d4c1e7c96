"""Reading projects."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from assets.filters import Filter
from assets.projects.models import Allocation, FundDocument, Project, ProjectArea
from assets.scope import within
from assets.search.matching import named_like

UNFINISHED = ("planned", "library", "listed", "approved", "contracted", "started")


def matching(asked: Filter, *columns: Any, counted: bool = False) -> Select[Any]:
    """The projects that ``asked`` describes; ``counted`` leaves out those that only serve the area."""
    return select(*columns).select_from(Project).where(*criteria(asked, counted=counted))


def criteria(asked: Filter, *, counted: bool = False) -> list[ColumnElement[bool]]:
    """What ``asked`` demands of a project."""
    here = within(Project.region_path, asked.area_path)
    served = select(ProjectArea.project_id).where(within(ProjectArea.region_path, asked.area_path))
    found = [here if counted else or_(here, Project.id.in_(served))]
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
                .join(FundDocument, FundDocument.id == Allocation.fund_document_id)
                .where(FundDocument.source.in_(sorted(asked.fund)))
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
