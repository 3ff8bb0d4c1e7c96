"""The ledgers that were brought: one's own, and of the area for those who look after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, request
from sqlalchemy import func, select

from app import db
from app.area import current_area
from assets.accounts.models import Account
from assets.imports.models import STATUSES, ImportBatch
from assets.regions.models import Region
from assets.scope import within

PER_PAGE = 30
OPEN = ("received", "reading", "unreadable", "checked", "waiting", "approved", "committing", "undoing")


@dataclass(frozen=True)
class Ledgers:
    """One page of what was brought, with the number to go on from."""

    rows: Sequence[Any]
    whose: str
    status: str
    total: int
    others: bool
    older: int | None


def ledgers() -> Ledgers:
    """The page that the address asks for."""
    whose = "all" if request.args.get("whose") == "all" else "mine"
    status = request.args.get("status", "")
    status = status if status in STATUSES else ""
    before = request.args.get("before", type=int)
    mine = ImportBatch.account_id == g.viewer.account_id
    where = [mine] if whose == "mine" else [within(ImportBatch.region_path, current_area().region_path)]
    where += [ImportBatch.status == status] if status else [ImportBatch.status != "dropped"]
    total = db.session.scalar(select(func.count(ImportBatch.id)).where(*where)) or 0
    others = db.session.scalar(select(ImportBatch.id).where(~mine).limit(1)) is not None
    if before is not None:
        where.append(ImportBatch.id < before)
    found = db.session.execute(
        select(ImportBatch, Account.display_name.label("who"), Region.short_name.label("place"))
        .join(Account, Account.id == ImportBatch.account_id)
        .join(Region, Region.id == ImportBatch.region_id)
        .where(*where)
        .order_by(ImportBatch.id.desc())
        .limit(PER_PAGE + 1)
    ).all()
    older = found[PER_PAGE - 1][0].id if len(found) > PER_PAGE else None
    return Ledgers(found[:PER_PAGE], whose, status, total, others, older)
