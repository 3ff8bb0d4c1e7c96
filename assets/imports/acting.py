"""For whom a job works: the account that brought a ledger, with what it may do at that moment."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from assets.accounts.queries import find_viewer
from assets.errors import RegistryError
from assets.imports.kinds import kind_of
from assets.imports.models import ImportBatch
from assets.regions.models import Region
from assets.scope import Viewer, bind_viewer, viewer_of


class NoLongerAllowed(RegistryError):
    """What an account may do is asked when it is done, not when it was clicked."""

    message = "The account that brought “{name}” may no longer enter such records there. Nothing was entered."


def viewer_for(session: Session, batch: ImportBatch, *, day: dt.date) -> Viewer:
    """Whoever brought ``batch``, with the grants of this moment; address and approval stay those of the session.

    Raises
    ------
    NoLongerAllowed
        When the account is closed, or may no longer bring such ledgers there.
    """
    before = viewer_of(session)
    bind_viewer(session, Viewer.system())
    try:
        session.expire_all()
        found = find_viewer(session, batch.account_id, day=day, address=before.address)
        path = session.get_one(Region, batch.region_id).region_path
    finally:
        bind_viewer(session, before)
    if found is None or not found[1].may(kind_of(batch.kind).roles, path):
        raise NoLongerAllowed(name=batch.file_name)
    return found[1]
