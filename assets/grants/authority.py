"""How far an administrator's word goes: whose account it is to keep, which grants it may give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from assets.accounts.models import Account, Grant
from assets.checking import Checks
from assets.errors import NotAllowed, NotFound
from assets.regions.models import Region
from assets.scope import Viewer, viewer_of, within

ADMINISTRATORS: Final = frozenset({"administrator"})
READERS: Final = frozenset({"administrator", "auditor"})


class OwnAccount(NotAllowed):
    """Whoever keeps accounts does not keep the own one."""

    message = "Nobody keeps their own account or grants. Ask the administrator of the area above."


class BeyondAuthority(NotAllowed):
    """An account that holds more than its keeper could give."""

    message = (
        "“{name}” holds grants that go beyond what you administer: {grants}. "
        "Ask the administrator of the area above to change this account."
    )


def kept_by(viewer: Viewer, roles: Collection[str] = READERS) -> ColumnElement[bool]:
    """The criterion that an account works in an area where ``viewer`` holds one of ``roles``."""
    if viewer.unbounded:
        return Account.id.is_not(None)
    reached = [within(Region.region_path, reach.path) for reach in viewer.reaches if reach.role in roles]
    return Account.region_id.in_(select(Region.id).where(or_(false(), *reached)))


def known_to(viewer: Viewer, roles: Collection[str] = READERS) -> ColumnElement[bool]:
    """The criterion that ``viewer`` may learn of an account: it works, or was ever granted anything, in reach or above.

    Only where ``viewer`` holds one of ``roles``; those above may have acted there.
    """
    if viewer.unbounded:
        return Account.id.is_not(None)
    paths = [reach.path for reach in viewer.reaches if reach.role in roles]
    above = {int(step) for path in paths for step in path.strip("/").split("/") if step}
    below = select(Region.id).where(or_(false(), *(within(Region.region_path, path) for path in paths)))
    granted = select(Grant.account_id).where(or_(Grant.region_id.in_(sorted(above)), Grant.region_id.in_(below)))
    return or_(kept_by(viewer, roles), Account.id.in_(granted))


def get_account(session: Session, account_id: int, *, roles: Collection[str] = READERS) -> Account:
    """One account of the viewer's area.

    Raises
    ------
    NotFound
        When there is none, or it works elsewhere.
    """
    seen = kept_by(viewer_of(session), roles)
    account = session.scalars(select(Account).where(Account.id == account_id, seen)).first()
    if account is None:
        raise NotFound
    return account


def hold_account(session: Session, account_id: int, *, today: dt.date) -> Account:
    """Lock an account that is the viewer's to change.

    A password that somebody else sets opens everything the account may do: so only who could
    give all of its grants keeps it.

    Raises
    ------
    NotFound
        When it works outside the viewer's area.
    NotAllowed
        When the viewer only reads there, the account is the viewer's own, or it holds more than
        the viewer administers.
    """
    get_account(session, account_id)
    viewer = viewer_of(session)
    if account_id == viewer.account_id:
        raise OwnAccount
    statement = select(Account).where(Account.id == account_id, kept_by(viewer, ADMINISTRATORS))
    account = session.scalars(
        statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    ).first()
    if account is None:
        raise NotAllowed
    beyond = [
        region.short_name
        for grant, region in lasting_grants(session, account_id, today=today)
        if not may_grant(viewer, grant.role, region.region_path, grant.sector)
    ]
    if beyond:
        raise BeyondAuthority(name=account.display_name, grants="、".join(dict.fromkeys(beyond)))
    return account


def may_keep(session: Session, account: Account, *, today: dt.date) -> bool:
    """Whether the viewer may change this account; for buttons."""
    viewer = viewer_of(session)
    if account.id == viewer.account_id or not (viewer.unbounded or viewer.roles & ADMINISTRATORS):
        return False
    place = session.get(Region, account.region_id) if account.region_id else None
    if not viewer.unbounded and (place is None or not viewer.may(ADMINISTRATORS, place.region_path)):
        return False
    return all(
        may_grant(viewer, grant.role, region.region_path, grant.sector)
        for grant, region in lasting_grants(session, account.id, today=today)
    )


def lasting_grants(session: Session, account_id: int, *, today: dt.date) -> Sequence[tuple[Grant, Region]]:
    """The grants of an account that are in force or to come, with their regions."""
    rows = session.execute(
        select(Grant, Region)
        .join(Region, Region.id == Grant.region_id)
        .where(Grant.account_id == account_id, or_(Grant.valid_to.is_(None), Grant.valid_to > today))
        .order_by(Region.region_path, Grant.role, Grant.valid_from)
    )
    return [(grant, region) for grant, region in rows]


def may_grant(viewer: Viewer, role: str, path: str, sector: str | None) -> bool:
    """Whether ``viewer`` may give this grant: its area and sectors, administrators from strictly above."""
    return viewer.unbounded or any(
        reach.role in ADMINISTRATORS
        and reach.covers(path)
        and (role not in ADMINISTRATORS or reach.path != path)
        and (reach.sectors is None or (sector is not None and sector in reach.sectors))
        for reach in viewer.reaches
    )


def check_authority(checks: Checks, viewer: Viewer, *, role: str, region: Region, sector: str | None) -> None:
    """Say which part of a grant goes beyond what the viewer administers."""
    if may_grant(viewer, role, region.region_path, sector):
        return
    covering = [reach for reach in viewer.reaches if reach.role in ADMINISTRATORS and reach.covers(region.region_path)]
    if not covering:
        checks.refuse("region_id", "{name} lies outside the area you administer.", name=region.short_name)
    elif role in ADMINISTRATORS and all(reach.path == region.region_path for reach in covering):
        checks.refuse(
            "role",
            "An administrator of {name} is appointed by an administrator of the area above it.",
            name=region.short_name,
        )
    else:
        checks.refuse("sector", "You administer some sectors only. Please choose one of these.")
