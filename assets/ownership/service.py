"""Granting rights in assets, setting them right, and ending them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from fractions import Fraction

from sqlalchemy.orm import Session

from assets import audit, editing
from assets.checking import Checks
from assets.ownership.models import Right
from assets.ownership.rows import add_right, asset_of, share_row
from assets.ownership.rules import RightRules, rights_in
from assets.ownership.shares import share_of, sum_on, written
from assets.registry.holding import hold_asset
from assets.registry.models import Asset
from assets.review.proposing import reviewed
from assets.scope import viewer_of
from assets.vocabulary import SHARED_RIGHTS


@reviewed("right")
def grant_right(
    session: Session,
    asset_id: int,
    *,
    kind: str,
    party_id: int | None,
    valid_from: dt.date,
    today: dt.date,
    share: Fraction | None = None,
    valid_to: dt.date | None = None,
    document: str | None = None,
    confirmed: Collection[str] = frozenset(),
) -> Right:
    """Enter a right of one holder in an asset.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    asset_id : int
        The asset.
    kind : str
        One of ``RIGHT_KINDS``.
    party_id : int
        The holder.
    valid_from, valid_to : date
        From which day, and until before which.
    today : date
        The office's day.
    share : Fraction, optional
        For ownership and income: of what the others leave.
    document : str, optional
        What proves it.
    confirmed : collection of str
        ``no_document``, ``owned_by_people``.

    Returns
    -------
    Right
        The new row.

    Raises
    ------
    Unacceptable
        With everything that is wrong.
    NotFound, NotAllowed, AlreadyRetired, Disposed
        As :func:`assets.registry.holding.hold_asset`.
    """
    asset = hold_asset(session, asset_id)
    checks = Checks(confirmed)
    rules = RightRules(checks, session, asset, today=today)
    rules.check_kind(kind)
    others = rights_in(session, asset_id, kind)
    text = _check(rules, kind, party_id, others, valid_from, valid_to, document)
    share = rules.check_share(kind, share, others, valid_from, valid_to)
    _require_whole(checks, asset, kind, [*others, share_row(share, valid_from, valid_to)], field="share")
    checks.settle()
    return add_right(session, asset_id, kind, party_id, share, valid_from, valid_to, text, "ownership.grant_right")


@reviewed("right")
def correct_right(
    session: Session,
    right_id: int,
    *,
    revision: int,
    party_id: int | None,
    valid_from: dt.date,
    reason: str,
    today: dt.date,
    share: Fraction | None = None,
    valid_to: dt.date | None = None,
    document: str | None = None,
    confirmed: Collection[str] = frozenset(),
) -> Right:
    """Set a right right that was entered wrongly; its kind stays. What changed hands is no mistake: end and grant.

    Raises
    ------
    Unacceptable, ChangedMeanwhile, ReasonNeeded, NotFound, NotAllowed, AlreadyRetired, Disposed
        See their messages.
    """
    reason = editing.check_reason(reason)
    asset = asset_of(session, right_id)
    right = editing.hold(session, Right, right_id, revision=revision)
    checks = Checks(confirmed)
    rules = RightRules(checks, session, asset, today=today)
    others = [other for other in rights_in(session, asset.id, right.kind) if other.id != right.id]
    text = _check(rules, right.kind, party_id, others, valid_from, valid_to, document)
    share = rules.check_share(right.kind, share, others, valid_from, valid_to)
    _require_whole(checks, asset, right.kind, [*others, share_row(share, valid_from, valid_to)], field="share")
    checks.settle()
    values = {
        "party_id": party_id,
        "share_numerator": share.numerator,
        "share_denominator": share.denominator,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "document": text,
    }
    if editing.assign(right, values):
        right.updated_by = viewer_of(session).account_id
        audit.record(session, "ownership.correct_right", right, reason=reason)
    return right


@reviewed("right")
def end_right(session: Session, right_id: int, *, revision: int, on: dt.date, reason: str, today: dt.date) -> Right:
    """Let a right end before ``on``.

    Raises
    ------
    Unacceptable
        For a day before its second or after today, or when the shares of a certified asset would
        no longer make the whole: those are replaced as a set.
    ChangedMeanwhile, ReasonNeeded, NotFound, NotAllowed, AlreadyRetired, Disposed
        See their messages.
    """
    reason = editing.check_reason(reason)
    asset = asset_of(session, right_id)
    right = editing.hold(session, Right, right_id, revision=revision)
    checks = Checks()
    if not right.valid_from < on <= today:
        first = right.valid_from + dt.timedelta(1)
        checks.refuse("on", "Choose a day from {first} to {last}.", first=first, last=today)
    elif right.valid_to is not None and right.valid_to <= on:
        checks.refuse("on", "This right has ended on {day} already.", day=right.valid_to)
    others = [other for other in rights_in(session, asset.id, right.kind) if other.id != right.id]
    _require_whole(checks, asset, right.kind, [*others, share_row(share_of(right), right.valid_from, on)], field="on")
    checks.settle()
    editing.assign(right, {"valid_to": on, "updated_by": viewer_of(session).account_id})
    audit.record(session, "ownership.end_right", right, reason=reason)
    return right


def _check(
    rules: RightRules,
    kind: str,
    party_id: int | None,
    others: Sequence[Right],
    valid_from: dt.date,
    valid_to: dt.date | None,
    document: str | None,
) -> str | None:
    """What every right must satisfy; its document, tidied."""
    rules.check_days(valid_from, valid_to)
    rules.check_holder(party_id, kind, valid_from, valid_to)
    rules.check_overlaps(kind, party_id, others, valid_from, valid_to)
    return rules.check_document(document)


def _require_whole(checks: Checks, asset: Asset, kind: str, rows: Sequence[Right], *, field: str) -> None:
    """From certification on the shares make the whole on every day, as the database demands as well."""
    if checks.problems or kind not in SHARED_RIGHTS or asset.certified_on is None:
        return
    certified = asset.certified_on
    days = {certified, *(row.valid_from for row in rows), *(row.valid_to for row in rows if row.valid_to)}
    for day in sorted(day for day in days if day >= certified):
        total = sum_on(rows, day)
        if total < 1 and (kind == "ownership" or asset.asset_class == "earning" or total):
            checks.refuse(
                field,
                "The asset is certified since {certified}: from then on its shares make the whole, and on {day} "
                "{gap} would be missing. Replace all shares together instead.",
                certified=certified,
                day=day,
                gap=written(1 - total) if total else "1",
            )
            return
