"""What a duty may say."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from assets.checking import Checks
from assets.maintenance.models import Duty
from assets.ownership.queries import in_force
from assets.parties.models import Party, Post, PostHolding
from assets.parties.visibility import may_see
from assets.registry.models import Asset
from assets.terms.models import Term
from assets.vocabulary import FUND_SOURCES

LONGEST_INTERVAL_DAYS = 3650
USUAL_NOTICE_DAYS = 30
LONGEST_RULE = 200
LATEST_BEGINNING = dt.timedelta(days=366)


@dataclasses.dataclass(frozen=True)
class DutyTerms:
    """Who keeps an asset, with which money, and how often it is inspected.

    ``notice_days`` None: thirty days, or a third of a shorter interval.
    """

    body_party_id: int | None
    post_id: int | None
    fund_source: str | None
    annual_budget_yuan: Decimal | None
    rule_document: str | None
    interval_days: int | None
    notice_days: int | None

    def columns(self) -> dict[str, Any]:
        """The columns of a duty."""
        found = dataclasses.asdict(self)
        found["fund_source"] = self.fund_source or None
        found["rule_document"] = " ".join((self.rule_document or "").replace("\x00", " ").split()) or None
        if self.notice_days is None and self.interval_days:
            found["notice_days"] = min(USUAL_NOTICE_DAYS, self.interval_days // 3)
        return found


def check_terms(
    checks: Checks, session: Session, terms: DutyTerms, valid_from: dt.date, *, before: Duty | None = None
) -> dict[str, Any]:
    """Everything but the asset and the days; the columns as they would be. What ``before`` says already stands."""
    columns = terms.columns()

    def news(name: str) -> bool:
        return columns[name] is not None and (before is None or columns[name] != getattr(before, name))

    if not (columns["body_party_id"] or columns["post_id"] or columns["fund_source"]):
        checks.refuse("body_party_id", "Please fill in the upkeep body, the post or the money, at least one of them.")
    if news("body_party_id"):
        _check_body(checks, session, columns["body_party_id"], valid_from)
    if news("post_id"):
        _check_post(checks, session, columns["post_id"], valid_from)
    if news("fund_source") and not _is_fund(session, columns["fund_source"], valid_from):
        checks.refuse("fund_source", "Please choose where the upkeep money comes from.")
    if (budget := columns["annual_budget_yuan"]) is not None:
        if budget < 0:
            checks.refuse("annual_budget_yuan", "An amount below zero is not possible here.")
        elif budget and not columns["fund_source"]:
            checks.refuse("fund_source", "Please choose where the upkeep money comes from.")
    if columns["rule_document"] and len(columns["rule_document"]) > LONGEST_RULE:
        message = "This is too long: {length} characters, {limit} at most."
        checks.refuse("rule_document", message, length=len(columns["rule_document"]), limit=LONGEST_RULE)
    interval, notice = columns["interval_days"], columns["notice_days"]
    if interval is None or not 1 <= interval <= LONGEST_INTERVAL_DAYS:
        message = "Please fill in how often it is inspected: every 1 to {limit} days."
        checks.refuse("interval_days", message, limit=LONGEST_INTERVAL_DAYS)
    elif not 0 <= notice < interval:
        message = "Notice is given 0 to {limit} days before an inspection is due, less than the interval."
        checks.refuse("notice_days", message, limit=interval - 1)
    return columns


def check_days(checks: Checks, start: dt.date, valid_from: dt.date, valid_to: dt.date | None, today: dt.date) -> None:
    """Not before the asset, at most a year ahead, and at least one day long."""
    if valid_from < start:
        message = "The asset exists since {start}; nobody can keep it from {day} on."
        checks.refuse("valid_from", message, start=start, day=valid_from)
    elif valid_from > today + LATEST_BEGINNING:
        message = "{value} is still to come: {limit} at the latest."
        checks.refuse("valid_from", message, value=valid_from, limit=today + LATEST_BEGINNING)
    elif valid_from > today:
        message = "{day} is still to come. Does the duty begin only then?"
        checks.doubt("begins_later", "valid_from", message, day=valid_from)
    if valid_to is not None and valid_to <= valid_from:
        checks.refuse("valid_to", "The last day must lie after the first.")


def check_asset(checks: Checks, asset: Asset) -> None:
    """What households were given, they keep."""
    if asset.asset_class == "household":
        checks.refuse("", "What was given to households they keep themselves; it takes no upkeep duty.")


def check_double(
    checks: Checks,
    session: Session,
    asset_id: int,
    columns: dict[str, Any],
    valid_from: dt.date,
    valid_to: dt.date | None,
    *,
    but: int | None = None,
) -> None:
    """The same body and post keep an asset once."""
    same = select(Duty.valid_from).where(
        Duty.asset_id == asset_id,
        Duty.body_party_id.is_not_distinct_from(columns["body_party_id"]),
        Duty.post_id.is_not_distinct_from(columns["post_id"]),
        Duty.fund_source.is_not_distinct_from(columns["fund_source"]),
        or_(Duty.valid_to.is_(None), Duty.valid_to > valid_from),
    )
    if valid_to is not None:
        same = same.where(Duty.valid_from < valid_to)
    if but is not None:
        same = same.where(Duty.id != but)
    since = session.scalar(same.limit(1))
    if since is not None:
        message = "The same body and post have this duty since {day}. Correct or end that one."
        checks.refuse("valid_from", message, day=since)


def _check_body(checks: Checks, session: Session, party_id: int, day: dt.date) -> None:
    party = session.get(Party, party_id)
    if party is None or not may_see(session, party_id):
        checks.refuse("body_party_id", "Please choose a holder, or enter a new one.")
        return
    gone = party.valid_to or party.retired_on
    if gone is not None and gone <= day:
        successor = session.get(Party, party.successor_id) if party.successor_id else None
        message = (
            "“{name}” ended on {day}; please choose its successor."
            if successor is None
            else ("“{name}” ended on {day} and became “{successor}”; please choose that.")
        )
        checks.refuse(
            "body_party_id", message, name=party.name, day=gone, successor=successor.name if successor else ""
        )


def _check_post(checks: Checks, session: Session, post_id: int, day: dt.date) -> None:
    post = session.scalars(select(Post).where(Post.id == post_id)).first()
    filled = select(PostHolding.id).where(PostHolding.post_id == post_id, in_force(PostHolding, day))
    if post is None:
        checks.refuse("post_id", "Please choose a post.")
    elif post.retired_on is not None and post.retired_on <= day:
        message = "The post “{name}” was given up on {day}; please choose another."
        checks.refuse("post_id", message, name=post.title, day=post.retired_on)
    elif session.scalar(filled.limit(1)) is None:
        checks.doubt(
            "vacant_post",
            "post_id",
            "Nobody fills the post “{name}” on {day}; the asset will show as without a person responsible. Go on?",
            name=post.title,
            day=day,
        )


def _is_fund(session: Session, code: str, day: dt.date) -> bool:
    known = select(Term.id).where(Term.kind == "fund_source", Term.code == code, in_force(Term, day))
    anything = select(Term.id).where(Term.kind == "fund_source").limit(1)
    return session.scalar(known) is not None or (session.scalar(anything) is None and code in FUND_SOURCES)
