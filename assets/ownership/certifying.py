"""确权: saying that the rights in an asset are defined, documented and filed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from assets import audit, editing
from assets.checking import Checks
from assets.ownership.rules import rights_in
from assets.ownership.shares import sum_on, written
from assets.registry.beginning import start_of
from assets.registry.holding import hold_asset
from assets.registry.models import Asset
from assets.registry.rules import AssetRules, projects_of
from assets.review.proposing import reviewed
from assets.scope import viewer_of
from assets.vocabulary import SHARED_RIGHTS

LONGEST_CERTIFICATE = 200


@reviewed("right")
def certify_asset(
    session: Session,
    asset_id: int,
    *,
    certified_on: dt.date,
    certificate: str | None,
    today: dt.date,
    revision: int | None = None,
    reason: str | None = None,
    confirmed: Collection[str] = frozenset(),
) -> Asset:
    """Certify an asset from a day on; from then on the database holds its shares to the whole.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    asset_id : int
        The asset.
    certified_on : date
        After it was built and its projects were accepted, ``today`` at the latest.
    certificate : str
        The number of the certificate; needed.
    today : date
        The office's day.
    revision : int, optional
        The version the editor saw.
    reason : str, optional
        Needed when the asset is certified already and this is set right.
    confirmed : collection of str
        ``no_document`` when an owner's document is missing.

    Raises
    ------
    Unacceptable
        With everything that is wrong, such as ownership that does not make the whole.
    NotFound, NotAllowed, AlreadyRetired, Disposed, ChangedMeanwhile, ReasonNeeded
        See their messages.
    """
    asset = hold_asset(session, asset_id, revision=revision)
    if asset.certified_on is not None:
        reason = editing.check_reason(reason or "")
    checks = Checks(confirmed)
    text = " ".join((certificate or "").replace("\x00", " ").split())
    if not text:
        checks.refuse("certificate", "Please fill in the number of the certificate.")
    elif len(text) > LONGEST_CERTIFICATE:
        message = "This is too long: {length} characters, {limit} at most."
        checks.refuse("certificate", message, length=len(text), limit=LONGEST_CERTIFICATE)
    values = {attribute.key: getattr(asset, attribute.key) for attribute in inspect(Asset).mapper.column_attrs}
    values["certified_on"] = certified_on
    AssetRules(checks, session, values, before=asset, today=today).check_days(projects_of(session, asset_id))
    if certified_on < start_of(asset) and not checks.problems:
        message = "The asset exists since {start}; it cannot be certified before."
        checks.refuse("certified_on", message, start=start_of(asset))
    _check_shares(checks, session, asset, certified_on)
    checks.settle()
    changed = editing.assign(asset, {"certified_on": certified_on, "certificate": text})
    if changed:
        asset.updated_by = viewer_of(session).account_id
        audit.record(session, "ownership.certify_asset", asset, reason=reason)
    return asset


def _check_shares(checks: Checks, session: Session, asset: Asset, day: dt.date) -> None:
    """The whole on the day of certification and on every day after it, each share with its document."""
    for kind in SHARED_RIGHTS:
        rows = rights_in(session, asset.id, kind)
        total = sum_on(rows, day)
        if kind == "ownership" and not total:
            checks.refuse("certified_on", "Nobody owns the asset on {day}; enter its owner first.", day=day)
            continue
        needed = kind == "ownership" or asset.asset_class == "earning"
        days = {day, *(row.valid_from for row in rows), *(row.valid_to for row in rows if row.valid_to)}
        for later in sorted(each for each in days if each >= day):
            total = sum_on(rows, later)
            if total != 1 and (needed or total):
                checks.refuse("certified_on", _SHORT[kind], day=later, total=written(total) if total else "0")
                break
    unproved = [
        row
        for row in rights_in(session, asset.id, "ownership")
        if row.valid_from <= day and (row.valid_to is None or row.valid_to > day) and not row.document
    ]
    if unproved:
        checks.doubt(
            "no_document",
            "certified_on",
            "{count} owners' shares have no document. Certify all the same?",
            count=len(unproved),
        )


_SHORT = {
    "ownership": "On {day} the shares of ownership add up to {total}; a certified asset is owned as a whole.",
    "income": "On {day} the shares of income add up to {total}; they must make the whole. Set them right first.",
}
