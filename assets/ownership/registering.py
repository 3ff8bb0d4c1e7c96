"""Registering an asset together with who owns it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction
from typing import Unpack

from sqlalchemy.orm import Session

from assets.errors import Problem, Unacceptable
from assets.ownership.service import grant_right
from assets.registry.beginning import start_of
from assets.registry.models import Asset
from assets.registry.service import AssetValues, register_asset
from assets.review.proposing import reviewed


@reviewed("asset")
def register_owned_asset(
    session: Session,
    *,
    owner_id: int | None,
    today: dt.date,
    confirmed: Collection[str] = frozenset(),
    operating_status: str = "operating",
    original_value_yuan: Decimal | None = None,
    fund_source: str | None = None,
    project_id: int | None = None,
    document: str | None = None,
    **values: Unpack[AssetValues],
) -> Asset:
    """Enter an asset, and let a holder own the whole of it from its first day on.

    Parameters
    ----------
    session : Session
        Bound to the editor.
    owner_id : int, optional
        Who owns it; None where that is not known yet.
    today, confirmed, operating_status, original_value_yuan, fund_source, project_id, document, **values
        As for :func:`assets.registry.service.register_asset`.

    Raises
    ------
    Unacceptable, NotAllowed
        As there; what is wrong with the right is told at ``owner_id``.
    """
    asset = register_asset(
        session,
        today=today,
        confirmed=confirmed,
        operating_status=operating_status,
        original_value_yuan=original_value_yuan,
        fund_source=fund_source,
        project_id=project_id,
        document=document,
        **values,
    )
    if owner_id is None:
        return asset
    try:
        grant_right(
            session,
            asset.id,
            kind="ownership",
            party_id=owner_id,
            share=Fraction(1),
            valid_from=start_of(asset),
            document=document,
            today=today,
            # What the value rests on is asked for in the same form, and may be unknown.
            confirmed={*confirmed, "no_document"},
        )
    except Unacceptable as refusal:
        at_owner = [Problem("owner_id", problem.message, problem.data, problem.doubt) for problem in refusal.problems]
        raise Unacceptable(at_owner) from None
    return asset
