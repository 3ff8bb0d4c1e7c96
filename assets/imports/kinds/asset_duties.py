"""Who keeps the assets: body, post and person, money and rhythm, looked at for all rows at once."""

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
    or_,
    select,
    update,
)

from assets.imports.beside import analyze, beside
from assets.imports.kinds.asset_existing import DUTY_FIELDS
from assets.imports.parties import Holders
from assets.imports.problems import declare
from assets.imports.staging import Staging
from assets.imports.telling import Rule, tell_all
from assets.maintenance.duty_rules import LONGEST_INTERVAL_DAYS, USUAL_NOTICE_DAYS
from assets.maintenance.models import Duty
from assets.ownership.queries import in_force
from assets.parties.models import Party, Person, Post, PostHolding
from assets.regions.models import Region
from assets.terms.models import Term
from assets.vocabulary import FUND_SOURCES

declare(
    {
        "duty_of_household": "What was given to households they keep themselves; it takes no upkeep duty. "
        "Please empty the upkeep columns of this row.",
        "duty_needs_keeper": "Please fill in the upkeep body, the person or post, or the money, at least one of them.",
        "budget_negative": "An amount below zero is not possible here.",
        "budget_needs_fund": "Please say where the upkeep money comes from.",
        "interval_out_of_range": "An asset is inspected every 1 to {limit} days. Please correct it.",
        "interval_assumed": "Nothing is said of how often it is inspected: every {days} days is entered.",
        "several_duties": "Several upkeep duties are recorded for this asset. Please change them on its page.",
        "phone_alone": "Please fill in the name of the person with this telephone number.",
        "post_vacant": "Nobody fills the post “{value}”; the asset will show as without a person responsible. "
        "Please name the person, or confirm.",
        "post_several": "Several people fill a post “{value}” there. Please name the person responsible.",
        "person_name_short": "Please fill in the whole name, 2 to {limit} characters.",
    }
)
USUAL_INTERVAL_DAYS = 90
LONGEST_NAME = 100
VILLAGE_POST, TOWN_POST = "村级管护员", "镇级管护员"


def check_duties(staging: Staging, holders: Holders, work: Table, there: Table) -> Table:
    """What rows say of upkeep.

    Returns
    -------
    Table
        A line a row that says something new: the terms, with ``post_id`` where there is the post
        with this person, ``title``, ``person`` and ``phone`` where one must be entered.
    """
    said = _said(staging, holders, work, there)
    _find_posts(staging, said)
    _check_terms(staging, said)
    return said


def _said(staging: Staging, holders: Holders, work: Table, there: Table) -> Table:
    rows, lines = staging.rows, holders.lines
    differs = or_(
        *(and_(rows.c[name].is_not(None), rows.c[name].is_distinct_from(there.c[name])) for name in DUTY_FIELDS)
    )
    duties = (
        select(
            Duty.asset_id,
            func.count().label("duties"),
            func.min(Duty.body_party_id).label("body_party_id"),
            func.min(Duty.post_id).label("post_id"),
            func.min(Duty.rule_document).label("rule_document"),
            func.min(Duty.notice_days).label("notice_days"),
        )
        .where(in_force(Duty, staging.context.today), Duty.asset_id.in_(select(work.c.record_id)))
        .group_by(Duty.asset_id)
        .subquery("duties")
    )
    body = and_(lines.c.number == rows.c.number, lines.c.field == "upkeep_body")
    named = or_(rows.c.post.is_not(None), rows.c.person.is_not(None), rows.c.phone.is_not(None))
    title = func.coalesce(rows.c.post, there.c.post)
    interval = func.coalesce(rows.c.interval_days, there.c.interval_days)
    other_person = or_(
        and_(rows.c.person.is_not(None), rows.c.person.is_distinct_from(there.c.person)),
        and_(rows.c.phone.is_not(None), rows.c.phone.is_distinct_from(there.c.phone)),
        and_(rows.c.post.is_not(None), rows.c.post.is_distinct_from(there.c.post)),
    )
    keeps_interval = and_(rows.c.interval_days.is_(None), there.c.interval_days.is_not(None))
    return beside(
        staging,
        "staged_duty",
        Column("number", Integer, primary_key=True),
        Column("record_id", BigInteger),
        Column("household", Boolean),
        Column("duties", Integer),
        Column("region_id", BigInteger),
        Column("sector", Text),
        Column("body", Text),
        Column("body_party_id", BigInteger),
        Column("several", Text),
        Column("title", Text),
        Column("person", Text),
        Column("phone", Text),
        Column("new_person", Boolean),
        Column("post_id", BigInteger),
        Column("posts", Integer),
        Column("fund_source", Text),
        Column("annual_budget_yuan", Numeric(18, 2)),
        Column("interval_days", Integer),
        Column("interval_said", Boolean),
        Column("notice_days", Integer),
        Column("rule_document", Text),
        # What tells a post to be entered apart: where, what it is called, and who fills it.
        Column("post_key", Text),
        of=select(
            rows.c.number,
            work.c.record_id,
            work.c.asset_class == "household",
            func.coalesce(duties.c.duties, 0),
            work.c.region_id,
            work.c.sector,
            rows.c.upkeep_body,
            case((rows.c.upkeep_body.is_not(None), lines.c.party_id), else_=duties.c.body_party_id),
            lines.c.several,
            case((named, func.coalesce(title, case((Region.level == "town", TOWN_POST), else_=VILLAGE_POST)))),
            func.coalesce(rows.c.person, there.c.person),
            func.coalesce(rows.c.phone, case((rows.c.person.is_(None), there.c.phone))),
            func.coalesce(other_person, False),
            case((~func.coalesce(other_person, False), duties.c.post_id)),
            literal(0),
            func.coalesce(rows.c.upkeep_fund, there.c.upkeep_fund),
            func.coalesce(rows.c.annual_budget_yuan, there.c.annual_budget_yuan),
            func.coalesce(interval, USUAL_INTERVAL_DAYS),
            interval.is_not(None),
            case((keeps_interval, duties.c.notice_days)),
            duties.c.rule_document,
            literal(None, Text),
        )
        .select_from(rows.join(work, work.c.number == rows.c.number))
        .outerjoin(there, there.c.record_id == work.c.record_id)
        .outerjoin(duties, duties.c.asset_id == work.c.record_id)
        .outerjoin(lines, body)
        .outerjoin(Region, Region.id == work.c.region_id)
        .where(differs),
    )


def _find_posts(staging: Staging, said: Table) -> None:
    """The post there that the person fills; without a person, the only one of that name."""
    day = staging.context.today
    plain = func.plain_name(said.c.person)
    fits = or_(said.c.phone.is_(None), Person.phone.is_(None), Person.phone == said.c.phone)
    wanted = and_(said.c.new_person, said.c.title.is_not(None))
    there = and_(Post.region_id == said.c.region_id, Post.title == said.c.title, Post.retired_on.is_(None))
    filled = (
        select(said.c.number, func.min(Post.id).label("post_id"))
        .join(Post, there)
        .join(PostHolding, and_(PostHolding.post_id == Post.id, in_force(PostHolding, day)))
        .join(Person, and_(Person.id == PostHolding.person_id, func.plain_name(Person.name) == plain))
        .where(wanted, fits, staging.seen(Post))
        .group_by(said.c.number)
        .subquery("filled")
    )
    session = staging.session
    session.execute(update(said).where(said.c.number == filled.c.number).values(post_id=filled.c.post_id, posts=1))
    alone = (
        select(said.c.number, func.min(Post.id).label("post_id"), func.count().label("posts"))
        .join(Post, there)
        .where(wanted, said.c.person.is_(None), staging.seen(Post))
        .group_by(said.c.number)
        .subquery("alone")
    )
    session.execute(
        update(said)
        .where(said.c.number == alone.c.number)
        .values(post_id=case((alone.c.posts == 1, alone.c.post_id)), posts=alone.c.posts)
    )
    parts = (said.c.region_id, said.c.title, plain, said.c.phone)
    key = func.concat_ws("|", *(func.coalesce(cast(part, Text), "") for part in parts))
    session.execute(update(said).where(wanted, said.c.post_id.is_(None)).values(post_key=key))
    analyze(staging, said)


def _check_terms(staging: Staging, said: Table) -> None:
    day = staging.context.today
    household, nobody = (
        said.c.household,
        and_(
            said.c.body.is_(None),
            said.c.body_party_id.is_(None),
            said.c.title.is_(None),
            said.c.post_id.is_(None),
            said.c.fund_source.is_(None),
        ),
    )
    filled = select(PostHolding.id).where(PostHolding.post_id == said.c.post_id, in_force(PostHolding, day)).exists()
    vacant = and_(said.c.new_person, said.c.title.is_not(None), said.c.person.is_(None), ~filled)
    known = select(Term.code).where(Term.kind == "fund_source", in_force(Term, day))
    anything = select(Term.id).where(Term.kind == "fund_source").exists()
    odd = and_(
        said.c.fund_source.is_not(None),
        said.c.fund_source.not_in(known),
        or_(anything, said.c.fund_source.not_in(FUND_SOURCES)),
    )
    gone = func.coalesce(Party.valid_to, Party.retired_on)
    rules = [
        Rule("duty_of_household", "upkeep_body", household),
        Rule("several_duties", "upkeep_body", said.c.duties > 1),
        Rule("duty_needs_keeper", "upkeep_body", and_(~household, nobody)),
        Rule(
            "holder_ambiguous",
            "upkeep_body",
            said.c.several.is_not(None),
            value=said.c.body,
            data={"names": said.c.several},
        ),
        Rule("holder_gone", "upkeep_body", gone <= day, value=said.c.body, data={"day": gone}),
        Rule("term_ended", "upkeep_fund", odd, value=said.c.fund_source),
        Rule("budget_negative", "annual_budget_yuan", said.c.annual_budget_yuan < 0, value=said.c.annual_budget_yuan),
        Rule(
            "budget_needs_fund",
            "upkeep_fund",
            and_(said.c.annual_budget_yuan > 0, said.c.fund_source.is_(None)),
        ),
        Rule(
            "interval_out_of_range",
            "interval_days",
            ~said.c.interval_days.between(1, LONGEST_INTERVAL_DAYS),
            value=said.c.interval_days,
            data={"limit": LONGEST_INTERVAL_DAYS},
        ),
        Rule(
            "interval_assumed",
            "interval_days",
            and_(~household, ~nobody, ~said.c.interval_said),
            severity="note",
            data={"days": USUAL_INTERVAL_DAYS},
        ),
        Rule("phone_alone", "person", and_(said.c.new_person, said.c.phone.is_not(None), said.c.person.is_(None))),
        Rule(
            "person_name_short",
            "person",
            and_(said.c.new_person, ~func.char_length(said.c.person).between(2, LONGEST_NAME)),
            data={"limit": LONGEST_NAME},
        ),
        Rule("post_several", "post", and_(vacant, said.c.posts > 1), value=said.c.title),
        Rule("post_vacant", "post", and_(vacant, said.c.posts <= 1), severity="doubt", value=said.c.title),
    ]
    tell_all(staging, rules, said.c.number, said.outerjoin(Party, Party.id == said.c.body_party_id))


def notice_days(said: Table) -> Any:
    """When notice is given of an inspection, where nothing says so."""
    usual = func.least(USUAL_NOTICE_DAYS, func.floor(said.c.interval_days / 3))
    return func.coalesce(said.c.notice_days, cast(usual, Integer))
