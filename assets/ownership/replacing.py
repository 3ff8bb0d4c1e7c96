"""Replacing all shares of an asset together, as ownership and income usually change hands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from fractions import Fraction

from sqlalchemy.orm import Session

from assets import audit, editing
from assets.checking import Checks
from assets.ownership.models import Right
from assets.ownership.rows import add_right
from assets.ownership.rules import RightRules, rights_in
from assets.ownership.shares import fits, share_of
from assets.registry.holding import hold_asset
from assets.review.proposing import reviewed
from assets.scope import viewer_of
from assets.vocabulary import SHARED_RIGHTS

MOST_HOLDERS = 200


@reviewed("right")
def set_shares(
    session: Session,
    asset_id: int,
    *,
    kind: str,
    holders: Sequence[tuple[int | None, Fraction | None]],
    valid_from: dt.date,
    reason: str,
    today: dt.date,
    document: str | None = None,
    confirmed: Collection[str] = frozenset(),
) -> list[Right]:
    """Replace all shares of one kind from a day on: the usual way when ownership or income changes hands.

    Whoever keeps the same share keeps the row; the others end before ``valid_from``, and what
    began on that very day is replaced.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    asset_id : int
        The asset.
    kind : str
        ``ownership`` or ``income``.
    holders : sequence of (party id, Fraction)
        Everyone who holds a share from then on.
    valid_from : date
        The first day of the new shares.
    reason : str
        Why; needed.
    today : date
        The office's day.
    document : str, optional
        What proves it.
    confirmed : collection of str
        ``no_document``, ``owned_by_people``, ``incomplete_shares``.

    Returns
    -------
    list of Right
        The shares in force from then on.

    Raises
    ------
    Unacceptable
        With everything that is wrong: shares that do not add up are told with the exact
        difference and, where rounding explains it, with the fractions that were meant.
    NotFound, NotAllowed, AlreadyRetired, Disposed, ReasonNeeded
        See their messages.
    """
    reason = editing.check_reason(reason)
    asset = hold_asset(session, asset_id)
    checks = Checks(confirmed)
    rules = RightRules(checks, session, asset, today=today)
    if kind not in SHARED_RIGHTS:
        checks.refuse("kind", "Only ownership and income are held in shares.")
    rules.check_days(valid_from, None)
    text = rules.check_document(document)
    given = _check_holders(rules, kind, holders, valid_from)
    rows = rights_in(session, asset_id, kind)
    later = next((row for row in rows if row.valid_from > valid_from), None)
    if later is not None:
        message = "Shares from {day} on are entered already; set those right first."
        checks.refuse("valid_from", message, day=later.valid_from)
    checks.settle()
    current = [row for row in rows if row.valid_to is None or row.valid_to > valid_from]
    kept = {row.party_id: row for row in current if row.valid_to is None and given.get(row.party_id) == share_of(row)}
    me = viewer_of(session).account_id
    for row in current:
        if row.party_id in kept:
            continue
        if row.valid_from == valid_from:
            holder = row.party_id
            audit.record(session, "ownership.set_shares", row, reason=reason, removed=holder)
            session.delete(row)
        else:
            editing.assign(row, {"valid_to": valid_from, "updated_by": me})
            audit.record(session, "ownership.set_shares", row, reason=reason)
    # The holders' former rows must have ended before their new ones begin.
    session.flush()
    action = "ownership.set_shares"
    return [
        kept.get(party_id)
        or add_right(session, asset_id, kind, party_id, share, valid_from, None, text, action, reason=reason)
        for party_id, share in given.items()
    ]


def _check_holders(
    rules: RightRules, kind: str, holders: Sequence[tuple[int | None, Fraction | None]], valid_from: dt.date
) -> dict[int, Fraction]:
    given: dict[int, Fraction] = {}
    if not 0 < len(holders) <= MOST_HOLDERS:
        rules.checks.refuse("holders", "Please name 1 to {limit} holders.", limit=MOST_HOLDERS)
        return given
    for party_id, share in holders:
        party = rules.check_holder(party_id, kind, valid_from, None, field="holders")
        if party is None:
            continue
        if party.id in given:
            rules.checks.refuse("holders", "“{name}” is named twice; please add its shares up.", name=party.name)
        if share is None or not fits(share):
            rules.checks.refuse("holders", "Please fill in the share of “{name}”, such as 1/3.", name=party.name)
            continue
        given[party.id] = share
    if len(given) == len(holders):
        rules.check_whole(list(given.values()))
    return given
