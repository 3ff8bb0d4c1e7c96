"""What the register says of the assets that rows name, in the form in which rows say it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from assets.imports.kinds.asset_fields import CODE_FIELDS
from assets.imports.kinds.asset_work import COLUMNS
from assets.imports.staging import Staging
from assets.maintenance.models import Duty
from assets.ownership.models import Contract, Right
from assets.ownership.queries import in_force
from assets.parties.models import Party, Person, Post, PostHolding
from assets.projects.models import Project
from assets.registry.models import Asset, OutsideCode, ValueEvent
from assets.vocabulary import FUND_SOURCES, SHARED_RIGHTS

# Fields that name holders, by the right they hold.
RIGHT_FIELDS = {
    "owner": "ownership",
    "income_holders": "income",
    "operator": "operation",
    "supervisor": "supervision",
}
DUTY_FIELDS = ("upkeep_body", "post", "person", "phone", "upkeep_fund", "annual_budget_yuan", "interval_days")


def existing(staging: Staging) -> Select[Any]:
    """The assets of the viewer with everything a row can say of them.

    What is gathered from several rows is joined by a unique key, so that a reader who wants few of
    the columns pays for those alone.
    """
    named = select(staging.rows.c.record_id).where(staging.rows.c.record_id.is_not(None))
    day = staging.context.today
    worth, held, run, kept = _worth(named), _held(named, day), _run(named, day), _kept(named, day)
    chosen: list[Any] = [Asset.id.label("record_id"), Asset.revision, Asset.code]
    chosen += [getattr(Asset, name).label(name) for name in COLUMNS]
    chosen += [worth.c.original_value_yuan, worth.c.fund_source]
    chosen += [func.coalesce(worth.c[f"fund_{one}"], 0).label(f"fund_{one}") for one in FUND_SOURCES]
    chosen += [Project.code.label("project_code"), Project.name.label("project"), Project.year.label("project_year")]
    chosen += [held.c.owner, held.c.income_holders, held.c.supervisor]
    chosen += [func.coalesce(run.c.operator, held.c.operator).label("operator")]
    chosen += [kept.c[name] for name in DUTY_FIELDS]
    statement = select(*chosen).outerjoin(worth, worth.c.asset_id == Asset.id)
    statement = statement.outerjoin(Project, and_(Project.id == worth.c.project_id, worth.c.project_id.is_not(None)))
    for each in (held, run, kept):
        statement = statement.outerjoin(each, each.c.asset_id == Asset.id)
    for key, system in CODE_FIELDS.items():
        said = select(OutsideCode.asset_id, OutsideCode.code).where(OutsideCode.system == system)
        code = said.subquery(f"of_{system}")
        statement = statement.add_columns(code.c.code.label(key)).outerjoin(code, code.c.asset_id == Asset.id)
    return statement


def _worth(named: Select[Any]) -> Any:
    """What the assets cost, whole and by source; source and project where there is one."""

    def only(column: Any) -> Any:
        return case((func.count(column.distinct()) == 1, func.min(column)))

    return (
        select(
            ValueEvent.asset_id,
            func.sum(ValueEvent.amount_yuan).label("original_value_yuan"),
            only(ValueEvent.fund_source).label("fund_source"),
            only(ValueEvent.project_id).label("project_id"),
            *(
                func.sum(ValueEvent.amount_yuan).filter(ValueEvent.fund_source == one).label(f"fund_{one}")
                for one in FUND_SOURCES
            ),
        )
        .where(ValueEvent.asset_id.in_(named))
        .group_by(ValueEvent.asset_id)
        .subquery("worth")
    )


def share_text(name: Any, numerator: Any, denominator: Any) -> Any:
    """A holder with its share, as the cells of a ledger say it."""
    return func.concat(name, " ", numerator, "/", denominator)


def holder_list(field: str, name: Any, numerator: Any, denominator: Any, here: ColumnElement[bool]) -> Any:
    """All holders of a field in one text: the largest share first, then by name."""
    plain = cast(name, Text).collate("C")
    if RIGHT_FIELDS.get(field) in SHARED_RIGHTS:
        ratio = -1.0 * numerator / denominator
        text: Any = share_text(name, numerator, denominator)
        between = aggregate_order_by(literal("、"), ratio, plain)
    else:
        text, between = cast(name, Text), aggregate_order_by(literal("、"), plain)
    return func.string_agg(text, between, type_=Text()).filter(here)


def _held(named: Select[Any], day: Any) -> Any:
    parts = (Party.name, Right.share_numerator, Right.share_denominator)
    lists = [holder_list(field, *parts, Right.kind == kind).label(field) for field, kind in RIGHT_FIELDS.items()]
    return (
        select(Right.asset_id, *lists)
        .join(Party, Party.id == Right.party_id)
        .where(Right.asset_id.in_(named), in_force(Right, day), Right.kind.in_(RIGHT_FIELDS.values()))
        .group_by(Right.asset_id)
        .subquery("held")
    )


def _run(named: Select[Any], day: Any) -> Any:
    """Who operates by contract: lists show that one."""
    latest = aggregate_order_by(Party.name, Contract.starts_on.desc())
    return (
        select(Contract.asset_id, cast(func.array_agg(latest)[1], Text).label("operator"))
        .join(Party, Party.id == Contract.party_id)
        .where(
            Contract.asset_id.in_(named),
            Contract.starts_on <= day,
            Contract.ends_on > day,
            or_(Contract.ended_early_on.is_(None), Contract.ended_early_on > day),
        )
        .group_by(Contract.asset_id)
        .subquery("run")
    )


def _kept(named: Select[Any], day: Any) -> Any:
    """The upkeep in force; of several duties the texts one after the other, as lists show them."""

    def listed(column: Any) -> Any:
        return func.string_agg(column.distinct(), "、", type_=Text())

    return (
        select(
            Duty.asset_id,
            listed(Party.name).label("upkeep_body"),
            listed(Post.title).label("post"),
            listed(Person.name).label("person"),
            listed(Person.phone).label("phone"),
            listed(Duty.fund_source).label("upkeep_fund"),
            case((func.count(Duty.id.distinct()) == 1, func.min(Duty.annual_budget_yuan))).label("annual_budget_yuan"),
            case((func.count(Duty.id.distinct()) == 1, func.min(Duty.interval_days))).label("interval_days"),
        )
        .outerjoin(Party, Party.id == Duty.body_party_id)
        .outerjoin(Post, Post.id == Duty.post_id)
        .outerjoin(PostHolding, and_(PostHolding.post_id == Duty.post_id, in_force(PostHolding, day)))
        .outerjoin(Person, Person.id == PostHolding.person_id)
        .where(Duty.asset_id.in_(named), in_force(Duty, day))
        .group_by(Duty.asset_id)
        .subquery("kept")
    )
