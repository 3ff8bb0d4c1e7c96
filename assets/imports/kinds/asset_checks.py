"""Whether the records would be in order: the rules of :mod:`assets.registry.rules`, for all rows at once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, literal, not_, or_, select

from assets.editing import WRITERS
from assets.imports.kinds.asset_work import COLUMNS, news
from assets.imports.problems import declare
from assets.imports.staging import Staging
from assets.imports.telling import Rule, faultless, tell_all
from assets.registry.beginning import FIRST_DAY
from assets.registry.models import OperatingPeriod, ValueEvent
from assets.registry.rules import LONGEST_LIFE_YEARS, LONGEST_NAME, LONGEST_TEXT
from assets.scope import Viewer, viewer_of
from assets.terms.models import Term

declare(
    {
        "name_needed": "Please fill in a name of 2 to {limit} characters.",
        "too_long": "This is too long: {limit} characters at most.",
        "class_needed": "Please say which class the asset is of: earning, public-benefit or household.",
        "not_your_sector": "Your account keeps only the records of its own sectors.",
        "term_ended": "“{value}” is not in the list of today. Please choose one of the list.",
        "type_of_class": "This type usually belongs to another class. Please check both, or confirm them.",
        "class_of_certified": "The asset was certified with its present class on {day}. "
        "Please check, or confirm that the decision says otherwise.",
        "quantity_not_positive": "A quantity is more than 0. Please correct it.",
        "unit_needed": "Please say in which unit the quantity is.",
        "quantity_needed": "Please fill in the quantity that goes with the unit.",
        "one_lot": "“1 lot” (1批) cannot be counted at a stock-take. Please say it in pieces, or confirm.",
        "life_out_of_range": "A useful life is 1 to {limit} years. Please correct it.",
        "day_to_come": "{value} is still to come. Please correct the day.",
        "day_too_early": "{value} is too early: assistance assets exist since {first}. Please correct the day.",
        "handed_over_before_built": "It was built on {built}; it cannot be handed over before. "
        "Please correct one of the days.",
        "certified_before_built": "It was built on {built}; it cannot be certified before. "
        "Please correct one of the days.",
        "certified_in_construction": "What is still under construction cannot be certified. "
        "Please correct one of the two.",
        "disposal_apart": "A disposal has its own procedure, apart from ledgers. Please say how the asset runs.",
        "status_day": "The operating status begins on a day from {first} to {last}. Please correct it.",
        "status_later": "Its operating status is entered for {day} already; please correct that on its page.",
        "asset_withdrawn": "“{name}” was withdrawn on {day}. It can be read, not changed.",
        "asset_disposed": "“{name}” has been disposed of. It can be read, not changed.",
        "asset_not_yours": "“{name}” is not yours to change. Please leave this row to whoever keeps it.",
        "recorded_before": "Its value or operating status is recorded for {day} already, before it would begin. "
        "Please set that right first.",
    }
)
_TEXTS = ("unit", "specification", "certificate", "source")


def check_records(staging: Staging, work: Table) -> None:
    """Names, classes, sizes and days of every row."""
    rules = [*_words(staging, work), *_sizes(work), *_days(staging, work), *_running(staging, work)]
    tell_all(staging, rules, work.c.number, work)
    _check_terms(staging, work)
    _check_sectors(staging, work)
    _check_beginning(staging, work)
    _check_statuses(staging, work)


def _words(staging: Staging, work: Table) -> list[Rule]:
    name_length = func.char_length(work.c.name)
    missing_name = or_(work.c.name.is_(None), name_length < 2)
    rules = [
        Rule(
            "name_needed",
            "name",
            and_(missing_name, faultless(staging, work.c.number, "name")),
            value=work.c.name,
            data={"limit": LONGEST_NAME},
        ),
        Rule("too_long", "name", name_length > LONGEST_NAME, value=work.c.name, data={"limit": LONGEST_NAME}),
        Rule(
            "class_needed",
            "asset_class",
            and_(work.c.asset_class.is_(None), faultless(staging, work.c.number, "asset_class")),
        ),
        Rule(
            "class_of_certified",
            "asset_class",
            and_(work.c.was_certified_on.is_not(None), work.c.asset_class.is_distinct_from(work.c.was_asset_class)),
            severity="doubt",
            value=work.c.asset_class,
            data={"day": work.c.was_certified_on},
        ),
    ]
    rules += [
        Rule("too_long", name, func.char_length(work.c[name]) > LONGEST_TEXT, data={"limit": LONGEST_TEXT})
        for name in _TEXTS
    ]
    return rules


def _sizes(work: Table) -> list[Rule]:
    fresh = news(work, "quantity", "unit")
    quantity, unit, life = work.c.quantity, work.c.unit, work.c.useful_life_years
    return [
        Rule("quantity_not_positive", "quantity", and_(fresh, quantity <= 0), value=quantity),
        Rule("unit_needed", "unit", and_(fresh, quantity > 0, unit.is_(None))),
        Rule("quantity_needed", "quantity", and_(fresh, unit.is_not(None), quantity.is_(None))),
        Rule("one_lot", "quantity", and_(fresh, unit == "批", quantity == 1), severity="doubt", value="1批"),
        Rule(
            "life_out_of_range",
            "useful_life_years",
            and_(news(work, "useful_life_years"), not_(life.between(1, LONGEST_LIFE_YEARS))),
            value=life,
            data={"limit": LONGEST_LIFE_YEARS},
        ),
    ]


def _days(staging: Staging, work: Table) -> list[Rule]:
    today = staging.context.today
    rules = []
    for name in ("built_on", "handed_over_on", "certified_on"):
        day, fresh = work.c[name], news(work, name)
        rules.append(Rule("day_to_come", name, and_(fresh, day > today), value=day))
        rules.append(
            Rule("day_too_early", name, and_(fresh, day < FIRST_DAY), value=day, data={"first": FIRST_DAY.isoformat()})
        )
    built, handed, certified = work.c.built_on, work.c.handed_over_on, work.c.certified_on
    told = {"built": built}
    rules += [
        Rule(
            "handed_over_before_built",
            "handed_over_on",
            and_(built > handed, news(work, "built_on", "handed_over_on")),
            value=handed,
            data=told,
        ),
        Rule(
            "certified_before_built",
            "certified_on",
            and_(work.c.start > certified, news(work, "built_on", "handed_over_on", "certified_on")),
            value=certified,
            data={"built": work.c.start},
        ),
        Rule(
            "certified_in_construction",
            "certified_on",
            and_(
                certified.is_not(None),
                news(work, "certified_on"),
                work.c.operating_status == "under_construction",
            ),
            value=certified,
        ),
    ]
    return rules


def _running(staging: Staging, work: Table) -> list[Rule]:
    today = staging.context.today
    since = work.c.operating_since
    fresh = news(work, "operating_status")
    return [
        Rule(
            "disposal_apart",
            "operating_status",
            and_(fresh, work.c.operating_status == "disposed"),
            value=work.c.operating_status,
        ),
        Rule(
            "status_day",
            "operating_since",
            and_(fresh, since.is_not(None), not_(since.between(work.c.start, today))),
            value=since,
            data={"first": work.c.start, "last": today.isoformat()},
        ),
    ]


def _check_terms(staging: Staging, work: Table) -> None:
    """Whether terms hold today, and a type belongs to the class."""
    for name, kind in (("type", "asset_type"), ("sector", "sector")):
        term = select(Term.code, func.min(Term.parent_code).label("parent_code")).where(
            Term.kind == kind,
            Term.valid_from <= staging.context.today,
            or_(Term.valid_to.is_(None), Term.valid_to > staging.context.today),
        )
        held = term.group_by(Term.code).subquery()
        fresh = and_(work.c[name].is_not(None), news(work, name))
        rules = [Rule("term_ended", name, and_(fresh, held.c.code.is_(None)), value=work.c[name])]
        if name == "type":
            odd = held.c.parent_code != work.c.asset_class
            rules.append(Rule("type_of_class", name, and_(fresh, odd), severity="doubt", value=work.c[name]))
        tell_all(staging, rules, work.c.number, work.outerjoin(held, held.c.code == work.c[name]))


def _check_sectors(staging: Staging, work: Table) -> None:
    """Only sectors that the viewer keeps; which places are the viewer's is told with the regions."""
    viewer = viewer_of(staging.session)
    here = _may(viewer, work.c.region_path, None)
    fully = _may(viewer, work.c.region_path, work.c.sector)
    foreign = and_(news(work, "region_id", "sector"), here, ~fully)
    tell_all(staging, [Rule("not_your_sector", "sector", foreign, value=work.c.sector)], work.c.number, work)


def _may(viewer: Viewer, path: Any, sector: Any) -> Any:
    """The criterion that the viewer may write what lies at ``path``; see :meth:`Viewer.may`."""
    if viewer.unbounded:
        return literal(True)
    clauses = []
    for reach in viewer.reaches:
        if reach.role not in WRITERS:
            continue
        inside = path.startswith(reach.path, autoescape=True)
        if reach.sectors is not None and sector is not None:
            inside = and_(inside, or_(sector.is_(None), sector.in_(sorted(reach.sectors))))
        clauses.append(inside)
    return func.coalesce(or_(*clauses), False) if clauses else literal(False)


def may_write(staging: Staging, path: Any, sector: Any) -> Any:
    """The criterion that the viewer may write a record of ``sector`` at ``path``."""
    return _may(viewer_of(staging.session), path, sector)


def _check_beginning(staging: Staging, work: Table) -> None:
    """What is recorded of an asset lies within its time when it begins later."""
    later = and_(work.c.is_new.is_(False), work.c.start > work.c.was_start)
    days = (
        select(ValueEvent.asset_id, ValueEvent.occurred_on.label("day"), literal(0).label("slack"))
        .where(staging.seen(ValueEvent))
        .union_all(
            select(OperatingPeriod.asset_id, OperatingPeriod.valid_from, literal(1)).where(
                staging.seen(OperatingPeriod)
            )
        )
        .subquery("days")
    )
    first = (
        select(work.c.number, func.min(days.c.day).label("day"))
        .join(days, days.c.asset_id == work.c.record_id)
        .where(later, days.c.day > work.c.was_start, days.c.day < work.c.start + days.c.slack)
        .group_by(work.c.number)
        .subquery("first")
    )
    rule = Rule("recorded_before", "built_on", literal(True), value=work.c.built_on, data={"day": first.c.day})
    tell_all(staging, [rule], work.c.number, work.join(first, first.c.number == work.c.number))


def _check_statuses(staging: Staging, work: Table) -> None:
    """A later entry would stand above what the row says."""
    since = func.coalesce(work.c.operating_since, staging.context.today)
    later = (
        select(work.c.number, func.max(OperatingPeriod.valid_from).label("day"))
        .join(OperatingPeriod, OperatingPeriod.asset_id == work.c.record_id)
        .where(work.c.operating_status != work.c.was_operating_status, OperatingPeriod.valid_from > since)
        .group_by(work.c.number)
        .subquery("later")
    )
    rule = Rule("status_later", "operating_status", literal(True), value=since, data={"day": later.c.day})
    tell_all(staging, [rule], work.c.number, work.join(later, later.c.number == work.c.number))


def check_changeable(staging: Staging, work: Table, otherwise: ColumnElement[bool]) -> None:
    """What is gone stays as it was, and what others keep is theirs; a row that says nothing new may name it.

    ``otherwise`` is the criterion that a row says something new beside the record itself.
    """
    other = and_(work.c.is_new.is_(False), or_(otherwise, *(_differs(work, name) for name in COLUMNS)))
    viewer = viewer_of(staging.session)
    gone = or_(work.c.disposed_on.is_not(None), work.c.was_operating_status == "disposed")
    named = {"name": work.c.was_name}
    rules = [
        Rule("asset_withdrawn", None, work.c.retired_on.is_not(None), data=named | {"day": work.c.retired_on}),
        Rule("asset_disposed", None, and_(work.c.retired_on.is_(None), gone), data=named),
        Rule("asset_not_yours", None, ~_may(viewer, work.c.was_path, work.c.was_sector), data=named),
    ]
    tell_all(staging, rules, work.c.number, work, other)


def _differs(work: Table, name: str) -> ColumnElement[bool]:
    differs: ColumnElement[bool] = work.c[name].is_distinct_from(work.c[f"was_{name}"])
    return differs
