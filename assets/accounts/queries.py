"""Reading accounts and grants."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from assets.accounts.models import Account, Grant
from assets.regions.models import Region
from assets.scope import Reach, Viewer
from assets.terms.queries import in_force


def find_viewer(
    session: Session, account_id: int, *, day: dt.date, address: str | None
) -> tuple[Account, Viewer] | None:
    """The account and its reach on ``day``; None when it is closed."""
    account = session.get(Account, account_id)
    if account is None or not account.active:
        return None
    reaches = tuple(reaches_of(session, account_id, day))
    return account, Viewer(account_id, account.username, address, reaches)


def reaches_of(session: Session, account_id: int, day: dt.date) -> list[Reach]:
    """The grants in force on ``day``, one reach per role and region with all its sectors.

    A delegated grant reaches what its source says, as long as that is in force and its owner's
    account is active.
    """
    source, owner = aliased(Grant), aliased(Account)
    own = Grant.delegated_from.is_(None)
    sector = case((own, Grant.sector), else_=source.sector)
    may_unmask = Grant.may_unmask & or_(own, source.may_unmask)
    role = func.coalesce(source.role, Grant.role)
    other = aliased(Region)
    alone = Region.parent_id.is_(None) & ~exists().where(other.parent_id.is_(None), other.id != Region.id)
    rows = session.execute(
        select(role, Region.id, Region.region_path, func.array_agg(sector), may_unmask, Grant.delegated_from, alone)
        .outerjoin(source, and_(source.id == Grant.delegated_from, source.delegated_from.is_(None)))
        .outerjoin(owner, owner.id == source.account_id)
        .join(Region, Region.id == func.coalesce(source.region_id, Grant.region_id))
        .where(Grant.account_id == account_id, in_force(Grant, day))
        .where(or_(own, and_(owner.active, in_force(source, day))))
        .group_by(role, Region.id, Region.region_path, may_unmask, Grant.delegated_from)
        .order_by(Region.region_path, role, Grant.delegated_from.nulls_first(), may_unmask)
    )
    return [
        Reach(role, region_id, path, None if None in sectors else frozenset(sectors), unmasks, delegated_from, whole)
        for role, region_id, path, sectors, unmasks, delegated_from, whole in rows
    ]
