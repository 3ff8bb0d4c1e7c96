"""The codes of assets in other systems."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assets import audit, editing
from assets.checking import Checks
from assets.errors import NotFound
from assets.registry.holding import hold_asset
from assets.registry.models import Asset, OutsideCode
from assets.scope import viewer_of
from assets.terms.models import Term

LONGEST_CODE = 60


def note_code(session: Session, asset_id: int, *, system: str, code: str, today: dt.date) -> OutsideCode:
    """Write down the code of an asset in another system; a second one of that system replaces the first.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    asset_id : int
        The asset.
    system : str
        A term of the kind ``code_system``.
    code : str
        As it is written there; kept without blanks.
    today : date
        The office's day.

    Raises
    ------
    NotFound, NotAllowed, AlreadyRetired, Disposed, Unacceptable
        See their messages.
    """
    asset = hold_asset(session, asset_id)
    code = "".join(code.replace("\x00", "").split())
    checks = Checks()
    known = session.scalar(
        select(Term.id).where(
            Term.kind == "code_system",
            Term.code == system,
            Term.valid_from <= today,
            or_(Term.valid_to.is_(None), Term.valid_to > today),
        )
    )
    if known is None:
        checks.refuse("system", "Please choose one of the list.")
    if not code or not code.isprintable():
        checks.refuse("code", "Please fill in the code.")
    elif len(code) > LONGEST_CODE:
        checks.refuse("code", "This is too long: {limit} characters at most.", limit=LONGEST_CODE)
    other = session.execute(
        select(Asset.id, Asset.name, Asset.code)
        .join(OutsideCode, OutsideCode.asset_id == Asset.id)
        .where(OutsideCode.system == system, OutsideCode.code == code, Asset.id != asset_id)
    ).first()
    if other is not None:
        checks.refuse(
            "code",
            "“{other}” ({own_code}) has this code already. Is one of the two a duplicate?",
            other=other.name,
            own_code=other.code,
            asset_id=other.id,
        )
    checks.settle()
    me = viewer_of(session).account_id
    noted = session.scalars(
        select(OutsideCode).where(OutsideCode.asset_id == asset_id, OutsideCode.system == system)
    ).first() or OutsideCode(asset_id=asset.id, system=system, created_by=me)
    try:
        with session.begin_nested():
            if editing.assign(noted, {"code": code}):
                noted.updated_by = me
                session.add(noted)
                audit.record(session, "registry.note_code", noted)
    except IntegrityError:
        # Whose it is lies outside the viewer's area, or was written just now.
        checks.refuse("code", "An asset outside your area has this code already. Please compare with the other system.")
        checks.settle()
        raise
    return noted


def remove_code(session: Session, code_id: int, *, revision: int, reason: str) -> Asset:
    """Take out a code that is not the asset's. Returns the asset.

    Raises
    ------
    NotFound, NotAllowed, AlreadyRetired, Disposed, ChangedMeanwhile, ReasonNeeded
        See their messages.
    """
    reason = editing.check_reason(reason)
    asset_id = session.scalar(select(OutsideCode.asset_id).where(OutsideCode.id == code_id))
    if asset_id is None:
        raise NotFound
    asset = hold_asset(session, asset_id)
    noted = editing.hold(session, OutsideCode, code_id, revision=revision)
    audit.record(
        session,
        "registry.remove_code",
        noted,
        reason=reason,
        asset_id=asset_id,
        system=[noted.system, None],
        code=[noted.code, None],
    )
    session.delete(noted)
    session.flush()
    return asset
