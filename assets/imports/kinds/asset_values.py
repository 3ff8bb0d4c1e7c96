"""What assets cost, from whose money and which project: looked at for all rows at once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    Numeric,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
)

from assets.imports.beside import beside
from assets.imports.kinds.asset_fields import FUND_FIELDS
from assets.imports.kinds.asset_projects import check_projects
from assets.imports.problems import declare
from assets.imports.staging import Staging
from assets.imports.telling import Rule, tell_all
from assets.projects.models import Project
from assets.registry.values import LARGE_YUAN, MOST_YUAN, SMALL_YUAN
from assets.vocabulary import FUND_SOURCES

declare(
    {
        "value_not_positive": "An original value is more than 0. Please correct it.",
        "fund_negative": "What a source paid is not less than 0. Please correct it.",
        "value_too_large": "{amount} yuan for one asset cannot be right. Is it in yuan, and not in 10k yuan?",
        "value_large": "That is {amount} 10k yuan. Please check the unit, or confirm.",
        "value_small": "{amount} yuan: did you mean {amount} 10k yuan?",
        "value_unit": "{amount} yuan is far from the other values of this ledger, and {guess} yuan is not. "
        "Please check whether yuan and 10k yuan were mixed.",
        "value_round": "{amount} yuan is a very round value. Please compare it with the accounts.",
        "funds_do_not_add_up": "The sources add up to {sum} yuan, and the original value is {amount} yuan. "
        "Please set one of them right.",
        "value_needed": "Please fill in the amount that came from this source or project.",
        "value_has_history": "The value of this asset has changed over the years. Please correct it on its page.",
        "value_by_source": "Several sources paid for this asset. Please say what each of them paid.",
    }
)
_TEN_THOUSAND = 10_000
_ROUND_YUAN = 100_000
# So many values tell what is usual in a ledger, and so far from it is a matter of the unit.
_ENOUGH, _FAR = 10, 300


def check_values(staging: Staging, work: Table, there: Table) -> Table:
    """Amounts, sources and projects.

    Returns
    -------
    Table
        A line a row: ``project_id``, ``total`` (the amount it says), ``by_source``, whether it
        says it source by source, and ``differs``, whether its record says otherwise.
    """
    worth = _worth(staging, work, there)
    _check_amounts(staging, work, worth, there)
    check_projects(staging, work, worth)
    return worth


def _worth(staging: Staging, work: Table, there: Table) -> Table:
    rows = staging.rows
    projects = _projects(staging)
    funds = sum((func.coalesce(rows.c[name], 0) for name in FUND_FIELDS), start=literal(0, Numeric(18, 2)))
    given = or_(*(rows.c[name] > 0 for name in FUND_FIELDS))
    zeroed = or_(*(and_(rows.c[name] == 0, there.c[name] > 0) for name in FUND_FIELDS))
    by_source = or_(given, zeroed)
    kept = sum(
        (func.coalesce(rows.c[name], there.c[name], 0) for name in FUND_FIELDS), start=literal(0, Numeric(18, 2))
    )
    about = ("original_value_yuan", "fund_source", *FUND_FIELDS)
    differs = or_(*(and_(rows.c[name].is_not(None), rows.c[name].is_distinct_from(there.c[name])) for name in about))
    moved = and_(projects.c.project_id.is_not(None), projects.c.project_id.is_distinct_from(there.c.project_id))
    return beside(
        staging,
        "staged_worth",
        Column("number", Integer, primary_key=True),
        Column("said", Numeric(18, 2)),
        Column("total", Numeric(18, 2)),
        Column("by_source", Boolean),
        Column("differs", Boolean),
        Column("moved", Boolean),
        Column("project_id", BigInteger),
        Column("projects", Integer),
        Column("codes", Text),
        of=select(
            rows.c.number,
            rows.c.original_value_yuan,
            case((by_source, case((work.c.is_new, funds), else_=kept)), else_=rows.c.original_value_yuan),
            func.coalesce(by_source, False),
            func.coalesce(case((work.c.is_new, rows.c.original_value_yuan.is_not(None) | given), else_=differs), False),
            func.coalesce(moved, False),
            projects.c.project_id,
            projects.c.projects,
            projects.c.codes,
        )
        .select_from(rows.join(work, work.c.number == rows.c.number))
        .outerjoin(there, there.c.record_id == work.c.record_id)
        .outerjoin(projects, projects.c.number == rows.c.number),
    )


def _projects(staging: Staging) -> Any:
    """Whichever projects rows name, by code or else by name and year."""
    rows = staging.rows
    said = select(rows.c.project_code, rows.c.project, rows.c.project_year).distinct().subquery("said")
    seen = and_(Project.retired_on.is_(None), staging.seen(Project))
    by_code = select(said, Project.id, Project.code).join(Project, Project.code == said.c.project_code).where(seen)
    by_name = (
        select(said, Project.id, Project.code)
        .join(Project, Project.name == said.c.project)
        .where(seen, said.c.project_code.is_(None))
        .where(or_(said.c.project_year.is_(None), Project.year == said.c.project_year))
    )
    found = union_all(by_code, by_name).subquery("found")
    keys = (found.c.project_code, found.c.project, found.c.project_year)
    grouped = (
        select(
            *keys,
            func.min(found.c.id).label("project_id"),
            func.count().label("projects"),
            func.string_agg(found.c.code, "、").label("codes"),
        )
        .group_by(*keys)
        .subquery("grouped")
    )

    def plain(column: Any) -> Any:
        return func.coalesce(cast(column, Text), "")

    return (
        select(
            rows.c.number,
            case((grouped.c.projects == 1, grouped.c.project_id)).label("project_id"),
            grouped.c.projects,
            grouped.c.codes,
        )
        .join(
            grouped,
            and_(
                *(plain(rows.c[name]) == plain(grouped.c[name]) for name in ("project_code", "project", "project_year"))
            ),
        )
        .subquery("projects")
    )


def _check_amounts(staging: Staging, work: Table, worth: Table, there: Table) -> None:
    rows = staging.rows
    value, total, field = worth.c.said, worth.c.total, "original_value_yuan"
    fresh = worth.c.differs
    size = func.abs(total)
    shown = func.to_char(total / _TEN_THOUSAND, "FM999,999,990.00")
    plain = func.trim_scale(total)
    usual = _usual(staging, worth)
    low, high = total * _TEN_THOUSAND, total / _TEN_THOUSAND
    off = and_(usual > 0, total > 0)
    too_low = and_(off, total * _FAR < usual, low.between(usual / 30, usual * 30), size >= SMALL_YUAN)
    too_high = and_(off, total > usual * _FAR, high.between(usual / 30, usual * 30), size <= LARGE_YUAN)
    simple = and_(there.c.events == there.c.first_events)
    one = there.c.events <= 1
    rules = [
        Rule("value_not_positive", field, and_(fresh, or_(value <= 0, total <= 0)), value=value),
        Rule("value_too_large", field, and_(fresh, size > MOST_YUAN), value=total, data={"amount": plain}),
        Rule(
            "value_large",
            field,
            and_(fresh, size > LARGE_YUAN, size <= MOST_YUAN),
            severity="doubt",
            value=total,
            data={"amount": shown},
        ),
        Rule(
            "value_small",
            field,
            and_(fresh, total > 0, total < SMALL_YUAN),
            severity="doubt",
            value=total,
            suggestion=total * _TEN_THOUSAND,
            data={"amount": plain},
        ),
        Rule(
            "value_unit",
            field,
            and_(fresh, or_(too_low, too_high)),
            severity="doubt",
            value=total,
            suggestion=case((too_low, low), else_=high),
            data={"amount": plain, "guess": case((too_low, func.trim_scale(low)), else_=func.trim_scale(high))},
        ),
        Rule(
            "value_round",
            field,
            and_(fresh, total >= _ROUND_YUAN, func.mod(total, _ROUND_YUAN) == 0),
            severity="note",
            value=total,
            data={"amount": plain},
        ),
        Rule(
            "funds_do_not_add_up",
            field,
            and_(fresh, worth.c.by_source, value != total),
            value=value,
            data={"sum": plain, "amount": func.trim_scale(value)},
        ),
        Rule(
            "value_needed",
            field,
            and_(
                work.c.is_new,
                total.is_(None),
                or_(rows.c.fund_source.is_not(None), rows.c.project_code.is_not(None), rows.c.project.is_not(None)),
            ),
        ),
        Rule("value_has_history", field, and_(~work.c.is_new, fresh, not_(simple)), value=value),
        Rule("value_by_source", field, and_(~work.c.is_new, fresh, simple, ~one, ~worth.c.by_source), value=value),
    ]
    rules += [Rule("fund_negative", name, rows.c[name] < 0, value=rows.c[name]) for name in FUND_FIELDS]
    here = rows.join(work, work.c.number == rows.c.number).join(worth, worth.c.number == rows.c.number)
    tell_all(staging, rules, rows.c.number, here.outerjoin(there, there.c.record_id == work.c.record_id))


def _usual(staging: Staging, worth: Table) -> Any:
    """The value in the middle of the ledger, as a constant; null where there are few."""
    middle = func.percentile_cont(0.5).within_group(worth.c.total)
    found = staging.session.execute(select(middle, func.count()).where(worth.c.total > 0)).one()
    return literal(found[0] if found[1] >= _ENOUGH else None, Numeric(18, 2))


FUNDS = dict(zip(FUND_FIELDS, FUND_SOURCES, strict=True))
