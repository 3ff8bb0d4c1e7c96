"""The dated read model of assets kept in step with a whole ledger, once at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import BigInteger, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from assets.imports.staging import Staging
from assets.registry.refreshing import LATER

# So many assets are worked out together; more would only need more memory.
CHUNK = 5_000


@contextmanager
def refreshed_in_bulk(staging: Staging) -> Iterator[None]:
    """Let what is written inside be followed by one refresh of all assets of new and changed rows."""
    session, rows = staging.session, staging.rows
    session.scalar(select(func.set_config(LATER, "on", True)))
    yield
    session.flush()
    session.scalar(select(func.set_config(LATER, "off", True)))
    touched = select(rows.c.record_id).where(or_(staging.new, staging.changed)).order_by(rows.c.record_id)
    ids = session.scalars(touched).all()
    for first in range(0, len(ids), CHUNK):
        part = cast(list(ids[first : first + CHUNK]), ARRAY(BigInteger))
        session.execute(select(func.upkeep_refresh(part)))
