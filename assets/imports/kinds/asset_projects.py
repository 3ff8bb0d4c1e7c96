"""The projects assets came from: known, accepted in time, and not worth less than their assets."""

from __future__ import annotations

from sqlalchemy import Table, and_, func, literal, select

from assets.imports.kinds.asset_work import news
from assets.imports.problems import declare
from assets.imports.staging import Staging
from assets.imports.telling import Rule, tell_all
from assets.projects.models import Project, ProjectStage
from assets.registry.models import Asset, ValueEvent

declare(
    {
        "project_code_unknown": "There is no project with the code “{value}” in your area. Please correct it.",
        "project_unknown": "There is no project “{value}” in your area. Please write its name or code as in the "
        "project library, or confirm that the asset is entered without it.",
        "project_several": "Several projects are called “{value}”: {codes}. Please give the code of one.",
        "above_cost": "With this, the assets of “{name}” are worth {total} yuan, more than its budget of "
        "{budget} yuan. Please check, or confirm.",
        "handed_over_before_acceptance": "“{name}” was accepted on {day}; handover cannot be before.",
        "certified_before_acceptance": "“{name}” was accepted on {day}; certification cannot be before.",
        "handed_over_unaccepted": "“{name}” has not been accepted yet: handover needs acceptance "
        "(not the final accounts).",
        "certified_unaccepted": "“{name}” has not been accepted yet: certification needs acceptance "
        "(not the final accounts).",
        "second_batch": "“{other}” ({code}) is the record of this project, village and year; one record holds all its "
        "households. Please leave this row out, or confirm.",
    }
)


def check_projects(staging: Staging, work: Table, worth: Table) -> None:
    """Everything that a row's project says against it."""
    _check_named(staging, work, worth)
    _pass_over_unknown(staging, worth)
    _check_acceptance(staging, work, worth)
    _check_batches(staging, work, worth)


def _check_named(staging: Staging, work: Table, worth: Table) -> None:
    rows = staging.rows
    here = rows.join(worth, worth.c.number == rows.c.number)
    nobody = worth.c.projects.is_(None)
    rules = [
        Rule(
            "project_code_unknown",
            "project_code",
            and_(rows.c.project_code.is_not(None), nobody),
            value=rows.c.project_code,
        ),
        Rule(
            "project_unknown",
            "project",
            and_(rows.c.project_code.is_(None), rows.c.project.is_not(None), nobody),
            severity="doubt",
            value=rows.c.project,
        ),
        Rule(
            "project_several",
            "project",
            worth.c.projects > 1,
            value=func.coalesce(rows.c.project_code, rows.c.project),
            data={"codes": worth.c.codes},
        ),
    ]
    tell_all(staging, rules, rows.c.number, here)
    _check_cost(staging, work, worth)


def _pass_over_unknown(staging: Staging, worth: Table) -> None:
    """A project nobody knows changes nothing of an asset that is there."""
    rows = staging.rows
    nothing = dict.fromkeys(("project_code", "project", "project_year"))
    staging.set(nothing, rows.c.number == worth.c.number, worth.c.project_id.is_(None), rows.c.record_id.is_not(None))


def _check_cost(staging: Staging, work: Table, worth: Table) -> None:
    """A project's assets are not worth more than its budget, those of the ledger together."""
    more = (
        select(worth.c.project_id, func.sum(worth.c.total).label("total"))
        .where(worth.c.differs, worth.c.project_id.is_not(None))
        .group_by(worth.c.project_id)
        .subquery("more")
    )
    changed = select(work.c.record_id).join(worth, worth.c.number == work.c.number)
    changed = changed.where(worth.c.differs, work.c.record_id.is_not(None))
    spent = (
        select(ValueEvent.project_id, func.sum(ValueEvent.amount_yuan).label("total"))
        .where(ValueEvent.project_id.in_(select(more.c.project_id)), ValueEvent.asset_id.not_in(changed))
        .group_by(ValueEvent.project_id)
        .subquery("spent")
    )
    total = more.c.total + func.coalesce(spent.c.total, 0)
    money = "FM999,999,999,990.00"
    rule = Rule(
        "above_cost",
        "original_value_yuan",
        and_(worth.c.differs, worth.c.total > 0, Project.budget_yuan > 0, total > Project.budget_yuan),
        severity="doubt",
        value=worth.c.total,
        data={
            "name": Project.name,
            "total": func.to_char(total, money),
            "budget": func.to_char(Project.budget_yuan, money),
        },
    )
    here = worth.join(more, more.c.project_id == worth.c.project_id).join(Project, Project.id == worth.c.project_id)
    tell_all(staging, [rule], worth.c.number, here.outerjoin(spent, spent.c.project_id == worth.c.project_id))


def _check_acceptance(staging: Staging, work: Table, worth: Table) -> None:
    """Handed over and certified after the projects were accepted."""
    own = select(work.c.number, ValueEvent.project_id).join(ValueEvent, ValueEvent.asset_id == work.c.record_id)
    said = select(worth.c.number, worth.c.project_id)
    of = own.where(ValueEvent.project_id.is_not(None)).union(said.where(worth.c.project_id.is_not(None)))
    of_row = of.subquery("of_row")
    accepted = (
        select(ProjectStage.project_id, func.min(ProjectStage.reached_on).label("day"))
        .where(ProjectStage.stage == "accepted")
        .group_by(ProjectStage.project_id)
        .subquery("accepted")
    )
    here = (
        work.join(of_row, of_row.c.number == work.c.number)
        .join(Project, Project.id == of_row.c.project_id)
        .outerjoin(accepted, accepted.c.project_id == Project.id)
    )
    rules = []
    for field, start in (("handed_over_on", "handed_over"), ("certified_on", "certified")):
        given = and_(work.c[field].is_not(None), news(work, field))
        name = {"name": Project.name}
        rules += [
            Rule(f"{start}_unaccepted", field, and_(given, accepted.c.day.is_(None)), value=work.c[field], data=name),
            Rule(
                f"{start}_before_acceptance",
                field,
                and_(given, work.c[field] < accepted.c.day),
                value=work.c[field],
                data=name | {"day": accepted.c.day},
            ),
        ]
    tell_all(staging, rules, work.c.number, here)


def _check_batches(staging: Staging, work: Table, worth: Table) -> None:
    """One record for the households of a project, village and year."""
    year = func.extract("year", work.c.start)
    known = (
        select(work.c.number, func.min(Asset.id).label("asset_id"))
        .join(worth, worth.c.number == work.c.number)
        .join(ValueEvent, ValueEvent.project_id == worth.c.project_id)
        .join(Asset, and_(Asset.id == ValueEvent.asset_id, Asset.region_id == work.c.region_id))
        .where(
            work.c.asset_class == "household",
            news(work, "asset_class", "region_id", "built_on"),
            Asset.asset_class == "household",
            Asset.retired_on.is_(None),
            func.extract("year", Asset.built_on) == year,
            Asset.id.is_distinct_from(work.c.record_id),
            staging.seen(Asset),
        )
        .group_by(work.c.number)
        .subquery("known")
    )
    here = work.join(known, known.c.number == work.c.number).join(Asset, Asset.id == known.c.asset_id)
    data = {"other": Asset.name, "code": Asset.code, "record_id": Asset.id}
    rule = Rule("second_batch", "asset_class", literal(True), severity="doubt", data=data)
    tell_all(staging, [rule], work.c.number, here)
