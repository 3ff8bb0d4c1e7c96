"""Whether the fund documents that rows name are there, or can be entered with what rows say of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, and_, cast, false, func, literal, or_, true

from assets.imports.kinds.project_checks import spoken
from assets.imports.problems import declare
from assets.imports.staging import Staging
from assets.imports.telling import Rule, tell_all
from assets.projects.documents import FUND_ROLES
from assets.projects.stages import FIRST_DAY
from assets.scope import viewer_of, within

declare(
    {
        "fund_unknown": "There is no fund document “{value}” within your reach. To enter it, please give its source, "
        "the day and the amount received.",
        "fund_differs": "The rows of this fund document say different things here. Please make them agree.",
        "fund_recorded": "The fund document says “{recorded}” here. Please correct it on its own page.",
        "fund_not_yours": "Money of “{number}” is arranged and paid by others. Please leave these columns empty.",
        "fund_withdrawn": "“{number}” was withdrawn on {day}. It can be read, not changed.",
        "fund_received_day": "Choose a day from {first} to {last}.",
        "fund_received_amount": "Please enter the amount received; it is more than zero.",
        "fund_year": "The year lies outside {first}–{last}.",
        "fund_year_doubt": "Money of {year}, received on {day}?",
        "fund_unit": "{amount} yuan is thousands of times less or more than usual ({usual} yuan). Is the unit right?",
    }
)
# So many times more or less than usual is doubted.
FAR = 2_000
_USUAL = 1_000_000


def may_arrange(staging: Staging, path: Any) -> Any:
    """The criterion that the viewer arranges and pays money that is received at ``path``."""
    viewer = viewer_of(staging.session)
    if viewer.unbounded:
        return true()
    return or_(false(), *(within(path, reach.path) for reach in viewer.reaches if reach.role in FUND_ROLES))


def check_documents(staging: Staging, funds: Table) -> None:
    """Tell documents that are unknown, incomplete, spoken of differently, or not the viewer's."""
    today = staging.context.today
    incomplete = or_(*(funds.c[name].is_(None) for name in ("source", "received_on", "received_yuan")))
    last_year = today.year + 1
    usual = literal(_USUAL)
    amount = funds.c.received_yuan
    far = or_(amount * FAR <= usual, amount >= usual * FAR)
    new = funds.c.is_new
    days = {"first": FIRST_DAY.isoformat(), "last": today.isoformat()}
    year = funds.c.budget_year
    years_apart = year - cast(func.extract("year", funds.c.received_on), year.type)
    source = funds.c.said_source
    rules = [
        Rule("fund_unknown", "fund_number", and_(new, incomplete), value=funds.c.number),
        Rule("fund_differs", "fund_number", funds.c.differs.is_not(None), value=funds.c.differs),
        Rule(
            "fund_recorded",
            "fund_source",
            and_(~new, source != funds.c.source),
            value=source,
            data={"recorded": funds.c.source},
        ),
        Rule(
            "fund_recorded",
            "received_yuan",
            and_(~new, funds.c.said_yuan != amount),
            value=funds.c.said_yuan,
            data={"recorded": spoken(amount)},
        ),
        Rule(
            "fund_withdrawn",
            "fund_number",
            funds.c.retired_on.is_not(None),
            data={"number": funds.c.number, "day": funds.c.retired_on},
        ),
        Rule(
            "fund_received_day",
            "received_on",
            and_(new, or_(funds.c.received_on < FIRST_DAY, funds.c.received_on > today)),
            value=funds.c.received_on,
            data=days,
        ),
        Rule("fund_received_amount", "received_yuan", and_(new, amount <= 0), value=amount),
        Rule(
            "fund_year",
            "fund_year",
            and_(new, or_(year < FIRST_DAY.year, year > last_year)),
            value=year,
            data={"first": FIRST_DAY.year, "last": last_year},
        ),
        Rule(
            "fund_year_doubt",
            "fund_year",
            and_(new, years_apart.not_in((0, 1))),
            "doubt",
            value=year,
            data={"year": year, "day": funds.c.received_on},
        ),
        Rule(
            "fund_unit",
            "received_yuan",
            and_(new, amount > 0, far),
            "doubt",
            value=amount,
            data={"amount": spoken(amount), "usual": spoken(usual)},
        ),
        Rule(
            "fund_not_yours",
            "fund_number",
            and_(new, ~may_arrange(staging, funds.c.region_path)),
            data={"number": funds.c.number},
        ),
    ]
    tell_all(staging, rules, funds.c.lead, funds)
