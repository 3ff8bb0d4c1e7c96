"""Rights granted, replaced and certified with every entry right, and who holds them on a day."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from assets.ownership.certifying import certify_asset
from assets.ownership.models import Right
from assets.ownership.queries import holders_on
from assets.ownership.replacing import set_shares
from assets.ownership.service import correct_right, grant_right
from assets.parties.models import Party
from assets.registry.models import Asset
from assets.vocabulary import SHARED_RIGHTS
from tests.factories import DAY

SINCE = dt.date(2024, 2, 1)
CHANGE = dt.date(2025, 7, 1)
WHOLE = Fraction(1)
THIRD = Fraction(1, 3)
ROUNDED = Fraction(3333, 10000)


def grant(session: Session, asset: Asset, party: Party, kind: str = "ownership", **values: Any) -> Right:
    options = {"share": WHOLE if kind in SHARED_RIGHTS else None, "valid_from": SINCE, "document": "陇确字1号"}
    return grant_right(session, asset.id, kind=kind, party_id=party.id, today=DAY, **(options | values))


def replace(session: Session, asset: Asset, shares: dict[Party, Fraction], **values: Any) -> list[Right]:
    options = {"kind": "ownership", "valid_from": CHANGE, "document": "陇确字2号", "reason": "股权变更", "today": DAY}
    given = [(party.id, share) for party, share in shares.items()]
    return set_shares(session, asset.id, holders=given, **(options | values))


def held(session: Session, asset: Asset, day: dt.date, kind: str = "ownership") -> dict[str, Fraction]:
    return {
        row.holder: Fraction(row.share_numerator, row.share_denominator)
        for row in holders_on(session, asset.id, day)
        if row.kind == kind
    }


def correct(session: Session, right: Right, **values: Any) -> Right:
    options = {
        "party_id": right.party_id,
        "share": Fraction(right.share_numerator, right.share_denominator),
        "valid_from": right.valid_from,
        "valid_to": right.valid_to,
        "document": right.document,
        "revision": right.revision,
        "reason": "登记有误",
        "today": DAY,
    }
    return correct_right(session, right.id, **(options | values))


def certify(session: Session, asset: Asset, **values: Any) -> Asset:
    session.flush()
    session.refresh(asset)
    options = {"certified_on": DAY, "certificate": "陇确字〔2026〕1号", "revision": asset.revision, "today": DAY}
    return certify_asset(session, asset.id, **(options | values))
