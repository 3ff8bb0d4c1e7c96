"""Keeping the dated read model of assets in step once, after several writes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

LATER = "xiangtu.upkeep_later"


@contextmanager
def refreshed_once(session: Session, ids: Collection[int]) -> Iterator[None]:
    """Let the statements inside be followed by one refresh of these assets instead of one each.

    ``ids`` is read at the end, so that an asset made inside may be put into it.
    """
    session.scalar(select(func.set_config(LATER, "on", True)))
    yield
    session.flush()
    session.scalar(select(func.set_config(LATER, "off", True)))
    session.execute(select(func.upkeep_refresh(cast(list(ids), ARRAY(BigInteger)))))
