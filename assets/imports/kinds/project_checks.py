"""Whether projects would be in order: the rules of :mod:`assets.projects.plausibility`, for all of them at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Numeric, Table, and_, cast, func, literal, or_, select

from assets.imports.kinds.project_work import news
from assets.imports.problems import declare
from assets.imports.regions import reachable
from assets.imports.staging import Staging
from assets.imports.telling import Rule, faultless, tell_all
from assets.projects.models import Allocation, Project
from assets.projects.plausibility import LARGE_YUAN, SMALL_YUAN
from assets.projects.stages import FIRST_DAY

declare(
    {
        "project_name": "Please enter a name.",
        "project_rows_differ": "The rows of this project say different things here. Please make them agree.",
        "project_kind_guessed": "No project kind is given; it would be entered as works. Is that right?",
        "project_year": "The year lies outside {first}–{last}.",
        "project_budget": "Please enter the budget; it cannot be below zero.",
        "project_small_budget": "Only {amount} yuan: was 10k yuan meant?",
        "project_large_budget": "{amount} yuan: is this amount in yuan?",
        "project_lead": "Only an industry project can belong to the lead industry.",
        "project_share": "A share lies between 0 and 100 percent.",
        "project_share_alone": "A share of wages belongs to work relief only.",
        "project_households": "This number cannot be below zero.",
        "project_many_households": "These are more households than a county has.",
        "project_households_large": "“{value}” is larger than can be kept here. Please correct it.",
        "project_code_taken": "“{code}” is the code of “{name}”.",
        "project_below_arranged": "{amount} yuan are arranged already.",
        "project_not_yours": "“{name}” is not yours to change. Please leave the row out.",
        "project_withdrawn": "“{name}” was withdrawn on {day}. It can be read, not changed.",
    }
)
_LARGEST = 2_000_000_000


def spoken(amount: Any) -> Any:
    """An amount with thousands marks, and with fen where there are any."""
    return func.regexp_replace(func.to_char(amount, "FM999,999,999,999,990.00"), "[.]00$", "")


def check_records(staging: Staging, work: Table) -> None:
    """Texts, numbers, flags and codes of every project."""
    rules = [*_words(staging, work), *_amounts(work), *_flags(work)]
    tell_all(staging, rules, work.c.number, work)
    _check_held(staging, work)
    _check_codes(staging, work)
    _check_arranged(staging, work)


def _words(staging: Staging, work: Table) -> list[Rule]:
    first, last = FIRST_DAY.year, staging.context.today.year + 2
    guessed = and_(work.c.is_new, work.c.said_kind.is_(None), faultless(staging, work.c.number, "kind"))
    return [
        Rule("project_name", "name", func.char_length(work.c.name) < 2, value=work.c.name),
        Rule("project_rows_differ", None, work.c.differs.is_not(None), value=work.c.differs),
        Rule("project_kind_guessed", "kind", guessed, "doubt"),
        Rule(
            "project_year",
            "year",
            or_(work.c.year < first, work.c.year > last),
            value=work.c.year,
            data={"first": first, "last": last},
        ),
    ]


def _amounts(work: Table) -> list[Rule]:
    budget, households = work.c.budget_yuan, work.c.households_benefiting
    told = {"amount": spoken(budget)}
    new = news(work, "budget_yuan")
    small = and_(budget > 0, budget < Decimal(SMALL_YUAN), new)
    large = and_(budget > Decimal(LARGE_YUAN), new)
    many = and_(households > 100_000, households <= _LARGEST, news(work, "households_benefiting"))
    return [
        Rule("project_budget", "budget_yuan", budget < 0, value=budget),
        Rule("project_small_budget", "budget_yuan", small, "doubt", value=budget, data=told),
        Rule("project_large_budget", "budget_yuan", large, "doubt", value=budget, data=told),
        Rule("project_households", "households_benefiting", households < 0, value=households),
        Rule("project_many_households", "households_benefiting", many, "doubt", value=households),
        Rule(
            "project_households_large",
            "households_benefiting",
            households > _LARGEST,
            value=households,
            data={"value": households},
        ),
    ]


def _flags(work: Table) -> list[Rule]:
    share = cast(work.c.wage_share, Numeric)
    return [
        Rule("project_lead", "is_lead_industry", and_(work.c.is_lead_industry, work.c.category != "industry")),
        Rule("project_share", "wage_share", or_(share < 0, share > 1), value=work.c.wage_share),
        Rule(
            "project_share_alone",
            "wage_share",
            and_(share.between(0, 1), ~work.c.is_work_relief),
            value=work.c.wage_share,
        ),
    ]


def _check_held(staging: Staging, work: Table) -> None:
    rules = [
        Rule(
            "project_withdrawn",
            None,
            Project.retired_on.is_not(None),
            data={"name": Project.name, "day": Project.retired_on},
        ),
        Rule(
            "project_not_yours",
            None,
            ~reachable(staging, Project.region_path, Project.sector),
            data={"name": Project.name},
        ),
    ]
    source = work.join(Project, Project.id == work.c.record_id)
    tell_all(staging, rules, work.c.number, source, staging.seen(Project))


def _check_codes(staging: Staging, work: Table) -> None:
    rule = Rule(
        "project_code_taken",
        "code",
        literal(True),
        value=work.c.code,
        data={"code": work.c.code, "name": Project.name},
    )
    other = and_(Project.code == work.c.code, Project.id.is_distinct_from(work.c.record_id))
    tell_all(staging, [rule], work.c.number, work.join(Project, other), staging.seen(Project), news(work, "code"))


def _check_arranged(staging: Staging, work: Table) -> None:
    sums = (
        select(Allocation.project_id, func.sum(Allocation.arranged_yuan).label("arranged"))
        .where(Allocation.project_id.in_(select(work.c.record_id)), staging.seen(Allocation))
        .group_by(Allocation.project_id)
        .subquery("sums")
    )
    rule = Rule(
        "project_below_arranged",
        "budget_yuan",
        and_(work.c.budget_yuan.is_distinct_from(work.c.was_budget_yuan), work.c.budget_yuan < sums.c.arranged),
        "doubt",
        value=work.c.budget_yuan,
        data={"amount": spoken(sums.c.arranged)},
    )
    tell_all(staging, [rule], work.c.number, work.join(sums, sums.c.project_id == work.c.record_id))
