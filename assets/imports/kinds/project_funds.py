"""Whether the money of a ledger adds up: paid ≤ arranged ≤ received, each with its day and document."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, and_, func, or_, select

from assets.imports.kinds.project_checks import spoken
from assets.imports.kinds.project_documents import FAR, check_documents, may_arrange
from assets.imports.problems import declare
from assets.imports.staging import Staging
from assets.imports.telling import Rule, tell_all
from assets.projects.fees import FEE_SOURCES
from assets.projects.models import Allocation, CarryOver, Payment, Project
from assets.terms.thresholds import threshold_at

declare(
    {
        "fund_needed": "Please give the number of the fund document that the money comes from.",
        "fund_amount": "Please enter an amount of more than zero.",
        "fund_day_needed": "Please give the day as well.",
        "fund_day_future": "{day} is still to come.",
        "fund_before_received": "The money was only received on {day}.",
        "fund_before_first": "It cannot be before the money was arranged, on {day}.",
        "fund_below_paid": "{paid} yuan are paid already; less cannot stay arranged.",
        "fund_ended": "“{name}” was ended; no more money can be arranged for it.",
        "fund_excess": "Only {free} yuan of this document are left: {excess} yuan too much.",
        "fund_fee": "At most {most} yuan of this document may become management fee: {excess} yuan too much.",
        "fund_paid_less": "{paid} yuan are paid already. Please correct payments on the page of the document.",
        "fund_before_arranged": "The money was only arranged on {day}.",
        "fund_closed": "The year {year} of this document was closed; open it again first.",
        "fund_fill": "Please fill this in.",
        "fund_overpaid": "Only {left} of {arranged} yuan arranged are left: {excess} yuan too much.",
        "fund_overspent": "Only {left} yuan of the document are unspent: {excess} yuan too much.",
    }
)


def check_funds(staging: Staging, work: Table, funds: Table, money: Table) -> None:
    """Tell whatever is wrong with fund documents, what is arranged from them and what is paid."""
    check_documents(staging, funds)
    _check_unnamed(staging)
    _check_arranged(staging, work, funds, money)
    _check_paid(staging, funds, money)
    _check_sums(staging, funds, money)
    _check_fees(staging, work, funds, money)


def _check_unnamed(staging: Staging) -> None:
    """Sums that lists export come back without a document: they say nothing new, or need one."""
    rows = staging.rows
    arranged = (
        select(func.sum(Allocation.arranged_yuan))
        .where(Allocation.project_id == rows.c.record_id, staging.seen(Allocation))
        .correlate(rows)
        .scalar_subquery()
    )
    paid = (
        select(func.sum(Payment.paid_yuan))
        .join(Allocation, Allocation.id == Payment.allocation_id)
        .where(Allocation.project_id == rows.c.record_id, staging.seen(Allocation))
        .correlate(rows)
        .scalar_subquery()
    )
    rules = [
        Rule(
            "fund_needed",
            "fund_number",
            or_(
                func.coalesce(rows.c.arranged_yuan, 0) != func.coalesce(arranged, 0),
                func.coalesce(rows.c.paid_yuan, 0) != func.coalesce(paid, 0),
            ),
        )
    ]
    said = or_(rows.c.arranged_yuan.is_not(None), rows.c.paid_yuan.is_not(None), rows.c.received_yuan.is_not(None))
    tell_all(staging, rules, rows.c.number, rows, rows.c.fund_number.is_(None), said)


def _joined(staging: Staging, funds: Table, money: Table) -> Any:
    rows = staging.rows
    return rows.join(money, money.c.row_number == rows.c.number).join(funds, funds.c.key == money.c.key)


def _check_arranged(staging: Staging, work: Table, funds: Table, money: Table) -> None:
    rows, today = staging.rows, staging.context.today
    more = money.c.arranged - money.c.was_arranged
    day = rows.c.arranged_on
    first = money.c.first_id.is_(None)
    budget = work.c.budget_yuan
    far = and_(budget > 0, or_(more * FAR <= budget, more >= budget * FAR))
    ended = or_(Project.stage == "terminated")
    rules = [
        Rule("fund_amount", "arranged_yuan", or_(money.c.arranged < 0, and_(first, money.c.arranged <= 0))),
        Rule("fund_day_needed", "arranged_on", and_(more != 0, day.is_(None))),
        Rule("fund_day_future", "arranged_on", and_(more != 0, day > today), value=day, data={"day": day}),
        Rule(
            "fund_before_received",
            "arranged_on",
            and_(more != 0, day < funds.c.received_on),
            value=day,
            data={"day": funds.c.received_on},
        ),
        Rule(
            "fund_before_first",
            "arranged_on",
            and_(more != 0, ~first, day < money.c.first_on),
            value=day,
            data={"day": money.c.first_on},
        ),
        Rule(
            "fund_below_paid",
            "arranged_yuan",
            and_(more < 0, money.c.arranged < money.c.was_paid),
            value=rows.c.arranged_yuan,
            data={"paid": spoken(money.c.was_paid)},
        ),
        Rule("fund_ended", "arranged_yuan", and_(more > 0, ended), data={"name": work.c.name}),
        Rule(
            "fund_unit",
            "arranged_yuan",
            and_(more > 0, far),
            "doubt",
            value=rows.c.arranged_yuan,
            data={"amount": spoken(more), "usual": spoken(budget)},
        ),
        Rule(
            "fund_not_yours",
            "fund_number",
            and_(
                or_(more != 0, money.c.paid != money.c.was_paid),
                ~funds.c.is_new,
                ~may_arrange(staging, funds.c.region_path),
            ),
            data={"number": funds.c.number},
        ),
    ]
    source = (
        _joined(staging, funds, money)
        .join(work, work.c.number == money.c.lead)
        .outerjoin(Project, Project.id == work.c.record_id)
    )
    tell_all(staging, rules, rows.c.number, source)


def _check_paid(staging: Staging, funds: Table, money: Table) -> None:
    rows, today = staging.rows, staging.context.today
    more = money.c.paid - money.c.was_paid
    day = rows.c.paid_on
    closed = (
        select(func.max(CarryOver.year))
        .where(CarryOver.fund_document_id == funds.c.document_id, CarryOver.year >= func.extract("year", day))
        .correlate(funds, rows)
        .scalar_subquery()
    )
    left = money.c.arranged - money.c.was_paid
    kept = func.greatest(left, 0)
    rules = [
        Rule("fund_amount", "paid_yuan", rows.c.paid_yuan < 0, value=rows.c.paid_yuan),
        Rule(
            "fund_paid_less",
            "paid_yuan",
            and_(more < 0, rows.c.paid_yuan >= 0),
            value=rows.c.paid_yuan,
            data={"paid": spoken(money.c.was_paid)},
        ),
        Rule("fund_day_needed", "paid_on", and_(more > 0, day.is_(None))),
        Rule("fund_day_future", "paid_on", and_(more > 0, day > today), value=day, data={"day": day}),
        Rule(
            "fund_before_arranged",
            "paid_on",
            and_(more > 0, day < money.c.first_on),
            value=day,
            data={"day": money.c.first_on},
        ),
        Rule("fund_closed", "paid_on", and_(more > 0, closed.is_not(None)), value=day, data={"year": closed}),
        *(
            Rule("fund_fill", name, and_(more > 0, func.coalesce(func.trim(rows.c[name]), "") == ""))
            for name in ("voucher", "payee")
        ),
        Rule(
            "fund_overpaid",
            "paid_yuan",
            and_(more > 0, more > left, rows.c.excess_reason.is_(None)),
            "doubt",
            value=rows.c.paid_yuan,
            data={"left": spoken(kept), "arranged": spoken(money.c.arranged), "excess": spoken(more - kept)},
        ),
    ]
    tell_all(staging, rules, rows.c.number, _joined(staging, funds, money))


def _check_sums(staging: Staging, funds: Table, money: Table) -> None:
    """What all rows together take from a document; told at every row that takes more of it."""
    rows = staging.rows
    arranged, paid = money.c.arranged - money.c.was_arranged, money.c.paid - money.c.was_paid
    sums = (
        select(money.c.key, func.sum(arranged).label("arranged"), func.sum(paid).label("paid"))
        .group_by(money.c.key)
        .subquery("sums")
    )
    usable = funds.c.received_yuan - funds.c.taken_back
    free, unspent = usable - funds.c.arranged, usable - funds.c.paid
    unexplained = rows.c.excess_reason.is_(None)
    rules = [
        Rule(
            "fund_excess",
            "arranged_yuan",
            and_(arranged > 0, sums.c.arranged > free, unexplained),
            "doubt",
            value=rows.c.arranged_yuan,
            data={
                "free": spoken(func.greatest(free, 0)),
                "excess": spoken(sums.c.arranged - func.greatest(free, 0)),
            },
        ),
        Rule(
            "fund_overspent",
            "paid_yuan",
            and_(paid > 0, sums.c.paid > unspent, unexplained),
            "doubt",
            value=rows.c.paid_yuan,
            data={
                "left": spoken(func.greatest(unspent, 0)),
                "excess": spoken(sums.c.paid - func.greatest(unspent, 0)),
            },
        ),
    ]
    source = _joined(staging, funds, money).join(sums, sums.c.key == money.c.key)
    tell_all(staging, rules, rows.c.number, source)


def _check_fees(staging: Staging, work: Table, funds: Table, money: Table) -> None:
    """The share of a document that may become management fee."""
    rows = staging.rows
    more = money.c.arranged - money.c.was_arranged
    code = func.concat("management_fee_share_", funds.c.source)
    share = threshold_at(code, funds.c.region_path, staging.context.today)
    most = func.trunc(share * funds.c.received_yuan, 2)
    before = (
        select(func.coalesce(func.sum(Allocation.arranged_yuan), 0))
        .join(Project, Project.id == Allocation.project_id)
        .where(
            Allocation.fund_document_id == funds.c.document_id,
            Project.category == "management_fee",
            staging.seen(Allocation),
        )
        .correlate(funds)
        .scalar_subquery()
    )
    fees = (
        select(money.c.key, func.sum(more).label("more"))
        .join(work, work.c.number == money.c.lead)
        .where(work.c.category == "management_fee")
        .group_by(money.c.key)
        .subquery("fees")
    )
    rule = Rule(
        "fund_fee",
        "arranged_yuan",
        and_(before + fees.c.more > most, rows.c.excess_reason.is_(None)),
        "doubt",
        value=rows.c.arranged_yuan,
        data={"most": spoken(most), "excess": spoken(before + fees.c.more - most)},
    )
    source = (
        _joined(staging, funds, money)
        .join(work, and_(work.c.number == money.c.lead, work.c.category == "management_fee"))
        .join(fees, fees.c.key == money.c.key)
    )
    tell_all(staging, [rule], rows.c.number, source, more > 0, funds.c.source.in_(FEE_SOURCES))
