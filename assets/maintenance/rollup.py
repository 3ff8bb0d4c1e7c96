"""Keeping the sums: changes are appended by every write and folded in by a job."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.maintenance.models import RollupDelta


def fold_rollups(session: Session) -> int:
    """Fold the changes noted so far into the sums of all regions above them.

    Parameters
    ----------
    session : Session
        A system session; the caller commits.

    Returns
    -------
    int
        How many changes were folded. Sums are right before and after alike: a reader adds
        what is not folded yet.
    """
    return session.scalar(select(func.rollup_fold())) or 0


def compact_rollups(session: Session) -> int:
    """Make one row again of the several that folding leaves for one place of a sum.

    Parameters
    ----------
    session : Session
        A system session; the caller commits.

    Returns
    -------
    int
        How many rows stand for several now. No sum changes.
    """
    return session.scalar(select(func.rollup_compact())) or 0


def rebuild_rollups(session: Session) -> int:
    """Make all sums anew from the assets' periods: a repair, or a proof.

    Parameters
    ----------
    session : Session
        A system session; the caller commits.

    Returns
    -------
    int
        How many changes the fresh sums are made of.
    """
    return session.scalar(select(func.rollup_rebuild())) or 0


def unfolded(session: Session) -> int:
    """How many changes wait to be folded."""
    return session.scalar(select(func.count()).select_from(RollupDelta)) or 0
