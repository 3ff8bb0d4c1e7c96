"""Holders held for a change: locked, and the viewer's to keep."""

from __future__ import annotations

from sqlalchemy.orm import Session

from assets import editing
from assets.editing import WRITERS
from assets.errors import NotAllowed, NotFound
from assets.parties.models import Party
from assets.parties.visibility import may_see
from assets.regions.models import Region
from assets.scope import viewer_of


def get_party(session: Session, party_id: int) -> Party:
    """One holder.

    Raises
    ------
    NotFound
        When there is none, or it is not the viewer's to see.
    """
    found = session.get(Party, party_id) if may_see(session, party_id) else None
    if found is None:
        raise NotFound
    return found


def hold_party(session: Session, party_id: int, revision: int) -> Party:
    """Lock a holder that the viewer sees and may change: where it is seated, or anywhere if nowhere."""
    if not may_see(session, party_id):
        raise NotFound
    party = editing.hold(session, Party, party_id, revision=revision)
    require_keeper(session, party.region_id)
    return party


def require_keeper(session: Session, region_id: int | None) -> None:
    """Refuse unless the viewer keeps records at this place; anywhere, for a holder seated nowhere."""
    if region_id is None:
        viewer = viewer_of(session)
        if not viewer.unbounded and not viewer.roles & WRITERS:
            raise NotAllowed
        return
    editing.require_writer(session, session.get_one(Region, region_id).region_path)
