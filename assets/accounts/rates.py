"""How often somebody may ask for what is costly, or worth guessing: counted in the database, for all processes."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from assets.accounts.models import RateUse

HOUR = dt.timedelta(hours=1)


def spend(session: Session, kind: str, who: str, *, now: dt.datetime, uses: int = 1) -> int:
    """Count uses in the present hour, and tell how many there were with them.

    Parameters
    ----------
    session : Session
        The system's; the caller commits.
    kind : str
        What is used.
    who : str
        An account or an address.
    now : datetime
        The moment, with time zone.
    uses : int
        How many are added.
    """
    hour = now.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    added = insert(RateUse).values(kind=kind, who=who, hour=hour, used=uses)
    used = session.scalar(
        added.on_conflict_do_update(
            index_elements=["kind", "who", "hour"], set_={"used": func.least(RateUse.used + uses, 1_000_000)}
        ).returning(RateUse.used)
    )
    return used or 0


def forget_uses(session: Session, *, before: dt.datetime) -> int:
    """Forget the counts of hours before a moment; returns how many."""
    return session.execute(delete(RateUse).where(RateUse.hour < before)).rowcount  # type: ignore[attr-defined, no-any-return]
