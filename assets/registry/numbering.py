"""The code of an asset: made by the system, readable, never used twice."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Sequence, select
from sqlalchemy.orm import Session

from assets.regions.models import Region

LETTERS = {"public": "G", "earning": "J", "household": "D"}
_SERIAL = Sequence("asset_code_seq")


def next_code(session: Session, region: Region, asset_class: str, built_on: dt.date) -> str:
    """A code such as ``610327-G2026-000123``: county, class and year, then a number of its own.

    The number comes from one sequence, which gives none twice, not even one of an asset that
    was never saved. Class and year are those at registration; the code stays when they change.
    """
    serial = session.scalars(select(_SERIAL.next_value())).one()
    return f"{region.code[:6]}-{LETTERS[asset_class]}{built_on.year}-{serial:06d}"
