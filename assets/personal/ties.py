"""What names a person: posts, households, holders with their rights, duties and contracts, visits.

One statement for one person and for everybody, so that a page, a refusal to erase and the nightly
retention never disagree on what still needs somebody's values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Subquery,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from assets.accounts.models import Account
from assets.db import OFFICE_ZONE
from assets.maintenance.models import Duty, Inspection
from assets.ownership.models import Contract, Right
from assets.parties.models import Party, Person, Post, PostHolding
from assets.regions.models import Region
from assets.registry.models import Asset, HouseholdItem
from assets.scope import ScopedSession, Viewer, bind_viewer
from assets.terms.thresholds import threshold_at

AFTER_END: Final = "personal_months_after_end"
HOUSEHOLD: Final = "personal_months_household"
# A body's contact may change at any time; all else needs the person it names while it lasts.
YIELDING: Final = frozenset({"contact"})


def ties(day: dt.date, person_id: int | None = None) -> Subquery:
    """Every tie of everybody, or of one person, as far as the session's viewer sees the records.

    Columns: person_id, kind, table_name and record_id of the record to open, name, region_path,
    sector, since, until (empty while it lasts), kept_until (empty: without an end).
    """
    seat = select(Region.region_path).where(Region.id == Party.region_id).scalar_subquery()
    holding = (
        (Right, Right.valid_from, Right.valid_to, Right.party_id, "right"),
        (Duty, Duty.valid_from, Duty.valid_to, Duty.body_party_id, "duty"),
        (Contract, Contract.starts_on, _contract_end(), Contract.party_id, "contract"),
    )
    parts = [
        _rows("post", Post, Post.title, PostHolding.person_id, PostHolding.valid_from, PostHolding.valid_to)
        .select_from(PostHolding)
        .join(Post, Post.id == PostHolding.post_id),
        _rows("household", Asset, Asset.name, HouseholdItem.person_id, Asset.built_on, _given_on(), HOUSEHOLD)
        .select_from(HouseholdItem)
        .join(Asset, Asset.id == HouseholdItem.asset_id),
        _rows(
            "inspection", Asset, Asset.name, Inspection.inspector_id, Inspection.inspected_on, Inspection.inspected_on
        )
        .select_from(Inspection)
        .join(Asset, Asset.id == Inspection.asset_id),
        *(
            _rows(kind, Asset, Asset.name, Party.person_id, since, until)
            .select_from(entity)
            .join(Asset, Asset.id == entity.asset_id)
            .join(Party, Party.id == link)
            for entity, since, until, link, kind in holding
        ),
        # That somebody is on the list of holders ends when nothing is held any more.
        _rows("holder", Party, Party.name, Party.person_id, _day(Party.created_at), _party_end(True), path=seat),
        _rows("contact", Party, Party.name, Party.contact_id, _day(Party.created_at), _party_end(False), path=seat),
        _rows("account", Account, Account.display_name, Person.id, _day(Account.created_at), null(), path=null())
        .select_from(Person)
        .join(Account, Account.id == Person.account_id)
        .where(Account.active),
    ]
    every = union_all(*parts).subquery("every_tie")
    months = threshold_at(every.c.code, func.coalesce(every.c.region_path, "/"), day)
    kept = cast(every.c.until + func.make_interval(0, cast(months, Integer)), Date)
    statement = select(*(column for column in every.c), kept.label("kept_until"))
    criterion = every.c.person_id.is_not(None) if person_id is None else every.c.person_id == person_id
    return statement.where(criterion).subquery("tie")


def needing(tie: Any, day: dt.date) -> ColumnElement[bool]:
    """The criterion that a tie lasts, or that its time of keeping has not passed on ``day``."""
    return or_(tie.c.until.is_(None), tie.c.until > day, tie.c.kept_until.is_(None), tie.c.kept_until > day)


@contextmanager
def everywhere(session: Session) -> Iterator[Session]:
    """A look at all records in the same transaction: whether a person is needed anywhere, not where."""
    with ScopedSession(session.connection()) as whole:
        yield bind_viewer(whole, Viewer.system())


def _rows(
    kind: str,
    entity: Any,
    name: Any,
    person_id: Any,
    since: Any,
    until: Any,
    code: str = AFTER_END,
    *,
    path: Any = None,
) -> Any:
    return select(
        person_id.label("person_id"),
        literal(kind).label("kind"),
        literal(entity.__tablename__).label("table_name"),
        entity.id.label("record_id"),
        name.label("name"),
        (entity.region_path if path is None else path).label("region_path"),
        (entity.sector if path is None else null()).label("sector"),
        cast(since, Date).label("since"),
        cast(until, Date).label("until"),
        literal(code).label("code"),
    ).where(person_id.is_not(None))


def _contract_end() -> ColumnElement[Any]:
    return func.least(Contract.ends_on, func.coalesce(Contract.ended_early_on, Contract.ends_on))


def _given_on() -> ColumnElement[Any]:
    return func.coalesce(Asset.built_on, _day(HouseholdItem.created_at))


def _party_end(by_itself: bool) -> ColumnElement[Any]:
    ended = func.least(Party.valid_to, Party.retired_on)
    return func.coalesce(ended, _day(Party.created_at)) if by_itself else ended


def _day(moment: Any) -> ColumnElement[Any]:
    return cast(func.timezone(str(OFFICE_ZONE), moment), Date)
