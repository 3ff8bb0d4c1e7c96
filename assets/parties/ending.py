"""Holders that end: merged into another, or withdrawn because they were a mistake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy.orm import Session

from assets import audit, editing
from assets.checking import Checks
from assets.errors import RegistryError
from assets.parties.holding import get_party, hold_party
from assets.parties.models import Party
from assets.parties.visibility import is_named
from assets.scope import viewer_of


class StillNamed(RegistryError):
    """A holder that records name cannot go."""

    message = "“{name}” holds rights or duties, or is named by other records. Merge it with another holder instead."


def retire_party(session: Session, party_id: int, *, revision: int, on: dt.date, reason: str, today: dt.date) -> Party:
    """Withdraw a holder that was entered by mistake and that nothing names.

    Raises
    ------
    StillNamed
        When any record names it.
    NotFound, NotAllowed, AlreadyRetired, ChangedMeanwhile, ReasonNeeded, InvalidValue
        As :func:`assets.editing.retire`.
    """
    party = hold_party(session, party_id, revision)
    if is_named(session, party_id):
        raise StillNamed(name=party.name)
    return editing.retire(
        session, Party, party_id, revision=revision, on=on, reason=reason, today=today, action="parties.retire_party"
    )


def merge_parties(
    session: Session,
    keep_id: int,
    gone_id: int,
    *,
    revision: int,
    on: dt.date,
    reason: str,
    today: dt.date,
    confirmed: Collection[str] = frozenset(),
) -> Party:
    """Say that ``gone`` has become ``keep`` from ``on``: merged, renamed, or entered twice.

    Nothing moves: rights and duties stay with the former holder, which is shown with its
    successor, until each is transferred with its document.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    keep_id, gone_id : int
        The successor, and the holder that ends.
    revision : int
        The version of ``gone`` that the editor saw.
    on : date
        The first day without ``gone``, ``today`` at the latest.
    reason : str
        Why; needed.
    today : date
        The office's day.
    confirmed : collection of str
        ``party_merge_type`` lets bodies of different types succeed one another.

    Returns
    -------
    Party
        The holder that ended.

    Raises
    ------
    Unacceptable
        For the same holder twice, a circle, a successor that has ended, a day to come.
    """
    reason = editing.check_reason(reason)
    gone = hold_party(session, gone_id, revision)
    keep = get_party(session, keep_id)
    checks = Checks(confirmed)
    if keep.id == gone.id or gone.id in _chain(session, keep):
        checks.refuse("keep_id", "A holder cannot become itself; please choose another.")
    elif keep.retired_on is not None or (keep.valid_to is not None and keep.valid_to <= on):
        checks.refuse("keep_id", "“{name}” is no longer there on {day}; please choose another.", name=keep.name, day=on)
    elif keep.type != gone.type:
        checks.doubt(
            "party_merge_type",
            "keep_id",
            "“{gone}” and “{keep}” are holders of different types. Is it right that one became the other?",
            gone=gone.name,
            keep=keep.name,
        )
    if gone.successor_id is not None:
        checks.refuse("gone_id", "“{name}” has a successor already.", name=gone.name)
    if on > today:
        checks.refuse("on", "{value} is still to come: {limit} at the latest.", value=on, limit=today)
    checks.settle()
    me = viewer_of(session).account_id
    editing.assign(gone, {"successor_id": keep.id, "valid_to": on, "updated_by": me})
    audit.record(session, "parties.merge_parties", gone, reason=reason, successor=keep.name)
    session.flush()
    return gone


def _chain(session: Session, party: Party) -> set[int]:
    """The holders that ``party`` became, one after the other."""
    found: set[int] = set()
    while party.successor_id is not None and party.successor_id not in found:
        found.add(party.successor_id)
        party = session.get_one(Party, party.successor_id)
    return found
