"""Who may do what where, and through which grant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from assets.accounts import tries
from assets.accounts.models import Account, Grant, SignedIn, SignInAttempt
from assets.filters import Filter
from assets.grants.authority import kept_by
from assets.regions.models import Region
from assets.scope import Viewer, within
from assets.terms.queries import in_force

MOST_PEOPLE = 500
_SOURCE, _OWNER = aliased(Grant, name="source"), aliased(Account, name="owner")


@dataclass(frozen=True)
class Held:
    """One grant in force: who holds it where, until when, and for whom if it is delegated."""

    account: Account
    role: str
    region: Region
    sector: str | None
    may_unmask: bool
    valid_from: dt.date
    valid_to: dt.date | None
    owner: Account | None


def matching(asked: Filter, viewer: Viewer, *columns: Any) -> Select[Any]:
    """The accounts that ``asked`` describes and ``viewer`` keeps or reads."""
    area = select(Region.id).where(within(Region.region_path, asked.area_path))
    statement = select(*columns).select_from(Account).where(kept_by(viewer), Account.region_id.in_(area))
    if asked.role:
        held = _in_force(asked.day).where(Grant.account_id == Account.id, _role().in_(sorted(asked.role)))
        statement = statement.where(held.with_only_columns(Grant.id).correlate(Account).exists())
    if asked.account_state:
        statement = statement.where(state().in_(sorted(asked.account_state)))
    if asked.words:
        for word in asked.words.split():
            named = Account.display_name.icontains(word, autoescape=True)
            statement = statement.where(or_(named, Account.username.icontains(word, autoescape=True)))
    return statement


def state() -> ColumnElement[str]:
    """Whether an account is closed, locked out for a while, waits for its first sign-in, or is in use."""
    return case(
        (~Account.active, "closed"),
        (Account.username.in_(_locked_names()), "locked"),
        (Account.must_change_password, "invited"),
        else_="active",
    )


def roles_held(day: dt.date) -> Any:
    """The roles of an account in force on ``day``, in one column."""
    found = _in_force(day).where(Grant.account_id == Account.id).with_only_columns(_role().label("role")).distinct()
    roles = found.correlate(Account).subquery().lateral()
    return select(func.array_agg(roles.c.role)).select_from(roles).scalar_subquery()


def last_sign_in() -> Any:
    """The moment an account was last signed in to."""
    return (
        select(func.max(SignedIn.started_at))
        .where(SignedIn.account_id == Account.id)
        .correlate(Account)
        .scalar_subquery()
    )


def held_over(session: Session, region: Region, sector: str | None, *, day: dt.date) -> list[Held]:
    """Every grant in force on ``day`` that includes a whole region, and there a sector or (None) any of them."""
    above = [int(step) for step in region.region_path.strip("/").split("/")]
    statement = _held(day).where(Region.id.in_(above))
    if sector is not None:
        has = case((Grant.delegated_from.is_(None), Grant.sector), else_=_SOURCE.sector)
        statement = statement.where(or_(has.is_(None), has == sector))
    return _read(session, statement.limit(MOST_PEOPLE * 4))


def held_by(session: Session, account_id: int, *, day: dt.date) -> list[Held]:
    """The grants in force on ``day`` of one account."""
    return _read(session, _held(day).where(Grant.account_id == account_id))


def works_below(session: Session, viewer: Viewer, region: Region, *, day: dt.date) -> int:
    """How many people of the viewer's accounts are granted anything in parts of a region."""
    parts = select(Region.id).where(within(Region.region_path, region.region_path), Region.id != region.id)
    held = _in_force(day).where(func.coalesce(_SOURCE.region_id, Grant.region_id).in_(parts))
    count = select(func.count()).where(
        Account.id.in_(held.with_only_columns(Grant.account_id)), Account.active, kept_by(viewer)
    )
    return session.scalar(count) or 0


def kept_among(session: Session, viewer: Viewer, ids: Collection[int]) -> frozenset[int]:
    """Of these accounts, those whose page the viewer may open."""
    return frozenset(session.scalars(select(Account.id).where(Account.id.in_(ids), kept_by(viewer))))


def grants_of(session: Session, account_id: int) -> Sequence[tuple[Grant, Region, Account | None]]:
    """All grants of an account, ended ones too, with where and for whom."""
    rows = session.execute(
        select(Grant, Region, _OWNER)
        .join(Region, Region.id == Grant.region_id)
        .outerjoin(_SOURCE, _SOURCE.id == Grant.delegated_from)
        .outerjoin(_OWNER, _OWNER.id == _SOURCE.account_id)
        .where(Grant.account_id == account_id)
        .order_by(Grant.valid_to.desc().nulls_first(), Grant.valid_from.desc(), Grant.id.desc())
        .limit(200)
    )
    return [(grant, region, owner) for grant, region, owner in rows]


def _locked_names() -> Select[Any]:
    """The account names at which a stranger's try at the password does not count now: see :mod:`..accounts.tries`."""
    now, tried = func.now(), SignInAttempt
    alike = and_(tried.step == "password", tried.device.is_(None))
    ended = (
        select(tried.username, func.max(tried.at).label("at"))
        .where(tried.succeeded, or_(alike, tried.step == "lift"), tried.at > now - tries.REMEMBERED)
        .group_by(tried.username)
        .subquery()
    )
    further = func.least(func.count() - tries.FAILURES_PER_NAME, 10)
    lock = func.least(tries.FIRST_LOCK * func.power(2, further), tries.LONGEST_LOCK)
    return (
        select(tried.username)
        .outerjoin(ended, ended.c.username == tried.username)
        .where(alike, ~tried.succeeded, tried.at > now - tries.REMEMBERED)
        .where(or_(ended.c.at.is_(None), tried.at > ended.c.at))
        .group_by(tried.username)
        .having(func.count() >= tries.FAILURES_PER_NAME, func.max(tried.at) + lock > now)
    )


def _role() -> Any:
    return func.coalesce(_SOURCE.role, Grant.role)


def _in_force(day: dt.date) -> Select[Any]:
    """Grants of open accounts in force, delegated ones while their source is: as a viewer's reach has it."""
    own = Grant.delegated_from.is_(None)
    return (
        select(Grant)
        .outerjoin(_SOURCE, and_(_SOURCE.id == Grant.delegated_from, _SOURCE.delegated_from.is_(None)))
        .outerjoin(_OWNER, _OWNER.id == _SOURCE.account_id)
        .where(in_force(Grant, day), or_(own, and_(_OWNER.active, in_force(_SOURCE, day))))
    )


def _held(day: dt.date) -> Select[Any]:
    own = Grant.delegated_from.is_(None)
    return (
        _in_force(day)
        .join(Account, Account.id == Grant.account_id)
        .join(Region, Region.id == func.coalesce(_SOURCE.region_id, Grant.region_id))
        .where(Account.active)
        .with_only_columns(
            Account,
            _role(),
            Region,
            case((own, Grant.sector), else_=_SOURCE.sector),
            Grant.may_unmask & or_(own, _SOURCE.may_unmask),
            Grant.valid_from,
            func.least(Grant.valid_to, _SOURCE.valid_to),
            _OWNER,
        )
        .order_by(Region.region_path, Account.display_name, Account.id, _role())
    )


def _read(session: Session, statement: Select[Any]) -> list[Held]:
    return [Held(*row) for row in session.execute(statement)]
