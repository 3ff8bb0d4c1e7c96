"""衔接资金项目: a ledger of projects with their steps and their money."""

from __future__ import annotations

from sqlalchemy import and_, func, select

from assets.imports.fields import Kind
from assets.imports.kinds.project_checks import check_records
from assets.imports.kinds.project_fields import COLUMNS, FIELDS
from assets.imports.kinds.project_funds import check_funds
from assets.imports.kinds.project_lines import fund_lines
from assets.imports.kinds.project_money import FUNDS, MONEY, gather_funds, gather_money, tell_differences
from assets.imports.kinds.project_paying import write_money
from assets.imports.kinds.project_served import find_served, write_served
from assets.imports.kinds.project_steps import NAME as STEPS
from assets.imports.kinds.project_steps import check_steps, gather_steps
from assets.imports.kinds.project_work import DEFAULTS, GROUPS, WORK, existing, gather_groups, of, prepare, tidy
from assets.imports.kinds.project_writing import write_projects
from assets.imports.problems import declare
from assets.imports.staging import Staging

declare({"project_other_row": "Another row of this project has problems: row {others}. Please mend that first."})


def check(staging: Staging) -> None:
    """Tell whatever the services for projects, steps and money would refuse or doubt."""
    tidy(staging)
    groups = gather_groups(staging)
    find_served(staging)
    work = prepare(staging, groups)
    check_records(staging, work)
    check_steps(staging, work, gather_steps(staging, work, groups))
    funds = gather_funds(staging)
    check_funds(staging, work, funds, gather_money(staging, groups, funds, work))


def further(staging: Staging) -> None:
    """What differs in money; and rows that cannot be entered without those of the same project."""
    rows, found, groups = staging.rows, staging.found, of(staging, GROUPS)
    tell_differences(staging, of(staging, MONEY))
    wrong = (
        select(groups.c.lead, func.min(rows.c.row).label("row"))
        .select_from(found.join(groups, groups.c.number == found.c.number).join(rows, rows.c.number == found.c.number))
        .where(found.c.severity != "note", groups.c.size > 1)
        .group_by(groups.c.lead)
        .subquery("wrong")
    )
    told = select(found.c.number).where(found.c.number == rows.c.number, found.c.severity != "note")
    source = rows.join(groups, groups.c.number == rows.c.number).join(wrong, wrong.c.lead == groups.c.lead)
    staging.tell("project_other_row", None, and_(~told.exists()), of=source, others=wrong.c.row)


def write(staging: Staging) -> None:
    """Enter new projects and set right those that are there, with their steps and money."""
    work, groups = of(staging, WORK), of(staging, GROUPS)
    write_projects(staging, work, groups, of(staging, STEPS))
    write_served(staging, groups)
    write_money(staging, of(staging, FUNDS), of(staging, MONEY))


KIND = Kind(
    key="project",
    title="Projects",
    fields=FIELDS,
    identities=("code", "name+region_id+year"),
    existing=existing,
    check=check,
    write=write,
    review_kind="project",
    levels=("county", "town", "village"),
    given=frozenset(),
    emptied=frozenset(COLUMNS) - DEFAULTS.keys() - {"code", "name", "year"},
    apart=("fund_number",),
    further=further,
    lines=fund_lines,
)
