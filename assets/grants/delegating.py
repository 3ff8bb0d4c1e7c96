"""Standing in: a person who goes on leave hands own grants to a colleague, and takes them back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from assets import audit
from assets.accounts.models import Account, Grant
from assets.checking import Checks
from assets.editing import check_reason, hold
from assets.errors import InvalidValue, NotFound
from assets.grants.authority import ADMINISTRATORS
from assets.grants.granting import check_days, days_of, find_twin, finish
from assets.regions.models import Region
from assets.scope import viewer_of, within
from assets.terms.queries import in_force

LONGEST = dt.timedelta(days=183)
MOST_COLLEAGUES = 500


def hand_over(
    session: Session,
    *,
    grant_ids: Collection[int],
    account_id: int,
    valid_from: dt.date,
    valid_to: dt.date,
    reason: str,
    today: dt.date,
) -> list[Grant]:
    """Let a colleague stand in for the viewer.

    Seeing personal values is not handed over. What is handed over ends with its source, and the
    colleague cannot hand it on.

    Parameters
    ----------
    session : Session
        Bound to the person who goes away.
    grant_ids : collection of int
        Which of the own grants.
    account_id : int
        The colleague: one of :func:`colleagues`.
    valid_from, valid_to : date
        From which day on, and the first day on which the person is back; half a year at most.
    reason : str
        Why; needed.
    today : date
        The office's day.

    Returns
    -------
    list of Grant
        One for each that was handed over.

    Raises
    ------
    NotFound
        When a grant is not the viewer's own.
    Unacceptable
        With all that is wrong.
    """
    viewer = viewer_of(session)
    sources = {grant.id: grant for grant in delegable(session, viewer.account_id, today=today)}
    if not set(grant_ids) <= sources.keys():
        raise NotFound
    checks = Checks()
    chosen = [sources[grant_id] for grant_id in sorted(set(grant_ids))]
    if not chosen:
        checks.refuse("grant_ids", "Please choose at least one grant.")
    receiver = session.scalars(_colleagues(session, viewer.account_id).where(Account.id == account_id)).first()
    if receiver is None:
        checks.refuse("account_id", "Choose a colleague of your area whose account is open.")
    check_days(checks, valid_from, valid_to, today=today)
    if valid_to - valid_from > LONGEST:
        checks.refuse("valid_to", "Somebody stands in for {days} days at most.", days=LONGEST.days)
    for source in chosen:
        _check_source(checks, session, source, receiver, valid_from, valid_to)
    checks.settle()
    reason = check_reason(reason)
    made = [
        Grant(
            account_id=account_id,
            role=source.role,
            region_id=source.region_id,
            sector=source.sector,
            valid_from=valid_from,
            valid_to=valid_to,
            delegated_from=source.id,
            reason=reason,
            created_by=viewer.account_id,
        )
        for source in chosen
    ]
    for grant in made:
        session.add(grant)
        audit.record(session, "grants.hand_over", grant, reason=reason)
    return made


def take_back(session: Session, grant_id: int, *, revision: int, reason: str, today: dt.date) -> Grant:
    """End from today on what the viewer has handed over.

    Parameters
    ----------
    session : Session
        Bound to the person who is back.
    grant_id, revision : int
        The colleague's delegated grant, and the version that was seen.
    reason : str
        Why; needed.
    today : date
        The office's day.

    Raises
    ------
    NotFound
        When it was not handed over by the viewer.
    EndedAlready, ChangedMeanwhile
        See their messages.
    """
    get_handed_over(session, grant_id)
    reason = check_reason(reason)
    grant = hold(session, Grant, grant_id, revision=revision)
    finish(session, grant, on=today, reason=reason, today=today, action="grants.take_back")
    return grant


def get_handed_over(session: Session, grant_id: int) -> Grant:
    """A grant that the viewer has handed over.

    Raises
    ------
    NotFound
        When there is none, or it is another's.
    """
    own = select(Grant.id).where(Grant.account_id == viewer_of(session).account_id)
    grant = session.scalars(select(Grant).where(Grant.id == grant_id, Grant.delegated_from.in_(own))).first()
    if grant is None:
        raise NotFound
    return grant


def delegable(session: Session, account_id: int | None, *, today: dt.date) -> Sequence[Grant]:
    """The own grants that may be handed over: in force or to come, and nobody else's."""
    return session.scalars(
        select(Grant)
        .where(
            Grant.account_id == account_id,
            Grant.delegated_from.is_(None),
            or_(Grant.valid_to.is_(None), Grant.valid_to > today),
        )
        .order_by(Grant.role, Grant.region_id, Grant.sector, Grant.id)
    ).all()


def colleagues(session: Session) -> Sequence[tuple[Account, Region]]:
    """Who may stand in for the viewer: open accounts of the same area and below it."""
    accounts = _colleagues(session, viewer_of(session).account_id).order_by(Account.display_name, Account.id)
    found = session.scalars(accounts.limit(MOST_COLLEAGUES)).all()
    places = {
        region.id: region
        for region in session.scalars(select(Region).where(Region.id.in_({one.region_id for one in found})))
    }
    return [(one, places[one.region_id]) for one in found if one.region_id is not None]


def _colleagues(session: Session, account_id: int | None) -> Select[Account]:
    own = session.get_one(Account, account_id)
    place = session.get(Region, own.region_id) if own.region_id else None
    if place is None:
        raise InvalidValue("Your account belongs to no area yet. Ask the administrator of your area.")
    near = select(Region.id).where(within(Region.region_path, place.region_path))
    return select(Account).where(Account.region_id.in_(near), Account.active, Account.id != own.id)


def _check_source(
    checks: Checks, session: Session, source: Grant, receiver: Account | None, first: dt.date, end: dt.date
) -> None:
    if first < source.valid_from or (source.valid_to is not None and end > source.valid_to):
        checks.refuse("valid_to", "A grant you hand over holds from {first} to {last} only.", **days_of(source))
    if receiver is None:
        return
    if source.role in ADMINISTRATORS and not _works_at_or_above(session, receiver, source.region_id):
        checks.refuse("account_id", "An administrator is stood in for by somebody of the same area.")
    twin = find_twin(
        session,
        account_id=receiver.id,
        role=source.role,
        region_id=source.region_id,
        sector=source.sector,
        first=first,
        end=end,
        delegated_from=source.id,
    )
    if twin is not None:
        checks.refuse(
            "account_id",
            "{name} stands in for you from {first} to {last} already.",
            name=receiver.display_name,
            **days_of(twin),
        )


def _works_at_or_above(session: Session, account: Account, region_id: int) -> bool:
    place = session.get(Region, account.region_id)
    return place is not None and session.get_one(Region, region_id).region_path.startswith(place.region_path)


def standing_in(session: Session, account_id: int, *, day: dt.date) -> Sequence[tuple[Grant, Account, Region]]:
    """What an account does for others on ``day``: the grant, for whom, and where."""
    source = select(Grant).where(in_force(Grant, day)).subquery()
    rows = session.execute(
        select(Grant, Account, Region)
        .join(source, source.c.id == Grant.delegated_from)
        .join(Account, Account.id == source.c.account_id)
        .join(Region, Region.id == Grant.region_id)
        .where(Grant.account_id == account_id, in_force(Grant, day), Account.active)
        .order_by(Grant.valid_to, Grant.id)
    )
    return [(grant, account, region) for grant, account, region in rows]


def handed_over(session: Session, account_id: int, *, day: dt.date) -> Sequence[tuple[Grant, Account, Region]]:
    """What others do for an account on ``day`` or will do: the grant, who, and where."""
    own = select(Grant.id).where(Grant.account_id == account_id)
    rows = session.execute(
        select(Grant, Account, Region)
        .join(Account, Account.id == Grant.account_id)
        .join(Region, Region.id == Grant.region_id)
        .where(Grant.delegated_from.in_(own), Grant.valid_to > day)
        .order_by(Grant.valid_from, Grant.id)
    )
    return [(grant, account, region) for grant, account, region in rows]
