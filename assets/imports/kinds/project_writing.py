"""Entering new projects with their steps, and setting right those that are there, as sets."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Numeric,
    Sequence,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from assets.imports import auditing
from assets.imports.kinds.place_work import spell_names
from assets.imports.kinds.project_fields import COLUMNS, NOTED
from assets.imports.kinds.project_steps import stage_of
from assets.imports.staging import Staging
from assets.projects.models import Project, ProjectStage
from assets.scope import viewer_of

_SERIAL = Sequence("project_code_seq")


def write_projects(staging: Staging, work: Table, groups: Table, steps: Table) -> None:
    """New projects with their codes and steps, corrections, and the steps that they took since."""
    _number(staging, groups)
    _enter(staging, work, steps)
    _correct(staging, work, groups, steps)
    _step(staging, groups, steps)


def _number(staging: Staging, groups: Table) -> None:
    """Give the rows of every new project the id of its record, in the order of the ledger."""
    rows = staging.rows
    first = (
        select(groups.c.lead)
        .select_from(rows.join(groups, groups.c.number == rows.c.number))
        .where(staging.new)
        .group_by(groups.c.lead)
        .order_by(groups.c.lead)
        .subquery("first")
    )
    next_id = func.nextval(func.pg_get_serial_sequence("project", "id"))
    # Drawn once for a project, however its rows are joined.
    numbered = (
        select(first.c.lead, next_id.label("id")).cte("numbered").prefix_with("MATERIALIZED", dialect="postgresql")
    )
    staging.set(
        {"record_id": numbered.c.id},
        rows.c.number == groups.c.number,
        groups.c.lead == numbered.c.lead,
        staging.new,
    )


def _columns(work: Table) -> dict[str, Any]:
    said: dict[str, Any] = {name: work.c[name] for name in (*COLUMNS, "region_id", "geom")}
    said["wage_share"] = cast(work.c.wage_share, Numeric(5, 4))
    return said


def _enter(staging: Staging, work: Table, steps: Table) -> None:
    rows, session = staging.rows, staging.session
    me = viewer_of(session).account_id
    spelled = spell_names(staging, work)
    stages = stage_of(steps).subquery("stages")
    new = select(rows.c.number, rows.c.record_id, cast(_SERIAL.next_value(), Text).label("serial"))
    leading = (
        new.where(staging.new, rows.c.number.in_(select(work.c.number))).order_by(rows.c.number).subquery("leading")
    )
    serial = func.lpad(leading.c.serial, func.greatest(5, func.length(leading.c.serial)), "0")
    made = func.concat("XM", func.left(work.c.region_code, 6), "-", cast(work.c.year, Text), "-", serial)
    said = _columns(work) | {
        "code": func.coalesce(work.c.code, made),
        "id": leading.c.record_id,
        "stage": func.coalesce(stages.c.stage, "planned"),
        "pinyin": spelled.c.pinyin,
        "initials": spelled.c.initials,
        "created_by": literal(me, BigInteger),
    }
    source = (
        leading.join(work, work.c.number == leading.c.number)
        .join(spelled, spelled.c.name == work.c.name)
        .outerjoin(stages, stages.c.number == work.c.number)
    )
    chosen = select(*said.values()).select_from(source).order_by(leading.c.number)
    session.execute(insert(Project).from_select([getattr(Project, name) for name in said], chosen))
    auditing.note_added(
        session,
        staging.batch,
        "projects.register",
        Project,
        Project.id.in_(select(rows.c.record_id).where(staging.new)),
        path=Project.region_path,
        sector=Project.sector,
    )


def _correct(staging: Staging, work: Table, groups: Table, steps: Table) -> None:
    """What rows say differently of the records themselves; the stage follows from the steps."""
    rows, session = staging.rows, staging.session
    stages = stage_of(steps).subquery("stages")
    changed = (
        select(groups.c.lead)
        .select_from(rows.join(groups, groups.c.number == rows.c.number))
        .where(staging.changed)
        .distinct()
    )
    spelled = spell_names(staging, work)
    stage = func.coalesce(stages.c.stage, work.c.was_stage)
    said = _columns(work) | {"stage": stage}
    said["pinyin"] = func.coalesce(spelled.c.pinyin, Project.pinyin)
    said["initials"] = func.coalesce(spelled.c.initials, Project.initials)
    # A step that was taken is due no longer; when the next one is, its row may say.
    moved = stage != work.c.was_stage
    kept_due = work.c.stage_due_on.is_not_distinct_from(work.c.was_stage_due_on)
    said["stage_due_on"] = case((and_(moved, kept_due), None), else_=work.c.stage_due_on)
    source = (
        work.join(Project, and_(Project.id == work.c.record_id, staging.seen(Project)))
        .outerjoin(spelled, spelled.c.name == work.c.name)
        .outerjoin(stages, stages.c.number == work.c.number)
    )
    would = (
        select(work.c.record_id, *(value.label(f"new_{name}") for name, value in said.items()))
        .select_from(source)
        .where(~work.c.is_new, work.c.number.in_(changed))
        .cte("would")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    values = {name: would.c[f"new_{name}"] for name in said}
    other = or_(*(getattr(Project, name).is_distinct_from(would.c[f"new_{name}"]) for name in said))
    since = auditing.latest_version(session)
    session.execute(
        update(Project)
        .where(Project.id == would.c.record_id, other, staging.seen(Project))
        .values(values | {"updated_by": viewer_of(session).account_id})
        .execution_options(synchronize_session=False)
    )
    auditing.note_changed(
        session,
        staging.batch,
        "projects.correct",
        Project,
        since=since,
        path=Project.region_path,
        sector=Project.sector,
    )


def _step(staging: Staging, groups: Table, steps: Table) -> None:
    """Steps that are new, and those whose day or document is set right."""
    rows, session = staging.rows, staging.session
    me = viewer_of(session).account_id
    written = (
        select(groups.c.lead, func.min(rows.c.record_id).label("project_id"))
        .select_from(rows.join(groups, groups.c.number == rows.c.number))
        .where(or_(staging.new, staging.changed))
        .group_by(groups.c.lead)
        .subquery("written")
    )
    noted = steps.c.milestone == NOTED
    document = case((~noted, func.nullif(func.trim(steps.c.document), "")))
    note = case((noted, func.nullif(func.trim(steps.c.document), "")))
    before = session.scalar(select(func.coalesce(func.max(ProjectStage.id), 0))) or 0
    fresh = (
        select(written.c.project_id, steps.c.milestone, steps.c.reached_on, document, note, literal(me, BigInteger))
        .select_from(steps.join(written, written.c.lead == steps.c.number))
        .where(steps.c.fresh, steps.c.step_id.is_(None))
        .order_by(steps.c.number, steps.c.reached_on)
    )
    names = ["project_id", "stage", "reached_on", "document", "note", "created_by"]
    session.execute(insert(ProjectStage).from_select(names, fresh))
    mine = ProjectStage.project_id.in_(select(written.c.project_id))
    auditing.note_added(session, staging.batch, "projects.advance", ProjectStage, mine, ProjectStage.id > before)
    since = auditing.latest_version(session)
    session.execute(
        update(ProjectStage)
        .where(
            ProjectStage.id == steps.c.step_id,
            steps.c.fresh,
            written.c.lead == steps.c.number,
            staging.seen(ProjectStage),
        )
        .values(
            reached_on=steps.c.reached_on,
            document=case((noted, ProjectStage.document), else_=document),
            note=case((noted, note), else_=ProjectStage.note),
            updated_by=me,
        )
        .execution_options(synchronize_session=False)
    )
    auditing.note_changed(session, staging.batch, "projects.correct_step", ProjectStage, since=since)
