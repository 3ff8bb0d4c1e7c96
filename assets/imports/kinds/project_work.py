"""Rows of a ledger beside the projects they speak of: several rows, one for each fund document, are one project."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    Numeric,
    Select,
    Table,
    Text,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from assets.imports.beside import beside
from assets.imports.clearing import CLEARED
from assets.imports.kinds.project_fields import COLUMNS, MILESTONES, NOTED, STEPS, day_of, document_of
from assets.imports.staging import Staging
from assets.projects.models import Project, ProjectArea, ProjectStage
from assets.regions.models import Region

WORK, GROUPS = "staged_project", "staged_group"
DEFAULTS: dict[str, Any] = {"kind": "works", "is_lead_industry": False, "is_work_relief": False}


def share_text(share: Any) -> Any:
    """A share as the two sides of a comparison write it."""
    return func.to_char(share, "FM0.0000")


def existing(_staging: Staging) -> Select[Any]:
    """The projects of the viewer with their steps, and the other regions they serve."""
    pivoted: list[Any] = [ProjectStage.project_id]
    for milestone in MILESTONES:
        here = ProjectStage.stage == milestone
        pivoted.append(func.max(ProjectStage.reached_on).filter(here).label(day_of(milestone)))
        if STEPS[milestone][2]:
            said = ProjectStage.note if milestone == NOTED else ProjectStage.document
            pivoted.append(func.max(said).filter(here).label(document_of(milestone)))
    steps = select(*pivoted).group_by(ProjectStage.project_id).subquery("steps")
    served = (
        select(
            ProjectArea.project_id,
            func.string_agg(Region.short_name, aggregate_order_by(literal("、"), Region.code)).label("served"),
        )
        .join(Region, Region.id == ProjectArea.region_id)
        .group_by(ProjectArea.project_id)
        .subquery("served")
    )
    own = [getattr(Project, name).label(name) for name in COLUMNS if name != "wage_share"]
    return (
        select(
            Project.id.label("record_id"),
            Project.revision,
            Project.region_id,
            *own,
            share_text(Project.wage_share).label("wage_share"),
            *(column for column in steps.c if column.name != "project_id"),
            served.c.served,
            Project.geom,
        )
        .outerjoin(steps, steps.c.project_id == Project.id)
        .outerjoin(served, served.c.project_id == Project.id)
    )


def tidy(staging: Staging) -> None:
    """Write shares, and positions that only stand in for unknown ones, as the register does."""
    rows = staging.rows
    staging.set({"geom": None, "position_quality": None}, rows.c.position_quality == "village_point")
    whole = cast(func.split_part(rows.c.wage_share, "/", 1), Numeric)
    parts = func.coalesce(cast(func.nullif(func.split_part(rows.c.wage_share, "/", 2), ""), Numeric), 1)
    share = func.round(whole / func.nullif(parts, 0), 4)
    staging.set({"wage_share": share_text(share)}, rows.c.wage_share.is_not(None))


def gather_groups(staging: Staging) -> Table:
    """Which rows are one project: ``number``, ``lead`` (the first of them), ``size``.

    Rows are one when they name one record, bear one new code, or one name in one place and year.
    """
    rows = staging.rows
    named = func.concat_ws("|", "n", rows.c.name, cast(rows.c.region_id, Text), cast(rows.c.year, Text))
    key = case(
        (rows.c.record_id.is_not(None), func.concat("r", cast(rows.c.record_id, Text))),
        (rows.c.code.is_not(None), func.concat("c", rows.c.code)),
        else_=named,
    )
    keyed = select(rows.c.number, key.label("key")).subquery("keyed")
    chosen = select(
        keyed.c.number,
        func.min(keyed.c.number).over(partition_by=keyed.c.key),
        func.count().over(partition_by=keyed.c.key),
    )
    columns = (Column("number", Integer, primary_key=True), Column("lead", Integer), Column("size", Integer))
    table = beside(staging, GROUPS, *columns, of=chosen)
    staging.session.execute(text(f"CREATE INDEX ON {GROUPS} (lead)"))
    staging.session.info[GROUPS] = table
    return table


def prepare(staging: Staging, groups: Table) -> Table:
    """Put each project that rows speak of beside its record; ``number`` is that of its first row.

    A column holds what the record would say (the first word of its rows), its ``was_`` what it says,
    ``differs`` the first field in which its rows contradict each other.
    """
    rows = staging.rows
    grouped = _first_words(staging, groups)
    cleared = _cleared(staging, groups)
    region_id = func.coalesce(grouped.c.region_id, Project.region_id)
    made: dict[str, tuple[Any, Any]] = {
        "number": (Integer(), grouped.c.lead),
        "record_id": (BigInteger(), Project.id),
        "is_new": (Boolean(), Project.id.is_(None)),
        "region_id": (BigInteger(), region_id),
        "region_path": (Text(collation="C"), Region.region_path),
        "region_code": (Text(), Region.code),
        "was_region_id": (BigInteger(), Project.region_id),
        "was_path": (Text(collation="C"), Project.region_path),
        "was_stage": (Text(), Project.stage),
        "said_kind": (Text(), grouped.c.kind),
        "differs": (Text(), grouped.c.differs),
        "geom": (Project.geom.type, func.coalesce(grouped.c.geom, Project.geom)),
    }
    for name in COLUMNS:
        type_ = rows.c[name].type
        before = share_text(Project.wage_share) if name == "wage_share" else cast(getattr(Project, name), type_)
        usual = DEFAULTS.get(name)
        kept = [grouped.c[name], before] + ([literal(usual, type_)] if usual is not None else [])
        emptied = literal(name) == any_(cleared.c.fields)
        made[name] = (type_, case((emptied, literal(usual, type_)), else_=func.coalesce(*kept)))
        made[f"was_{name}"] = (type_, before)
    columns = [Column(name, kind, primary_key=name == "number") for name, (kind, _) in made.items()]
    source = (
        grouped.outerjoin(Project, and_(Project.id == grouped.c.record_id, staging.seen(Project)))
        .outerjoin(Region, Region.id == region_id)
        .outerjoin(cleared, cleared.c.number == grouped.c.lead)
    )
    table = beside(staging, WORK, *columns, of=select(*(value for _, value in made.values())).select_from(source))
    staging.session.info[WORK] = table
    return table


def _first_words(staging: Staging, groups: Table) -> Any:
    rows = staging.rows
    told: list[Any] = []
    differing: list[Any] = []
    for name in (*COLUMNS, "region_id", "record_id"):
        column = rows.c[name]
        first: Any = func.array_agg(aggregate_order_by(column, rows.c.number)).filter(column.is_not(None))
        told.append(first[1].label(name))
        written = cast(column, Text)
        differing.append((func.min(written) != func.max(written), name))
    shapes: Any = func.array_agg(aggregate_order_by(rows.c.geom, rows.c.number)).filter(rows.c.geom.is_not(None))
    return (
        select(groups.c.lead, *told, shapes[1].label("geom"), case(*differing).label("differs"))
        .select_from(rows.join(groups, groups.c.number == rows.c.number))
        .group_by(groups.c.lead)
        .subquery("grouped")
    )


def _cleared(staging: Staging, groups: Table) -> Any:
    found = staging.found
    return (
        select(groups.c.lead.label("number"), func.array_agg(found.c.field, type_=ARRAY(Text)).label("fields"))
        .select_from(found.join(groups, groups.c.number == found.c.number))
        .where(found.c.code == CLEARED)
        .group_by(groups.c.lead)
        .subquery("cleared")
    )


def of(staging: Staging, name: str) -> Table:
    """A table that the check has made in this transaction."""
    table: Table = staging.session.info[name]
    return table


def news(work: Table, *names: str) -> Any:
    """The criterion that a project would say something new in one of these columns."""
    return or_(work.c.is_new, *(work.c[name].is_distinct_from(work.c[f"was_{name}"]) for name in names))
