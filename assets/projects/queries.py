"""Reading projects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    Table,
    and_,
    case,
    column,
    exists,
    func,
    or_,
    select,
    table,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from assets.errors import NotFound
from assets.filters import Filter
from assets.projects.models import (
    Allocation,
    FundDocument,
    Payment,
    Project,
    ProjectArea,
    ProjectLabel,
    ProjectStage,
)
from assets.scope import within
from assets.search.matching import named_like
from assets.terms.thresholds import threshold_at
from assets.vocabulary import STAGES

# A county's document is told to whoever sees an allocation from it, so it is read unscoped here.
_document = cast(Table, FundDocument.__table__)
# Assets stand above projects; whether any was booked, wherever it lies, is asked by the table's name.
_value_event = table("value_event", column("project_id"))
# What an office expects to be known of a project, beside its money and stages.
CARD_FIELDS = ("sector", "owner_unit", "department", "households_benefiting", "performance_goal", "geom")
BOOKED_LATE = "acceptance_without_assets_days"
ACCEPTED = ("accepted", "handed_over")
FOUR_BATCH, UNSORTED = "four_batch", "unsorted"
UNFINISHED = ("planned", "library", "listed", "approved", "contracted", "started")


def matching(asked: Filter, *columns: Any, counted: bool = False) -> Select[Any]:
    """The projects that ``asked`` describes; ``counted`` leaves out those that only serve the area."""
    return select(*columns).select_from(Project).where(*criteria(asked, counted=counted))


def criteria(asked: Filter, *, counted: bool = False) -> list[ColumnElement[bool]]:
    """What ``asked`` demands of a project."""
    here = within(Project.region_path, asked.area_path)
    served = select(ProjectArea.project_id).where(within(ProjectArea.region_path, asked.area_path))
    found = [here if counted else or_(here, Project.id.in_(served)), Project.kept_on(asked.day)]
    for of_project, chosen in (
        (Project.year, asked.year),
        (stage(asked), asked.stage),
        (Project.category, asked.category),
        (Project.kind, asked.project_kind),
        (Project.sector, asked.sector),
    ):
        if chosen:
            found.append(of_project.in_(sorted(chosen)))
    if asked.past:
        found.append(begun_by(asked.day))
    if asked.label:
        sorted_so = label_on(asked.day).in_(sorted(asked.label - {UNSORTED}))
        found.append(or_(sorted_so, label_on(asked.day).is_(None)) if UNSORTED in asked.label else sorted_so)
    if asked.fund:
        found.append(
            Project.id.in_(
                select(Allocation.project_id)
                .join(_document, _document.c.id == Allocation.fund_document_id)
                .where(_document.c.source.in_(sorted(asked.fund)))
            )
        )
    flags: dict[str, ColumnElement[bool]] = {
        "behind": behind(asked),
        "unbooked": unbooked(asked.day),
        "pending": Project.review_status == "pending",
        "returned": Project.review_status == "returned",
        "lead_industry": Project.is_lead_industry.is_(True),
        "work_relief": Project.is_work_relief.is_(True),
    }
    found += [flags[flag] for flag in sorted(asked.flag) if flag in flags]
    if asked.words:
        found.append(named_like(Project, asked.words))
    return found


def stage(asked: Filter) -> ColumnElement[str]:
    """The stage of a project on the day asked for."""
    return stage_on(asked.day) if asked.past else Project.stage  # type: ignore[return-value]


def stage_on(day: dt.date) -> ColumnElement[str]:
    """The stage of a project on a past day, from the days of its steps.

    A project without any (entered before steps had days) is taken as it is today.
    """
    order = case({name: place for place, name in enumerate(STAGES)}, value=ProjectStage.stage)
    furthest = (
        select(ProjectStage.stage)
        .where(ProjectStage.project_id == Project.id, ProjectStage.reached_on <= day, ProjectStage.stage.in_(STAGES))
        .order_by(order.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(furthest, case((_has_steps(), "planned"), else_=Project.stage))


def begun_by(day: dt.date) -> ColumnElement[bool]:
    """The criterion that a project was planned by ``day``."""
    steps = exists().where(ProjectStage.project_id == Project.id, ProjectStage.reached_on <= day)
    return or_(steps, and_(~_has_steps(), Project.year <= day.year))


def _has_steps() -> ColumnElement[bool]:
    return exists().where(ProjectStage.project_id == Project.id)


def behind(asked: Filter | dt.date) -> ColumnElement[bool]:
    """The criterion that a project's next stage was due before the day asked for."""
    day = asked if isinstance(asked, dt.date) else asked.day
    now = Project.stage if isinstance(asked, dt.date) else stage(asked)
    return and_(Project.stage_due_on < day, now.in_(UNFINISHED))


def unbooked(day: dt.date) -> ColumnElement[bool]:
    """The criterion that a project was accepted some days ago, and left neither assets nor a reason for none.

    How many days is a threshold; where the day of acceptance is not known they have passed.
    Services leave nothing behind.
    """
    accepted = (
        select(ProjectStage.reached_on)
        .where(ProjectStage.project_id == Project.id, ProjectStage.stage == "accepted")
        .scalar_subquery()
    )
    allowed = func.coalesce(threshold_at(BOOKED_LATE, Project.region_path, day), 0)
    return and_(
        Project.stage.in_(ACCEPTED),
        Project.kind != "service",
        Project.no_assets_reason.is_(None),
        func.coalesce(accepted + sql_cast(allowed, Integer) < day, Project.year <= day.year),
        ~exists().where(_value_event.c.project_id == Project.id),
    )


def is_behind(project: Project, day: dt.date) -> bool:
    """Whether a project's next stage was due before ``day``, as :func:`behind` says in SQL."""
    return project.stage in UNFINISHED and project.stage_due_on is not None and project.stage_due_on < day


def project_tile(asked: Filter, *, names: bool) -> Select[Any]:
    """The matching projects for a tile."""
    columns = [
        Project.id,
        Project.geom,
        stage(asked).label("stage"),
        Project.category,
        Project.year,
        behind(asked).label("behind"),
    ]
    if names:
        columns.append(Project.name)
    return matching(asked, *columns)


def stage_of(session: Session, project: Project, asked: Filter) -> str:
    """The stage of one project on the day asked for."""
    if not asked.past:
        return project.stage
    return session.scalar(select(stage_on(asked.day)).where(Project.id == project.id)) or project.stage


def is_unbooked(session: Session, project_id: int, day: dt.date) -> bool:
    """Whether one project was accepted, and assets or a reason for none are overdue."""
    return bool(session.scalar(select(unbooked(day)).where(Project.id == project_id)))


def label_on(day: dt.date, scheme: str = FOUR_BATCH) -> ScalarSelect[Any]:
    """The label of a project on ``day``, for a column or a criterion."""
    return (
        select(ProjectLabel.code)
        .where(
            ProjectLabel.project_id == Project.id,
            ProjectLabel.scheme == scheme,
            ProjectLabel.valid_from <= day,
            or_(ProjectLabel.valid_to.is_(None), ProjectLabel.valid_to > day),
        )
        .scalar_subquery()
    )


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


def source_of_document(document_id: Any) -> ScalarSelect[Any]:
    """The fund source of the document with this id, for whoever sees an allocation from it."""
    return select(_document.c.source).where(_document.c.id == document_id).scalar_subquery()


def year_of_document(document_id: Any) -> ScalarSelect[Any]:
    """The budget year of the document with this id, for whoever sees an allocation from it."""
    return select(_document.c.budget_year).where(_document.c.id == document_id).scalar_subquery()


def nonzero(amount: Any) -> Any:
    """An amount to divide by; NULL in place of zero."""
    return func.nullif(amount, 0)


def arranged(project_id: Any, day: dt.date | None = None) -> ScalarSelect[Any]:
    """The money arranged for a project (until ``day``)."""
    statement = select(func.sum(Allocation.arranged_yuan)).where(Allocation.project_id == project_id)
    if day is not None:
        statement = statement.where(Allocation.arranged_on <= day)
    return statement.scalar_subquery()


def paid(project_id: Any, day: dt.date | None = None) -> ScalarSelect[Any]:
    """The money paid for a project (until ``day``)."""
    statement = (
        select(func.sum(Payment.paid_yuan))
        .join(Allocation, Allocation.id == Payment.allocation_id)
        .where(Allocation.project_id == project_id)
    )
    if day is not None:
        statement = statement.where(Payment.paid_on <= day)
    return statement.scalar_subquery()


def money_of(session: Session, project_id: int, day: dt.date = dt.date.max) -> Sequence[Any]:
    """Each document that gave money to a project: what was arranged from it and what is paid until ``day``."""
    pair = (Allocation.fund_document_id, Allocation.project_id)
    paid_out = (
        select(*pair, func.sum(Payment.paid_yuan).label("paid"), func.max(Payment.paid_on).label("last"))
        .join(Payment, Payment.allocation_id == Allocation.id)
        .where(Allocation.project_id == project_id, Payment.paid_on <= day)
        .group_by(*pair)
        .subquery("paid_out")
    )
    return session.execute(
        select(
            _document.c.id,
            _document.c.number,
            _document.c.title,
            _document.c.source,
            _document.c.budget_year,
            _document.c.region_path,
            func.min(case((Allocation.kind == "arranged", Allocation.id))).label("allocation_id"),
            func.min(Allocation.arranged_on).label("arranged_on"),
            func.sum(Allocation.arranged_yuan).label("arranged_yuan"),
            func.coalesce(func.min(paid_out.c.paid), 0).label("paid_yuan"),
            func.min(paid_out.c.last).label("last_paid_on"),
        )
        .join(_document, _document.c.id == Allocation.fund_document_id)
        .outerjoin(paid_out, paid_out.c.fund_document_id == Allocation.fund_document_id)
        .where(Allocation.project_id == project_id, Allocation.arranged_on <= day)
        .group_by(_document.c.id)
        .order_by(_document.c.budget_year, _document.c.number)
        .limit(100)
    ).all()


def regions_served(session: Session, project_id: int) -> Sequence[int]:
    """The regions a project serves besides its own, as far as the viewer sees them."""
    return session.scalars(
        select(ProjectArea.region_id).where(ProjectArea.project_id == project_id).order_by(ProjectArea.region_path)
    ).all()
